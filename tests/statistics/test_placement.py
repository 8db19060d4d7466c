"""The place of a printed value among recorded runs: by rank, by a bound on a scale, several at once."""

import math
from collections.abc import Mapping

import numpy as np
import pytest
from scipy import stats

from workshop.statistics import placement
from workshop.statistics.placement import Placement, place, prediction_bounds, share_below
from workshop.statistics.scales import Scale

INF = math.inf
TEN = np.arange(1.0, 11.0)
# quantiles of a normal distribution: as normal as 64 numbers can be
NORMAL = stats.norm.ppf((np.arange(64) + 0.5) / 64)


# on this scale nothing is normal: rank alone is left
OFF = Scale("logit", whole=1e-300)
IDENTITY = Scale("identity")


def one(values, low: float, high: float | None = None, scale: Scale = OFF) -> Placement:
    """Place a single printed interval."""
    return place({"": np.asarray(values, float)}, {"": (low, low if high is None else high)}, {"": scale})


def together(recorded, printed: Mapping[str, float], scale: Scale = OFF) -> Placement:
    """Place several printed values on one scale."""
    points = {name: (value, value) for name, value in printed.items()}
    return place(recorded, points, dict.fromkeys(printed, scale))


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
def test_a_value_belongs_within_the_range_of_the_runs(low, high, answer, p):
    placed = one(TEN, low, high)
    assert placed.answer == answer
    assert placed.p == pytest.approx(min(1.0, p), rel=1e-12)
    assert placed.runs_needed == (
        20 if answer == "inconclusive" else None
    )  # (20 - 10) / (20 + 1) is one half, but for one run


@pytest.mark.parametrize(("n", "answer"), [(1998, "inconclusive"), (1999, "excluded")])
def test_without_a_normal_scale_it_takes_1999_runs_to_exclude_a_value(n, answer):
    placed = one(np.linspace(0, 1, n), 1.5)
    assert placed.answer == answer
    assert placed.p == pytest.approx(2 / (n + 1), rel=1e-12)
    assert placed.runs_needed == (2 * n if answer == "inconclusive" else None)


def beyond_p(distance: float, n: int) -> float:
    """Return the p of one more normal value this many recorded standard deviations from the mean."""
    return float(2 * stats.t.sf(distance / math.sqrt(1 + 1 / n), n - 1))


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize(
    ("distance", "needed"), [(2.5, 112), (3.2, 1009), (3.3, 2048), (3.4, 128), (3.6, None), (9, None)]
)
def test_beyond_all_runs_a_normal_scale_decides_or_leaves_it_open(side, distance, needed):
    """64 runs exclude from 3.47 standard deviations on; nearer is inconclusive: more runs could reach it."""
    values = NORMAL / NORMAL.std(ddof=1)
    placed = one(values, side * distance, scale=IDENTITY)
    p = beyond_p(distance, 64)
    assert placed.p == pytest.approx(p, rel=1e-9)
    assert placed.answer == ("excluded" if needed is None else "inconclusive")
    assert (p <= 1e-3) == (needed is None)
    assert placed.runs_needed == needed
    if needed == 128:
        assert beyond_p(distance, 128) <= 1e-3
    if needed == 2048:
        assert beyond_p(distance, 1024) > 1e-3 >= beyond_p(distance, 2048)


FEW = [(5, 1e9), (10, 20.0), (20, 9.0), (30, 9.0), (63, 9.0)]


@pytest.mark.parametrize(("n", "distance"), FEW)
def test_runs_whose_normality_could_not_be_refused_exclude_nothing(n, distance):
    values = stats.norm.ppf((np.arange(n) + 0.5) / n)
    placed = one(values, distance, scale=IDENTITY)
    assert (placed.answer, placed.runs_needed) == ("inconclusive", 64)
    assert placed.detail.endswith(f"{n} are too few to tell by a scale")
    assert one(NORMAL, distance, scale=IDENTITY).answer == "excluded"


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
def test_only_a_scale_that_the_runs_are_normal_on_excludes(scale, values, printed, answer):
    """Where they are not, rank alone must tell, and says so."""
    placed = one(values, printed, scale=Scale(scale))
    assert placed.answer == answer
    if answer == "inconclusive":
        assert placed.detail.endswith(f"they are not near normal on the {scale} scale")
        assert placed.runs_needed == 2 * len(values)


def test_most_runs_may_have_crashed():
    """They lie above all others, so that a value below the finite runs is still below all."""
    values = np.array([1.0, 2.0, 3.0, *[INF] * 7])
    assert one(values, 1.5).answer == "compatible"
    assert one(values, 0.5).answer == "inconclusive"
    assert one(values, 99.0).answer == "compatible"
    assert one(np.full(9, INF), 0.5).answer == "inconclusive"


def test_constants():
    """Runs that are all alike hold the value itself, whatever its rounding, and tell nothing of another."""
    same = np.full(64, 0.25)
    assert one(same, 0.25).answer == "compatible"
    assert one(same, 0.245, 0.255).answer == "compatible"
    assert one(same, 0.3).answer == "inconclusive"
    assert one(same, 0.3, scale=IDENTITY).answer == "inconclusive"


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
def test_several_numbers_are_placed_together(printed, answer):
    """One number beyond all runs is enough; each is measured in the spread of its own side."""
    assert together(pair(), printed).answer == answer


def test_a_long_tail_hides_no_number_beyond_its_runs():
    """By rank, some run lies as far out in its long tail; the even one is open, or excluded on its scale."""
    recorded = {"tail": np.exp(2 * NORMAL), "even": NORMAL}
    printed = {"tail": 1.0, "even": 9.0}
    assert together(recorded, printed).answer == "inconclusive"
    placed = together(recorded, printed, IDENTITY)
    assert (placed.answer, placed.p) == ("excluded", pytest.approx(2 * beyond_p(9 / NORMAL.std(ddof=1), 64)))
    assert together(recorded, printed | {"even": 2.5}, IDENTITY).answer == "inconclusive"
    assert together(recorded, printed | {"even": 2.4}, IDENTITY).answer == "compatible"


def test_a_single_number_is_shown_with_the_range_of_its_runs():
    shown = one(np.arange(1.0, 10.0), 3.0, 5.5).detail
    assert shown.startswith("printed value at 39% of 9 recorded runs, 5 (1 to 9)")


def test_only_printed_numbers_are_placed():
    recorded = {**pair(), "beside": np.full(64, 1e9)}
    placed = together(recorded, {"tail": 1.0, "even": 0.0})
    shares = [np.mean(recorded["tail"] < 1.0), np.mean(recorded["even"] < 0.0)]
    assert placed.answer == "compatible"
    assert placed.detail == (
        f"printed values among 64 recorded runs: tail {shares[0]:.0%}, even {shares[1]:.0%}"
    )


def test_several_numbers_share_the_level_on_a_scale():
    values = NORMAL / NORMAL.std(ddof=1)
    recorded = {str(i): np.roll(values, 7 * i) for i in range(10)}
    placed = together(recorded, dict.fromkeys(recorded, 0.0) | {"3": 3.95}, IDENTITY)
    assert placed.p == pytest.approx(10 * beyond_p(3.95, 64), rel=1e-9)
    assert placed.answer == "inconclusive"
    assert together({"3": values}, {"3": 3.95}, IDENTITY).answer == "excluded"


def test_a_number_beyond_on_no_normal_scale_stays_open():
    """One of two numbers beyond all runs is not normal: the other one's small distance does not settle it."""
    values = NORMAL / NORMAL.std(ddof=1)
    recorded = {"normal": values, "cubed": values**5}
    placed = together(recorded, {"normal": 3.0, "cubed": 1e4}, IDENTITY)
    assert placed.answer == "inconclusive"
    assert (
        "; normal, cubed beyond all runs, 3.0 standard deviations out on the identity scale" in placed.detail
    )


BOUNDED = [
    (Scale("identity"), 10 + NORMAL, 1),
    (Scale("log"), np.exp(NORMAL), 1),
    (Scale("log"), np.exp(NORMAL), 5),
    (Scale("logit"), 1 / (1 + np.exp(-NORMAL)), 2),
    (Scale("logit", rows=50), (1 / (1 + np.exp(-NORMAL / 3)) * 51 - 0.5) / 50, 1),
    (Scale("logit", whole=100.0), 100 / (1 + np.exp(-NORMAL)), 1),
]


@pytest.mark.parametrize(("scale", "values", "numbers"), BOUNDED)
def test_bounds_are_where_a_number_becomes_excluded(scale, values, numbers):
    """Just outside them a printed number is excluded, just inside it is not, on every scale."""
    bounds = prediction_bounds(values, scale, numbers)
    assert bounds is not None
    names = [str(index) for index in range(numbers)]
    for end, out in zip(bounds, (-1, 1), strict=True):
        for step, expected in ((1e-6, "excluded"), (-1e-6, "inconclusive")):
            point = end + out * step * abs(end)
            points = {name: (point, point) if name == "0" else (values[0], values[0]) for name in names}
            placed = place(dict.fromkeys(names, values), points, dict.fromkeys(names, scale))
            assert placed.answer == expected


def test_runs_that_exclude_nothing_have_no_bounds():
    """Too few runs, runs that are alike, and runs that are not normal on the scale."""
    assert prediction_bounds(NORMAL[:20], IDENTITY, 1) is None
    assert prediction_bounds(np.ones(64), IDENTITY, 1) is None
    assert prediction_bounds(np.exp(NORMAL), IDENTITY, 1) is None
    assert prediction_bounds(np.append(NORMAL, INF), IDENTITY, 1) is None


HONEST = {
    "exponential": (lambda rng, size: rng.exponential(size=size), 1),
    "cauchy": (lambda rng, size: rng.standard_cauchy(size), 1),
    "discrete": (lambda rng, size: rng.binomial(9, 0.3, size).astype(float), 1),
    "three, correlated": (lambda rng, size: rng.lognormal(size=size) + rng.normal(size=size), 3),
}


@pytest.mark.parametrize(("draw", "numbers"), HONEST.values(), ids=HONEST)
def test_an_honest_value_is_never_excluded_by_rank_and_seldom_open(draw, numbers, draws):
    """Drawn like the 30 runs, a number is beyond them with probability 2/31, or less if there are ties."""
    rng, times = np.random.default_rng(3), draws(1500)
    answers = []
    for _ in range(times):
        rows = draw(rng, (31, numbers))
        if numbers > 1:
            rows[:, 1:] += rows[:, :1]
        names = [f"n{i}" for i in range(numbers)]
        recorded = {name: rows[:-1, i] for i, name in enumerate(names)}
        printed = {name: rows[-1, i] for i, name in enumerate(names)}
        answers.append(together(recorded, printed).answer)
    error = 4 * math.sqrt(numbers * 2 / 31 / times)
    assert "excluded" not in answers
    assert answers.count("inconclusive") / times <= numbers * 2 / 31 + error
    if numbers == 1 and draw is not HONEST["discrete"][0]:
        assert answers.count("inconclusive") / times == pytest.approx(2 / 31, abs=error)


@pytest.mark.parametrize("numbers", [1, 4])
def test_an_honest_normal_value_is_excluded_at_most_at_the_level(monkeypatch, numbers, draws):
    """At a level of 2 %, an honest value is excluded on the normal scale in at most 2 % of all samples."""
    monkeypatch.setattr(placement, "EXCLUDED", 0.02)
    rng, times = np.random.default_rng(5), draws(1500)
    excluded = 0
    for _ in range(times):
        rows = rng.normal(3, 2, (31, numbers))
        recorded = {str(i): rows[:-1, i] for i in range(numbers)}
        printed = {str(i): rows[-1, i] for i in range(numbers)}
        excluded += together(recorded, printed, IDENTITY).answer == "excluded"
    error = 4 * math.sqrt(0.02 * 0.98 / times)
    assert excluded / times <= 0.02 + error
    assert excluded / times >= 0.01 - error  # and the bound is no mere formality


ON_SCALE = {
    "normal": (lambda rng, size: rng.normal(size=size), 1e-3, 1),
    "uniform": (lambda rng, size: rng.random(size), 1e-3, 0),
    "exponential": (lambda rng, size: rng.exponential(size=size), 1e-3, 0),  # the check refuses them all
    "t5": (lambda rng, size: rng.standard_t(5, size=size), 7e-3, 30),  # heavy tails: the promise fails
    "t3": (lambda rng, size: rng.standard_t(3, size=size), 7e-3, 30),
}


@pytest.mark.parametrize(("draw", "level", "least"), ON_SCALE.values(), ids=ON_SCALE)
def test_an_honest_value_is_excluded_at_most_at_the_level(draw, level, least, draws):
    """Over 20,000 samples of 64 runs on the identity scale: only those beyond all runs need the bound."""
    rng, times = np.random.default_rng(11), draws(20_000)
    least = least if times >= 20_000 else 0  # a tenth may have none
    rows = draw(rng, (times, 65))
    beyond = (rows[:, -1] > rows[:, :-1].max(axis=1)) | (rows[:, -1] < rows[:, :-1].min(axis=1))
    assert beyond.mean() == pytest.approx(2 / 65, abs=max(0.01, 4 * math.sqrt(2 / 65 / times)))
    answers = [one(row[:-1], row[-1], scale=IDENTITY).answer for row in rows[beyond]]
    excluded = answers.count("excluded")
    assert least <= excluded <= times * (level + 4 * math.sqrt(level / times))
    assert "compatible" not in answers


# runs, and by how many standard deviations one of 20 printed numbers is off
WRONG = [(n, off) for n in (5, 10, 20, 30, 44, 64) for off in (4, 8, 12, 20)]


@pytest.mark.parametrize(("n", "off"), WRONG)
def test_one_wrong_number_of_twenty_is_never_compatible(n, off, draws):
    """The noise of nineteen others hides nothing; from 64 runs on, what is far out is excluded."""
    rng, times = np.random.default_rng(n + off), draws(60)
    answers = []
    for _ in range(times):
        recorded = {str(i): rng.normal(size=n) for i in range(20)}
        printed = {name: float(rng.choice(values)) for name, values in recorded.items()} | {"3": float(off)}
        assert recorded["3"].max() < off
        answers.append(together(recorded, printed, IDENTITY).answer)
    assert "compatible" not in answers
    assert n >= 64 or "excluded" not in answers
    assert n < 64 or off < 8 or answers.count("excluded") >= (0.85 if times >= 60 else 0.4) * times


def far_out(runs: list[float], point: float, side: int) -> list[float]:
    """Return how far out 64 runs and, last, the point lie to a side, in units of its middle half."""
    values = [*runs, point]
    ordered = sorted(values)
    median, end = ordered[32], ordered[32 + 16 * side]
    return [max(0.0, (value - median) * side) / abs(end - median) for value in values]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("out", [(0.3, 0.45), (0.45, 0.3)])
def test_several_numbers_are_as_far_out_as_the_farthest(seed, side, out):
    """Each in units of its own side, wherever its middle is: counted by hand for 64 runs of two numbers."""
    rng = np.random.default_rng(seed)
    recorded = {"a": 1000 + rng.exponential(size=64), "b": -500 - 40 * rng.exponential(size=64)}
    points = {
        name: float(np.quantile(recorded[name], 0.5 + side * share))
        for name, share in zip("ab", out, strict=True)
    }
    counts = []
    for way in (-1, 1):
        rows = [far_out(recorded[name].tolist(), points[name], way) for name in points]
        most = [max(pair) for pair in zip(*rows, strict=True)]
        counts.append(sum(each >= most[-1] for each in most[:-1]))
    placed = place(recorded, {name: (x, x) for name, x in points.items()}, {name: Scale() for name in points})
    assert placed.p == pytest.approx(min(1.0, 2 * (1 + min(counts)) / 65))
    assert 0 < min(counts) < 32


@pytest.mark.parametrize(("sign", "crashed"), [(1, 5), (-1, 5), (1, 1)])
def test_crashed_runs_are_beyond_all_numbers(sign, crashed):
    runs = np.array([*(sign * math.inf for _ in range(crashed)), *np.arange(64.0 - crashed)])
    x = 70.0 if sign > 0 else -7.0
    placed = place({"": runs}, {"": (x, x)}, {"": Scale()})
    assert placed.p == pytest.approx(2 * (1 + crashed) / 65)


def test_more_runs_are_needed_than_there_are():
    """Though that many would reach a value just beyond them with a probability of one half."""
    placed = place({"": np.array([-1.0, -1.0, 0.0, 1.0, 1.0])}, {"": (1.01, 1.02)}, {"": Scale()})
    assert (placed.answer, placed.runs_needed) == ("inconclusive", 6)


@pytest.mark.parametrize("numbers", [1, 2, 4])
def test_as_many_runs_as_reach_a_number_beyond_them_half_of_the_time(numbers):
    """Of independent numbers, all of which lie beyond 30 runs, by simulation of more runs of them."""
    recorded = {str(i): np.arange(30.0) for i in range(numbers)}  # on no scale
    placed = together(recorded, dict.fromkeys(recorded, 99.0))
    needed = placed.runs_needed
    assert needed is not None
    rng, times = np.random.default_rng(5), 20_000
    # the place of one more run that lies beyond 30, among all: its rank among the others is uniform
    most = rng.random((times, numbers)) ** (1 / 31)  # the largest of 31
    reached = rng.random((times, numbers)) > most ** (needed - 30)
    assert reached.all(axis=1).mean() == pytest.approx(0.5, abs=0.015)


@pytest.mark.parametrize(
    ("low", "high", "share"),
    [(2.0, 2.0, 0.375), (2.0, 3.0, 0.5), (1.5, 2.5, 0.375), (4.0, 9.0, 0.875), (0.0, 0.5, 0.0)],
)
def test_the_share_of_runs_below_an_interval(low, high, share):
    assert share_below(np.array([1.0, 2.0, 3.0, 4.0]), (low, high)) == share


def test_of_runs_that_are_all_alike_rank_alone_decides():
    """Nothing is known of their spread, so that a value beyond them is not excluded on any scale."""
    placed = one(np.full(64, 0.25), 0.5, scale=IDENTITY)
    assert (placed.answer, placed.runs_needed) == ("inconclusive", 128)
    with pytest.raises(AttributeError, match="answer"):
        placed.answer = "excluded"  # type: ignore[misc]


def test_runs_of_a_small_range_are_judged_by_their_scale():
    """That many reach a value that lies this far out with a probability of one half."""
    far = 0.026 / (NORMAL * 0.01).std(ddof=1)
    placed = one(NORMAL * 0.01, 0.026, scale=IDENTITY)
    assert placed.answer == "inconclusive"
    assert placed.runs_needed == math.ceil(math.log(2) / stats.norm.sf(far))


@pytest.mark.parametrize("values", [np.arange(64.0), np.arange(64.0)[::-1]])
def test_every_run_counts_wherever_it_is(values):
    for point in (2.0, 61.0):
        assert one(values, point).p == pytest.approx(2 * (1 + 3) / 65)
