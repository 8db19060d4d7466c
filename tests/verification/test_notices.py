"""The smallest changes that a claim notices, on made-up recorded runs and repeats."""

from dataclasses import replace
from typing import Any

import pytest

from workshop.samples import recorded
from workshop.samples.recorded import Recordings
from workshop.samples.repeats import Number, PartRepeats, UnitRepeats
from workshop.verification.results import Notices, NumberSummary, SampleSummary
from workshop.verification.sample_summaries import notices

# three seeds, moved by rounding a thousandth of their range; by versions a hundredth
LOSS = Number((1.0, 2.0, 3.0), 2e-3, 2e-2)
CHAOTIC = Number((1.0, 2.0, 3.0), 0.5)
STEPS = {f"trainings[0].losses[{i}]": Number((1.0, 2.0, 3.0), 2e-3 * i) for i in (1, 2, 3)}
HERE = {"keras": "3.15.1", "device": "cpu"}
ELSEWHERE = {**HERE, "keras": "3.10.0"}
CLAIM = {"id": "ch09.ex01.loss", "rule": "reference", "documented": 0.1}
PAIR = {**CLAIM, "measure": {"a": "pair.a", "b": "pair.b"}, "documented": ["a", "b"],
        "rule": {"reference": {"order": "paired"}}}  # fmt: skip


def found(
    bench: Any,
    monkeypatch: pytest.MonkeyPatch,
    numbers: dict[str, Number] | None,
    *,
    claim: dict[str, Any] = CLAIM,
    form: str = "",
    names: tuple[str, ...] = ("",),
    environment: dict[str, str] = HERE,
    versions: tuple[str, ...] = ("keras 3.10.0",),
) -> Notices:
    """Return what a claim notices whose numbers have runs with a standard deviation of 2."""
    (made,) = bench.claims(claim).claims.values()
    part = PartRepeats("code", form, 1.0, (1, 3, 5), numbers or {})
    unit = UnitRepeats("ch09.ex01", HERE, "2026-01-01", ("avx",), versions, {"train": part})
    monkeypatch.setattr(recorded, "unit_repeats", lambda *_: None if numbers is None else unit)
    summaries = (NumberSummary(name, (0.0, 2.0, None, 4.0)) for name in names)
    recordings = Recordings(bench.book, environment)
    return notices(made, SampleSummary(problem="made up", numbers=tuple(summaries)), recordings)


def test_tolerances_are_in_standard_deviations_of_the_recorded_runs(bench, monkeypatch):
    """Four times the rounding; under other versions four times what these moved, or sixteen if none did."""
    here = found(bench, monkeypatch, {"loss": LOSS})
    assert here == Notices(pytest.approx(4 * 2e-3 / 2), None)
    other = found(bench, monkeypatch, {"loss": LOSS}, environment=ELSEWHERE)
    assert other.repeated == pytest.approx(4 * 2e-2 / 2)
    numbers = {"loss": replace(LOSS, versions=0.0)}
    unmeasured = found(bench, monkeypatch, numbers, environment=ELSEWHERE, versions=())
    assert unmeasured.repeated == pytest.approx(16 * 2e-3 / 2)


@pytest.mark.parametrize(
    ("numbers", "options"),
    [
        (None, {}),
        ({"other": LOSS}, {}),
        ({"loss": CHAOTIC}, {}),
        ({"loss": LOSS}, {"form": "short"}),
    ],
)
def test_repeated_seeds_may_notice_nothing(bench, monkeypatch, numbers, options):
    """None recorded, none of the claim's number, or moved too far by rounding."""
    assert found(bench, monkeypatch, numbers, **options) == Notices(None, None)


def test_the_best_number_counts(bench, monkeypatch):
    """One that is the same on all seeds has no spread, and counts only if there is no other one."""
    numbers = {"pair.a": LOSS, "pair.b": Number((7, 7, 7)), "pair.bound": Number((1.0, 2.0, 3.0))}
    both = found(bench, monkeypatch, numbers, claim=PAIR, names=("a", "more"))
    assert both == Notices(pytest.approx(4e-3), None)
    words = {"loss[0]": Number(("a", "b", "c")), "loss[1]": Number(("a", "a", "a"))}
    assert found(bench, monkeypatch, words) == Notices(0.0, None)


def test_first_steps_notice_what_is_beyond_their_rounding(bench, monkeypatch):
    """The median share, of the trainings of the part that the claim measures alone."""
    made = found(bench, monkeypatch, {**STEPS, "loss": CHAOTIC}, form="first steps")
    assert made == Notices(None, pytest.approx(2 * 4 * 2e-3 / 2))
    assert found(bench, monkeypatch, {**STEPS, "other": LOSS}, form="first steps").first_steps is None
