"""Dropout's masks are a function of seed, layer, update and place, and nothing else."""

from importlib.util import find_spec

import numpy as np
import pytest

from workshop.training.dropout import drawing, keep_mask, keys_of
from workshop.training.fitting import Network, fit
from workshop.training.optimizers import SGD
from workshop.training.versions import traced

pytestmark = pytest.mark.skipif(
    find_spec("tensorflow") is None, reason="needs TensorFlow: pip install 'workshop[cpu]'"
)


def mixed(word):
    """Mix a 32-bit word with Python's own integers."""
    word &= 0xFFFFFFFF
    for _ in range(2):
        word = ((word >> 16) ^ word) * 0x45D9F3B & 0xFFFFFFFF
    return (word >> 16) ^ word


def mask(seed, layer, update, shape, rate):
    """Return which activations stay, one by one."""
    key = int(np.random.SeedSequence(seed).generate_state(1)[0])
    state = mixed(mixed(key + 0x9E3779B9 * (layer + 1)) + update)
    words = [mixed(state ^ mixed(place + 1)) for place in range(int(np.prod(shape)))]
    return np.array([word >= int(rate * 2**32) for word in words]).reshape(shape)


@pytest.mark.parametrize("xla", [False, True], ids=["plain", "xla"])
def test_masks_are_those_of_plain_integers(xla):
    from workshop.training.backend import tf

    keys = keys_of([0, 5, 2**62])

    def draw(keys, update):
        return keep_mask(keys, layer=2, update=update, shape=(4, 6), rate=0.25)

    graph = traced(draw, xla=xla)
    lanes = graph(tf.constant(keys), tf.constant(9)).numpy()
    alone = graph(tf.constant(keys[1]), tf.constant(9)).numpy()

    assert np.array_equal(lanes, [mask(seed, 2, 9, (4, 6), 0.25) for seed in (0, 5, 2**62)])
    assert np.array_equal(alone, lanes[1])


@pytest.mark.parametrize("rate", [0.1, 0.25, 0.5])
def test_shares_and_independence(rate):
    from workshop.training.backend import tf

    def draw(seed=1, layer=3, update=5, shape=(200, 200)):
        keys = tf.constant(keys_of([seed])[0])
        return keep_mask(keys, layer=layer, update=tf.constant(update), shape=shape, rate=rate).numpy()

    first = draw()
    n, variance = first.size, rate * (1 - rate)

    assert abs(np.mean(~first) - rate) < 5 * np.sqrt(variance / n)
    for rows in (first.mean(axis=0), first.mean(axis=1)):
        assert abs(rows.var() / (variance / 200) - 1) < 5 * np.sqrt(2 / 200)
    for other in (draw(seed=2), draw(layer=4), draw(update=6), np.roll(first, 1), np.roll(first, 1, axis=0)):
        assert abs(np.mean((first - (1 - rate)) * (other - (1 - rate)))) < 5 * variance / np.sqrt(n)


def dropping(units):
    """Build Dense, Dropout, Dense without activations."""
    from workshop.training.backend import keras

    layers = keras.layers
    return keras.models.Sequential(
        [layers.InputLayer((3,)), layers.Dense(units), layers.Dropout(0.25), layers.Dense(1)]
    )


def test_training_drops_and_scales_and_evaluation_does_not():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 3)).astype("float32"), rng.normal(size=(8, 1)).astype("float32")
    network = Network(dropping, (5,))
    weights = [rng.normal(size=shape).astype("float32") for shape in ((3, 5), (5,), (5, 1), (1,))]
    order = np.array([[7, 1, 2, 3, 4, 5, 6, 0], [0, 1, 2, 3, 4, 5, 6, 7]])

    found = fit(
        network, weights, x, y, order,
        optimizer=SGD(0.0), loss="mean_squared_error", batch_size=4, seed=11, validation=(x, y),
    )  # fmt: skip

    def loss(rows, stays, share):
        hidden = (x[rows] @ weights[0] + weights[1]) * stays / share
        return np.mean((hidden @ weights[2] + weights[3] - y[rows]) ** 2)

    batches = [
        loss(rows, mask(11, 1, i + 1, (4, 5), 0.25), 0.75) for i, rows in enumerate(order.reshape(4, 4))
    ]
    np.testing.assert_allclose(found.loss, np.reshape(batches, (2, 2)).mean(axis=1), rtol=1e-5)
    np.testing.assert_allclose(found.val_loss, [loss(range(8), 1.0, 1.0)] * 2, rtol=1e-5)


def dropping_features(units):
    """Build SpatialDropout1D over steps, the sum of the steps, and an output without activation."""
    from workshop.training.backend import keras

    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((4, 3)),
            layers.SpatialDropout1D(0.25),
            layers.Flatten(),
            layers.Dense(units, use_bias=False),
        ]
    )


def test_spatial_dropout_drops_a_feature_at_all_steps():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 4, 3)).astype("float32"), rng.normal(size=(8, 1)).astype("float32")
    network = Network(dropping_features, (1,))
    weights = [rng.normal(size=(12, 1)).astype("float32")]

    found = fit(
        network, weights, x, y, [[0, 1, 2, 3, 4, 5, 6, 7]],
        optimizer=SGD(0.0), loss="mean_squared_error", batch_size=8, seed=11, validation=(x, y),
    )  # fmt: skip

    stays = mask(11, 0, 1, (8, 3), 0.25)[:, np.newaxis]
    for history, kept_inputs in ((found.loss, x * stays / 0.75), (found.val_loss, x)):
        expected = np.mean((kept_inputs.reshape(8, 12) @ weights[0] - y) ** 2)
        np.testing.assert_allclose(history, [expected], rtol=1e-5)
    assert 0 < np.mean(~stays) < 0.5


def built(name, settings):
    """Build one layer of `keras.layers` between others."""
    from workshop.training.backend import keras

    layer = getattr(keras.layers, name)(name="odd", **dict(settings))
    return keras.models.Sequential(
        [keras.layers.InputLayer((4, 3)), layer, keras.layers.Flatten(), keras.layers.Dense(1)]
    )


@pytest.mark.keras
@pytest.mark.parametrize(
    ("name", "settings", "draws"),
    [
        ("Dropout", {"rate": 0.5}, True),
        ("Dropout", {"rate": 0.0}, False),
        ("SpatialDropout1D", {"rate": 0.5}, True),
        ("GaussianNoise", {"stddev": 1.0}, True),
        ("LSTM", {"units": 2, "recurrent_dropout": 0.1}, True),
        ("LSTM", {"units": 2}, False),
        ("Conv1D", {"filters": 2, "kernel_size": 2}, False),
    ],
)
def test_layers_that_draw_are_known(name, settings, draws):
    assert [layer.name for layer in drawing(built(name, tuple(settings.items())))] == ["odd"] * draws


@pytest.mark.parametrize(
    ("name", "settings", "seed", "message"),
    [
        ("Dropout", {"rate": 0.5}, None, "odd draws random numbers: give a seed"),
        ("GaussianNoise", {"stddev": 1.0}, 1, "odd draws: only Dropout"),
        ("Dropout", {"rate": 0.5, "noise_shape": (None, 1, 3)}, 1, "odd: masks have the activations' shape"),
    ],
)
def test_draws_without_seed_or_mask_are_refused(name, settings, seed, message):
    """A layer that would draw from TensorFlow's own state is named in the error."""
    network = Network(built, (name, tuple(settings.items())))
    x, y, weights = np.zeros((2, 4, 3), "f"), np.zeros((2, 1), "f"), network.model.get_weights()

    with pytest.raises(ValueError, match=message):
        fit(network, weights, x, y, [[0, 1]], optimizer=SGD(), loss="mean_squared_error", seed=seed)
