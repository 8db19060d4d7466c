"""How times of training steps are compared: in pairs, with bounds that hold whatever their distribution."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from workshop.chapters.ch06_sentiment import timings

NAMES = tuple(timings.MODELS)


@pytest.mark.parametrize(("n", "k"), [(11, 1), (14, 1), (15, 2), (24, 4), (100, 34)])
def test_bounds_are_those_of_the_sign_test(n, k):
    """The k-th smallest and largest of n: k as in tables of the sign test at 0.001."""
    found = timings.median_bounds(np.arange(1.0, n + 1)[::-1])

    assert found == [k, (n + 1) / 2, n + 1 - k]


def test_too_few_values_have_no_bounds():
    """Ten values lie all on one side of the median in 2 of 1,024 cases, more than the level."""
    with pytest.raises(ValueError, match=r"10 values give no bounds at 0\.001: take more"):
        timings.median_bounds(np.arange(10))


def test_bounds_leave_out_the_true_median_as_rarely_as_said():
    """Of 20,000 samples of a skewed distribution at most one in 1,000 has bounds beside the true median."""
    drawn = np.random.default_rng(1).lognormal(size=(20_000, 24))
    ordered = np.sort(drawn, axis=1)
    low, _, high = timings.median_bounds(np.arange(24))

    beside = np.mean((ordered[:, int(low)] > 1) | (ordered[:, int(high)] < 1))

    assert beside < 1e-3 + 5 * np.sqrt(1e-3 / 20_000)


def test_models_are_ordered_where_their_times_tell():
    """Models that take 1, 2, 3, 5 and 5 ms a step, each disturbed by up to a tenth, one twice by much."""
    rng = np.random.default_rng(2)
    times = dict(zip(NAMES, (1.0, 2.0, 3.0, 5.0, 5.0), strict=True))
    seconds = {name: time * rng.uniform(1.0, 1.1, 24) / 1000 * 5 for name, time in times.items()}
    seconds["plain_rnn"][:2] *= 50  # something else ran on the machine

    found = timings.compared(seconds, steps=5)

    assert found.faster == {
        "plain_rnn": 0,
        "gru": 1,
        "lstm": 2,
        "bidirectional": 3,
        "stacked": 3,
        "two_layers": 3,
    }
    assert found.ratios["lstm_by_plain_rnn"][1] == pytest.approx(3, rel=0.1)
    assert found.milliseconds["gru"] == pytest.approx(2.1, rel=0.05)


def test_equal_models_are_not_told_apart():
    """Times of one distribution put no model before another."""
    rng = np.random.default_rng(3)

    found = timings.compared({name: rng.uniform(1, 2, 24) for name in NAMES}, steps=1)

    assert set(found.faster.values()) == {0}


def test_models_take_turns(monkeypatch):
    """Each round times each model once, and every second one in the opposite order."""
    events = []

    class Model:
        def __init__(self, name):
            self.name = name

        def compile(self, *_, **__):
            events.clear()

        def fit(self, x, y, **_):
            events.append((self.name, len(x)))

    def recipe(name):
        return lambda: SimpleNamespace(network=SimpleNamespace(builder=lambda: Model(name), arguments=()))

    data = SimpleNamespace(x_train=np.zeros((500, 3)), y_train=np.zeros((500, 1)))
    monkeypatch.setattr(timings, "MODELS", {name: recipe(name) for name in NAMES})
    monkeypatch.setattr(timings, "prepared", lambda imdb: data)
    ticks = iter(np.arange(1000.0))

    found = timings.step_times(None, lambda: next(ticks), rounds=12, steps=2, batch_size=64)

    rounds = [
        name for name, rows in events[1:] if rows == 128
    ]  # what the last model built itself with is first
    assert rounds == (sorted(NAMES) + sorted(NAMES, reverse=True)) * 6
    assert found.milliseconds == dict.fromkeys(NAMES, 500.0)
