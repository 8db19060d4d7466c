"""Mutants of the engine: which changes of the code that judges do its own tests notice?

`python -m tests.mutants.engine [MODULE …]`, e.g. `ledger/rules judging`, see --help. Each mutant is imported
in place of its module in a process forked from one that has the libraries, and none of the package. The fast
tests that run the changed function run there until one fails.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import contextlib
import gc
import importlib
import itertools
import json
import math
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import platformdirs

from tests.mutants import fresh
from tests.mutants.engine_making import Mutant, bodies, digest, mutants
from tests.mutants.engine_table import PAGE, ROOT, Shown, page, read_reasons, report
from tests.mutants.fresh_making import Fresh, draw
from tests.mutants.mutated import Mutated
from tests.mutants.rows import read_results

# The modules of each folder, and the tests that may notice a mutant of one. Others that judge whole runs take
# seconds each.
MODULES: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "ledger/rules": (("*",), ("ledger/test_*",)),
    "verification": (
        ("judging", "drift", "printed_vs_recorded", "repeats"),
        tuple(
            f"verification/test_{name}"
            for name in ("judging*", "drift_numbers", "printed_vs_recorded", "repeated_seeds")
        ),
    ),
    "execution": (
        ("store", "digests", "planner"),
        (
            "execution/test_store_entries",
            "execution/test_digests",
            "execution/test_fingerprint",
            "execution/test_planner",
            "execution/test_seeds",
        ),
    ),
    "statistics": (("*",), ("statistics/test_[!r]*",)),
    "samples": (("*",), ("samples/test_model", "samples/test_re*")),
}
# the folders of which fresh mutants are drawn, and the tests that may notice one
FRESH = (
    "checking",
    "checking/notebook",
    "execution",
    "ledger/rules",
    "reporting/compare",
    "samples",
    "statistics",
    "verification",
)
FRESH_TESTS = (
    "test_[!e]*",  # test_exercises trains
    *(f"{folder}/test_*" for folder in ("cli", "hostile", "ledger", "reporting", *FRESH)),
)
LIBRARIES = (
    "numpy",
    "scipy.stats",
    "pydantic",
    "yaml",
    "hypothesis",
    "pytest",
    "rich.console",
    "jinja2",
    "typer",
)
# where fixtures are that tests may ask for
FIXTURES: Mapping[str, Sequence[str]] = {
    "tests.toy.bench": ("bench", "device", "until", "toy_book", "references"),
    "tests.reporting.conftest": ("made_up_ledger", "no_simulation"),
}
SLOW = 1.5  # seconds of a test that may fail because the machine is busy
MEMORY = 12 << 30  # bytes of address space: some mutants ask for more


@dataclass(frozen=True)
class FastTest:
    """A test as it runs without a mutant: its seconds, and the lines of each mutated file that it runs."""

    seconds: float
    lines: Mapping[str, Sequence[int]]


class _Tests:
    """A plugin of pytest that runs chosen tests in order, and notes what they do."""

    def __init__(
        self,
        order: Sequence[str] = (),
        coverage: Any = None,
        files: Collection[str] = (),
        limit: float = 0,
    ) -> None:
        self.place = {test: i for i, test in enumerate(order)}
        self.coverage, self.files, self.limit = coverage, files, limit
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []
        self.slow: list[str] = []

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        if self.place:
            items[:] = sorted(
                (item for item in items if item.nodeid in self.place),
                key=lambda item: self.place[item.nodeid],
            )

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.seconds[nodeid] = _spent()
        signal.setitimer(signal.ITIMER_VIRTUAL, self.limit)
        if self.coverage is not None:
            for file in self.files:  # what an earlier test computed would not run
                module = sys.modules.get(".".join(Path(file).with_suffix("").parts))
                for value in vars(module).values() if module else ():
                    getattr(value, "cache_clear", lambda: None)()
            self.coverage.switch_context(nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        self.seconds[nodeid] = _spent() - self.seconds[nodeid]

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and report.nodeid not in self.slow:
            self.failed.append(report.nodeid)

    def stop(self, *_: Any) -> None:
        """End the running test, which is not fast."""
        import pytest

        self.slow.append(list(self.seconds)[-1])
        pytest.fail("it is not fast")


def _spent() -> float:
    """Return the seconds that this process and its children have computed; a busy machine adds none."""
    return sum(os.times()[:4])


def _run(tests: Sequence[str], plugin: _Tests, folder: Path, *, first: bool = True) -> int:
    """Run tests, until the `first` fails, without what takes longest.

    That is other plugins, and the toy book's bench where no test asks for it.
    """
    import pytest

    # what a mutant makes is none of what the code as it is has kept
    os.environ["WORKSHOP_STORE"] = tempfile.mkdtemp(dir=folder)
    settings = folder / "pytest.ini"
    settings.write_text(f"[pytest]\npythonpath = {ROOT}\nfilterwarnings = error\n", "utf-8")
    options = [
        *["-x"] * first,
        "-q",
        "-p",
        "no:cacheprovider",
        "--assert=plain",
        "--import-mode=importlib",
        "--noconftest",
        "-p",
        "tests.selection",
        "--all",
    ]
    options += ["-c", str(settings), f"--rootdir={ROOT}", f"--basetemp={folder / 'temporary'}"]
    texts = "".join((ROOT / test).read_text("utf-8") for test in tests)
    for module, fixtures in FIXTURES.items():
        options += ["-p", module] * any(name in texts for name in fixtures)
    return int(pytest.main([*options, *(str(ROOT / test) for test in tests)], plugins=[plugin]))


def _in_child(function: Callable[[], Any], seconds: int, folder: Path) -> Any:
    """Return what a function returns in a child, or None if it was stopped after `seconds` or died."""
    answer = folder / "answer.json"
    answer.unlink(missing_ok=True)
    pid = os.fork()
    if not pid:
        try:
            os.setpgrp()  # it keeps the priority, which a new session would not
            errors = os.fdopen(os.dup(2), "w")
            silent = os.open(os.devnull, os.O_RDWR)
            for stream in range(3):
                os.dup2(silent, stream)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            signal.alarm(seconds)  # ends this process
            os.chdir(folder)
            sys.addaudithook(_protect)
            answer.write_text(json.dumps(function()), "utf-8")
        except BaseException:
            print(traceback.format_exc(), file=errors, flush=True)
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)  # whatever its tests started
    return json.loads(answer.read_text("utf-8")) if answer.exists() else None


def _protect(event: str, arguments: tuple[Any, ...]) -> None:
    """Let nothing in this process change the working tree: a mutant may mistake it for a temporary folder."""
    paths: tuple[Any, ...] = ()
    if event in {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "shutil.rmtree"}:
        paths = arguments[:2]
    elif event == "os.symlink":
        paths = arguments[1:2]
    elif event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        paths = arguments[:1]
    for path in paths:
        if isinstance(path, str | os.PathLike) and Path(path).is_relative_to(ROOT):
            raise PermissionError(f"a test writes into the working tree: {path}")


def look(test_file: str, files: Sequence[str], folder: Path, limit: float) -> dict[str, Any]:
    """Run a file's tests without a mutant; return seconds and lines by test, to be run in a child.

    `limit` : of a test's seconds; a longer one is left out, as is what remains when the child's time is over.
    """
    import coverage
    import pytest

    signal.signal(signal.SIGALRM, lambda *_: pytest.exit("the others would take too long"))
    measured = coverage.Coverage(
        data_file=None, config_file=False, include=[str(ROOT / file) for file in files]
    )
    measured.start()
    plugin = _Tests(coverage=measured, files=files, limit=limit)
    signal.signal(signal.SIGVTALRM, plugin.stop)
    code = _run([test_file], plugin, folder, first=False)
    measured.stop()
    slow_or_failed = {*plugin.slow, *plugin.failed}
    found: dict[str, Any] = {
        test: (round(s, 3), {}) for test, s in plugin.seconds.items() if test not in slow_or_failed
    }
    for file in files:
        for line, tests in measured.get_data().contexts_by_lineno(str(ROOT / file)).items():
            for test in set(tests) & set(found):
                found[test][1].setdefault(file, []).append(line)
    return {"tests": found, "failed": plugin.failed or (0 if code == pytest.ExitCode.TESTS_FAILED else code)}


def decide(mutant: Mutant | Fresh, tests: Sequence[str], folder: Path) -> str | None:
    """Return the test that notices a mutant, None if none does; to be run in a child."""
    mutated = Mutated(mutant.file, mutant.text, str(ROOT))
    mutated.install()
    mutated.hand_on(folder)
    plugin = _Tests(tests)
    code = _run(_files_of(tests), plugin, folder)
    return None if code == 0 else plugin.failed[0] if plugin.failed else "the import"


def passes(tests: Sequence[str], folder: Path) -> bool:
    """Return whether tests pass without a mutant; to be run in a child."""
    return _run(_files_of(tests), _Tests(tests), folder) == 0


def _files_of(tests: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(test.partition("::")[0] for test in tests))


def notices(mutant: Mutant | Fresh, tests: Mapping[str, FastTest], chosen: argparse.Namespace) -> list[str]:
    """Return the tests that may notice a mutant, the quickest first, up to the limits on their seconds.

    Where none runs the function that is changed, imports run it. Then all may notice it, and so they may
    outside of functions: a test that imports late runs these lines, and any other one has them, too. Those
    that run anything of the file come first.
    """
    quick = [test for test, each in tests.items() if each.seconds <= chosen.test_seconds]
    low, high = mutant.lines or (0, -1)
    inside = any(start <= high and low <= end for start, end in bodies(ast.parse(mutant.text)))
    own = range(low, high + 1) if inside else range(0)

    def rank(test: str) -> tuple[int, float]:
        lines = tests[test].lines.get(mutant.file, ())
        return 0 if any(n in own for n in lines) else 1 if lines else 2, tests[test].seconds

    found = sorted(quick, key=rank)
    if found and rank(found[0])[0] == 0:
        found = [test for test in found if rank(test)[0] == 0]
    totals = itertools.accumulate(tests[test].seconds for test in found)
    return [test for test, total in zip(found, totals, strict=True) if total <= chosen.seconds]


def main(words: Sequence[str]) -> int:
    """Decide the chosen mutants, print a table, and return 1 if some survived without a reason."""
    chosen = parser().parse_args(words)
    chosen.test_seconds = chosen.test_seconds or (10 if chosen.fresh else 1.5)
    chosen.seconds = chosen.seconds or (30 if chosen.fresh else 10)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    _warm()
    with tempfile.TemporaryDirectory() as folder:
        if chosen.fresh:
            return _fresh(chosen, Path(folder))
        shown = [one for package in MODULES for one in _package(package, chosen, Path(folder))]
    reasons = read_reasons()
    print(report(shown, reasons))
    if chosen.write:
        PAGE.write_text(page(shown, reasons), "utf-8")
        print(f"written: {PAGE}")
    return int(any(one.fate(reasons) == "open" for one in shown))


def _package(package: str, chosen: argparse.Namespace, folder: Path) -> Iterator[Shown]:
    """Decide the chosen mutants of a folder of modules, and append each result to the file at once."""
    names, patterns = MODULES[package]
    base = ROOT / "workshop" / package
    files = [str(path.relative_to(ROOT)) for name in names for path in sorted(base.glob(f"{name}.py"))]
    wanted = _wanted(files, chosen)
    if not wanted:
        return
    tests = _look_all(_test_files(patterns), files, chosen, folder)
    results = read_results(chosen.folder / "results.jsonl")
    for file in wanted:
        for made in _in_child(
            lambda file=file: [vars(mutant) for mutant in mutants(file, ROOT)], 600, folder
        ):
            mutant = Mutant(**made)
            known = _known(mutant, tests, results, chosen, folder)
            yield Shown(file, mutant.old, mutant.new, None if known is None else known["by"] is not None)


def _wanted(files: Sequence[str], chosen: argparse.Namespace) -> list[str]:
    return [file for file in files if not chosen.patterns or any(each in file for each in chosen.patterns)]


def _fresh(chosen: argparse.Namespace, folder: Path) -> int:
    """Decide mutants that are drawn at random of the folders of FRESH; print their share."""
    paths = [path for package in FRESH for path in sorted((ROOT / "workshop" / package).glob("*.py"))]
    files = [str(path.relative_to(ROOT)) for path in paths if path.name != "__init__.py"]
    drawn = draw(chosen.fresh, chosen.seed, dict.fromkeys(_wanted(files, chosen)))
    results, decided = read_results(chosen.folder / "results.jsonl"), list[fresh.Decided]()
    tests = _look_all(_test_files(FRESH_TESTS), files, chosen, folder)
    for mutant in drawn:
        known = _known(mutant, tests, results, chosen, folder)
        if known is not None:
            alike = known["by"] is None and changes_nothing(mutant, folder)
            decided.append(fresh.Decided(mutant, known["by"] or "", alike))
    fresh.finish(decided, chosen, fresh.ENGINE)
    return 0


def changes_nothing(mutant: Fresh, folder: Path) -> bool:
    """Return whether a program shows that a mutant is the same: that its added condition always holds."""
    added = re.search(r" and bool\((\w+)\)\)$", mutant.new)
    if mutant.kind != "condition added" or added is None:
        return False
    return always_true(mutant, added[1], folder) or bool(
        _in_child(partial(implied, mutant.file, mutant.old, added[1]), 60, folder)
    )


def implied(file: str, condition: str, name: str) -> bool:
    """Return whether a condition on a name alone is false, or an error, where the name is; run in a child."""
    module = importlib.import_module(".".join(Path(file).with_suffix("").parts))
    names = {node.id for node in ast.walk(ast.parse(condition)) if isinstance(node, ast.Name)} - {name}
    if not names <= {*vars(module), *dir(builtins)}:
        return False
    for value in ("", b"", (), [], {}, set(), frozenset(), 0, 0.0, False, None):
        with contextlib.suppress(Exception):
            if eval(condition, {**vars(module), name: value}):
                return False
    return True


def always_true(mutant: Fresh, name: str, folder: Path) -> bool:
    """Return whether an added condition `… and bool(name)` can't be false.

    mypy shows it: the name is there, and its type has neither `__bool__` nor `__len__`. A subclass could have
    one; tests/mutants/test_fresh.py shows that the package has no such subclass.
    """
    lines = mutant.text.splitlines(keepends=True)
    first, last = mutant.lines
    changed = "".join(lines[first - 1 : last]).split(f" and bool({name}))")
    if len(changed) != 2:
        return False
    asked = f" and (True if {name} else False))".join(changed)
    shadow = folder / "shadow.py"
    shadow.write_text("".join([*lines[: first - 1], asked, *lines[last:]]), "utf-8")
    command = ["mypy", "--enable-error-code=truthy-bool", "--enable-error-code=possibly-undefined"]
    command += [f"--cache-dir={folder / 'mypy'}", "--shadow-file", mutant.file, str(shadow), mutant.file]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    errors = re.findall(r":(\d+): error: (.*)", done.stdout)
    found = [text for line, text in errors if first <= int(line) <= last]
    always = re.compile(rf'.*"{name}" .*\[truthy-(bool|function)\]')
    return len(found) == 1 and always.fullmatch(found[0]) is not None


def _test_files(patterns: Sequence[str]) -> list[Path]:
    return [path for each in patterns for path in sorted((ROOT / "tests").glob(f"{each}.py"))]


def _known(
    mutant: Mutant | Fresh,
    tests: Mapping[str, FastTest],
    results: Mapping[str, Any],
    chosen: argparse.Namespace,
    folder: Path,
) -> Mapping[str, Any] | None:
    """Return a mutant's result, which is decided and appended to the file if it is not there, or None."""
    able = notices(mutant, tests, chosen)
    known = results.get(mutant.key)
    if known is not None and _holds(known, able):
        return known
    if chosen.show or time.monotonic() >= chosen.end:
        return None
    known = _decide(mutant, able, tests, folder)
    if known is None:
        return None
    with (chosen.folder / "results.jsonl").open("a", encoding="utf-8") as lines:
        lines.write("\n" + json.dumps(known))  # a killed run may have left half a line
    words = f"{known['by'] or 'SURVIVES'}  {mutant.file}: {mutant.old} → {mutant.new}"
    print(f"{known['seconds']:5.1f} s  {words}", flush=True)
    return known


def _decide(
    mutant: Mutant | Fresh, able: Sequence[str], tests: Mapping[str, FastTest], folder: Path
) -> dict[str, Any] | None:
    """Return a mutant's result: what noticed it, None if nothing did, and a mark of the tests behind that.

    A slow test that fails without it, too, is left out. None if the machine is too busy for all of them.
    """
    began, left = time.monotonic(), list(able)
    by: str | None = ""
    while by == "":
        limit = 60 + int(10 * sum(tests[test].seconds for test in left))
        answer = _in_child(lambda: [decide(mutant, left, folder)], limit, folder)
        by = "the time limit" if answer is None else answer[0]
        doubtful = left if answer is None else [by] if by in tests and tests[by].seconds > SLOW else []
        if doubtful and not _in_child(partial(passes, doubtful, folder), limit, folder):
            if answer is None:
                return None
            left.remove(doubtful[0])
            by = ""
    seconds = round(time.monotonic() - began, 1)
    return {"key": mutant.key, "by": by, "mark": _mark(able if by is None else [by]), "seconds": seconds}


def _holds(known: Mapping[str, Any], able: Sequence[str]) -> bool:
    """Whether a result still counts: the test that noticed it, or all that did not, are as they were."""
    return bool(known["mark"] == _mark(able if known["by"] is None else [known["by"]]))


def _mark(tests: Sequence[str]) -> str:
    """Return a digest of the tests' names and code."""
    content = []
    for test in sorted(tests):
        names = test.split("[")[0].split("::")
        content += [test, _functions_of(names[0]).get(names[-1], "")]
    return digest(*content)


@cache
def _functions_of(file: str) -> dict[str, str]:
    path = ROOT / file
    nodes = ast.walk(ast.parse(path.read_text("utf-8"))) if path.is_file() else ()
    return {node.name: ast.dump(node) for node in nodes if isinstance(node, ast.FunctionDef)}


def _look_all(
    paths: Sequence[Path], files: Sequence[str], chosen: argparse.Namespace, folder: Path
) -> dict[str, FastTest]:
    """Return all tests of some files as they run without a mutant."""
    found, limit = {}, 2 * chosen.test_seconds  # coverage takes its own
    for path in paths:
        name = str(path.relative_to(ROOT))
        mark = digest(
            str(limit), path.read_text("utf-8"), *((ROOT / file).read_text("utf-8") for file in files)
        )
        stored = chosen.folder / f"{mark}.json"
        if not stored.exists():
            answer = _in_child(lambda name=name: look(name, files, folder, limit), 1500, folder)
            if (answer is None or answer["failed"]) and chosen.fresh:
                answer = {"tests": {}, **(answer or {}), "failed": ""}
                print(f"{name}: {len(answer['tests'])} tests are fast, others are left out", flush=True)
            if answer is None or answer.get("failed"):
                raise SystemExit(f"{name} fails without a mutant: {answer and answer['failed']}")
            stored.write_text(json.dumps(answer["tests"]), "utf-8")
        tests = json.loads(stored.read_text("utf-8"))
        found.update({test: FastTest(*each) for test, each in tests.items()})
    return found


def _warm() -> None:
    """Import what tests need and no mutant changes, so that children share it."""
    for library in LIBRARIES:
        importlib.import_module(library)
    from hypothesis import HealthCheck, Phase, settings

    phases = (
        Phase.explicit,
        Phase.generate,
    )  # a mutant is noticed by any example, the smallest is not needed
    settings.register_profile(
        "mutants",
        derandomize=True,
        database=None,
        deadline=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutants")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = True
    gc.collect()
    gc.freeze()


def parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    parser = argparse.ArgumentParser(prog="engine-mutants", description=__doc__)
    parser.add_argument("patterns", nargs="*", metavar="MODULE", help="part of a file's path: ledger/rules")
    parser.add_argument(
        "--budget",
        dest="end",
        type=lambda text: time.monotonic() + float(text),
        default=math.inf,
        metavar="SECONDS",
        help="start no mutant after so long",
    )
    parser.add_argument(
        "--test-seconds", type=float, help="leave out tests that take longer: 1.5, of fresh mutants 10"
    )
    parser.add_argument(
        "--seconds", type=float, help="leave out a mutant's tests beyond so long in all: 10, of fresh ones 30"
    )
    fresh.add_options(parser)
    parser.add_argument("--show", action="store_true", help="decide nothing, show what was decided")
    parser.add_argument("--write", action="store_true", help=f"write docs/{PAGE.name}")
    cache = Path(platformdirs.user_cache_dir("workshop", appauthor=False)) / "engine-mutants"
    parser.add_argument("--folder", type=Path, default=cache, help="results")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
