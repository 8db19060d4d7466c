"""The book's part: a file for each exercise and activity, which says what the ledger says."""

import ast
import re
from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest

from workshop.ledger import ledger

CHAPTERS = Path(__file__).parents[2] / "workshop" / "chapters"
EXERCISES = [u for c in ledger().chapters for u in c.units if u.id[5:7] in {"ex", "ac"}]


def test_each_exercise_and_activity_has_a_file():
    files = CHAPTERS.glob("ch*/[!_]*.py")
    assert sorted(f"{path.parent.name[:4]}.{path.name.partition('_')[0]}" for path in files) == sorted(
        unit.id for unit in EXERCISES
    )


@pytest.mark.parametrize("unit", EXERCISES, ids=lambda unit: unit.id)
def test_a_file_opens_with_title_page_and_what_the_exercise_does(unit):
    (path,) = CHAPTERS.glob(f"{unit.id[:4]}_*/{unit.id[5:]}_*.py")
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    title, _, procedure = docstring.partition("\n\n")

    assert " ".join(title.split()) == unit.title + (f" (page {unit.page})." if unit.page else ".")
    assert " ".join(procedure.split()) == re.split(r"(?<=[.!?]) ", " ".join(unit.procedure.split()))[0]


@pytest.mark.parametrize("unit", EXERCISES, ids=lambda unit: unit.id)
def test_the_books_calls_train_as_long_as_what_is_measured(unit):
    kind = "exercise" if ".ex" in unit.id else "activity"
    epochs = [
        parameters["epochs"].default
        for path in CHAPTERS.parent.glob(f"*/{unit.id[:4]}_*/{unit.id[5:]}_*.py")
        for name, value in vars(import_module(".".join(("workshop", *path.parts[-3:-1], path.stem)))).items()
        if name.startswith(f"{kind}_{int(unit.id[2:4])}_{unit.id[-2:]}") and callable(value)
        if "epochs" in (parameters := signature(value).parameters)
    ]
    assert len({*epochs}) <= 1
