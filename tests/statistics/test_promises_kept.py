"""The script that tries the promises of docs/how_we_know.md on recorded runs."""

import itertools
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from scripts import calibrate_statistics
from workshop.book import package_book
from workshop.execution.environment import this_environment
from workshop.ledger import ledger
from workshop.samples.recorded import RecordedRuns, Recordings

EPOCH = ledger().claims["ch05.ex05.epoch1"]
ORDER = ledger().claims["ch02.text05.relu_faster"]


def runs_of(claim: Any) -> RecordedRuns:
    """Return the recorded runs of a claim."""
    return Recordings(package_book(), this_environment().facts()).of(claim)


def test_held_out_runs_are_seldom_excluded():
    """Each run that is not in the sample counts once; one that is far out is excluded."""
    runs = calibrate_statistics.some(runs_of(EPOCH), np.arange(128))
    excluded = list(calibrate_statistics.held_out(EPOCH, runs, 64))
    assert len(excluded) == len(runs.values) - 64
    assert np.mean(excluded) < 0.1
    order = np.random.default_rng([64, len(EPOCH.id)]).permutation(len(runs.values))
    values = list(runs.values)
    values[order[64]] = {name: 1000 * float(column.max()) for name, column in runs.numbers.items()}
    far = replace(runs, values=values)
    assert sum(calibrate_statistics.held_out(EPOCH, far, 64)) == sum(excluded) + (not excluded[0])


def test_a_share_keeps_its_answer(monkeypatch):
    runs = runs_of(ORDER)
    found = list(calibrate_statistics.wrongly(ORDER, runs))
    assert found
    assert not any(found)
    answers = itertools.chain(["excluded"], itertools.repeat("compatible"))
    monkeypatch.setattr(calibrate_statistics, "answer", lambda *_: SimpleNamespace(answer=next(answers)))
    assert list(calibrate_statistics.wrongly(ORDER, runs)) == [True] * len(found)


def test_a_promise_that_is_broken():
    """It is broken for certain only where the interval begins above it."""
    kept = calibrate_statistics.Tally("a number", "64", 0.001, {"a": [True] + [False] * 999, "b": []})
    broken = calibrate_statistics.Tally("a number", "64", 0.001, {"a": [True] * 30 + [False] * 970})
    assert kept.bounds[0] <= 0.001 < broken.bounds[0]
    assert kept.row() == "| a number | 64 | 0.1 % | 1 | 1 of 1,000 | 0.00% to 0.92% | a, 1 of 1000 |"
