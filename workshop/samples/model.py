"""Reference samples: outcomes of a unit over many seeds, recorded in the package as data.

One file per unit, `references/chNN.xxNN.json`. A GPU's runs are in `references/gpu/`, and those of each era
(`eras`) in a folder of its name. One line is one run, so that a change is reviewed as a diff:

    {"schema": "workshop-reference/2", "unit": …,
     "sha256": of all the rest (`checksum`),
     "environments": [what the bits of an outcome depend on: versions, CPU, threads, and the file's device],
     "substitutes": [why the runs rest on substitute data, a line each; none if on the documented data],
     "quantities": [paths into the unit's outcome, as claims measure them],
     "runs": [{"seed": …, "environment": place in the list, "date": ISO 8601, "seconds": …, "mishap": …,
               "values": one a quantity, in their order; null if the run crashed}]}

A run that crashed, diverged or died is an outcome of the procedure: it stays, and `mishap` names it.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from workshop.book import Book
from workshop.datasets import registry
from workshop.errors import WorkshopError
from workshop.figures.kinds import DrawnRuns
from workshop.files import write_atomically
from workshop.ledger import Claim, Ledger
from workshop.ledger.eras import eras
from workshop.ledger.model import LIBRARIES
from workshop.ledger.rules import numbers_of
from workshop.paths import Measure
from workshop.statistics.scales import Numbers

Made = TypeVar("Made")

SCHEMA = "workshop-reference/2"
# versions that can change outcomes; another Python, NumPy or processor only rounds differently
OUTCOME_LIBRARIES = tuple(name for name in LIBRARIES if name not in ("python", "numpy"))


@dataclass(frozen=True)
class Run:
    """One recorded run; `values` is empty if it crashed, `mishap` says what went wrong, '' if nothing."""

    seed: int
    environment: int
    date: str
    seconds: float
    mishap: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class ReferenceSample:
    """The recorded runs of a unit, in the order of their seeds' stream."""

    unit: str
    environments: tuple[Mapping[str, str], ...]
    substitutes: tuple[str, ...]
    quantities: tuple[str, ...]
    runs: tuple[Run, ...]

    @property
    def seconds(self) -> float:
        """Median of the seconds that a seed took."""
        return float(np.median([run.seconds for run in self.runs]))

    @property
    def documented_seconds(self) -> float:
        """Seconds that a seed takes on the documented data, if they grow with the rows or words."""
        return self.seconds / share_of(self.substitutes)

    def values(self, quantity: str) -> list[Any]:
        """Return a quantity of all runs, None where one crashed. Raises LookupError if it isn't recorded."""
        if quantity not in self.quantities:
            raise LookupError(f"{self.unit}.{quantity} is not recorded: workshop record {self.unit}")
        column = self.quantities.index(quantity)
        return [run.values[column] if run.values else None for run in self.runs]

    def repeated_in(self, environment: Mapping[str, str]) -> int | None:
        """Return the index of the first run that this environment must repeat bit for bit, or None.

        A run's environment names what its bits depend on; what it does not name makes no difference.
        """
        for index, run in enumerate(self.runs):
            if self.environments[run.environment].items() <= environment.items() and run.values:
                return index
        return None


def share_of(substitutes: Iterable[str]) -> float:
    """Return the part of the documented rows or words that substitutes have, named by a line each."""
    lines = set(substitutes)
    known = ((name, edition) for name, entry in registry().items() for edition in entry.editions)
    return math.prod(edition.share for name, edition in known if f"{name}: {edition.why}" in lines)


class DamagedReference(WorkshopError):
    """A file is not what was recorded of a unit; the message names it and the remedy."""


def sample_folders(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the folders that may have an environment's runs, its own first; "" is that of all others.

    Runs on a GPU are in one folder alone: a CPU's say nothing of them.
    """
    device = environment.get("device", "cpu")
    if device != "cpu":
        return (device,)
    return _eras_and_all(tuple(environment.items()))


@cache
def _eras_and_all(facts: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    return (*(era.name for era in eras() if era.applies(dict(facts))), "")


def own_folder(environment: Mapping[str, str], libraries: Collection[str]) -> str:
    """Return the folder for the runs that an environment makes of a unit with these libraries."""
    others = {era.name for era in eras() if era.unit_uses not in libraries}
    return next(name for name in sample_folders(environment) if name not in others)


def reference_path(unit: str, inner: str, folder: Path) -> Path:
    """Return the file of a unit's runs in a book's folder of samples; `inner` is that of a device or era."""
    return folder / "references" / inner / f"{unit}.json"


def reference_sample(unit: str, environment: Mapping[str, str], folder: Path) -> ReferenceSample | None:
    """Return the recorded sample of a unit that counts in an environment, or None.

    Raises DamagedReference if its file is damaged.
    """
    found = (sample_in(unit, inner, folder) for inner in sample_folders(environment))
    return next((sample for sample in found if sample is not None), None)


@cache
def sample_in(unit: str, inner: str, folder: Path) -> ReferenceSample | None:
    """Return the recorded sample of a unit in one of the folders ("" is the main one), or None.

    Raises DamagedReference if its file is damaged.
    """
    path = reference_path(unit, inner, folder)
    return read_reference(path, inner) if path.exists() else None


def read_reference(path: Path, inner: str) -> ReferenceSample:
    """Read the reference sample of one of the folders. Raises DamagedReference naming file and remedy."""

    def sample_of(content: Any) -> ReferenceSample:
        runs = tuple(Run(**{**run, "values": tuple(run["values"] or ())}) for run in content["runs"])
        environments, substitutes, quantities = (
            tuple(content[key]) for key in ("environments", "substitutes", "quantities")
        )
        return ReferenceSample(content["unit"], environments, substitutes, quantities, runs)

    return read_recorded(path, SCHEMA, sample_of, f"{Path(inner, path.name)}: no reference sample")


def read_recorded(path: Path, schema: str, make: Callable[[Any], Made], fault: str) -> Made:
    """Return what is made of a recorded file of a unit.

    Raises DamagedReference, which begins with `fault` and says why and the remedy, if it is not such a file.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["schema"] != schema:
            raise ValueError(f"schema {content['schema']!r}, not {schema!r}")
        if content["sha256"] != checksum(content):
            raise ValueError("its checksum is wrong")
        if content["unit"] != path.stem:
            raise ValueError(f"it is that of {content['unit']}")
        return make(content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = " ".join(f"{type(error).__name__} {error}".split())
    raise DamagedReference(
        f"{fault} ({why}): restore it: git checkout {path}, or pip install --force-reinstall workshop"
    )


def write_recorded(path: Path, content: Mapping[str, Any], key: str, rows: Iterable[str]) -> None:
    """Write a recorded file, whole or not at all, with its checksum; `rows` is the text of `content[key]`.

    So a change is reviewed as a diff. Numbers keep all their bits.
    """
    content = json.loads(json.dumps(content))  # as it is read: keys are text
    head = {**{name: value for name, value in content.items() if name != key}, "sha256": checksum(content)}
    lines = [f" {json.dumps(name)}: {json.dumps(value)}," for name, value in head.items()]
    start, end = "{}" if isinstance(content[key], dict) else "[]"
    text = "\n".join(["{", *lines, f' "{key}": {start}', ",\n".join(rows), f" {end}", "}"])
    write_atomically(path, f"{text}\n".encode())


def checksum(content: Mapping[str, Any]) -> str:
    """Return the checksum of what a file says, however it is laid out."""
    rest = {key: value for key, value in content.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def write_reference(sample: ReferenceSample, path: Path) -> None:
    """Write a reference sample, a line a run."""
    content = {"schema": SCHEMA, **asdict(sample)}
    for run in content["runs"]:
        run["values"] = list(run["values"]) or None
    write_recorded(path, content, "runs", (f"  {json.dumps(run)}" for run in content["runs"]))
    sample_in.cache_clear()


def quantity(measure: Measure) -> str:
    """Return the path of a measured quantity inside its unit's outcome."""
    return str(measure).removeprefix(f"{measure.unit}.")


def quantities_of(ledger: Ledger, unit: str) -> tuple[str, ...]:
    """Return the quantities of a unit that claims decided on reference samples measure."""
    found = {
        quantity(measure): None
        for claim in ledger.claims.values()
        if claim.rule.needs_sample
        for measure in claim.measures().values()
        if measure.unit == unit
    }
    return tuple(sorted(found))


def drawn_runs(
    book: Book, units: Iterable[str], environment: Mapping[str, str], repeated: Collection[int] = ()
) -> dict[str, DrawnRuns]:
    """Return the recorded runs of units, and of those that their claims measure, as figures take them.

    `repeated` : seeds of recorded runs whose first steps were repeated.
    """
    shown = set(units)
    shown |= {
        m.unit
        for unit in shown
        for claim in book.ledger.units[unit].claims
        for m in claim.measures().values()
    }
    found = {}
    for unit in sorted(shown):
        try:
            sample = reference_sample(unit, environment, book.samples)
        except DamagedReference:  # the verdicts say so
            continue
        if sample is not None:
            run = next(
                (at for at, run in enumerate(sample.runs) if run.seed in repeated and run.values), None
            )
            values = {quantity: sample.values(quantity) for quantity in sample.quantities}
            found[unit] = DrawnRuns(values, run, sample.substitutes)
    return found


def recorded_values(claim: Claim, samples: Mapping[str, ReferenceSample]) -> list[Any]:
    """Return what a claim measures on each recorded run; of several units, on runs of the same index.

    None where a run crashed. Raises LookupError if a quantity is not recorded.
    """
    measures = claim.measures()
    columns = {name: samples[m.unit].values(quantity(m)) for name, m in measures.items()}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=False)]
    rows_or_none: list[Any] = [None if None in row.values() else row for row in rows]
    return [row if row is None else row.get("", row) for row in rows_or_none]


def as_numbers(
    values: Sequence[Any], numbers: Callable[[Any], dict[str, float]] = numbers_of
) -> dict[str, Numbers]:
    """Return the numbers of each run's value by path; (runs,) each, ∞ where a run crashed or is NaN.

    Raises ValueError if the runs' values differ in structure, or one is not a number.
    """
    rows = [None if value is None else numbers(value) for value in values]
    names = next((list(row) for row in rows if row is not None), [])
    for row in rows:
        if row is not None and list(row) != names:
            raise ValueError(f"runs measure different things: {names} and {list(row)}")
    columns = {name: [math.inf if row is None else row[name] for row in rows] for name in names}
    return {
        name: np.nan_to_num(column, nan=math.inf, posinf=math.inf, neginf=-math.inf)
        for name, column in columns.items()
    }
