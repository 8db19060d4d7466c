"""The terminal's view of a run: its start, its results, what is not decided, and the line that sums it up."""

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.reporting.made_up_run import ENVIRONMENT, LEDGER, failed
from tests.toy.claims import book
from tests.toy.records import record, sums
from workshop.ledger import Ledger, ledger
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
from workshop.verification.verdicts import Verdict
from workshop.wording.places import part_text

SIX = sums([0.123456789], [0.1], [0.2], 6)


def screen(*records: Record, width: int = 82, ledger: Ledger = LEDGER, **options: Any) -> str:
    """Return the printed text of a run."""
    console = Console(record=True, width=width, file=io.StringIO())
    results = Results(ENVIRONMENT, records)
    print_run(results, ledger, console, **options)
    print_closing(results, ledger, console, page="results/verify.html")
    return console.export_text()


def named(name: str, verdict: Verdict, measured: Any = None, **changes: Any) -> Record:
    """Return a record of a claim of the made-up unit."""
    return failed(id=f"ch09.ex01.{name}", verdict=verdict, measured=measured, **changes)


LARGE = book(
    *({"id": f"ch0{n % 2 + 8}.ex01.c{n:02d}", "documented": "famous"} for n in range(MOST_LISTED + 4)),
    units={f"ch0{n}.ex01": {"title": f"Exercise {n}.01"} for n in (8, 9)},
)


def large(*verdicts: Verdict) -> list[Record]:
    """Return records of a ledger with more claims than are listed; the first have these verdicts."""
    made = [record(c, evidence="measured", basis="run here") for c in LARGE.claims.values()]
    first = [replace(one, verdict=verdict) for one, verdict in zip(made, verdicts, strict=False)]
    return [*first, *made[len(first) :]]


def situations() -> dict[str, str]:
    """Return what is printed of runs, by what is special about them."""
    loss, shape = named("loss", "reproduced", 0.25), named("shape", "corrected", [3, 2])
    measured = replace(loss, evidence="measured", basis="run here")
    own = named("fame", "reproduced", "famous", ours=True)
    lost = failed(verdict="undecided", lost="reproduced")
    waits = [replace(named(name, "deferred"), waits_for="ch09.ex01") for name in ("loss", "shape")]
    later = [replace(one, waits_for="") for one in waits]
    first, second = (named(name, "failed", moved_first="ch09.ex01.loss") for name in ("loss", "shape"))
    far = [replace(large("failed")[0], measured="infamous", margin=-2.0), *large("failed")[1:]]
    return {
        "a short run": screen(measured, shape, named("fame", "undecided", "infamous")),
        "a long run": screen(*large("deferred", "refuted", "changed"), ledger=LARGE),
        "a long run of a part": screen(*large("refuted")[:-1], ledger=LARGE),
        "a long run with a failure": screen(*far, ledger=LARGE),
        "a tenth has no data": screen(loss, named("fame", "unavailable", reason="iris: fetch it")),
        "nothing has data": screen(
            named("loss", "unavailable", reason="iris: workshop data fetch iris"),
            named("fame", "unavailable", reason=f"no microphone{', and no voice to speak into it' * 2}"),
        ),
        "a check of ours is not shown": screen(shape, own, own=False),
        "a check of ours": screen(shape, own, own=True),
        "a check of ours failed": screen(shape, replace(own, verdict="failed"), own=False),
        "a check of ours has no data": screen(shape, replace(own, verdict="unavailable"), own=True),
        "a reason in brackets": screen(failed(reason="it gives [0.1, bold] [/] [red]")),
        "a result is lost, and a check of ours": screen(lost, replace(lost, ours=True)),
        "seven results are lost": screen(*[lost] * 7),
        "results wait for a changed unit": screen(*waits, named("fame", "failed")),
        "they need long trainings": screen(*later, named("fame", "failed")),
        "failures of one cause": screen(second, first),
        "one of them": screen(second),
    }  # fmt: skip


def started() -> str:
    """Return the lines with which runs start, also of a book of which a result is in the notebook."""
    console = Console(record=True, width=100, file=io.StringIO())
    claims = list(LEDGER.claims.values())
    print_start(claims, LEDGER, console)
    print_start(claims[:1], LEDGER, console)
    print_plan({"tensorflow": "2.21.0", "python": "3.12.1"}, "cpu", 2, 500, console)
    claims = [*claims[1:], claims[0].model_copy(update={"source": "notebook"})]
    unit = LEDGER.chapters[0].units[0].model_copy(update={"claims": tuple(claims)})
    book = Ledger((LEDGER.chapters[0].model_copy(update={"units": (unit,)}),))
    print_start(claims, book, console)
    print_start([claims[-1], claims[0]], book, console)
    console.print(" · ".join(map(about, (0, 44, 480, 7200, 432000))))
    return console.export_text()


def before_any_run() -> str:
    """Return the rows of claims that nobody has verified, and those of which one was."""
    console = Console(record=True, file=io.StringIO(), width=80)
    loss, shape = (LEDGER.claims[f"ch09.ex01.{name}"] for name in ("loss", "shape"))
    for last in (None, named("shape", "corrected", [3, 2])):
        print_rows([ResultRow(shape, last), ResultRow(loss, recorded="0.2 to 0.3")], Screen(console))
    return console.export_text()


CLOSING: list[list[Verdict]] = [
    ["reproduced"],
    ["reproduced", "reproduced"],
    ["reproduced", "corrected", "refuted"],
    ["reproduced", "changed", "deferred"],
    ["reproduced", "failed", "failed"],
    ["deferred", "deferred", "deferred"],
    ["not testable", "unavailable", "undecided"],
]


def last_lines() -> str:
    """Return the last line of runs of up to three claims."""
    names = ("loss", "shape", "fame")
    runs = [[named(n, v) for n, v in zip(names, verdicts, strict=False)] for verdicts in CLOSING]
    return "\n".join(closing_line(Results(ENVIRONMENT, tuple(run)), LEDGER) for run in runs)


WRITTEN = Path("results/verify.json")
CONTACT: dict[str, tuple[str, Verdict]] = {
    "ch03.ex03.total_train": ("agrees", "reproduced"),
    "ch03.act02.counts": ("disagrees", "undecided"),
    "ch04.text12.text8_size": ("disagrees", "undecided"),
    "ch01.text02.scalar_rank": ("", "reproduced"),
}


def first_contact(*numbers: int, written: Path | None = None) -> str:
    """Return the end of a run in which some claims were measured on the book's data for the first time."""
    rows = [[*CONTACT.items()][number] for number in numbers]
    records = [record(ledger().claims[name], verdict, first_contact=how) for name, (how, verdict) in rows]
    console = Console(record=True, file=io.StringIO(), width=100)
    print_closing(Results({}, tuple(records)), ledger(), console, written=written)
    return re.sub(r"book: \d+", "book: ALL", console.export_text())


def test_a_run_reads_as_written(golden):
    ends = {
        "measured for the first time": first_contact(0, 1, 2, 3, written=WRITTEN),
        "one of them agrees": first_contact(0, written=WRITTEN),
        "one does not": first_contact(0, 1, written=WRITTEN),
        "the results are not written": first_contact(0, 1),
        "none": first_contact(3, written=WRITTEN),
    }
    lines = {"starts": started(), "before any run": before_any_run(), "last lines": last_lines()}
    golden("terminal.txt", {**lines, **situations(), **ends})


def test_commands_are_not_wrapped():
    made = Screen(Console(file=io.StringIO(), width=40))
    text = (
        "It needs other data: workshop data fetch --missing; then workshop show 5.04 --mine NUMBER says more"
    )

    assert made.wrap(text, 40) == [
        "It needs other data:", "workshop data fetch --missing; then",
        "workshop show 5.04 --mine NUMBER says",
        "more",
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_lines_fit_the_terminal_in_any_encoding(width, encoding):
    console = Console(width=width, file=io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    first, *others = large("failed")
    shown = [replace(first, reason="long " * 60), *others]
    for results, known in ((shown, LARGE), ([failed(measured=SIX)], LEDGER)):
        print_run(Results(ENVIRONMENT, tuple(results)), known, console, own=True)
        print_closing(Results(ENVIRONMENT, tuple(results)), known, console)
    console.file.flush()
    lines = console.file.buffer.getvalue().decode(encoding).splitlines()  # type: ignore[attr-defined]

    assert max(map(len, lines)) <= min(width, 100)
    assert any(line.startswith("✘ " if encoding == "utf-8" else "X ") for line in lines)


def test_a_part_of_the_book_is_named():
    claims = LEDGER.claims

    assert part_text([claims["ch09.ex01.loss"], claims["ch09.ex01.fame"]], LEDGER) == "exercise 9.01"
    assert part_text(list(claims.values()), LEDGER) == ""
