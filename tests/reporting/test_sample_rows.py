"""What a claim's changes must be to be noticed, in sentences."""

# ruff: noqa: E501  a case is a line
from __future__ import annotations

import pytest

from workshop.reporting.sample_rows import notices_lines, recorded_rows, sample_rows, strip_lines
from workshop.verification.results import Notices, NumberSummary, SampleSummary, UnitRuns

SENTENCES = [
    (Notices(7.4e-6, None, 2.034), "Repeated seeds notice a change of 7e-06 standard deviations of the recorded runs.",
     "Fresh seeds notice a shift of 2.03 standard deviations of the recorded runs."),
    (Notices(None, 2.1e-5, None),
     "Repeated first steps notice any change beyond rounding, which is typically 2e-05 of their range over the seeds.",
     "Fresh seeds notice no shift with certainty."),
    (Notices(0.0, None, None), "Repeated seeds notice any change beyond rounding.",
     "Fresh seeds notice no shift with certainty."),
    (Notices(None, None, 12.0),
     "Repeated seeds notice nothing here: none are recorded, or rounding moves them too far.",
     "Fresh seeds notice a shift of 12.0 standard deviations of the recorded runs."),
]  # fmt: skip


@pytest.mark.parametrize(("notices", "repeated", "fresh"), SENTENCES)
def test_what_a_claim_notices_is_a_sentence_on_repeated_and_one_on_fresh_seeds(
    notices: Notices, repeated: str, fresh: str
) -> None:
    """Sizes are in standard deviations; first steps and numbers without a spread have none."""
    assert notices_lines(notices) == [repeated, fresh]


def test_rows_of_a_claim_end_with_what_it_notices() -> None:
    """Results of an earlier version do not say it."""
    sample = SampleSummary(
        units=(UnitRuns("ch09.ex01", 2, "2026-01-01", 0.5, {}, {}, ()),),
        numbers=(NumberSummary("", (0.1, 0.2), 1, "prediction", None, None),),
    )
    rows = sample_rows(sample)

    assert rows[-1] == ("notices", "1 fresh seed: no drift is certain to be noticed")
    assert sample_rows(sample, Notices(0.0, None, None)) == [
        *rows,
        ("notices", "Repeated seeds notice any change beyond rounding."),
        ("notices", "Fresh seeds notice no shift with certainty."),
    ]
    assert notices_lines(None) == []


def test_recorded_runs_are_short_rows() -> None:
    """How many runs, when and with what; the first numbers with their range; a problem in its own words."""
    assert recorded_rows(None) == []
    assert recorded_rows(SampleSummary(problem="none recorded")) == [("Recorded", "none recorded")]
    sample = SampleSummary(
        units=(UnitRuns("ch09.ex01", 3, "2026-01-01", 0.5, {"keras": "3.15.1"}, {}, ()),),
        numbers=(NumberSummary("loss", (0.1, 0.2, None), 1, "prediction", None, None),) * 4,
    )
    rows = recorded_rows(sample)
    assert rows[0] == ("Recorded", "3 runs of ch09.ex01, 2026-01-01, Keras 3.15.1")
    assert rows[1] == ("", "loss: median 0.15, 0.1 to 0.2")
    assert rows[4] == ("", "and 1 more numbers (--verbose)")


def test_recorded_runs_are_bars_with_what_others_give_below() -> None:
    """Marks are in the columns of their values, and those that are no numbers are left out."""
    marks = {"book": 1.0, "this run": 2.0, "naive": None}
    bars, axis, ends, signs, words = strip_lines([0.0, 2.0, 2.0, 4.0, None], marks, 21)

    assert (len(bars), bars[0], bars[10], bars[20]) == (21, "▄", "▇", "▄")
    assert len(axis) == 21
    assert (ends[0], ends[-1]) == ("0", "4")
    assert signs == "     B    T"
    assert words == "B book 1 · T this run 2 · 4 recorded runs, half of them 2 to 2"
    assert strip_lines([1.0, None, 1.0], marks, 21) == []
