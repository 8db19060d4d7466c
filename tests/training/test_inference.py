from typing import Any

import numpy as np
import pytest

from workshop.training.fitting import Network, predict
from workshop.training.initialisers import initial_weights

pytestmark = pytest.mark.usefixtures("tensorflow")
NIGHTLY = pytest.mark.nightly


def reader(
    cell: str = "LSTM", units: int = 2, activation: str = "linear", mask: bool = False, *settings: Any
):
    """Build a network of word numbers, of any length; settings are those of its recurrent layer."""
    from workshop.training.backend import keras

    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((None,)),
            layers.Embedding(20, 4, mask_zero=mask),
            layers.Dropout(0.4),
            getattr(layers, cell)(3, **dict(settings)),
            layers.Dense(units, activation=activation),
        ]
    )


READER = Network(reader)
PLAIN = Network(reader, ("SimpleRNN", 1, "sigmoid"))
WORDS = np.random.default_rng(0).integers(0, 20, (5, 40)).astype(np.int32)


def weights(seed: int, network: Network = READER):
    """Return weights for a reader, with biases."""
    rng = np.random.default_rng(seed)
    drawn = initial_weights(network.model, rng)
    return [(array + rng.normal(0, 0.3, array.shape)).astype(np.float32) for array in drawn]


@pytest.mark.keras
@pytest.mark.parametrize(
    ("network", "xla"),
    [
        (READER, False),
        (READER, True),
        (PLAIN, True),
        pytest.param(PLAIN, False, marks=NIGHTLY),
        pytest.param(Network(reader, ("GRU",)), True, marks=NIGHTLY),
    ],
)
def test_a_predictor_gives_what_predict_gives(network, xla):
    from workshop.training.inference import Predictor

    given = weights(0, network)
    predictor = Predictor(network, given, xla=xla)

    for rows in (WORDS, WORDS[2:3], WORDS[1:2, 1:8], WORDS[:, :2], WORDS[1:2, 30:1:-4], WORDS):
        rounding = 1e-6 if xla else 0
        np.testing.assert_allclose(predictor(rows), predict(network, given, rows), rtol=0, atol=rounding)


@pytest.mark.parametrize("length", [1, 2, 12, 16])
def test_a_plain_rnn_reads_few_words_without_tensorflow(length, monkeypatch):
    from workshop.training import inference

    given = [2 * array for array in weights(length, PLAIN)]
    predictor = inference.Predictor(PLAIN, given, xla=True)
    monkeypatch.setattr(predictor, "_outputs", lambda x: x.shape)

    for row in WORDS[:, np.newaxis, :length]:
        outputs = predictor(row)
        assert (outputs.shape, outputs.dtype) == ((1, 1), np.float32)
        np.testing.assert_allclose(outputs, predict(PLAIN, given, row), atol=3e-7)
    for more in (WORDS[:1, : inference.FEW + 1], WORDS[:2, :length], WORDS[:1, :0]):
        assert predictor(more) == more.shape


@pytest.mark.parametrize(
    "arguments",
    [
        ("SimpleRNN", 1, "sigmoid", False, ("activation", "relu")),
        *(
            pytest.param(arguments, marks=NIGHTLY)
            for arguments in (
                ("LSTM", 1, "sigmoid"),
                ("SimpleRNN", 2, "softmax"),
                ("SimpleRNN", 1, "sigmoid", True),
                ("SimpleRNN", 1, "sigmoid", False, ("go_backwards", True)),
                ("SimpleRNN", 1, "sigmoid", False, ("use_bias", False)),
                ("SimpleRNN", 1, "sigmoid", False, ("return_sequences", True)),
            )
        ),
    ],
)
def test_other_networks_are_read_by_tensorflow(arguments):
    from workshop.training.inference import Predictor

    network = Network(reader, arguments)
    given, row = weights(0, network), WORDS[:1, :6] % 3
    found = Predictor(network, given, xla=True)(row)

    np.testing.assert_allclose(found, predict(network, given, row), atol=1e-6)


def test_a_predictor_keeps_its_weights():
    from workshop.training.inference import Predictor

    given = [array.copy() for array in weights(0)]
    first, second = Predictor(READER, given), Predictor(READER, weights(1))
    before = first(WORDS)

    given[0][:] = 0
    predict(READER, weights(2), WORDS)

    assert np.array_equal(first(WORDS), before)
    assert np.abs(second(WORDS) - before).max() > 1e-3


def test_weights_that_don_t_fit_are_refused():
    from workshop.training.inference import Predictor

    with pytest.raises(ValueError, match=r"don't fit a network of \[\(20, 4\)"):
        Predictor(READER, weights(0)[:-1])
