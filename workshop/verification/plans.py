"""What each claim rests on: for each seed of its sample, the job that each of its quantities comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from workshop.errors import WorkshopError
from workshop.execution.calling import Made
from workshop.execution.planner import Job, Planner, Profile
from workshop.execution.seeds import Stream
from workshop.ledger import Claim, Ledger
from workshop.paths import Measure, follow
from workshop.samples.model import DamagedReference
from workshop.samples.recorded import NotDecidable, NotRecordedHere, RecordedRuns, Recordings, samples_of
from workshop.verification.drift import Observed
from workshop.verification.seeds_to_draw import FRESH, sampling_plan
from workshop.verification.verdicts import Judgement, judge_printed

Jobs = Mapping[Measure, Job]
Outcomes = Mapping[str, Made]


@dataclass(frozen=True)
class Plan:
    """What one claim rests on; `outcomes` of its methods are those of all jobs, by key.

    `sample` has the jobs of each seed, drawn under `profile`; `repeat` those of the recorded run with the
    index `repeated`, if one is repeated; `recorded` are the runs that decide a stochastic claim. A claim
    that needs no run, or can't have one, is `settled`.
    """

    claim: Claim
    sample: tuple[Jobs, ...] = ()
    profile: Profile = "full"
    repeated: int | None = None
    repeat: tuple[Jobs, ...] = ()
    recorded: RecordedRuns | None = None
    settled: Judgement | None = None

    @property
    def jobs(self) -> list[Job]:
        """All jobs, each once."""
        every = (*self.sample, *self.repeat)
        return list({job.key: job for jobs in every for job in jobs.values()}.values())

    @property
    def substitutes(self) -> tuple[str, ...]:
        """Why the runs are on substitutes, a line each."""
        return tuple(dict.fromkeys(line for job in self.jobs for line in job.substitutes))

    @property
    def seeds(self) -> tuple[int, ...]:
        """The distinct seeds of the runs."""
        return tuple(dict.fromkeys(seed for job in self.jobs for seed in job.seeds))

    def failure(self, outcomes: Outcomes) -> str | None:
        """Return why one of the runs failed, or None."""
        return next((why for job in self.jobs if (why := outcomes[job.key].failure)), None)

    def observe(self, outcomes: Outcomes) -> Observed:
        """Return what the claim measures on each run. Raises LookupError."""
        measures = self.claim.measures()
        fresh = [_measured(measures, jobs, outcomes) for jobs in self.sample]
        repeat = next((_measured(measures, jobs, outcomes) for jobs in self.repeat), None)
        return Observed(fresh, self.repeated, repeat)

    def observe_beside(self, outcomes: Outcomes) -> dict[str, list[Any]]:
        """Return what is shown next to the measured value, by label: its value on each run."""
        runs = self.sample or self.repeat
        return {
            label: [_value(measure, jobs, outcomes) for jobs in runs]
            for label, measure in self.claim.shown_beside().items()
        }


def _measured(measures: Mapping[str, Measure], jobs: Jobs, outcomes: Outcomes) -> Any:
    values = {name: _value(measure, jobs, outcomes) for name, measure in measures.items()}
    return values.get("", values)


def _value(measure: Measure, jobs: Jobs, outcomes: Outcomes) -> Any:
    return follow(getattr(outcomes[jobs[measure].key].outcome, measure.field), measure.steps)


@dataclass(frozen=True)
class ClaimPlanner:
    """Plans claims of one ledger under a profile.

    `at_hand` says whether a job's outcome is there without computing; `seed_count` is the number of seeds
    that was asked for, None for the usual ones; with `varied` they are of another seed set.
    """

    ledger: Ledger
    profile: Profile
    planner: Planner
    recordings: Recordings
    at_hand: Callable[[Job], bool]
    seed_count: int | None
    varied: bool

    def plan(self, claim: Claim) -> Plan:
        """Return what a claim rests on. Raises WiringError."""
        if not claim.rule.needs_run:
            return Plan(claim, settled=judge_printed(claim, self.ledger))
        profile: Profile = self.profile if self.profile in claim.profiles else "full"
        (first,) = self._sample(claim, profile, [0])
        blocked = next((job.blocked for job in first.values() if job.blocked), None)
        if blocked is not None:
            return Plan(claim, settled=Judgement("unavailable", None, blocked.reason))
        try:
            plan = self._draw(claim, profile)
            if plan.recorded is not None and (why := plan.recorded.other_data(plan.substitutes)):
                return Plan(claim, settled=Judgement("undecided", None, why))
        except NotRecordedHere as error:
            return Plan(claim, settled=Judgement("undecided", None, str(error)))
        except (NotDecidable, DamagedReference) as error:
            return Plan(claim, settled=Judgement("failed", None, str(error)))
        return self._defer(plan)

    def plan_more(self, plan: Plan) -> Plan:
        """Return the plan with FRESH seeds, which alone decide.

        A procedure that the profile defers is not computed for this either.
        """
        return self._defer(replace(plan, sample=self._sample(plan.claim, plan.profile, range(FRESH))))

    def _defer(self, plan: Plan) -> Plan:
        """Return the plan; deferred if it takes outcomes of another profile, of which one is not at hand."""
        if plan.profile == self.profile or all(map(self.at_hand, plan.jobs)):
            return plan
        why = f"only the full procedure decides it: workshop verify {plan.claim.unit} --full"
        return Plan(plan.claim, settled=Judgement("deferred", None, why))

    def _draw(self, claim: Claim, profile: Profile) -> Plan:
        """Return what a claim runs: its fresh seeds, and a recorded one if it rests on a reference sample."""
        if not claim.rule.needs_sample:
            return Plan(claim, self._alone(claim, profile), profile)
        recorded = self.recordings.of(claim)
        drawn = sampling_plan(recorded.samples, asked=self.seed_count or 0, varied=self.varied)
        return Plan(
            claim,
            self._sample(claim, profile, range(drawn.fresh)),
            profile,
            drawn.repeated,
            self._sample(claim, "full", [] if drawn.repeated is None else [drawn.repeated], "reference"),
            recorded,
        )

    def _alone(self, claim: Claim, profile: Profile) -> tuple[Jobs, ...]:
        """Return the runs of a claim that needs no reference sample.

        Where the sampled claims of its units draw nothing but a recorded run, it rests on that run, too.
        """
        index = self._repeated_alone(claim) if self.seed_count is None and not self.varied else None
        if index is not None:
            repeated = self._sample(claim, "full", [index], "reference")
            if repeated == self._sample(claim, profile, [index], "reference"):  # no short profile
                return repeated
        return self._sample(claim, profile, range(self.seed_count or 1))

    def _repeated_alone(self, claim: Claim) -> int | None:
        try:
            drawn = sampling_plan(samples_of(claim, self.recordings.environment))
        except WorkshopError:  # no sample, or a damaged one: the verdicts of the claims that need it say so
            return None
        return None if drawn.fresh else drawn.repeated

    def _sample(
        self, claim: Claim, profile: Profile, indices: Iterable[int], stream: Stream = "run"
    ) -> tuple[Jobs, ...]:
        return tuple(self.planner.sample(quantities(claim), claim.id, profile, indices, stream))


def quantities(claim: Claim) -> list[Measure]:
    """Return all that a claim measures or shows."""
    return [*claim.measures().values(), *claim.shown_beside().values()]
