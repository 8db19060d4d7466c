"""The terminal's view of a run: what it is going to do, what it found, and one line that sums it up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from workshop.datasets.model import registry
from workshop.files import size_text
from workshop.ledger import Claim, Ledger, Unit
from workshop.reporting.describe import (
    bases_text,
    by_cause,
    failure_rows,
    lost_line,
    memory_text,
    waiting_text,
)
from workshop.reporting.errata import counted_errors, errata
from workshop.reporting.report.missing_data import missing
from workshop.reporting.screen import Screen
from workshop.values import about, brief
from workshop.verification.results import LastRecord, Record, Results
from workshop.wording.numbers import counted
from workshop.wording.pairs import pair_of
from workshop.wording.places import label, part_text, place, printed_in, printed_text, title, unit_text
from workshop.wording.words import (
    DECIDED,
    DEFERRED,
    FAILED,
    HOLDS,
    LIBRARIES,
    NO_DATA,
    OPEN,
    SUPPORTED,
    WORD_OF,
    WORDS,
    WRONG,
    Word,
    tally,
)

BOOK = "The Deep Learning Workshop"
MOST_LISTED = 40
NOT_RUN = Word("not run yet", "·", ".", "dim", "", "were not run yet", "It was not verified here yet.")
_WHOSE = {True: "this run", False: "recorded runs"}
_MOST_ERRORS = 10  # that are named after a run of a part
_NARROW = 12  # columns below which a value is not worth a column
_LINES = 100  # characters of a value that a narrow terminal shows in several lines

Last = Mapping[str, LastRecord]


# The start


def print_start(claims: Sequence[Claim], ledger: Ledger, console: Console) -> None:
    """Print what is going to be checked."""
    book = [claim for claim in claims if not claim.ours]
    units = len({claim.unit for claim in claims})
    scope = part_text(claims, ledger)
    what = f"{printed_text(book)}, {counted(units, 'exercise')} and texts"
    if scope:
        notebook = f", {printed_in(book)[1]} only in the notebook" if printed_in(book)[1] else ""
        whole, _ = printed_in(ledger.claims.values())
        what = f"{counted(len(book), 'printed result')} of {scope}{notebook} (book: {whole})"
    if not book:
        what = f"{counted(len(claims), 'check')} of the suite's own"
    Screen(console).line((BOOK, "bold"), f" · {what}", wrapped=True)


def print_missing(line: str, console: Console) -> None:
    """Print a line on the data that are missing, nothing for ""."""
    if line:
        Screen(console).line((line, NO_DATA.colour), wrapped=True)


def print_plan(
    versions: Mapping[str, str], device: str, processes: int, seconds: float, console: Console
) -> None:
    """Print where a run is made and how long it takes."""
    names = ", ".join(
        f"{LIBRARIES[name]} {'.'.join(versions[name].split('.')[:2])}"
        for name in ("tensorflow", "keras", "python")
        if name in versions
    )
    running = f"{processes} process{'' if processes == 1 else 'es'}"
    parts = [f"{names}, {device.upper()}", running, about(seconds)]
    Screen(console).line((" · ".join(parts), "dim"), wrapped=True)


# The results


def print_run(
    results: Results, ledger: Ledger, console: Console, *, own: bool = False, last: Last | None = None
) -> None:
    """Print a run: each result of a short one, else the table by chapter; what is not decided; failures.

    `own` : whether our own claims are shown, too. `last` has the records of earlier runs by claim.
    """
    screen = Screen(console)
    book = [record for record in results.claims if not record.ours]
    ours = [record for record in results.claims if record.ours]
    listed = [*book, *ours] if own or not book else book
    short = len(listed) <= MOST_LISTED
    if short:
        rows = [ResultRow(ledger.claims[record.id], record) for record in listed]
        widths = _widths(rows)
        for unit in dict.fromkeys(row.claim.unit for row in rows):
            screen.line()
            screen.line((unit_heading(ledger.units[unit], ledger), "bold"), wrapped=True)
            screen.line()
            print_rows([row for row in rows if row.claim.unit == unit], screen, widths)
    else:
        _print_table(book, "", screen)
        if own and ours:
            _print_table(ours, "the suite's own checks", screen)
        _print_errors(results, ledger, screen)
    _print_missing(results, ledger, screen)
    unchanged = [record for record in book if not record.waits_for]  # the others wait for their unit
    _print_by_chapter(DEFERRED, unchanged, "workshop verify --full", screen, short=short)
    _print_by_chapter(OPEN, book, "workshop list --verdict open", screen, short=short)
    for record, others in by_cause([record for record in results.claims if record.verdict == "failed"]):
        claim, earlier = ledger.claims[record.id], (last or {}).get(record.id)
        screen.line()
        screen.line((f"{screen.sign(FAILED)} FAILED ", "reverse bold red"), "  ", (claim.id, "bold"))
        where = place(claim, ledger) if claim.page else unit_text(claim.unit, ledger)
        of = "; a check of the suite's own" if claim.ours else ""
        screen.paragraph(f"{claim.what} ({where}{of})", indent=4)
        screen.rows(failure_rows(record, claim, results.environment, earlier), indent=4)
        if others:
            screen.paragraph(others, indent=4)
    if decided := [record for record in book if WORD_OF[record.verdict] in DECIDED]:
        measured, bases = sum(record.evidence == "measured" for record in decided), bases_text(decided)
        worth = f" ({measured} measured)" if any(record.evidence for record in book) else ""
        screen.line()
        text = f"Decided: {len(decided)} of {len(book)}{worth}.{f' {bases}.' if bases else ''}"
        screen.paragraph(text, style="dim")


@dataclass(frozen=True)
class ResultRow:
    """What a line on a result shows; before a first run `record` is None, and `recorded` what runs gave."""

    claim: Claim
    record: Record | None = None
    recorded: str = ""

    @property
    def word(self) -> Word:
        """The verdict in words; before the first run a known error of the book is one."""
        if self.record is not None:
            return WORD_OF[self.record.verdict]
        return WRONG if self.claim.is_error and self.claim.unconfirmed is None else NOT_RUN


def _widths(rows: Sequence[ResultRow]) -> tuple[int, int]:
    """Return the columns that verdicts and names need."""
    words = max((len(row.word.name) for row in rows), default=0) + 2
    return words, max((len(row.claim.name) for row in rows), default=0)


def print_rows(rows: Sequence[ResultRow], screen: Screen, widths: tuple[int, int] | None = None) -> None:
    """Print a line for each result: verdict, name, what the book says, this run's; below it what is right."""
    words, names = widths or _widths(rows)
    is_run = any(row.record for row in rows)
    margin = " " * (words + names + 4)
    room = max(screen.width - len(margin) - 2, 2 * _NARROW)
    cells = [_cells(row, room, screen, is_run=is_run) for row in rows]
    # a row that does not fit into two columns takes more lines
    fits = [max(map(len, cell)) <= room // 2 for cell in cells]
    book = max([len("book"), *(len(printed) for (printed, _), fit in zip(cells, fits, strict=True) if fit)])
    head = f"{'book':<{book}}  {_WHOSE[is_run]}" if is_run or any(run for _, run in cells) else "book"
    screen.line(margin, (head, "dim"))
    for row, (printed, run), fit in zip(rows, cells, fits, strict=True):
        lines = [printed] if fit else screen.wrap(printed, room)
        ends = fit or (run == "same" and len(lines[-1]) + 6 <= room)
        if run and not ends:
            own = run == "same" or (is_run and row.record is None)  # what says by itself whose it is
            lines += screen.wrap(run if own else f"{_WHOSE[is_run]}: {run}", room)
        said = f"{screen.sign(row.word)} {row.word.name}" if is_run or row.word is not NOT_RUN else ""
        begin = (said.ljust(words), row.word.colour)
        name = f"  {row.claim.name:<{names}}  "
        for number, line in enumerate(lines, start=1):
            end = (run, "dim" if run == "same" else "") if ends and number == len(lines) else ""
            screen.line(*([begin, name] if number == 1 else [margin]), f"{line:<{book}}  ", end)
        layers = pair_of(row.claim, row.record).layers()
        left = min(len(margin), screen.width - max(map(len, layers), default=0))
        for line in layers:
            screen.line(" " * left, (line, "dim"))
        reader, first = row.claim.reader, row.claim.same_error_as
        if row.word is WRONG and (reader is not None or first is not None):
            text = (
                f"The same error as {first}" if reader is None else f"{reader.title}. Right: {reader.right}"
            )
            screen.paragraph(text, indent=words + 2, style="yellow")


def _cells(row: ResultRow, room: int, screen: Screen, *, is_run: bool) -> tuple[str, str]:
    """Return what the book says and what this run gives, or why nothing: in half of the room, or some lines.

    A sentence is whole. In a run, a row that was not in it says that it has recorded runs.
    """
    claim, record, pair = row.claim, row.record, pair_of(row.claim, row.record)
    needs = [name for name in claim.needs if record is not None and f"{name}: " in record.reason]
    who = "" if pair.label == "book" else f"{pair.label} "
    most = max(2 * room - _NARROW, _LINES) - max(len(who), len("recorded runs: "))
    printed, run = pair.written(most, drawn=True)
    if isinstance(pair.book, str) and " " in pair.book:
        printed = pair.book
    elif pair.layers():
        printed = brief(pair.book, 32)

    def noted(text: str, *notes: str) -> str:
        """Return a text, and beside it the first of the notes that fits on its line."""
        fitting = (note for note in notes if note and len(text) + len(note) <= room // 2)
        return text + next(fitting, "")

    if record is None:
        run = f"{_WHOSE[False]}: {row.recorded}" if is_run and row.recorded else row.recorded
    elif record.verdict == "deferred":
        run = f"{record.waits_for} changed" if record.waits_for else "only with --full"
    elif record.verdict == "unavailable":
        run = f"needs {needs[0]}" if needs else "not here"
    elif run and not pair.same and pair.seeds:
        run = noted(run, pair.spread, f" ({pair.seeds} seeds)")
    if row.word is SUPPORTED and run:
        run = noted(run, f" (substitute for {needs[0]})" if needs else "", " (substitute)")
    return screen.plain(who + printed), screen.plain(run)


def unit_heading(unit: Unit, ledger: Ledger) -> str:
    """Name a unit with its title and page."""
    page = f" (p. {unit.page})" if unit.page else ""
    name = label(unit.id, ledger)
    chapter = f", chapter {int(unit.id[2:4])}" if not name[-1].isdigit() else ""
    return f"{name}{chapter} · {title(unit)}{page}"


def _print_table(records: Sequence[Record], heading: str, screen: Screen) -> None:
    """Print how many results have each verdict (rows) in each chapter (columns)."""
    counts: dict[str, Counter[Word]] = defaultdict(Counter)
    for record in records:
        counts[record.id[:4]][WORD_OF[record.verdict]] += 1
    chapters = sorted(counts)
    total = sum(counts.values(), Counter[Word]())
    screen.line()
    if heading:
        screen.line((heading, "bold"))
    header = "".join(f"{f'ch{int(chapter[2:])}':>6}" for chapter in chapters)
    screen.line(" " * 14, (f"{header}{'all':>9}", "dim"))
    for word in (word for word in WORDS if total[word]):
        cells = [f"{counts[chapter][word] or '·':>6}" for chapter in chapters] + [f"{total[word]:>9}"]
        screen.line((f"{screen.sign(word)} {word.name}".ljust(14) + "".join(cells), word.colour))
    screen.line(" " * 14, ("   ───" * len(chapters) + "      ───", "dim"))
    sums = "".join(f"{counts[chapter].total():>6}" for chapter in chapters)
    screen.line(" " * 14, f"{sums}{total.total():>9}")


def _print_errors(results: Results, ledger: Ledger, screen: Screen) -> None:
    """Print the titles of the errors that a run of a part confirmed; a run of the book has too many."""
    errors = errata(ledger, results)
    if not errors or not part_text([ledger.claims[one.id] for one in results.claims if not one.ours], ledger):
        return
    screen.line()
    chapters = " ".join(sorted({one.claim.unit[:4] for one in errors}))
    screen.ends(f"{screen.sign(WRONG)} {counted_errors(errors)} of the book", f"workshop errata {chapters}")
    places = max(len(one.place) for one in errors[:_MOST_ERRORS])
    for one in errors[:_MOST_ERRORS]:
        screen.row(one.place, one.title, indent=4, room=places + 2)
    if len(errors) > _MOST_ERRORS:
        screen.line(f"    and {len(errors) - _MOST_ERRORS} more")


def _print_missing(results: Results, ledger: Ledger, screen: Screen) -> None:
    """Print the missing data by set, and the one command that fetches them."""
    missed = [record for record in results.claims if record.verdict == "unavailable" and not record.ours]
    if not missed:
        return
    screen.line()
    text = f"{screen.sign(NO_DATA)} {NO_DATA.counted(len(missed))}"
    data_sets = registry()
    lacking = missing(Results(results.environment, tuple(missed)), ledger)
    services = [one for one in lacking if one.name and data_sets[one.name].service]
    screen.ends((text, ""), "workshop data fetch --missing" if len(services) < len(lacking) else "")
    room = max(min(len(one.name or one.title), 30) for one in lacking)
    for one in lacking:
        first, *others = screen.wrap(one.name or one.title, screen.width - 24)
        size = size_text(data_sets[one.name].size) if one.name else ""
        screen.line(f"    {first:<{room}}{len(one.unavailable):>5}", (f"{size:>13}", "dim"))
        for line in others:
            screen.line("    ", line)
    for one in services:
        screen.paragraph(f"{one.name}: {one.remedy}", indent=4, style="dim")


def _print_by_chapter(
    word: Word, records: Iterable[Record], command: str, screen: Screen, *, short: bool
) -> None:
    """Print how many results have a verdict in each chapter, and the command for them."""
    ids = [record.id for record in records if WORD_OF[record.verdict] is word]
    if not ids:
        return
    counts = Counter(name[:4] for name in ids)
    if short and word is OPEN:
        command = f"workshop show {ids[0]}"
    screen.line()
    screen.ends(f"{screen.sign(word)} {word.counted(counts.total())}", command)
    if not short:
        screen.paragraph(" · ".join(f"{chapter} {n}" for chapter, n in sorted(counts.items())), indent=4)


# The end


def first_contact_line(records: Iterable[Record]) -> str:
    """Say how many of the book's results were first measured on their own data here; "" if none were."""
    first = [record for record in records if record.first_contact and not record.ours]
    if not first:
        return ""
    agree = sum(record.first_contact == "agrees" for record in first)
    others = len(first) - agree
    they = f"{agree} agree{'s' if agree == 1 else ''}, {others} {'does' if others == 1 else 'do'} not"
    were = "were measured on their own" if len(first) > 1 else "was measured on its own"
    return f"{counted(len(first), 'result')} {were} data for the first time: {they}."


def print_closing(
    results: Results, ledger: Ledger, console: Console, *, page: str = "", written: Path | None = None
) -> None:
    """Print the errors of the book that were confirmed, the page's place, and one line that sums up.

    `written` is the results file.
    """
    screen = Screen(console)
    words = tally(results.claims)
    failed = [record for record in results.claims if record.verdict == "failed"]
    rows = []
    if words.counts[WRONG]:
        errors = counted_errors(errata(ledger, results))
        rows.append(("The errors", f"{errors} of the book confirmed: workshop errata"))
    if memory := memory_text(results.environment):
        rows.append(("Memory", memory))
    if page:
        rows.append(("The page", page + ("#failed" if failed else "")))
    screen.line()
    for name, text in rows:
        screen.row(name, text, indent=0)
    if (text := first_contact_line(results.claims)) and written is not None:
        screen.paragraph(
            f"{text} Please send {written} to the maintainers. It names folders of this machine."
        )
    if text := lost_line(results.claims):
        screen.paragraph(f"{text} workshop show NAME says why.", style=OPEN.colour)
    line, missed = closing_line(results, ledger), words.missed if results.green else 0
    word = NO_DATA if missed else HOLDS if results.green else FAILED
    style = "bold" if missed else f"bold {word.colour.removeprefix('bold ')}"
    screen.line((f"{screen.sign(word)} {line}", style), wrapped=True)
    if missed:
        screen.paragraph(f"{missed} could not be decided: their data are not here.", indent=2)
        screen.rows([("Get the data", "workshop data fetch --missing")])
    names = max((len(record.id) for record in failed), default=0)
    room = max((screen.width - names - 26) // 2, _NARROW)
    for record in failed:
        pair = pair_of(ledger.claims[record.id], record)
        stated, run = pair.written(room)
        values = f"{pair.label} {stated}   this run {run or 'nothing'}"
        screen.ends(("    " + record.id, "bold red"), values, "red")


def closing_line(results: Results, ledger: Ledger) -> str:
    """Sum up a run in one sentence; units that changed are counted first."""
    waiting = waiting_text(results.claims)
    return f"{waiting}. {_closing(results, ledger)}" if waiting else _closing(results, ledger)


def _closing(results: Results, ledger: Ledger) -> str:
    run = tally(results.claims)
    of_book = run.counts[FAILED]
    if run.failed > of_book:
        own = f"{run.failed - of_book} of the suite's own checks"
        what = f"{of_book} of {run.decided} results and {own}" if of_book else own
        return f"{what} {'disagree' if run.failed > 1 else 'disagrees'}, and nothing recorded says why:"
    if of_book:
        disagree = "results disagree" if of_book > 1 else "results disagrees"
        return f"{of_book} of {run.decided} {disagree}, and nothing recorded says why:"
    if not results.green:
        why = ", ".join(word.counted(number) for word, number in run.counts.items())
        return f"Nothing was verified: {why or 'no printed result was asked for'}."
    if not run.total:
        return f"Nothing disagrees: {counted(len(results.claims), 'check')} of the suite's own."
    scope = part_text([ledger.claims[record.id] for record in results.claims if not record.ours], ledger)
    of = "" if not scope else "results " if run.total == 1 else f"results of {scope} "
    if run.missed:
        return f"{run.decided} of {run.total} {of or 'results '}decided, and nothing disagrees among them."
    errors = [] if scope else errata(ledger, results)
    wrong = f", {counted(len(errors), 'error')} of the book confirmed" if errors else ""
    whole, _ = printed_in(ledger.claims.values())
    end = f" (book: {whole})" if scope else ""
    return f"Nothing disagrees: {run.decided} of {run.total} {of}decided{wrong}{end}."
