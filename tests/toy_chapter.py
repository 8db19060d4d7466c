"""A toy chapter for the engine's tests: units in a module of their own, and a ledger about them."""

from __future__ import annotations

import importlib
import itertools
import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.made_up_claims import completed
from workshop import datasets
from workshop.execution import catalogue as catalogues
from workshop.execution import environment as environments
from workshop.execution import scheduler
from workshop.execution.catalogue import Catalogue
from workshop.ledger import Ledger, build, read_chapter
from workshop.samples import model, recorded, recording
from workshop.samples.model import (
    ReferenceSample,
    read_reference,
    reference_sample,
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

DRIVER = """
import json, logging, sys
from pathlib import Path

def main(module, claims, options):
    import importlib
    from workshop.ledger import build, read_chapter
    from workshop.units import parts_of
    from workshop.execution import scheduler
    from workshop.verification import engine
    from workshop.execution.catalogue import arrange
    logging.basicConfig(format="%(message)s")
    scheduler.catalogue = lambda chapters: arrange(parts_of(importlib.import_module(module)))
    ledger = build([("toy.yaml", read_chapter(Path(claims).read_text(), "toy.yaml"))])
    options.update({name: Path(options[name]) for name in ("store", "python") if name in options})
    results = engine.Engine(ledger, **options).verify(list(ledger.claims.values()))
    print(json.dumps([[r.id, r.verdict, r.reason] for r in results.claims]))

if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
"""

_numbers = itertools.count()


class Bench:
    """A toy chapter in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store"
        self.tallies = folder / "tally.txt"
        self.found: dict[str, Any] = {}
        self.seed_count: int | None = None
        self.values: dict[str, Any] = {}
        self.reader: tuple[str, tuple[str, ...]] = ("workshop.datasets.readers.tables", ())
        self.module = ""
        self.catalogue = Catalogue({})
        self.ledger = Ledger(())

    def units(self, source: str) -> Catalogue:
        """Write the units into a module and return them."""
        self.module = f"toy_units_{next(_numbers)}"
        (self.folder / f"{self.module}.py").write_text(HEAD + textwrap.dedent(source), "utf-8")
        importlib.invalidate_caches()
        self.catalogue = catalogues.arrange(parts_of(importlib.import_module(self.module)))
        return self.catalogue

    def claims(self, *claims: Mapping[str, Any], extras: Mapping[str, Sequence[str]] | None = None) -> Ledger:
        """Make a ledger of the claims; what a claim does not say is filled in."""
        units: dict[str, dict[str, Any]] = {}
        for claim in claims:
            name, _, short = claim["id"].rpartition(".")
            unit = {"id": name, "title": "t", "procedure": "p", "pitfalls": "-", "claims": []}
            units.setdefault(name, unit)["claims"].append(
                completed({"what": "w", "rule": "equal", "documented": 1, **claim, "id": short})
            )
        for name, extra in (extras or {}).items():
            units[name]["extras"] = list(extra)
        chapters: dict[str, list[dict[str, Any]]] = {}
        for name, unit in units.items():
            chapters.setdefault(name[:4], []).append(unit)
        texts = [
            yaml.safe_dump({"chapter": int(name[2:]), "title": "t", "units": own})
            for name, own in sorted(chapters.items())
        ]
        (self.folder / "claims.yaml").write_text(texts[0], "utf-8")
        self.ledger = build((f"{i}.yaml", read_chapter(t, f"{i}.yaml")) for i, t in enumerate(texts))
        return self.ledger

    def engine(self, **options: Any) -> Engine:
        """Return an engine on the toy chapter."""
        return Engine(self.ledger, **{"seed_count": self.seed_count, **options})

    def verify(self, **options: Any) -> dict[str, Record]:
        """Decide all claims and return the records by the claims' last names."""
        records = self.engine(**options).verify(list(self.ledger.claims.values())).claims
        return {record.id.rsplit(".", 1)[1]: record for record in records}

    def tally(self) -> list[str]:
        """Return what the units' functions have left in the tally so far."""
        return self.tallies.read_text("utf-8").split() if self.tallies.exists() else []

    def run(self, **options: Any) -> subprocess.Popen[str]:
        """Verify all claims in a process of its own."""
        driver = self.folder / "driver.py"
        driver.write_text(DRIVER, "utf-8")
        options = {"store": str(self.store), "seed_count": self.seed_count, **options}
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(self.folder), *filter(None, sys.path)]),
        }
        command = [
            sys.executable,
            str(driver),
            self.module,
            str(self.folder / "claims.yaml"),
            json.dumps(options),
        ]
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a bench whose units and data sets the engine finds instead of the package's."""
    made = Bench(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("TOY_TALLY", str(made.tallies))
    monkeypatch.setenv("WORKSHOP_THREADS", "1")  # engines set it: this puts it back afterwards
    monkeypatch.setattr(scheduler, "catalogue", lambda chapters: made.catalogue)
    monkeypatch.setattr(
        datasets,
        "find",
        lambda name, offline: made.found.get(name, datasets.Missing(name, "it is nowhere", "fetch it")),
    )
    monkeypatch.setattr(datasets, "load", lambda found: made.values[found.id])
    monkeypatch.setattr(datasets, "reader_of", lambda found: made.reader)
    return made


class References:
    """Reference samples of a bench's units, in a folder where the engine finds them."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.folder = bench.folder / "references"

    def record(self, count: int | None = 64, unit: str = "ch09.ex01", **options: Any) -> ReferenceSample:
        """Record a unit as `workshop record` does."""
        return recording.record_sample(
            self.bench.ledger, unit, count, store=self.bench.store, folder=self.folder, **options
        )

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
        return reference_sample(unit, environment or environments.this_environment().facts())


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that takes the test to a CPU or a GPU, whatever the machine has; it is on a CPU."""

    def go(name: str) -> None:
        monkeypatch.setattr(environments, "_gpu_visible", lambda: name == "gpu")

    go("cpu")
    return go


@pytest.fixture
def references(bench: Bench, device: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> References:
    """Return the reference samples that the bench's engine finds instead of the package's: none yet."""
    made = References(bench)
    monkeypatch.setattr(model, "reference_folder", lambda: made.folder)
    monkeypatch.setattr(model, "sample_in", model.sample_in.__wrapped__)  # files change
    monkeypatch.setattr(recorded, "reference_sample", made.find)
    monkeypatch.delenv("CI", raising=False)
    return made


@pytest.fixture
def data() -> Callable[..., datasets.Found]:
    """Return a function that makes a data set that is here."""

    def make(name: str = "toy_data", *, checksum: str = "c1", why: str | None = None) -> datasets.Found:
        return datasets.Found(name, "e", why is not None, why, {}, "mirror", checksum)

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
