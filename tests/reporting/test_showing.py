"""What `workshop show` prints of a claim, a unit and a chapter."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from tests.reporting.made_up_run import LEDGER, record
from workshop.ledger.model import join_lines
from workshop.reporting.showing import print_answer, print_chapter, print_claim, print_unit
from workshop.statistics.own_number import Answer, Placed
from workshop.verification.results import LastRecord

LOSS = LEDGER.claims["ch09.ex01.loss"]
FIELDS: dict[str, Any] = {
    "verdict": "failed",
    "reason": "too high",
    "measured": 0.75,
    "margin": -0.495,
    "seeds": (17,),
    "environment": {"python": "3.12.1", "date": "2026-01-01T00:00:00+00:00"},
}


def last_record(**changes: Any) -> LastRecord:
    """Return the last record of a claim with fields exchanged."""
    environment = FIELDS["environment"]
    fields = {name: value for name, value in FIELDS.items() if name != "environment"}
    return LastRecord(**vars(record(**{**fields, **changes})), environment=environment)


LAST = last_record()


def claim_text(name: str, last: LastRecord | None, width: int = 80, **options: Any) -> str:
    """Return what is printed of a claim."""
    console = Console(record=True, width=width, file=io.StringIO())
    print_claim(LEDGER.claims[f"ch09.ex01.{name}"], LEDGER, console, last=last, **options)
    return console.export_text()


CLAIM = """\
✘ failed   ch09.ex01.loss
  The loss [mean]
  p. 7, ch09.ex01: Exercise 9.01

  book        0.25
              a loss of a quarter
  test        the mean of the last epoch
  this run    0.75
  naive       0.5

  Why         too high

  Evidence    measured: computed from data or a training; a plausible mistake
              would change it
              We would notice a shift of 0.005 or more.
  Decided by  it has to round to the printed digits
  Runs        run here
  Needs       iris
  Code        fit, a.py
  Run on      2026-01-01, python 3.12.1

"""


def test_a_claim_is_shown_with_the_answer_first() -> None:
    """Verdict, the book's value and this run's come first, then what they rest on; no word of the engine."""
    last = last_record(basis="run here", beside={"naive": 0.5})

    assert claim_text("loss", last, code={"a.py": ["fit"]}) == CLAIM


def test_all_of_the_engine_s_words_are_shown_on_demand() -> None:
    """Unit of measure, rule, margin, seeds and notes are there with `verbose` alone."""
    words = (
        "measured_in: dollars",
        "rule: rounds to the printed digits",
        "margin: -0.495",
        "- 17",
        "seen on every",
    )
    text = claim_text("loss", LAST, verbose=True)

    assert all(word in text for word in words)
    assert "seen on every" not in claim_text("loss", LAST)


def test_the_substitute_stands_next_to_the_number() -> None:
    """Below this run's value, and in the list of an exercise after it."""
    last = last_record(verdict="supported", substitutes=("iris: another flower",))
    text = claim_text("loss", last)
    assert "  this run    0.75\n              on a substitute for iris: another flower\n" in text

    for width, run in ((100, "0.75 (substitute for iris)"), (70, "0.75 (substitute)"), (50, "0.75")):
        console = Console(record=True, width=width, file=io.StringIO())
        last = replace(last, reason="equal; on a substitute for iris: another flower")
        print_unit(LEDGER.units["ch09.ex01"], LEDGER, console, {LOSS.id: last}, code={})
        (line,) = (line for line in console.export_text().splitlines() if "supported" in line)
        assert line.endswith(f"  {run}")


def test_a_claim_before_its_first_run() -> None:
    """The command that decides it is named; the text for readers of an error is there without a run."""
    text = claim_text("shape", None)

    assert text.startswith("≠ book wrong   ch09.ex01.shape\n")
    assert "this run    not verified on this machine yet" in text
    assert "workshop verify ch09.ex01.shape" in text
    assert "  Made up.\n  It is another one.\n" in text
    assert "  Right       that\n  Proof       Both were compared.\n" in text


ANSWERS: list[tuple[Answer, str]] = [
    ("an ordinary run", "✔ Ordinary."),
    ("equals a wrong print", "≠ Equals the print."),
    ("beyond all runs", "? Beyond."),
    ("differs", "✘ Differs."),
    ("not compared", "– Not compared."),
]


@pytest.mark.parametrize(("answer", "line"), ANSWERS)
def test_the_answer_on_a_reader_s_own_number(answer: Answer, line: str) -> None:
    """The first word is the answer, after a sign; further lines are below it, wrapped."""
    text = io.StringIO()
    print_answer(Placed(answer), (line[2:], "word " * 30), Console(file=text, width=80))

    first, *others = text.getvalue().splitlines()
    assert first == line
    assert len(others) == 2
    assert all(other.startswith("  word") and len(other) <= 80 for other in others)


UNIT = """\
Exercise 9.01 · Exercise 9.01                               ch09.ex01, chapter 9

  A line is fitted. It fits.

  In Python   workshop.exercise("9.01")
  Code        exercise_9_01, a.py
  Data        iris, here

                      book    this run
✘ failed       loss   0.25    0.75
≠ book wrong   shape  2, 3
               Made up. Right: that
· not run yet  fame   famous

Pitfalls
  None known.
"""


def test_a_unit_is_shown_with_its_results() -> None:
    """What it does, code and data, a line for each result with the last verdict, and pitfalls."""
    console = Console(record=True, width=80, file=io.StringIO())
    print_unit(
        LEDGER.units["ch09.ex01"],
        LEDGER,
        console,
        {"ch09.ex01.loss": LAST},
        code={"a.py": ["exercise_9_01"]},
        data=[("Data", "iris, here")],
    )

    assert console.export_text() == UNIT


def unit_text(width: int, *, verbose: bool, **texts: str) -> str:
    """Return what is printed of the unit with other texts, without its results."""
    console = Console(record=True, width=width, file=io.StringIO())
    lines = {key: join_lines(text) for key, text in texts.items()}
    unit = LEDGER.units["ch09.ex01"].model_copy(update=lines)
    print_unit(unit, LEDGER, console, {}, code={}, verbose=verbose)
    return console.export_text().partition("Pitfalls\n")[2]


def test_editors_notes_are_shown_if_verbose() -> None:
    """They are for those who work on the suite."""
    notes = "\nEditor's notes\n  The scan shows no line.\n"

    assert unit_text(80, verbose=True).endswith(notes)
    assert "scan" not in unit_text(80, verbose=False)


def test_lines_are_joined_before_they_are_wrapped() -> None:
    """Paragraphs and items are wrapped once, to the width of the terminal, and items stay items."""
    pitfalls = "Take the data\nand fit\n1. once with a line\n   and\n  - twice without one\n\nPrint\nboth.\n"
    pitfalls += "Then look at\nthem for as long as you can, or want to.\n"

    shown = (
        "  Take the data and fit\n  1. once with a line and\n    - twice without one\n"
        "  Print both. Then look at them for as long as\n  you can, or want to.\n"
    )
    assert unit_text(48, verbose=False, pitfalls=pitfalls).startswith(shown)


def test_a_chapter_is_a_line_for_each_exercise() -> None:
    """The id, the exercise's number and title, and how many of its results are decided."""
    console = Console(record=True, width=80, file=io.StringIO())
    corrected = last_record(verdict="corrected")
    print_chapter(LEDGER.chapters[0], LEDGER, console, {"ch09.ex01.shape": corrected})

    lines = console.export_text().splitlines()
    assert lines[0] == "The Deep Learning Workshop, chapter 9: Made up"
    assert lines[2].split("  ")[0] == "ch09.ex01"
    assert lines[2].endswith("1 wrong · 1 of 3")
