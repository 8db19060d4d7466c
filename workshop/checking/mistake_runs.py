"""Recorded runs of mistakes: a unit's numbers over many seeds, each time with one mistake in its code.

One file per unit, `mistakes/chNN.xxNN.json`, for units of at most LONGEST seconds a seed. Seeds are the first
ones of the unit's reference sample. The mistakes are those of `tests/mutants`, which records them:

    {"schema": "workshop-mistakes/1", "unit": …,
     "sha256": of all the rest (`checksum`),
     "environments": [what the bits of a run depend on, as in a reference sample],
     "quantities": [paths of single numbers in the unit's outcome],
     "seeds": [one a run],
     "mistakes": [{"what": in words, "row": digest of the edits, "code": digest of the unit's code, unedited,
                   "environment": place in the list, "date": ISO 8601, "seconds": median of a seed,
                   "left_out": why the runs say nothing, "" if they do,
                   "runs": a row for each seed, a number for each quantity; null if there is none}]}
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from workshop.ledger import Claim, Ledger
from workshop.paths import joined
from workshop.samples.model import ReferenceSample, quantity, read_recorded, write_recorded
from workshop.statistics.scales import Numbers, Scale

SCHEMA = "workshop-mistakes/1"
# mistakes are not modelled in units that take longer, in seconds a seed
LONGEST = 2.0


@dataclass(frozen=True)
class Mistake:
    """The runs of a unit with one mistake; see the module for the fields. `runs` : (seeds, quantities)."""

    what: str
    row: str
    code: str
    environment: int
    date: str
    seconds: float
    left_out: str
    runs: tuple[tuple[float | None, ...], ...]

    @property
    def numbers(self) -> Numbers:
        """The runs as an array, NaN where a run has no number; (seeds, quantities)."""
        return np.array(self.runs, dtype=np.float64)


@dataclass(frozen=True)
class MistakeRuns:
    """The recorded mistakes of a unit."""

    unit: str
    environments: tuple[Mapping[str, str], ...]
    quantities: tuple[str, ...]
    seeds: tuple[int, ...]
    mistakes: tuple[Mistake, ...]


def mistakes_folder() -> Path:
    """Return the folder of the recorded mistakes in the package."""
    return Path(str(resources.files("workshop.checking"))) / "mistakes"


@cache
def recorded_mistakes(unit: str) -> MistakeRuns | None:
    """Return the recorded mistakes of a unit, None if there are none. Raises DamagedReference."""
    path = mistakes_folder() / f"{unit}.json"
    return read_mistakes(path) if path.exists() else None


def read_mistakes(path: Path) -> MistakeRuns:
    """Read the recorded mistakes of a unit. Raises DamagedReference naming file and remedy."""

    def runs_of(content: Any) -> MistakeRuns:
        found = MistakeRuns(
            content["unit"],
            tuple(content["environments"]),
            tuple(content["quantities"]),
            tuple(content["seeds"]),
            tuple(Mistake(**{**m, "runs": tuple(map(tuple, m["runs"]))}) for m in content["mistakes"]),
        )
        shape = (len(found.seeds), len(found.quantities))
        if any(not each.left_out and each.numbers.shape != shape for each in found.mistakes):
            raise ValueError("the runs of a mistake have not a number for each quantity and seed")
        return found

    return read_recorded(path, SCHEMA, runs_of, f"{path.name}: no recorded mistakes")


def write_mistakes(runs: MistakeRuns, path: Path) -> None:
    """Write the recorded mistakes of a unit, a line a run."""
    content = {"schema": SCHEMA, **asdict(runs)}
    write_recorded(path, content, "mistakes", map(_written, content["mistakes"]))


def _written(mistake: Mapping[str, Any]) -> str:
    facts = {key: value for key, value in mistake.items() if key != "runs"}
    runs = ",\n".join(f"    {json.dumps(run)}" for run in mistake["runs"])
    return f'  {json.dumps(facts)[:-1]}, "runs": [\n{runs}]}}' if runs else f"  {json.dumps(mistake)}"


@dataclass(frozen=True)
class MistakePlace:
    """Where a number of a claim lies in its unit's outcome, and the number's scale."""

    quantity: str
    scale: Scale


Named = dict[str, tuple[MistakePlace, float]]


def numbers_of_claims(ledger: Ledger, unit: str, runs: Sequence[Mapping[str, Any]]) -> list[Named]:
    """Return the numbers of each run by their names: the claim's id, and the number's path inside it.

    `runs` have the values of the unit's recorded quantities. Numbers of one that is missing, or that is not
    of the claim's form, are left out.
    """
    found: list[Named] = [{} for _ in runs]
    for claim in ledger.units[unit].claims:
        if claim.rule.needs_sample:
            for name, measure in claim.measures().items():
                own, places = quantity(measure), dict[str, MistakePlace]()
                for values, numbers in zip(runs, found, strict=True):
                    if measure.unit == unit and own in values:
                        for number, value in _numbers(claim, name, values[own]).items():
                            if number not in places:
                                inner = number.removeprefix(name)
                                places[number] = MistakePlace(joined(own, inner), claim.scale_of(number))
                            numbers[joined(claim.id, number)] = places[number], value
    return found


def _numbers(claim: Claim, name: str, value: Any) -> dict[str, float]:
    try:
        return claim.sampled_rule.numbers({name: value} if name else value, claim.documented)
    except (ValueError, LookupError, TypeError):
        return {}


def unchanged_numbers(ledger: Ledger, sample: ReferenceSample) -> list[Named]:
    """Return the numbers of the recorded runs of the unchanged procedure, as `numbers_of_claims` does."""
    # one that crashed has no values
    values = [dict(zip(sample.quantities, run.values, strict=False)) for run in sample.runs]
    return numbers_of_claims(ledger, sample.unit, values)


def as_rows(runs: Iterable[Named], quantities: Sequence[str]) -> Numbers:
    """Return the numbers of runs; (runs, quantities), NaN for one that is missing."""
    return np.array([as_row(by_quantity(run), quantities) for run in runs], dtype=np.float64)


def by_quantity(numbers: Named) -> dict[str, float]:
    """Return each single number of a run once, by its path in the outcome."""
    return {place.quantity: value for place, value in numbers.values()}


def as_row(numbers: Mapping[str, float], quantities: Iterable[str]) -> tuple[float | None, ...]:
    """Return a run's numbers in an order, to six digits; None for one that is missing or not finite."""
    row = (numbers.get(name, math.nan) for name in quantities)
    return tuple(float(f"{value:.6g}") if math.isfinite(value) else None for value in row)
