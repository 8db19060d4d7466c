"""The terminal's view of a run: its start, its results, what is not decided, and the line that sums it up."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from tests.records import sums
from tests.reporting.made_up_run import ENVIRONMENT, LEDGER, record
from workshop.ledger import Chapter, Ledger
from workshop.reporting.screen import Screen
from workshop.reporting.terminal import (
    MOST_LISTED,
    ResultRow,
    about,
    closing_line,
    print_closing,
    print_plan,
    print_rows,
    print_run,
    print_start,
)
from workshop.verification.results import Record, Results
from workshop.wording.places import part_text

SIX = sums([0.123456789], [0.1], [0.2], 6)


def screen(*records: Record, width: int = 80, ledger: Ledger = LEDGER, **options: Any) -> str:
    """Return the printed text of a run."""
    console = Console(record=True, width=width, file=io.StringIO())
    results = Results(ENVIRONMENT, records)
    print_run(results, ledger, console, **options)
    print_closing(results, ledger, console, page="results/verify.html")
    return console.export_text()


def named(name: str, verdict: str, measured: Any = None, **changes: Any) -> Record:
    """Return a record of a claim of the made-up unit."""
    claim = LEDGER.claims[f"ch09.ex01.{name}"]
    return record(id=claim.id, verdict=verdict, documented=claim.documented, measured=measured, **changes)


def large() -> tuple[Ledger, list[Record]]:
    """Return a ledger of two chapters with more claims than are listed, and a record of each."""
    claims = [
        LEDGER.claims["ch09.ex01.fame"].model_copy(update={"id": f"ch0{n % 2 + 8}.ex01.c{n:02d}"})
        for n in range(MOST_LISTED + 4)
    ]
    unit = LEDGER.units["ch09.ex01"]
    chapters = [
        Chapter.model_construct(
            chapter=number,
            title="Made up",
            units=(
                unit.model_copy(
                    update={
                        "id": f"ch0{number}.ex01",
                        "claims": tuple(c for c in claims if c.id.startswith(f"ch0{number}")),
                    }
                ),
            ),
        )
        for number in (8, 9)
    ]
    records = [
        record(id=claim.id, unit=claim.unit, verdict="reproduced", evidence="measured", basis="run here")
        for claim in claims
    ]
    return Ledger(tuple(chapters)), records


LISTED = """\

Exercise 9.01 · Exercise 9.01

                     book    this run
✔ holds       loss   0.25    same
≠ book wrong  shape  2, 3    3, 2
              Made up. Right: that
? open        fame   famous  infamous

? 1 is open                                           workshop show ch09.ex01.fame

Decided: 2 of 3.

The errors  1 error of the book confirmed: workshop errata
The page    results/verify.html
✔ Nothing disagrees: 2 of 3 decided, 1 error of the book confirmed.
"""


def test_a_short_run_lists_its_results() -> None:
    """Each result is a line: sign and word, name, book, this run; below an error is what is right."""
    text = screen(
        named("loss", "reproduced", 0.25),
        named("shape", "corrected", [3, 2]),
        named("fame", "undecided", "infamous"),
        width=82,
    )

    assert text == LISTED


def test_a_long_run_is_a_table_by_chapter() -> None:
    """Verdicts in the words of readers are rows, and no row of failures where there are none."""
    ledger, records = large()
    records[:3] = [
        replace(one, verdict=v) for one, v in zip(records, ("deferred", "refuted", "changed"), strict=False)
    ]

    lines = screen(*records, ledger=ledger).splitlines()
    rows = [line.split() for line in lines]

    assert ["ch8", "ch9", "all"] in rows
    assert ["✔", "holds", "20", "21", "41"] in rows
    assert ["≠", "book", "wrong", "·", "1", "1"] in rows
    assert ["△", "changed", "1", "·", "1"] in rows
    assert ["22", "22", "44"] in rows
    assert not any("failed" in line for line in lines)
    assert ["…", "1", "needs", "the", "long", "trainings", "workshop", "verify", "--full"] in rows
    assert "Decided: 43 of 44 (43 measured). 43 ran here." in lines


def test_a_failure_is_the_first_row_and_is_shown_in_full() -> None:
    """Both values, what is missed and the commands are printed, and the last lines have both values."""
    ledger, records = large()
    records[0] = replace(records[0], verdict="failed", documented="famous", measured="infamous", margin=-2.0)

    lines = screen(*records, ledger=ledger).splitlines()
    rows = [line.split() for line in lines]

    assert rows[2] == ["✘", "failed", "1", "·", "1"]
    assert ["✘", "FAILED", "ch08.ex01.c00"] in rows
    assert ["book", "famous"] in rows
    assert ["this", "run", "infamous"] in rows
    assert any("missed by 2" in line for line in lines)
    assert ["since", "when?", "workshop", "bisect", "ch08.ex01.c00"] in rows
    assert lines[-2] == "✘ 1 of 44 results disagrees, and nothing recorded says why:"
    assert rows[-1] == ["ch08.ex01.c00", "book", "famous", "this", "run", "infamous"]
    assert any(line.endswith("results/verify.html#failed") for line in lines)


def test_a_run_without_data_says_so() -> None:
    """Where over a tenth has no data the last line is not green, and the command that gets them follows."""
    text = screen(named("loss", "reproduced", 0.25), named("fame", "unavailable", reason="iris: fetch it"))

    assert text.splitlines()[-3:] == [
        "∅ 1 of 2 results of exercise 9.01 decided, and nothing disagrees among them.",
        "  1 could not be decided: their data are not here.",
        "  Get the data  workshop data fetch --missing",
    ]


def test_commands_are_not_wrapped() -> None:
    """A command stays on one line, of its own if need be; words around it are wrapped."""
    made = Screen(Console(file=io.StringIO(), width=40))
    text = (
        "It needs other data: workshop data fetch --missing; then workshop show 5.04 --mine NUMBER says more"
    )

    assert made.wrap(text, 40) == [
        "It needs other data:", "workshop data fetch --missing; then",
        "workshop show 5.04 --mine NUMBER says",
        "more",
    ]  # fmt: skip


def test_before_any_run_known_errors_are_marked() -> None:
    """Nothing says "not run" in each line; what the recorded runs gave stands next to the book."""
    console = Console(file=io.StringIO(), width=80)
    loss, shape = (LEDGER.claims[f"ch09.ex01.{name}"] for name in ("loss", "shape"))
    print_rows([ResultRow(shape), ResultRow(loss, recorded="0.2 to 0.3")], Screen(console))

    assert isinstance(console.file, io.StringIO)
    assert [line.split() for line in console.file.getvalue().splitlines()] == [
        ["book", "recorded", "runs"], ["≠", "book", "wrong", "shape", "2,", "3"],
        ["Made", "up.", "Right:", "that"], ["loss", "0.25", "0.2", "to", "0.3"],
    ]  # fmt: skip


def test_missing_data_are_lines_by_set() -> None:
    """Each data set is a line with its claims; reasons that name none are lines, too."""
    lines = screen(
        named("loss", "unavailable", reason="iris: workshop data fetch iris"),
        named("fame", "unavailable", reason="no microphone"),
    ).splitlines()

    assert lines[-6].split() == ["∅", "2", "have", "no", "data", "workshop", "data", "fetch", "--missing"]
    assert [line.split()[:2] for line in lines[-5:-3]] == [["iris", "1"], ["no", "microphone"]]
    assert any(line.endswith("needs iris") for line in lines)


@pytest.mark.parametrize("own", [True, False])
def test_our_own_claims_are_in_no_total(own: bool) -> None:
    """They are shown on demand; if one fails, that is shown in any case."""
    ours = named("fame", "reproduced", "famous", ours=True)
    text = screen(named("shape", "corrected", [3, 2]), ours, own=own)

    assert ("✔ holds       fame" in text) == own
    assert "Decided: 1 of 1" in text
    failed = screen(named("shape", "corrected", [3, 2]), replace(ours, verdict="failed"), own=own)
    assert "FAILED" in failed
    assert "✘ 1 of the suite's own checks disagrees, and nothing recorded says why:" in failed


def test_brackets_are_printed_as_they_are() -> None:
    """Values and reasons in square brackets are text, not markup."""
    assert "[0.1, bold] [/] [red]" in screen(record(reason="it gives [0.1, bold] [/] [red]"))


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, ""),
        (1, "1 result was decided in the last run here and is not now: ch09.ex01.loss. workshop show NAME"),
        (7, "7 results were decided in the last run here and are not now: ch09.ex01.loss, ch09.ex01.loss, "),
    ],
)
def test_lost_results_are_named(number: int, said: str) -> None:
    """Results that only the last run decided are named at the end; those of our own are not."""
    lost = [record(verdict="undecided", lost="reproduced") for _ in range(number)]
    shown = " ".join(screen(*lost, record(verdict="undecided", lost="reproduced", ours=True)).split())

    assert said in shown
    assert ("and 2 more." in shown) == (number == 7)
    assert ("decided in the last run" in shown) == bool(number)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_lines_fit_the_terminal_in_any_encoding(width: int, encoding: str) -> None:
    """No line is wider than the terminal or 100 columns, and all of it can be encoded."""
    ledger, records = large()
    console = Console(width=width, file=io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    shown = [replace(records[0], verdict="failed", reason="long " * 60), *records[1:]]
    for results in (Results(ENVIRONMENT, tuple(shown)), Results(ENVIRONMENT, (record(measured=SIX),))):
        known = ledger if len(results.claims) > 1 else LEDGER
        print_run(results, known, console, own=True)
        print_closing(results, known, console)
    console.file.flush()
    lines = console.file.buffer.getvalue().decode(encoding).splitlines()  # type: ignore[attr-defined]

    assert max(map(len, lines)) <= min(width, 100)
    assert any(line.startswith("✘ " if encoding == "utf-8" else "X ") for line in lines)


CLOSING = [
    (
        ["reproduced", "corrected", "refuted"],
        "Nothing disagrees: 3 of 3 decided, 2 errors of the book confirmed.",
    ),
    (["reproduced", "changed", "deferred"], "Nothing disagrees: 2 of 3 decided."),
    (["reproduced", "failed", "failed"], "2 of 3 results disagree, and nothing recorded says why:"),
    (["deferred", "deferred", "deferred"], "Nothing was verified: 3 need the long trainings."),
    (
        ["not testable", "unavailable", "undecided"],
        "Nothing was verified: 1 is open, 1 has no data, 1 is not testable.",
    ),
]


@pytest.mark.parametrize(("verdicts", "line"), CLOSING)
def test_closing_line(verdicts: list[str], line: str) -> None:
    """The last line sums up a run, and says why one that verified nothing is red."""
    names = ("loss", "shape", "fame")
    records = tuple(named(name, verdict) for name, verdict in zip(names, verdicts, strict=True))

    assert closing_line(Results(ENVIRONMENT, records), LEDGER) == line


def test_results_that_wait_for_a_changed_unit_are_counted() -> None:
    """The last line begins with them, and each names the unit instead of --full."""
    waits = [replace(named(name, "deferred"), waits_for="ch09.ex01") for name in ("loss", "shape")]
    failed = named("fame", "failed")

    assert closing_line(Results(ENVIRONMENT, (*waits, failed)), LEDGER) == (
        "1 unit changed: 2 results wait. 1 of 1 results disagrees, and nothing recorded says why:"
    )
    assert screen(*waits, failed).count("ch09.ex01 changed") == 2
    assert "need the long trainings" not in screen(*waits, failed)
    others = screen(*(replace(one, waits_for="") for one in waits), failed)
    assert "changed" not in others
    assert "2 need the long trainings" in others


def test_failures_of_one_cause_are_told_once() -> None:
    """In full for the claim that a library moved first; the others are named below it."""
    loss, shape = (named(name, "failed", moved_first="ch09.ex01.loss") for name in ("loss", "shape"))
    shown = screen(shape, loss)
    assert shown.count(" FAILED ") == 1
    assert "The same cause: ch09.ex01.shape" in shown
    assert shown.count("workshop bisect ch09.ex01.loss") == 1
    assert screen(shape).count(" FAILED ") == 1


def test_a_part_of_the_book_says_so() -> None:
    """The closing line names the exercise, and how much the book has."""
    one, two = named("loss", "reproduced", 0.25), named("fame", "reproduced", "famous")

    assert closing_line(Results(ENVIRONMENT, (one,)), LEDGER) == (
        "Nothing disagrees: 1 of 1 results decided (book: 3)."
    )
    assert closing_line(Results(ENVIRONMENT, (one, two)), LEDGER) == (
        "Nothing disagrees: 2 of 2 results of exercise 9.01 decided (book: 3)."
    )
    assert (
        part_text([LEDGER.claims["ch09.ex01.loss"], LEDGER.claims["ch09.ex01.fame"]], LEDGER)
        == "exercise 9.01"
    )
    assert part_text(list(LEDGER.claims.values()), LEDGER) == ""


def test_the_start_says_what_runs_where_and_how_long() -> None:
    """The book's name, counts, versions, device, processes and the estimated time are in two lines."""
    console = Console(record=True, width=80, file=io.StringIO())
    print_start(list(LEDGER.claims.values()), LEDGER, console)
    print_start([LEDGER.claims["ch09.ex01.loss"]], LEDGER, console)
    print_plan({"tensorflow": "2.21.0", "python": "3.12.1"}, "cpu", 2, 500, console)

    assert console.export_text().splitlines() == [
        "The Deep Learning Workshop · 3 printed results, 1 exercise and texts",
        "The Deep Learning Workshop · 1 printed result of ch09.ex01.loss (book: 3)",
        "TensorFlow 2.21, Python 3.12, CPU · 2 processes · about 8 min",
    ]


def test_results_of_the_notebook_are_counted_apart() -> None:
    """Neither the start nor a part of the book counts them as printed in the book."""
    console = Console(record=True, width=100, file=io.StringIO())
    first, *others = LEDGER.claims.values()
    claims = (*others, first.model_copy(update={"source": "notebook"}))
    units = LEDGER.chapters[0].units[0].model_copy(update={"claims": claims})
    book = Ledger((LEDGER.chapters[0].model_copy(update={"units": (units,)}),))
    print_start(claims, book, console)
    print_start([claims[-1], claims[0]], book, console)

    assert console.export_text().splitlines() == [
        "The Deep Learning Workshop · 2 results printed in the book, 1 in its notebook, 1 exercise and texts",
        "The Deep Learning Workshop · 2 printed results of exercise 9.01, 1 only in the notebook (book: 2)",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "a few seconds"),
        (44, "about 40 s"),
        (480, "about 8 min"),
        (7200, "about 2 h"),
        (432000, "about 5 days"),
    ],
)
def test_estimated_times(seconds: float, text: str) -> None:
    """A time is rounded to what an estimate can say."""
    assert about(seconds) == text
