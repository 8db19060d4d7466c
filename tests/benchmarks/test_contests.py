from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.harness.contests import FEWEST, MOST, median_ratio, relative_difference, take_turns

START = [np.zeros((2, 2)), np.ones(3)]
MOVED = [np.full((2, 2), 0.5), np.full(3, 1.5)]

# what a contender computed, and how far it is from a reference that moved by 0.5 everywhere
RESULTS = {
    "the same": (MOVED, 0.0),
    "frozen": (START, 1.0),
    "one array frozen": ([MOVED[0], START[1]], 1.0),
    "half as far": ([np.full((2, 2), 0.25), np.full(3, 1.25)], 0.5),
    "no number": ([np.full((2, 2), np.nan), MOVED[1]], np.inf),
    "another shape": ([MOVED[0][:1], MOVED[1]], np.inf),
    "an array short": (MOVED[:1], np.inf),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_difference_counts_by_how_far_the_reference_moved(name):
    result, expected = RESULTS[name]

    assert relative_difference(result, MOVED, START) == pytest.approx(expected)


def test_outputs_move_from_nothing():
    assert relative_difference([np.array([1.0, 2.02])], [np.array([1.0, 2.0])], []) == pytest.approx(0.02 / 3)


@pytest.mark.parametrize("rounds", [FEWEST, 12, 20, MOST])
def test_the_interval_holds_the_median(rounds):
    rng = np.random.default_rng(rounds)
    found = [median_ratio(2.0 * np.exp(rng.exponential(0.3, rounds))) for _ in range(4000)]
    truth = 2.0 * np.exp(0.3 * np.log(2))  # the median of the noise

    coverage = np.mean([ratio.low <= truth <= ratio.high for ratio in found])

    assert coverage >= 0.985  # 0.99, less three standard deviations of 4,000 draws
    assert all(ratio.low <= ratio.median <= ratio.high for ratio in found)


def test_too_few_rounds_state_no_interval():
    with pytest.raises(ValueError, match="7 rounds state no interval: 8 do"):
        median_ratio(np.ones(FEWEST - 1))


def test_contenders_take_turns():
    """Every round asks each contender once, another one first each time; a first round does not count.

    After the fewest rounds it ends if the intervals are narrow.
    """
    asked: list[str] = []

    def contender(name: str, seconds: float) -> Callable[[], float]:
        def run() -> float:
            asked.append(name)
            return 100.0 if len(asked) <= 3 else seconds  # the first round is slow

        return run

    contenders = {name: contender(name, s) for name, s in (("a", 1.0), ("b", 2.0), ("c", 3.0))}
    times = take_turns(contenders, "b", fewest=MOST)

    rounds = ["".join(asked[index : index + 3]) for index in range(0, len(asked), 3)]
    assert rounds[:5] == ["abc", "abc", "bca", "cab", "abc"]
    assert len(times.seconds["b"]) == len(rounds) - 1 == MOST
    assert {name: times.ratio(name).median for name in "abc"} == {"a": 0.5, "b": 1.0, "c": 1.5}
    assert times.ratio("c").high == 1.5
    assert len(take_turns(contenders, "b").seconds["b"]) == FEWEST


@pytest.mark.parametrize("spread", [0.005, 0.02, 0.1])
def test_an_early_end_keeps_the_probability(spread):
    rng = np.random.default_rng(0)

    def found() -> bool:
        draws = {"ours": lambda: 1.0, "theirs": lambda: float(np.exp(rng.normal(0, spread)))}
        ratio = take_turns(draws, "ours").ratio("theirs")
        return ratio.low <= 1 <= ratio.high

    assert np.mean([found() for _ in range(1000)]) >= 0.98
