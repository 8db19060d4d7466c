"""Many results files as tables: environments in rows, then claims × environments, differences first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import Any

from workshop.reporting.compare.agreement import AGREEMENTS, Agreement, by_agreement, claims
from workshop.reporting.compare.causes import causes, unexplained
from workshop.reporting.compare.differences import Move, is_sample
from workshop.reporting.compare.model import Comparison, Row
from workshop.reporting.compare.tables import Cell, Table, cells
from workshop.reporting.formatting import side_by_side, six_digits
from workshop.verification.verdicts import VERDICTS, Verdict

_TITLES: dict[Agreement, str] = {
    "differs": "Verdicts that differ",
    "fails": "Failed wherever decided",
    "moved": "Values that moved",
    "partly": "Not decided everywhere",
    "nowhere": "Decided nowhere",
    "same": "The same everywhere",
}
# verdicts in the narrow columns of a terminal
SHORT: Mapping[Verdict, str] = {
    "failed": "FAIL", "reproduced": "repro", "corrected": "corr", "changed": "chang", "refuted": "refut",
    "supported": "supp", "undecided": "undec", "unavailable": "unava", "deferred": "defer",
    "not testable": "n.t.",
}  # fmt: skip
WIDTH = 28  # characters of a value in a cell
MOST = 20  # rows of values that moved in a terminal; the page has all of them
OPEN: tuple[Agreement, ...] = ("differs", "fails", "moved")
CLOSED: tuple[Agreement, ...] = ("partly", "nowhere", "same")


def environments_table(comparison: Comparison) -> Table:
    """Return the table of differences between the environments, a row per environment."""
    facts = {name: values for name, values in comparison.environment.items() if name != "date"}
    rows = tuple(
        cells(
            file.label,
            *("none" if values[index] is None else str(values[index]) for values in facts.values()),
            str(len(file.results.claims)),
            str(file.results.environment.get("date", "none"))[:10],
        )
        for index, file in enumerate(comparison.files)
    )
    note = "Where they differ. Values are compared with those of the first environment that measured them."
    return Table("Environments", note, ("environment", *facts, "claims", "date"), rows)


def grid_tables(comparison: Comparison, agreements: Sequence[Agreement]) -> list[Table]:
    """Return tables of claims × environments, one for each kind of agreement that some claim has."""
    return [
        Table(
            f"{_TITLES[name]}: {claims(rows)} claims",
            f"{AGREEMENTS[name].capitalize()}.",
            ("claim", *comparison.labels),
            tuple((_head(row), *_cells(row)) for row in rows),
        )
        for name in agreements
        if (rows := _in_order(comparison, name))
    ]


def _in_order(comparison: Comparison, name: Agreement) -> Sequence[Row]:
    """Return the claims of an agreement: unexplained ones first, then by causes; far moves before near."""
    if name == "differs":
        return [*unexplained(comparison), *(row for cause in causes(comparison) for row in cause.rows)]
    rows = by_agreement(comparison.rows)[name]
    return sorted(rows, key=lambda row: -row.moved[0].size) if name == "moved" else rows


def _head(row: Row) -> Cell:
    """Name a claim, with its title, and the number that its cells show if it is one of several."""
    shown = _shown(row)
    notes = [] if row.claim is None else [shorten(row.claim.what, 70, placeholder=" …")]
    if shown is not None and shown.path:
        others = len(row.moves) - 1
        notes.append(f"shown: {shown.path}" + (f", and {others} more differ" if others else ""))
    return Cell(row.name, note="; ".join(notes))


def _cells(row: Row) -> list[Cell]:
    """Return a cell per environment: the verdict and the measured value."""
    return [
        Cell("absent") if record is None else Cell(record.verdict, record.verdict, _value(row, index))
        for index, record in enumerate(row.records)
    ]


def _shown(row: Row) -> Move | None:
    """Return the number that moved farthest, if any differs at all."""
    return max(row.moves, key=lambda move: move.size, default=None)


def _value(row: Row, index: int) -> str:
    """Write the number that differs and how far it moved, or else the value if it is short."""
    values = _values(row)
    if index not in values:
        return ""
    shown = _shown(row)
    if shown is None:
        text = six_digits(values[index], 2 * WIDTH)
        return text if len(text) <= WIDTH else ""
    number = shown.values.get(index, [])
    if isinstance(number, list | dict):  # the environments measured values of different structures
        other = next((value for value in values.values() if value != values[index]), values[index])
        return side_by_side(other, values[index], WIDTH)[1]
    moved = shown.differences.get(index)
    return six_digits(number, WIDTH) + ("" if moved is None or moved.slight else moved.text)


def _values(row: Row) -> dict[int, Any]:
    """Return the measured value by environment: medians of numbers, the first run of other samples."""
    measured = {i: r.measured for i, r in enumerate(row.records) if r is not None and r.measured is not None}
    return {i: v.get("median", v.get("first")) if is_sample(v) else v for i, v in measured.items()}


def compact_tables(comparison: Comparison) -> list[Table]:
    """Return the tables of verdicts that differ and of values that moved, narrow enough for a terminal."""
    differing = [*_in_order(comparison, "differs"), *_in_order(comparison, "fails")]
    moved = _in_order(comparison, "moved")
    shown = dict.fromkeys(verdict for row in differing for verdict in row.verdicts if verdict is not None)
    rest = f", for the {MOST} farthest of them" if len(moved) > MOST else ""
    found = [
        Table(
            f"Verdicts that differ, and failures: {claims(differing)} claims",
            ", ".join(f"{SHORT[verdict]}: {verdict}" for verdict in VERDICTS if verdict in shown),
            ("claim", *(re.sub("[-/_]", "\n", label) for label in comparison.labels)),
            tuple((Cell(row.name), *(_short(verdict) for verdict in row.verdicts)) for row in differing),
        ),
        Table(
            f"Values that moved: {claims(moved)} claims",
            f"The number of each claim that moved farthest, and where{rest}.",
            ("claim and number", "from", "to", "in"),
            tuple(_farthest(row, comparison.labels) for row in moved[:MOST]),
        ),
    ]
    return [table for table in found if table.rows]


def _short(verdict: Verdict | None) -> Cell:
    return Cell("·") if verdict is None else Cell(SHORT[verdict], verdict)


def _farthest(row: Row, labels: Sequence[str]) -> tuple[Cell, ...]:
    """Return the number of a claim that moved farthest, its values before and after, and where."""
    move = row.moved[0]
    index, difference = max(move.differences.items(), key=lambda item: item[1].size)
    first, last = move.values[min(move.values)], move.values[index]
    if isinstance(first, list | dict):
        whole = _values(row)
        start, end = side_by_side(whole[min(move.values)], whole[index], WIDTH)
    else:
        start, end = six_digits(first, WIDTH), six_digits(last, WIDTH)
    name = f"{row.id} {move.path}".rstrip()
    return cells(name, start, end + difference.text, labels[index])
