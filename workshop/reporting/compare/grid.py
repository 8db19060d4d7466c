"""Many results files as tables: environments in rows, then claims × environments, what differs first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import Any

from workshop.reporting.compare.agreement import STANDINGS, Standing, by_standing, claims
from workshop.reporting.compare.causes import causes, unexplained
from workshop.reporting.compare.differences import Move, is_sample
from workshop.reporting.compare.model import Comparison, Row
from workshop.reporting.compare.tables import Cell, Table, in_words, labels_of, written
from workshop.reporting.report.previews import side_by_side
from workshop.verification.verdicts import VERDICTS, Verdict

_TITLES: dict[Standing, str] = {
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
OPEN: tuple[Standing, ...] = ("differs", "fails", "moved")  # what differs, and what has to be found out
CLOSED: tuple[Standing, ...] = ("partly", "nowhere", "same")


def environments_table(comparison: Comparison) -> Table:
    """Return what differs between the environments, a row an environment."""
    facts = {name: values for name, values in comparison.environment.items() if name != "date"}
    rows = tuple(
        (
            Cell(file.label),
            *(Cell("none" if values[place] is None else str(values[place])) for values in facts.values()),
            Cell(str(len(file.results.claims))),
            Cell(str(file.results.environment.get("date", "none"))[:10]),
        )
        for place, file in enumerate(comparison.files)
    )
    note = "What differs between them; values are compared with those of the first one that measured them."
    return Table("Environments", note, ("environment", *facts, "claims", "date"), rows)


def matrix_tables(comparison: Comparison, standings: Sequence[Standing]) -> list[Table]:
    """Return the tables of claims × environments, one for each standing that some claim has."""
    return [
        Table(
            f"{_TITLES[name]}: {claims(rows)} claims",
            f"{STANDINGS[name].capitalize()}.",
            ("claim", *labels_of(comparison)),
            tuple((_head(row), *_cells(row)) for row in rows),
        )
        for name in standings
        if (rows := _in_order(comparison, name))
    ]


def _in_order(comparison: Comparison, name: Standing) -> Sequence[Row]:
    """Return the claims that stand so: what is unexplained first, then by causes; far moves before near."""
    if name == "differs":
        return [*unexplained(comparison), *(row for cause in causes(comparison) for row in cause.rows)]
    rows = by_standing(comparison.rows)[name]
    return sorted(rows, key=lambda row: -row.moved[0].size) if name == "moved" else rows


def _head(row: Row) -> Cell:
    """Name a claim, what it is, and the number that its cells show, if it is one of several."""
    shown = _shown(row)
    told = [] if row.claim is None else [shorten(row.claim.what, 70, placeholder=" …")]
    if shown is not None and shown.path:
        others = len(row.moves) - 1
        told.append(f"shown: {shown.path}" + (f", and {others} more differ" if others else ""))
    return Cell(_name(row), note="; ".join(told))


def _name(row: Row) -> str:
    return row.id + (" (other rule)" if row.redefined else "")


def _cells(row: Row) -> list[Cell]:
    """Return a cell an environment: the verdict and what was measured."""
    return [
        Cell("absent") if record is None else Cell(record.verdict, record.verdict, _told(row, place))
        for place, record in enumerate(row.records)
    ]


def _shown(row: Row) -> Move | None:
    """Return the number that moved farthest, if any differs at all."""
    return max(row.moves, key=lambda move: move.size, default=None)


def _told(row: Row, place: int) -> str:
    """Write the number that differs, and how far it moved; where none does the value, if it is short."""
    values = _values(row)
    if place not in values:
        return ""
    shown = _shown(row)
    if shown is None:
        text = written(values[place], 2 * WIDTH)
        return text if len(text) <= WIDTH else ""
    number = shown.values.get(place, [])
    if isinstance(number, list | dict):  # the environments measured values of different structures
        other = next((value for value in values.values() if value != values[place]), values[place])
        return side_by_side(other, values[place], WIDTH)[1]
    moved = shown.differences.get(place)
    return written(number, WIDTH) + ("" if moved is None or moved.slight else in_words(moved))


def _values(row: Row) -> dict[int, Any]:
    """Return the measured value by environment; of a sample of numbers the medians, of another the first."""
    measured = {p: r.measured for p, r in enumerate(row.records) if r is not None and r.measured is not None}
    return {p: v.get("median", v.get("first")) if is_sample(v) else v for p, v in measured.items()}


def compact_tables(comparison: Comparison) -> list[Table]:
    """Return what differs in columns narrow enough for a terminal: verdicts, and values that moved."""
    differing = [*_in_order(comparison, "differs"), *_in_order(comparison, "fails")]
    moved = _in_order(comparison, "moved")
    shown = dict.fromkeys(verdict for row in differing for verdict in row.verdicts if verdict is not None)
    rest = f"; the {MOST} farthest of them" if len(moved) > MOST else ""
    found = [
        Table(
            f"Verdicts that differ, and failures: {claims(differing)} claims",
            ", ".join(f"{SHORT[verdict]}: {verdict}" for verdict in VERDICTS if verdict in shown),
            ("claim", *(re.sub("[-/_]", "\n", label) for label in labels_of(comparison))),
            tuple((Cell(_name(row)), *(_short(verdict) for verdict in row.verdicts)) for row in differing),
        ),
        Table(
            f"Values that moved: {claims(moved)} claims",
            f"Of each claim the number that moved farthest, and where{rest}.",
            ("claim and number", "from", "to", "in"),
            tuple(_farthest(row, labels_of(comparison)) for row in moved[:MOST]),
        ),
    ]
    return [table for table in found if table.rows]


def _short(verdict: Verdict | None) -> Cell:
    return Cell("·") if verdict is None else Cell(SHORT[verdict], verdict)


def _farthest(row: Row, labels: Sequence[str]) -> tuple[Cell, ...]:
    """Tell from which value to which the number of a claim moved that moved farthest, and where."""
    move = row.moved[0]
    place, difference = max(move.differences.items(), key=lambda item: item[1].size)
    first, last = move.values[min(move.values)], move.values[place]
    if isinstance(first, list | dict):
        whole = _values(row)
        start, end = side_by_side(whole[min(move.values)], whole[place], WIDTH)
    else:
        start, end = written(first, WIDTH), written(last, WIDTH)
    name = f"{row.id} {move.path}".rstrip()
    return tuple(map(Cell, (name, start, end + in_words(difference), labels[place])))
