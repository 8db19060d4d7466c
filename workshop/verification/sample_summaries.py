"""What results say of a stochastic claim's recorded runs, and what repeated seeds notice."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Literal

import numpy as np

from workshop.errors import WorkshopError
from workshop.ledger import Claim
from workshop.ledger.eras import eras
from workshop.ledger.rules import PrintedAmongRuns
from workshop.samples.model import DamagedReference, ReferenceSample, quantity
from workshop.samples.recorded import NotDecidable, RecordedRuns, Recordings
from workshop.statistics.placement import Answer, prediction_bounds
from workshop.values import is_number, leaves
from workshop.verification.printed_vs_recorded import answer, shows
from workshop.verification.repeats import measured_paths
from workshop.verification.results import (
    EarlierRuns,
    Notices,
    NumberSummary,
    SampleSummary,
    UnitRuns,
    made_text,
    reader,
)


class SampleSummaries:
    """Summaries of the recorded runs of claims in one environment, kept where the recordings have a store."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings
        self._earlier = [
            Recordings(recordings.book, {**recordings.environment, **era.versions})
            for era in eras()
            if not era.applies(recordings.environment)
        ]

    def of(self, claim: Claim) -> SampleSummary | None:
        """Return the summary of a claim's recorded runs, None if its rule needs none."""
        if not claim.rule.needs_sample:
            return None
        made_of = [repr(claim), repr(eras())]
        made = self._recordings.kept("summaries", made_of, lambda: asdict(self._made(claim)))
        summary: SampleSummary = reader(SampleSummary).validate_python(made)
        return summary

    def _made(self, claim: Claim) -> SampleSummary:
        try:
            recorded = self._recordings.of(claim)
            names = tuple(recorded.numbers)
        except WorkshopError as error:
            return SampleSummary(problem=str(error))
        before = []  # of earlier versions, where there are any of its own
        for recordings in self._earlier:
            with suppress(WorkshopError):  # the claim's verdict says what is wrong
                other = recordings.samples(claim).by_unit != recorded.samples.by_unit
                if other and (runs := recordings.of(claim)).numbers:
                    before.append(runs)
        statement: Answer | Literal[""] = ""
        shown: tuple[str, ...] = ()
        with suppress(NotDecidable):  # the claim's verdict says so
            shown = shows(recorded, claim.documented)
            # a printed number that is not placed among the runs
            if not isinstance(claim.rule, PrintedAmongRuns) and any(map(is_number, leaves(claim.documented))):
                statement = answer(recorded, claim.documented).answer
        return SampleSummary(
            dates=recorded.samples.dates,
            units=tuple(_unit_runs(sample) for sample in recorded.samples.by_unit.values()),
            numbers=tuple(_number(name, recorded, before) for name in names),
            statement=statement,
            shows=shown,
        )

    def notices(self, claim: Claim, sample: SampleSummary | None) -> Notices | None:
        """Return what a claim with this summary notices, None if there are no runs or a file is damaged."""
        if sample is None or sample.problem:
            return None
        try:
            return notices(claim, sample, self._recordings)
        except DamagedReference:  # the claim's verdict says so
            return None


def _number(name: str, recorded: RecordedRuns, before: Sequence[RecordedRuns]) -> NumberSummary:
    claim, values = recorded.claim, recorded.deciding_numbers[name]
    # as many as the claim's statement places together
    printed = claim.rule.placed(claim.documented) if isinstance(claim.rule, PrintedAmongRuns) else {}
    return NumberSummary(
        name=name,
        # nine digits are all that float32 has
        runs=tuple(float(f"{v:.9g}") if math.isfinite(v) else None for v in recorded.numbers[name].tolist()),
        scale=str(claim.scale_of(name)),
        deciding=len(recorded.deciding),
        bounds=prediction_bounds(values, claim.scale_of(name), len(printed or recorded.numbers)),
        earlier=tuple(_earlier_runs(name, before)),
    )


def _earlier_runs(name: str, before: Iterable[RecordedRuns]) -> Iterator[EarlierRuns]:
    """Yield what runs of earlier versions have of a number."""
    for runs in before:
        values = runs.numbers.get(name, np.array([]))
        finite = values[np.isfinite(values)]
        if len(finite):
            yield EarlierRuns(
                made=made_text(runs.samples.versions),
                runs=len(finite),
                least=float(f"{finite.min():.9g}"),
                most=float(f"{finite.max():.9g}"),
            )


def _unit_runs(sample: ReferenceSample) -> UnitRuns:
    first = sample.runs[0]
    return UnitRuns(
        unit=sample.unit,
        runs=len(sample.runs),
        date=first.date,
        seconds=sample.seconds,
        environment=dict(sample.environments[first.environment]),
        failures=dict(sorted(Counter(run.mishap for run in sample.runs if run.mishap).items())),
        substitutes=sample.substitutes,
    )


def notices(claim: Claim, sample: SampleSummary, recordings: Recordings) -> Notices:
    """Return what a claim with these recorded runs notices in their environment. Raises DamagedReference."""
    environment = recordings.environment
    deviations = {number.name: _deviation(number.runs) for number in sample.numbers}
    shares: list[float] = []
    steps: list[float] = []
    for label, measure in claim.measures().items():
        unit = recordings.repeats(measure.unit)
        if unit is None:
            continue
        for part in unit.parts.values():
            tolerances = unit.tolerances(part, environment)
            paths = measured_paths(measure, part.numbers)
            if paths and part.form:
                steps += [  # of each number of the trainings
                    tolerances[path] / number.range
                    for path, number in part.numbers.items()
                    if path.startswith("trainings[") and number.range and math.isfinite(tolerances[path])
                ]
            for path in paths if not part.form else []:
                if math.isfinite(tolerances[path]):
                    # a name of the recorded runs, unless the claim takes slices or ranks words
                    name = f"{label}{path.removeprefix(quantity(measure))}".lstrip(".")
                    deviation = deviations.get(name, _deviation(part.numbers[path].values))
                    shares.append(tolerances[path] / deviation if deviation else 0.0)
    return Notices(
        # numbers that are the same on all runs show a change only if nothing else does
        min(filter(None, shares), default=0.0 if shares else None),
        float(np.median(steps)) if steps else None,
    )


def _deviation(values: tuple[object, ...]) -> float:
    """Return the standard deviation of the numbers among some values, 0 for fewer than two."""
    numbers = [value for value in values if is_number(value)]
    return float(np.std(numbers, ddof=1)) if len(numbers) > 1 else 0.0
