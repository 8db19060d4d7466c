"""What a plan says of its runs, from made-up jobs and outcomes."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from workshop.execution.calling import Made
from workshop.paths import Measure
from workshop.verification.plans import Once, Recorded, Sampled, Settled
from workshop.verification.repeats import NotRepeated, RepeatedPart

LOSS, SIZE, USD = (Measure("ch09.ex01", name, ()) for name in ("loss", "size", "usd"))


def job(key: str, *seeds: int, needs: Any = (), substitutes: tuple[str, ...] = ()) -> Any:
    """Return a job."""
    part = SimpleNamespace(needs=needs)
    return SimpleNamespace(key=key, seeds=seeds, substitutes=substitutes, part=part)


def claim(measures: Any = None, beside: Any = None) -> Any:
    """Return a claim that measures the loss, and shows other quantities."""
    return SimpleNamespace(
        id="ch09.ex01.a",
        measure="loss",
        measures=lambda: measures or {"": LOSS},
        shown_next_to=lambda: beside or {},
    )


A, B = (
    job("a", 1, substitutes=("x: glass",)),
    job("b", 2, 1, needs={"clock"}, substitutes=("y: tin", "x: glass")),
)
C = job("c", 3, substitutes=("z: wood",))
OUTCOMES = {
    key: Made(SimpleNamespace(loss=n / 4, size=[n, 10 * n], usd=n), 1.0)
    for n, key in enumerate("abc", start=1)
}


def test_a_plan_has_all_jobs_once():
    """Those of its runs, then those of repeated seeds; with their seeds and substitutes."""
    repeats = (RepeatedPart((A, C), None, None), NotRepeated("-"))  # type: ignore[arg-type]
    plan = Once(claim=claim(), sample=({LOSS: A, SIZE: A}, {LOSS: B}), repeats=repeats)
    assert plan.jobs == [A, B, C]
    assert plan.seeds == (1, 2, 3)
    assert plan.substitutes == ("x: glass", "y: tin", "z: wood")
    assert plan.timed
    assert not Once(claim=claim(), sample=({LOSS: A},)).timed
    assert plan.failure(OUTCOMES) is None  # type: ignore[arg-type]
    for key in "abc":
        failed = {**OUTCOMES, key: Made(None, 0.0, failure=f"{key} raised")}
        assert plan.failure(failed) == f"{key} raised"
        assert plan.shown(failed) == []


def test_what_a_plan_observes():
    """Each run's value, or several by name; next to it what every run has."""
    sample = ({LOSS: A, USD: A, SIZE: A}, {LOSS: B, USD: B})  # not each run has the size
    beside = {"usd": USD, "size": SIZE}
    plan = Once(claim=claim(beside=beside), sample=sample)
    assert plan.observe(OUTCOMES).fresh == plan.shown(OUTCOMES) == [0.25, 0.5]
    assert plan.observe_beside(OUTCOMES) == {"usd": [1, 2]}
    assert Once(claim=claim(beside=beside)).observe_beside(OUTCOMES) == {}
    assert Once(claim=claim()).shown(OUTCOMES) == []
    several = claim({"one": LOSS, "two": Measure("ch09.ex01", "size", (1,))})
    jobs = {LOSS: C, several.measures()["two"]: A}
    assert Once(claim=several, sample=(jobs,)).shown(OUTCOMES) == [{"one": 0.75, "two": 10}]


def test_a_repeated_run_comes_after_fresh_ones():
    """It is one of the runs, and none of the fresh seeds."""
    plan = Sampled(claim=claim(), sample=({LOSS: A},), recorded=None, repeat=({LOSS: C},))  # type: ignore[arg-type]
    observed = plan.observe(OUTCOMES)
    assert plan.runs == ({LOSS: A}, {LOSS: C})
    assert (observed.fresh, observed.repeated) == ([0.25], [0.75])
    alone = Sampled(claim=claim(beside={"usd": USD}), recorded=None, repeat=({LOSS: C, USD: C},))  # type: ignore[arg-type]
    assert alone.observe_beside(OUTCOMES) == {"usd": [3]}
    assert replace(alone, sample=({LOSS: A, USD: A},)).observe_beside(OUTCOMES) == {"usd": [1]}


def test_recorded_values_are_shown_before_what_ran():
    """Without them what the training was about to do is."""
    assert Recorded(claim=claim(), sample=({LOSS: A},), values=[7, 8]).shown(OUTCOMES) == [7, 8]
    assert Recorded(claim=claim(), sample=({LOSS: A},), values=[7, 8]).observe(OUTCOMES).fresh == [7, 8]
    assert Recorded(claim=claim(), sample=({LOSS: A},)).shown(OUTCOMES) == [0.25]


def test_what_is_settled_needs_no_outcome():
    judgement: Any = object()
    assert Settled(claim=claim(), judgement=judgement).judge({}, None) is judgement  # type: ignore[arg-type]


def test_what_is_not_there_fails():
    """With the reason of the run that failed; a path that leads nowhere raises."""
    last = Measure("ch09.ex01", "size", (5,))
    with pytest.raises(LookupError):
        Once(claim=claim({"": last}), sample=({last: A},)).observe(OUTCOMES)
    outcomes = {"a": Made(None, 0.0, failure="it raised")}
    failed = Once(claim=claim(), sample=({LOSS: A},)).judge(outcomes, SimpleNamespace())  # type: ignore[arg-type]
    assert (failed.verdict, failed.reason) == ("failed", "it raised")
