"""The smallest changes that a stochastic claim notices: by repeated seeds, by first steps, by fresh seeds."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from workshop.ledger import Claim
from workshop.samples.model import quantity
from workshop.samples.repeats import PartRepeats, unit_repeats
from workshop.verification.repeats import measured_paths
from workshop.verification.results import Notices, SampleSummary


def notices(claim: Claim, sample: SampleSummary, environment: Mapping[str, str]) -> Notices:
    """Return what a claim with these recorded runs notices in an environment. Raises DamagedReference."""
    deviations = {number.name: _deviation(number.runs) for number in sample.numbers}
    fresh = [
        number.drift / deviations[number.name]
        for number in sample.numbers
        if number.drift is not None and deviations[number.name]
    ]
    shares: list[float] = []
    steps: list[float] = []
    for label, measure in claim.measures().items():
        unit = unit_repeats(measure.unit, environment)
        if unit is None or not (unit.alike(environment) or unit.versions):
            continue
        others = not unit.alike(environment)
        for part in unit.parts.values():
            paths = measured_paths(measure, part.numbers)
            if paths and part.form == "first steps":
                steps += _steps(part, other_versions=others)
            for path in paths if not part.form else []:
                number = part.numbers[path]
                tolerance = number.tolerance(other_versions=others)
                if math.isfinite(tolerance):
                    # a name of the recorded runs, unless the claim takes slices or ranks words
                    name = f"{label}{path.removeprefix(quantity(measure))}".lstrip(".")
                    deviation = deviations.get(name, _deviation(number.values))
                    shares.append(tolerance / deviation if deviation else 0.0)
    return Notices(
        # numbers that are the same on all runs show a change only if nothing else does
        min(filter(None, shares), default=0.0 if shares else None),
        float(np.median(steps)) if steps else None,
        min(fresh, default=None),
    )


def _deviation(values: tuple[object, ...]) -> float:
    """Return the standard deviation of the numbers among some values, 0 for fewer than two."""
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    return float(np.std(numbers, ddof=1)) if len(numbers) > 1 else 0.0


def _steps(part: PartRepeats, *, other_versions: bool) -> list[float]:
    """Return the tolerance of each number of the trainings as a share of its range over the seeds."""
    numbers = [
        number for path, number in part.numbers.items() if path.startswith("trainings[") and number.range
    ]
    found = [number.tolerance(other_versions=other_versions) / number.range for number in numbers]
    return [share for share in found if math.isfinite(share)]
