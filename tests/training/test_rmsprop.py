"""RMSprop of three generations of Keras, by hand and against the optimizer of the Keras that is installed."""

from importlib.util import find_spec

import numpy as np
import pytest

from workshop.training.fitting import Network, fit
from workshop.training.initialisers import shuffled
from workshop.training.optimizers import (
    RMSprop,
    RMSpropOfKeras3,
    RMSpropUnderRoot,
    as_tensor,
    by_name,
    rmsprop_at_hand,
)
from workshop.training.versions import keras_version

pytestmark = [
    pytest.mark.skipif(
        find_spec("tensorflow") is None, reason="needs TensorFlow: pip install 'workshop[cpu]'"
    ),
    pytest.mark.usefixtures("without_xla"),
]

# settings that are exact in float32, in which Keras keeps them
EXACT = {"learning_rate": 2.0**-9, "rho": 0.875, "epsilon": 2.0**-12}
ROWS = np.array([2, 0, 2, 2, 5])  # a batch looks up row 2 three times, row 1 never


def by_hand(kind, start, batches, learning_rate, rho, epsilon):
    """Return an embedding after updates with the gradients of each looked-up row, one by one."""
    table, mean = start.copy(), np.zeros_like(start)
    for gradients in batches:
        whole, squares = np.zeros_like(start), np.zeros_like(start)
        for row, gradient in zip(ROWS, gradients, strict=True):
            whole[row] += gradient
            squares[row] += gradient**2
        squares = squares if kind is RMSpropOfKeras3 else whole**2
        mean = rho * mean + (1 - rho) * squares
        root = np.sqrt(mean) + epsilon if kind is RMSprop else np.sqrt(mean + epsilon)
        table -= learning_rate * whole / root
    return table


def updated(kind, start, batches):
    """Return the same of the training core."""
    from workshop.training.backend import tf

    optimizer, table = kind(**EXACT), tf.Variable(start)
    slots = optimizer.slots(table)
    for number, gradients in enumerate(batches, start=1):
        gradient = tf.IndexedSlices(tf.constant(gradients), tf.constant(ROWS), tf.constant(start.shape))
        settings = by_name(kind, as_tensor(optimizer, table.dtype))
        optimizer.update(table, slots, gradient, number, settings)
    return table.numpy()


@pytest.mark.parametrize("kind", [RMSprop, RMSpropUnderRoot, RMSpropOfKeras3])
def test_updates_by_hand(kind):
    rng = np.random.default_rng(3)
    start = rng.normal(size=(6, 4))
    batches = rng.normal(size=(5, len(ROWS), 4)) / 50  # so small that the place of epsilon matters

    found = updated(kind, start, batches)

    np.testing.assert_allclose(found, by_hand(kind, start, batches, **EXACT), rtol=0, atol=1e-13)


def test_generations_differ():
    """The place of epsilon and the squares of repeated rows matter far more than the tolerance of these
    tests.
    """
    rng = np.random.default_rng(3)
    start = rng.normal(size=(6, 4))
    batches = rng.normal(size=(5, len(ROWS), 4)) / 50

    outside, under, third = (
        updated(kind, start, batches) for kind in (RMSprop, RMSpropUnderRoot, RMSpropOfKeras3)
    )

    assert np.abs(outside - under)[[0, 2, 5]].min() > 1e-4
    assert np.abs(third - under)[2].max() > 1e-4
    np.testing.assert_array_equal(third[[0, 5]], under[[0, 5]])  # looked up once
    np.testing.assert_array_equal(outside[1], start[1])


@pytest.mark.keras
def test_the_one_at_hand_is_that_of_keras():
    version = keras_version()

    found = rmsprop_at_hand()

    expected = RMSprop if version < (2, 11) else RMSpropUnderRoot if version < (3, 0) else RMSpropOfKeras3
    assert found == expected()


def looked_up(rows, dtype):
    """Build an embedding, its mean over the steps, and one output."""
    from workshop.training.backend import keras

    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((None,), dtype="int32"),
            layers.Embedding(rows, 3, dtype=dtype),
            layers.GlobalAveragePooling1D(dtype=dtype),
            layers.Dense(1, activation="sigmoid", dtype=dtype),
        ]
    )


@pytest.mark.keras
@pytest.mark.parametrize("xla", [False, pytest.param(True, marks=[pytest.mark.xla, pytest.mark.nightly])])
def test_updates_are_those_of_keras_fit(xla):
    from workshop.training.backend import keras

    rng = np.random.default_rng(5)
    x = rng.integers(0, 12, size=(48, 9)).astype(np.int32)
    x[:, :4] = 0  # as padding does
    y = rng.integers(0, 2, size=(48, 1)).astype(np.float32)
    network = Network(looked_up, (12, "float32"))
    weights = [rng.normal(size=w.shape).astype(np.float32) for w in network.model.get_weights()]
    order = shuffled(rng, epochs=4, n=48)
    kind = type(rmsprop_at_hand())

    ours = fit(
        network, weights, x, y, order,
        optimizer=kind(**EXACT), loss="binary_crossentropy", batch_size=16, xla=xla,
    )  # fmt: skip
    model = network.builder(*network.arguments)
    model.set_weights(weights)
    model.compile(keras.optimizers.RMSprop(**EXACT), "binary_crossentropy")
    for rows in order:
        model.fit(x[rows], y[rows], batch_size=16, shuffle=False, verbose=0)

    for one, other in zip(ours.weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=2e-6)
    settings = {"loss": "binary_crossentropy", "batch_size": 16}
    for other in (RMSprop, RMSpropUnderRoot, RMSpropOfKeras3):
        if other is not kind:
            table, *_ = fit(network, weights, x, y, order, optimizer=other(**EXACT), **settings).weights
            assert np.abs(table - model.get_weights()[0]).max() > 1e-4
