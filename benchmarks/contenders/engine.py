"""What readers wait for apart from the units, from import to report, and yardsticks for it."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rich.console import Console

from benchmarks.harness.jobs import Errand, Prepared
from workshop import datasets
from workshop.book import package_book
from workshop.execution.store import Store
from workshop.ledger import ledger
from workshop.ledger.loading import build, read_chapter
from workshop.reporting.terminal import print_run
from workshop.values import for_json
from workshop.verification.engine import Engine
from workshop.verification.results import Record, Results

ALLOWED = 0.150  # seconds that an import may take more than an interpreter that imports nothing
KEY = "0" * 40


def ours(job: Errand) -> Prepared:
    """Run the package's part of an errand."""
    call, result = _OURS[job.name]()
    return Prepared(call, result)


def _ledger() -> Any:
    return ledger.__wrapped__()  # past what this process remembers; parsed files are in the cache folder


def _import() -> Any:
    return lambda: interpreter("import workshop"), list


def _load() -> Any:
    return _ledger, lambda: [np.array(len(_ledger().claims))]


def _plan() -> Any:
    def call() -> list[Any]:
        engine = Engine(package_book())
        claims = tuple(ledger().claims.values())
        planner = engine.planner(claims)
        return [planner.plan(claim) for claim in claims]

    return call, lambda: [np.array(len(call()))]


def _data_set() -> Any:
    def call() -> Any:
        return datasets.load("mnist")

    return call, lambda: [call().x_train, call().x_test]


def _store_hit() -> Any:
    folder = tempfile.TemporaryDirectory()
    store = Store(Path(folder.name))
    store.put(KEY, outcome(), seconds=1.0)

    def call() -> Any:
        assert folder  # it is removed with the last who knows it
        return store.get(KEY).outcome

    return call, lambda: list(call().outcome)


def _report() -> Any:
    results = records()

    def call() -> str:
        console = Console(file=io.StringIO(), width=120)
        print_run(results, ledger(), console)
        return console.file.getvalue()

    return call, list


_OURS = {
    "import": _import,
    "ledger": _load,
    "planning": _plan,
    "data set": _data_set,
    "store hit": _store_hit,
    "report": _report,
}


def interpreter(code: str) -> None:
    """Run a program in a fresh interpreter."""
    subprocess.run([sys.executable, "-c", code], check=True)


def bare_python(job: Errand) -> Prepared:
    """Start an interpreter that imports nothing."""
    del job
    return Prepared(lambda: interpreter("pass"))


def bare_python_and_allowance(job: Errand) -> Prepared:
    """Start an interpreter that imports nothing, and wait as long as an import may take."""
    del job

    def call() -> None:
        interpreter("pass")
        time.sleep(ALLOWED)

    return Prepared(call)


def import_numpy(job: Errand) -> Prepared:
    """Start an interpreter that imports NumPy."""
    del job
    return Prepared(lambda: interpreter("import numpy"))


def yaml_alone(job: Errand) -> Prepared:
    """Parse the ledger's files by PyYAML's fastest loader, and check nothing."""
    del job
    import workshop.ledger as package

    paths = sorted(Path(package.__file__).parent.glob("ch0*.yaml"))
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    def call() -> list[Any]:
        return [yaml.load(path.read_text("utf-8"), loader) for path in paths]

    def claims() -> int:
        return sum(
            len(unit["claims"]) + len(unit.get("ours", ())) for file in call() for unit in file["units"]
        )

    return Prepared(call, lambda: [np.array(claims())])


def ledger_alone(job: Errand) -> Prepared:
    """Load the ledger from its YAML, as a first command does before it plans."""
    del job
    import workshop.ledger as package

    paths = sorted(Path(package.__file__).parent.glob("ch0*.yaml"))

    def call() -> Any:
        return build((path.name, read_chapter(path.read_bytes(), path.name)) for path in paths)

    return Prepared(call, lambda: [np.array(len(call().claims))])


def gzip_and_numpy(job: Errand) -> Prepared:
    """Read the digits' files as they lie, without checking them."""
    del job
    found = datasets.find("mnist")
    paths = [path for name, path in sorted(found.paths.items()) if "images" in name]

    def images(path: Path) -> np.ndarray:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        return np.frombuffer(data, np.uint8, offset=16).reshape(-1, 28, 28)

    def call() -> list[np.ndarray]:
        test, train = sorted((images(path) for path in paths), key=len)
        return [train, test]

    return Prepared(call, call)


def pickled(job: Errand) -> Prepared:
    """Read the same outcome by pickle, which checks nothing and may run anything."""
    del job
    file = tempfile.NamedTemporaryFile()  # noqa: SIM115 removed with the last who knows it
    file.write(pickle.dumps(outcome()))
    file.flush()

    def call() -> Any:
        return pickle.loads(Path(file.name).read_bytes())

    return Prepared(call, lambda: list(call().outcome))


def as_json(job: Errand) -> Prepared:
    """Write the same records as JSON."""
    del job
    results = records()
    return Prepared(lambda: json.dumps(for_json([vars(record) for record in results.claims])))


def outcome() -> Any:
    """Return an outcome of a usual size: the weights of a sentiment model."""
    from workshop.training.first_steps import Stepped

    rng = np.random.default_rng(0)
    weights = tuple(rng.random(shape, np.float32) for shape in ((8_000, 32), (32, 128), (32, 128), (128,)))
    return Stepped(weights, ())


@cache
def records() -> Results:
    """Return made-up records of all claims, none of which failed."""
    claims = ledger().claims.values()
    made = tuple(
        Record(c.id, c.unit, c.ours, "reproduced", c.documented, c.documented, {}, "", None, (), 0.1, "")
        for c in claims
    )
    return Results({"python": "3", "tensorflow": "2", "keras": "3", "device": "cpu", "threads": 1}, made)
