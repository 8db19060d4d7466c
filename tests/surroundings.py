"""The suite's own surroundings: tests see no home, cache, run, setting or locale of the person who runs them.

The claims of `workshop/test_claims.py`, which a session may run beside the tests, keep to the reader's.
"""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
READERS = dict(os.environ)  # this is imported before any module of tests
# how names of variables begin that tests don't see: settings of the reader, and of what runs the suite
_HIDDEN = (
    *("WORKSHOP_", "XDG_", "LC_", "LANG", "CI", "GITHUB_", "NOX_", "TOX_", "RAY_"),
    *("COLUMNS", "LINES", "TERM", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "TTY_", "PAGER", "BROWSER"),
    *("KERAS_", "NLTK_DATA", "GENSIM_DATA", "MPL", "PYTHONWARNINGS", "SOURCE_DATE_EPOCH"),
)
_OF_SESSIONS = ("WORKSHOP_BROWSER", "WORKSHOP_FUZZ", "WORKSHOP_RESULTS")  # what they ask tests for


class Place:
    """A folder with a home, a cache and an empty working folder, and the variables that tests see."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="workshop-tests-")).resolve()
        self.home, self.work = self.folder / "home", self.folder / "work"
        self.home.mkdir()
        self.work.mkdir()
        self.variables = {
            name: value
            for name, value in READERS.items()
            if name in _OF_SESSIONS or not name.startswith(_HIDDEN)
        }
        if "WORKSHOP_RESULTS" in self.variables:
            self.variables["WORKSHOP_RESULTS"] = str(Path(self.variables["WORKSHOP_RESULTS"]).absolute())
        self.variables.update(
            dict.fromkeys(("HOME", "USERPROFILE"), str(self.home)),
            XDG_CACHE_HOME=str(self.home / ".cache"),
            XDG_CONFIG_HOME=str(self.home / ".config"),
            XDG_DATA_HOME=str(self.home / ".local" / "share"),
            WORKSHOP_CACHE=str(self.folder / "cache"),
            LC_ALL="C.UTF-8",
            TZ="UTC",
        )


@cache
def place() -> Place:
    """Return this process's place."""
    return Place()


@contextlib.contextmanager
def readers() -> Iterator[None]:
    """Look as the reader does, with the reader's variables."""
    with _variables(dict(READERS)):
        yield


@contextlib.contextmanager
def _variables(wanted: dict[str, str]) -> Iterator[None]:
    """Exchange all variables; those that were set meanwhile are in `wanted` afterwards."""
    before = dict(os.environ)
    _set(wanted)
    try:
        yield
    finally:
        wanted.clear()
        wanted.update(os.environ)
        _set(before)


def _set(wanted: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(wanted)
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[object]:
    """Import modules of tests in the suite's surroundings, because some read variables then."""
    if collector.path.is_relative_to(TESTS):
        with _variables(place().variables):
            return (yield)
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    """Run a test in the suite's surroundings, in an empty folder, and a claim in the reader's."""
    if not item.path.is_relative_to(TESTS):
        return (yield)
    folder, mask, work = Path.cwd(), os.umask(0o022), place().work
    os.chdir(work)
    try:
        with _variables(place().variables):
            return (yield)
    finally:
        os.chdir(folder)
        os.umask(mask)
        for left in work.iterdir():
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()


def pytest_unconfigure() -> None:
    """Remove the place."""
    if place.cache_info().currsize:
        shutil.rmtree(place().folder, ignore_errors=True)


@pytest.fixture
def own_place(tmp_path, monkeypatch) -> Path:
    """Go to an empty folder with an empty cache; let nothing of this machine be seen."""
    from workshop.datasets import reachability

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("CI", "RAY_ADDRESS", "WORKSHOP_STORE", "WORKSHOP_MIRROR", "WORKSHOP_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(reachability, "_refused", {})
    return tmp_path
