"""The JSON of a benchmark run: the contract between `benchmarks/`, which writes it, and its report.

It is pytest-benchmark's own {"machine_info", "commit_info", "benchmarks": […], "datetime", "version"}, and

    "workshop": {"schema": "workshop-bench/1",
                 "machine": its class: name and vector sets of the processor, device and threads,
                 "environment": {"python": …, "tensorflow": …, "torch": …, "cpu": …, "device": "cpu" | "gpu",
                                 "threads": "1", …: all of it text},
                 "limits": {"flops": rate of float32 matrix products in FLOP/s,
                            "bandwidth": bytes/s read plus written,
                            "note": how both were measured, one line},
                 "left_out": [{"contender": …, "reason": one line with the remedy}, …]}

and each entry of "benchmarks" has, next to "fullname" and "stats" {"median", …} in seconds per unit of work,

    "extra_info": {"path": "training step" | "convolution" | "RNN inference" | "engine" | "procedure",
                   "case": …, "size": {"batch": 64, …: numbers by the name of the axis, may be empty},
                   "contender": …, "per": the unit of work: "step", "call", "image", …,
                   "reference": the contender that ratios are taken to,
                   "ratio": {"median", "low", "high"}: this contender's time over the reference's, paired by
                            round; above 1 the reference is faster; null for the reference itself,
                   "rounds": …, "coverage": the probability that [low, high] contains the median ratio,
                   "work": {"flops", "bytes", "floor": seconds, "bound": "arithmetic" | "memory"} or null,
                   "fraction": floor over median time, or null,
                   "goals": [{"against": a contender, or "floor", "at_least": the ratio's goal,
                              "gate": the ratio below which the benchmark fails, null where nothing was
                                      recorded for this class of machine,
                              "ratio": {"median", "low", "high"},
                              "state": "met": the median is at the goal or above,
                                       "missed": all of the interval is below,
                                       "open": the interval contains the goal, the median is below,
                              "fired": whether the gate failed the benchmark}, …]
                             on the reference's entry; [] on the others}

Entries without a "path" are benchmarks of other suites; the report names them and leaves them out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from workshop.errors import UsageError
from workshop.ledger.values import brief
from workshop.strict_json import NotJSON, read_json
from workshop.untrusted import one_line

SCHEMA = "workshop-bench/1"
REMEDY = "run `nox -s bench`"

State = Literal["met", "missed", "open"]
Positive: TypeAlias = Annotated[float, Field(gt=0)]
Key: TypeAlias = tuple[str, str, tuple[tuple[str, float], ...], str]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, allow_inf_nan=False)


class Interval(_Strict):
    """A median ratio and the interval around it."""

    low: Positive
    median: Positive
    high: Positive

    @model_validator(mode="after")
    def _ordered(self) -> Interval:
        if not self.low <= self.median <= self.high:
            raise ValueError(f"the interval [{self.low:g}, {self.high:g}] is not around {self.median:g}")
        return self

    @property
    def sides(self) -> tuple[float, float]:
        """How far the interval reaches below the median, and above it."""
        return self.median - self.low, self.high - self.median

    def distance(self, other: Interval) -> float:
        """Return the factor between two intervals, 1 or less where they overlap."""
        return max(self.low / other.high, other.low / self.high)


class Work(_Strict):
    """What a unit of work computes and moves, and the least time that the machine's limits allow for it."""

    flops: float = Field(ge=0)
    bytes: float = Field(ge=0)
    floor: float = Field(ge=0)
    bound: Literal["arithmetic", "memory"]


class Goal(_Strict):
    """A ratio to reach against a contender, the gate (None where none is), and what was measured."""

    against: str
    at_least: Positive
    gate: Positive | None
    ratio: Interval
    state: State
    fired: bool


class Measurement(_Strict):
    """One contender's time for a case at a size; `seconds` is the median per unit of work."""

    path: str
    case: str
    size: dict[str, float]
    contender: str
    per: str
    reference: str
    seconds: Positive
    ratio: Interval | None
    rounds: int
    coverage: float
    work: Work | None
    fraction: float | None
    goals: tuple[Goal, ...] = Field(strict=False)

    @model_validator(mode="after")
    def _coherent(self) -> Measurement:
        if (self.ratio is None) != (self.contender == self.reference):
            raise ValueError(f"{self.contender}: every contender but the reference has a ratio")
        return self

    @property
    def key(self) -> Key:
        """What distinguishes a measurement from all others of its run."""
        return self.path, self.case, tuple(sorted(self.size.items())), self.contender

    @property
    def title(self) -> str:
        """Case and size on one line."""
        return describe_case(self.case, self.size)


class Limits(_Strict):
    """What the machine can do at best."""

    flops: Positive
    bandwidth: Positive
    note: str


class LeftOut(_Strict):
    """A contender that was not measured."""

    contender: str
    reason: str


class Run(_Strict):
    """One benchmark file; `others` are the names of its benchmarks of other suites."""

    file: Path
    date: datetime
    commit: str
    machine: str
    environment: dict[str, str]
    limits: Limits
    left_out: tuple[LeftOut, ...] = Field(strict=False)
    measurements: tuple[Measurement, ...] = Field(min_length=1)
    others: tuple[str, ...]

    @model_validator(mode="after")
    def _distinct(self) -> Run:
        counts = Counter(m.key for m in self.measurements)
        for m in self.measurements:
            if counts[m.key] > 1:
                raise ValueError(f"{m.path}, {m.title}, {m.contender} is there twice")
        return self


def describe_case(case: str, size: dict[str, float]) -> str:
    """Write a case and its size on one line, e.g. `MNIST CNN, batch 64`."""
    return ", ".join([case, *(f"{axis} {value:,.10g}" for axis, value in size.items())])


def group_by(name: Literal["path", "title"], measured: Iterable[Measurement]) -> dict[str, list[Measurement]]:
    """Return measurements by path or by title, both in the order in which they were measured."""
    groups: dict[str, list[Measurement]] = {}
    for m in measured:
        groups.setdefault(getattr(m, name), []).append(m)
    return groups


class _Entry(_Strict):
    """An entry of pytest-benchmark."""

    fullname: str
    extra_info: dict[str, Any]
    stats: dict[str, Any]


class _Content(_Strict):
    """The parts of pytest-benchmark's file that are read."""

    datetime: str
    benchmarks: list[_Entry]
    commit_info: dict[str, Any] | None = None
    workshop: dict[str, Any]


def read_run(path: Path) -> Run:
    """Read a benchmark JSON; its text is printable. Raises UsageError naming the file and the remedy."""
    name = one_line(str(path))
    try:
        content = read_json(path)
        part = content.get("workshop") if isinstance(content, dict) else None
        if not isinstance(part, dict):
            raise UsageError(f"{name}: not of this suite, it has no part `workshop`: {REMEDY}")
        if part.get("schema") != SCHEMA:
            schema = brief(part.get("schema"), 60)
            raise UsageError(f"{name}: schema {schema!r}, not {SCHEMA!r}: {REMEDY} again")
        return _run(Path(name), _Content.model_validate(content))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        reason = f"{'.'.join(map(str, first['loc']))} {first['msg']}"
    except NotJSON as error:
        reason = str(error)
    raise UsageError(f"{name}: damaged ({' '.join(reason.split())}): {REMEDY} again")


def _run(path: Path, content: _Content) -> Run:
    ours = [entry for entry in content.benchmarks if "path" in entry.extra_info]
    others = [entry.fullname for entry in content.benchmarks if "path" not in entry.extra_info]
    try:
        date = datetime.fromisoformat(content.datetime)
        date = date.astimezone(timezone.utc) if date.tzinfo else date.replace(tzinfo=timezone.utc)
    except (ValueError, OverflowError):
        raise NotJSON(f"datetime {brief(content.datetime, 60)!r} is not ISO 8601") from None
    commit = content.commit_info or {}
    return Run.model_validate(
        {
            **content.workshop,
            "file": path,
            "date": date,
            "commit": str(commit.get("id", ""))[:9] + (" and changes" if commit.get("dirty") else ""),
            "measurements": tuple(
                Measurement.model_validate({**entry.extra_info, "seconds": entry.stats.get("median")})
                for entry in ours
            ),
            "others": tuple(others),
        }
    )
