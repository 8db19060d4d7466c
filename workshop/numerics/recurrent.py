"""Plain recurrent layers by hand in NumPy."""

from __future__ import annotations

from typing import Callable, Optional

import numpy as np

Activation = Callable[[np.ndarray], np.ndarray]


def recurrent_step(
    x: np.ndarray,
    state: np.ndarray,
    *,
    kernel: np.ndarray,
    recurrent: np.ndarray,
    bias: np.ndarray,
    activation: Activation = np.tanh,
) -> np.ndarray:
    """Return f(x W_F + h W_R + b), the hidden output of one time step from its input and the last state.

    Shapes: x (n, inputs), state (n, units), kernel (inputs, units), recurrent (units, units).
    Source: chapter 5, equations of the recurrent layer.
    """
    return activation(x @ kernel + state @ recurrent + bias)


def unroll(
    x: np.ndarray,
    *,
    kernel: np.ndarray,
    recurrent: np.ndarray,
    bias: np.ndarray,
    activation: Activation = np.tanh,
    state: Optional[np.ndarray] = None,
) -> np.ndarray:
    """Return the hidden outputs of all time steps, (n, steps, units), from sequences (n, steps, inputs).

    The first step starts from `state` (n, units), zeros if none is given.
    """
    hidden = np.zeros((len(x), recurrent.shape[0]), x.dtype) if state is None else state
    outputs = []
    for step in range(x.shape[1]):
        hidden = recurrent_step(
            x[:, step], hidden, kernel=kernel, recurrent=recurrent, bias=bias, activation=activation
        )
        outputs.append(hidden)
    return np.stack(outputs, axis=1)


def last_output(products: np.ndarray, recurrent: np.ndarray) -> np.ndarray:
    """Return the hidden output of the last step with tanh, (units,), of one sequence that starts from zeros.

    `products` are x W + b of all steps, (steps, units). Each step is three calls of NumPy without new arrays.
    """
    hidden = np.tanh(products[0])
    sums = np.empty_like(hidden)
    dot, add, tanh = hidden.dot, np.add, np.tanh  # with few units a call takes longer than what it computes
    for product in products[1:]:
        dot(recurrent, sums)
        add(sums, product, sums)
        tanh(sums, hidden)
    return hidden


def book_weight_count(*, units: int, inputs: int, outputs: int) -> int:
    """Return n² + nk + nm, the book's number of weights of a recurrent layer, n units, m inputs, k outputs.

    It does not count the n biases, but does count the nk weights of the next layer.
    Source: chapter 5, text on the parameters of an RNN.
    """
    return units**2 + units * outputs + units * inputs
