"""The engine: claims in, records out. Each outcome is made once, however many claims rest on it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path
from typing import Any

import workshop
from workshop.errors import WorkshopError
from workshop.execution.calling import Made
from workshop.execution.catalogue import Catalogue, catalogue
from workshop.execution.environment import Environment, this_environment
from workshop.execution.interpreter import other_python
from workshop.execution.planner import Job, Planner, Profile, installed
from workshop.execution.process_pool import Workers
from workshop.execution.scheduler import Listener, execute
from workshop.execution.store import Store, usual_seconds
from workshop.execution.surroundings import neutralise
from workshop.ledger import Claim, Ledger
from workshop.ledger.values import brief
from workshop.paths import Measure, follow
from workshop.samples.model import DamagedReference
from workshop.samples.recorded import (
    NotDecidable,
    NotRecordedHere,
    RecordedRuns,
    Recordings,
    samples_of,
)
from workshop.statistics.hypothesis_tests import FALSE_ALARM, holm
from workshop.untrusted import printable
from workshop.verification.drift import FRESH, Drawn, drawing, drift, suspicious
from workshop.verification.outcomes import PartOutcome, first_outcomes
from workshop.verification.results import Record, Results, summarise
from workshop.verification.verdicts import Judgement, judge, judge_printed, judge_reference

Places = tuple[Mapping[Measure, Job], ...]


@dataclass(frozen=True)
class _Plan:
    """What one claim rests on: for each place in its sample, the job of each quantity.

    `profile` is the one that the sample was drawn under; `replay` are the jobs of the recorded run at the
    place `replayed`, if one is repeated; `recorded` are the runs that decide a stochastic claim.
    """

    claim: Claim
    sample: Places = ()
    profile: Profile = "full"
    replayed: int | None = None
    replay: Places = ()
    settled: Judgement | None = None
    recorded: RecordedRuns | None = None

    @property
    def jobs(self) -> list[Job]:
        places = (*self.sample, *self.replay)
        return list({job.key: job for place in places for job in place.values()}.values())


@dataclass
class Engine:
    """Decides claims of one ledger under one profile; keeps what it has made for as long as it lives.

    `store` is the folder of the result store, None to ignore it; `seed_count` raises the sample of every
    stochastic claim to that many seeds, and `varied`, above 0, draws others than the usual ones; `processes`
    run side by side; with `services`, web services are asked whether they answer; `timeout` is the number of
    seconds after which a part with all its seeds is stopped.

    Functions are called in this interpreter, or in the one at `python`, whose environment then is that of the
    run.

    Making one neutralises the surroundings of this process and of those that it starts: see `surroundings`.

    A process computes with one thread, so that outcomes depend neither on how many run side by side nor on
    the machine's cores, and every run shares one store.
    """

    ledger: Ledger
    profile: Profile = "default"
    seed_count: int | None = None
    varied: int = 0
    processes: int = 1
    threads: int = 1
    store: Path | None = None
    services: bool = False
    python: Path | None = None
    timeout: float | None = None
    listener: Listener | None = None
    _made: dict[str, Made] = field(default_factory=dict)
    _planners: dict[tuple[str, ...], Planner] = field(default_factory=dict)

    def __post_init__(self) -> None:
        neutralise()
        os.environ["WORKSHOP_THREADS"] = str(self.threads)
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

    @cached_property
    def environment(self) -> Environment:
        """The environment in which this engine makes outcomes."""
        if self.python is not None:
            return other_python(self.python).environment(self.threads)
        return this_environment(self.threads)

    def catalogue(self, claims: Iterable[Claim]) -> Catalogue:
        """Return the implemented units that these claims' chapters and measures need."""
        return self._planner(claims).catalogue

    def missing_datasets(self, claims: Sequence[Claim]) -> set[str]:
        """Return the data sets that are not here and without which some of these claims can't be decided."""
        planner = self._planner(claims)
        runnable = [c for c in claims if c.rule.needs_run and not c.pending]
        return set().union(*(planner.missing_datasets(claim) for claim in runnable)) if runnable else set()

    def seconds_a_seed(self, claims: Sequence[Claim]) -> float:
        """Return the seconds that one seed of all that these claims draw usually takes."""
        planner = self._planner(claims)
        waiting: list[Job] = []
        for claim in claims:
            if claim.rule.needs_run and not claim.pending and self.profile in claim.profiles:
                waiting += planner.sample(claim, self.profile, [0])[0].values()
        drawn: set[str] = set()
        while waiting:
            job = waiting.pop()
            if job.blocked is None and job.seeds and job.group not in drawn:
                drawn.add(job.group)
                waiting += [up for jobs in job.upstream.values() for up in jobs]
        seconds = usual_seconds() if self.store is None else Store(self.store).read_timings()
        return sum(seconds.get(group, 1.0) for group in drawn)

    def verify(self, claims: Sequence[Claim]) -> Results:
        """Decide the claims and return their records, in the order given.

        Raises WiringError if a claim measures a field that no outcome has.
        """
        planner = self._planner(claims)
        plans = [self._plan(claim, planner) for claim in claims]
        with closing(Workers(self.processes, self.timeout)) as workers:
            self._execute(plans, workers)
            plans = self._second_stage(plans, planner, workers)
        drifts = {plan.claim.id: self._drift(plan) for plan in plans if plan.claim.rule.needs_sample}
        every = {(claim, name): p for claim, own in drifts.items() for name, p in own.items()}
        alarms = holm(every, family=self._family)
        return Results(
            self._environment_record(),
            tuple(self._record(plan, drifts.get(plan.claim.id, {}), alarms) for plan in plans),
        )

    def outcomes(self, claims: Sequence[Claim]) -> dict[str, tuple[PartOutcome, ...]]:
        """Return one outcome of each part of the claims' units that this engine has made or the store holds.

        Nothing is computed; a unit of which nothing is at hand is left out.
        """
        return first_outcomes(claims, self._planner(claims), self._recordings, self._outcome)

    def _outcome(self, job: Job) -> Any:
        """Return the outcome of a job, None if it is not at hand."""
        if job.key in self._made:
            return self._made[job.key].outcome
        stored = None if self._store is None else self._store.get(job.fingerprint)
        return None if stored is None else stored.outcome

    @cached_property
    def _store(self) -> Store | None:
        """The result store, without what killed runs have left in it."""
        if self.store is None:
            return None
        store = Store(self.store)
        store.sweep()
        return store

    @cached_property
    def _recordings(self) -> Recordings:
        return Recordings(self.environment.facts())

    @cached_property
    def _family(self) -> int:
        return self._recordings.family_size(self.ledger)

    @property
    def _level(self) -> float:
        return FALSE_ALARM / max(self._family, 1)

    def _execute(self, plans: Iterable[_Plan], workers: Workers) -> None:
        store = self._store
        before = set(self._made)
        execute(
            [job for plan in plans for job in plan.jobs],
            made=self._made,
            store=self.store,
            workers=workers,
            timings=usual_seconds() if store is None else store.read_timings(),
            python=self.python,
            listener=self.listener,
        )
        new = {key: made for key, made in self._made.items() if key not in before}
        fresh = {key.split("#")[0]: made.seconds for key, made in new.items() if not made.stored}
        if store is not None and fresh:
            with contextlib.suppress(OSError):  # a hint for the next run
                store.write_timings(fresh)

    def _second_stage(self, plans: Sequence[_Plan], planner: Planner, workers: Workers) -> list[_Plan]:
        """Draw more seeds for claims whose few are out of the ordinary; those alone then decide.

        A procedure that the profile defers is not computed for this either.
        """
        more: dict[str, _Plan] = {}
        for plan in plans:
            fresh = len(plan.sample)
            if plan.recorded is None or fresh >= FRESH:
                continue
            if suspicious(plan.recorded, self._drift(plan), fresh):
                sample = tuple(planner.sample(plan.claim, plan.profile, range(FRESH)))
                more[plan.claim.id] = self._computed_or_deferred(replace(plan, sample=sample))
        if more:
            self._execute(more.values(), workers)
        return [more.get(plan.claim.id, plan) for plan in plans]

    def _drift(self, plan: _Plan) -> dict[str, float]:
        """Return the p of each of a claim's numbers; empty where its judgement tells what is wrong."""
        if plan.recorded is None or plan.settled is not None or self._failure(plan) is not None:
            return {}
        try:
            fresh = [self._value(plan.claim, place) for place in plan.sample]
            return drift(plan.recorded, fresh, self._level)
        except (LookupError, NotDecidable):
            return {}

    def _planner(self, claims: Iterable[Claim]) -> Planner:
        chapters = sorted(
            {m.unit[:4] for claim in claims if not claim.pending for m in claim.measures().values()}
        )
        key = tuple(chapters)
        if key not in self._planners:
            self._planners[key] = Planner(
                catalogue(chapters),
                self.environment.digest_text(),
                self.services,
                self.varied,
                installed if self.python is None else other_python(self.python).installed,
            )
        return self._planners[key]

    def _plan(self, claim: Claim, planner: Planner) -> _Plan:
        if claim.pending or not claim.rule.needs_run:
            return _Plan(claim, settled=judge_printed(claim, self.ledger))
        profile: Profile = self.profile if self.profile in claim.profiles else "full"
        (first,) = planner.sample(claim, profile, [0])
        blocked = next((job.blocked for job in first.values() if job.blocked), None)
        if blocked is not None:
            return _Plan(claim, settled=Judgement("unavailable", None, blocked.reason))
        try:
            plan = self._draw(claim, profile, planner)
            if plan.recorded is not None and (why := plan.recorded.other_data(_substitutes(plan))):
                return _Plan(claim, settled=Judgement("undecided", None, why))
        except NotRecordedHere as error:
            return _Plan(claim, settled=Judgement("undecided", None, str(error)))
        except (NotDecidable, DamagedReference) as error:
            return _Plan(claim, settled=Judgement("failed", None, str(error)))
        return self._computed_or_deferred(plan)

    def _computed_or_deferred(self, plan: _Plan) -> _Plan:
        """Return the plan; deferred if it takes outcomes of another profile, of which one is not at hand."""
        if plan.profile == self.profile or all(map(self._at_hand, plan.jobs)):
            return plan
        why = f"only the full procedure decides it: workshop verify {plan.claim.unit} --full"
        return _Plan(plan.claim, settled=Judgement("deferred", None, why))

    def _draw(self, claim: Claim, profile: Profile, planner: Planner) -> _Plan:
        """Return what a claim runs: its fresh seeds, and a recorded one if it rests on a reference sample."""
        if not claim.rule.needs_sample:
            usual = self.seed_count is None and not self.varied
            place = self._repeated_alone(claim) if usual else None
            if place is not None:
                repeated = planner.sample(claim, "full", [place], "reference")
                if repeated == planner.sample(claim, profile, [place], "reference"):  # no short profile
                    return _Plan(claim, tuple(repeated), profile)
            return _Plan(claim, tuple(planner.sample(claim, profile, range(self.seed_count or 1))), profile)
        recorded = self._recordings.of(claim)
        drawn = drawing(recorded.samples, asked=self.seed_count or 0, varied=self.varied > 0)
        places = [] if drawn.replayed is None else [drawn.replayed]
        return _Plan(
            claim,
            tuple(planner.sample(claim, profile, range(drawn.fresh))),
            profile,
            drawn.replayed,
            tuple(planner.sample(claim, "full", places, "reference")),
            recorded=recorded,
        )

    def _repeated_alone(self, claim: Claim) -> int | None:
        """Return the index of the recorded run that is all that sampled claims of these units draw, or None.

        Other claims of the units rest on that run, too, instead of on a run of their own.
        """
        try:
            samples = samples_of(claim, self.environment.facts())
        except WorkshopError:  # no sample, or a damaged one: the verdicts of the claims that need it say so
            return None
        drawn = drawing(samples, asked=0, varied=False)
        return None if drawn.fresh else drawn.replayed

    def _at_hand(self, job: Job) -> bool:
        if job.blocked is not None or self._store is None:
            return False
        return job.key in self._made or self._store.get(job.fingerprint) is not None

    def _record(self, plan: _Plan, drifts: Mapping[str, float], alarms: set[tuple[str, str]]) -> Record:
        claim = plan.claim
        measured: Any = None
        beside: dict[str, Any] = {}
        judgement = plan.settled or self._failure(plan)
        if judgement is None:
            try:
                judgement = self._judge(plan, drifts, {name for owner, name in alarms if owner == claim.id})
                places = plan.sample or plan.replay
                measured = summarise([self._value(claim, place) for place in places])
                beside = {
                    label: summarise([self._measured(m, place) for place in places])
                    for label, m in claim.shown_beside().items()
                }
            except LookupError as error:
                judgement = Judgement("failed", None, f"measure {claim.measure}: {error}")
        return Record(
            id=claim.id,
            unit=claim.unit,
            ours=claim.ours,
            verdict=judgement.verdict,
            documented=claim.documented,
            measured=measured,
            beside=beside,
            rule=claim.rule.text(),
            margin=judgement.margin,
            seeds=_seeds(plan),
            seconds=round(sum(self._made[job.key].seconds for job in plan.jobs), 3),
            reason=printable(judgement.reason),
        )

    def _failure(self, plan: _Plan) -> Judgement | None:
        failures = (self._made[job.key].failure for job in plan.jobs)
        return next((Judgement("failed", None, failure) for failure in failures if failure), None)

    def _judge(self, plan: _Plan, drifts: Mapping[str, float], alarms: set[str]) -> Judgement:
        claim = plan.claim
        values = [self._value(claim, place) for place in plan.sample]
        replay = next((self._value(claim, place) for place in plan.replay), None)
        substitutes = _substitutes(plan)
        versions = self.environment.versions
        try:
            if plan.recorded is not None:
                drawn = Drawn(values, plan.replayed, replay)
                return judge_reference(
                    claim,
                    plan.recorded,
                    drawn,
                    drifts,
                    alarms,
                    level=self._level,
                    versions=versions,
                    substitutes=substitutes,
                )
            return judge(claim, values, versions=versions, substitutes=substitutes)
        except (TypeError, ValueError, AttributeError) as error:  # a value of a kind that the rule can't read
            read = brief((values or [replay])[0])
            told = f"{claim.rule.name} can't read {read}: {' '.join(str(error).split())}"
            return Judgement("failed", None, told)

    def _value(self, claim: Claim, place: Mapping[Measure, Job]) -> Any:
        """Return what a claim measures at a place: one value, or several by name. Raises LookupError."""
        values = {name: self._measured(m, place) for name, m in claim.measures().items()}
        return values.get("", values)

    def _measured(self, measure: Measure, place: Mapping[Measure, Job]) -> Any:
        return follow(getattr(self._made[place[measure].key].outcome, measure.field), measure.steps)

    def _environment_record(self) -> dict[str, Any]:
        environment = self.environment
        return {
            **environment.versions,
            "system": environment.system,
            "cpu": environment.cpu,
            "device": environment.device,
            "threads": environment.threads,
            "profile": self.profile,
            "varied": self.varied,
            "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "workshop": workshop.__version__,
        }


def _substitutes(plan: _Plan) -> tuple[str, ...]:
    """Return why the runs that a claim rests on are on substitutes, a line each."""
    return tuple(dict.fromkeys(line for job in plan.jobs for line in job.substitutes))


def _seeds(plan: _Plan) -> tuple[int, ...]:
    """Return the distinct seeds of the runs that a claim rests on."""
    return tuple(dict.fromkeys(seed for job in plan.jobs for seed in job.seeds))
