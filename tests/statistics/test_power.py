"""What a drift test can notice: the promised shift is noticed by the tests that decide, half of it is not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from workshop.statistics import power
from workshop.statistics.hypothesis_tests import normal_p, prediction_p, rank_p, rank_sum_limits
from workshop.statistics.power import NOTICED, _limits, seeds_to_notice, smallest_drift
from workshop.statistics.scales import Scale, ScaleName

LEVEL = 1e-5
# on this scale nothing is normal: rank alone is left
OFF = Scale("logit", whole=1e-300)
RECORDED = {
    "normal": stats.norm.ppf((np.arange(64) + 0.5) / 64) * 0.02 + 0.3,
    "skewed": np.random.default_rng(1).lognormal(0, 1, 64),
    "heavy tails": np.random.default_rng(2).standard_t(2, 64),
    "one far out": np.append(np.random.default_rng(3).normal(5, 1, 63), 1e6),
    "two levels": np.repeat([0.25, 0.75], 32) + np.random.default_rng(4).normal(0, 0.01, 64),
    "discrete": np.random.default_rng(5).binomial(40, 0.8, 64) / 40.0,
    "one crashed": np.append(np.random.default_rng(6).normal(size=63), math.inf),
}


def noticed(recorded, shift: float, fresh: int, p, times: int = 200) -> float:
    """Return how often runs like the finite recorded ones, moved by a shift, alarm in a test."""
    rng = np.random.default_rng(17)
    finite = recorded[np.isfinite(recorded)]
    return float(np.mean([p(recorded, rng.choice(finite, fresh) + shift) <= LEVEL for _ in range(times)]))


@pytest.mark.parametrize(
    ("name", "fresh"), [*((name, 5) for name in RECORDED), ("normal", 8), ("discrete", 8)]
)
def test_a_shift_of_the_promised_size_is_noticed_by_rank(name: str, fresh: int) -> None:
    """Up or down, in at least 85 %; half of it in fewer, of normal runs in less than half."""
    recorded = RECORDED[name]
    drift = smallest_drift(recorded, fresh, LEVEL, OFF)
    assert math.isfinite(drift)
    both = [noticed(recorded, sign * drift, fresh, rank_p) for sign in (-1, 1)]
    half = [noticed(recorded, sign * drift / 2, fresh, rank_p) for sign in (-1, 1)]
    assert min(both) >= 0.85
    assert min(half) < 0.9
    if name == "normal":
        assert max(half) < 0.5


@pytest.mark.parametrize("scale", [Scale("identity"), Scale("log")])
def test_where_rank_reaches_the_level_it_is_the_test(scale: Scale) -> None:
    """The scale changes nothing then: the distribution-free test is taken."""
    recorded = RECORDED["normal"]
    assert smallest_drift(recorded, 5, LEVEL, scale) == smallest_drift(recorded, 5, LEVEL, OFF)


SCALES = {
    "identity": stats.norm.ppf((np.arange(10) + 0.5) / 10) * 2 + 7,
    "log": np.exp(stats.norm.ppf((np.arange(10) + 0.5) / 10) - 3),
    "logit": 1 / (1 + np.exp(-stats.norm.ppf((np.arange(10) + 0.5) / 10) - 2)),
}


@pytest.mark.parametrize("scale", SCALES)
def test_a_shift_of_the_promised_size_is_noticed_by_the_prediction_bound(scale: ScaleName) -> None:
    """Ten recorded and five fresh can't reach the level by rank, but notice it on the scale."""
    recorded, rng = SCALES[scale], np.random.default_rng(19)
    to = {"identity": float, "log": math.log, "logit": lambda v: math.log(v / (1 - v))}[scale]
    back = {"identity": lambda v: v, "log": np.exp, "logit": lambda v: 1 / (1 + np.exp(-v))}[scale]
    drift, middle = smallest_drift(recorded, 5, LEVEL, Scale(scale)), float(np.median(recorded))
    assert normal_p(recorded, Scale(scale)) > 0.5
    assert math.isfinite(drift)
    # the farther of both sides at the median is returned: one of the two is the shift on the scale
    ends = {"identity": (-math.inf, math.inf), "log": (0.0, math.inf), "logit": (0.0, 1.0)}[scale]
    moved = [point for point in (middle - drift, middle + drift) if ends[0] < point < ends[1]]
    shift = min(abs(to(point) - to(middle)) for point in moved)
    on_scale = np.array([to(v) for v in recorded])

    def share(moved: float) -> float:
        rows = rng.choice(on_scale, (400, 5)) + moved
        return float(np.mean([prediction_p(recorded, back(row), Scale(scale)) <= LEVEL for row in rows]))

    assert max(share(shift), share(-shift)) >= 0.85
    assert max(share(shift / 2), share(-shift / 2)) < 0.5


def test_the_bound_is_what_students_t_says() -> None:
    """The drift is the bound plus the 90 % quantile of the mean of fresh runs."""
    recorded = RECORDED["normal"][::4]
    n, spread = len(recorded), recorded.std(ddof=1)
    drift = smallest_drift(recorded, 2, 1e-6, Scale("identity"))
    bound = stats.t.isf(5e-7, n - 1) * spread * math.sqrt(1 / n + 1 / 2)
    assert drift == pytest.approx(bound + stats.norm.ppf(NOTICED) * recorded.std() / math.sqrt(2), rel=0.03)


def test_tests_that_can_not_alarm_notice_nothing() -> None:
    """One fresh of ten recorded that are not on the scale; no number of seeds helps there."""
    ten = SCALES["identity"]
    assert smallest_drift(ten, 1, LEVEL, OFF) == math.inf
    assert smallest_drift(np.append(ten, math.inf), 1, LEVEL, Scale("identity")) == math.inf
    assert smallest_drift(ten - 7, 1, LEVEL, Scale("log")) == math.inf
    # half of the runs crashed: not even five fresh ones far above the others differ from these
    assert smallest_drift(np.append(np.arange(32.0), np.full(32, math.inf)), 5, LEVEL, OFF) == math.inf


def test_a_constant_notices_any_drift() -> None:
    """Runs that are all alike: what is not their value is noticed at once."""
    assert smallest_drift(np.full(64, 0.25), 5, LEVEL, OFF) < 1e-9


def test_seeds_to_notice_is_the_least_number_that_notices(monkeypatch) -> None:
    """That many notice the drift, one fewer does not; a smaller drift needs more."""
    recorded = RECORDED["normal"]
    drift = smallest_drift(recorded, 5, LEVEL, OFF)
    assert seeds_to_notice(recorded, drift, LEVEL, OFF) in {4, 5}
    smaller = 0.6 * drift
    few = seeds_to_notice(recorded, smaller, LEVEL, OFF)
    assert few is not None
    assert 5 < few <= 16
    assert smallest_drift(recorded, few, LEVEL, OFF) <= smaller
    assert smallest_drift(recorded, few - 1, LEVEL, OFF) > smaller
    for most, seeds in ((few, few), (few - 1, None)):
        monkeypatch.setattr(power, "_MOST_SEEDS", most)
        assert seeds_to_notice(recorded, smaller, LEVEL, OFF) == seeds


@pytest.mark.parametrize(("recorded", "fresh"), [(20, 40), (64, 33), (40, 60)])
def test_limits_for_many_fresh_seeds_are_close_to_the_exact_ones(recorded: int, fresh: int) -> None:
    """Rank sums of more than 32 seeds are taken as normal: within 1 % of the exact test's range."""
    exact = rank_sum_limits(recorded, fresh, 0.01)
    assert exact is not None
    assert _limits(recorded, fresh, 0.01) == pytest.approx(exact, abs=0.01 * (exact[1] - exact[0]))
    assert _limits(recorded, fresh, 0.01) != exact
    assert _limits(recorded, 32, 0.01) == rank_sum_limits(recorded, 32, 0.01)


def test_a_drift_that_no_number_of_seeds_notices(monkeypatch) -> None:
    """A thousandth of the spread is out of reach."""
    monkeypatch.setattr("workshop.statistics.power._MOST_SEEDS", 30)
    assert seeds_to_notice(RECORDED["normal"], 2e-5, LEVEL, OFF) is None
