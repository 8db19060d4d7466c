"""A notebook's outputs to readings of claims: the reader's values, in the form that the ledger has.

Other values than logs and summaries are those that a claim's printed value equals. One that differs is only
taken where the unit's patterns say that the code shows just this one.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Literal

from workshop.checking.notebook.cells import Cell
from workshop.checking.notebook.code import CellCode, read_code
from workshop.checking.notebook.gathering import Gathered, gather
from workshop.checking.notebook.keras_text import SummaryTable
from workshop.checking.notebook.recognising import KnownCode, known_units, recognise
from workshop.checking.notebook.values import Shown, read_values
from workshop.ledger import Claim, ledger
from workshop.ledger.rules import OrderOverRuns, PrintedAmongRuns, Rule, Within
from workshop.paths import follow
from workshop.statistics.own_number import ROUNDING
from workshop.values import half_digit, is_number, named_leaves, plain


@dataclass(frozen=True)
class Reading:
    """A reader's value of a claim, and the cell that shows it.

    `edits` : where the model differs. `code` : whether its network and settings are the book's. `why` : why
    the value can't be compared, "" if it can. `shown` : False for settings, which are read from the code.
    """

    claim: Claim
    value: Any
    cell: int
    edits: tuple[str, ...] = ()
    why: str = ""
    code: Literal["", "same", "other"] = ""
    shown: bool = True


@dataclass(frozen=True)
class Readings:
    """What was read of a notebook: readings, code cells, and those in which nothing was matched."""

    readings: tuple[Reading, ...]
    cells: int
    unmatched: int


def read_claims(cells: Sequence[Cell]) -> Readings:
    """Return the readings of the ledger's claims in a notebook; where it is not sure, none."""
    codes = read_code([cell.code for cell in cells])
    recognised = recognise(codes)
    gathered = gather(cells, recognised)
    readings: dict[str, Reading] = {}
    for unit, its in gathered.items():
        for claim in ledger().units[unit].claims:
            if is_shown(claim) and (reading := _of_model(claim, its)) is not None:
                readings[claim.id] = reading
    for cell, code, units in zip(cells, codes, recognised.units, strict=True):
        for claim, value in shown_values(cell, code, units, set(readings)):
            readings[claim.id] = Reading(claim, value, cell.number)
    # claims that say something else of a value that was read
    readings |= {
        claim.id: Reading(claim, reading.value, reading.cell)
        for reading in readings.values()
        for claim in ledger().units[reading.claim.unit].claims
        if claim.id not in readings and is_shown(claim) and claim.rule.needs_sample
        if claim.measures() == reading.claim.measures() and len(claim.measures()) == 1
    }
    used = {reading.cell for reading in readings.values()}
    order = {claim: place for place, claim in enumerate(ledger().claims)}
    ordered = sorted(readings.values(), key=lambda reading: order[reading.claim.id])
    with_code = [cell for cell in cells if cell.code.strip() and (cell.stdout.strip() or cell.result.strip())]
    return Readings(tuple(ordered), len(with_code), sum(cell.number not in used for cell in with_code))


# Models


def _of_model(claim: Claim, gathered: Gathered) -> Reading | None:
    value, place = _value_of(claim, gathered)
    if value is None:
        return None
    shown = place != "settings"
    return Reading(claim, value, gathered.cells[place], gathered.edits, code=gathered.code, shown=shown)


def _value_of(claim: Claim, gathered: Gathered) -> tuple[Any, str]:
    """Return a claim's value as it was gathered, None if it was not, and the field that it is from."""
    table = gathered.tables.get(claim.name)
    if table is not None:
        read = _totals if "param" in claim.name else layers_of
        return read(table, claim.documented), claim.name
    if claim.name in {"training_setup", "n_train_val", "split_sizes", "steps"}:
        return _of_training(claim, gathered.outcome)
    part = getattr(claim.rule, "documents", None)
    values: dict[str, Any] = {}
    place = ""
    for name, measure in claim.measures().items():
        field, steps = measure.field, measure.steps
        if field == "fresh" and steps and isinstance(steps[0], str):  # the first of two trainings
            field, steps = steps[0], steps[1:]
        if measure.unit == claim.unit and field in gathered.outcome and part in {None, name}:
            with contextlib.suppress(LookupError):
                values["" if part is not None else name], place = (
                    follow(gathered.outcome[field], steps),
                    field,
                )
    values = {name: value for name, value in values.items() if value != []}
    whole = (
        part is not None or isinstance(claim.rule, PrintedAmongRuns) or len(values) == len(claim.measures())
    )
    if not values or not whole or isinstance(claim.rule, OrderOverRuns):
        return None, ""  # a statement needs all that it is about
    return values[""] if set(values) == {""} else values, place


def _of_training(claim: Claim, outcome: Mapping[str, Any]) -> tuple[Any, str]:
    documented, ran = claim.documented, outcome.get("ran", {})
    if claim.name == "training_setup":
        settings = outcome.get("settings", {})
        single = (name for name, printed in documented.items() if is_number(printed))
        return {name: settings[name] for name in single if name in settings} or None, "settings"
    if claim.name == "steps":
        return outcome.get("steps"), "steps"
    if not isinstance(documented, dict):
        return ran.get("n_train_val"), "ran"
    if "samples" in documented:
        return {"samples": ran["samples"]} if ran.get("samples") else None, "ran"
    return outcome.get("sizes"), "sizes"


def layers_of(table: SummaryTable, documented: Any) -> Any:
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
    return value[1:] if len(value) == len(documented) + 1 and rows[0].kind == "InputLayer" else value


def _totals(table: SummaryTable, documented: Any) -> Any:
    names = ("total", "trainable", "non_trainable")
    if not set(names) <= set(table.totals):
        return None
    numbers = {name: Shown(str(table.totals[name])) for name in names}
    return numbers if isinstance(documented, dict) else list(numbers.values())


_MOST = 100  # values of a cell; longer outputs are logs
_MOST_RETURNED = 6  # of a function

Leaves = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class _Form:
    """One printed form of a claim: its leaves, and whether a match is too specific to be a coincidence."""

    claim: Claim
    alone: bool
    leaves: Leaves
    enough: bool


@cache
def forms_of(unit: str) -> tuple[list[_Form], list[_Form]]:
    """Return the printed forms of a unit's claims: as documented, and as notebook or right value."""
    known = known_units()[unit]
    summaries = {name for model in known.models.values() for name in (model.summary, model.params)}
    claims = [
        claim
        for claim in ledger().units[unit].claims
        if is_shown(claim) or claim.name in known.reads
        if claim.rule.needs_run and claim.name not in summaries
    ]
    others = [
        _form(claim, value)
        for claim in claims
        for value in (claim.notebook, claim.correct, getattr(claim.finding, "instead", None))
        if value is not None
    ]
    return [_form(claim, claim.documented) for claim in claims], others


def is_shown(claim: Claim) -> bool:
    """Whether a notebook shows a claim's value, as the authors' does; others are said in the text."""
    return not claim.ours and claim.notebook is not None


def _form(claim: Claim, value: Any) -> _Form:
    value = plain(value)
    its = tuple(named_leaves(value))
    shown = tuple((path, Shown(repr(leaf)) if is_number(leaf) else leaf) for path, leaf in its)
    return _Form(claim, not isinstance(value, list | dict), its, _says_enough(shown))


def shown_values(
    cell: Cell, code: CellCode, units: Sequence[KnownCode], taken: set[str]
) -> Iterator[tuple[Claim, Any]]:
    """Yield the claims whose values a cell shows, and the values, without claims that are `taken`."""
    values = [*read_values(cell.stdout), *read_values(cell.result)] if units and code.words else []
    texts = [line.strip() for line in cell.stdout.split("\n") if line.strip()]
    if not units or not code.words or len(values) > _MOST or len(texts) > _MOST:
        return
    single = len(values) == len(code.shows)
    shown_by_any = [text for shown in code.shows for text in shown]
    shows = code.shows if single else [shown_by_any] * len(values)
    rest: list[tuple[Any, list[str]]] = []
    wholes = [*values, *texts, *_together(values)]
    # the parts of a value that is a claim's as a whole are not looked at: `rest` is complete by then
    for place, value in enumerate(chain(wholes, _apart(value for value, _ in rest))):
        shown = shows[place] if place < len(values) else shown_by_any
        form = _equal_form(value, shown, units, taken)
        if form is not None:
            taken.add(form.claim.id)
            yield form.claim, _alone(value, alone=form.alone)
        elif place < len(values):
            rest.append((value, shown))
    for whole, (source, *sources) in rest if single else ():
        returned = isinstance(whole, list) and len(whole) == len(sources)
        parts = zip(whole, sources, strict=True) if returned else ()
        for value, text, its in [(whole, source, units[:1]), *((*part, units) for part in parts)]:
            form = _named_form(value, text, its, taken)
            if form is not None:
                taken.add(form.claim.id)
                yield form.claim, _alone(value, alone=form.alone)


def _together(values: Sequence[Any]) -> Iterator[Any]:
    """Yield the values of a cell as one list, and its texts as one."""
    if 2 <= len(values) <= 6:
        yield list(values)
        texts = [value for value in values if isinstance(value, str)]
        if len(texts) < len(values):
            yield texts


def _apart(values: Iterable[Any]) -> Iterator[Any]:
    """Yield the items of what a function returned: a few numbers and lists of different lengths."""
    for value in values:
        sizes = (
            {len(item) if isinstance(item, list | dict) else 0 for item in value}
            if isinstance(value, list)
            else ()
        )
        if len(sizes) > 1 and len(value) <= _MOST_RETURNED:
            yield from value


def _alone(value: Any, *, alone: bool) -> Any:
    """Return the only item of a list where a single value is printed."""
    return value[0] if alone and isinstance(value, list) and len(value) == 1 else value


def _equal_form(
    value: Any, shown: Sequence[str], units: Sequence[KnownCode], taken: set[str]
) -> _Form | None:
    """Return the first claim's form that a value equals, if it says enough or the code names it."""
    forms = {alone: tuple(named_leaves(_alone(value, alone=alone))) for alone in (False, True)}
    enough = _says_enough(forms[False])
    for source in (0, 1):
        for unit in units:
            for form in forms_of(unit.unit)[source]:
                if form.claim.id in taken or not _equals(forms[form.alone], form.leaves, form.claim.rule):
                    continue
                if (enough and form.enough) or _is_named(form.claim, unit, shown):
                    return form
    return None


def _named_form(value: Any, shown: str, units: Sequence[KnownCode], taken: set[str]) -> _Form | None:
    """Return the claim's form that the code says is shown, if a value has its structure."""
    for unit, form in ((its, form) for its in units for form in forms_of(its.unit)[0]):
        claim = form.claim
        if claim.kind == "exact" and not any(isinstance(leaf, float) for _, leaf in form.leaves):
            continue  # counts and shapes that differ may be those of something else
        mine = tuple(named_leaves(_alone(value, alone=form.alone)))
        # the same structure, with numbers and words in the same places
        one, other = ([(path, isinstance(leaf, str)) for path, leaf in its] for its in (mine, form.leaves))
        if claim.id not in taken and one == other and _is_named(claim, unit, [shown]):
            return form
    return None


def _is_named(claim: Claim, unit: KnownCode, shown: Sequence[str]) -> bool:
    pattern = unit.reads.get(claim.name)
    return pattern is not None and any(re.search(pattern, code) for code in shown)


def _says_enough(value: Leaves) -> bool:
    """Whether a value is equal to another by no chance: three numbers or words, or five digits."""
    leaves = [leaf for _, leaf in value]
    numbers = [leaf.text.lower() for leaf in leaves if isinstance(leaf, Shown)]
    digits = [re.sub(r"e.*|\D", "", text).strip("0") for text in numbers]
    words = " ".join(leaf for leaf in leaves if isinstance(leaf, str))
    different = {leaf for leaf in leaves if isinstance(leaf, str | float)}
    many = len(different) >= 3 or (len(different) >= 2 and len(leaves) >= 6)
    return many or any(len(each) >= 5 for each in digits) or len(words.split()) >= 4


def _equals(mine: Leaves, theirs: Leaves, rule: Rule) -> bool:
    """Whether a value equals a claim's; the order of a mapping does not count."""
    if not 0 < len(mine) == len(theirs):
        return False
    leaves = dict(mine)
    return all(path in leaves and _leaf_equals(leaves[path], leaf, rule) for path, leaf in theirs)


def _leaf_equals(mine: Any, theirs: Any, rule: Rule) -> bool:
    if isinstance(mine, Shown) and is_number(theirs):
        if isinstance(theirs, int):
            return float(mine) == theirs
        # processors differ in last digits
        allowed = rule.allowed(theirs) if isinstance(rule, Within) else ROUNDING
        if theirs.is_integer():
            return bool(abs(mine - theirs) <= allowed)
        decimals = len(mine.text.partition(".")[2]) if "e" not in mine.text.lower() else 12
        half = max(half_digit(theirs), 0.5 * 10.0**-decimals)
        return bool(abs(mine - theirs) <= max(half * (1 + 1e-9), allowed))
    return type(mine) is type(theirs) and bool(mine == theirs)
