"""Whom `workshop check` calls wrong: recorded runs taken as a reader's, and numbers that are spoiled."""

from __future__ import annotations

import math
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from workshop.statistics.own_number import read

LEVEL = 0.01
TESTED = ("workshop/checking", "workshop/samples", "scripts/calibrate_check.py")


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    """Return the script that writes the table of docs/check.md."""
    return runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "calibrate_check.py"))


@pytest.fixture(scope="module")
def units(script: dict[str, Any]) -> dict[str, Any]:
    """Return the numbers of all units with recorded runs."""
    found: dict[str, Any] = script["units"]()
    return found


def test_honest_runs_are_hardly_ever_called_wrong(
    script: dict[str, Any], units: dict[str, Any], draws: Callable[[int], int]
) -> None:
    """Recorded runs against all others: at most 1 in 100 has a ✘, and in no unit many more by chance."""
    every = 10 // draws(10)
    found = {name: script["honest"](unit, every) for name, unit in units.items()}
    runs = sum(one.runs for one in found.values())

    assert len(found) == 30
    # of few runs, what 1 in 1,000 draws would not exceed
    most = LEVEL * runs if every == 1 else stats.binom.ppf(1 - 1e-3, runs, LEVEL)
    assert sum(one.wrong for one in found.values()) <= most
    for name, one in found.items():
        expected = LEVEL * one.runs
        assert one.wrong <= 1 + expected + 2 * math.sqrt(expected), name
        assert every > 1 or one.beyond <= 2 / one.runs * 1.05, name
    # a control: beyond all runs is not wrong, or far too many were
    assert sum(one.beyond > 2 * LEVEL for one in found.values()) > 10 / every


def test_nonsense_is_noticed(script: dict[str, Any], units: dict[str, Any]) -> None:
    """The number × 1000 + 7 in each unit; what is not noticed is inside the runs, and never beyond them."""
    for name, unit in units.items():
        assert script["noticed"](unit)["× 1000 + 7"] > 0.99, name
        for kind, part, value, state in script["spoiled"](unit):
            spans = [span[1:] for span in (part.known.printed, part.known.right) if span is not None]
            spans.append((part.values.min(), part.values.max()))
            typed = read(script["written"](value))
            assert typed is not None
            inside = any(low - typed.half <= value <= high + typed.half for low, high in spans)
            assert state not in {"✔", "≠"} or inside, (kind, part.id, value)
