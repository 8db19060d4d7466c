"""Claims on networks hold of the check of a network as built, and refuse one that found a mistake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Any

import pytest

from workshop.execution.catalogue import catalogue
from workshop.ledger import ledger
from workshop.paths import Measure, follow
from workshop.training.network_checks import NetworkCheck

# what a mistake makes of a right value: other outputs, activations that do nothing, weights without effect
MISTAKES: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("gap", "relative_gap"), lambda _: 1e-3),
    **dict.fromkeys(("linear_gap", "least_activation", "spread"), lambda _: 0.0),
    "idle": lambda idle: idle + 1,
    "params": lambda params: [params[0], params[1] - 1, params[2]],
    **dict.fromkeys(("effective", "widths"), lambda counts: [count - 1 for count in counts]),
    "inputs": lambda inputs: inputs - 1,
}
# the same of quantities that are not whole check
ALONE: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("output_gap", "new_layer_gap", "formula_gap", "base_gap", "head_gap"), lambda _: 1e-3),
    **dict.fromkeys(("conv2d_gap", "maxpool_gap", "dense_gap"), lambda _: 1e-3),
    **dict.fromkeys(("patches_by_hand", "longer_by_hand"), lambda _: 1e-3),
    "head_optimized": lambda count: count - 1,
    "base_optimized": lambda count: count + 1,
}
# units whose networks take long, of kinds that others have, too
LARGE = {
    *("ch02.ex07", "ch03.act02", "ch03.ex03", "ch03.text11", "ch07.ex05"),
    *("ch06.act01", "ch06.ex01", "ch06.ex03", "ch06.ex04", "ch06.ex05"),
}
NAMED = ("generator", "discriminator", "gan", "layer")
CHECKS = ("network", "network_run", *(f"{name}_by_hand" for name in NAMED))


def mistake_in(measure: Measure) -> Callable[[Any], Any] | None:
    """Return what makes a mistake of a path's value, None of what no network shows."""
    if measure.field in CHECKS:
        return MISTAKES.get(str(measure.steps[0]))
    return None if measure.steps else ALONE.get(measure.field)


READ = sorted(
    (claim.id, name)
    for claim in ledger().claims.values()
    for name, measure in claim.measures().items()
    if mistake_in(measure)
)


def case(claim_id: str, *names: str) -> Any:
    """Return the case of a claim, which waits for the night where its networks take long."""
    units = {measure.unit for measure in ledger().claims[claim_id].measures().values()}
    return pytest.param(claim_id, *names, marks=[pytest.mark.nightly] if units & LARGE else [])


@cache
def outcomes(unit: str) -> dict[str, Any]:
    """Return by field what the parts of a unit give that need neither data nor a seed."""
    parts = catalogue([unit[:4]]).parts[unit]
    made = [(part.value, part.function()) for part in parts if not part.needs]
    return {
        name: value
        for own, returned in made
        for name, value in ({own: returned} if own else vars(returned)).items()
    }


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
        if measure.field in CHECKS:
            value, steps = getattr(value, str(steps[0])), steps[1:]
        mistake = mistake_in(measure)
        values[name] = follow(mistake(value) if mistake and name == spoilt else value, steps)
    expected = claim.documented if claim.correct is None else claim.correct
    return claim.rule.decide(expected, values.get("", values)).holds


def test_the_mistakes_are_those_that_a_check_can_find() -> None:
    """Each of its fields has one, so that a new field needs one, too."""
    assert set(MISTAKES) == {field.name for field in fields(NetworkCheck)}
    assert len(READ) > 80


@pytest.mark.parametrize("claim_id", [case(claim_id) for claim_id in sorted({name for name, _ in READ})])
def test_a_network_as_built_holds(claim_id: str) -> None:
    """By its claim, and by a check of which each activation matters."""
    pytest.importorskip("tensorflow")

    assert decided(claim_id)
    for measure in ledger().claims[claim_id].measures().values():
        if measure.field in CHECKS and measure.field != "layer_by_hand":
            assert outcomes(measure.unit)[measure.field].least_activation > 1e-3


@pytest.mark.parametrize(("claim_id", "name"), [case(*read) for read in READ])
def test_a_mistake_in_a_network_is_refused(claim_id: str, name: str) -> None:
    """One is enough, whatever the summary shows."""
    pytest.importorskip("tensorflow")

    assert not decided(claim_id, spoilt=name)
