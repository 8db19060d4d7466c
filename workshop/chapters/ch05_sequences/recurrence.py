"""The recurrence of a recurrent layer, and the forward pass by hand."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Callable, Dict, Iterator, List, Sequence, Tuple

import numpy as np

from workshop.numerics.recurrent import unroll
from workshop.training.backend import keras, tf
from workshop.units import unit

Step = Tuple[Tuple[float, float], ...]
XT0 = ((0.0, 1.0), (2.0, 3.0), (4.0, 5.0))
XT1 = ((100.0, 101.0), (102.0, 103.0), (104.0, 105.0))


def with_drawn_weights(model: Any, seed: int = 0) -> Any:
    """Return a built model or layer whose weights are drawn from the standard normal distribution."""
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=w.shape).astype(w.dtype) for w in model.get_weights()])
    return model


def sequence_model(shape: Sequence[int], *layers: Any) -> Any:
    """Build layers on an input of the given shape, weights drawn."""
    return with_drawn_weights(keras.models.Sequential([keras.layers.InputLayer(tuple(shape)), *layers]))


@dataclass(frozen=True)
class Recurrence:
    """Keras' recurrent layer compared with the equation, and the inputs of its hidden outputs.

    `equation_gap` : largest difference of its outputs from the recurrence in NumPy, by activation.
    `recomputed_gap` : that of an output computed again from the named hidden inputs alone.
    """

    equation_gap: Dict[str, float]
    life_is_good: Dict[str, Any]
    hidden_inputs: List[str]
    recomputed_gap: float


@unit("ch05.text02", uses=("tensorflow",))
def recurrence(
    text: str = "life is good", steps: int = 6, inputs: int = 4, units: int = 3, rows: int = 5
) -> Recurrence:
    """Unroll the recurrence in NumPy and in Keras, and disturb possible inputs of a hidden output.

    Source: chapter 5, text on loops in RNNs.
    """
    x = np.random.default_rng(1).normal(size=(rows, steps, inputs)).astype(np.float32)
    activations: Dict[str, Callable[..., Any]] = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}
    gaps = {}
    for name, activation in activations.items():
        model = sequence_model(
            (steps, inputs), keras.layers.SimpleRNN(units, activation=name, return_sequences=True)
        )
        kernel, recurrent, bias = model.get_weights()
        by_hand = unroll(x, kernel=kernel, recurrent=recurrent, bias=bias, activation=activation)
        # each output relative to the largest, because without saturation outputs grow from step to step
        gaps[name] = float(np.abs(model(x).numpy() - by_hand).max() / np.abs(by_hand).max())
    names, gap = hidden_inputs(x, units)
    return Recurrence(gaps, read_term_by_term(text.split()), names, gap)


def read_term_by_term(terms: List[str], units: int = 4) -> Dict[str, Any]:
    """Return the terms, their time steps, and the step whose hidden output the layer returns."""
    x = np.eye(len(terms), dtype=np.float32)[np.newaxis]
    model = sequence_model(x.shape[1:], keras.layers.SimpleRNN(units))
    kernel, recurrent, bias = model.get_weights()
    states = unroll(x, kernel=kernel, recurrent=recurrent, bias=bias)[0]
    distance = np.abs(states - model(x).numpy()).max(axis=1)
    return {"steps": terms, "t": list(range(len(states))), "classified_after_t": int(np.argmin(distance))}


def hidden_inputs(x: np.ndarray, units: int, t: int = 3) -> Tuple[List[str], float]:
    """Return the inputs of the hidden output at time t, and how exactly these inputs alone give it.

    The previous layer is the input here. The layer is run up to t, and again at t alone from its own output
    at t − 1. Whatever changes the output when it is disturbed is an input of it.
    """
    layer = with_drawn_weights(
        sequence_model(x.shape[1:], keras.layers.SimpleRNN(units, return_sequences=True))
    ).layers[-1]
    states = layer(x).numpy()
    here, before = x[:, t : t + 1], states[:, t - 1]

    def alone(step: np.ndarray, state: np.ndarray) -> np.ndarray:
        return np.array(layer(step, initial_state=[tf.constant(state)]).numpy())[:, 0]

    later = x.copy()
    later[:, t + 1 :] += 1
    outputs = {
        "previous layer at the same time step": alone(here + 1, before),
        "previous layer at the next time step": layer(later).numpy()[:, t],
        "same layer at the previous time step": alone(here, before + 1),
    }
    names = [name for name, output in outputs.items() if np.abs(output - states[:, t]).max() > 1e-3]
    return names, float(np.abs(alone(here, before) - states[:, t]).max())


@contextmanager
def tensorflow_seed(seed: int) -> Iterator[None]:
    """Draw with TensorFlow's global seed set, and restore the global generator afterwards."""
    # TensorFlow has no public way to read its global seed; 2.1 creates the generator with the first seed
    context = import_module("tensorflow.python.eager.context").context()
    before = {name: value for name, value in vars(context).items() if name in ("_seed", "_rng")}
    tf.random.set_seed(seed)
    try:
        yield
    finally:
        vars(context).update(before)


def forward_pass(xt0: Any, xt1: Any, wf: Any, wr: Any, b: Any) -> Tuple[Any, Any]:
    """Return the hidden outputs of two time steps: tanh(x₀ W_F + b), tanh(y₀ W_R + x₁ W_F + b)."""
    yt0 = tf.tanh(tf.matmul(xt0, wf) + b)
    return yt0, tf.tanh(tf.matmul(yt0, wr) + tf.matmul(xt1, wf) + b)


@dataclass(frozen=True)
class Exercise502:
    """Hidden outputs (examples, neurons), float32, of two time steps.

    `least_saturation` : the smallest |yt1|. `recurrent_name` : the matrix that multiplies yt0.
    `inputs_of_yt0` : names of the quantities that change yt0.
    """

    yt0: np.ndarray
    yt1: np.ndarray
    least_saturation: float
    yt1_shape: List[int]
    weight_shapes: Dict[str, List[int]]
    recurrent_name: str
    inputs_of_yt0: List[str]


@unit("ch05.ex02", uses=("tensorflow",))
def exercise_5_02(xt0: Step = XT0, xt1: Step = XT1, neurons: int = 3, global_seed: int = 0) -> Exercise502:
    """Draw the weights and compute two time steps by hand. Source: chapter 5, exercise 5.02."""
    inputs = len(xt0[0])
    with tensorflow_seed(global_seed):
        wf = tf.Variable(tf.random.normal(shape=[inputs, neurons]))
        wr = tf.Variable(tf.random.normal(shape=[neurons, neurons]))
    given = {
        "xt0": tf.constant(xt0),
        "xt1": tf.constant(xt1),
        "Wf": wf.numpy(),
        "Wr": wr.numpy(),
        "b": np.zeros((1, neurons), np.float32),
    }
    yt0, yt1 = forward_pass(*given.values())
    changed = {
        name: [y.numpy() for y in forward_pass(*{**given, name: value + 0.25}.values())]
        for name, value in given.items()
    }
    moved = {name: bool(np.any(outputs[0] != yt0.numpy())) for name, outputs in changed.items()}
    weights = {name: given[name] for name in ("Wf", "Wr", "b")}
    return Exercise502(
        yt0=yt0.numpy(),
        yt1=yt1.numpy(),
        least_saturation=float(np.abs(yt1.numpy()).min()),
        yt1_shape=[int(size) for size in yt1.shape],
        weight_shapes={name: list(weight.shape) for name, weight in weights.items()},
        # neither the recurrent matrix nor xt1, which is not a weight, acts at the first step
        recurrent_name=", ".join(
            name for name in weights if not moved[name] and np.any(changed[name][1] != yt1.numpy())
        ),
        inputs_of_yt0=[name for name in given if moved[name]],
    )
