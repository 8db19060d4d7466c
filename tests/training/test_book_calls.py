"""The book's own calls train what the compiled units train, from the same start over the same batches."""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from workshop.chapters.ch05_sequences import _training as prices
from workshop.chapters.ch05_sequences import ex03_plain_rnn
from workshop.training.initialisers import initial_weights

pytestmark = pytest.mark.skipif(
    find_spec("tensorflow") is None, reason="needs TensorFlow: pip install 'workshop[cpu]'"
)

SEED = 11

Prepare = Callable[[Any, str], None]


@pytest.fixture
def same_start(monkeypatch: pytest.MonkeyPatch) -> Prepare:
    """Return a function that lets a module's calls start where its unit does with SEED, rows in order."""

    def prepare(module: Any, name: str) -> None:
        build = getattr(module, name)

        def started(*arguments: Any) -> Any:
            model = build(*arguments)
            model.set_weights(initial_weights(model, np.random.default_rng(SEED)))
            model.fit = functools.partial(model.fit, shuffle=False)
            return model

        monkeypatch.setattr(module, name, started)

    return prepare


def in_order(rng: Any, epochs: int, n: int) -> np.ndarray:
    """Return an order that shows the rows one after another."""
    return np.tile(np.arange(n), (epochs, 1))


# module, its network, its calls and its unit
PRICES = {
    "5.03": (ex03_plain_rnn, "exercise_5_03_model", "exercise_5_03_in_keras", "exercise_5_03_training"),
}


@pytest.mark.parametrize("exercise", PRICES)
def test_prices(same_start: Prepare, monkeypatch: pytest.MonkeyPatch, exercise: str) -> None:
    """Losses, errors and forecasts are those of `fit` with validation_split, row after row.

    So a validation part from the front, another rate or batch size, or shuffled targets would show.
    """
    pandas = pytest.importorskip("pandas")
    module, network, calls, unit = PRICES[exercise]
    closes = 100 + np.cumsum(np.random.default_rng(8).normal(size=80))
    dates = pandas.date_range("2020-01-01", periods=80)
    table = pandas.DataFrame({"Date": dates, "Close": closes})[::-1].reset_index(drop=True)
    monkeypatch.setattr(prices, "shuffled", in_order)

    (outcome,) = getattr(module, unit)(table, [SEED], epochs=2)
    same_start(module, network)
    history, errors, forecasts = getattr(module, calls)(table, SEED, epochs=2)

    np.testing.assert_allclose(outcome.log, np.stack([history["loss"], history["val_loss"]], 1), rtol=5e-3)
    assert [outcome.train_rmse, outcome.test_rmse] == pytest.approx(errors, rel=5e-3)
    np.testing.assert_allclose(outcome.curves["forecasts"][70:], forecasts[10:, 0], rtol=5e-3)
