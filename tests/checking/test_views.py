"""A check in words: what the terminal, tables and sentences say of made-up judgements, to the letter."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

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
    replace(
        NO_EDITS, judgements=(FAR, replace(FAR, claim="ch05.ex04.train_rmse")), runs=250, numbers=2,
        code="same",
    ),
)  # fmt: skip


HEADED = (
    BROKEN, Report("a", ()), Report("a", (NONE,)), Report("a", (replace(GOOD, judgements=(FITS,)), NONE)),
    Report("a", (replace(BAD, judgements=(FAR,)),)), Report("a", (GOOD,)),
    Report("a", (GOOD, replace(BAD, judgements=(PRINT,)))),
)  # fmt: skip
LOOKS = ((GOOD,), (replace(BAD, judgements=(PRINT,)),), (BAD,) * 4, (BAD,) * 5)
UNMATCHED = ((0, 0), (1, 0), (1, 1), (3, 2))  # cells with outputs, and those without a result
LONG = [Report("n" * length, (GOOD,)) for length in (13, 15, 16)]
MORE = [*CLASS, Report("more", tuple(replace(GOOD, unit=f"ch02.ex0{n}") for n in (5, 6, 7)))]


def shown(print_it: Callable[[Any, Console], None], what: Any, width: int) -> str:
    """Return what is printed on a terminal."""
    text = io.StringIO()
    print_it(what, Console(file=text, width=width, color_system=None))
    return text.getvalue()


def _card(unit: UnitCheck) -> str:
    one = card(unit)
    lines = [f"{one.number}  {one.title}: {one.word.name}, {one.tally}", one.second, *one.lines]
    return "\n".join([*lines, *(f"look at {text}" for text in one.look)])


def often() -> str:
    """Return what is most often off in files of which each has less, in one of them, and in sound ones."""
    names = ("epoch1", "epoch5", "test_rmse", "train_rmse", "total_params", "summary", "epochs_2_4")
    units = [
        UnitCheck("ch05.ex04", tuple(replace(FAR, claim=f"ch05.ex04.{name}") for name in names[n:]))
        for n in (0, 1, 6)
    ]
    found = [most_often([Report("a", (unit,)) for unit in its]) for its in (units, units[:1], [SLIP], [GOOD])]
    return "\n".join(f"{one.files} files: {one.says}" if one else "" for its in found for one in (*its, None))


def grades(path: Path) -> str:
    """Return a table of grades; a name that a spreadsheet would compute is not one."""
    write_csv([replace(NOTEBOOK, name="=1+1"), BROKEN, Report("b", (GOOD, SLIP, NONE))], path)
    return path.read_text("utf-8-sig")


def test_all_that_is_said_is_as_written(golden, tmp_path):
    printed: dict[str, tuple[Any, Any]] = {
        "a notebook": (print_report, NOTEBOOK), "numbers": (print_report, NUMBERS),
        "a class": (print_class, CLASS), "more exercises than fit": (print_class, MORE),
        "long names": (print_class, LONG),
    }  # fmt: skip
    texts = {f"{name}, {width}": shown(*its, width) for name, its in printed.items() for width in (80, 44)}
    lines = {
        "headlines": map(headline, HEADED),
        "exercises that need a look": (second_line(Report("a", units)) for units in LOOKS),
        "cells that were not matched": (
            unmatched_text(Report("a", (), cells=cells, unmatched=n)) for cells, n in UNMATCHED
        ),
        "what is most often off": [often()],
        "a table of grades": [grades(tmp_path / "class.csv")],
    }
    cards = {f"card {number}": _card(unit) for number, unit in enumerate(CARDS, 1)}
    golden("views.txt", texts | cards | {name: "\n".join(its) for name, its in lines.items()})
