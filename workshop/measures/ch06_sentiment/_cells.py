"""What the texts on recurrent layers share: drawn layers and sequences, their weights and states by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.numerics import gates
from workshop.numerics.recurrent import unroll
from workshop.numerics.similarity import distance
from workshop.training.backend import keras, tf
from workshop.training.versions import role_of

SIZES = ((32, 32), (5, 3), (7, 1))  # units and inputs of the layers whose weights are counted


def drawn(layer: Any, inputs: int, seed: int = 0) -> Any:
    """Return a recurrent layer built for a number of inputs, with normally drawn weights and biases."""
    layer.build((None, None, inputs))
    rng = np.random.default_rng(seed)
    layer.set_weights([rng.normal(size=w.shape).astype(w.dtype) for w in layer.get_weights()])
    return layer


def weights_of(layer: Any) -> dict[str, np.ndarray]:
    """Return a recurrent layer's weights by the names of the functions by hand."""
    return {role_of(w).replace("recurrent_kernel", "recurrent"): w.numpy() for w in layer.weights}


def sequences(rows: int, steps: int, inputs: int, dtype: str = "float64") -> np.ndarray:
    """Draw sequences (rows, steps, inputs) from the standard normal distribution."""
    return np.random.default_rng(9).normal(size=(rows, steps, inputs)).astype(dtype)


def weight_count(layer: Any, inputs: int) -> int:
    """Return the number of weights of a new Keras layer for this number of inputs."""
    layer.build((None, None, inputs))
    return int(layer.count_params())


@dataclass(frozen=True)
class HandedOn:
    """States that a layer needs from the previous step, and how exactly they alone continue a sequence."""

    names: list[str]
    gap: float


def handed_on(layer: Any, rows: int = 5, steps: int = 6, cut: int = 3) -> HandedOn:
    """Return the states that affect the rest of a sequence, by their names in the equations.

    Parameters
    ----------
    layer : built, float64, returning its outputs at every step and its states.
    """
    weights = weights_of(layer)
    x = sequences(rows, steps, weights["kernel"].shape[0])
    outputs = layer(x)[0].numpy()
    states = [state.numpy() for state in layer(x[:, :cut])[1:]]
    by_hand = {name: at_every_step[:, cut - 1] for name, at_every_step in states_by_hand(layer, x).items()}

    def rest(given: Sequence[np.ndarray]) -> np.ndarray:
        return np.array(layer(x[:, cut:], initial_state=[tf.constant(state) for state in given])[0].numpy())

    names = []
    for place, state in enumerate(states):
        others = [other + (number == place) for number, other in enumerate(states)]
        if distance(rest(others), rest(states)) > 1e-3:
            known = [name for name, value in by_hand.items() if distance(state, value) < 1e-9]
            names.append(" and ".join(known) or "unknown state")
    return HandedOn(names, distance(rest(states), outputs[:, cut:]))


def states_by_hand(layer: Any, x: np.ndarray) -> dict[str, np.ndarray]:
    """Return the states at every step by the equations with a layer's weights."""
    weights = weights_of(layer)
    if isinstance(layer, keras.layers.LSTM):
        steps = gates.lstm(x, **weights)
        return {"hidden state": steps.hidden, "cell state": steps.cell}
    if isinstance(layer, keras.layers.GRU):
        reset_after = layer.get_config()["reset_after"]
        return {"hidden state": gates.gru(x, **weights, reset_after=reset_after).hidden}
    return {"hidden state": unroll(x, **weights)}
