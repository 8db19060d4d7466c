"""What a claim comes to in an environment, whatever finding is recorded: does it hold, what is measured."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workshop.execution.catalogue import Catalogue
from workshop.execution.interpreter import NoRunner, other_python
from workshop.execution.planner import Profile
from workshop.execution.store import Store, default_store
from workshop.ledger import Claim, Ledger
from workshop.ledger.model import Finding
from workshop.ledger.values import ShapeMismatch, brief, pairs
from workshop.samples.recorded import recorded_runs
from workshop.units import Part
from workshop.verification.engine import Engine
from workshop.verification.printed_vs_recorded import answer as statement
from workshop.verification.results import Record
from workshop.verification.verdicts import VERIFIED

_REFUTED = Finding(verdict="refuted", reason="asked whether the recorded runs exclude it")


class NoAnswer(Exception):
    """An environment can't tell what a claim comes to; the message says why in one line."""


@dataclass(frozen=True)
class Answer:
    """Whether the documented value, or its correction, holds by the claim's rule; what was measured."""

    holds: bool
    measured: Any
    reason: str
    versions: Mapping[str, str]


def answer(claim: Claim, ledger: Ledger, python: Path) -> Answer:
    """Decide a claim in the environment of an interpreter, leaving out its finding; raises NoAnswer.

    The default profile decides it if it can.
    """
    engine = Engine(ledger, profile(claim), store=default_store(), python=python)
    try:
        record = _record(engine, claim, None)
        reason = record.reason
        if record.verdict in VERIFIED:
            holds = True
        elif record.measured is not None and _decided_against(engine, claim, record):
            holds = False
            if claim.rule.needs_sample and claim.correct is None:
                reason = statement(recorded_runs(claim, engine.environment.facts()), claim.documented).detail
        else:
            raise NoAnswer(record.reason)
    except NoRunner as error:
        raise NoAnswer(str(error)) from None
    finally:
        _end(python)
    return Answer(holds, record.measured, reason, engine.environment.versions)


def difference(before: Any, after: Any) -> str | None:
    """Return the first number or word that differs between two measured values as they are told, or None."""
    try:
        for where, was, now in pairs(before, after):
            if brief(was) != brief(now):
                place = f"{where.lstrip('.')} " if where else ""
                return f"{place}{brief(was, 60)} → {brief(now, 60)}"
    except ShapeMismatch as mismatch:
        return str(mismatch)
    return None


def by_chance(claim: Claim, catalogue: Catalogue) -> bool:
    """Whether what a claim measures depends on seeds or the clock, so that it is no value to compare."""
    return any(catalogue.stochastic(part) or "clock" in part.needs for part in _owners(claim, catalogue))


def libraries(claim: Claim, catalogue: Catalogue) -> set[str]:
    """Return the import names of the libraries that the functions deciding a claim use."""
    return {name for part in _owners(claim, catalogue) for name in part.uses}.union(
        *(catalogue.libraries(unit) for part in _owners(claim, catalogue) for unit in part.units)
    )


def profile(claim: Claim) -> Profile:
    """Return the shortest profile that decides a claim."""
    return "full" if claim.full_only else "default"


def usual_duration(claim: Claim, catalogue: Catalogue) -> float:
    """Return the seconds that one run of a claim's functions in the full profile usually takes."""
    seconds = Store(default_store()).read_timings()
    waiting, keys = _owners(claim, catalogue), set()
    while waiting:
        part = waiting.pop()
        keys.add(part.key)
        waiting += [each for unit in part.units for each in catalogue.parts.get(unit, ())]
    return sum(seconds.get(key, 0.0) for key in keys)


def _owners(claim: Claim, catalogue: Catalogue) -> list[Part]:
    quantities = claim.measures().values()
    return [catalogue.owner(measure, claim.id) for measure in quantities]


def _record(engine: Engine, claim: Claim, finding: Finding | None) -> Record:
    (record,) = engine.verify([claim.model_copy(update={"finding": finding})]).claims
    return record


def _decided_against(engine: Engine, claim: Claim, record: Record) -> bool:
    """Whether a claim that was not verified, though something was measured, is shown not to hold."""
    if record.verdict not in {"failed", "unavailable"}:  # the latter where a substitute disagrees
        return False
    return not claim.rule.needs_sample or _like_the_recorded(engine, claim)


def _like_the_recorded(engine: Engine, claim: Claim) -> bool:
    """Whether today's runs are like those recorded for their versions, so that the statement is what failed.

    They are if the printed value is confirmed or refuted; if they are unlike, the recorded runs say nothing
    of them, and the versions for which these were recorded may be wrong.
    """
    printed = claim.model_copy(update={"correct": None})
    return any(_record(engine, printed, finding).verdict in VERIFIED for finding in (None, _REFUTED))


def _end(python: Path) -> None:
    """End the interpreter, which may hold a TensorFlow: no environment is asked twice."""
    with contextlib.suppress(NoRunner):
        other_python(python).close()
    other_python.cache_clear()
