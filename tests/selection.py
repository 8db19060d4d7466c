"""Which tests wait for the night, what runs smaller by day, and in which order: see CONTRIBUTING.md."""

import gc
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

MARKS = (
    "nightly: runs with `--all`",
    "xla: needs XLA also where the other tests of its module go without it",
    "keras: compares with what Keras itself computes; of trainings, session `keras2` repeats it",
    "data: its outcome depends on data; set where a test asks for data, and for quick claims",
)
_DATA_FIXTURES = {"book_data", "with_data"}
_QUICK_CLAIMS = ("ch01.", "ch02.ex05.")
IMPORTED = pytest.StashKey[set[str]]()  # the modules that were imported before the first test


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that choose how much runs, and the one that renews golden files."""
    group = parser.getgroup("workshop")
    group.addoption("--all", action="store_true", help="run the nightly tests, too, and everything in full")
    group.addoption("--shuffled", metavar="SEED", help="run files, and the tests of each, in a random order")
    group.addoption("--write", action="store_true", help="renew the texts that tests expect")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks."""
    for mark in MARKS:
        config.addinivalue_line("markers", mark)


def in_full(config: pytest.Config) -> bool:
    """Return whether everything runs, as at night."""
    return bool(config.option.all)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[object]:
    """Collect tests without a look for garbage, which took a third of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(10_000)  # the usual 700 looks through all of TensorFlow every few tests
        gc.enable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note what is imported before the first test."""
    session.config.stash[IMPORTED] = set(sys.modules)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip nightly tests, unless everything runs; mark what depends on data."""
    for item in items:
        quick = item.get_closest_marker("claims") and item.callspec.id.startswith(_QUICK_CLAIMS)
        if quick or not _DATA_FIXTURES.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker("data")
        if item.get_closest_marker("nightly") and not in_full(config):
            item.add_marker(pytest.mark.skip(reason="nightly: pytest --all"))
    if config.option.shuffled is not None:
        shuffle(items, config.option.shuffled)


def shuffle(items: list[pytest.Item], seed: str) -> None:
    """Put files into a random order, and the tests of each: what a file's tests share is made once."""
    drawn = random.Random(seed)
    files: defaultdict[Path, float] = defaultdict(drawn.random)
    items.sort(key=lambda item: (files[item.path], drawn.random()))


@pytest.fixture
def draws(request) -> Callable[[int], int]:
    """Return how many of its draws a simulation makes: a tenth by day, all of them in full."""
    return lambda number: number if in_full(request.config) else number // 10


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory) -> Path:
    """Return the folder of a cache that commands share, which need not be empty."""
    return tmp_path_factory.mktemp("cache")


class _Graph:
    """A function of `tf.function` that is compiled by XLA, unless a test goes without it."""

    without_xla = False

    def __init__(
        self, make: Callable[..., Any], function: Callable[..., Any], settings: dict[str, Any]
    ) -> None:
        self._make, self._function, self._settings = make, function, settings

    def get_concrete_function(self, *specs: Any) -> Callable[..., Any]:
        """Return what is traced when it is first called, in either way."""
        made: dict[bool, Any] = {}

        def call(*tensors: Any) -> Any:
            plain = _Graph.without_xla
            if plain not in made:
                settings = {**self._settings, "jit_compile": not plain}
                made[plain] = self._make(self._function, **settings).get_concrete_function(*specs)
            return made[plain](*tensors)

        return call


@pytest.fixture
def without_xla(request, monkeypatch) -> None:
    """Leave XLA out, whose compilation takes longer than a short training; tests marked `xla` keep it.

    Keras 3, which takes XLA where it can, does without it, too. Graphs that are made here and found again by
    other tests are compiled there.
    """
    if request.node.get_closest_marker("xla") or in_full(request.config):
        return
    pytest.importorskip("tensorflow")
    from workshop.training import versions

    make = versions.tf.function

    def function(given: Callable[..., Any] | None = None, **settings: Any) -> Any:
        compiled = given and settings.get("jit_compile")  # decorators are as they are
        return _Graph(make, given, settings) if compiled else make(given, **settings)

    monkeypatch.setattr(versions.tf, "function", function)
    monkeypatch.setattr(_Graph, "without_xla", True)
    monkeypatch.setattr(versions.keras.Model, "_resolve_auto_jit_compile", lambda _: False, raising=False)
