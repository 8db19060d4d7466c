"""What is measured of exercise 5.02.

The weights are drawn, and the hidden outputs of two time steps are computed by hand.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Iterator

import numpy as np

from workshop.chapters.ch05_sequences.ex02_forward_pass import XT0, XT1, Step
from workshop.training.backend import tf
from workshop.units import unit


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


def forward_pass(xt0: Any, xt1: Any, wf: Any, wr: Any, b: Any) -> tuple[Any, Any]:
    """Return the hidden outputs of two time steps: tanh(x₀ W_F + b), tanh(y₀ W_R + x₁ W_F + b)."""
    yt0 = tf.tanh(tf.matmul(xt0, wf) + b)
    return yt0, tf.tanh(tf.matmul(yt0, wr) + tf.matmul(xt1, wf) + b)


@dataclass(frozen=True)
class ForwardPass:
    """Hidden outputs (examples, neurons), float32, of two time steps.

    `least_saturation` : the smallest |yt1|. `recurrent_name` : the matrix that multiplies yt0.
    `inputs_of_yt0` : names of the quantities that change yt0.
    """

    yt0: np.ndarray
    yt1: np.ndarray
    least_saturation: float
    yt1_shape: list[int]
    weight_shapes: dict[str, list[int]]
    recurrent_name: str
    inputs_of_yt0: list[str]


@unit("ch05.ex02", uses="tensorflow")
def exercise_5_02(xt0: Step = XT0, xt1: Step = XT1, neurons: int = 3, global_seed: int = 0) -> ForwardPass:
    """Draw the weights and compute two time steps by hand. Source: chapter 5, exercise 5.02."""
    inputs = len(xt0[0])
    with tensorflow_seed(global_seed):
        wf = tf.Variable(tf.random.normal(shape=[inputs, neurons]))
        wr = tf.Variable(tf.random.normal(shape=[neurons, neurons]))
    given = {
        "xt0": tf.constant(xt0, tf.float32),
        "xt1": tf.constant(xt1, tf.float32),
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
    return ForwardPass(
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
