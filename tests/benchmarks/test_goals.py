from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml

from benchmarks.contenders import OURS, PATHS
from benchmarks.harness import goals
from benchmarks.harness.cases import CASES, GANS, TRAININGS
from benchmarks.harness.contests import Ratio
from benchmarks.harness.goals import FLOOR, HEADER, SECONDS, SLACK, Goal, Record, goals_of

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
def test_a_gate_fires_below_its_whole_interval(name):
    ratio, state, fired = HELD[name]

    checked = GOAL.check(ratio)

    assert (checked["state"], checked["fired"]) == (state, fired)


def test_every_goal_is_of_a_case_and_a_contender():
    """A misspelt pattern or contender would check nothing; only counted work has a floor."""
    for path, patterns in goals._content().items():
        cases = [case for case in CASES if case.path == path]
        for pattern, entries in patterns.items():
            meant = [case for case in cases if fnmatchcase(case.id, pattern)]
            assert meant, f"{path}: no case is named {pattern}"
            for case in meant:
                floor = set() if case.work is None else {FLOOR}
                assert set(entries) <= {*case.contenders("cpu"), *floor} - {OURS}


@pytest.mark.parametrize("case", [*TRAININGS, *GANS], ids=lambda case: case.id)
def test_every_training_has_a_goal_against_a_plain_loop(case):
    (loop,) = [goal for goal in goals_of(case.path, case.id, {}) if goal.against == "tf.function loop"]

    assert loop.at_least >= 0.9


def test_a_record_takes_what_is_new(tmp_path):
    file = tmp_path / "recorded.yaml"
    record = Record(file)
    assert record.add("this", "engine", "import", {"seconds": 7.0, "import numpy": 1.23456})
    record.write()

    again = Record(file)
    assert again.add("this", "engine", "import", {"seconds": 9.0, "import numpy": 0.5, "bare Python": 3.0})
    assert not again.add("this", "engine", "import", {"import numpy": 0.5})
    assert again.add("other", "engine", "import", {"import numpy": 2.0})
    again.write()

    assert file.read_text("utf-8").startswith(HEADER)
    read = Record(file)
    assert read.of("this", "engine", "import") == {"seconds": 7.0, "import numpy": 1.23, "bare Python": 3.0}
    assert read.of("other", "engine", "import") == {"import numpy": 2.0}
    assert read.of("other", "engine", "ledger") == {}
    assert read.seconds("other", "engine", "import") == 7.0
    assert read.seconds("other", "engine", "ledger") is None


def unread(file: Path) -> list[tuple[str, str, str]]:
    """Return path, case and name of each number that no gate reads, or that is not above 0."""
    both = [(case, device) for case in CASES for device in ("cpu", "gpu")]
    known = {(case.path, case.id, name) for case, device in both for name in case.contenders(device)}
    known |= {(case.path, case.id, SECONDS) for case in CASES}
    return [
        (path, case, name)
        for paths in yaml.safe_load(file.read_text("utf-8")).values()
        for path, cases in paths.items()
        for case, ratios in cases.items()
        for name, ratio in ratios.items()
        if (path, case, name) not in known or not ratio > 0
    ]


def test_what_is_recorded_is_of_a_case_and_its_contenders(tmp_path):
    committed = Path(goals.__file__).parents[1] / "recorded.yaml"
    assert committed.read_text("utf-8").startswith(HEADER)
    assert unread(committed) == []

    file = tmp_path / "recorded.yaml"
    case = TRAININGS[0]
    record = Record(file)
    record.add("this", case.path, case.id, {SECONDS: 7.0, "tf.function loop": 1.1})
    record.write()
    assert unread(file) == []
    record.add("this", case.path, case.id, {"no such library": 2.0})
    record.add("this", case.path, "no such case", {SECONDS: 1.0})
    record.add("other", case.path, case.id, {SECONDS: 0.0})
    record.write()
    assert unread(file) == [
        (case.path, case.id, "no such library"),
        (case.path, "no such case", SECONDS),
        (case.path, case.id, SECONDS),
    ]


def test_ids_are_unique_and_every_path_has_cases():
    assert len({(case.path, case.id) for case in CASES}) == len(CASES)
    assert {case.path for case in CASES} == set(PATHS)
