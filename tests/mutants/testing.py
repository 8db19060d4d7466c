"""Deciding a mistake by the tests that run its lines, in a process that imports it in place of its module.

Processes are forked from one that has imported libraries, and nothing of the package.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import math
import os
import re
import resource
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import count
from pathlib import Path
from typing import Any

from tests.mutants.drawing import Planted, digest
from tests.mutants.forking import in_child
from tests.mutants.mutated import Mutated
from tests.mutants.rows import ROOT

LIBRARIES = (
    *("numpy", "scipy.stats", "pydantic", "yaml", "hypothesis", "pytest", "rich.console", "jinja2", "typer"),
    *("coverage", "pandas", "PIL.Image", "matplotlib", "pytest_benchmark.plugin", "xdist.plugin"),
)
# what needs a browser, a cluster, an interpreter or a network of its own, or tests the tools
LEFT_OUT = ("benchmarks", "browser", "cluster", "mutants", "setup")
MOST_FILES = 8  # of tests that are asked about a mistake
TEST_SECONDS = 10  # a test that takes longer is not asked
SECONDS = 30  # nor are a file's tests beyond so long in all
_WAITED = 600  # seconds that a file's tests take at most
_MEASURED = 480  # seconds after which no more of a file's tests are measured; these are not asked
_COMPUTED = 1500  # seconds that a file's tests compute at most
MEMORY = 32 << 30  # bytes of address space: some mistakes ask for more


def files_that_test(file: str, root: Path = ROOT) -> list[str]:
    """Return up to MOST_FILES test files that may notice a mistake in a file, the nearest first.

    They have the module's or its folder's name, import it, load the folder's modules by name, or are in the
    folder that mirrors the module's.
    """
    module = Path(file).with_suffix("")
    folder = root / "tests" / re.sub(r"/(ch\d\d)_\w+", r"/\1", str(module.relative_to("workshop").parent))
    while not any(folder.glob("test_*.py")):
        folder = folder.parent
    parent, names = ".".join(module.parts[:-1]), {module.name.strip("_"), module.parent.name}
    imported = re.compile(rf"{parent}\.{module.name}\b|from {parent} import [^\n]*\b{module.name}\b")
    found = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        own, text = path.relative_to(root), path.read_text("utf-8")
        named = path.parent == folder and any(name in path.stem for name in names)
        loads = 'import_module(f"' in text and f'"{module.parts[1]}"' in text
        imports, mirrors = loads or imported.search(text), path.parent == folder != root / "tests"
        if own.parts[1] not in LEFT_OUT and (named or imports or mirrors):
            found.append((not named, not imports, len(text), str(own)))
    return [name for *_, name in sorted(found)[:MOST_FILES]]


@dataclass
class Tests:
    """Runs tests with a mistake in the package, in a folder; what they run without one is kept in `cache`."""

    cache: Path
    folder: Path
    end: float
    root: Path = ROOT

    def key(self, mutant: Planted) -> str:
        """What stands for a mistake and all that decides it."""
        texts = [(self.root / file).read_text("utf-8") for file in files_that_test(mutant.file, self.root)]
        return digest(mutant.key, self._package, *texts)

    def warm(self, *, tensorflow: bool) -> None:
        """Import what tests need and no mistake changes, so that all processes share it."""
        for library in LIBRARIES:
            importlib.import_module(library)
        if tensorflow:
            with contextlib.suppress(ImportError):
                tf = importlib.import_module("tensorflow")
                _ = tf.keras.layers.Dense, tf.keras.models.Sequential  # imports Keras, computes nothing
        from hypothesis import HealthCheck, Phase, settings

        settings.register_profile(
            "mutants",
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),  # any example will do, the smallest is not needed
            suppress_health_check=list(HealthCheck),
        )
        settings.load_profile("mutants")
        sys.dont_write_bytecode = True
        gc.collect()
        gc.freeze()

    def decide(self, mutant: Planted) -> tuple[str, list[str]]:
        """Return whether tests noticed a mistake, and which did: those of the first file that has any.

        The fate is `tests`, `nothing`, or `not decided` if what fails, fails without the mistake, too, as on
        a busy machine.
        """
        doubtful: list[str] = []
        for file in files_that_test(mutant.file, self.root):
            able = self._able(file, mutant)
            if not able:
                continue
            seconds = 60 + int(10 * sum(able.values()))
            failed = self._apart(partial(self._failing, [*able], mutant), seconds)
            if failed == []:
                continue
            suspects = failed or [*able]
            without = self._apart(partial(self._failing, suspects), seconds)
            if failed is None and without == []:
                return "tests", [f"{file}: the time limit"]
            if left := [test for test in failed or () if without is not None and test not in without]:
                return "tests", left
            doubtful += suspects
        return ("not decided", doubtful[:5]) if doubtful else ("nothing", [])

    def _apart(self, function: Callable[[], Any], seconds: int) -> Any:
        """Return what a function answers in a child with a group of its own, None if it was stopped."""
        waited = int(min(_WAITED, self.end - time.monotonic()))
        return in_child(function, partial(_apart, self.folder), waited=waited, computed=seconds)

    def _able(self, file: str, mutant: Planted) -> dict[str, float]:
        """Return the tests of a file that run a mistake's lines, the quickest first, with their seconds.

        What runs as a module is imported may be noticed by any test.
        """
        from coverage import CoverageData

        seconds, measured = self._look(file)
        ran = set(seconds)
        if seconds and mutant.called:
            data = CoverageData(str(measured))
            data.read()
            low, high = mutant.lines
            contexts = data.contexts_by_lineno(str(self.root / mutant.file)).items()
            ran &= {test for line, tests in contexts if low <= line <= high for test in tests}
        able, total = {}, 0.0
        for test in sorted(ran, key=seconds.__getitem__):
            total += seconds[test]
            if total <= SECONDS:
                able[test] = seconds[test]
        return able

    def _look(self, file: str) -> tuple[dict[str, float], Path]:
        """Return the seconds of each test of a file that passes and is quick, and what lines they run."""
        mark = digest(str(self.root), file, (self.root / file).read_text("utf-8"), self._package)
        stored, measured = self.cache / f"{mark}.json", self.cache / f"{mark}.coverage"
        if not stored.exists():
            measured.unlink(missing_ok=True)
            found = self._apart(partial(self._measured, file, measured), _COMPUTED)
            if found is None:
                return {}, measured
            stored.write_text(json.dumps(found), "utf-8")
        return json.loads(stored.read_text("utf-8")), measured

    @cached_property
    def _package(self) -> str:
        files = sorted((self.root / "workshop").rglob("*.py"))
        return digest(*(path.read_text("utf-8") for path in files))

    def _measured(self, file: str, data_file: Path) -> dict[str, float]:
        """Run a file's tests without a mistake in this process, and measure which lines each runs."""
        import coverage

        include = [str(self.root / "workshop" / "*")]
        measured = coverage.Coverage(data_file=str(data_file), config_file=False, include=include)
        measured.start()
        plugin = _Plugin((), measured, end=time.monotonic() + _MEASURED)
        signal.signal(signal.SIGVTALRM, plugin.stop)
        self._run([file], plugin)
        measured.stop()
        measured.save()
        return {test: round(s, 3) for test, s in plugin.seconds.items() if test not in plugin.failed}

    def _failing(self, tests: Sequence[str], mutant: Planted | None = None) -> list[str]:
        """Return which tests fail in this process; if no module can be imported, that."""
        if mutant is not None:
            mutated = Mutated(mutant.file, mutant.text, str(self.root))
            mutated.install()
            mutated.hand_on(self.folder)
        plugin = _Plugin(tests)
        code = self._run(list(dict.fromkeys(test.partition("::")[0] for test in tests)), plugin)
        return plugin.failed or ([] if code == 0 else ["the import"])

    def _run(self, files: Sequence[str], plugin: _Plugin) -> int:
        import pytest

        # what a mistake makes is nothing that the code as it is has kept
        os.environ["WORKSHOP_STORE"] = tempfile.mkdtemp(dir=self.folder)
        before = os.environ.get("PYTHONPATH", str(self.root))
        os.environ["PYTHONPATH"] = before if str(self.root) in before else f"{self.root}{os.pathsep}{before}"
        sys.path.insert(0, str(self.root))
        options = ["-q", "-p", "no:cacheprovider", "--assert=plain", "--benchmark-disable"]
        options += [f"--rootdir={self.root}", "-c", str(self.root / "pyproject.toml")]
        options += [f"--basetemp={self.folder / 'temporary'}", *(str(self.root / file) for file in files)]
        return int(pytest.main(options, plugins=[plugin]))


class _Plugin:
    """A plugin of pytest that runs chosen tests, all if there are none, and notes what they do."""

    def __init__(self, chosen: Collection[str], coverage: Any = None, end: float = math.inf) -> None:
        self.chosen, self.coverage, self.end = set(chosen), coverage, end
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []

    def pytest_sessionstart(self, session: Any) -> None:
        self.session = session

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items[:] = [item for item in items if not self.chosen or item.nodeid in self.chosen]
        if self.end < math.inf:  # the first case of each test, then the second ones
            counts = defaultdict[str, Iterator[int]](count)
            turns = {item: next(counts[item.nodeid.partition("[")[0]]) for item in items}
            items.sort(key=turns.__getitem__)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.seconds[nodeid] = _spent()
        if self.coverage is not None:
            signal.setitimer(signal.ITIMER_VIRTUAL, 2 * TEST_SECONDS)  # coverage takes its own
            for module in [module for name, module in sys.modules.items() if name.startswith("workshop.")]:
                for value in [*vars(module).values()]:  # what an earlier test computed would not run
                    getattr(value, "cache_clear", lambda: None)()
            self.coverage.switch_context(nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        if time.monotonic() > self.end:
            self.session.shouldstop = "the others are not measured"
        self.seconds[nodeid] = _spent() - self.seconds[nodeid]

    def pytest_runtest_logreport(self, report: Any) -> None:
        skipped = self.coverage is not None and report.skipped
        if (report.failed or skipped) and report.nodeid not in self.failed:
            self.failed.append(report.nodeid)

    def stop(self, *_: Any) -> None:
        """End the running test, which is not quick."""
        import pytest

        pytest.fail("it is not quick")


def _spent() -> float:
    """Return the seconds that this process and its children have computed; a busy machine adds none."""
    return sum(os.times()[:4])


def _apart(folder: Path) -> None:
    """Prepare this process for tests with a mistake: in a group and a folder of its own, silent."""
    os.setpgrp()  # it keeps the priority, which a new session would not
    os.dup2(1, 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.chdir(folder)
    sys.addaudithook(protect)


def protect(event: str, arguments: tuple[Any, ...]) -> None:
    """Let nothing in this process change the working tree: a mistake may take it for a temporary folder."""
    for path in _written(event, arguments):
        if isinstance(path, str | os.PathLike) and Path(path).is_relative_to(ROOT):
            raise PermissionError(f"a test writes into the working tree: {path}")


def _written(event: str, arguments: tuple[Any, ...]) -> Iterator[Any]:
    if event in {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "shutil.rmtree"}:
        yield from arguments[:2]
    elif event == "os.symlink":
        yield arguments[1]
    elif event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        yield arguments[0]
