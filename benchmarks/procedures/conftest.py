"""Whole procedures against the same in the book's own calls: too long for many rounds, so a median alone."""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benchmarks.harness.book import Row, Side, compare, content, entry, table
from benchmarks.harness.contests import take_turns
from benchmarks.harness.goals import SLACK
from workshop.execution.environment import this_environment

ROWS = pytest.StashKey[list[Row]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of the comparison with the whole book."""
    parser.addoption("--book", action="store_true", help="compare the book's units alone, and print a table")


def pytest_configure(config: pytest.Config) -> None:
    """Compare the book on one thread only."""
    if config.getoption("--book") and os.environ["WORKSHOP_THREADS"] != "1":
        raise pytest.UsageError("--book compares core-seconds of one thread: leave WORKSHOP_THREADS out")
    config.stash[ROWS] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the comparisons that name a unit of the book."""
    if config.getoption("--book"):
        others = [item for item in items if "book" not in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


def pytest_benchmark_update_json(config: pytest.Config, output_json: dict[str, Any]) -> None:
    """Add units, chapters and the book to the JSON."""
    if config.stash[ROWS]:
        facts = this_environment().facts()
        output_json["book"] = {"environment": facts, **content(config.stash[ROWS])}


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table by unit, chapter and book."""
    if config.stash[ROWS]:
        terminalreporter.section("the book's own calls against ours")
        for line in table(config.stash[ROWS]):
            terminalreporter.write_line(line)


def seconds_of(run: Callable[[], object]) -> Callable[[], float]:
    """Return a function that runs once and returns the seconds it took."""

    def timed() -> float:
        start = time.perf_counter()
        run()
        return time.perf_counter() - start

    return timed


@pytest.fixture
def ratio(benchmark: Any) -> Callable[..., float]:
    """Return a function that times two others in turns, and returns how many times faster the first is.

    It runs both once before (compiling is not measured), records the median ratio and its quartiles over the
    rounds, and leaves the faster one to pytest-benchmark's own table.
    """

    def measure(ours: Callable[[], object], theirs: Callable[[], object], *, rounds: int = 5) -> float:
        both = {"ours": seconds_of(ours), "theirs": seconds_of(theirs)}
        times = take_turns(both, "ours", fewest=rounds, most=rounds).seconds
        low, median, high = np.percentile(times["theirs"] / times["ours"], [25, 50, 75])
        benchmark.extra_info.update(ratio=float(median), quartiles=[float(low), float(high)], rounds=rounds)
        benchmark.pedantic(ours, rounds=1)
        return float(median)

    return measure


@pytest.fixture(scope="session")
def _started() -> None:
    """Import TensorFlow and Keras, and use both once, so that no unit pays for it."""
    if importlib.util.find_spec("tensorflow"):
        from workshop.training.backend import keras, tf

        model = keras.models.Sequential([keras.layers.InputLayer((1,)), keras.layers.Dense(1)])
        model.compile("adam", "mean_squared_error")
        model.fit(np.zeros((1, 1)), np.zeros((1, 1)), verbose=0)
        tf.function(lambda: tf.zeros((1,)) + 1, jit_compile=True)()


@pytest.fixture
def book(
    _started: None, request: pytest.FixtureRequest, measured_time: Any, product_rate: float, benchmark: Any
) -> Callable[[str, Side, Side, float], float]:
    """Return a function that compares a unit's procedure with the book's, and returns the ratio of a step.

    It also takes the operations of the procedure's products. It fails if the whole procedure is slower than
    in the book's calls. Seconds are those of the cores with one thread, and of the clock with more.
    """
    clock = time.process_time if os.environ["WORKSHOP_THREADS"] == "1" else time.perf_counter

    def measure(unit: str, ours: Side, theirs: Side, flops: float) -> float:
        row = compare(unit, ours, theirs, clock, flops / product_rate)
        request.config.stash[ROWS].append(row)
        benchmark.extra_info.update(entry(row))
        times = row.ours.many
        rounds = iter(times)
        benchmark.pedantic(measured_time.move, setup=lambda: ((next(rounds),), {}), rounds=len(times))
        assert row.ratio.high >= SLACK, f"{unit} is slower than in the book's own calls: {row.ratio}"
        return row.of_steps.median

    return measure
