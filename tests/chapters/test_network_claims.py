"""Claims on networks hold of the check of a network as built, and refuse one that found a mistake."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

import pytest

from workshop.execution.catalogue import catalogue
from workshop.ledger import ledger
from workshop.paths import Measure, follow
from workshop.training.network_checks import NetworkCheck

# what a mistake makes of a right value: other outputs, activations that do nothing, weights without effect
MISTAKES = {
    **dict.fromkeys(("gap", "relative_gap"), lambda _: 1e-3),
    **dict.fromkeys(("linear_gap", "least_activation", "spread"), lambda _: 0.0),
    "idle": lambda idle: idle + 1,
    "params": lambda params: [params[0], params[1] - 1, params[2]],
    **dict.fromkeys(("effective", "widths"), lambda counts: [count - 1 for count in counts]),
    "inputs": lambda inputs: inputs - 1,
}
BY_HAND = tuple(f"{name}_by_hand" for name in ("generator", "discriminator", "gan", "layer"))


def reads_check(measure: Measure) -> bool:
    """Whether a path leads into a network's check."""
    return measure.field in ("network", "network_run", *BY_HAND) and measure.steps[0] in MISTAKES


READ = sorted(
    {
        (claim.id, name)
        for claim in ledger().claims.values()
        for name, measure in claim.measures().items()
        if reads_check(measure)
    }
)


@cache
def outcomes(unit: str) -> dict[str, Any]:
    """Return by field what the parts of a unit give that need neither data nor a seed."""
    parts = catalogue([unit[:4]]).parts[unit]
    made = [part.function() for part in parts if not part.needs]
    return {name: value for outcome in made for name, value in vars(outcome).items()}


def decided(claim_id: str, spoilt: str | None = None) -> bool:
    """Return whether a claim holds; what it measures under the name `spoilt` has a mistake.

    What needs data or a seed is as documented.
    """
    claim = ledger().claims[claim_id]
    values = {}
    for name, measure in claim.measures().items():
        found = outcomes(measure.unit)
        if measure.field not in found:
            whole = getattr(claim.rule, "documents", None) == name
            values[name] = claim.documented if whole else claim.documented[name]
            continue
        value, steps = found[measure.field], measure.steps
        if reads_check(measure):
            right = getattr(value, str(steps[0]))
            value, steps = (MISTAKES[str(steps[0])](right) if name == spoilt else right), steps[1:]
        values[name] = follow(value, steps)
    return claim.rule.decide(claim.documented, values.get("", values)).holds


def test_the_mistakes_are_those_that_a_check_can_find() -> None:
    """Each of its fields has one, so that a new field needs one, too."""
    assert set(MISTAKES) == {field.name for field in fields(NetworkCheck)}
    assert len(READ) > 60


@pytest.mark.parametrize("claim_id", sorted({claim_id for claim_id, _ in READ}))
def test_a_network_as_built_holds(claim_id: str) -> None:
    """By its claim, and by a check of which each activation matters."""
    pytest.importorskip("tensorflow")

    assert decided(claim_id)
    for measure in ledger().claims[claim_id].measures().values():
        if reads_check(measure) and measure.field != "layer_by_hand":
            assert outcomes(measure.unit)[measure.field].least_activation > 1e-3


@pytest.mark.parametrize(("claim_id", "name"), READ)
def test_a_mistake_in_a_network_is_refused(claim_id: str, name: str) -> None:
    """One is enough, whatever the summary shows."""
    pytest.importorskip("tensorflow")

    assert not decided(claim_id, spoilt=name)
