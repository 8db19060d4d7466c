"""The compiled epochs are Keras' own `fit`, and nothing is left over from one call to the next."""

from importlib.util import find_spec

import numpy as np
import pytest

from workshop.training.fitting import Network, evaluate, fit, predict
from workshop.training.initialisers import initial_weights, shuffled
from workshop.training.optimizers import SGD, Adam

pytestmark = pytest.mark.skipif(
    find_spec("tensorflow") is None, reason="needs TensorFlow: pip install 'workshop[cpu]'"
)

# Settings that are exact in float32, in which Keras keeps them: what is left is the arithmetic of the loop.
ADAM = Adam(learning_rate=2.0**-10, beta_1=0.875, beta_2=1 - 2.0**-10, epsilon=0.0009765625)
DESCENT = SGD(learning_rate=2.0**-6)
BINARY = ("binary_crossentropy", "binary_accuracy", 1, "sigmoid")
SPARSE = ("sparse_categorical_crossentropy", "sparse_categorical_accuracy", 10, "softmax")


def dense(units, outputs, activation, dtype):
    """Build a network of ReLU layers on 7 inputs."""
    from workshop.training.backend import keras

    layers = [keras.layers.InputLayer((7,), dtype=dtype)]
    layers += [keras.layers.Dense(u, activation="relu", dtype=dtype) for u in units]
    return keras.models.Sequential([*layers, keras.layers.Dense(outputs, activation=activation, dtype=dtype)])


def example(dtype, outputs, activation, *, n, epochs, seed=1, units=(50, 20)):
    """Return network, weights, x, y and order of a small classification."""
    rng = np.random.default_rng(seed)
    network = Network(dense, (units, outputs, activation, dtype))
    x = rng.normal(size=(n, 7)).astype(dtype)
    y = rng.integers(0, 2, size=(n, 1)).astype(dtype) if outputs == 1 else rng.integers(0, outputs, size=n)
    return network, initial_weights(network.model, rng), x, y, shuffled(rng, epochs=epochs, n=n)


@pytest.fixture
def floatx():
    """Keras' own data and losses in another precision, and back."""
    from workshop.training.backend import keras

    before = keras.backend.floatx()
    yield keras.backend.set_floatx
    keras.backend.set_floatx(before)
    if hasattr(keras, "mixed_precision"):  # Keras 3 keeps the precision of new layers apart
        keras.mixed_precision.set_global_policy(before)


@pytest.mark.parametrize("xla", [False, True], ids=["plain", "xla"])
@pytest.mark.parametrize("optimizer", [ADAM, DESCENT], ids=["adam", "sgd"])
@pytest.mark.parametrize("problem", [BINARY, SPARSE], ids=["binary", "sparse"])
@pytest.mark.parametrize(
    ("dtype", "n", "batch_size", "epochs", "tolerance"),
    [
        ("float64", 75, 8, 5, 1e-9),  # 50 updates, the last batch of an epoch smaller
        ("float64", 21, 32, 50, 1e-9),  # one batch, smaller than asked for
        ("float64", 10, 1, 5, 1e-9),  # one row an update
        ("float32", 40, 8, 2, 1e-5),  # 10 updates
    ],
)
def test_epochs_equal_keras_fit(floatx, dtype, n, batch_size, epochs, tolerance, problem, optimizer, xla):
    """Weights and history are those of `model.fit` from the same weights over the same batches."""
    from workshop.training.backend import keras

    floatx(dtype)
    loss, metric, outputs, activation = problem
    network, weights, x, y, order = example(dtype, outputs, activation, n=n, epochs=epochs)
    model = network.builder(*network.arguments)
    model.set_weights(weights)
    theirs = getattr(keras.optimizers, type(optimizer).__name__)(**vars(optimizer))
    model.compile(theirs, loss, metrics=["accuracy"])

    ours = fit(
        network, weights, x, y, order,
        optimizer=optimizer, loss=loss, metric=metric, batch_size=batch_size, xla=xla,
    )  # fmt: skip
    history = [
        model.fit(x[rows], y[rows], batch_size=batch_size, epochs=1, shuffle=False, verbose=0).history
        for rows in order
    ]

    for mine, keras_own in zip(ours.weights, model.get_weights()):  # noqa: B905 - runs on Python 3.7, too
        np.testing.assert_allclose(mine, keras_own, rtol=0, atol=tolerance)
    np.testing.assert_allclose(ours.loss, [h["loss"][0] for h in history], rtol=0, atol=max(tolerance, 1e-8))
    np.testing.assert_allclose(ours.metric, [h["accuracy"][0] for h in history], rtol=0, atol=1e-7)
    assert ours.steps.tolist() == [-(-n // batch_size)] * epochs
    assert ours.rows.tolist() == [n] * epochs
    assert vars(ours.optimizer) == pytest.approx(vars(optimizer), rel=1e-7)
    assert type(ours.optimizer) is type(optimizer)


@pytest.mark.parametrize("problem", [BINARY, SPARSE], ids=["binary", "sparse"])
def test_evaluate_and_predict_equal_keras(problem):
    """Mean loss, mean metric and outputs over all rows are those of Keras' `evaluate` and `predict`."""
    loss, metric, outputs, activation = problem
    network, weights, x, y, _ = example("float32", outputs, activation, n=75, epochs=1)
    model = network.builder(*network.arguments)
    model.set_weights(weights)
    model.compile("adam", loss, metrics=["accuracy"])

    mine = evaluate(network, weights, x, y, loss=loss, metric=metric)
    outputs_mine = predict(network, weights, x)

    np.testing.assert_allclose(mine, model.evaluate(x, y, verbose=0), rtol=1e-5)
    np.testing.assert_allclose(outputs_mine, model.predict(x), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("xla", [False, True], ids=["plain", "xla"])
def test_result_depends_on_the_arguments_only(xla):
    """A fit is bit-equal when repeated, also after fits of another network and of other settings."""
    network, weights, x, y, order = example("float32", 1, "sigmoid", n=40, epochs=3)
    other, other_weights, *_ = example("float32", 1, "sigmoid", n=40, epochs=3, seed=2, units=(20, 50))
    settings = {"loss": "binary_crossentropy", "metric": "binary_accuracy", "batch_size": 8, "xla": xla}

    def run(recipe, start, optimizer=ADAM):
        return fit(recipe, start, x, y, order, optimizer=optimizer, **settings)

    first = run(network, weights)
    others_first = run(other, other_weights)
    run(network, weights, Adam(learning_rate=0.5))
    again, others_again = run(network, weights), run(other, other_weights)

    for before, after in ((first, again), (others_first, others_again)):
        assert all(np.array_equal(a, b) for a, b in zip(before.weights, after.weights))  # noqa: B905 - as above
        assert np.array_equal(before.loss, after.loss)
    assert not np.array_equal(first.loss, others_first.loss)


def test_a_network_is_built_and_traced_once_for_all_seeds():
    """Other weights and orders of the same shapes reuse model and graph."""
    calls = []

    def counted(units):
        calls.append(units)
        return dense((units,), 1, "sigmoid", "float32")

    _, _, x, y, _ = example("float32", 1, "sigmoid", n=21, epochs=1)
    network = Network(counted, (3,))
    for seed in range(5):
        rng = np.random.default_rng(seed)
        start = initial_weights(network.model, rng)
        order = shuffled(rng, epochs=4, n=21)
        fit(Network(counted, (3,)), start, x, y, order, optimizer=ADAM, loss="binary_crossentropy")

    assert calls == [3]


@pytest.mark.parametrize("order", [[[0, 75]], [[-1, 0]], [0, 1], np.zeros((0, 5))])
def test_order_that_does_not_index_the_rows_is_refused(order):
    """Rows that are not there, and an order of no epochs, are told before anything runs."""
    network, weights, x, y, _ = example("float32", 1, "sigmoid", n=75, epochs=1)

    with pytest.raises(ValueError, match="does not index 75 rows"):
        fit(network, weights, x, y, order, optimizer=ADAM, loss="binary_crossentropy")


def test_weights_of_another_network_are_refused():
    """Weights that don't fit are told by their shapes."""
    network, weights, x, y, order = example("float32", 1, "sigmoid", n=75, epochs=1)

    with pytest.raises(ValueError, match="don't fit a network"):
        fit(network, weights[:-1], x, y, order, optimizer=ADAM, loss="binary_crossentropy")
