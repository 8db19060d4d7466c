"""The place of a printed value among recorded runs: by rank, by a bound on a scale, several at once."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from workshop.statistics import placement
from workshop.statistics.placement import place, share_below

INF = math.inf
TEN = np.arange(1.0, 11.0)
# quantiles of a normal distribution: as normal as 64 numbers can be
NORMAL = stats.norm.ppf((np.arange(64) + 0.5) / 64)


def one(values, low, high=None, scale=None):
    """Place a single printed interval."""
    return place({"": np.asarray(values, float)}, {"": (low, low if high is None else high)}, scale)


RANGES = [
    (5.5, 5.5, "compatible", 2 * 6 / 11),  # five runs and the value itself as far out as it
    (1.0, 1.0, "compatible", 2 * 2 / 11),
    (10.0, 10.0, "compatible", 2 * 2 / 11),
    (10.001, 10.001, "inconclusive", 2 / 11),
    (0.999, 0.999, "inconclusive", 2 / 11),
    (10.0, 11.0, "compatible", 2 * 2 / 11),  # the interval touches the largest run
    (10.1, 11.0, "inconclusive", 2 / 11),
    (-3.0, 0.9, "inconclusive", 2 / 11),
    (-3.0, 1.0, "compatible", 2 * 2 / 11),
    (-99.0, 99.0, "compatible", 1.0),
]


@pytest.mark.parametrize(("low", "high", "answer", "p"), RANGES)
def test_a_value_belongs_within_the_range_of_the_runs(low: float, high: float, answer: str, p: float) -> None:
    """Its rounding interval counts, by its point nearest to the median."""
    placed = one(TEN, low, high)
    assert placed.answer == answer
    assert placed.p == pytest.approx(min(1.0, p), rel=1e-12)
    assert placed.runs_needed == (1999 if answer == "inconclusive" else None)


@pytest.mark.parametrize(("n", "answer"), [(1998, "inconclusive"), (1999, "excluded")])
def test_without_a_scale_it_takes_1999_runs_to_exclude_a_value(n: int, answer: str) -> None:
    """2 / (1,999 + 1) is EXCLUDED; one run fewer can't tell."""
    placed = one(np.linspace(0, 1, n), 1.5)
    assert placed.answer == answer
    assert placed.p == pytest.approx(2 / (n + 1), rel=1e-12)
    assert "no scale is stated" in placed.detail or answer == "excluded"


def beyond_p(distance: float, n: int) -> float:
    """Return the p of one more normal value so many recorded standard deviations from the mean."""
    return float(2 * stats.t.sf(distance / math.sqrt(1 + 1 / n), n - 1))


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize(
    ("distance", "answer"),
    [(3.2, "compatible"), (3.295, "inconclusive"), (3.4, "inconclusive"), (3.6, "excluded"), (9, "excluded")],
)
def test_beyond_all_runs_a_normal_scale_tells(side: int, distance: float, answer: str) -> None:
    """64 runs exclude from 3.47 standard deviations on, endless ones from 3.29; in between it is open."""
    values = NORMAL / NORMAL.std(ddof=1)
    placed = one(values, side * distance, scale="identity")
    p = beyond_p(distance, 64)
    assert placed.answer == answer
    assert placed.p == pytest.approx(p, rel=1e-9)
    assert (p <= 1e-3) == (answer == "excluded")
    if answer == "inconclusive":
        assert placed.runs_needed is not None
        enough = placed.runs_needed
        assert beyond_p(distance, enough) <= 1e-3 < beyond_p(distance, enough - 1)
        assert f"{enough} runs could decide" in placed.detail


SCALES = [
    ("log", np.exp(NORMAL), math.exp(6), "excluded"),
    ("log", np.exp(NORMAL), math.exp(-6), "excluded"),
    ("log", np.exp(NORMAL), 0.0, "excluded"),
    ("identity", np.exp(NORMAL), math.exp(6), "inconclusive"),  # not normal there
    ("logit", 1 / (1 + np.exp(-NORMAL)), 1 / (1 + math.exp(-6)), "excluded"),
    ("logit", np.append(1 / (1 + np.exp(-NORMAL)), 1.0), 0.0001, "inconclusive"),  # 1 is not on the scale
    ("identity", np.append(NORMAL, INF), 99.0, "compatible"),  # a crashed run lies farther out
    ("identity", np.append(NORMAL, INF), -99.0, "inconclusive"),  # with a crash nothing is normal
]


@pytest.mark.parametrize(("scale", "values", "printed", "answer"), SCALES)
def test_only_a_scale_that_the_runs_are_normal_on_excludes(
    scale, values, printed: float, answer: str
) -> None:
    """Where they are not, rank alone must tell, and says so."""
    placed = one(values, printed, scale=scale)
    assert placed.answer == answer
    if answer == "inconclusive":
        assert f"they are not normal on the {scale} scale: 1999 runs could decide" in placed.detail


def test_most_runs_may_have_crashed() -> None:
    """They lie above all others, so that a value below the finite runs is still below all."""
    values = np.array([1.0, 2.0, 3.0, *[INF] * 7])
    assert one(values, 1.5).answer == "compatible"
    assert one(values, 0.5).answer == "inconclusive"
    assert one(values, 99.0).answer == "compatible"
    assert one(np.full(9, INF), 0.5).answer == "inconclusive"


def test_constants() -> None:
    """Runs that are all alike hold the value itself, whatever its rounding, and tell nothing of another."""
    same = np.full(64, 0.25)
    assert one(same, 0.25).answer == "compatible"
    assert one(same, 0.245, 0.255).answer == "compatible"
    assert one(same, 0.3).answer == "inconclusive"


def pair(n: int = 64):
    """Return a number with a long tail upward, and a symmetric one."""
    rng = np.random.default_rng(7)
    return {"tail": rng.lognormal(0, 2, n), "even": rng.normal(0, 1, n)}


JOINT = [
    ({"tail": 1.0, "even": 0.0}, "compatible"),
    ({"tail": 30.0, "even": 1.0}, "compatible"),
    ({"tail": 1.0, "even": 999.0}, "inconclusive"),
    ({"tail": 1.0, "even": -9.0}, "inconclusive"),  # a long tail upward hides nothing below
    ({"tail": 1e6, "even": 0.0}, "inconclusive"),
    ({"tail": -30.0, "even": 0.0}, "inconclusive"),
]


@pytest.mark.parametrize(("printed", "answer"), JOINT)
def test_several_numbers_are_placed_together(printed: dict[str, float], answer: str) -> None:
    """One number beyond all runs is enough; each is measured in the spread of its own side."""
    placed = place(pair(), {name: (value, value) for name, value in printed.items()}, None)
    assert placed.answer == answer


def test_a_long_tail_hides_no_number_that_a_scale_tells_of() -> None:
    """By rank, some run lies as far out in its long tail; on a normal scale, nine deviations are excluded."""
    recorded = {"tail": np.exp(2 * NORMAL), "even": NORMAL}
    printed = {"tail": (1.0, 1.0), "even": (9.0, 9.0)}
    assert place(recorded, printed, None).answer == "compatible"
    placed = place(recorded, printed, "identity")
    assert (placed.answer, placed.p) == ("excluded", pytest.approx(2 * beyond_p(9 / NORMAL.std(ddof=1), 64)))
    assert place(recorded, printed | {"even": (2.5, 2.5)}, "identity").answer == "compatible"


def test_each_side_is_measured_in_its_own_spread() -> None:
    """Upward, a number with a long tail is wide: its farthest run is no match for a far even number."""
    tail = np.array([-2.0, -1.5, -1.0, -0.5, 0.0, 10.0, 20.0, 30.0, 40.0])  # middle half: 1 down, 20 up
    even = np.arange(-4.0, 5.0)  # middle half: 2 to either side
    for sign in (-1, 1):
        placed = place({"tail": tail, "even": even}, {"tail": (0.0, 0.0), "even": (sign * 9.0,) * 2}, None)
        assert placed.answer == "inconclusive"
        turned = place({"tail": -tail, "even": even}, {"tail": (0.0, 0.0), "even": (sign * 9.0,) * 2}, None)
        assert turned.answer == "inconclusive"


def test_only_printed_numbers_are_placed() -> None:
    """Other measured numbers do not matter; each printed one is shown with its percentile."""
    recorded = {**pair(), "beside": np.full(64, 1e9)}
    placed = place(recorded, {"tail": (1.0, 1.0), "even": (0.0, 0.0)}, None)
    shares = [np.mean(recorded["tail"] < 1.0), np.mean(recorded["even"] < 0.0)]
    assert placed.answer == "compatible"
    assert placed.detail == (
        f"printed values among 64 recorded runs: tail {shares[0]:.0%}, even {shares[1]:.0%}"
    )


def test_several_numbers_share_the_level_on_a_scale() -> None:
    """With ten numbers the p of the farthest counts ten times."""
    values = NORMAL / NORMAL.std(ddof=1)
    recorded = {str(i): np.roll(values, 7 * i) for i in range(10)}
    printed = dict.fromkeys(recorded, (0.0, 0.0)) | {"3": (3.95, 3.95)}
    placed = place(recorded, printed, "identity")
    assert placed.p == pytest.approx(10 * beyond_p(3.95, 64), rel=1e-9)
    assert placed.answer == "inconclusive"
    assert place({"3": values}, {"3": (3.95, 3.95)}, "identity").answer == "excluded"


def test_a_number_beyond_on_no_normal_scale_stays_open() -> None:
    """One of two numbers beyond all runs is not normal: the other one's small distance does not settle it."""
    values = NORMAL / NORMAL.std(ddof=1)
    recorded = {"normal": values, "cubed": values**5}
    placed = place(recorded, {"normal": (3.0, 3.0), "cubed": (1e4, 1e4)}, "identity")
    assert placed.answer == "inconclusive"
    assert "others not normal on it: 1999 runs could decide" in placed.detail


def test_the_share_below_counts_half_of_what_the_interval_holds() -> None:
    """Of ten runs, three lie below 3.5 to 5.5 and two inside."""
    assert share_below(TEN, (3.5, 5.5)) == pytest.approx(0.4)
    assert "printed value at 40% of 10 recorded runs, 5 (1 to 10)" in one(TEN, 3.5, 5.5).detail or (
        "printed value at 40% of 10 recorded runs, 6 (1 to 10)" in one(TEN, 3.5, 5.5).detail
    )


HONEST = {
    "exponential": (lambda rng, size: rng.exponential(size=size), 1),
    "cauchy": (lambda rng, size: rng.standard_cauchy(size), 1),
    "discrete": (lambda rng, size: rng.binomial(9, 0.3, size).astype(float), 1),
    "three, correlated": (lambda rng, size: rng.lognormal(size=size) + rng.normal(size=size), 3),
}


@pytest.mark.parametrize(("draw", "numbers"), HONEST.values(), ids=HONEST)
def test_an_honest_value_is_never_excluded_by_rank_and_seldom_open(draw, numbers: int) -> None:
    """Drawn like the 30 runs, it lies beyond them with probability 2/31, or less where there are ties."""
    rng, times = np.random.default_rng(3), 1500
    answers = []
    for _ in range(times):
        rows = draw(rng, (31, numbers))
        if numbers > 1:
            rows[:, 1:] += rows[:, :1]
        names = [f"n{i}" for i in range(numbers)]
        recorded = {name: rows[:-1, i] for i, name in enumerate(names)}
        printed = {name: (rows[-1, i], rows[-1, i]) for i, name in enumerate(names)}
        answers.append(place(recorded, printed, None).answer)
    error = 4 * math.sqrt(2 / 31 / times)
    assert "excluded" not in answers
    assert answers.count("inconclusive") / times <= 2 / 31 + error
    if numbers == 1 and draw is not HONEST["discrete"][0]:
        assert answers.count("inconclusive") / times == pytest.approx(2 / 31, abs=error)


@pytest.mark.parametrize("numbers", [1, 4])
def test_an_honest_normal_value_is_excluded_at_most_at_the_level(monkeypatch, numbers: int) -> None:
    """At a level of 2 %, an honest value is excluded on the normal scale in at most 2 % of all samples."""
    monkeypatch.setattr(placement, "EXCLUDED", 0.02)
    rng, times = np.random.default_rng(5), 1500
    excluded = 0
    for _ in range(times):
        rows = rng.normal(3, 2, (31, numbers))
        recorded = {str(i): rows[:-1, i] for i in range(numbers)}
        printed = {str(i): (rows[-1, i], rows[-1, i]) for i in range(numbers)}
        excluded += place(recorded, printed, "identity").answer == "excluded"
    error = 4 * math.sqrt(0.02 * 0.98 / times)
    assert excluded / times <= 0.02 + error
    assert excluded / times >= 0.01 - error  # and the bound is no mere formality


def test_an_honest_normal_value_is_excluded_at_most_once_in_a_thousand() -> None:
    """At the level itself, over 8,000 samples of 16 runs: only those beyond all runs need the bound."""
    rng, times = np.random.default_rng(11), 8000
    rows = rng.normal(size=(times, 17))
    beyond = (rows[:, -1] > rows[:, :-1].max(axis=1)) | (rows[:, -1] < rows[:, :-1].min(axis=1))
    assert beyond.mean() == pytest.approx(2 / 17, abs=0.01)
    excluded = sum(one(row[:-1], row[-1], scale="identity").answer == "excluded" for row in rows[beyond])
    assert excluded / times <= 1e-3 + 4 * math.sqrt(1e-3 / times)
    assert excluded > 0
