"""The sample rule: each kind of check, what it must accept and refuse, and what a finding may refute."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from workshop.ledger.rules import AnyRule
from workshop.ledger.samples import Sample

TWENTY = [float(i) for i in range(20)]  # of 0 … 19 the quantiles 0.1 and 0.9 are 1.9 and 17.1, by hand


def sample(*checks: dict[str, Any], seeds: int = 20) -> Sample:
    """Read a sample rule as the ledger does."""
    read = TypeAdapter(AnyRule).validate_python({"sample": {"seeds": seeds, "checks": list(checks)}})
    assert isinstance(read, Sample)
    return read


def below(bound: float) -> dict[str, Any]:
    """Write a rule that accepts numbers up to a bound."""
    return {"at_most": {"bound": bound}}


HALF = {"share": {"of": below(1.0), "then": {"between": {"low": 0.5, "high": 0.75}}}}
PLACE = {"printed": {"low": 0.1, "high": 0.9}}

# check, expected, sample, holds, margin (None: not looked at)
CHECKS: list[tuple[dict[str, Any], Any, list[Any], bool, float | None]] = [
    ({"each": below(2.0)}, None, [0.0, 1.5, 2.0], True, 0.0),
    ({"each": below(2.0)}, None, [0.0, 2.5, 2.0], False, -0.5),
    ({"each": "rounds"}, 0.5, [0.5, 0.52], True, None),
    ({"each": "rounds"}, 0.5, [0.5, 0.56], False, None),
    ({"each": {"curve": {"property": "falling"}}}, None, [[3, 2, 1], [5, 1, 0]], True, 1.0),
    ({"each": {"curve": {"property": "falling"}}}, None, [[3, 2, 1], [5, 1, 1]], False, 0.0),
    ({"at": "loss", "each": below(2.0)}, None, [{"loss": 1.0}, {"loss": 1.5}], True, 0.5),
    ({"at": "loss", "each": below(2.0)}, None, [{"loss": 1.0}, {"gain": 1.5}], False, None),
    ({"at": "[0]", "each": "equal"}, ["a", "b"], [["a", 1], ["a", 2]], True, None),
    ({"at": "[-1]", "median": below(2.0)}, None, [[9, 1], [9, 2], [9, 8]], True, 0.0),
    ({"median": below(2.0)}, None, [0.0, 1.0, 99.0], True, 1.0),
    ({"median": below(2.0)}, None, [0.0, 3.0, 99.0], False, -1.0),
    ({"median": "rounds"}, [0.5, 1.0], [[0.5, 1.0], [0.51, 1.02], [9.0, 9.0]], True, None),
    ({"median": below(2.0)}, None, [0.0, math.nan, 1.0], False, None),
    ({"median": below(2.0)}, None, [0.0, math.inf, 1.0], False, None),
    ({"median": below(2.0)}, None, [0.0, "1", 1.0], False, None),
    ({"median": below(2.0)}, None, [True, True, True], False, None),
    ({"median": below(2.0)}, None, [None, 1.0], False, None),
    ({"median": below(2.0)}, None, [[1.0], [1.0, 1.0]], False, None),
    ({"median": below(2.0)}, None, [{"a": 1.0}, {"a": 1.0}], False, None),
    ({"minimum": {"at_least": {"bound": 1.0}}}, None, [3.0, 1.0, 2.0], True, 0.0),
    ({"minimum": {"at_least": {"bound": 1.0}}}, None, [3.0, 0.5, 2.0], False, -0.5),
    ({"maximum": below(1.0)}, None, [0.5, 0.75], True, 0.25),
    ({"maximum": below(1.0)}, None, [0.5, 1.75], False, -0.75),
    (HALF, None, [0.0, 0.0, 2.0, 2.0], True, 0.0),
    (HALF, None, [0.0, 2.0, 2.0, 2.0], False, -0.25),
    (HALF, None, [0.0, 0.0, 0.0, 0.0], False, -0.25),
    (HALF, None, [0.0, math.nan, "a", 0.0], True, 0.0),
    ({"share": {"of": below(1.0), "then": {"within": {"atol": 0.25}}}}, 0.5, [0.0, 2.0], True, 0.25),
    ({"share": {"of": below(1.0), "then": {"within": {"atol": 0.25}}}}, 1.0, [0.0, 2.0], False, -0.25),
    (PLACE, 1.95, TWENTY, True, 0.05),
    (PLACE, 10.0, TWENTY, True, 7.1),
    (PLACE, 1.8, TWENTY, False, -0.1),
    (PLACE, 17.2, TWENTY, False, -0.1),
    (PLACE, [10.0, 17.2], [[v, v] for v in TWENTY], False, -0.1),
    (PLACE, [10.0, 17.0], [np.array([v, v]) for v in TWENTY], True, 0.1),
    (PLACE, {"a": 2.0}, [{"a": v} for v in TWENTY], True, 0.1),
    (PLACE, 10.0, [[v] for v in TWENTY], False, None),
    (PLACE, 10.0, [*TWENTY[:-1], math.nan], False, None),
    (PLACE, 10.0, [*TWENTY[:-1], math.inf], False, None),
    (PLACE, 10.0, [*TWENTY[:-1], None], False, None),
    (PLACE, 10.0, [*TWENTY[:-1], True], False, None),
    (PLACE, 10.0, [*TWENTY[:-1], "19"], False, None),
    (PLACE, "ten", TWENTY, False, None),
    (PLACE, None, TWENTY, False, None),
    ({"at": "[1]", **PLACE}, [99.0, 10.0], [[0.0, v] for v in TWENTY], True, 7.1),
]


@pytest.mark.parametrize(("check", "expected", "values", "holds", "margin"), CHECKS)
def test_check(
    *, check: dict[str, Any], expected: Any, values: list[Any], holds: bool, margin: float | None
) -> None:
    """A check holds or not as computed by hand, with a margin of the same sign and a reason in one line."""
    decision = sample(check).decide_all(expected, values)

    assert decision.holds is holds
    assert "\n" not in decision.detail
    if margin is not None:
        assert decision.margin == pytest.approx(margin)


def test_all_checks_must_hold() -> None:
    """The first check that fails decides; if none does, the tightest gives the margin."""
    both = sample({"median": below(12.0)}, {"minimum": {"at_least": {"bound": -0.5}}})

    good = both.decide_all(None, TWENTY)
    bad = both.decide_all(None, [v - 1 for v in TWENTY])

    assert (good.holds, good.margin) == (True, 0.5)
    assert (bad.holds, bad.margin) == (False, -0.5)
    assert "minimum" in bad.detail


def test_place_says_where() -> None:
    """The detail says which share of the seeds lies below the printed value, and the quantiles."""
    decision = sample(PLACE).decide_all(4.5, TWENTY)

    assert decision.detail == (
        "printed 4.5 lies above 25% of 20 seeds, whose 0.1 to 0.9 quantiles are 1.9 to 17.1"
    )


def test_seeds() -> None:
    """The rule says how many seeds it wants."""
    assert sample({"each": "equal"}, seeds=7).seeds == 7


GOOD = {"median": below(10.0)}  # the median of TWENTY is 9.5

# printed value, sample, whether the finding holds, what is said
REFUTED = [
    (30.0, TWENTY, True, "printed 30 lies above 100% of 20 seeds"),
    (10.0, TWENTY, False, "the printed value holds after all"),
    (30.0, [v + 1 for v in TWENTY], False, "median of 20 seeds 10.5"),
]


@pytest.mark.parametrize(("printed", "values", "holds", "said"), REFUTED)
def test_refute_lets_only_the_place_be_refused(
    *, printed: float, values: list[float], holds: bool, said: str
) -> None:
    """A finding on a placed value refuses its place only: the sample must still show all the rest."""
    rule = sample(GOOD, PLACE)

    decision = rule.refute(printed, None, values)

    assert decision.holds is holds
    assert said in decision.detail
    assert decision.margin is None or (decision.margin > 0) == (holds or printed == 10.0)


def test_refute_without_a_place_needs_what_is_measured_instead() -> None:
    """Without a place the rule must accept the value recorded instead, as every rule."""
    rule = sample({"median": {"within": {"atol": 1.0}}})

    assert rule.refute(30.0, 9.0, TWENTY).holds
    assert not rule.refute(30.0, 12.0, TWENTY).holds
    assert not rule.refute(9.0, 9.0, TWENTY).holds
