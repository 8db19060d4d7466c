"""What a claim gives in an environment, whatever finding is recorded, and where two environments differ."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workshop.book import Book
from workshop.execution.catalogue import Catalogue
from workshop.execution.interpreter import NoRunner, other_python
from workshop.execution.store import default_store
from workshop.ledger import Claim
from workshop.samples.repeats import Leaf, as_leaf, compare_entries, entries, unit_repeats
from workshop.units import Part
from workshop.values import is_number, named_leaves
from workshop.verification.engine import Engine
from workshop.verification.verdicts import VERIFIED
from workshop.wording.pairs import side_by_side

# a number of a part that has no recorded repeats may differ by this share of its size
UNRECORDED = 1e-4
# and a measured number beyond its first nine digits
NINE_DIGITS = 1e-9


@dataclass(frozen=True)
class Evaluation:
    """What a claim gives with the `versions` of an environment: what is compared, and what is shown.

    `holds` : whether the documented value, or its correction, holds by the claim's rule. Of a claim that
    draws random numbers it is None: then `numbers` are those of the first recorded `seeds` of its parts, in
    the form in which a default run computes them. `numbers` : by path. `tolerances` : by how much numbers
    may differ. `measured` : the measured value, or what was repeated in words.
    """

    holds: bool | None
    measured: Any
    reason: str
    versions: Mapping[str, str]
    numbers: Mapping[str, Leaf]
    tolerances: Mapping[str, float]
    seeds: tuple[int, ...] = ()


def of_value(holds: bool, measured: Any, reason: str, versions: Mapping[str, str]) -> Evaluation:
    """Return the evaluation of a measured value, whose numbers are compared to nine digits."""
    numbers = {path: as_leaf(value) for path, value in named_leaves(measured)}
    tolerances = {path: NINE_DIGITS * abs(value) for path, value in numbers.items() if is_number(value)}
    return Evaluation(holds, measured, reason, versions, numbers, tolerances)


def evaluate(claim: Claim, book: Book, python: Path) -> Evaluation | str:
    """Evaluate a claim without its finding in an interpreter's environment; return why not if it can't be."""
    engine = Engine(book, store=default_store(), python=python)
    try:
        catalogue = engine.catalogue([claim])
        if draws_numbers(find_parts(claim, catalogue)):
            return _repeat_seeds(_measured_parts(claim, catalogue), engine)
        engine.profile = "full" if claim.full_only else "default"
        (record,) = engine.verify([claim.model_copy(update={"finding": None})]).claims
        holds = record.verdict in VERIFIED
        # unavailable with a value: a substitute disagrees
        if not holds and (record.measured is None or record.verdict not in {"failed", "unavailable"}):
            return record.reason
        return of_value(holds, record.measured, record.reason, engine.environment.versions)
    except NoRunner as error:
        return str(error)
    finally:
        with contextlib.suppress(NoRunner):  # it may have loaded TensorFlow, and is used once
            other_python(python).close()
        other_python.cache_clear()


def find_parts(claim: Claim, catalogue: Catalogue) -> tuple[Part, ...]:
    """Return the functions that decide a claim, and those whose outcomes they take."""
    return catalogue.with_upstream(_measured_parts(claim, catalogue))


def draws_numbers(parts: Iterable[Part]) -> bool:
    """Whether functions draw random numbers, so that one recorded seed of theirs is repeated."""
    return any(part.stochastic for part in parts)


def takes_time(parts: Iterable[Part]) -> bool:
    """Whether what functions measure depends on the clock, so that it is not a value to compare."""
    return any("clock" in part.needs for part in parts)


def _measured_parts(claim: Claim, catalogue: Catalogue) -> list[Part]:
    return catalogue.owners(claim.measures().values(), claim.id)


def _repeat_seeds(parts: Sequence[Part], engine: Engine) -> Evaluation | str:
    """Return what parts give on their first recorded seeds, or why one gives nothing."""
    jobs = engine.run(parts, "reference")
    numbers: dict[str, Leaf] = {}
    tolerances: dict[str, float] = {}
    for part in parts:
        job = jobs[part.key]
        if job.blocked:
            return f"{part.unit}: {job.blocked}"
        if why := engine.made[job.key].failure:
            return why
        # of the newest versions, not of an era
        unit = unit_repeats(part.unit, {"device": engine.environment.device}, engine.book.samples)
        recorded = unit.parts[part.name].numbers if unit is not None and part.name in unit.parts else {}
        for path, value in entries(engine.made[job.key].outcome).items():
            name = f"{part.key} {path}"
            numbers[name] = value
            if path in recorded:
                tolerances[name] = recorded[path].tolerance(other_versions=False)
            elif is_number(value):
                tolerances[name] = UNRECORDED * abs(value)
    seeds = tuple(dict.fromkeys(seed for part in parts for seed in jobs[part.key].seeds[:1]))
    measured = f"{len(numbers)} numbers" + (f" of seed {', '.join(map(str, seeds))}" if seeds else "")
    return Evaluation(None, measured, "", engine.environment.versions, numbers, tolerances, seeds)


def find_difference(before: Evaluation, after: Evaluation) -> str | None:
    """Return the first number or word in which two evaluations differ, with both values, or None.

    Numbers differ if they do by more than their tolerance. They come before words, which may be mere names.
    """

    def tolerance(path: str) -> float:
        return max(each.tolerances.get(path, 0.0) for each in (before, after))

    found = compare_entries(None, before.numbers, after.numbers, tolerance).differences
    if not found:
        return None
    first = next((each for each in found if each.tolerance), found[0])
    was, now = (each.numbers.get(first.path, "missing") for each in (before, after))
    text = f"{first.path} {' → '.join(side_by_side(was, now, 60))}".lstrip()
    if before.holds is not None:
        return text
    facts = [f"seed {seed}" for seed in before.seeds]
    facts += [f"tolerance {first.tolerance:.1e}"] if first.tolerance else []
    return f"{text} ({', '.join([*facts, f'{len(found)} of {len(before.numbers)} numbers differ'])})"
