"""A layer trained in columns and without unused features, compared with the plain loop over rows."""

from typing import Any

import numpy as np
import pytest

from workshop.training.full_batch import Descent, minimise, minimise_layer
from workshop.training.optimizers import SGD, Adam, Optimizer

pytestmark = [pytest.mark.usefixtures("tensorflow"), pytest.mark.filterwarnings("ignore::DeprecationWarning")]

UNUSED = [0, 7, 19]


def digits(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Random features (rows, 20) in 0..1, half of them and three columns 0, and one-hot labels (rows, 10)."""
    rng = np.random.default_rng(7)
    x = (rng.random((rows, 20)) * (rng.random((rows, 20)) < 0.5)).astype(np.float32)
    x[:, UNUSED] = 0
    return x, np.eye(10, dtype=np.float32)[rng.integers(10, size=rows)]


def plain(
    tensorflow: Any, x: np.ndarray, y: np.ndarray, optimizer: Optimizer, steps: int, keep: list[int]
) -> Descent:
    """Descend over the rows with all features."""

    def loss(variables: Any, x: Any, y: Any) -> Any:
        weight, bias = variables
        return cross_entropy(tensorflow)(tensorflow.matmul(x, weight) + bias, y)

    start = np.zeros((20, 10)), np.zeros(10)
    return minimise(loss, start, optimizer=optimizer, steps=steps, data=(x, y), keep=keep)


def cross_entropy(tensorflow: Any) -> Any:
    """Return the mean cross-entropy of net inputs as a function of them and the labels."""
    return lambda net_inputs, y: tensorflow.reduce_mean(
        tensorflow.nn.softmax_cross_entropy_with_logits(labels=y, logits=net_inputs)
    )


@pytest.mark.parametrize("optimizer", [Adam(), SGD(0.1)])
@pytest.mark.parametrize("steps", [1, 20])
def test_columns_end_where_the_plain_loop_ends(tensorflow, optimizer, steps):
    x, y = digits(1000)
    expected = plain(tensorflow, x, y, optimizer, steps, [0, 1])

    found = minimise_layer(cross_entropy(tensorflow), x, y, optimizer=optimizer, steps=steps, keep=[0, 1])

    assert (found.steps, found.optimizer) == (steps, optimizer)
    assert list(found.snapshots) == [0, 1]
    for ours, theirs in (
        (found.variables, expected.variables),
        *((found.snapshots[n], expected.snapshots[n]) for n in (0, 1)),
    ):
        for array, wanted in zip(ours, theirs, strict=True):
            assert array.dtype == wanted.dtype
            np.testing.assert_allclose(array, wanted, rtol=0, atol=2e-5)
    assert np.abs(expected.variables[0]).max() > 1e-3


def test_weights_of_unused_features_stay_zero(tensorflow):
    x, y = digits(100)
    zeros = [
        np.flatnonzero(~descent.variables[0].any(axis=1)).tolist()
        for descent in (
            plain(tensorflow, x, y, Adam(), 20, []),
            minimise_layer(cross_entropy(tensorflow), x, y, optimizer=Adam(), steps=20),
        )
    ]

    assert zeros == [UNUSED, UNUSED]
