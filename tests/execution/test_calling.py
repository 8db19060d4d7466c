"""One call of a unit's function: what it is given, and what becomes of whatever it returns or raises."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from workshop.execution.calling import Call, Made, run_call, storable
from workshop.training.first_steps import Stepped
from workshop.units import unit

seen: dict[str, Any] = {}


@dataclass(frozen=True)
class Out:
    """An outcome."""

    size: Any


@dataclass(frozen=True)
class Other:
    """An outcome of another part."""

    more: int


@unit("ch09.ex01")
def alone(toy_data, ch09_ex02, seed, workdir, checkpoint, clock, *, factor=2) -> Out:
    """Note what it is given, and draw from the global generators."""
    seen.update(locals(), drawn=(random.random(), np.random.random()))  # noqa: NPY002
    (workdir / "file").write_text("x", "utf-8")
    (checkpoint / "file").write_text("x", "utf-8")
    return Out(factor * len(toy_data))


@unit("ch09.ex01")
def many(seeds, *, extra=0) -> tuple[Out, ...]:
    """Return an outcome for each seed, and one more or some less."""
    return (*map(Out, seeds), Out(0))[: len(seeds) + extra]


@unit("ch09.ex01", value="size")
def valued() -> int:
    """Return a single quantity."""
    return 7


@unit("ch09.ex01")
def wrong(*, what="type") -> Out:
    """Return something else, or raise."""
    if what == "type":
        return Other(3)  # type: ignore[return-value]
    raise SystemExit("line 1\n line 2 \x1b[1m") if what == "exit" else ValueError("v" * 400)


def call(name: str, *, keys: tuple[str, ...] = ("k",), seeds: Any = (5,), **changed: Any) -> Call:
    """Return the call of one of these functions."""
    marks = tuple(f"mark of {key}" for key in keys)
    given = Call(__name__, name, keys, seeds, marks, {}, {}, {})
    return replace(given, **changed)


def test_a_function_gets_what_it_names(tmp_path):
    outcomes = {"ch09.ex02": (Out(1), Stepped(Other(2), ()))}
    given = {"data": {"toy_data": "where"}, "outcomes": outcomes, "settings": {"factor": 3}}
    (made,) = run_call(call("alone", checkpoint=str(tmp_path), **given), lambda where: [where] * 4)
    assert (made.outcome, made.failure, made.stored) == (Out(12), None, False)
    assert (seen["toy_data"], seen["seed"]) == (["where"] * 4, 5)
    assert (seen["ch09_ex02"].size, seen["ch09_ex02"].more) == (1, 2)
    assert 0 < made.seconds < 60
    assert seen["clock"]() > 0
    assert seen["checkpoint"] == tmp_path
    assert not seen["workdir"].exists()
    run_call(call("alone", **{**given, "outcomes": {"ch09.ex02": (Out(1),)}}), lambda where: [where])
    assert seen["ch09_ex02"] == Out(1)
    assert not seen["checkpoint"].exists()
    (missing,) = run_call(call("alone"), str)
    assert missing == Made(None, 0.0, failure="k needs the outcome of ch09.ex02, which failed")


def test_global_generators_start_alike_and_stay_as_they_were():
    given = {"data": {"toy_data": ""}, "outcomes": {"ch09.ex02": (Out(1),)}}
    drawn = []
    for start in (1, 2):
        random.seed(start)
        np.random.seed(start)  # noqa: NPY002
        expected = random.random(), np.random.random()  # noqa: NPY002
        random.seed(start)
        np.random.seed(start)  # noqa: NPY002
        run_call(call("alone", **given), lambda _: [])
        assert (random.random(), np.random.random()) == expected  # noqa: NPY002
        drawn.append(seen["drawn"])
    assert drawn[0] == drawn[1]


def test_outcomes_of_several_seeds_share_the_time():
    made = run_call(call("many", keys=("a", "b"), seeds=(3, 4)), str)
    assert [each.outcome for each in made] == [Out(3), Out(4)]
    assert made[0].seconds == made[1].seconds
    why = "ch09.ex01:many returned no tuple of 2 outcomes for as many seeds"
    for extra in (1, -1, -2):
        failed = run_call(call("many", keys=("a", "b"), seeds=(3, 4), settings={"extra": extra}), str)
        assert [each.failure for each in failed] == [why, why]


@pytest.mark.parametrize(
    ("name", "settings", "outcome", "failure"),
    [
        ("valued", {}, 7, None),
        ("wrong", {}, None, "k returned a Other, not the Out of its annotation"),
        ("wrong", {"what": "exit"}, None, "k raised SystemExit: line 1 line 2"),
        ("wrong", {"what": "error"}, None, f"k raised ValueError: {'v' * 300}"),
    ],
)
@pytest.mark.parametrize("first_steps", [False, True])
def test_what_a_function_returns_or_raises(name, settings, outcome, failure, first_steps):
    (made,) = run_call(call(name, settings=settings, first_steps=first_steps), str)
    assert made.failure == failure
    if outcome is not None:
        found = made.outcome.outcome if first_steps else made.outcome
        assert found.size == outcome
        assert isinstance(made.outcome, Stepped) == first_steps
    else:
        assert made.outcome is None


def test_what_can_not_be_written_is_a_failure():
    good, bad = Made(Other(3), 1.5), Made(Out(object()), 1.5)
    assert storable("k", replace(good, outcome=3)) == replace(good, outcome=3)
    failed = storable("k", bad)
    assert (failed.outcome, failed.seconds) == (None, 1.5)
    assert str(failed.failure).startswith("k: ")


def test_a_call_for_some_of_its_jobs():
    some = call("many", keys=("a", "b", "c"), seeds=(1, 2, 3)).of(["c", "a"])
    assert (some.keys, some.seeds, some.fingerprints) == (("c", "a"), (3, 1), ("mark of c", "mark of a"))
