"""How times of training steps are compared: in turns, by the fastest, whatever else the machine does."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from workshop.chapters.ch06_sentiment import text12_all_models
from workshop.datasets import ReviewIds

NAMES = tuple(text12_all_models.MODELS)


def test_models_are_ordered_where_their_times_tell() -> None:
    """Models that take 1, 3, 2, 5 and 5 ms a step, each disturbed by up to a tenth, one twice by much."""
    rng = np.random.default_rng(2)
    times = dict(zip(NAMES, (1.0, 3.0, 2.0, 5.0, 5.0), strict=True))
    seconds = {name: time * rng.uniform(1.0, 1.1, 24) / 1000 * 5 for name, time in times.items()}
    seconds["plain_rnn"][:2] *= 50  # something else ran on the machine

    found = text12_all_models.compared(seconds, steps=5)

    chain = [(a, b) for a in NAMES for b in NAMES if times[a] > times[b]]
    assert {pair for pair, surely in found.longer.items() if surely} == {
        *(f"{a}_than_{b}" for a, b in chain),
        "two_layers_than_lstm",
    }
    assert found.ratios["lstm_by_plain_rnn"][1] == pytest.approx(3, rel=0.1)
    assert found.milliseconds["gru"] == pytest.approx(2.1, rel=0.05)


def test_equal_models_are_not_distinguished() -> None:
    """Times of one distribution put no model before another."""
    rng = np.random.default_rng(3)

    found = text12_all_models.compared({name: rng.uniform(1, 2, 24) for name in NAMES}, steps=1)

    assert set(found.longer.values()) == {0}


def test_models_take_turns(monkeypatch) -> None:
    """Each round times each model once, and every second one in the opposite order."""
    events = []

    class Model:
        def __init__(self, name) -> None:
            self.name = name

        def compile(self, *_, **__) -> None:
            events.clear()

        def train_on_batch(self, x, y) -> None:
            events.append((self.name, len(x)))

    data = SimpleNamespace(x_train=np.zeros((500, 3)), y_train=np.zeros((500, 1)))
    monkeypatch.setattr(text12_all_models, "MODELS", {name: partial(Model, name) for name in NAMES})
    monkeypatch.setattr(text12_all_models, "prepared", lambda imdb: data)
    ticks = iter(np.arange(1000.0))

    found = text12_all_models.step_times(None, lambda: next(ticks), rounds=12, steps=2, batch_size=64)

    turns = [name for name in (*sorted(NAMES), *sorted(NAMES, reverse=True)) for _ in range(2)]
    assert events[-120:] == [(name, 64) for name in turns * 6]
    assert found.milliseconds == dict.fromkeys(NAMES, 500.0)


def test_reviews_for_too_few_batches_are_refused() -> None:
    """Own reviews that fill no round lead to a message that names the number that is needed."""
    data = ReviewIds.of([[1, 2]] * 9, [0] * 9, [[1]], [0])

    with pytest.raises(ValueError, match=r"^9 training reviews are too few for 5 steps: give 640"):
        text12_all_models.step_times(data, lambda: 0.0)
