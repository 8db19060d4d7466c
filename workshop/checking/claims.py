"""A notebook's outputs to readings of claims: the reader's values, in the form that the ledger has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workshop.checking.code import read_code
from workshop.checking.gathering import Gathered, gather
from workshop.checking.keras_text import Table
from workshop.checking.plain_outputs import Printed, is_shown, shown_values
from workshop.checking.reading import Cell
from workshop.checking.recognising import recognise
from workshop.checking.shown import Shown
from workshop.ledger import Claim, Ledger
from workshop.ledger.rules import OrderOverRuns, PrintedAmongRuns
from workshop.ledger.values import is_number
from workshop.paths import follow


@dataclass(frozen=True)
class Reading:
    """A reader's value of a claim, and the cell that shows it.

    `edits` : where the model differs. `code` : whether its network and settings are the book's. `why` : why
    the value can't be compared, "" if it can.
    """

    claim: Claim
    value: Any
    cell: int
    edits: tuple[str, ...] = ()
    why: str = ""
    code: Literal["", "same", "other"] = ""


@dataclass(frozen=True)
class Read:
    """What was read of a notebook: readings, code cells, and those in which nothing was matched."""

    readings: tuple[Reading, ...]
    cells: int
    unmatched: int


def read_claims(cells: Sequence[Cell], ledger: Ledger) -> Read:
    """Return the readings of the ledger's claims in a notebook; where it is not sure, none."""
    codes = read_code([cell.code for cell in cells])
    recognised = recognise(codes)
    gathered = gather(cells, codes, recognised)
    readings: dict[str, Reading] = {}
    for unit, its in gathered.items():
        for claim in ledger.units[unit].claims:
            if is_shown(claim) and (reading := _of_model(claim, its)) is not None:
                readings[claim.id] = reading
    book = Printed(ledger)
    for cell, code, units in zip(cells, codes, recognised.units, strict=True):
        for claim, value in shown_values(cell, code, units, book, set(readings)):
            readings[claim.id] = Reading(claim, value, cell.number)
    readings.update(_siblings(readings, ledger))
    used = {reading.cell for reading in readings.values()}
    order = {claim: place for place, claim in enumerate(ledger.claims)}
    ordered = sorted(readings.values(), key=lambda reading: order[reading.claim.id])
    with_code = [cell for cell in cells if cell.code.strip() and (cell.stdout.strip() or cell.result.strip())]
    return Read(tuple(ordered), len(with_code), sum(cell.number not in used for cell in with_code))


def _siblings(readings: Mapping[str, Reading], ledger: Ledger) -> dict[str, Reading]:
    """Return the claims that say something else of a value that was read."""
    return {
        claim.id: Reading(claim, reading.value, reading.cell)
        for reading in readings.values()
        for claim in ledger.units[reading.claim.unit].claims
        if claim.id not in readings and is_shown(claim) and claim.rule.needs_sample
        if claim.measures() == reading.claim.measures() and len(claim.measures()) == 1
    }


# Models


def _of_model(claim: Claim, gathered: Gathered) -> Reading | None:
    table = gathered.tables.get(claim.name)
    if table is not None:
        value = (
            _totals(table, claim.documented) if "param" in claim.name else layers_of(table, claim.documented)
        )
        return (
            None
            if value is None
            else Reading(claim, value, gathered.cells[claim.name], gathered.edits, code=gathered.code)
        )
    if claim.name in {"training_setup", "n_train_val", "split_sizes", "steps"}:
        return _of_training(claim, gathered)
    if isinstance(claim.rule, OrderOverRuns):
        return None
    part = getattr(claim.rule, "documents", None)
    values: dict[str, Any] = {}
    used: list[str] = []
    for name, measure in claim.measures().items():
        steps = measure.steps
        fields = measure.field
        if fields == "fresh" and steps and isinstance(steps[0], str):  # the first of two trainings
            fields, steps = steps[0], steps[1:]
        if measure.unit != claim.unit or fields not in gathered.outcome or part not in (None, name):
            continue
        try:
            values[name] = follow(gathered.outcome[fields], steps)
        except LookupError:
            continue
        used.append(fields)
    if part is not None:
        values = {"": values[part]} if part in values else {}
    values = {name: value for name, value in values.items() if value != []}
    if not values or (
        len(values) < len(claim.measures()) and part is None and not isinstance(claim.rule, PrintedAmongRuns)
    ):
        return None  # a statement needs all that it is about
    value = values[""] if set(values) == {""} else values
    return _reading(claim, value, gathered, used[-1])


def _reading(claim: Claim, value: Any, gathered: Gathered, place: str) -> Reading:
    return Reading(claim, value, gathered.cells[place], gathered.edits, code=gathered.code)


def _of_training(claim: Claim, gathered: Gathered) -> Reading | None:
    outcome = gathered.outcome
    if claim.name == "training_setup":
        settings = outcome.get("settings", {})
        single = [name for name, printed in claim.documented.items() if is_number(printed)]
        value: Any = {name: settings[name] for name in single if name in settings}
        place = "settings"
    elif claim.name == "steps":
        value, place = outcome.get("steps"), "steps"
    elif isinstance(claim.documented, dict) and "samples" in claim.documented:
        value, place = {"samples": outcome.get("ran", {}).get("samples")}, "ran"
        value = value if value["samples"] else None
    elif isinstance(claim.documented, dict):
        value, place = outcome.get("sizes"), "sizes"
    else:
        value, place = outcome.get("ran", {}).get("n_train_val"), "ran"
    return _reading(claim, value, gathered, place) if value else None


def layers_of(table: Table, documented: Any) -> Any:
    """Return a summary's layers as the ledger has them: a list of rows, or rows by name."""
    rows = list(table.layers)
    if isinstance(documented, dict):
        if len(rows) != len(documented):
            return [[row.kind, list(row.shape), Shown(str(row.params))] for row in rows]
        names = list(documented)
        return {
            name: [list(row.shape), Shown(str(row.params))] for name, row in zip(names, rows, strict=True)
        }
    value = []
    for place, row in enumerate(rows):
        kind = row.kind
        if place < len(documented):
            whole = str(documented[place][0])
            # a long class is cut off, and a model in a model has names of its own
            if (
                (row.cut and whole.startswith(kind))
                or kind in {"Model", "Functional"}
                or whole.split(" ", maxsplit=1)[0] == row.name
                or whole == f"{row.name} ({row.kind})"
                or whole.endswith(f"({row.kind})")
            ):
                kind = whole
        value.append([kind, list(row.shape), Shown(str(row.params))])
    if len(value) == len(documented) + 1 and rows[0].kind == "InputLayer":
        return value[1:]
    return value


def _totals(table: Table, documented: Any) -> Any:
    names = ("total", "trainable", "non_trainable")
    if not set(names) <= set(table.totals):
        return None
    numbers = {name: Shown(str(table.totals[name])) for name in names}
    return numbers if isinstance(documented, dict) else list(numbers.values())
