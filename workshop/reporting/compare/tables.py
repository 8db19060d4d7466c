"""A comparison's tables as text in cells: terminal and page show the same ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workshop.ledger.values import brief, is_number
from workshop.reporting.compare.differences import LEAST, LEAST_DEVIATIONS, Difference, Move
from workshop.reporting.compare.model import LEAST_SECONDS, Comparison, Row
from workshop.untrusted import one_line
from workshop.verification.verdicts import VERDICTS, Verdict


@dataclass(frozen=True)
class Cell:
    """A text; `mark` is the verdict that colours it, `note` the reason behind it."""

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


def tables(comparison: Comparison) -> list[Table]:
    """Return what differs between the files: environments, verdicts, claims, values, times."""
    return [
        *environment_tables(comparison),
        count_table(comparison),
        *changed_tables(comparison),
        *lacking_tables(comparison),
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
    """Sum the comparison up in one line."""
    slight = sum(bool(row.moves) and not row.moved for row in comparison.rows)
    common = len(comparison.rows) - len(comparison.lacking)
    return (
        f"{common} claims in all files: {len(comparison.changed)} changed verdict, "
        f"{len(comparison.newly_failed)} newly failed, values of {len(comparison.moved)} moved, "
        f"of {slight} only slightly; {len(comparison.lacking)} claims not in all files"
    )


def environment_tables(comparison: Comparison) -> list[Table]:
    """Return the table of what differs between the environments, if anything does but the date."""
    facts = {name: values for name, values in comparison.environment.items() if name != "date"}
    if not facts:
        return []
    rows = tuple(
        (Cell(name), *(Cell("none" if value is None else str(value)) for value in values))
        for name, values in facts.items()
    )
    return [
        Table("Environments", "What differs between them.", ("environment", *labels_of(comparison)), rows)
    ]


def count_table(comparison: Comparison) -> Table:
    """Return how many claims have each verdict: the book's, and after a + our own."""
    counts = [Counter((record.verdict, record.ours) for record in f.results.claims) for f in comparison.files]
    rows = []
    for verdict in VERDICTS:
        if any(count[verdict, ours] for count in counts for ours in (False, True)):
            texts = [_count(count[verdict, False], count[verdict, True]) for count in counts]
            rows.append((Cell(verdict, verdict), *map(Cell, texts)))
    totals = [Counter(record.ours for record in file.results.claims) for file in comparison.files]
    rows.append((Cell("all"), *(Cell(_count(total[False], total[True])) for total in totals)))
    note = "Claims of the book, and after a + our own."
    return Table("Verdicts", note, ("verdict", *labels_of(comparison)), tuple(rows))


def changed_tables(comparison: Comparison) -> list[Table]:
    """Return the table of the claims whose verdict changed, if any."""
    if not comparison.changed:
        return []
    rows = tuple(
        (Cell(row.id + (" (other rule)" if row.redefined else "")), *_verdict_cells(row))
        for row in comparison.changed
    )
    note = "Against the first file; what newly failed in the last one stands on top."
    if any(row.redefined for row in comparison.changed):
        note += " Other rule: the files decide it by different rules or documented values."
    return [Table("Changed verdicts", note, ("claim", *labels_of(comparison)), rows)]


def unchanged_table(comparison: Comparison) -> Table:
    """Return the claims whose verdict did not change, those that some file lacks on top."""
    unchanged = sorted((row for row in comparison.rows if not row.changed), key=lambda row: not row.lacking)
    rows = tuple((Cell(row.id), *_verdict_cells(row)) for row in unchanged)
    title = f"Claims whose verdict did not change: {len(rows)} claims"
    return Table(title, "", ("claim", *labels_of(comparison)), rows)


def lacking_tables(comparison: Comparison) -> list[Table]:
    """Return the table of the claims that some file lacks, by the files that have them, if any."""
    groups: dict[tuple[bool, ...], list[str]] = {}
    for row in comparison.lacking:
        groups.setdefault(tuple(record is not None for record in row.records), []).append(row.id)
    if not groups:
        return []
    labels = labels_of(comparison)
    rows = tuple(
        (
            Cell(", ".join(label for label, here in zip(labels, has, strict=True) if here)),
            Cell(str(len(names))),
            Cell(", ".join(names)),
        )
        for has, names in groups.items()
    )
    note = "They are no change of verdict."
    return [Table("Claims that are not in all files", note, ("only in", "how many", "claims"), rows)]


def moved_tables(comparison: Comparison) -> list[Table]:
    """Return the tables of the measured values that moved, with a reference sample and without, if any."""
    by_sample: dict[bool, list[Row]] = {True: [], False: []}
    for row in comparison.moved:
        by_sample[row.moved[0].deviation is not None].append(row)
    titles = {
        True: (
            "Values that moved, in standard deviations (sd) of their reference samples",
            f"Medians, where several seeds were drawn. Left out: less than {LEAST_DEVIATIONS:g} sd.",
        ),
        False: (
            "Values that moved, without a reference sample",
            f"Left out: {LEAST:g} of the number or less, and of 1 for numbers below 1.",
        ),
    }
    return [
        Table(
            titles[sampled][0],
            f"Of each claim the number that moved farthest. {titles[sampled][1]}",
            ("claim and number", *labels_of(comparison)),
            tuple((Cell(_named(row)), *_value_cells(row.moved[0], len(row.records))) for row in rows),
        )
        for sampled, rows in by_sample.items()
        if rows
    ]


def timing_table(comparison: Comparison) -> Table:
    """Return the ratios of computing times, a row a file."""
    rows: list[tuple[Cell, ...]] = []
    for file, timing in zip(comparison.files[1:], comparison.timings, strict=True):
        if timing.reason:
            rows.append((Cell(file.label), Cell(timing.reason), Cell(""), Cell("")))
        else:
            unit, ratio = timing.largest
            texts = (file.label, f"{timing.median:.2f}", f"{ratio:.2f} ({unit})", str(len(timing.ratios)))
            rows.append(tuple(map(Cell, texts)))
    note = (
        f"Seconds over those of {comparison.files[0].label}, by unit; of units that took {LEAST_SECONDS:g} s "
        "or more in either, with the same seeds."
    )
    return Table("Computing times", note, ("file", "median ratio", "largest", "units"), tuple(rows))


def labels_of(comparison: Comparison) -> tuple[str, ...]:
    """Return the label of each file."""
    return tuple(file.label for file in comparison.files)


def _count(books: int, ours: int) -> str:
    return f"{books or '·'}" + (f" + {ours}" if ours else "")


def _verdict_cells(row: Row) -> Sequence[Cell]:
    """Return a cell a file; where the verdict is not the first file's, with its reason."""
    cells = []
    for record in row.records:
        if record is None:
            cells.append(Cell("absent"))
        else:
            reason = record.reason if record.verdict != row.verdicts[0] else ""
            cells.append(Cell(record.verdict, record.verdict, reason))
    return cells


def _named(row: Row) -> str:
    """Name a claim and its number that moved farthest, how many others did, and unequal numbers of seeds."""
    first, *others = row.moved
    told = f"{row.id} {first.path}".rstrip() + (f" and {len(others)} more" if others else "")
    seeds = [
        len(record.seeds) for record in row.records if record is not None and record.measured is not None
    ]
    return told + (f" ({', '.join(map(str, seeds))} seeds)" if len(set(seeds)) > 1 else "")


def _value_cells(move: Move, count: int) -> Sequence[Cell]:
    texts = []
    for place in range(count):
        if place not in move.values:
            texts.append("·")
            continue
        difference = move.differences.get(place)
        told = "" if difference is None else in_words(difference)
        texts.append(f"{written(move.values[place])}{told}")
    return [Cell(text) for text in texts]


def written(value: Any, limit: int = 40) -> str:
    """Write a measured value on one line."""
    if value is None:
        return "no number"  # NaN or infinite, which JSON can't hold
    return f"{value:.6g}" if is_number(value) and not isinstance(value, int) else brief(value, limit)


def in_words(difference: Difference) -> str:
    """Write how far a number moved, in parentheses; nothing where no number tells it."""
    if difference.deviations is not None:
        return f" ({difference.deviations:+.2f} sd)"
    if difference.absolute is None:
        return ""
    relative = "" if difference.relative is None else f", {100 * difference.relative:+.3g}%"
    return f" ({difference.absolute:+.3g}{relative})"
