from typing import Any

import numpy as np
import pytest

from tests import oracles
from workshop.training.full_batch import minimise
from workshop.training.optimizers import SGD, Adam


def line(tensorflow):
    """Absolute errors of a line, exercise 1.06's loss."""
    return lambda v, x, y: tensorflow.abs(v[0] * x + v[1] - y)


def blobs():
    """Random features (30, 4) and one-hot labels (30, 3)."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(30, 4)).astype(np.float32)
    y = np.eye(3, dtype=np.float32)[rng.integers(3, size=30)]
    return x, y


def doubled_softmax(tensorflow):
    """Exercise 2.03's loss."""

    def loss(v, x, y):
        output = tensorflow.nn.softmax(tensorflow.matmul(x, v[0]) + v[1])
        return tensorflow.reduce_mean(
            tensorflow.nn.softmax_cross_entropy_with_logits(labels=y, logits=output)
        )

    return loss


def test_fits_a_line_to_the_printed_digits(tensorflow):
    x, y = np.array([1, 2, 3, 4], np.float32), np.array([0, -1, -2, -3], np.float32)

    end = minimise(line(tensorflow), (0.0, 0.0), optimizer=Adam(0.01), steps=1000, data=(x, y))

    assert [f"{v:.9g}" for v in end.variables] == ["-1.00371706", "0.999803364"]
    assert end.steps == 1000
    assert end.optimizer == Adam(0.01)


@pytest.mark.parametrize(
    ("optimizer", "replica", "tolerance"),
    [(SGD(0.1), oracles.sgd_steps, 1e-6), (Adam(0.01), oracles.adam_steps, 5e-6)],
    ids=["sgd", "adam"],
)
def test_equals_numpy_replica(tensorflow, optimizer, replica, tolerance):
    x, y = blobs()
    start = np.full((4, 3), 0.1, np.float32), np.zeros(3, np.float32)

    end = minimise(doubled_softmax(tensorflow), start, optimizer=optimizer, steps=50, data=(x, y))

    gradients = oracles.softmax_gradients(x, y)
    expected = replica(gradients, start, steps=50, learning_rate=optimizer.learning_rate)
    for found, wanted in zip(end.variables, expected):  # noqa: B905 - runs on Python 3.7, too
        np.testing.assert_allclose(found, wanted, rtol=0, atol=tolerance)


def both(tensorflow: Any, optimizer: Any, steps: int, update: Any) -> Any:
    """Return pairs of variables: after steps of the optimizer, and after as many eager updates."""
    x, y = blobs()
    start = np.full((4, 3), 0.1, np.float32), np.zeros(3, np.float32)
    loss = doubled_softmax(tensorflow)
    variables = [tensorflow.Variable(value) for value in start]
    for _ in range(steps):
        with tensorflow.GradientTape() as tape:
            value = loss(variables, x, y)
        update(zip(tape.gradient(value, variables), variables))  # noqa: B905 - runs on Python 3.7, too
    end = minimise(loss, start, optimizer=optimizer, steps=steps, data=(x, y))
    return zip(end.variables, (variable.numpy() for variable in variables))  # noqa: B905 - as above


@pytest.mark.keras
def test_agrees_with_keras_adam(tensorflow):
    keras_adam = tensorflow.keras.optimizers.Adam(learning_rate=0.01)

    for found, wanted in both(tensorflow, Adam(0.01), 50, keras_adam.apply_gradients):
        np.testing.assert_allclose(found, wanted, rtol=0, atol=2e-5)


def test_same_bits_as_eager_steps(tensorflow):
    def descend(pairs: Any) -> None:
        for gradient, variable in pairs:
            tensorflow.raw_ops.ResourceApplyGradientDescent(var=variable.handle, alpha=0.1, delta=gradient)

    for found, wanted in both(tensorflow, SGD(0.1), 20, descend):
        np.testing.assert_array_equal(found, wanted)


def test_gradient_is_of_the_sum(tensorflow):
    end = minimise(lambda v: v[0] * np.array([1, 2, 3], np.float32), (0.0,), optimizer=SGD(0.5), steps=2)

    assert end.variables[0] == -6.0  # two steps of 0.5·(1 + 2 + 3)


def test_keeps_chosen_steps(tensorflow):
    start = np.array([2.0], np.float32)

    end = minimise(lambda v: v[0] ** 2, (start,), optimizer=SGD(0.25), steps=3, keep=(0, 2))

    assert list(end.snapshots) == [0, 2]
    assert [end.snapshots[0][0][0], end.snapshots[2][0][0], end.variables[0][0]] == [2.0, 0.5, 0.25]
    assert start[0] == 2.0


@pytest.mark.parametrize(("steps", "keep"), [(3, (4,)), (3, (-1,)), (-1, ())])
def test_refuses_steps_not_taken(tensorflow, steps, keep):
    with pytest.raises(ValueError, match="from 0 to the last"):
        minimise(lambda v: v[0] ** 2, (1.0,), optimizer=SGD(), steps=steps, keep=keep)


def test_restores_the_graph_optimizer(tensorflow):
    minimise(lambda v: v[0] ** 2, (1.0,), optimizer=SGD(), steps=1)

    assert not tensorflow.config.optimizer.get_experimental_options().get("disable_meta_optimizer", False)
