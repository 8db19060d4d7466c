"""Whether a claim holds in an environment, and what it measures there, whatever finding is recorded."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workshop.execution.catalogue import Catalogue
from workshop.execution.interpreter import NoRunner, other_python
from workshop.execution.planner import Profile
from workshop.execution.store import Store, default_store
from workshop.ledger import Claim, Ledger
from workshop.ledger.model import Finding
from workshop.samples.recorded import recorded_runs
from workshop.units import Part
from workshop.verification import printed_vs_recorded
from workshop.verification.engine import Engine
from workshop.verification.results import Record
from workshop.verification.verdicts import VERIFIED

_REFUTED = Finding(verdict="refuted", reason="asks whether the recorded runs exclude it")


@dataclass(frozen=True)
class Evaluation:
    """Whether the documented value, or its correction, holds by the claim's rule; what was measured."""

    holds: bool
    measured: Any
    reason: str
    versions: Mapping[str, str]


def evaluate(claim: Claim, ledger: Ledger, python: Path) -> Evaluation | str:
    """Evaluate a claim without its finding in an interpreter's environment; return why not if it can't be."""
    engine = Engine(ledger, shortest_profile(claim), store=default_store(), python=python)
    try:
        record = _verify(engine, claim, None)
        holds, reason = record.verdict in VERIFIED, record.reason
        if not holds and (record.measured is None or not _refutes(engine, claim, record)):
            return reason
        if not holds and claim.rule.needs_sample and claim.correct is None:
            runs = recorded_runs(claim, engine.environment.facts())
            reason = printed_vs_recorded.answer(runs, claim.documented).detail
        return Evaluation(holds, record.measured, reason, engine.environment.versions)
    except NoRunner as error:
        return str(error)
    finally:
        _close(python)


def shortest_profile(claim: Claim) -> Profile:
    """Return the shortest profile that decides a claim."""
    return "full" if claim.full_only else "default"


def find_parts(claim: Claim, catalogue: Catalogue) -> list[Part]:
    """Return the functions that decide a claim, and those whose outcomes they take."""
    waiting = [catalogue.owner(measure, claim.id) for measure in claim.measures().values()]
    found: dict[str, Part] = {}
    while waiting:
        part = waiting.pop()
        found[part.key] = part
        waiting += [other for unit in part.units for other in catalogue.parts.get(unit, ())]
    return list(found.values())


def depends_on_chance(parts: Iterable[Part]) -> bool:
    """Whether what functions measure depends on seeds or the clock, so that it is no value to compare."""
    return any(part.stochastic or "clock" in part.needs for part in parts)


def estimate_seconds(parts: Iterable[Part]) -> float:
    """Return the seconds that one run of functions in the full profile usually takes."""
    timings = Store(default_store()).read_timings()
    return sum(timings.get(part.key, 0.0) for part in parts)


def _verify(engine: Engine, claim: Claim, finding: Finding | None) -> Record:
    (record,) = engine.verify([claim.model_copy(update={"finding": finding})]).claims
    return record


def _refutes(engine: Engine, claim: Claim, record: Record) -> bool:
    """Whether what was measured for a claim that was not verified shows that it does not hold.

    Runs that are unlike those recorded for their versions show nothing: the recorded runs may be of other
    versions than they say. They are alike if the printed value is confirmed or refuted.
    """
    if record.verdict not in {"failed", "unavailable"}:  # the latter where a substitute disagrees
        return False
    printed = claim.model_copy(update={"correct": None})
    return not claim.rule.needs_sample or any(
        _verify(engine, printed, finding).verdict in VERIFIED for finding in (None, _REFUTED)
    )


def _close(python: Path) -> None:
    """End the interpreter, which may have loaded TensorFlow: no environment is asked twice."""
    with contextlib.suppress(NoRunner):
        other_python(python).close()
    other_python.cache_clear()
