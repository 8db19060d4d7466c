"""What readers wait for before and after the units, and yardsticks for it."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness.jobs import Errand, Prepared
from workshop.book import package_book
from workshop.execution.store import Store
from workshop.ledger import ledger
from workshop.ledger.loading import build, read_chapter
from workshop.verification.engine import Engine

ALLOWED = 0.150  # seconds that an import may take more than an interpreter that imports nothing
KEY = "0" * 40


def ours(job: Errand) -> Prepared:
    """Run the package's part of an errand."""
    call, result = _OURS[job.name]()
    return Prepared(call, result)


def _import() -> Any:
    return lambda: interpreter("import workshop"), list


def _plan() -> Any:
    def call() -> list[Any]:
        engine = Engine(package_book())
        claims = tuple(ledger().claims.values())
        planner = engine.planner(claims)
        return [planner.plan(claim) for claim in claims]

    return call, lambda: [np.array(len(call()))]


def _store_hit() -> Any:
    folder = tempfile.TemporaryDirectory()
    store = Store(Path(folder.name))
    store.put(KEY, outcome(), seconds=1.0)

    def call() -> Any:
        assert folder  # it is removed with the last who knows it
        return store.get(KEY).outcome

    return call, lambda: list(call().outcome)


_OURS = {"import": _import, "planning": _plan, "store hit": _store_hit}


def interpreter(code: str) -> None:
    """Run a program in a fresh interpreter."""
    subprocess.run([sys.executable, "-c", code], check=True)


def bare_python_and_allowance(job: Errand) -> Prepared:
    """Start an interpreter that imports nothing, and wait as long as an import may take."""
    del job

    def call() -> None:
        interpreter("pass")
        time.sleep(ALLOWED)

    return Prepared(call)


def ledger_alone(job: Errand) -> Prepared:
    """Load the ledger from its YAML, as a first command does before it plans."""
    del job
    import workshop.ledger as package

    paths = sorted(Path(package.__file__).parent.glob("ch0*.yaml"))

    def call() -> Any:
        return build((path.name, read_chapter(path.read_bytes(), path.name)) for path in paths)

    return Prepared(call, lambda: [np.array(len(call().claims))])


def pickled(job: Errand) -> Prepared:
    """Read the same outcome by pickle, which checks nothing and may run anything."""
    del job
    file = tempfile.NamedTemporaryFile()  # noqa: SIM115 removed with the last who knows it
    file.write(pickle.dumps(outcome()))
    file.flush()

    def call() -> Any:
        return pickle.loads(Path(file.name).read_bytes())

    return Prepared(call, lambda: list(call().outcome))


def outcome() -> Any:
    """Return an outcome of a usual size: the weights of a sentiment model."""
    from workshop.training.first_steps import Stepped

    rng = np.random.default_rng(0)
    weights = tuple(rng.random(shape, np.float32) for shape in ((8_000, 32), (32, 128), (32, 128), (128,)))
    return Stepped(weights, ())
