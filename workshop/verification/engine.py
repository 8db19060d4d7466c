"""The engine: claims in, records out. Each outcome is made once, however many claims rest on it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import workshop
from workshop.ledger import Claim, Ledger
from workshop.ledger.paths import Measure, follow
from workshop.ledger.values import brief
from workshop.verification.catalogue import Catalogue, catalogue
from workshop.verification.environment import Environment, this_environment
from workshop.verification.executor import Listener, execute
from workshop.verification.jobs import Job, Planner, Profile
from workshop.verification.making import Made
from workshop.verification.results import Record, Results, summarise
from workshop.verification.store import Store, usual_seconds
from workshop.verification.verdicts import Judgement, judge, judge_printed


@dataclass(frozen=True)
class _Plan:
    """What one claim rests on: for each place in its sample, the job of each measured quantity."""

    claim: Claim
    sample: tuple[Mapping[str, Job], ...] = ()
    settled: Judgement | None = None

    @property
    def jobs(self) -> list[Job]:
        return list({job.key: job for place in self.sample for job in place.values()}.values())


@dataclass
class Engine:
    """Decides claims of one ledger under one profile; keeps what it has made for as long as it lives.

    `store` is the folder of the result store, None to ignore it; `seed_count` raises the sample of every
    stochastic claim to that many seeds; `processes` run side by side;
    with `services`, web services are asked whether they answer.

    A process computes with one thread, so that outcomes depend neither on how many run side by side nor on
    the machine's cores, and every run shares one store.
    """

    ledger: Ledger
    profile: Profile = "default"
    seed_count: int | None = None
    processes: int = 1
    threads: int = 1
    store: Path | None = None
    services: bool = False
    listener: Listener | None = None
    _made: dict[str, Made] = field(default_factory=dict)
    _planners: dict[tuple[str, ...], Planner] = field(default_factory=dict)

    def __post_init__(self) -> None:
        os.environ["WORKSHOP_THREADS"] = str(self.threads)
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

    @property
    def environment(self) -> Environment:
        """The environment in which this engine makes outcomes."""
        return this_environment(self.threads)

    def catalogue(self, claims: Iterable[Claim]) -> Catalogue:
        """Return the implemented units that these claims' chapters and measures need."""
        return self._planner(claims).catalogue

    def missing_datasets(self, claims: Sequence[Claim]) -> set[str]:
        """Return the data sets that are not here and without which some of these claims can't be decided."""
        planner = self._planner(claims)
        runnable = [c for c in claims if c.rule.needs_run and not c.pending]
        return set().union(*(planner.missing_datasets(claim) for claim in runnable)) if runnable else set()

    def verify(self, claims: Sequence[Claim]) -> Results:
        """Decide the claims and return their records, in the order given.

        Raises WiringError if a claim measures a field that no outcome has.
        """
        planner = self._planner(claims)
        plans = [self._plan(claim, planner) for claim in claims]
        store = Store(self.store) if self.store is not None else None
        timings = usual_seconds() if store is None else store.read_timings()
        execute(
            [job for plan in plans for job in plan.jobs],
            made=self._made,
            store=self.store,
            processes=self.processes,
            timings=timings,
            listener=self.listener,
        )
        fresh = {key.split("#")[0]: made.seconds for key, made in self._made.items() if not made.stored}
        if store is not None and fresh:
            store.write_timings(fresh)
        return Results(self._environment_record(), tuple(self._record(plan) for plan in plans))

    def _planner(self, claims: Iterable[Claim]) -> Planner:
        chapters = sorted(
            {m.unit[:4] for claim in claims if not claim.pending for m in claim.measures().values()}
        )
        key = tuple(chapters)
        if key not in self._planners:
            self._planners[key] = Planner(catalogue(chapters), self.environment.digest_text(), self.services)
        return self._planners[key]

    def _plan(self, claim: Claim, planner: Planner) -> _Plan:
        if claim.pending or not claim.rule.needs_run:
            return _Plan(claim, settled=judge_printed(claim, self.ledger))
        profile = self.profile
        if profile not in claim.profiles:
            sample = planner.sample(claim, "full", self.seed_count)
            if not all(self._at_hand(job) for place in sample for job in place.values()):
                why = f"only the full procedure decides it: workshop verify {claim.unit} --full"
                return _Plan(claim, settled=Judgement("deferred", None, why))
            return _Plan(claim, tuple(sample))
        sample = planner.sample(claim, profile, self.seed_count)
        blocked = next((job.blocked for place in sample for job in place.values() if job.blocked), None)
        if blocked is not None:
            return _Plan(claim, settled=Judgement("unavailable", None, blocked.reason))
        return _Plan(claim, tuple(sample))

    def _at_hand(self, job: Job) -> bool:
        if job.blocked is not None or self.store is None:
            return False
        return job.key in self._made or Store(self.store).get(job.fingerprint) is not None

    def _record(self, plan: _Plan) -> Record:
        claim = plan.claim
        if plan.settled is not None:
            judgement, measured = plan.settled, None
        else:
            judgement, measured = self._judge(plan)
        return Record(
            id=claim.id,
            unit=claim.unit,
            verdict=judgement.verdict,
            documented=claim.documented,
            measured=measured,
            rule=claim.rule.text(),
            margin=judgement.margin,
            seeds=_seeds(plan),
            seconds=round(sum(self._made[job.key].seconds for job in plan.jobs), 3),
            reason=judgement.reason,
        )

    def _judge(self, plan: _Plan) -> tuple[Judgement, Any]:
        claim = plan.claim
        failure = next((f for job in plan.jobs if (f := self._made[job.key].failure)), None)
        if failure is not None:
            return Judgement("failed", None, failure), None
        measures = claim.measures()
        try:
            sample = [
                {name: self._measured(measures[name], job) for name, job in place.items()}
                for place in plan.sample
            ]
        except LookupError as error:
            return Judgement("failed", None, f"measure {claim.measure}: {error}"), None
        values = [place.get("", place) for place in sample]
        substitutes = tuple(dict.fromkeys(line for job in plan.jobs for line in job.substitutes))
        try:
            judgement = judge(claim, values, versions=self.environment.versions, substitutes=substitutes)
        except (TypeError, ValueError, AttributeError) as error:  # a value of a kind that the rule can't read
            told = f"{claim.rule.name} can't read {brief(values[0])}: {' '.join(str(error).split())}"
            judgement = Judgement("failed", None, told)
        return judgement, summarise(values)

    def _measured(self, measure: Measure, job: Job) -> Any:
        return follow(getattr(self._made[job.key].outcome, measure.field), measure.steps)

    def _environment_record(self) -> dict[str, Any]:
        environment = self.environment
        return {
            **environment.versions,
            "system": environment.system,
            "cpu": environment.cpu,
            "device": environment.device,
            "threads": environment.threads,
            "profile": self.profile,
            "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "workshop": workshop.__version__,
        }


def _seeds(plan: _Plan) -> tuple[int, ...]:
    """Return the distinct seeds of the runs that a claim rests on."""

    def drawn(job: Job) -> list[int]:
        inherited = [s for jobs in job.upstream.values() for up in jobs for s in drawn(up)]
        return ([job.seed] if job.seed is not None else []) + inherited

    return tuple(dict.fromkeys(seed for job in plan.jobs for seed in drawn(job)))
