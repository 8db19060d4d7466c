"""Repeats: what recorded seeds give in the form in which a default run computes a part.

Quick parts run to their end, slow ones in first steps. Every number of the outcome is recorded for three
seeds, and with it how far it moves with other instructions of the processor (`rounding`) and other versions
of the libraries (`versions`). So a changed procedure shows on any machine. One file per unit,
`repeated/chNN.xxNN.json`, in a folder of the device or era like reference samples.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from workshop.execution.digests import code_digest
from workshop.samples.model import OUTCOME_LIBRARIES, checksum, read_recorded, sample_folders, write_recorded
from workshop.training.first_steps import Stepped
from workshop.units import Part
from workshop.values import is_number

SCHEMA = "workshop-repeats/1"
SEEDS = 3
# a number may differ by this many times the largest difference measured between instruction sets or versions
FACTOR = 4.0
# and always by this many steps of float32
FLOAT_STEPS = 8
# a count that no instruction set moved may move by this share of its range over the seeds: single rows flip
COUNT_SHARE = 0.01
# a number whose tolerance is a larger share of its range over the seeds shows nothing
CHAOTIC_SHARE = 0.2
_TRAINING = re.compile(
    r"trainings\[(\d+)\]\.(?:(losses|moved|length)(?:\[(\d+)\])?(?:\[(\d+)\])?|plan\.(.+))"
)
_IN_TRAINING = {
    "losses": "the loss of update",
    "moved": "the distance moved by weights",
    "length": "the norm of all weights",
}
_LISTED = 64  # larger arrays are recorded by mean and root mean square, words by a checksum

Leaf = float | int | str | bool | None


@dataclass(frozen=True)
class Number:
    """One entry of an outcome on each recorded seed, and by how much it moved, at most."""

    values: tuple[Leaf, ...]
    rounding: float = 0.0
    versions: float = 0.0

    @property
    def range(self) -> float:
        """Range over the seeds; 0 for what is not a finite number."""
        found = self._numbers
        return max(found) - min(found) if len(found) == len(self.values) else 0.0

    @property
    def _numbers(self) -> list[float]:
        return [value for value in self.values if is_number(value)]

    @property
    def least(self) -> float:
        """How much it may always differ: some steps of float32 at its largest size."""
        return FLOAT_STEPS * float(np.finfo(np.float32).eps) * max(map(abs, self._numbers), default=0.0)

    def moved(self, *, other_versions: bool) -> float:
        """Return the largest difference that was measured."""
        return max(self.rounding, self.versions if other_versions else 0.0)

    def tolerance(self, *, other_versions: bool) -> float:
        """Return how much it may differ, infinite if it shows nothing."""
        moved = self.moved(other_versions=other_versions)
        if not moved:  # float arithmetic that other instructions don't move is that of counts
            return max(self.least, COUNT_SHARE * self.range)
        allowed = max(self.least, FACTOR * moved)
        return math.inf if allowed > max(CHAOTIC_SHARE * self.range, self.least) else allowed


@dataclass(frozen=True)
class PartRepeats:
    """What a part gives on recorded seeds.

    `code` : digest of the code that was run. `form` : "" to its end, else "first steps".
    `seconds` : of one seed. `numbers` : by their path in the outcome. `substitutes` : why the seeds rest on
    substitute data, a line each; none if on the documented data.
    """

    code: str
    form: str
    seconds: float
    seeds: tuple[int, ...]
    numbers: Mapping[str, Number]
    substitutes: tuple[str, ...] = ()

    @cached_property
    def unmeasured(self) -> dict[str, float]:
        """How much each number may differ under versions that nobody has measured, by its path.

        They may round `FACTOR` times as much as all that were measured: each number, and its training. That
        moves a number by as large a share of its range over the seeds as any other one that is computed by
        the same update or earlier. Chaotic numbers and single steps of float32 say nothing about the others.
        """
        shares: list[tuple[float, float]] = []
        for path, number in self.numbers.items():
            moved, allowed = number.moved(other_versions=True), number.tolerance(other_versions=True)
            if number.range and number.least < FACTOR * moved == allowed:
                shares.append((_update(path), moved / number.range))

        def tolerance(path: str, number: Number) -> float:
            share = max((share for update, share in shares if update <= _update(path)), default=0.0)
            far = max(FACTOR * number.moved(other_versions=True), share * number.range)
            return max(number.tolerance(other_versions=True), FACTOR * far)

        return {path: tolerance(path, number) for path, number in self.numbers.items()}


@dataclass(frozen=True)
class UnitRepeats:
    """The repeats of a unit's parts by name, and where and when they were recorded.

    `played` : the instruction sets that measured `rounding`, `versions` : the libraries that measured
    `versions`, a line each.
    """

    unit: str
    environment: Mapping[str, str]
    date: str
    played: tuple[str, ...]
    versions: tuple[str, ...]
    parts: Mapping[str, PartRepeats]

    def alike(self, environment: Mapping[str, str]) -> bool:
        """Whether an environment has the recorded libraries."""
        return all(
            environment.get(name) == version
            for name, version in self.environment.items()
            if name in OUTCOME_LIBRARIES
        )

    def measured(self, environment: Mapping[str, str]) -> bool:
        """Whether it was measured how far the libraries of an environment move the numbers."""
        lines = (text.split() for text in self.versions)
        facts = ({**self.environment, **dict(zip(words[::2], words[1::2], strict=True))} for words in lines)
        return self.alike(environment) or any(replace(self, environment=f).alike(environment) for f in facts)

    def tolerances(self, part: PartRepeats, environment: Mapping[str, str]) -> Mapping[str, float]:
        """Return how much the numbers of a part may differ in an environment, by path."""
        if not self.measured(environment):
            return part.unmeasured
        others = not self.alike(environment)
        return {path: number.tolerance(other_versions=others) for path, number in part.numbers.items()}

    def exact(self, environment: Mapping[str, str]) -> bool:
        """Whether an environment is the recorded one, which must repeat every bit; a GPU never must."""
        return environment.get("device") != "gpu" and self.environment.items() <= environment.items()


@dataclass(frozen=True)
class SeedDifference:
    """An entry that a repeated seed does not give again within its tolerance."""

    path: str
    seed: int | None
    recorded: Leaf
    today: Leaf
    tolerance: float

    @property
    def size(self) -> float:
        """How far a number is from the recorded one."""
        return abs(float(self.today) - float(self.recorded))  # type: ignore[arg-type]

    def text(self) -> str:
        """Write it in words: which number, at which update or in which field, by how many tolerances."""
        far = ""
        if self.tolerance:
            times = self.size / self.tolerance
            far = f", {times:,.{0 if times >= 10 else 1}f} times the tolerance of {self.tolerance:.1e}"
        today, recorded = ("missing" if v is None else repr(v) for v in (self.today, self.recorded))
        moved = f"{today}, recorded {recorded} (seed {self.seed}{far})"
        return f"{_place(self.path)} is {moved}"


@dataclass(frozen=True)
class SeedComparison:
    """A repeated seed of a part compared with the recorded one.

    `differences` : entries beyond their tolerance. `exact` : whether all bits are the same. `chaotic` :
    entries that differ and show nothing.
    """

    differences: tuple[SeedDifference, ...]
    exact: bool
    chaotic: tuple[str, ...]


def _update(path: str) -> float:
    """Return the update before which a number of first steps is computed; all others follow the last one."""
    found = _TRAINING.fullmatch(path)
    return int(found[3]) if found and found[2] == "losses" else math.inf


def _place(path: str) -> str:
    """Name a path in words: trainings, updates and weights are counted from 1."""
    found = _TRAINING.fullmatch(path)
    if found is None:
        return path
    training, what, number, second, plan = found.groups()
    name = f"{_IN_TRAINING[what]} {int(number) + 1}" if number else plan or _IN_TRAINING[what]
    name += f", number {int(second) + 1}" if second else ""
    return f"{name} of training {int(training) + 1} ({path})"


def code_of(part: Part) -> str:
    """Return the digest of the code that a part reaches."""
    return code_digest(part.module, part.name)[:16]


def entries(made: Any) -> dict[str, Leaf]:
    """Return the numbers and words of an outcome by path, its trainings first if it ran in first steps."""
    if isinstance(made, Stepped):
        trainings = dict(_leaves(made.trainings, "trainings"))
        return {**trainings, **dict(_leaves(made.outcome, ""))}
    return dict(_leaves(made, ""))


def compare(
    recorded: PartRepeats, seed: int, found: Mapping[str, Leaf], *, exact: bool, other_versions: bool
) -> SeedComparison:
    """Compare the entries of one repeated seed with the recorded ones, bit for bit if `exact`."""
    place = recorded.seeds.index(seed)

    def tolerance(path: str) -> float:
        return 0.0 if exact else recorded.numbers[path].tolerance(other_versions=other_versions)

    values = {path: number.values[place] for path, number in recorded.numbers.items()}
    return compare_entries(seed, values, found, tolerance)


def compare_entries(
    seed: int | None,
    recorded: Mapping[str, Leaf],
    found: Mapping[str, Leaf],
    tolerance: Callable[[str], float],
) -> SeedComparison:
    """Compare the entries of two runs of a seed; `tolerance` returns that of a number that both have."""
    differences, chaotic, same = [], [], True
    for path in dict.fromkeys([*recorded, *found]):
        before, today = recorded.get(path), found.get(path)
        if before == today and isinstance(before, str) == isinstance(today, str):
            continue
        same = False
        numbers = is_number(before) and is_number(today)
        difference = SeedDifference(path, seed, before, today, tolerance(path) if numbers else 0.0)
        if math.isinf(difference.tolerance):
            chaotic.append(path)
        elif not numbers or difference.size > difference.tolerance:
            differences.append(difference)
    return SeedComparison(tuple(differences), same, tuple(chaotic))


def _leaves(value: Any, where: str) -> Iterator[tuple[str, Leaf]]:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    if isinstance(value, list) and len(value) > _LISTED and all(isinstance(v, int | float) for v in value):
        value = np.asarray(value)
    if isinstance(value, np.ndarray) and value.size > _LISTED and value.dtype.kind in "iufb":
        wide = value.astype(np.float64)
        yield f"{where}.shape", str(value.shape)
        if not np.isfinite(wide).all():
            wide = wide[np.isfinite(wide)]
            yield f"{where}.finite", wide.size
        yield f"{where}.mean", as_leaf(wide.mean())
        yield f"{where}.rms", as_leaf(np.sqrt(np.mean(wide**2)))
        return
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list | tuple) and len(value) > _LISTED and all(isinstance(v, str) for v in value):
        yield f"{where}.sha256", checksum({where: list(value)})
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{where}[{index}]")
    else:
        yield where, as_leaf(value)


def as_leaf(value: Any) -> Leaf:
    """Return a value as JSON has it: not finite numbers as words."""
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, int | float) else str(value)


def repeats_path(unit: str, inner: str, folder: Path) -> Path:
    """Return the file of a unit's repeats in a folder of samples; `inner` is that of a device or era."""
    return folder / "repeated" / inner / f"{unit}.json"


def unit_repeats(unit: str, environment: Mapping[str, str], folder: Path) -> UnitRepeats | None:
    """Return the repeats of a unit that count in an environment, or None. Raises DamagedReference."""
    paths = (repeats_path(unit, inner, folder) for inner in sample_folders(environment))
    return next((_read_once(path) for path in paths if path.exists()), None)


def read_repeats(path: Path) -> UnitRepeats:
    """Read a file of repeats. Raises DamagedReference naming file and remedy."""

    def repeats_of(content: Any) -> UnitRepeats:
        parts = {}
        for name, part in content["parts"].items():
            numbers = {}
            for place, (values, *moved) in part["numbers"].items():
                numbers[place] = Number(tuple(values), *map(float, moved))
            facts = part["code"], part["form"], part["seconds"], tuple(part["seeds"])
            parts[name] = PartRepeats(*facts, numbers, tuple(part.get("substitutes", ())))
        played, versions = tuple(content["played"]), tuple(content["versions"])
        return UnitRepeats(content["unit"], content["environment"], content["date"], played, versions, parts)

    return read_recorded(path, SCHEMA, repeats_of, f"repeats of {path.stem}: no such file of this version")


_read_once = cache(read_repeats)


def write_repeats(repeats: UnitRepeats, path: Path) -> None:
    """Write the repeats of a unit, a line a number."""
    content: dict[str, Any] = {"schema": SCHEMA, **asdict(repeats)}
    for part in content["parts"].values():
        part["numbers"] = {name: _row(number) for name, number in part["numbers"].items()}
        if not part["substitutes"]:
            del part["substitutes"]
    write_recorded(path, content, "parts", (_lines(*each) for each in content["parts"].items()))
    _read_once.cache_clear()


def _row(number: Mapping[str, Any]) -> list[Any]:
    moved: Sequence[float] = [float(f"{number[kind]:.3g}") for kind in ("rounding", "versions")]
    while moved and not moved[-1]:
        moved = moved[:-1]
    return [list(number["values"]), *moved]


def _lines(name: str, part: Mapping[str, Any]) -> str:
    facts = [f"   {json.dumps(k)}: {json.dumps(v)}," for k, v in part.items() if k != "numbers"]
    rows = ",\n".join(f"    {json.dumps(k)}: {json.dumps(v)}" for k, v in part["numbers"].items())
    return "\n".join([f"  {json.dumps(name)}: {{", *facts, '   "numbers": {', rows, "   }", "  }"])
