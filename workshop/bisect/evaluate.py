"""What a claim gives in an environment, whatever finding is recorded: it holds or not, or a repeated seed."""

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
from workshop.samples.repeats import Leaf, entries, unit_repeats
from workshop.units import Part
from workshop.verification.engine import Engine
from workshop.verification.verdicts import VERIFIED

# a number of a part that has no recorded repeats may differ by this share of its size
UNRECORDED = 1e-4


@dataclass(frozen=True)
class RepeatedSeed:
    """What a part gives on its first recorded seed, in the form in which a default run computes it.

    `seed` is None if it draws nothing. `numbers` : by path. `tolerances` : by how much each may differ.
    """

    seed: int | None
    numbers: Mapping[str, Leaf]
    tolerances: Mapping[str, float]


@dataclass(frozen=True)
class Evaluation:
    """Whether the documented value, or its correction, holds by the claim's rule; what was measured.

    Of a claim that draws random numbers, `holds` is None and `measured` has a `RepeatedSeed` of each part, by
    key.
    """

    holds: bool | None
    measured: Any
    reason: str
    versions: Mapping[str, str]


def evaluate(claim: Claim, book: Book, python: Path) -> Evaluation | str:
    """Evaluate a claim without its finding in an interpreter's environment; return why not if it can't be."""
    engine = Engine(book, store=default_store(), python=python)
    try:
        catalogue = engine.catalogue([claim])
        if draws_numbers(find_parts(claim, catalogue)):
            seeds = _repeat_seed(_measured_parts(claim, catalogue), engine)
            return (
                seeds if isinstance(seeds, str) else Evaluation(None, seeds, "", engine.environment.versions)
            )
        engine.profile = "full" if claim.full_only else "default"
        (record,) = engine.verify([claim.model_copy(update={"finding": None})]).claims
        holds = record.verdict in VERIFIED
        # unavailable with a value: a substitute disagrees
        if not holds and (record.measured is None or record.verdict not in {"failed", "unavailable"}):
            return record.reason
        return Evaluation(holds, record.measured, record.reason, engine.environment.versions)
    except NoRunner as error:
        return str(error)
    finally:
        _close(python)


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


def _repeat_seed(parts: Sequence[Part], engine: Engine) -> dict[str, RepeatedSeed] | str:
    """Return what parts give on their first recorded seed by key, or why one gives nothing."""
    jobs = engine.run(parts, "reference")
    found = {}
    for part in parts:
        job = jobs[part.key]
        if job.blocked:
            return f"{part.unit}: {job.blocked}"
        if why := engine.made[job.key].failure:
            return why
        numbers = entries(engine.made[job.key].outcome)
        # of the newest versions, not of an era
        unit = unit_repeats(part.unit, {"device": engine.environment.device}, engine.book.samples)
        recorded = unit.parts[part.name].numbers if unit is not None and part.name in unit.parts else {}
        tolerances = {
            path: recorded[path].tolerance(other_versions=False)
            if path in recorded
            else UNRECORDED * abs(number)
            for path, number in numbers.items()
            if isinstance(number, int | float)
        }
        found[part.key] = RepeatedSeed(next(iter(job.seeds), None), numbers, tolerances)
    return found


def _close(python: Path) -> None:
    """End the interpreter, which may have loaded TensorFlow: each environment is used once."""
    with contextlib.suppress(NoRunner):
        other_python(python).close()
    other_python.cache_clear()
