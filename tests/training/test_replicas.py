"""Seeds trained at once end where each ends alone, with the same bits in any company."""

from importlib.util import find_spec

import numpy as np
import pytest

from workshop.training.fitting import Network, fit, predict
from workshop.training.initialisers import initial_weights, shuffled
from workshop.training.optimizers import SGD, Adam
from workshop.training.replicas import fit_replicas, predict_replicas

pytestmark = [
    pytest.mark.skipif(
        find_spec("tensorflow") is None, reason="needs TensorFlow: pip install 'workshop[cpu]'"
    ),
    pytest.mark.usefixtures("without_xla"),
]

ADAM = Adam(learning_rate=0.001)
NIGHTLY = pytest.mark.nightly
# those by night have the layers of the others
KINDS = (
    "dense",
    "convolution",
    "dropout",
    *(pytest.param(each, marks=NIGHTLY) for each in ("rnn", "hybrid")),
)
REGRESSION = {"loss": "mean_squared_error", "metric": "mean_absolute_error"}


def network(kind, dtype="float32"):
    """Build one of chapter 5's networks on 10 look-back features, or a dense one, in small."""
    from workshop.training.backend import keras

    layers = keras.layers
    recurrent = layers.SimpleRNN(6, dtype=dtype)
    short = layers.Conv1D(5, 3, activation="relu", dtype=dtype)
    stacks = {
        "dense": [layers.Dense(5, activation="relu", dtype=dtype)],
        "rnn": [layers.Reshape((10, 1), dtype=dtype), recurrent],
        "convolution": [
            layers.Reshape((10, 1), dtype=dtype),
            layers.Conv1D(5, 5, activation="relu", dtype=dtype),
            layers.MaxPooling1D(5, dtype=dtype),
            layers.Flatten(dtype=dtype),
        ],
        "hybrid": [layers.Reshape((10, 1), dtype=dtype), short, recurrent],
        "dropout": [
            layers.Reshape((10, 1), dtype=dtype),
            short,
            recurrent,
            layers.Dropout(0.25, dtype=dtype),
        ],
    }
    return keras.models.Sequential(
        [
            layers.InputLayer((10,), dtype=dtype),
            *stacks[kind],
            layers.Dense(1, dtype=dtype),
            layers.Activation("linear", dtype=dtype),
        ]
    )


def example(kind, *, dtype="float32", replicas=3, epochs=2, n=15):
    """Return network, weights and orders of each replica, x, y, and validation rows."""
    recipe = Network(network, (kind, dtype))
    starts, orders = [], []
    for seed in range(replicas):
        rng = np.random.default_rng(seed)
        starts.append(initial_weights(recipe.model, rng))
        orders.append(shuffled(rng, epochs=epochs, n=n))
    rng = np.random.default_rng(99)
    x = rng.normal(size=(n + 4, 10)).astype(dtype)
    y = (x[:, :1] - x[:, 4:5] * x[:, 7:8]).astype(dtype)
    return recipe, starts, x[:n], y[:n], np.stack(orders), (x[n:], y[n:])


def same(one, other):
    """Whether two fits have the same bits everywhere."""
    return all(
        np.array_equal(a, b)
        for a, b in zip(  # noqa: B905 - runs on Python 3.7, too
            [*one.weights, *one.moments, one.loss, one.metric, one.val_loss, one.val_metric],
            [*other.weights, *other.moments, other.loss, other.metric, other.val_loss, other.val_metric],
        )
    )


@pytest.mark.parametrize(
    ("dtype", "epochs", "n", "batch_size", "optimizer", "tolerance"),
    [
        ("float64", 4, 15, 1, ADAM, 1e-9),  # 60 updates
        # 51 updates, the last batch of an epoch smaller
        pytest.param("float64", 17, 15, 7, SGD(0.01), 1e-9, marks=NIGHTLY),
        ("float32", 2, 5, 1, ADAM, 1e-5),  # 10 updates
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_each_replica_is_its_single_fit(kind, dtype, epochs, n, batch_size, optimizer, tolerance):
    recipe, starts, x, y, orders, validation_rows = example(kind, dtype=dtype, epochs=epochs, n=n)
    settings = {"optimizer": optimizer, "batch_size": batch_size, "validation": validation_rows, **REGRESSION}

    together = fit_replicas(recipe, starts, x, y, orders, seeds=[7, 8, 9], **settings)

    for replica, found in enumerate(together):
        alone = fit(recipe, starts[replica], x, y, orders[replica], seed=7 + replica, **settings)
        for one, other in zip(found.weights, alone.weights):  # noqa: B905 - as above
            np.testing.assert_allclose(one, other, rtol=0, atol=tolerance)
        for name in ("loss", "metric", "val_loss", "val_metric"):
            np.testing.assert_allclose(getattr(found, name), getattr(alone, name), rtol=0, atol=tolerance)
        assert np.array_equal(found.steps, alone.steps)
        assert np.array_equal(found.rows, alone.rows)
        assert (found.updates, found.optimizer) == (alone.updates, alone.optimizer)


@pytest.mark.xla
@pytest.mark.parametrize("batch_size", [1, pytest.param(7, marks=NIGHTLY)])
@pytest.mark.parametrize("kind", KINDS)
def test_bits_do_not_depend_on_companions(kind, batch_size):
    recipe, starts, x, y, orders, validation_rows = example(kind, replicas=20)
    settings = {"optimizer": ADAM, "batch_size": batch_size, "validation": validation_rows, **REGRESSION}

    def run(*chosen):
        return fit_replicas(
            recipe, [starts[i] for i in chosen], x, y, orders[list(chosen)], seeds=chosen, **settings
        )

    every = run(*range(20))

    for chosen in [(0,), (19,), (19, 0, 5), (5, 19, 0), tuple(range(19, -1, -1))]:
        for place, found in zip(chosen, run(*chosen)):  # noqa: B905 - as above
            assert same(found, every[place])
    assert not same(every[0], every[1])


@pytest.mark.xla
@pytest.mark.parametrize("kind", ["dense", "convolution", "dropout"])
def test_predictions_are_those_of_the_single_network(kind):
    recipe, starts, x, *_ = example(kind, replicas=11)

    found = predict_replicas(recipe, starts, x)

    assert found.shape == (11, len(x), 1)
    for replica in (0, 10):
        np.testing.assert_allclose(found[replica], predict(recipe, starts[replica], x), rtol=0, atol=1e-6)
        assert np.array_equal(predict_replicas(recipe, [starts[replica]], x)[0], found[replica])


def odd(kind):
    """Build a network that can't be stacked."""
    from workshop.training.backend import keras

    layers = keras.layers
    stacks = {
        "LSTM": [layers.LSTM(2, name="odd")],
        "padding='same'": [layers.Conv1D(2, 3, padding="same", name="odd"), layers.Flatten()],
        "strides": [layers.Conv1D(2, 3, strides=2, name="odd"), layers.Flatten()],
        "return_sequences=True": [layers.SimpleRNN(2, return_sequences=True, name="odd"), layers.Flatten()],
        "untrained weights": [layers.BatchNormalization(), layers.Flatten()],
        "regularizers": [layers.Flatten(), layers.Dense(2, kernel_regularizer="l2")],
        "65 steps": [layers.SimpleRNN(2, name="odd")],
    }
    shape = (65, 1) if kind == "65 steps" else (6, 1)
    return keras.models.Sequential([layers.InputLayer(shape), *stacks[kind], layers.Dense(1)])


@pytest.mark.parametrize(
    "kind",
    [
        "LSTM",
        "padding='same'",
        "strides",
        "return_sequences=True",
        "untrained weights",
        "regularizers",
        "65 steps",
    ],
)
def test_layers_that_can_not_be_stacked_are_refused(kind):
    recipe = Network(odd, (kind,))
    x, y = np.zeros((2, *recipe.model.input_shape[1:]), "float32"), np.zeros((2, 1), "float32")

    with pytest.raises(ValueError, match=f"{kind}.* train its seeds one by one"):
        fit_replicas(
            recipe, [recipe.model.get_weights()], x, y, [[[0, 1]]], optimizer=ADAM, loss="mean_squared_error"
        )


def test_one_start_order_and_seed_per_replica():
    recipe, starts, x, y, orders, _ = example("dropout")
    settings = {"optimizer": ADAM, "loss": "mean_squared_error"}

    with pytest.raises(ValueError, match="3 starts, 2 orders and 3 seeds"):
        fit_replicas(recipe, starts, x, y, orders[:2], seeds=[1, 2, 3], **settings)
    with pytest.raises(ValueError, match=r"dropout.* draws random numbers: give seeds"):
        fit_replicas(recipe, starts, x, y, orders, **settings)
