from __future__ import annotations

from fnmatch import fnmatchcase

import numpy as np
import pytest

from benchmarks.contenders import OURS, PATHS
from benchmarks.harness import goals
from benchmarks.harness.cases import CONVOLUTIONS, ERRANDS, GANS, INFERENCES, TRAININGS, Case
from benchmarks.harness.contests import Ratio, median_ratio
from benchmarks.harness.goals import SLACK, Goal, goals_of

CASES = [*CONVOLUTIONS, *TRAININGS, *GANS, *INFERENCES, *ERRANDS]
GOAL = Goal("a peer", at_least=1.0, gate=SLACK)

# measured ratio (median, low, high), what is said of the goal, and whether the gate fires
HELD = {
    "faster": (Ratio(1.2, 1.1, 1.3), "met", False),
    "as fast": (Ratio(1.0, 0.9, 1.1), "met", False),
    "can't tell": (Ratio(0.95, 0.85, 1.05), "open", False),
    "slower": (Ratio(0.9, 0.85, 0.95), "missed", False),
    "much slower, not surely": (Ratio(0.7, 0.6, 0.85), "missed", False),
    "much slower": (Ratio(0.67, 0.6, 0.79), "missed", True),
}


@pytest.mark.parametrize("name", HELD)
def test_a_gate_fires_below_its_whole_interval(name: str) -> None:
    """Goals are reported as met, missed or open; only a surely slower ratio fires."""
    ratio, state, fired = HELD[name]

    checked = GOAL.check(ratio)

    assert (checked["state"], checked["fired"]) == (state, fired)


@pytest.mark.parametrize("noise", [0.03, 0.05])
def test_a_slowdown_by_half_is_flagged_and_nothing_else(noise: float) -> None:
    """Of 500 contests with noise on both sides, those 1.5 times as slow fire, unchanged ones don't."""
    rng = np.random.default_rng(0)

    def fired(slowdown: float) -> float:
        shape = (500, 12)
        peers, ours = np.exp(rng.normal(0, noise, shape)), slowdown * np.exp(rng.normal(0, noise, shape))
        return np.mean([GOAL.check(median_ratio(row))["fired"] for row in peers / ours])

    assert fired(1.0) == 0
    assert fired(1.5) >= 0.95


def test_every_goal_is_of_a_case_and_a_contender() -> None:
    """A misspelt pattern or contender would check nothing; gates are at or below their goals."""
    for path, patterns in goals._content().items():
        cases = [case for case in CASES if case.path == path]
        for pattern, entries in patterns.items():
            meant = [case for case in cases if fnmatchcase(case.id, pattern)]
            assert meant, f"{path}: no case is named {pattern}"
            for case in meant:
                assert set(entries) <= set(case.contenders("cpu")) - {OURS}
    assert all(goal.gate <= goal.at_least for case in CASES for goal in goals_of(case.path, case.id))


@pytest.mark.parametrize("case", [*TRAININGS, *GANS], ids=lambda case: case.id)
def test_every_training_has_a_goal_against_a_plain_loop(case: Case) -> None:
    """In each case a slower training core differs from a slower TensorFlow."""
    (loop,) = [goal for goal in goals_of(case.path, case.id) if goal.against == "tf.function loop"]

    assert loop.gate >= 0.6


def test_ids_are_unique_and_every_path_has_cases() -> None:
    """Times of two cases are never mixed."""
    assert len({(case.path, case.id) for case in CASES}) == len(CASES)
    assert {case.path for case in CASES} == set(PATHS)
