"""Which mark `workshop check` gives: to recorded runs taken as a reader's, and to nonsense."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from scripts import calibrate_check
from workshop.checking.judging import each_p, exercise_state, joint_p, left_out, together_state
from workshop.checking.notebook.values import Shown
from workshop.statistics.own_number import place_number, read

UNUSUAL = 0.05


@pytest.fixture(scope="module")
def units() -> dict[str, Any]:
    """Return the numbers of all units with recorded runs."""
    found: dict[str, Any] = calibrate_check.units()
    return found


def test_at_most_one_honest_run_in_twenty_has_a_mark(
    units: dict[str, Any], draws: Callable[[int], int]
) -> None:
    assert len(units) == 30
    every = 10 // draws(10)  # by day three units, of 512, 1,024 and 64 runs
    for name in [*units][(every - 1) // 2 :: every]:
        marks = calibrate_check.honest(units[name])
        off = [mark for mark in marks if mark in {"?", "✘"}]

        assert len(off) <= max(1, UNUSUAL * len(marks)), name
        assert len(off) >= UNUSUAL * len(marks) // 2, name  # a control: p is not merely large


@pytest.mark.parametrize("unit", ["ch03.ex02", "ch06.ex02", "ch07.ex04"])
def test_a_number_beyond_all_others_does_not_colour_its_exercise(units: dict[str, Any], unit: str) -> None:
    """Many honest runs have one; by its worst number, a third of them would be yellow."""
    numbers = list(units[unit].values())
    worst = [
        {left_out(number, number.runs, run).state for number in numbers}
        for run in range(0, len(numbers[0].runs), 3)
    ]

    assert sum("?" in states for states in worst) > 0.2 * len(worst)


def test_nonsense_in_one_of_many_numbers_is_noticed(units: dict[str, Any]) -> None:
    for name, unit in units.items():
        numbers = list(unit.values())
        runs = min(len(number.runs) for number in numbers)
        middle = int(np.argmax(each_p([_as_reader(number, 0, runs) for number in numbers])[:-1])) + 1
        honest = [_as_reader(number, min(middle, runs - 1), runs) for number in numbers]
        for place in range(0, len(honest), max(1, len(honest) // 4)):
            value = 1000 * float(honest[place].mine) + 7
            spoiled = [*honest]
            spoiled[place] = replace(honest[place], mine=Shown(calibrate_check.written(value)))
            states = (place_number(each.mine.text, each.known).state for each in spoiled)
            assert exercise_state(states, together_state(joint_p(spoiled))) in {"?", "✘"}, (name, place)


def _as_reader(number: Any, run: int, runs: int) -> Any:
    """Return a recorded run's number as a reader's next to all other runs."""
    known, others = number.known, np.delete(number.runs[:runs], run)
    mine = Shown(f"{number.runs[run]:.4g}")
    return replace(number, mine=mine, known=replace(known, runs=tuple(others)), together=1)


def test_nonsense_is_ticked_only_inside_the_runs(units: dict[str, Any]) -> None:
    for name, unit in units.items():
        assert (calibrate_check.ticked(unit)["× 1000 + 7"] or 0.0) < 0.01, name
        for kind, number, value, state in calibrate_check.spoiled(unit):
            known = number.known
            spans = [span[1:] for span in (known.printed, known.right) if span is not None]
            spans.append((number.runs.min(), number.runs.max()))
            typed = read(calibrate_check.written(value))
            assert typed is not None
            inside = any(low - typed.half <= value <= high + typed.half for low, high in spans)
            assert state not in {"✔", "≠"} or inside, (kind, number.name, value)
