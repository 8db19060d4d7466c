"""What each claim rests on: for each seed of its sample, the job that each of its quantities comes from."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeAlias

from workshop.errors import WorkshopError
from workshop.execution.calling import Made
from workshop.execution.catalogue import Catalogue
from workshop.execution.planner import Job, Planner, Profile, blocked_by
from workshop.execution.seeds import Stream
from workshop.ledger import Claim, Ledger
from workshop.ledger.rules import Repeats
from workshop.paths import Measure, follow
from workshop.samples.model import DamagedReference
from workshop.samples.recorded import (
    QUICK_SECONDS,
    NotDecidable,
    NotRecordedHere,
    RecordedRuns,
    Recordings,
    other_data,
)
from workshop.samples.repeats import SEEDS
from workshop.training.first_steps import outcome_of
from workshop.units import Part, short_text
from workshop.values import brief
from workshop.verification.drift import Observed
from workshop.verification.judging import (
    Context,
    Judgement,
    judge,
    judge_printed,
    judge_recorded,
    measured_on,
    remedies,
)
from workshop.verification.repeats import (
    NotRepeated,
    RepeatedPart,
    Repetition,
    claimed_paths,
    repeated,
    replayed,
)
from workshop.verification.verdicts import Basis, Verdict

_FULL = "only the full procedure decides it: workshop verify {unit} --full"
_NOT_RECORDED = "no repeated seeds of {unit} are recorded for this device: workshop record {unit} --repeats"

Jobs = Mapping[Measure, Job]
Outcomes = Mapping[str, Made]


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What one claim rests on; `outcomes` of its methods are those of all jobs, by key.

    `sample` has the jobs of each seed, and `repeats` the parts of which recorded seeds are repeated as a
    default run computes them. `note` is shown with the reason.
    """

    basis: ClassVar[Basis] = "run here"
    claim: Claim
    sample: tuple[Jobs, ...] = ()
    repeats: tuple[RepeatedPart | NotRepeated, ...] = ()
    note: str = ""

    @property
    def runs(self) -> tuple[Jobs, ...]:
        """The jobs of each run that the claim measures."""
        return self.sample

    @property
    def jobs(self) -> list[Job]:
        """All jobs, each once."""
        every = [job for jobs in self.runs for job in jobs.values()]
        every += [job for part in self.repeats for job in part.jobs]
        return list({job.key: job for job in every}.values())

    @property
    def substitutes(self) -> tuple[str, ...]:
        """Why the runs are on substitutes, a line each."""
        return tuple(dict.fromkeys(line for job in self.jobs for line in job.substitutes))

    @property
    def seeds(self) -> tuple[int, ...]:
        """The distinct seeds of the runs."""
        return tuple(dict.fromkeys(seed for job in self.jobs for seed in job.seeds))

    @property
    def timed(self) -> bool:
        """Whether a run measures time, which other work on the machine disturbs."""
        return any("clock" in job.part.needs for job in self.jobs)

    def failure(self, outcomes: Outcomes) -> str | None:
        """Return why one of the runs failed, or None."""
        return next((why for job in self.jobs if (why := outcomes[job.key].failure)), None)

    def observe(self, outcomes: Outcomes) -> Observed:
        """Return what the claim measures on each run. Raises LookupError."""
        return Observed([_measured(self.claim.measures(), jobs, outcomes) for jobs in self.sample])

    def shown(self, outcomes: Outcomes) -> Sequence[Any]:
        """Return what is shown as measured, nothing without a run that ended well. Raises LookupError."""
        return self.observe(outcomes).values if self.runs and self.failure(outcomes) is None else []

    def observe_beside(self, outcomes: Outcomes) -> dict[str, list[Any]]:
        """Return what is shown next to the measured value, by label: its value on each run."""
        if not (runs := self.sample or self.runs):
            return {}
        return {
            label: [_value(measure, jobs, outcomes) for jobs in runs]
            for label, measure in self.claim.shown_next_to().items()
            if all(measure in jobs for jobs in runs)
        }

    def judge(self, outcomes: Outcomes, context: Context) -> Judgement:
        """Decide the claim; `context` is that of the run, and gets what is of the plan."""
        failure = self.failure(outcomes)
        if failure is not None:
            return Judgement("failed", failure)
        try:
            known = measured_on(self.claim, context.book.data_sets())
            repeats = self.repetition(outcomes, context)
            context = replace(
                context,
                substitutes=self.substitutes,
                # the documented data are here, and nobody has measured the claim on them before
                first_contact=not self.substitutes and known != "documented",
                repeats=repeats,
            )
            self.observe_beside(outcomes)  # what is shown must be there, too
            judgement = self.judge_observed(self.observe(outcomes), context)
            if repeats is None:
                return judgement
            return replace(judgement, rounding=repeats.rounding, moved_first=repeats.first)
        except LookupError as error:
            return Judgement("failed", f"measure {self.claim.measure}: {error}")

    def repetition(self, outcomes: Outcomes, context: Context) -> Repetition | None:
        """Return what repeating recorded seeds showed, None if none were.

        Of a part that runs to its end, only the numbers that the claim measures count.
        """
        if not self.repeats:
            return None
        steps_only = any(job.steps_only for part in self.repeats for job in part.jobs)
        whole = steps_only or isinstance(self.claim.rule, Repeats)
        claims = context.book.ledger.claims.values()
        return repeated(self.repeats, outcomes, context.versions, None if whole else self.claim, claims)

    def judge_observed(self, observed: Observed, context: Context) -> Judgement:
        """Decide the claim on what it measures; what its rule can't read fails it."""
        try:
            return self._decide(observed, context)
        except (TypeError, ValueError, AttributeError) as error:
            read, why = brief(observed.values[0]), " ".join(str(error).split())
            return Judgement("failed", f"{self.claim.rule.name} can't read {read}: {why}")

    def _decide(self, observed: Observed, context: Context) -> Judgement:
        return judge(self.claim, observed, context)


@dataclass(frozen=True, kw_only=True)
class Settled(_Plan):
    """A claim that needs no run, or can't have one."""

    judgement: Judgement

    def judge(self, outcomes: Outcomes, context: Context) -> Judgement:
        del outcomes, context
        return self.judgement


def _settled(claim: Claim, verdict: Verdict, why: str, sample: tuple[Jobs, ...] = ()) -> Settled:
    return Settled(claim=claim, sample=sample, judgement=Judgement(verdict, why))


@dataclass(frozen=True, kw_only=True)
class Once(_Plan):
    """A claim whose rule decides each outcome, or that recorded seeds give their numbers again."""


@dataclass(frozen=True, kw_only=True)
class Sampled(_Plan):
    """A claim that recorded runs decide, if fresh seeds and repeated ones are like them.

    `repeat` has the jobs of recorded seeds that are repeated to their end; of the run with the index
    `replayed` alone, if that must give the same bits.
    """

    recorded: RecordedRuns
    repeat: tuple[Jobs, ...] = ()
    replayed: int | None = None

    @property
    def runs(self) -> tuple[Jobs, ...]:
        return self.sample + self.repeat

    def observe(self, outcomes: Outcomes) -> Observed:
        repeated = [_measured(self.claim.measures(), jobs, outcomes) for jobs in self.repeat]
        return Observed(super().observe(outcomes).fresh, repeated)

    def repetition(self, outcomes: Outcomes, context: Context) -> Repetition | None:
        if self.replayed is None:
            return super().repetition(outcomes, context)
        return replayed(self.recorded, self.replayed, self.observe(outcomes).repeated[0])

    def _decide(self, observed: Observed, context: Context) -> Judgement:
        return judge(self.claim, observed, context, self.recorded)


@dataclass(frozen=True, kw_only=True)
class Recorded(_Plan):
    """A claim of a training that makes only first steps here: it counts if its recorded seeds repeat.

    `values` is what the recorded runs measured; without them, `sample` shows what the training was about to
    do. `recorded` are the runs of a claim that they decide.
    """

    basis: ClassVar[Basis] = "recorded"
    recorded: RecordedRuns | None = None
    values: Sequence[Any] = ()

    def observe(self, outcomes: Outcomes) -> Observed:
        return Observed(self.values) if self.values else super().observe(outcomes)

    def shown(self, outcomes: Outcomes) -> Sequence[Any]:
        return self.values or super().shown(outcomes)

    def _decide(self, observed: Observed, context: Context) -> Judgement:
        return judge_recorded(self.claim, observed, self.recorded, context)


Plan: TypeAlias = Settled | Once | Sampled | Recorded


def _measured(measures: Mapping[str, Measure], jobs: Jobs, outcomes: Outcomes) -> Any:
    values = {name: _value(measure, jobs, outcomes) for name, measure in measures.items()}
    return values.get("", values)


def _value(measure: Measure, jobs: Jobs, outcomes: Outcomes) -> Any:
    return follow(getattr(outcome_of(outcomes[jobs[measure].key].outcome), measure.field), measure.steps)


@dataclass(frozen=True)
class ClaimPlanner:
    """Plans claims of the recordings' book under a profile.

    `at_hand` says whether a job's outcome is there without computing; `seed_count` is the number of fresh
    seeds that was asked for, 0 for the usual ones.
    """

    profile: Profile
    planner: Planner
    recordings: Recordings
    at_hand: Callable[[Job], bool]
    seed_count: int = 0

    def plan(self, claim: Claim) -> Plan:
        """Return what a claim rests on. Raises WiringError."""
        if not claim.rule.needs_run:
            return Settled(claim=claim, judgement=judge_printed(claim, self.recordings.book.ledger))
        if self.planner.given.seed is not None:
            return self._of_one_run(claim)
        # recorded runs decide it if a default run computes another form of it
        shortened = claim.rule.needs_sample and any(map(self.planner.form, self._parts(claim)))
        profile: Profile = "full" if claim.full_only or shortened else self.profile
        (first,) = self._sample(claim, profile, [0])
        if blocked := blocked_by(first.values()):
            return _settled(claim, "unavailable", blocked)
        try:
            if isinstance(claim.rule, Repeats):
                return Once(claim=claim, repeats=self._repeats(claim))
            plan = self._draw(claim, profile)
            if isinstance(plan, Sampled) and (why := plan.recorded.other_data(plan.substitutes)):
                verdict: Verdict = "unavailable" if plan.substitutes else "undecided"
                why = "; ".join([why, *remedies(plan.substitutes, self.planner.data_sets)])
                return _settled(claim, verdict, why)
            return self._defer(plan, profile)
        except NotRecordedHere as error:
            return _settled(claim, "undecided", str(error))
        except (NotDecidable, DamagedReference) as error:
            return _settled(claim, "failed", str(error))

    def _of_one_run(self, claim: Claim) -> Plan:
        """Return what a claim rests on where a reader gave all functions one seed; nothing is run for it."""
        again = f"workshop verify {claim.unit}"
        if isinstance(claim.rule, Repeats):
            return _settled(claim, "deferred", f"repeated seeds decide it: {again}")
        (jobs,) = self._sample(claim, self.profile, [0])
        there = {measure: job for measure, job in jobs.items() if job.blocked or self.at_hand(job)}
        missing = next((measure for measure in claim.measures().values() if measure not in there), None)
        if missing is not None:
            return _settled(claim, "deferred", f"{missing} was not computed: {again}")
        if blocked := blocked_by(there.values()):
            return _settled(claim, "unavailable", blocked)
        cut = any(job.steps_only for job in there.values())
        if cut and (claim.full_only or claim.rule.needs_sample):
            return _settled(claim, "deferred", _FULL.format(unit=claim.unit))
        changed = {name: value for job in there.values() for name, value in job.unlike_book.items()}
        if changed:
            why = ", ".join(f"{name}={short_text(value, 30)}" for name, value in changed.items())
            return _settled(claim, "undecided", f"with {why}, unlike the book", (there,))
        if not claim.rule.needs_sample:
            return Once(claim=claim, sample=(there,))
        try:
            plan = Sampled(claim=claim, repeat=(there,), recorded=self.recordings.of(claim))
            if not plan.recorded.other_data(plan.substitutes):
                return plan
            why = "the recorded runs are of other data"
        except (NotDecidable, DamagedReference) as error:
            why = str(error)
        return _settled(claim, "undecided", why, (there,))

    def _parts(self, claim: Claim) -> list[Part]:
        return self.planner.catalogue.owners(quantities(claim), claim.id)

    def _defer(self, plan: Plan, profile: Profile) -> Plan:
        """Return the plan, or a substitute if it needs a full outcome that is not stored.

        Then recorded runs decide a claim whose parts run in first steps; others are deferred.
        """
        claim = plan.claim
        if profile == self.profile or all(self.at_hand(job) for jobs in plan.runs for job in jobs.values()):
            return plan
        deferred = _settled(claim, "deferred", _FULL.format(unit=claim.unit))
        parts = self._parts(claim)
        if not all(map(self.planner.form, parts)) or all(part.key in self.planner.for_full for part in parts):
            return deferred
        try:
            runs = self.recordings.of(claim)
        except WorkshopError:  # not recorded, or not this quantity
            return deferred
        values = [value for value in runs.values if value is not None]
        if not values:
            return deferred
        return Recorded(
            claim=claim,
            recorded=runs if isinstance(plan, Sampled) else None,
            repeats=self._repeats(claim),
            values=values,
            note=f"recorded: {runs.samples.text}",
        )

    def _repeats(self, claim: Claim) -> tuple[RepeatedPart | NotRepeated, ...]:
        """Return the parts of which recorded seeds are repeated for a claim.

        They are the parts that the claim measures, or all recorded ones of its unit if it states that they
        repeat.
        """
        if isinstance(claim.rule, Repeats):
            unit = self.recordings.repeats(claim.unit, device="cpu")
            own = self.planner.catalogue.parts.get(claim.unit, ())
            parts = [part for part in own if unit is not None and part.name in unit.parts]
            parts = [p for p in parts if self.profile == "full" or p.key not in self.planner.for_full]
        else:
            parts = [part for part in self._parts(claim) if self.planner.catalogue.stochastic(part)]
        found = tuple(each for part in parts if (each := self._repeat(part)) is not None)
        if isinstance(claim.rule, Repeats) and not found:
            return (NotRepeated(_NOT_RECORDED.format(unit=claim.unit)),)
        return found

    def _repeat(self, part: Part) -> RepeatedPart | NotRepeated | None:
        """Return the repeats of a part; None if it runs to its end and nothing is recorded."""
        unit = self.recordings.repeats(part.unit)
        provisional = unit is None and self.recordings.environment.get("device") == "gpu"
        if provisional:
            unit = self.recordings.repeats(part.unit, device="cpu")
        recorded = None if unit is None else unit.parts.get(part.name)
        form = self.planner.form(part)
        if unit is None or recorded is None:
            return NotRepeated(_NOT_RECORDED.format(unit=part.unit)) if form else None
        quick = not form and (part.batched or recorded.seconds <= QUICK_SECONDS)
        jobs = [self.planner.job(part, i, "default", "reference") for i in range(SEEDS if quick else 1)]
        if why := other_data("seeds", recorded.substitutes, jobs[0].substitutes):
            command = "" if jobs[0].substitutes else f": workshop record {part.unit} --repeats"
            return NotRepeated(why + command)
        return RepeatedPart(tuple(jobs), unit, recorded, provisional)

    def _draw(self, claim: Claim, profile: Profile) -> Plan:
        """Return what a claim runs: recorded seeds that show a change of it, else fresh ones.

        A full run, and one that asks for seeds, draws fresh ones, too.
        """
        first_steps = any(map(self.planner.form, self._parts(claim)))
        repeats = self._repeats(claim)
        if first_steps and not claim.rule.needs_sample and profile == "default":
            for part in repeats:
                if isinstance(part, NotRepeated):  # what it would run decides nothing
                    return _settled(claim, "deferred", f"recorded runs don't count here: {part.why}")
            # of the seed that is repeated: what the training was about to do decides the claim
            sample = self._sample(claim, profile, [0], "reference")
            return Recorded(claim=claim, sample=sample, repeats=repeats)
        again = 0 if first_steps else self._repeated(claim, repeats)
        replayed = None  # of the run that this environment must give again bit for bit, if there is one
        if not again:
            with suppress(WorkshopError):  # no sample, or a damaged one: the claims that need it say so
                replayed = self.recordings.samples(claim).repeated
        indices = range(again) if replayed is None else [replayed]
        repeat = self._sample(claim, profile, indices, "reference")
        usual = self.recordings.of(claim).samples.usual_fresh if claim.rule.needs_sample else 1
        enough = bool(repeat) and (self.profile == "default" or usual == 1)
        fresh = self._sample(claim, profile, range(max(self.seed_count, 0 if enough else usual)))
        if not claim.rule.needs_sample:
            return Once(claim=claim, sample=fresh or repeat[:1])
        return Sampled(
            claim=claim,
            sample=fresh,
            recorded=self.recordings.of(claim),
            repeat=repeat,
            replayed=replayed,
            repeats=repeats if replayed is None else (),
        )

    def _repeated(self, claim: Claim, repeats: Sequence[RepeatedPart | NotRepeated]) -> int:
        """Return how many recorded seeds are repeated to their end for a claim; 0 if they show nothing."""
        shows = False
        for part in repeats:
            if isinstance(part, NotRepeated) or part.provisional:
                return 0
            tolerances = part.unit.tolerances(part.recorded, self.recordings.environment)
            paths = claimed_paths(claim, part.unit.unit, part.recorded.numbers)
            shows = shows or any(math.isfinite(tolerances[path]) for path in paths)
        return min(len(part.jobs) for part in repeats) if shows else 0

    def _sample(
        self, claim: Claim, profile: Profile, indices: Iterable[int], stream: Stream = "run"
    ) -> tuple[Jobs, ...]:
        return tuple(self.planner.sample(quantities(claim), claim.id, profile, indices, stream))


def parts_for_full(ledger: Ledger, catalogue: Catalogue) -> frozenset[str]:
    """Return the keys of parts that extras for a full run measure, and nothing else does."""
    extras = {claim.id for claim in ledger.claims.values() if claim.ours and claim.full_only}
    measuring: dict[tuple[str, str], set[str]] = defaultdict(set)
    for claim in ledger.claims.values():
        for measure in quantities(claim):
            measuring[measure.unit, measure.field].add(claim.id)
    found = set()
    for unit in {ledger.claims[name].unit for name in extras}:
        for part in catalogue.parts.get(unit, ()):
            claims = set().union(*(measuring[unit, field] for field in part.outcome_fields()))
            if claims and claims <= extras:
                found.add(part.key)
    return frozenset(found)


def quantities(claim: Claim) -> list[Measure]:
    """Return all that a claim measures or shows."""
    return [*claim.measures().values(), *claim.shown_next_to().values()]
