"""All exercises and activities as readers write them, with other seeds, and with mistakes: see fixtures."""

from __future__ import annotations

from pathlib import Path

import pytest

from workshop.checking.checks import Report, check_notebook
from workshop.checking.views import unit_lines
from workshop.ledger import ledger

NOTEBOOKS = Path(__file__).parents[2] / "fixtures" / "notebooks"
# what `check` says of a mistake that was made on purpose, "" where the numbers alone show it
MISTAKES = {
    "ch01.ex06-1001-rate": "",
    "ch02.ex02-1001-logits": "",
    "ch02.ex03-1001-few_steps": "",
    "ch02.ex05-1001-shuffled_labels": "",
    "ch02.ex06-1001-sgd": "optimizer is sgd, in the book adam",
    "ch02.act01-1001-squared_error": "loss is mean_squared_error, in the book binary_crossentropy",
    "ch04.act02-1001-window": "",
    "ch05.ex03-1001-newest_first": "",
    "ch05.ex03-1001-not_scaled": "",
    "ch05.ex04-1001-window": "",
    "ch05.ex05-1001-rate": "learning_rate is 0.01, in the book 0.001",
    "ch05.act01-1001-half": "an epoch has 1133 steps, in the book 1699",
}
HONEST = sorted(
    path.stem
    for path in NOTEBOOKS.glob("*.ipynb")
    if path.stem not in MISTAKES and not path.stem.endswith("-short")
)
SHORT = sorted(path.stem for path in NOTEBOOKS.glob("*-short.ipynb"))


def read(name: str) -> Report:
    """Return the check of a notebook."""
    return check_notebook(NOTEBOOKS / f"{name}.ipynb")


def test_all_exercises_and_activities_are_there() -> None:
    """Each has a notebook, and each notebook is named here or was made without a mistake."""
    units = {unit for unit in ledger().units if ".ex" in unit or ".act" in unit}

    assert len(units) == 47
    assert {name.partition("-")[0] for name in [*HONEST, *SHORT]} == units


@pytest.mark.parametrize("name", [*HONEST, *SHORT])
def test_it_is_found(name: str) -> None:
    """However its model is written, and whether its numbers are printed or returned."""
    report = read(name)
    found = {unit.unit for unit in report.units}
    unit = name.partition("-")[0]

    # exercise 5.03 builds the network that the text after it trains
    assert unit in found or (unit == "ch05.ex03" and "ch05.text07" in found)
    assert report.errors == ()


@pytest.mark.parametrize("name", HONEST)
def test_nothing_honest_is_wrong(name: str) -> None:
    """No number, no joint verdict and no difference of the code has ✘."""
    report = read(name)
    wrong = [judgement for judgement in report.judgements if judgement.state == "✘"]

    assert wrong == []
    assert "✘" not in {unit.state for unit in report.units}


@pytest.mark.parametrize("name", sorted(MISTAKES))
def test_a_mistake_is_noticed(name: str) -> None:
    """It is named, or the numbers are ✘ or ?; the unit is never ✔."""
    report = read(name)
    unit = next(each for each in report.units if each.unit.startswith(name[:5]))

    assert unit.state in {"✘", "?"}
    assert MISTAKES[name] in " ".join(unit_lines(unit))
