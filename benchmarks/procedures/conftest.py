"""The book's procedures against the same in its own calls, as one row of a table each."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benchmarks.harness.book import Row, Side, compare, content, entry, table
from benchmarks.harness.goals import SLACK
from workshop import datasets
from workshop.execution.environment import this_environment

ROWS = pytest.StashKey[list[Row]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of the comparison with the whole book."""
    parser.addoption("--book", action="store_true", help="compare the book's units on one thread")


def pytest_configure(config: pytest.Config) -> None:
    """Compare the book on one thread only."""
    if config.getoption("--book") and os.environ["WORKSHOP_THREADS"] != "1":
        raise pytest.UsageError("--book compares core-seconds of one thread: leave WORKSHOP_THREADS out")
    config.stash[ROWS] = []


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


@pytest.fixture(scope="session")
def loaded() -> Callable[[str], Any]:
    """Return a function that loads a data set, or skips with the way to get it."""

    def load(name: str) -> Any:
        found = datasets.find(name)
        if not isinstance(found, datasets.Found):
            pytest.skip(f"{found.reason}: {found.remedy}")
        return datasets.load(found)

    return load


@pytest.fixture(scope="session")
def _started() -> None:
    """Import TensorFlow and Keras, and use both once, so that no unit pays for it; skip without them."""
    pytest.importorskip("tensorflow")
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
    in the book's calls.
    """

    def measure(unit: str, ours: Side, theirs: Side, flops: float) -> float:
        row = compare(unit, ours, theirs, floor=flops / product_rate)
        request.config.stash[ROWS].append(row)
        benchmark.extra_info.update(entry(row))
        times = row.ours.many
        rounds = iter(times)
        benchmark.pedantic(measured_time.move, setup=lambda: ((next(rounds),), {}), rounds=len(times))
        assert row.ratio.high >= SLACK, f"{unit} is slower than in the book's own calls: {row.ratio}"
        return row.of_steps.median

    return measure
