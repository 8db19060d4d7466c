"""The script that tries the promises of docs/how_we_know.md on recorded runs."""

from __future__ import annotations

import itertools
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from workshop.book import package_book
from workshop.execution.environment import this_environment
from workshop.ledger import ledger
from workshop.samples.recorded import RecordedRuns, Recordings

EPOCH = ledger().claims["ch05.ex05.epoch1"]
ORDER = ledger().claims["ch02.text05.relu_faster"]


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    """Return the script that writes the table."""
    return runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "calibrate_statistics.py"))


def runs_of(claim: Any) -> RecordedRuns:
    """Return the recorded runs of a claim."""
    return Recordings(package_book(), this_environment().facts()).of(claim)


def test_held_out_runs_are_seldom_excluded(script):
    """Each run that is not in the sample counts once; one that is far out is excluded."""
    runs = script["some"](runs_of(EPOCH), np.arange(128))
    excluded = list(script["held_out"](EPOCH, runs, 64))
    assert len(excluded) == len(runs.values) - 64
    assert np.mean(excluded) < 0.1
    order = np.random.default_rng([64, len(EPOCH.id)]).permutation(len(runs.values))
    values = list(runs.values)
    values[order[64]] = {name: 1000 * float(column.max()) for name, column in runs.numbers.items()}
    far = script["replace"](runs, values=values)
    assert sum(script["held_out"](EPOCH, far, 64)) == sum(excluded) + (not excluded[0])


def test_a_share_keeps_its_answer(script, monkeypatch):
    runs = runs_of(ORDER)
    found = list(script["wrongly"](ORDER, runs))
    assert found
    assert not any(found)
    answers = itertools.chain(["excluded"], itertools.repeat("compatible"))
    names = script["wrongly"].__globals__
    monkeypatch.setitem(names, "answer", lambda *_: SimpleNamespace(answer=next(answers)))
    assert list(script["wrongly"](ORDER, runs)) == [True] * len(found)


def test_a_promise_that_is_broken(script):
    """It is broken for certain only where the interval begins above it."""
    kept = script["Tally"]("a number", "64", 0.001, {"a": [True] + [False] * 999, "b": []})
    broken = script["Tally"]("a number", "64", 0.001, {"a": [True] * 30 + [False] * 970})
    assert kept.bounds[0] <= 0.001 < broken.bounds[0]
    assert kept.row() == "| a number | 64 | 0.1 % | 1 | 1 of 1,000 | 0.00% to 0.92% | a, 1 of 1000 |"
