"""The JSON of a run: the contract of everything that reads results.

    {"schema": "workshop-results/3",
     "environment": {"python": …, "tensorflow": …, "keras": …, "numpy": …, …,
                     "system": …, "cpu": …, "device": "cpu" | "gpu", "threads": …,
                     "memory": the peak of the process that took most, in MB; 0 if it is not known,
                     "profile": "default" | "full",
                     "date": ISO 8601 in UTC, "workshop": …},
     "claims": [{"id": …, "unit": …, "ours": whether it is a claim of our own, not the book's, "verdict": …,
                 "documented": what is compared: the printed value, or ours where the ledger has `tested_as`,
                 "measured": the measured value; null if there is none,
                 "runs": how many runs it is of; 0 if there is none,
                 "summary": "median" if each of its numbers is the median of several runs, "first" if it is
                            that of the first of several runs, which have no median; "" for one run,
                 "numbers": the measured numbers by their paths, as rules and `sample` name them:
                            {path: {"book", "run", "low", "median", "high"}}, without what is not known.
                            "book": the printed number; "run": that of one run; "low", "median" and "high":
                            those of several runs,
                 "beside": quantities shown next to the measured one by label, each with the keys "measured",
                           "runs", "summary" and "numbers",
                 "rule": in words,
                 "margin": distance to the rule's bound in the quantity's unit, negative outside;
                           null if not a matter of degree,
                 "seeds": the seeds drawn, [] for a deterministic claim,
                 "seconds": computing time of the outcomes that decide it, from the store or not
                            (claims of a unit share outcomes),
                 "reason": one line,
                 "substitutes": why the runs here rest on substitute data, a line each; [] if they don't,
                 "sample": the recorded runs of a stochastic claim, as `SampleSummary` has them; null for
                           other claims,
                 "evidence": what the verdict is worth: "measured", "data", "built", "statement", "setting" or
                             "printed", as in the ledger; "" for a claim that can't be tested,
                 "basis": "run here", or "recorded" where recorded runs decide and recorded seeds were only
                          repeated here; "" where nothing decides,
                 "notices": the smallest changes of a stochastic claim that a run notices, as `Notices` has
                            them; null for other claims,
                 "first_contact": "agrees" or "disagrees" where the claim was measured on its documented data
                                  for the first time; "" for other claims,
                 "lost": the verdict of the last run on this machine if that decided the claim and this
                         one did not; "" for other claims,
                 "waits_for": the unit that changed since its runs were recorded, for which a deferred
                              claim waits; "" for other claims,
                 "rounding": the numbers of repeated seeds that a version which nobody has measured moved by
                             rounding, with their values; "" for other claims,
                 "moved_first": the claim of the unit that a library moved first, if it moved this one; ""
                                for other claims}, …]}

Files of schema 1, which have no "sample", and of schema 2, in which a summary of several runs stood in
"measured", are read, too, and files without "evidence", "basis", "notices", "substitutes", "first_contact",
"lost", "waits_for", "rounding" and "moved_first". What earlier runs wrote of
drift tests and seed sets is left out.
"previous" and "curves" are reserved for later versions; readers of this one ignore them.

A library that is not installed is absent from `environment`, whose facts are text but for the whole numbers
`threads` and `memory`. Numbers that JSON does not know (NaN, ±∞) are null.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from statistics import median
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field, Strict, TypeAdapter, ValidationError

from workshop.errors import UsageError
from workshop.execution.store import exclusive
from workshop.files import built_once, write_atomically
from workshop.ledger.errors import in_words
from workshop.ledger.model import Evidence
from workshop.strict_json import NotJSON, parse_json, read_bytes
from workshop.units import UNIT_ID
from workshop.untrusted import one_line
from workshop.values import brief, for_json, is_number, leaves, named_leaves, numbers_in, plain
from workshop.verification.verdicts import VERIFIED, Basis, FirstContact, Verdict

SCHEMA = "workshop-results/3"
_READABLE = ("workshop-results/1", "workshop-results/2", SCHEMA)
# keys of a claim that later versions of the schema may have
_RESERVED = ("previous", "curves")
# keys of a sample, of its numbers and of `notices` that earlier runs wrote
_FORMER = ("scale", "probability", "false_alarm", "false_alarm_of_run")
_FORMER_OF_NUMBER = ("seeds", "test", "drift", "seeds_for_half")

_UNIT_ID = re.compile(UNIT_ID.pattern, re.ASCII)
_CLAIM_ID = re.compile(rf"{UNIT_ID.pattern}\.[a-z0-9_]+", re.ASCII)
_COUNTS = {"threads", "memory"}  # the facts that are whole numbers


def _facts(environment: Mapping[str, Any]) -> Mapping[str, Any]:
    environment = {name: fact for name, fact in environment.items() if name != "varied"}  # of earlier runs
    for name, fact in environment.items():
        wanted, name_of = (int, "a whole number") if name in _COUNTS else (str, "text")
        if type(fact) is not wanted:
            raise ValueError(f"{brief(name, 60)} {brief(json.dumps(fact), 60)} is not {name_of}")
    if environment.get("device", "cpu") not in ("cpu", "gpu"):  # it is a folder's name of recorded runs
        raise ValueError(f"device {brief(environment['device'], 60)!r} is neither 'cpu' nor 'gpu'")
    return environment


def _claim_id(text: str) -> str:
    if not _CLAIM_ID.fullmatch(text):
        raise ValueError(
            f"id {brief(text, 60)!r} is not a claim's: write it as in the ledger, ch02.ex05.accuracy"
        )
    return text


def _unit_id(text: str) -> str:
    if not _UNIT_ID.fullmatch(text):
        raise ValueError(f"unit {brief(text, 60)!r} is not a unit's id: write it as in the ledger, ch02.ex05")
    return text


# types of what is read: of the right kind without being converted, numbers finite, one line of text
Line = Annotated[str, Strict(), AfterValidator(lambda text: " ".join(text.split()))]
ClaimId = Annotated[Line, AfterValidator(_claim_id)]
UnitId = Annotated[Line, AfterValidator(_unit_id)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Count = Annotated[int, Field(strict=True, ge=0)]
# the numbers of a quantity by their paths; what is not known is absent
Numbers = Mapping[str, Mapping[Literal["book", "run", "low", "median", "high"], Number]]
Summary = Literal["", "median", "first"]
Facts = Annotated[Mapping[str, Any], AfterValidator(_facts)]


class _Exact:
    """What is read has the fields of its class and no others."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class UnitRuns(_Exact):
    """The recorded runs of one unit.

    `date` and `environment` are those of the first run; `seconds` is the median of a seed; `failures` counts
    runs that crashed, diverged or died; `substitutes` says why the runs rest on substitutes, a line each.
    """

    unit: UnitId
    runs: Count
    date: Line
    seconds: Number
    environment: Mapping[str, Line]
    failures: Mapping[str, Count]
    substitutes: tuple[Line, ...]


_LIBRARIES = ("tensorflow", "keras", "nltk", "gensim", "numpy")


def made_text(environment: Mapping[str, str]) -> str:
    """Write the versions that runs were made with."""
    return ", ".join(f"{name} {environment[name]}" for name in _LIBRARIES if name in environment)


@dataclass(frozen=True)
class EarlierRuns(_Exact):
    """A number on the runs that were recorded with earlier versions: how many, the least, the most."""

    made: Line
    runs: Count
    least: Number
    most: Number


@dataclass(frozen=True)
class NumberSummary(_Exact):
    """One number of a claim on its recorded runs.

    `runs` are in the order of their seeds, None where a run crashed; `scale` is that of the quantity. The
    first `deciding` runs decide the claim's statement. They exclude a number beyond all of them that is at or
    beyond one of the two `bounds`; None if they can exclude none, or the file is older. `earlier` : runs of
    earlier versions, under which the number is another.
    """

    name: Line
    runs: tuple[Number | None, ...]
    scale: Line = "identity"
    deciding: Count | None = None
    bounds: tuple[Number, Number] | None = None
    earlier: tuple[EarlierRuns, ...] = ()


@dataclass(frozen=True)
class SampleSummary(_Exact):
    """The recorded runs of a stochastic claim; `problem` says why there are none, "" if there are.

    `dates` is when they were recorded. `statement` is the answer on a printed number that stands for a share
    or a mean of runs, "" for other claims. `shows` says how many runs show what the printed run shows, where
    that decides, and whether so many can exclude it. Raises ValueError if it has neither runs nor a problem.
    """

    problem: Line = ""
    dates: Line = ""
    units: tuple[UnitRuns, ...] = ()
    numbers: tuple[NumberSummary, ...] = ()
    statement: Literal["compatible", "excluded", "inconclusive", ""] = ""
    shows: tuple[Line, ...] = ()

    def __post_init__(self) -> None:
        runs = self.units and self.numbers and all(number.runs for number in self.numbers)
        if not runs and not self.problem:
            raise ValueError("sample has neither runs nor a problem")

    @property
    def made(self) -> str:
        """The versions with which the first of the runs was made."""
        return made_text(self.units[0].environment)


@dataclass(frozen=True)
class Notices(_Exact):
    """The smallest changes of a claim that a run notices, of the number that shows them best.

    `repeated` : by recorded seeds run again to their end on any processor, in standard deviations of the
    recorded runs, 0 if these don't differ, so that any change beyond rounding shows. `first_steps` : how far
    rounding moves the numbers of repeated first steps, the median of their tolerances as shares of the range
    over the seeds; any further change is noticed. None where nothing is noticed that way.
    """

    repeated: Number | None
    first_steps: Number | None


@dataclass(frozen=True)
class Measured(_Exact):
    """What runs gave of a quantity; the fields are those of the JSON.

    `measured` : the value; of several `runs` the median of each number, or that of the first run, as
    `summary` says. `numbers` : its numbers by their paths.
    """

    measured: Any = None
    runs: Count = 0
    summary: Summary = ""
    numbers: Numbers = field(default_factory=dict)


@dataclass(frozen=True)
class Record(_Exact):
    """What is known of one claim after a run; the fields are those of the JSON, strict where it is read.

    `measured`, `runs`, `summary` and `numbers` are those of `Measured`.
    """

    id: ClaimId
    unit: UnitId
    ours: Annotated[bool, Strict()]
    verdict: Verdict
    documented: Any
    measured: Any
    beside: Mapping[str, Measured]
    rule: Line
    margin: Number | None
    seeds: tuple[Annotated[int, Strict()], ...]
    seconds: Annotated[Number, Field(ge=0)]
    reason: Line
    sample: SampleSummary | None = None
    evidence: Evidence | Literal[""] = ""
    basis: Basis = ""
    notices: Notices | None = None
    substitutes: tuple[Line, ...] = ()
    first_contact: FirstContact = ""
    lost: Verdict | Literal[""] = ""
    waits_for: UnitId | Literal[""] = ""
    rounding: Line = ""
    moved_first: ClaimId | Literal[""] = ""
    runs: Count = 0
    summary: Summary = ""
    numbers: Numbers = field(default_factory=dict)


@dataclass(frozen=True)
class Results:
    """The environment of a run and one record a claim."""

    environment: Mapping[str, Any]
    claims: tuple[Record, ...]

    def counts(self) -> Counter[Verdict]:
        """Return how many claims have each verdict."""
        return Counter(record.verdict for record in self.claims)

    @property
    def green(self) -> bool:
        """Whether nothing failed and at least one claim was verified."""
        return all(r.verdict != "failed" for r in self.claims) and any(
            r.verdict in VERIFIED for r in self.claims
        )

    def write(self, path: Path) -> None:
        """Write the JSON, whole or not at all, a claim a line."""
        write_file(self.environment, claims_text(self.claims), path)


def claims_text(claims: Iterable[Record]) -> str:
    """Return the JSON of records as files have it, a claim a line."""
    return ",\n  ".join(json.dumps(for_json(claim), allow_nan=False) for claim in claims)


def write_file(
    environment: Mapping[str, Any], claims: str, path: Path, figures: Mapping[str, Any] | None = None
) -> None:
    """Write the JSON of a run whose claims have this text, and its figures, which are in the form of JSON."""
    facts = json.dumps({"schema": SCHEMA, "environment": for_json(environment)}, allow_nan=False)[:-1]
    drawn = "" if figures is None else f"{_FIGURES}{json.dumps(figures, allow_nan=False)}"
    write_atomically(path, f"{facts}{_CLAIMS}{claims}]{drawn}}}\n".encode())


def split_file(path: Path) -> tuple[dict[str, Any], str]:
    """Return the environment and the claims' text of a file that `write_file` has written."""
    head, _, rest = path.read_text("utf-8").partition(_CLAIMS)
    claims = rest.partition(f"]{_FIGURES}")[0].removesuffix("]}\n")
    return json.loads(f"{head}}}")["environment"], claims


# what stands before the claims and the figures of a file; JSON's own texts have no line ends
_CLAIMS, _FIGURES = ',\n "claims": [\n  ', ',\n "figures": '


class ResultsError(UsageError):
    """A file is not a results JSON of this schema."""


@cache
def reader(kind: Any) -> TypeAdapter[Any]:
    """Return what reads a type; making it takes as long as reading the results."""
    return TypeAdapter(kind)


def read_results(path: Path) -> Results:
    """Read a results JSON, whoever wrote it. Raises ResultsError naming file, claim, key and remedy.

    What is read is of the types of `Record`, and printable: no text has a terminal's commands.
    """
    try:
        read = read_bytes(path)
        content = built_once("results", read, lambda: _without(parse_json(read), ("figures",)))
        if not isinstance(content, dict) or "schema" not in content:
            raise NotJSON("it has no key 'schema'")
        if content["schema"] not in _READABLE:
            why = f"schema {brief(content['schema'], 60)!r}, not {SCHEMA!r}"
            raise ResultsError(f"{one_line(str(path))}: {why}: run `workshop verify --json` again")
        return parse_results(content)
    except NotJSON as error:
        get = "run it again" if path.exists() else f"workshop verify --json {one_line(str(path))} writes them"
        why = f"no results of `workshop verify --json` ({' '.join(str(error).split())}): {get}"
    raise ResultsError(f"{one_line(str(path))}: {why}")


def parse_results(content: Mapping[str, Any]) -> Results:
    """Return the results that a file's JSON has. Raises NotJSON naming claim and key."""
    claims: Any = content.get("claims")
    if isinstance(claims, list):
        claims = [_as_now(claim) for claim in claims]
    try:
        environment = reader(Facts).validate_python(content.get("environment"))
    except ValidationError as error:
        raise NotJSON(in_words(error, "environment")) from None
    try:
        records = reader(tuple[Record, ...]).validate_python(claims)
    except ValidationError as error:
        name = ""
        if where := error.errors(include_url=False)[0]["loc"]:
            own = claims[where[0]].get("id") if isinstance(claims[where[0]], dict) else None
            name = f"claim {brief(own, 60) if isinstance(own, str) else f'number {where[0]}'}: "
        raise NotJSON(f"{name}{in_words(error, 'claims')}") from None
    counts = Counter(record.id for record in records)
    twice = next((name for name, count in counts.items() if count > 1), None)
    if twice is not None:
        raise NotJSON(f"claim {brief(twice, 60)} is there twice")
    return Results({**environment}, records)


def _as_now(claim: Any) -> Any:
    """Return a claim of an older file as this schema has it; keys of later ones are left out.

    Schema 2 has the summary of several runs as `measured`, in the order of the numbers of recorded runs.
    """
    if not isinstance(claim, dict):
        return claim
    known = _without(claim, _RESERVED)
    names: list[str] = []
    if isinstance(sample := known.get("sample"), dict):
        known["sample"] = _without(sample, _FORMER)
        if isinstance(numbers := sample.get("numbers"), list):
            known["sample"]["numbers"] = [_without(number, _FORMER_OF_NUMBER) for number in numbers]
            with suppress(LookupError, TypeError):
                names = [number["name"] for number in numbers]
    if "notices" in known:
        known["notices"] = _without(known["notices"], ("fresh",))
    if "runs" not in known:
        documented = dict(numbers_in(known.get("documented")))
        known |= _measured_now(known.get("measured"), names, documented)
        if isinstance(beside := known.get("beside"), dict):
            known["beside"] = {label: _measured_now(value, []) for label, value in beside.items()}
    return known


def _without(content: Any, keys: Collection[str]) -> Any:
    return {k: v for k, v in content.items() if k not in keys} if isinstance(content, dict) else content


def _measured_now(value: Any, names: Sequence[str], printed: Mapping[str, float] = {}) -> dict[str, Any]:
    """Return what schema 2 has as a measured value in the keys of `Measured`."""
    if value is None:
        return vars(Measured())
    if isinstance(value, dict) and tuple(value) == ("seeds", "first"):
        return vars(Measured(value["first"], value["seeds"], "first"))
    if not isinstance(value, dict) or tuple(value) != ("seeds", "median", "minimum", "maximum"):
        return vars(measured_by([value], printed))
    columns = [list(leaves(value[key])) for key in ("minimum", "median", "maximum")]
    if {len(column) for column in columns} != {len(names)}:
        names = [path for path, _ in named_leaves(value["median"])]
    rows = zip(names, *columns, strict=False)
    ends = ("low", "median", "high")
    known: dict[str, Any] = {}
    for path, *row in rows:
        numbers = zip(("book", *ends), (printed.get(path), *row), strict=True)
        known[path] = {name: number for name, number in numbers if number is not None}
    medians = {path: number.get("median") for path, number in known.items()}
    return vars(Measured(tree(medians), value["seeds"], "median", known))


def measured_by(
    values: Sequence[Any],
    printed: Mapping[str, float] = {},
    numbers: Callable[[Any], Mapping[str, float]] | None = None,
) -> Measured:
    """Return what runs measured of a quantity, a value a run: its numbers by path, with the printed ones.

    `numbers` returns those of a value, if they are not its leaves. A run in which a number is NaN, such as
    the mean of nothing, does not count in that number.
    """
    values = [plain(value) for value in values]
    numbers = numbers or (lambda value: dict(filter(_has_number, named_leaves(value))))
    each = [numbers(value) for value in values]
    paths = list(each[0]) if all(own.keys() == each[0].keys() for own in each) else []
    found = {path: [own[path] for own in each if math.isfinite(own[path])] for path in paths}
    known: dict[str, Any] = {path: {"book": printed[path]} if path in printed else {} for path in paths}
    for path, runs in found.items():
        if runs and len(values) == 1:
            known[path]["run"] = runs[0]
        elif runs:
            known[path] |= {"low": min(runs), "median": median(runs), "high": max(runs)}
    if len(values) == 1:
        return Measured(values[0], 1, "", known)
    entries = [*named_leaves(values[0])]
    if [path for path, _ in entries] != paths or not all(map(_has_number, entries)):
        return Measured(values[0], len(values), "first", known)
    return Measured(tree({path: known[path].get("median") for path in paths}), len(values), "median", known)


def _has_number(entry: tuple[str, Any]) -> bool:
    return is_number(entry[1])


def tree(by_path: Mapping[str, Any]) -> Any:
    """Return the nested value that has these leaves by their paths, such as `loss[0]`."""
    if list(by_path) == [""]:
        return by_path[""]
    root: dict[str, Any] = {}
    for path, leaf in by_path.items():
        *steps, last = re.findall(r"\[\d+\]|[^.\[]+", path)
        inner = root
        for step in steps:
            inner = inner.setdefault(step, {})
        inner[last] = leaf
    return _with_lists(root)


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    items = {key: _with_lists(item) for key, item in value.items()}
    return list(items.values()) if items and all(key.startswith("[") for key in items) else items


# facts of the environment that `workshop show` prints
_SHOWN = ("python", "tensorflow", "keras", "numpy", "device", "date", "profile")


@dataclass(frozen=True)
class LastRecord(Record):
    """A claim's last record here, and some facts of the environment of its run."""

    environment: Facts = field(kw_only=True)


def remember(results: Results, folder: Path) -> None:
    """Add the records of a run to the last ones; a record replaces that claim's earlier one.

    Raises OSError where they can't be written.
    """
    environment = {key: results.environment[key] for key in _SHOWN if key in results.environment}
    with exclusive(folder / "latest.lock"):
        latest: dict[str, Any] = {**recall(folder)}
        for record in results.claims:
            last = replace(record, sample=None, notices=None)  # `show` has the package's own
            latest[record.id] = {**plain(last), "environment": environment}
        write_atomically(folder / "latest.json", json.dumps(for_json(latest), allow_nan=False).encode())


def recall(folder: Path) -> Mapping[str, LastRecord]:
    """Return the last record of each claim; empty before the first run.

    It is a convenience: what is damaged is left out, and the next run writes it again.
    """
    try:
        content = (folder / "latest.json").read_bytes()
        return built_once("latest", content, lambda: _last_records(parse_json(content)))
    except (OSError, NotJSON):
        return {}


def _last_records(content: Any) -> dict[str, LastRecord]:
    """Return the records that are as `remember` writes them."""
    records = {}
    for name, last in content.items() if isinstance(content, dict) else ():
        with suppress(ValidationError):
            records[name] = reader(LastRecord).validate_python(_as_now(last))
    return records


def mark_lost(results: Results, last: Mapping[str, LastRecord]) -> Results:
    """Return the results in which each claim that the last run decided, and this one did not, says so."""

    def mark(record: Record) -> Record:
        before = last[record.id].verdict if record.id in last else ""
        lost = before in VERIFIED and record.verdict not in VERIFIED | {"failed"}
        return replace(record, lost=before) if lost else record

    return replace(results, claims=tuple(mark(record) for record in results.claims))
