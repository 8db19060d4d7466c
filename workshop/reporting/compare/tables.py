"""The tables of a comparison as text in cells, for the terminal and the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

from workshop.reporting.compare.differences import LEAST, LEAST_DEVIATIONS, Move
from workshop.reporting.compare.model import LEAST_SECONDS, Comparison, Row
from workshop.reporting.formatting import six_digits
from workshop.untrusted import one_line
from workshop.verification.verdicts import VERDICTS, Verdict


@dataclass(frozen=True)
class Cell:
    """A text; `mark` is the verdict that colours it, `note` a smaller text below it."""

    text: str
    mark: Verdict | None = None
    note: str = ""


@dataclass(frozen=True)
class Table:
    """A table under a title, with a note on how to read it."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def cells(*texts: str) -> tuple[Cell, ...]:
    """Return plain cells with these texts."""
    return tuple(map(Cell, texts))


def tables(comparison: Comparison) -> list[Table]:
    """Return the tables of all differences: environments, verdicts, claims, values, times."""
    return [
        *environment_tables(comparison),
        count_table(comparison),
        *changed_tables(comparison),
        *absent_tables(comparison),
        *moved_tables(comparison),
        timing_table(comparison),
    ]


def file_lines(comparison: Comparison) -> list[str]:
    """Name each file by its label, path and date."""
    return [
        f"{file.label}: {one_line(str(file.path))}, {len(file.results.claims)} claims, "
        f"{file.results.environment.get('date', 'without a date')}"
        for file in comparison.files
    ]


def closing_line(comparison: Comparison) -> str:
    """Sum up the comparison in one line."""
    slight = sum(bool(row.moves) and not row.moved for row in comparison.rows)
    common = len(comparison.rows) - len(comparison.absent)
    return (
        f"{common} claims in all files: {len(comparison.changed)} changed verdict, "
        f"{len(comparison.newly_failed)} newly failed, values of {len(comparison.moved)} moved, "
        f"those of {slight} more only slightly; {len(comparison.absent)} claims not in all files"
    )


def environment_tables(comparison: Comparison) -> list[Table]:
    """Return the table of differences between the environments, if more than the date differs."""
    facts = {name: values for name, values in comparison.environment.items() if name != "date"}
    if not facts:
        return []
    rows = tuple(
        cells(name, *("none" if value is None else str(value) for value in values))
        for name, values in facts.items()
    )
    return [Table("Environments", "Where they differ.", ("environment", *comparison.labels), rows)]


def count_table(comparison: Comparison) -> Table:
    """Return how many claims have each verdict: the book's, and after a + our own."""
    counts = [Counter((record.verdict, record.ours) for record in f.results.claims) for f in comparison.files]
    rows = []
    for verdict in VERDICTS:
        if any(count[verdict, ours] for count in counts for ours in (False, True)):
            texts = [_count(count[verdict, False], count[verdict, True]) for count in counts]
            rows.append((Cell(verdict, verdict), *cells(*texts)))
    totals = [Counter(record.ours for record in file.results.claims) for file in comparison.files]
    rows.append(cells("all", *(_count(total[False], total[True]) for total in totals)))
    note = "Claims of the book, and after a + our own."
    return Table("Verdicts", note, ("verdict", *comparison.labels), tuple(rows))


def changed_tables(comparison: Comparison) -> list[Table]:
    """Return the table of the claims whose verdict changed, if any."""
    if not comparison.changed:
        return []
    rows = tuple((Cell(row.name), *_verdict_cells(row)) for row in comparison.changed)
    note = "Compared with the first file; claims that newly failed in the last one come first."
    if any(row.redefined for row in comparison.changed):
        note += " Other rule: the files decide this claim by different rules or documented values."
    return [Table("Changed verdicts", note, ("claim", *comparison.labels), rows)]


def unchanged_table(comparison: Comparison) -> Table:
    """Return the table of claims whose verdict did not change, those absent from some file first."""
    unchanged = sorted((row for row in comparison.rows if not row.changed), key=lambda row: not row.absent)
    rows = tuple((Cell(row.id), *_verdict_cells(row)) for row in unchanged)
    title = f"Claims whose verdict did not change: {len(rows)} claims"
    return Table(title, "", ("claim", *comparison.labels), rows)


def absent_tables(comparison: Comparison) -> list[Table]:
    """Return the table of the claims that some file does not have, by the files that have them, if any."""
    groups: dict[tuple[bool, ...], list[str]] = {}
    for row in comparison.absent:
        groups.setdefault(tuple(record is not None for record in row.records), []).append(row.id)
    if not groups:
        return []
    rows = tuple(
        cells(", ".join(compress(comparison.labels, has)), str(len(names)), ", ".join(names))
        for has, names in groups.items()
    )
    note = "They do not count as changes of verdict."
    return [Table("Claims that are not in all files", note, ("only in", "how many", "claims"), rows)]


def moved_tables(comparison: Comparison) -> list[Table]:
    """Return the tables of measured values that moved, with a reference sample and without, if any."""
    by_sample: dict[bool, list[Row]] = {True: [], False: []}
    for row in comparison.moved:
        by_sample[row.moved[0].deviation is not None].append(row)
    titles = {
        True: (
            "Values that moved, in standard deviations (sd) of their reference samples",
            f"Medians where several seeds were drawn. Less than {LEAST_DEVIATIONS:g} sd is left out.",
        ),
        False: (
            "Values that moved, without a reference sample",
            f"At most {LEAST:g} of the number is left out, or of 1 for smaller numbers.",
        ),
    }
    return [
        Table(
            titles[sampled][0],
            f"The number of each claim that moved farthest. {titles[sampled][1]}",
            ("claim and number", *comparison.labels),
            tuple((Cell(_named(row)), *_value_cells(row.moved[0], len(row.records))) for row in rows),
        )
        for sampled, rows in by_sample.items()
        if rows
    ]


def timing_table(comparison: Comparison) -> Table:
    """Return the ratios of computing times, a row per file."""
    rows: list[tuple[Cell, ...]] = []
    for file, timing in zip(comparison.files[1:], comparison.timings, strict=True):
        if timing.reason:
            rows.append(cells(file.label, timing.reason, "", ""))
        else:
            unit, ratio = timing.largest
            n = str(len(timing.ratios))
            rows.append(cells(file.label, f"{timing.median:.2f}", f"{ratio:.2f} ({unit})", n))
    note = (
        f"Ratios to the seconds of {comparison.files[0].label}, over units with the same seeds that took "
        f"{LEAST_SECONDS:g} s or more in either."
    )
    return Table("Computing times", note, ("file", "median ratio", "largest", "units"), tuple(rows))


def _count(book: int, ours: int) -> str:
    return f"{book or '·'}" + (f" + {ours}" if ours else "")


def _verdict_cells(row: Row) -> Sequence[Cell]:
    """Return a cell per file, with the reason of a verdict that is not the first file's, or other bases."""
    cells = []
    bases = {record.basis for record in row.records if record is not None} - {""}
    for record in row.records:
        if record is None:
            cells.append(Cell("absent"))
        else:
            same = record.basis if len(bases) > 1 else ""
            reason = record.reason if record.verdict != row.verdicts[0] else same
            cells.append(Cell(record.verdict, record.verdict, reason))
    return cells


def _named(row: Row) -> str:
    """Name a claim, its number that moved farthest, how many others moved, and unequal numbers of seeds."""
    first, *others = row.moved
    name = f"{row.id} {first.path}".rstrip() + (f" and {len(others)} more" if others else "")
    seeds = [
        len(record.seeds) for record in row.records if record is not None and record.measured is not None
    ]
    return name + (f" ({', '.join(map(str, seeds))} seeds)" if len(set(seeds)) > 1 else "")


def _value_cells(move: Move, count: int) -> Sequence[Cell]:
    texts = []
    for index in range(count):
        difference = move.differences.get(index)
        changed = "" if difference is None else difference.text
        texts.append(f"{six_digits(move.values[index])}{changed}" if index in move.values else "·")
    return cells(*texts)
