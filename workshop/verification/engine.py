"""The engine: claims in, records out. Each outcome is made once, however many claims rest on it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import workshop
from workshop.book import Book
from workshop.datasets import Found, Missing
from workshop.errors import WorkshopError
from workshop.execution.calling import Made
from workshop.execution.catalogue import Catalogue
from workshop.execution.planner import AS_IN_BOOK, Given, Job, Planner, Profile
from workshop.execution.pool import Pool
from workshop.execution.processes import peak_memory
from workshop.execution.run import Runner
from workshop.execution.seeds import Stream
from workshop.execution.store import Store, usual_numbers
from workshop.ledger import Claim
from workshop.ledger.rules import PrintedRanking, Repeats, SampledRule
from workshop.samples.recorded import Recordings
from workshop.units import Part
from workshop.untrusted import printable
from workshop.values import numbers_in
from workshop.verification.judging import Context, Judgement
from workshop.verification.plans import (
    ClaimPlanner,
    Outcomes,
    Plan,
    Settled,
    parts_for_full,
    quantities,
)
from workshop.verification.results import Measured, Record, Results, measured_by
from workshop.verification.sample_summaries import SampleSummaries
from workshop.wording.numbers import names_text


@dataclass(frozen=True)
class PartOutcome:
    """What one run of a unit's part returned, to be shown.

    `seeds` : those that it rests on, none if it is deterministic; `first_steps` : whether its trainings made
    only first steps; `substitutes` : why it rests on substitutes, a line each. `digest` : the checksum
    of what is stored of it, "" if nothing is.
    """

    outcome: Any
    seeds: tuple[int, ...]
    first_steps: bool
    substitutes: tuple[str, ...]
    digest: str = ""


@dataclass
class Engine(Runner):
    """Decides claims of one book under one profile; its outcomes, `made`, last as long as it does.

    `store` is the folder of the result store, None to ignore it; `seed_count` is how many fresh seeds each
    stochastic claim draws at least; with `services`, web services are asked whether they answer. If
    `strict`, a claim that disagrees fails, too, where it is measured on its documented data for the first
    time.

    A reader's run of one exercise has what is `given` in place of the book's: then claims are decided as far
    as one seed's outcomes that are there can, and without `keeps` new ones are not stored.
    """

    book: Book
    profile: Profile = "default"
    seed_count: int = 0
    strict: bool = False
    store: Path | None = None
    services: bool = False
    given: Given = AS_IN_BOOK
    keeps: bool = True
    made: dict[str, Made] = field(default_factory=dict)
    _peak: int = 0
    _planners: dict[tuple[str, ...], Planner] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

    def catalogue(self, claims: Iterable[Claim]) -> Catalogue:
        """Return the implemented units that these claims' chapters and measures need."""
        return self._planner(claims).catalogue

    def lacking_datasets(self, claims: Sequence[Claim]) -> tuple[set[str], set[str]]:
        """Return the data sets that are not here and without which some of these claims can't be decided.

        And those of which only a substitute is here.
        """
        planner = self._planner(claims)
        known = planner.catalogue
        parts = (part for claim in claims for part in known.owners(claim.measures().values(), claim.id))
        found = {name: planner.find(name) for name in known.needed(parts)}
        missing = {name for name, its in found.items() if isinstance(its, Missing)}
        return missing, {name for name, its in found.items() if isinstance(its, Found) and its.substitute}

    def seconds_a_seed(self, claims: Sequence[Claim]) -> float:
        """Return the seconds that one seed of all that these claims draw usually takes."""
        planner = self._planner(claims)
        jobs: list[Job] = []
        for claim in claims:
            if claim.rule.needs_run and (self.profile == "full" or not claim.full_only):
                jobs += planner.sample(quantities(claim), claim.id, self.profile, [0])[0].values()
        every = {each for job in jobs if not job.blocked for each in job.with_upstream}
        drawn = {job.group for job in every if job.seeds}
        seconds = usual_numbers("seconds") if self.store is None else Store(self.store).read_timings()
        return sum(seconds.get(group, 1.0) for group in drawn)

    def verify(self, claims: Sequence[Claim]) -> Results:
        """Decide the claims and return their records, in the order given.

        Raises WiringError if a claim measures a field that no outcome has.
        """
        planner = self.planner(claims)
        plans = [planner.plan(claim) for claim in claims]
        with self._at_work() as workers:
            self._execute([job for plan in plans for job in plan.jobs], workers)
            self._peak = max(self._peak, workers.peak)
        return Results(self.environment_record(), self._decide(plans))

    def planner(self, claims: Sequence[Claim]) -> ClaimPlanner:
        """Return what plans the runs that decide claims."""
        return ClaimPlanner(
            self.profile, self._planner(claims), self.recordings, self._at_hand, self.seed_count
        )

    def run(self, parts: Sequence[Part], stream: Stream = "run") -> dict[str, Job]:
        """Run parts, and all that they take, with one seed each; return their jobs by the parts' keys."""
        planner = self._planner((), parts)
        every = planner.catalogue.with_upstream(parts)
        jobs = {part.key: planner.job(part, 0, self.profile, stream) for part in every}
        with self._at_work() as workers:
            self._execute([jobs[part.key] for part in parts], workers)
        return jobs

    def _at_work(self) -> contextlib.AbstractContextManager[Pool]:
        """Return the workers of a run, which end with it; a cluster does not."""
        workers = self.workers()
        return closing(workers) if self.cluster is None else contextlib.nullcontext(workers)

    def _decide(self, plans: Sequence[Plan]) -> tuple[Record, ...]:
        """Return the records of claims whose runs have been made."""
        context = Context(self.book, self.environment.facts(), strict=self.strict)
        judgements = [plan.judge(self.made, context) for plan in plans]
        waiting: dict[str, list[str]] = {}
        for plan, judgement in zip(plans, judgements, strict=True):
            if judgement.waits_for and not plan.claim.ours:
                waiting.setdefault(judgement.waits_for, []).append(plan.claim.id)
        return tuple(_record(plan, j, self.made, waiting) for plan, j in zip(plans, judgements, strict=True))

    @property
    def repeatable(self) -> bool:
        """Whether another engine like this one would find the same of the same claims, by its store."""
        here = self.python is None and self.cluster is None
        return here and self.store is not None and self.given == AS_IN_BOOK

    def entries(self) -> dict[str, str] | None:
        """Return the checksums of the store's entries that this run looked for, "" for one that is not there.

        None if some outcome failed or is not stored.
        """
        if self._store is None:
            return None
        jobs = [job for planner in self._planners.values() for job in planner.jobs]
        found = {job.fingerprint: self._store.checksum(job.fingerprint) for job in jobs}
        stored = {job.key for job in jobs if found[job.fingerprint]}
        return found if self.made.keys() <= stored else None

    def with_samples(self, results: Results) -> Results:
        """Return results of this engine with recorded runs and what they notice, as files have them."""
        summaries = SampleSummaries(self.recordings)
        records = []
        for record in results.claims:
            claim = self.book.ledger.claims[record.id]
            sample = summaries.of(claim)
            records.append(replace(record, sample=sample, notices=summaries.notices(claim, sample)))
        return Results(results.environment, tuple(records))

    def outcomes(self, claims: Sequence[Claim]) -> dict[str, tuple[PartOutcome, ...]]:
        """Return one outcome of each part of the claims' units that this engine or the store has.

        It is that of the documented procedure on the first seed, else of the recorded run that is repeated
        here. First steps are not shown. Nothing is computed; a unit without any is left out.
        """
        planner, by_unit = self._planner(claims), dict[str, list[Claim]]()
        for claim in claims:
            by_unit.setdefault(claim.unit, []).append(claim)
        found: dict[str, tuple[PartOutcome, ...]] = {}
        for unit, own in by_unit.items():
            repeated = 0
            for claim in own:
                with contextlib.suppress(WorkshopError):  # without a sample: the claim's verdict says so
                    if claim.rule.needs_sample:
                        repeated = self.recordings.of(claim).samples.repeated or 0
                        break
            places: tuple[tuple[int, Stream], ...] = ((0, "run"), (repeated, "reference"))
            for part in planner.catalogue.parts.get(unit, ()):
                for index, stream in places:
                    job = planner.job(part, index, "full", stream)
                    outcome = None if job.blocked else self._outcome(job)
                    if outcome is not None:
                        digest = "" if self._store is None else self._store.checksum(job.fingerprint)
                        one = PartOutcome(outcome, job.seeds, job.steps_only, job.substitutes, digest)
                        found[unit] = (*found.get(unit, ()), one)
                        break
        return found

    def _outcome(self, job: Job) -> Any:
        """Return the outcome of a job, None if there is none."""
        if job.key in self.made:
            return self.made[job.key].outcome
        stored = None if self._store is None else self._store.get(job.fingerprint, (job.part.module,))
        return None if stored is None else stored.outcome

    def _at_hand(self, job: Job) -> bool:
        return not job.blocked and (job.key in self.made or self._outcome(job) is not None)

    @cached_property
    def _store(self) -> Store | None:
        """The result store, without what killed runs have left in it."""
        if self.store is None:
            return None
        store = Store(self.store)
        store.sweep()
        return store

    @cached_property
    def recordings(self) -> Recordings:
        """The recorded runs of claims in this engine's environment."""
        return Recordings(self.book, self.environment.facts(), self.store)

    def _planner(self, claims: Iterable[Claim], parts: Iterable[Part] = ()) -> Planner:
        chapters = {m.unit[:4] for claim in claims for m in claim.measures().values()}
        chapters |= {part.unit[:4] for part in parts}
        key = tuple(sorted(chapters))
        if key not in self._planners:
            units, data_sets = self.book.catalogue(key), self.book.data_sets()
            self._planners[key] = self.planner_of(
                units,
                data_sets,
                services=self.services,
                given=self.given,
                for_full=parts_for_full(self.book.ledger, units),
            )
        return self._planners[key]

    def _execute(self, jobs: Sequence[Job], workers: Pool) -> None:
        """Run the jobs that have no outcome yet."""
        before = set(self.made)
        self.execute(jobs, self.made, self.store, workers, keeps=self.keeps)
        fresh = {
            key.split("#")[0]: made.seconds
            for key, made in self.made.items()
            if key not in before and not made.stored
        }
        if self._store is not None and fresh and self.given.seed is None:
            self._store.write_timings(fresh)  # a hint for the next run

    def environment_record(self) -> dict[str, Any]:
        """Return what results say of the environment and of the run."""
        environment = self.environment
        own = 0 if self.cluster is not None else peak_memory()
        return {
            **environment.facts(),
            "threads": environment.threads,  # a number
            # in another interpreter the units' own process is not measured
            "memory": round(max(self._peak, own) / 1e6) if self.python is None else 0,
            "profile": self.profile,
            "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "workshop": workshop.__version__,
        }


def _printed_numbers(claim: Claim) -> dict[str, float]:
    """Return the documented numbers by the paths of the measured ones."""
    rule = claim.rule
    if isinstance(rule, PrintedRanking):
        return rule.numbers(claim.documented, claim.documented)
    return dict(numbers_in({claim.part: claim.documented} if claim.part else claim.documented))


def _numbers(claim: Claim, value: Any) -> dict[str, float]:
    """Return the numbers of a measured value by their paths, as its recorded runs have them."""
    with contextlib.suppress(ValueError, LookupError, TypeError):  # words have none
        return claim.sampled_rule.numbers(value, claim.documented)
    return {}


def _record(
    plan: Plan, judgement: Judgement, outcomes: Outcomes, waiting: Mapping[str, Sequence[str]]
) -> Record:
    """Return what is known of a claim after the run; `waiting` has the claims that wait for a unit."""
    claim = plan.claim
    measured = Measured()
    beside: dict[str, Measured] = {}
    with contextlib.suppress(LookupError):  # the judgement says what is not there
        if values := plan.shown(outcomes):
            recorded = partial(_numbers, claim) if isinstance(claim.rule, SampledRule) else None
            measured = measured_by(values, _printed_numbers(claim), recorded)
            shown = plan.observe_beside(outcomes)
            beside = {label: measured_by(values) for label, values in shown.items()}
    reasons = [judgement.reason, plan.note]
    wait = waiting.get(claim.unit, ())
    if wait and isinstance(claim.rule, Repeats) and judgement.verdict == "failed":
        results = f"{len(wait)} results of the book wait" if len(wait) > 1 else "a result of the book waits"
        reasons.append(f"{results} for it: {names_text(wait)}")
    if judgement.verdict == "failed" and plan.timed:  # a second run would take the same time from the store
        reasons.append(f"workshop verify {claim.unit} --no-store measures the time again")
    return Record(
        id=claim.id,
        unit=claim.unit,
        ours=claim.ours,
        verdict=judgement.verdict,
        documented=claim.documented,
        **vars(measured),
        beside=beside,
        rule=claim.rule.text(),
        margin=judgement.margin,
        seeds=plan.seeds,
        seconds=round(sum(outcomes[job.key].seconds for job in plan.jobs), 3),
        reason=printable("; ".join(filter(None, reasons))),
        evidence=claim.evidence or "",
        basis="" if isinstance(plan, Settled) or judgement.verdict == "deferred" else plan.basis,
        substitutes=plan.substitutes,
        first_contact=judgement.first_contact,
        waits_for=judgement.waits_for,
        rounding=printable(judgement.rounding),
        moved_first=judgement.moved_first,
    )
