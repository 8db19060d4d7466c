"""A check in words: what the terminal, tables and sentences say of made-up judgements, to the letter."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from workshop.checking.checks import Report, UnitCheck, Unread
from workshop.checking.judging import ValueJudgement
from workshop.checking.notebook.cells import CellError
from workshop.checking.views import (
    card,
    headline,
    most_often,
    print_class,
    print_report,
    second_line,
    unmatched_text,
    write_csv,
)
from workshop.statistics.own_number import State

EXPECTED = Path(__file__).with_name("views.txt")


def judged(
    claim: str, state: State, verdict: Any, yours: str = "0.7", book: str = "0.9", **other: Any
) -> Any:
    """Return a judgement."""
    lines = (f"{verdict.capitalize()}.", "More of it.")
    return ValueJudgement(claim, yours, book, "", state, verdict, lines, **other)


FITS = judged("ch02.ex04.accuracy", "✔", "an ordinary run")
EDGE = judged("ch02.ex04.test_shape", "✔", "at the edge of the runs")
PRINT = judged("ch05.ex04.train_rmse", "✔", "equals the printed value")
FAR = judged("ch05.ex04.test_rmse", "?", "beyond all runs", "7.78", "0.05", numbers={"": 7.78})
WRONG = judged("ch05.ex04.epoch5", "✘", "excluded", "a value that is rather long, as lists are", part="loss")
ERRATUM = judged("ch02.act01.eval_loss", "≠", "equals a wrong print", "0.003758653", "0.0037")
LEFT = judged("ch06.act01.test_acc", "–", "not compared")
GOOD = UnitCheck("ch02.ex04", (FITS, EDGE), 0.5, "✔")
BAD = UnitCheck("ch05.ex04", (PRINT, FAR, WRONG), 0.004, "✘", edits=("epochs is 9, in the book 5",))
SLIP = UnitCheck("ch02.act01", (ERRATUM,))
DATA = UnitCheck("ch02.act01", (judged("ch02.act01.n_rows", "✘", "differs", "100", "208"), ERRATUM))
NONE = UnitCheck("ch06.act01", (LEFT,))
ERRORS = (
    CellError(3, known=True, sentence="It is gone."),
    CellError(4, known=False, sentence="A warning", failed=False),
)


NOTEBOOK = Report("mine.ipynb", (GOOD, BAD, SLIP, NONE), ERRORS, 9, 1)
NUMBERS = Report("mine.csv", (GOOD, BAD, SLIP, NONE), unread=(Unread("line 3", "why"),))
BROKEN = Report(
    "broken.ipynb", (), problem="broken.ipynb: no notebook, for a reason that has no room in a line"
)
CLASS = (NOTEBOOK, Report("second.ipynb", (BAD,), cells=2), BROKEN, Report("short", (GOOD,)))
NO_EDITS = replace(BAD, edits=())
CARDS = (
    GOOD, BAD, SLIP, NONE, DATA,
    replace(BAD, edits=("an epoch has 1 steps",)),
    replace(NO_EDITS, pitfalls=("A pitfall.", "Another one.")),
    replace(NO_EDITS, learned=False),
    replace(NO_EDITS, judgements=(PRINT,), made="TensorFlow 2.21"),
    replace(NO_EDITS, judgements=(PRINT, FAR), together="✔", era="x", made="Keras 2", code="same"),
    replace(NO_EDITS, judgements=(PRINT, FAR), together="?", era="x", made="Keras 2"),
    replace(NO_EDITS, judgements=(FAR, replace(FAR, claim="ch05.ex04.train_rmse")), runs=250, numbers=2),
)  # fmt: skip


def shown(print_it: Callable[[Any, Console], None], what: Any, width: int) -> str:
    """Return what is printed on a terminal."""
    text = io.StringIO()
    print_it(what, Console(file=text, width=width, color_system=None))
    return text.getvalue()


def _card(unit: UnitCheck) -> str:
    one = card(unit)
    lines = [f"{one.number}  {one.title}: {one.word.name}, {one.tally}", one.second, *one.lines]
    return "\n".join([*lines, *(f"look at {text}" for text in one.look)]) + "\n"


def test_all_that_is_said_is_as_written() -> None:
    texts = [
        shown(print_it, what, width)
        for print_it, what in ((print_report, NOTEBOOK), (print_report, NUMBERS), (print_class, CLASS))
        for width in (80, 44)
    ]
    assert "=====\n".join([*texts, *map(_card, CARDS)]) == EXPECTED.read_text("utf-8")


def test_a_file_that_cant_be_read_has_a_row() -> None:
    more = Report("more", tuple(replace(GOOD, unit=f"ch02.ex0{n}") for n in (5, 6, 7)))
    text = shown(print_class, [*CLASS, more], 44)
    assert text.count("\ndiffer") == 2
    assert text.count("\nbroken  ") == 1


def test_a_long_name_is_cut() -> None:
    lines = shown(print_class, [Report("n" * length, (GOOD,)) for length in (13, 15, 16)], 48).splitlines()
    assert [line[:17] for line in lines[3:6]] == ["n" * 13 + "   ✔", "n" * 15 + " ✔", "n" * 13 + "…  ✔"]


def test_what_is_most_often_off() -> None:
    names = ("epoch1", "epoch5", "test_rmse", "train_rmse", "total_params", "summary", "epochs_2_4")
    units = [
        UnitCheck("ch05.ex04", tuple(replace(FAR, claim=f"ch05.ex04.{name}") for name in names[n:]))
        for n in (0, 1, 6)
    ]
    found = most_often([Report("a", (unit,)) for unit in units])
    assert [one.files for one in found] == [3, 2, 2, 2, 2, 2]
    assert found[0].says == "Loss and validation loss of epochs 2 to 4: beyond the recorded runs."
    assert [one.files for one in most_often([Report("a", (units[0],))])] == [1] * 6
    assert most_often([Report("a", (SLIP,))])[0].says == "Equals a wrong print. More of it."
    assert most_often([Report("a", (GOOD,))]) == []


def test_a_table_of_grades(tmp_path: Path) -> None:
    """A line for each file and exercise; a name that a spreadsheet would compute is not one."""
    path = tmp_path / "class.csv"
    write_csv([replace(NOTEBOOK, name="=1+1"), BROKEN, Report("b", (GOOD, SLIP, NONE))], path)
    rows = [*csv.reader(io.StringIO(path.read_text("utf-8-sig")))]
    assert rows[1:] == [
        ["'=1+1", "2.04", "2", "2", "0", "0", ""],
        ["'=1+1", "Activity 2.01", "1", "0", "0", "0", "Equals a wrong print."],
        ["'=1+1", "5.04", "3", "1", "1", "1", "Other code: epochs is 9, in the book 5."],
        ["'=1+1", "Activity 6.01", "1", "0", "0", "0", "Not compared. More of it."],
        ["broken.ipynb", "", "0", "0", "0", "0", BROKEN.problem],
        ["b", "2.04", "2", "2", "0", "0", ""],
        ["b", "Activity 2.01", "1", "0", "0", "0", "Equals a wrong print."],
        ["b", "5.04", "0", "0", "0", "0", "not found"],
        ["b", "Activity 6.01", "1", "0", "0", "0", "Not compared. More of it."],
    ]


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (BROKEN, BROKEN.problem),
        (Report("a", ()), "Nothing of the book was found in it"),
        (Report("a", (NONE,)), "Nothing of the book was compared"),
        (Report("a", (replace(GOOD, judgements=(FITS,)), NONE)), "The one result is fine"),
        (Report("a", (replace(BAD, judgements=(FAR,)),)), "The one result is unusual"),
        (Report("a", (GOOD,)), "Both results are fine"),
        (Report("a", (GOOD, replace(BAD, judgements=(PRINT,)))), "1 exercise differs overall"),
    ],
)
def test_the_headline(report: Report, said: str) -> None:
    assert headline(report) == said


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ((GOOD,), ""),
        ((replace(BAD, judgements=(PRINT,)),), "1 fits. Look at 5.04."),
        ((BAD,) * 4, "4 differ, 4 are unusual. Look at 5.04, 5.04, 5.04 and 5.04."),
        ((BAD,) * 5, "5 differ, 5 are unusual. Look at 5.04, 5.04, 5.04 and 2 more."),
    ],
)
def test_which_exercises_need_a_look(units: tuple[UnitCheck, ...], said: str) -> None:
    assert second_line(Report("a", units)) == said


@pytest.mark.parametrize(
    ("cells", "unmatched", "said"),
    [
        (0, 0, ""),
        (1, 0, "Every cell with outputs was matched."),
        (1, 1, "1 of 1 cell with outputs has no result of the book."),
        (3, 2, "2 of 3 cells with outputs have no result of the book."),
    ],
)
def test_cells_that_were_not_matched(cells: int, unmatched: int, said: str) -> None:
    assert unmatched_text(Report("a", (), cells=cells, unmatched=unmatched)) == said
