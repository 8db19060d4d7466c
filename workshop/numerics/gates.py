"""LSTM and GRU by hand in NumPy, and their numbers of weights.

Weights have the layout of Keras: the gates' columns next to each other in one kernel (inputs, gates·units),
one recurrent kernel (units, gates·units) and one bias. All results are float64.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np

from workshop.numerics.dense import sigmoid
from workshop.numerics.recurrent import Activation

LSTM_GATES = ("input", "forget", "candidate", "output")
GRU_GATES = ("update", "reset", "candidate")


@dataclass(frozen=True)
class LSTMSteps:
    """States and gates of an LSTM at every step; float64 (n, steps, units) each."""

    hidden: np.ndarray
    cell: np.ndarray
    input: np.ndarray
    forget: np.ndarray
    candidate: np.ndarray
    output: np.ndarray


@dataclass(frozen=True)
class GRUSteps:
    """Hidden states and gates of a GRU at every step; float64 (n, steps, units) each."""

    hidden: np.ndarray
    update: np.ndarray
    reset: np.ndarray
    candidate: np.ndarray


def lstm(
    x: np.ndarray,
    *,
    kernel: np.ndarray,
    recurrent: np.ndarray,
    bias: np.ndarray,
    state: Optional[tuple[np.ndarray, np.ndarray]] = None,
    cell_activation: Activation = np.tanh,
) -> LSTMSteps:
    """Return the states and gates of an LSTM at all time steps.

    i = σ(x W_i + h U_i + b_i), f = σ(x W_f + h U_f + b_f), g = tanh(x W_g + h U_g + b_g),
    o = σ(x W_o + h U_o + b_o); C = f·C_before + i·g, h = o·tanh(C).

    Parameters
    ----------
    x : sequences (n, steps, inputs).
    kernel, recurrent, bias : W, U and b, columns of i, f, g and o in this order; b (4·units,).
    state : hidden and cell state before the first step, (n, units) each; zeros if none is given.
    cell_activation : applied to C before the output gate; chapter 6 mentions none, Keras has tanh.

    Source: chapter 6, text on LSTMs.
    """
    hidden, cell = (np.zeros((len(x), len(recurrent))),) * 2 if state is None else state
    steps: list[tuple[np.ndarray, ...]] = []
    for here in _by_step(x):
        i, f, g, o = np.split(here @ kernel + hidden @ recurrent + bias, len(LSTM_GATES), axis=-1)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        cell = f * cell + i * g
        hidden = o * cell_activation(cell)
        steps.append((hidden, cell, i, f, g, o))
    return LSTMSteps(*(np.stack(parts, axis=1) for parts in zip(*steps)))


def gru(
    x: np.ndarray,
    *,
    kernel: np.ndarray,
    recurrent: np.ndarray,
    bias: np.ndarray,
    reset_after: bool,
    state: Optional[np.ndarray] = None,
) -> GRUSteps:
    """Return the hidden states and gates of a GRU at all time steps.

    z = σ(x W_z + h U_z + b_z), r = σ(x W_r + h U_r + b_r), g = tanh(x W_g + (r·h) U_g + b_g);
    h = z·h_before + (1 − z)·g. With `reset_after` the product with U comes before the reset, and has a second
    bias c in g as in z and r: g = tanh(x W_g + b_g + r·(h U_g + c_g)).

    Parameters
    ----------
    x : sequences (n, steps, inputs).
    kernel, recurrent, bias : W, U and b, columns of z, r and g in this order; b (3·units,), with
        `reset_after` b and c, (2, 3·units).
    state : hidden state before the first step, (n, units); zeros if none is given.

    Source: chapter 6, text on gated recurrence units.
    """
    units = len(recurrent)
    hidden = np.zeros((len(x), units)) if state is None else state
    of_input, of_hidden = bias if reset_after else (bias, np.zeros(len(bias)))
    steps: list[tuple[np.ndarray, ...]] = []
    for here in _by_step(x):
        x_z, x_r, x_g = np.split(here @ kernel + of_input, len(GRU_GATES), axis=-1)
        h_z, h_r, h_g = np.split(hidden @ recurrent + of_hidden, len(GRU_GATES), axis=-1)
        z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
        g = np.tanh(x_g + (r * h_g if reset_after else (r * hidden) @ recurrent[:, 2 * units :]))
        hidden = z * hidden + (1 - z) * g
        steps.append((hidden, z, r, g))
    return GRUSteps(*(np.stack(parts, axis=1) for parts in zip(*steps)))


def plain_weight_count(*, units: int, inputs: int) -> int:
    """Return n(n + m + 1), the number of weights of a plain recurrent layer, n units on m inputs."""
    return units * (units + inputs + 1)


def lstm_weight_count(*, units: int, inputs: int) -> int:
    """Return 4·n(n + m + 1), the number of weights and biases of an LSTM, n units on m inputs."""
    return len(LSTM_GATES) * plain_weight_count(units=units, inputs=inputs)


def gru_weight_count(*, units: int, inputs: int, reset_after: bool) -> int:
    """Return 3·n(n + m + 1), the number of weights and biases of a GRU; with `reset_after` 3n more."""
    second_bias = units if reset_after else 0
    return len(GRU_GATES) * (plain_weight_count(units=units, inputs=inputs) + second_bias)


def _by_step(x: np.ndarray) -> np.ndarray:
    return np.moveaxis(np.asarray(x, np.float64), 1, 0)
