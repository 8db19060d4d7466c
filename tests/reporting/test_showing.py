"""What `workshop show` prints of a claim, a unit and a chapter, and of a reader's own number."""

import io
from collections.abc import Callable
from typing import Any

from rich.console import Console

from tests.reporting.made_up_run import LEDGER, failed
from tests.toy.claims import claim
from workshop.ledger.model import join_lines
from workshop.reporting.showing import print_answer, print_chapter, print_claim, print_unit
from workshop.statistics.own_number import Answer, Placed
from workshop.verification.results import LastRecord, NumberSummary, SampleSummary, UnitRuns

LOSS = LEDGER.claims["ch09.ex01.loss"]
UNIT = LEDGER.units["ch09.ex01"]
PITFALLS = "Take the data\nand fit\n1. once with a line\n   and\n  - twice without one\n\nPrint\nboth.\n"
RUNS = SampleSummary(
    units=(UnitRuns("ch09.ex01", 4, "2026-01-01", 0.5, {}, {}, ()),),
    numbers=(NumberSummary("", (0.5, 0.25, None, 1.0)),),
)
ANSWERS: list[tuple[Answer, str]] = [
    ("an ordinary run", "Ordinary."),
    ("equals a wrong print", "Equals the print."),
    ("beyond all runs", "Beyond."),
    ("differs", "Differs."),
    ("not compared", "Not compared."),
]


def last(**changes: Any) -> LastRecord:
    """Return the record of the last run of the loss, which failed."""
    made = failed(**{"reason": "too high", "seeds": (17,), **changes})
    return LastRecord(**vars(made), environment={"python": "3.12.1", "date": "2026-01-01T00:00:00+00:00"})


def printed(print_it: Callable[..., None], *what: Any, width: int = 80, **options: Any) -> str:
    """Return what is printed on a terminal."""
    console = Console(record=True, width=width, file=io.StringIO())
    print_it(*what, console, **options)
    return console.export_text()


def unit(width: int, known: dict[str, LastRecord], **options: Any) -> str:
    """Return the unit as it is shown with these last records."""
    console = Console(record=True, width=width, file=io.StringIO())
    print_unit(options.pop("unit", UNIT), LEDGER, console, known, **{"code": {}, **options})
    return console.export_text()


def chapter() -> str:
    """Return the chapter as it is shown after a run that confirmed an error."""
    console = Console(record=True, width=80, file=io.StringIO())
    corrected = last(id="ch09.ex01.shape", verdict="corrected")
    print_chapter(LEDGER.chapters[0], LEDGER, console, {"ch09.ex01.shape": corrected})
    return console.export_text()


def test_what_is_shown_reads_as_written(golden):
    other = last(
        verdict="supported",
        substitutes=("iris: another flower",),
        reason="equal; on a substitute for iris: another flower",
    )
    shape = LEDGER.claims["ch09.ex01.shape"]
    here = last(basis="run here", beside={"naive": 0.5})
    sampled = LOSS.model_copy(update={"rule": claim(0.5, rule="reference").rule})
    wrapped = UNIT.model_copy(update={"pitfalls": join_lines(PITFALLS)})
    golden(
        "showing.txt",
        {
            "a claim": printed(print_claim, LOSS, LEDGER, last=here, code={"a.py": ["fit"]}),
            "all of its words": printed(print_claim, LOSS, LEDGER, last=last(), verbose=True),
            "on a substitute": printed(print_claim, LOSS, LEDGER, last=other),
            "on recorded runs": printed(print_claim, sampled, LEDGER, last=last(), sample=RUNS),
            "an error before its first run": printed(print_claim, shape, LEDGER, last=None),
            "a unit": unit(
                80, {LOSS.id: last()}, code={"a.py": ["exercise_9_01"]}, data=[("Data", "iris, here")]
            ),
            **{
                f"a unit on a substitute, {width} columns": unit(width, {LOSS.id: other})
                for width in (100, 70, 50)
            },
            "a unit with its editor's notes": unit(80, {}, verbose=True),
            "lines are joined before they are wrapped": unit(48, {}, unit=wrapped),
            "a chapter": chapter(),
            **{
                f"a number: {answer}": printed(print_answer, Placed(answer), (said, "word " * 30))
                for answer, said in ANSWERS
            },
        },
    )
