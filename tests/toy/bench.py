"""A bench for toy chapters: units in a module of their own and claims on them, which each test writes."""

from __future__ import annotations

import importlib
import itertools
import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.toy.claims import written
from workshop import datasets
from workshop.book import Book
from workshop.execution import catalogue as catalogues
from workshop.execution import environment as environments
from workshop.execution.catalogue import Catalogue
from workshop.ledger import Ledger, build, read_chapter
from workshop.samples import recording
from workshop.samples.model import (
    ReferenceSample,
    read_reference,
    reference_sample,
    sample_in,
    write_reference,
)
from workshop.units import parts_of
from workshop.verification.engine import Engine
from workshop.verification.results import Record

# `tally` leaves a line for every computation, so that tests can count them across processes and kills
HEAD = """
from __future__ import annotations
import os
from dataclasses import dataclass
from pathlib import Path
import numpy as np
from workshop.units import unit

def tally(what):
    with open(os.environ["TOY_TALLY"], "a") as file:
        file.write(f"{what}\\n")

"""

VERIFY = """
import logging
from workshop.verification.engine import Engine
logging.basicConfig(format="%(message)s")
options = json.loads(arguments[0])
options.update({name: Path(options[name]) for name in ("store", "python") if name in options})
results = Engine(book, **options).verify(list(book.ledger.claims.values()))
print(json.dumps([[r.id, r.verdict, r.reason] for r in results.claims]))
"""

COMMAND = """
import signal
import workshop.book
from workshop.cli.app import app
workshop.book.package_book = lambda: book
signal.signal(signal.SIGINT, signal.default_int_handler)  # background shells start commands with it ignored
app(["verify", "--offline", *arguments])
"""

_numbers = itertools.count()
# files of recorded runs, by what they were made of
_recorded: dict[str, bytes] = {}


class Bench:
    """A toy chapter in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store"
        self.tallies = folder / "tally.txt"
        self.found: dict[str, Any] = {}
        self.seed_count = 0
        self.module = ""
        self.catalogue = Catalogue({})
        self.ledger = Ledger(())
        iris = datasets.registry()["iris"]
        names = "toy_data", "other_data"
        self.data_sets = {name: iris.model_copy(update={"id": name}) for name in names}

    @property
    def book(self) -> Book:
        """The toy chapter as a book."""

        def chapters(names: Iterable[str]) -> Catalogue:
            asked, parts = {*names}, self.catalogue.parts
            return Catalogue({unit: own for unit, own in parts.items() if unit[:4] in asked})

        return Book(self.ledger, chapters, lambda: self.data_sets, self.folder)

    def units(self, source: str) -> Catalogue:
        """Write the units into a module and return them."""
        self.module = f"toy_units_{next(_numbers)}"
        (self.folder / f"{self.module}.py").write_text(HEAD + textwrap.dedent(source), "utf-8")
        importlib.invalidate_caches()
        self.catalogue = catalogues.arrange(parts_of(importlib.import_module(self.module)))
        return self.catalogue

    def claims(self, *claims: Mapping[str, Any]) -> Ledger:
        """Make a ledger of the claims; what a claim does not say is filled in."""
        files = written(*claims)
        (self.folder / "claims.yaml").write_text(next(iter(files.values())), "utf-8")
        self.ledger = build((name, read_chapter(text, name)) for name, text in files.items())
        return self.ledger

    def find(self, data_set: datasets.DataSet, *, offline: bool) -> datasets.Found | datasets.Missing:
        """Return a data set that was put into `found`."""
        del offline
        return self.found.get(data_set.id, datasets.Missing(data_set.id, "it is nowhere", "fetch it"))

    def engine(self, **options: Any) -> Engine:
        """Return an engine on the toy chapter."""
        return Engine(self.book, **{"seed_count": self.seed_count, **options})

    def verify(self, **options: Any) -> dict[str, Record]:
        """Decide all claims and return the records by the claims' last names."""
        records = self.engine(**options).verify(list(self.ledger.claims.values())).claims
        return {record.id.rsplit(".", 1)[1]: record for record in records}

    def tally(self) -> list[str]:
        """Return what the units' functions have left in the tally so far."""
        return self.tallies.read_text("utf-8").split() if self.tallies.exists() else []

    def run(self, **options: Any) -> subprocess.Popen[str]:
        """Verify all claims in a process of its own."""
        options = {"store": str(self.store), "seed_count": self.seed_count, **options}
        return self.start(VERIFY, json.dumps(options))

    def command(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start `workshop verify` in the bench's folder."""
        return self.start(COMMAND, *arguments, cwd=self.folder, **options)

    def start(
        self, code: str, *arguments: str, env: Mapping[str, str] = os.environ, **options: Any
    ) -> subprocess.Popen[str]:
        """Run code in a process of its own that has the toy chapter as `book`, and these `arguments`."""
        path = os.pathsep.join([str(self.folder), *filter(None, sys.path)])
        return subprocess.Popen(
            [sys.executable, "-m", "tests.toy.running", code, self.module, str(self.folder), *arguments],
            env={**env, "PYTHONPATH": path, "WORKSHOP_STORE": str(self.store)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )


@pytest.fixture
def bench(tmp_path, monkeypatch) -> Bench:
    """Return a bench whose units and data sets the engine finds instead of the package's."""
    made = Bench(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("TOY_TALLY", str(made.tallies))
    monkeypatch.setenv("WORKSHOP_THREADS", "1")  # engines set it: this puts it back afterwards
    monkeypatch.setattr(datasets, "find_data_set", made.find)
    return made


@pytest.fixture
def toy_book(device, monkeypatch) -> Any:
    """Return the toy book's module, with the book in the place of the package's, on a CPU."""
    from tests.toy import book

    book.install(monkeypatch.setattr)
    return book


class References:
    """Reference samples of a bench's units, in a folder where the engine finds them."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.folder = bench.folder / "references"

    def record(self, count: int | None = 64, unit: str = "ch09.ex01", **options: Any) -> ReferenceSample:
        """Record a unit as `workshop record` does."""
        places = {name: options.pop(name) for name in ("python", "cluster", "usage") if name in options}
        site = recording.Site(self.bench.book, unit, **places)
        return recording.record_sample(site, count, store=self.bench.store, **options)

    def record_once(self, count: int = 64) -> None:
        """Have the runs of ch09.ex01 recorded, as another test has done before if it can; without a tally."""
        bench, file = self.bench, self.folder / "ch09.ex01.json"
        texts = [(bench.folder / name).read_text("utf-8") for name in (f"{bench.module}.py", "claims.yaml")]
        made_of = repr((texts, sorted(bench.found.items()), count))
        if made_of not in _recorded:
            self.record(count)
            _recorded[made_of] = file.read_bytes()
            bench.tallies.unlink(missing_ok=True)
        self.folder.mkdir(exist_ok=True)
        file.write_bytes(_recorded[made_of])
        sample_in.cache_clear()

    def change(
        self, unit: str = "ch09.ex01", *, seconds: float | None = None, elsewhere: bool = False
    ) -> None:
        """Make a CPU's sample one of a unit that takes so long a seed, or one that was recorded elsewhere."""
        sample = read_reference(self.folder / f"{unit}.json", "")
        if seconds is not None:
            sample = replace(sample, runs=tuple(replace(run, seconds=seconds) for run in sample.runs))
        if elsewhere:
            environments = tuple({**e, "cpu": "another one"} for e in sample.environments)
            sample = replace(sample, environments=environments)
        write_reference(sample, self.folder / f"{unit}.json")

    def find(self, unit: str, environment: Mapping[str, str] | None = None) -> ReferenceSample | None:
        """Return the sample of a unit for an environment, ours if none is given, as it is now, or None."""
        sample_in.cache_clear()  # another process may have written it
        environment = environment or environments.this_environment().facts()
        return reference_sample(unit, environment, self.bench.folder)


@pytest.fixture
def device(monkeypatch) -> Callable[[str], None]:
    """Return a function that takes the test to a CPU or a GPU, whatever the machine has; it is on a CPU."""

    def go(name: str) -> None:
        monkeypatch.setattr(environments, "_gpu_visible", lambda: name == "gpu")

    go("cpu")
    return go


@pytest.fixture
def references(bench, device, monkeypatch) -> References:
    """Return the reference samples that the bench's engine finds instead of the package's: none yet."""
    monkeypatch.delenv("CI", raising=False)
    return References(bench)


@pytest.fixture
def data() -> Callable[..., datasets.Found]:
    """Return a function that makes a data set that is here: the value 1, 2, 3."""

    def make(name: str = "toy_data", *, checksum: str = "c1", why: str | None = None) -> datasets.Found:
        return datasets.Own(name, "e", why is not None, why, {}, "mirror", checksum, value=[1, 2, 3])

    return make


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Return a function that waits for something to become true, and fails if it does not."""

    def wait(condition: Callable[[], bool]) -> None:
        for _ in range(1200):
            if condition():
                return
            time.sleep(0.05)
        pytest.fail("waited a minute in vain")

    return wait


FIT_AND_SCORE = """
@dataclass(frozen=True)
class Fitted:
    loss: float
    weights: list

@unit("ch09.ex01")
def fit(toy_data) -> Fitted:
    return Fitted(0.5, [1.0])

@unit("ch09.ex02", value="accuracy")
def score(ch09_ex01) -> float:
    return sum(ch09_ex01.weights)
"""

UNIT = """
@dataclass(frozen=True)
class Run:
    loss: float
    pair: dict
    words: list

@unit("ch09.ex01")
def train(seed) -> Run:
    tally(seed)
    rng = np.random.default_rng(RNG)
    loss, other = rng.normal(size=2).tolist()
    CHANGE
    return Run(loss, {"small": loss, "large": loss + 1 + abs(other)}, WORDS)
"""


def toy(change: str = "pass", rng: str = "seed", words: str = "[loss, other]") -> str:
    """Return the source of a unit whose loss is standard normal, but for a change."""
    return UNIT.replace("CHANGE", change).replace("RNG", rng).replace("WORDS", words)


LOSS = {"id": "ch09.ex01.loss", "documented": 0.1, "rule": "reference"}
PAIR = {
    "id": "ch09.ex01.pair",
    "measure": {"small": "pair.small", "large": "pair.large"},
    "documented": ["small", "large"],
    "rule": {"reference": {"order": "paired"}},
}


EXACT = {"id": "ch09.ex01.length", "documented": 2, "rule": "equal", "measure": "words[0]"}


def setup(bench, references, *claims, count: int = 64, seconds=None, elsewhere: bool = False) -> None:
    """Record the unchanged toy unit under the claims, and forget what it left in store and tally."""
    bench.units(toy())
    bench.claims(*(claims or (LOSS,)))
    references.record_once(count)
    references.change(seconds=seconds, elsewhere=elsewhere)
