"""Deciding a unit's claims with a mistake in the code, in a process forked from one that has everything."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import importlib
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from tests.mutants.forking import in_child
from tests.mutants.rows import Mutant
from workshop import datasets
from workshop.book import Book
from workshop.datasets.own_data import is_data
from workshop.datasets.readers.sentences import Lines
from workshop.execution import caching, digests
from workshop.execution.calling import Made
from workshop.execution.catalogue import Catalogue
from workshop.execution.environment import this_environment
from workshop.execution.planner import Given
from workshop.execution.processes import end_with_parent
from workshop.execution.store import Store, usual_numbers
from workshop.ledger import Claim
from workshop.samples.repeats import SEEDS, entries
from workshop.units import Part
from workshop.verification.engine import Engine

# its name is recorded nowhere, so recorded seeds count within their measured tolerance, not bit for bit
FOREIGN = "a processor on which nothing was recorded"
# what turns an outcome into a verdict; changes elsewhere, as in the scheduler or the page, decide nothing
JUDGING = (
    "ledger/rules/*.py", "statistics/*.py", "samples/model.py", "samples/repeats.py", "verification/drift.py",
    "verification/printed_vs_recorded.py", "verification/repeats.py", "verification/judging.py",
)  # fmt: skip
_WAITED = _COMPUTED = 600  # seconds that a unit takes and computes at most
LIBRARIES = ("tensorflow", "pandas", "scipy.stats", "sklearn", "nltk", "gensim.models", "PIL.Image")


@dataclass(frozen=True)
class Task:
    """A mutant whose unit is to be decided, or None for the unit as it is; `key` stands for all of it."""

    unit: str
    mutant: Mutant | None
    key: str

    @property
    def name(self) -> str:
        """The unit and what is done to it."""
        return f"{self.unit} {'as it is' if self.mutant is None else self.mutant.name}"


@dataclass
class Bench:
    """Decides units, as on a foreign processor, in forked processes.

    The parent imports TensorFlow and the data, and none of the code that mutants change; children share them.
    Outcomes of the package as it is are in one `store`, if any.
    """

    book: Book
    store: Path | None
    root: Path
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = Engine(self.book, store=self.store)
        self.engine.environment = replace(this_environment(), cpu=FOREIGN)
        sys.dont_write_bytecode = True

    def describe(self, units: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return what is known of each unit: see `_facts`."""
        return in_child(lambda: {unit: self._facts(unit) for unit in units})

    def warm(self, libraries: Collection[str], data: Iterable[str]) -> None:
        """Load libraries and data sets, so that no child has to."""
        for library in LIBRARIES:
            if library.split(".")[0] in {*libraries, "PIL"} or (library == "scipy.stats" and self.store):
                with contextlib.suppress(ImportError):
                    importlib.import_module(library)
        if "tensorflow" in libraries:
            import tensorflow as tf

            _ = tf.keras.layers.Dense, tf.keras.models.Sequential  # imports Keras, computes nothing
            if self.store is not None:
                for path in _package().rglob("*.py"):  # children make only that of the mutated file
                    digests.read(_name(path), path)
        caching._MOST_LOADED = 99
        for name in data:
            found = datasets.find(name, offline=True)
            if isinstance(found, datasets.Found):
                caching._load(found)
        for claim in self.engine.book.ledger.claims.values():  # reads all recorded runs
            if claim.rule.needs_sample:
                self.engine.recordings.of(claim)
        gc.collect()
        gc.freeze()

    def run(
        self,
        tasks: Sequence[Task],
        done: Callable[[dict[str, Any]], None],
        end: float = math.inf,
        work: Callable[[Task], dict[str, Any]] | None = None,
    ) -> None:
        """Decide tasks until `end`; `done` gets each result.

        A task that is stopped at its limit or at the end has no result. `work` is what to do with a task
        instead of deciding it.
        """
        begin = partial(end_with_parent, os.getpid())
        for task in tasks:
            began = time.monotonic()
            if began >= end:
                return
            waited = math.ceil(min(_WAITED, end - began))
            result = in_child(partial(work or self.decide, task), begin, waited=waited, computed=_COMPUTED)
            if result is not None:  # else it was stopped, or killed
                done({"key": task.key, "seconds": round(time.monotonic() - began, 1), **result})

    def decide(self, task: Task) -> dict[str, Any]:
        """Decide the claims of a unit in this process, which is not fit for its chapter afterwards."""

        def verdicts() -> dict[str, Any]:
            records = self.engine.verify(self.claims(task.unit)).claims
            return {
                "verdicts": {record.id: record.verdict for record in records},
                "reasons": {record.id: record.reason[:300] for record in records},
            }

        return self._with_mistake(task, verdicts)

    def trials(self, task: Task, bare: Sequence[str] = (), *where: Any) -> dict[str, Any]:
        """Return digests of all that a unit's parts give in this process, and whether changed lines ran.

        A trial is three recorded seeds, then made-up data in the form of the data sets, then fewer of them,
        then another value of each setting. `untried` are settings with which the unit fails, and data that
        can't be varied or are missing here. It ends with the first trial that differs from that of `bare`.
        `where` : what `_watch` takes next to the one file that the task's mistake changes.
        """

        def made() -> dict[str, Any]:
            ran = _watch(task.mutant.edits[0].file, *where) if task.mutant else set[int]()
            (catalogue, parts), load, digests = self.parts(task.unit), caching._load, list[str]()
            untried = [name for name in sorted(catalogue.needed(parts)) if not bare and not _varied(name)]
            every: list[tuple[str, dict[str, dict[str, Any]], Any]] = [("", {}, load)]
            every += [(f"data {few}", {}, lambda found, few=few: made_up(load(found), few)) for few in (0, 8)]
            for name in sorted({name for part in parts for name in part.settings}):
                own = {p.key: {name: other(p.settings[name])} for p in parts if name in p.settings}
                every.append((name, own, load))
            for name, changed, caching._load in every:
                usual = self.engine._planner(self.claims(task.unit))
                planner = replace(usual, given=Given(changed=changed), _jobs={})
                seeds = range(1 if name else SEEDS)
                jobs = [planner.job(part, i, "default", "reference") for part in parts for i in seeds]
                outcomes: dict[str, Made] = {}
                store = None if task.mutant or caching._load is not load else self.store
                self.engine.execute(jobs, outcomes, store)
                rows = ((key, one.failure or repr(entries(one.outcome))) for key, one in outcomes.items())
                digests.append(_digest(f"{key} {row}" for key, row in sorted(rows)))
                if name and any(
                    [*(one.failure for one in outcomes.values()), *(job.blocked for job in jobs)]
                ):
                    untried.append(name)
                if bare and digests[-1] != bare[len(digests) - 1]:
                    break
            return {"trials": digests, "untried": untried, "ran": bool(ran)}

        return self._with_mistake(task, made)

    def _with_mistake(self, task: Task, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what is made with the mistake of a task, or how it crashed."""
        with tempfile.TemporaryDirectory() as folder:
            if task.mutant is not None:
                put_in_front(task.mutant.texts(self.root), Path(folder))
                Store.put = lambda *_, **__: None  # type: ignore[method-assign]
                Store.write_timings = lambda *_, **__: None  # type: ignore[method-assign]
            try:
                return make()
            except Exception as error:  # whatever a mistake does
                return {"crash": f"{type(error).__name__}: {error}"[:300]}

    def claims(self, unit: str) -> list[Claim]:
        """Return the claims that are decided with a unit: those that measure it, less those of other units
        that measure more, and its own that measure nothing.
        """
        found = []
        for claim in self.book.ledger.claims.values():
            measured = {measure.unit for measure in claim.measures().values()} or {claim.unit}
            if measured == {unit} or (claim.unit == unit and unit in measured):
                found.append(claim)
        return found

    def parts(self, unit: str) -> tuple[Catalogue, tuple[Part, ...]]:
        """Return the parts that a unit's claims are decided with, and the catalogue that has them."""
        claims = self.claims(unit)
        catalogue = self.engine.catalogue(claims)
        measured = {m.unit for claim in claims for m in claim.measures().values()} | {unit}
        own = [part for each in sorted(measured) for part in catalogue.parts.get(each, ())]
        return catalogue, catalogue.with_upstream(own)

    def _facts(self, unit: str) -> dict[str, Any]:
        """Return a unit's digest of what decides its claims, what it needs, its files, and usual seconds."""
        claims = self.claims(unit)
        catalogue, parts = self.parts(unit)
        units = {part.unit for part in parts}
        recorded = sorted(path for each in units for path in (_package() / "samples").rglob(f"{each}.json"))
        judging = [path for pattern in JUDGING for path in sorted(_package().glob(pattern))]
        usual = {**usual_numbers("seconds"), **(Store(self.store).read_timings() if self.store else {})}
        content = [
            *(digests.code_digest(part.module, part.name) for part in parts),
            *(digests.own_digest(_name(path)) for path in judging),
            *(repr(claim) for claim in claims),
            *(hashlib.sha256(path.read_bytes()).hexdigest() for path in recorded),
            self.engine.environment.digest_text(),
        ]
        return {
            "digest": _digest(content),
            "libraries": sorted({library for part in parts for library in part.uses}),
            "data": sorted(catalogue.needed(parts)),
            "seconds": sum(
                usual.get(part.key + self.engine._planner(claims).form(part), 0.1) for part in parts
            ),
            "files": sorted({part.module.replace(".", "/") + ".py" for part in parts}),
        }


def made_up(value: Any, few: int = 0) -> Any:
    """Return data of a data set's form: each array, table and text alone draws its rows again.

    `few` : of how many rows one is left out; 0 keeps their number.
    """
    random = np.random.default_rng(0)

    def drawn(name: str, own: Any, few: int) -> Any:
        if isinstance(own, tuple) and hasattr(own, "_fields"):
            kept = 0 if any("lengths" in each for each in own._fields) else few
            new = [drawn(*each, kept) for each in zip(own._fields, own, strict=True)]
            alike = all(one is other for one, other in zip(new, own, strict=True))
            return own if alike else type(own)(*new)
        if not (isinstance(own, np.ndarray | Lines | list) or hasattr(own, "iloc")) or not len(own):
            return own
        size = len(own) - (len(own) // few if few else 0)
        # the lengths of texts have the sum of what they divide
        rows = random.permutation(len(own)) if "lengths" in name else random.integers(len(own), size=size)
        if isinstance(own, Lines | list):
            every = [*own]
            return type(own)(every[row] for row in rows)
        return own[rows] if isinstance(own, np.ndarray) else own.iloc[rows].reset_index(drop=True)

    return drawn("", value, few)


def other(value: Any) -> Any:
    """Return what a reader may give in place of a setting."""
    if isinstance(value, tuple):
        return tuple(map(other, value))
    if isinstance(value, str):
        return f"{value} zebra"
    if isinstance(value, bool):
        return not value
    if isinstance(value, float):
        return value / 2 or 0.5
    return 50 if value is None else value - 1 if value > 1 else value + 1


def _varied(name: str) -> bool:
    """Whether a data set that a reader may give can be made up, or a tool is the documented one."""
    found = datasets.find(name, offline=True)
    if isinstance(found, datasets.Missing):
        return False
    if not is_data(name):
        return not found.substitute
    value = caching._load(found)
    return made_up(value) is not value


def _watch(file: str, lines: tuple[int, int], default: tuple[str, str, str] | None = None) -> set[int]:
    """Watch this process; return a set that gets the first of some lines of a mutated file that it runs.

    `default` : a function and its argument; a line counts if a call has it with this value.
    """
    ran: set[int] = set()

    def line(frame: FrameType, event: str, _: object) -> Any:
        if event == "line" and lines[0] <= frame.f_lineno <= lines[1]:
            ran.add(frame.f_lineno)
            sys.settrace(None)
        return None if ran else line

    def call(frame: FrameType, *_: object) -> Any:
        if ran or not frame.f_code.co_filename.endswith(file):
            return None
        name, argument, value = default or ("", "", "")
        given = frame.f_code.co_name == name and repr(frame.f_locals.get(argument)) == value
        return line if given or default is None else None

    sys.settrace(call)
    return ran


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _package() -> Path:
    return Path(importlib.import_module("workshop").__path__[0])


def _name(path: Path) -> str:
    """Return the name of the package's module in a file."""
    return ".".join(path.relative_to(_package().parent).with_suffix("").parts).removesuffix(".__init__")


def put_in_front(texts: Mapping[str, str], folder: Path) -> None:
    """Let modules be imported from mutated texts, which are written to a folder, by the files' paths."""
    for file, text in texts.items():
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        package = ".".join(Path(file).parts[:-1])
        name = f"{package}.{target.stem}"
        if name in sys.modules:
            raise RuntimeError(f"{name} was imported before it was mutated")
        importlib.import_module(package).__path__.insert(0, str(target.parent))
