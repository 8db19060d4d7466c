"""A notebook's outputs to readings of claims: the reader's values, in the form that the ledger has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workshop.checking.code import CellCode, read_code
from workshop.checking.gathering import Gathered, gather
from workshop.checking.keras_text import Table
from workshop.checking.reading import Cell
from workshop.checking.recognising import Known, recognise
from workshop.checking.shown import Shown, leaves
from workshop.checking.values import read_values
from workshop.ledger import Claim, Ledger
from workshop.ledger.rules import OrderOverRuns, PrintedAmongRuns
from workshop.ledger.values import half_digit, is_number, plain
from workshop.paths import follow

_MOST = 200  # values of a cell; longer outputs are logs


@dataclass(frozen=True)
class Reading:
    """A reader's value of a claim, and the cell that shows it. `edits` : where the model differs."""

    claim: Claim
    value: Any
    cell: int
    edits: tuple[str, ...] = ()


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
            if _is_shown(claim) and (reading := _of_model(claim, its)) is not None:
                readings[claim.id] = reading
    for cell, code, units in zip(cells, codes, recognised.units, strict=True):
        for reading in _of_cell(cell, code, units, ledger, readings):
            readings[reading.claim.id] = reading
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
        if claim.id not in readings and _is_shown(claim) and claim.rule.needs_sample
        if claim.measures() == reading.claim.measures() and len(claim.measures()) == 1
    }


# Models


def _of_model(claim: Claim, gathered: Gathered) -> Reading | None:
    table = gathered.tables.get(claim.name)
    if table is not None:
        value = (
            _totals(table, claim.documented) if "param" in claim.name else _layers(table, claim.documented)
        )
        return None if value is None else Reading(claim, value, gathered.cells[claim.name], gathered.edits)
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
    return Reading(claim, value, gathered.cells[used[-1]], gathered.edits)


def _of_training(claim: Claim, gathered: Gathered) -> Reading | None:
    outcome = gathered.outcome
    if claim.name == "training_setup":
        settings = outcome.get("settings", {})
        value: Any = {name: settings[name] for name in claim.documented if name in settings}
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
    return Reading(claim, value, gathered.cells[place], gathered.edits) if value else None


def _layers(table: Table, documented: Any) -> Any:
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
                (len(kind) >= 5 and whole.startswith(kind))
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


# Other outputs


def _of_cell(
    cell: Cell, code: CellCode, units: Sequence[Known], ledger: Ledger, known: Mapping[str, Reading]
) -> Iterator[Reading]:
    """Yield the claims whose values a cell shows: equal to the printed ones, or where the code says so."""
    values = [*read_values(cell.stdout), *read_values(cell.result)]
    texts = [line.strip() for line in cell.stdout.split("\n") if line.strip()]
    if not units or len(values) > _MOST or len(texts) > _MOST:
        return
    taken = set(known)
    single = len(values) == len(code.shows)
    shows = [[show] for show in code.shows] if single else [code.shows] * len(values)
    rest = []
    for place, value in enumerate([*values, *texts, *_together(values)]):
        shown = shows[place] if place < len(values) else code.shows
        claim = _equal_claim(value, shown, units, ledger, taken)
        if claim is not None:
            taken.add(claim.id)
            yield Reading(claim, _alone(value, plain(claim.documented)), cell.number)
        elif place < len(values):
            rest.append((value, shown))
    for value, shown in rest if single else ():
        claim = _read_claim(value, shown[0], units, ledger, taken)
        if claim is not None:
            taken.add(claim.id)
            yield Reading(claim, _alone(value, plain(claim.documented)), cell.number)


def _together(values: Sequence[Any]) -> Iterator[Any]:
    """Yield the values of a cell as one list, and its texts as one."""
    if 2 <= len(values) <= 6:
        yield list(values)
        texts = [value for value in values if isinstance(value, str)]
        if len(texts) < len(values):
            yield texts


def _alone(value: Any, printed: Any) -> Any:
    """Return the only item of a list where a single value is printed."""
    alone = isinstance(value, list) and len(value) == 1 and not isinstance(printed, list | dict)
    return value[0] if alone else value


def _claims(units: Sequence[Known], ledger: Ledger, taken: set[str]) -> Iterator[tuple[Known, Claim]]:
    for unit in units:
        summaries = {name for model in unit.models.values() for name in (model.summary, model.params)}
        for claim in ledger.units[unit.unit].claims:
            if (
                _is_shown(claim)
                and claim.rule.needs_run
                and claim.id not in taken
                and claim.name not in summaries
            ):
                yield unit, claim


def _is_shown(claim: Claim) -> bool:
    """Whether a notebook shows a claim's value, as the authors' does; others are said in the text."""
    return not claim.ours and claim.notebook is not None


def _equal_claim(
    value: Any, shown: Sequence[str], units: Sequence[Known], ledger: Ledger, taken: set[str]
) -> Claim | None:
    """Return the first claim whose printed, right or changed value this is, if the value says enough."""
    for sources in (("documented",), ("notebook", "correct", "instead")):
        for unit, claim in _claims(units, ledger, taken):
            for printed in (getattr(claim, name, getattr(claim.finding, name, None)) for name in sources):
                if printed is None or not _equals(_alone(value, plain(printed)), plain(printed)):
                    continue
                if (_says_enough(value) and _says_enough(_as_shown(printed))) or _is_named(
                    claim, unit, shown
                ):
                    return claim
    return None


def _read_claim(
    value: Any, shown: str, units: Sequence[Known], ledger: Ledger, taken: set[str]
) -> Claim | None:
    """Return the claim that the code says is shown, if a value has the form of the printed one."""
    for unit, claim in _claims(units[:1], ledger, taken):
        pattern = unit.reads.get(claim.name)
        printed = plain(claim.documented)
        if claim.kind == "exact" and not any(isinstance(leaf, float) for _, leaf in leaves(printed)):
            continue  # counts and shapes that differ may be those of something else
        if pattern and re.search(pattern, shown) and _same_form(_alone(value, printed), printed):
            return claim
    return None


def _is_named(claim: Claim, unit: Known, shown: Sequence[str]) -> bool:
    pattern = unit.reads.get(claim.name)
    return pattern is not None and any(re.search(pattern, code) for code in shown)


def _says_enough(value: Any) -> bool:
    """Whether a value is equal to a printed one by no chance: three numbers or words, or four digits."""
    found = [leaf for _, leaf in leaves(value)]
    digits = [
        re.sub(r"e.*|\D", "", leaf.text.lower()).strip("0") for leaf in found if isinstance(leaf, Shown)
    ]
    words = " ".join(leaf for leaf in found if isinstance(leaf, str))
    different = {leaf for leaf in found if isinstance(leaf, str | float)}
    many = len(different) >= 3 or (len(different) >= 2 and len(found) >= 6)
    return many or any(len(each) >= 5 for each in digits) or len(words.split()) >= 4


def _as_shown(printed: Any) -> Any:
    found = [leaf for _, leaf in leaves(plain(printed))]
    return [Shown(repr(leaf)) if is_number(leaf) else leaf for leaf in found]


def _equals(value: Any, printed: Any) -> bool:
    mine, theirs = list(leaves(value)), list(leaves(printed))
    if [path for path, _ in mine] != [path for path, _ in theirs] or not mine:
        return False
    return all(_leaf_equals(a, b) for (_, a), (_, b) in zip(mine, theirs, strict=True))


def _leaf_equals(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, Shown) and is_number(theirs):
        if isinstance(theirs, int):
            return float(mine) == theirs
        decimals = len(mine.text.partition(".")[2]) if "e" not in mine.text.lower() else 12
        half = max(half_digit(theirs), 0.5 * 10.0**-decimals)
        return bool(abs(mine - theirs) <= half * (1 + 1e-9))
    return type(mine) is type(theirs) and bool(mine == theirs)


def _same_form(value: Any, printed: Any) -> bool:
    mine, theirs = list(leaves(value)), list(leaves(printed))
    kinds = [[(path, isinstance(leaf, str)) for path, leaf in side] for side in (mine, theirs)]
    rankings = isinstance(printed, list) and all(isinstance(row, list) and len(row) == 2 for row in printed)
    return kinds[0] == kinds[1] or (rankings and len(mine) == len(theirs) and isinstance(value, list))
