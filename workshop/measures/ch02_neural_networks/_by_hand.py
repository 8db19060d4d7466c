"""What a layer, a loss and a descent of the chapter should give, worked out in NumPy and by disturbance."""

from __future__ import annotations

from typing import Any, Callable, Sequence

import numpy as np

from workshop.numerics.dense import dense, sigmoid

Layer = Callable[[Any, Any, Any], Any]


def own_parameters(layer: Layer, weight: np.ndarray, bias: np.ndarray, x: Any) -> dict[str, int]:
    """Add 1 to one parameter of a layer after another, and count those that move their own neuron only.

    `layer(x, weight, bias)` gives outputs (n, units) for weights (features, units) and units biases.
    """
    outputs = layer(x, weight, bias).numpy()

    def count(which: int) -> int:
        own = 0
        for place in range((weight, bias)[which].size):
            disturbed = [weight.copy(), bias.copy()]
            disturbed[which].flat[place] += 1
            moved = np.abs(layer(x, *disturbed).numpy() - outputs).max(axis=0) > 1e-6
            own += np.flatnonzero(moved).tolist() == [place % outputs.shape[1]]
        return own

    return {"weights": count(0), "biases": count(1)}


def descent_by_hand(x: np.ndarray, y: np.ndarray, rate: float, steps: int) -> np.ndarray:
    """Return weights and bias of the book's perceptron after every step from zero on, (steps + 1, n + 1).

    The loss is the mean cross-entropy with the output, already a sigmoid, as the logit; the gradient is
    derived by hand.
    """
    rows = np.column_stack([x, np.ones(len(x))]).astype(np.float64)
    path = [np.zeros(rows.shape[1])]
    for _ in range(steps):
        output = sigmoid(rows @ path[-1])
        slopes = (sigmoid(output) - y[:, 0]) * output * (1 - output)
        path.append(path[-1] - rate * rows.T @ slopes / len(rows))
    return np.array(path)


def sigmoid_unit_by_hand(
    start: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray, batches: np.ndarray, rate: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return kernel and bias of a sigmoid unit after one step of gradient descent for each row of `batches`.

    The loss is the mean cross-entropy of the examples whose numbers a row has.
    """
    kernel, bias = (np.array(weight, np.float64) for weight in start)
    for rows in batches:
        errors = sigmoid(dense(x[rows], kernel, bias)) - y[rows]
        kernel -= rate * x[rows].T @ errors / len(rows)
        bias -= rate * errors.mean(axis=0)
    return kernel, bias
