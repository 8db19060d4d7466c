"""One outcome of each part of a unit, to be shown; nothing is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workshop.errors import WorkshopError
from workshop.execution.planner import Job, Planner
from workshop.ledger import Claim
from workshop.samples.recorded import Recordings
from workshop.units import Part


@dataclass(frozen=True)
class PartOutcome:
    """What one run of a unit's part returned.

    `seeds` : those that it rests on, none if it is deterministic; `first_steps` : whether its trainings made
    only first steps; `substitutes` : why it rests on substitutes, a line each. `digest` : the checksum
    of what is stored of it, "" if nothing is.
    """

    outcome: Any
    seeds: tuple[int, ...]
    first_steps: bool
    substitutes: tuple[str, ...]
    digest: str = ""


def first_outcomes(
    claims: Iterable[Claim],
    planner: Planner,
    recordings: Recordings,
    at_hand: Callable[[Job], Any],
    digest: Callable[[Job], str],
) -> dict[str, tuple[PartOutcome, ...]]:
    """Return an outcome of each part of the claims' units for which `at_hand` has one, not None.

    It is that of the documented procedure on the first seed, else of the recorded run that is repeated here.
    First steps are not shown. A unit without any is left out.
    """
    by_unit: dict[str, list[Claim]] = {}
    for claim in claims:
        by_unit.setdefault(claim.unit, []).append(claim)
    found: dict[str, tuple[PartOutcome, ...]] = {}
    for unit, own in by_unit.items():
        repeated = _repeated(own, recordings)
        jobs = [_jobs(part, repeated, planner) for part in planner.catalogue.parts.get(unit, ())]
        parts = [part for several in jobs if (part := _first(several, at_hand, digest)) is not None]
        if parts:
            found[unit] = tuple(parts)
    return found


def _repeated(claims: Sequence[Claim], recordings: Recordings) -> int:
    """Return the index of the recorded run that some of a unit's claims repeat here, or of the first one."""
    for claim in claims:
        if claim.rule.needs_sample:
            try:
                return recordings.of(claim).samples.repeated or 0
            except WorkshopError:  # no sample, or a damaged one: the claim's verdict says so
                continue
    return 0


def _jobs(part: Part, repeated: int, planner: Planner) -> Iterator[Job]:
    yield planner.job(part, 0, "full")
    yield planner.job(part, repeated, "full", "reference")


def _first(
    jobs: Iterable[Job], at_hand: Callable[[Job], Any], digest: Callable[[Job], str]
) -> PartOutcome | None:
    for job in jobs:
        outcome = None if job.blocked else at_hand(job)
        if outcome is not None:
            return PartOutcome(outcome, job.seeds, job.steps_only, job.substitutes, digest(job))
    return None
