"""The recorded runs of a claim in rows and as bars."""

from tests.toy.claims import claim
from workshop.reporting.sample_rows import recorded_rows, strip_lines, would_be_noticed
from workshop.verification.results import NumberSummary, SampleSummary, UnitRuns


def test_recorded_runs_are_short_rows():
    """How many runs, when and with what; the first numbers with their range; a problem in its own words."""
    assert recorded_rows(None) == []
    assert recorded_rows(SampleSummary(problem="none recorded")) == [("Recorded", "none recorded")]
    sample = SampleSummary(
        units=(UnitRuns("ch09.ex01", 3, "2026-01-01", 0.5, {"keras": "3.15.1"}, {}, ()),),
        numbers=(NumberSummary("loss", (0.1, 0.2, None)),) * 4,
    )
    rows = recorded_rows(sample)
    assert rows[0] == ("Recorded", "3 runs of ch09.ex01, 2026-01-01, Keras 3.15.1")
    assert rows[1] == ("", "loss: median 0.15, 0.1 to 0.2")
    assert rows[4] == ("", "and 1 more numbers (--verbose)")


def test_recorded_runs_are_bars_with_what_others_give_below():
    """Marks are in the columns of their values, and those that are no numbers are left out."""
    marks = {"book": 1.0, "this run": 2.0, "naive": None}
    bars, axis, ends, signs, words = strip_lines([0.0, 2.0, 2.0, 4.0, None], marks, 21)

    assert (len(bars), bars[0], bars[10], bars[20]) == (21, "▄", "▇", "▄")
    assert len(axis) == 21
    assert (ends[0], ends[-1]) == ("0", "4")
    assert signs == "     B    T"
    assert words == "B book 1 · T this run 2 · 4 recorded runs, half of them 2 to 2"
    assert strip_lines([1.0, None, 1.0], marks, 21) == []


def test_no_run_is_noticed_by_what_is_only_printed():
    printed = claim(0.25, rule={"consistency": {"of": [0.25]}}, evidence="printed")

    assert would_be_noticed(printed, None, None) == ("", "")
    assert would_be_noticed(claim(0.25), None, None)[0] == "exact"
