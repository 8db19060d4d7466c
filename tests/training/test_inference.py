from __future__ import annotations

import numpy as np
import pytest

from workshop.training.fitting import Network, predict
from workshop.training.initialisers import initial_weights

pytestmark = pytest.mark.usefixtures("tensorflow")


def reader(units: int):
    """Build a network of word numbers, of any length."""
    from workshop.training.backend import keras

    layers = keras.layers
    stack = [layers.InputLayer((None,)), layers.Embedding(20, 4), layers.LSTM(units), layers.Dense(2)]
    return keras.models.Sequential(stack)


READER = Network(reader, (3,))
WORDS = np.random.default_rng(0).integers(0, 20, (5, 7)).astype(np.int32)


def weights(seed: int):
    """Return weights for the reader."""
    return initial_weights(READER.model, np.random.default_rng(seed))


@pytest.mark.keras
@pytest.mark.parametrize("xla", [False, True])
def test_a_predictor_gives_what_predict_gives(xla: bool) -> None:
    """For rows of several lengths and numbers, in any order."""
    from workshop.training.fitting import Predictor

    predictor = Predictor(READER, weights(0), xla=xla)

    for rows in (WORDS, WORDS[:1], WORDS[:, :2], WORDS):
        outputs = predictor(rows)
        assert outputs.shape == (len(rows), 2)
        np.testing.assert_allclose(outputs, predict(READER, weights(0), rows), atol=1e-6)


def test_a_predictor_keeps_its_weights() -> None:
    """What others do with the same network meanwhile changes nothing, nor does a change of the arrays."""
    from workshop.training.fitting import Predictor

    given = [array.copy() for array in weights(0)]
    first, second = Predictor(READER, given), Predictor(READER, weights(1))
    before = first(WORDS)

    given[0][:] = 0
    predict(READER, weights(2), WORDS)

    assert np.array_equal(first(WORDS), before)
    assert np.abs(second(WORDS) - before).max() > 1e-3


def test_weights_that_don_t_fit_are_refused() -> None:
    """The error names both shapes."""
    from workshop.training.fitting import Predictor

    with pytest.raises(ValueError, match=r"don't fit a network of \[\(20, 4\)"):
        Predictor(READER, weights(0)[:-1])
