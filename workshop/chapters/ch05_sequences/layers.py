"""Arrangements, parameters and losses of recurrent layers, and convolution and pooling along a sequence."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np

from workshop.chapters.ch05_sequences.networks import (
    built_layers,
    convolution,
    input_shape,
    layer_settings,
    plain_rnn,
)
from workshop.chapters.ch05_sequences.recurrence import sequence_model
from workshop.numerics.recurrent import book_weight_count
from workshop.training.backend import keras, tf
from workshop.training.versions import role_of
from workshop.units import unit

SHOWN_DEFAULTS = (
    "activation",
    "use_bias",
    "kernel_initializer",
    "recurrent_initializer",
    "bias_initializer",
    "kernel_regularizer",
    "recurrent_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "kernel_constraint",
    "recurrent_constraint",
)


@dataclass(frozen=True)
class Arrangement:
    """Shape of an arrangement's output, and the input steps that each output step depends on."""

    shape: List[int]
    sees: List[List[int]]


@dataclass(frozen=True)
class Arrangements:
    """Inputs and outputs at one or at many time steps."""

    many_to_one: Arrangement
    one_to_many: Arrangement
    many_to_many_equal: Arrangement
    many_to_many_unequal: Arrangement


@unit("ch05.text03", uses=("tensorflow",))
def arrangements(
    rows: int = 2, steps: int = 4, features: int = 3, units: int = 5, steps_out: int = 6
) -> Arrangements:
    """Build the arrangements with recurrent layers, and test which input reaches which output.

    Source: chapter 5, text on the flexibility of RNNs.
    """
    layers = keras.layers
    x = np.random.default_rng(2).normal(size=(rows, steps, features)).astype(np.float32)

    def rnn(every_step: bool) -> Any:
        return layers.SimpleRNN(units, return_sequences=every_step)

    return Arrangements(
        many_to_one=arrangement(x, rnn(False)),
        one_to_many=arrangement(x[:, :1], layers.Flatten(), layers.RepeatVector(steps_out), rnn(True)),
        many_to_many_equal=arrangement(x, rnn(True)),
        many_to_many_unequal=arrangement(x, rnn(False), layers.RepeatVector(steps_out), rnn(True)),
    )


def arrangement(x: np.ndarray, *layers: Any) -> Arrangement:
    """Build layers on sequences x (n, steps, features), and disturb one input step after another."""
    model = sequence_model(x.shape[1:], *layers)
    outputs = model(x).numpy()
    reached = []
    for step in range(x.shape[1]):
        disturbed = x.copy()
        disturbed[:, step] *= -1
        moved = np.abs(model(disturbed).numpy() - outputs).reshape(len(x), -1, outputs.shape[-1])
        reached.append(moved.max(axis=(0, 2)) > 1e-6)
    sees = [[int(step) for step in np.flatnonzero(column)] for column in np.array(reached).T]
    return Arrangement([int(size) for size in outputs.shape], sees)


@dataclass(frozen=True)
class Parameters:
    """Rows n, m, k and the weights of a built recurrent layer, a net's weights by group, and the book's rule.

    `loss_sum` : the loss of whole sequences (steps times Keras' mean) divided by the sum of the steps'
    losses, and the largest difference of its gradient from the sum of the steps' gradients.
    """

    formula: List[List[int]]
    formula_parts: Dict[str, int]
    example_1088: int
    loss_sum: Dict[str, float]


@unit("ch05.text05", uses=("tensorflow",))
def parameters(
    sizes: Sequence[Tuple[int, int, int]] = ((32, 1, 1), (32, 32, 1), (32, 1, 3)),
    grouped: Tuple[int, int, int] = (32, 5, 3),
) -> Parameters:
    """Count the weights of recurrent layers with n units, m inputs and k outputs.

    Source: chapter 5, text on parameters in an RNN and on training RNNs.
    """
    counted = []
    for n, m, k in sizes:
        layer = built_layers(recurrent_net(n, m, k))[0]
        counted.append([n, m, k, int(layer.count_params())])
    recurrent, dense = built_layers(recurrent_net(*grouped))
    kernels = {role_of(w): int(np.prod(tuple(w.shape))) for w in recurrent.weights}
    first = plain_rnn().model
    settings = layer_settings(first)
    by_rule = book_weight_count(
        units=settings["rnn_units"],
        inputs=input_shape(built_layers(first)[1])[-1],
        outputs=settings["output_units"],
    )
    return Parameters(
        formula=counted,
        formula_parts={
            "input": kernels["kernel"],
            "output": int(np.prod(tuple(dense.weights[0].shape))),
            "recurrent": kernels["recurrent_kernel"],
        },
        example_1088=by_rule,
        loss_sum=loss_by_steps(),
    )


def recurrent_net(n: int, m: int, k: int, steps: int = 4) -> Any:
    """Build a recurrent layer of n units on sequences of m features, and a Dense layer of k outputs."""
    return sequence_model((steps, m), keras.layers.SimpleRNN(n), keras.layers.Dense(k))


def loss_by_steps(rows: int = 3, steps: int = 5, features: int = 2, units: int = 4) -> Dict[str, float]:
    """Compare the loss of whole sequences and its gradient with those of their time steps."""
    rng = np.random.default_rng(6)
    model = sequence_model((steps, features), keras.layers.SimpleRNN(units, return_sequences=True))
    x = rng.normal(size=(rows, steps, features)).astype(np.float32)
    y = tf.constant(rng.normal(size=(rows, steps, units)).astype(np.float32))
    with tf.GradientTape(persistent=True) as tape:
        outputs = model(x)
        of_steps = [tf.reduce_mean(keras.losses.mse(y[:, t], outputs[:, t])) for t in range(steps)]
        whole = steps * keras.losses.MeanSquaredError()(y, outputs)
    variables = model.trainable_variables
    by_step = [tape.gradient(loss, variables) for loss in of_steps]
    gap = max(
        float(np.abs(total.numpy() - sum(part.numpy() for part in parts)).max())
        for total, *parts in zip(tape.gradient(whole, variables), *by_step)
    )
    return {"ratio": float(whole) / sum(float(loss) for loss in of_steps), "gradient_gap": gap}


@dataclass(frozen=True)
class Signature:
    """Defaults of the recurrent layer's constructor by name."""

    signature_defaults: Dict[str, Any]


@unit("ch05.text06", uses=("tensorflow",))
def signature(names: Tuple[str, ...] = SHOWN_DEFAULTS) -> Signature:
    """Read the defaults of Keras' SimpleRNN. Source: chapter 5, text on the SimpleRNN layer."""
    given = inspect.signature(keras.layers.SimpleRNN.__init__).parameters
    return Signature({name: given[name].default for name in names})


@dataclass(frozen=True)
class Convolutions:
    """Terms used by each output of a filter, by its size, and lengths after other strides and pooling."""

    ngram: Dict[int, List[List[str]]]
    stride_reduces: Dict[int, int]
    pooling_reduces: Dict[str, int]


@unit("ch05.text08", uses=("tensorflow",))
def convolutions(
    text: str = "life is good",
    sizes: Tuple[int, ...] = (2, 3),
    length: int = 10,
    kernel_size: int = 5,
    strides: Tuple[int, ...] = (1, 2, 3),
) -> Convolutions:
    """Slide filters over a sentence, and over a sequence with other strides and pooling.

    Source: chapter 5, text on 1-D convolutions.
    """
    layers = keras.layers
    terms = text.split()
    one_hot = np.eye(len(terms), dtype=np.float32)[np.newaxis]
    seen = {size: arrangement(one_hot, layers.Conv1D(1, size)).sees for size in sizes}
    x = np.zeros((1, length, 1), np.float32)
    filtered = layers.Conv1D(1, kernel_size)(x)
    pools = {"max": layers.MaxPooling1D(kernel_size), "average": layers.AveragePooling1D(kernel_size)}
    return Convolutions(
        ngram={size: [[terms[step] for step in steps] for steps in places] for size, places in seen.items()},
        stride_reduces={
            stride: int(layers.Conv1D(1, kernel_size, strides=stride)(x).shape[1]) for stride in strides
        },
        pooling_reduces={
            "unpooled": int(filtered.shape[1]),
            **{name: int(pool(filtered).shape[1]) for name, pool in pools.items()},
        },
    )


@dataclass(frozen=True)
class OrderLost:
    """Changes of the outputs when the sequence's patches are permuted, pooled as a whole and not pooled."""

    pooled: float
    unpooled: float


@unit("ch05.text09", uses=("tensorflow",))
def order_lost(rows: int = 4, patches: int = 6) -> OrderLost:
    """Permute the adjacent patches that the convolution of exercise 5.04 reads.

    Source: chapter 5, text on the performance of 1-D convnets.
    """
    layers = keras.layers
    settings = layer_settings(convolution().model)
    size, filters = settings["kernel_size"], settings["filters"]
    rng = np.random.default_rng(7)
    x = rng.normal(size=(rows, patches, size, 1)).astype(np.float32)
    permuted = x[:, np.roll(rng.permutation(patches), 1)]
    moved = []
    for pooling in ([layers.MaxPooling1D(patches)], []):
        # the stride equals the filter's length, so the patches do not overlap and can be permuted
        model = sequence_model(
            (patches * size, 1), layers.Conv1D(filters, size, strides=size, activation="relu"), *pooling
        )
        outputs = [model(part.reshape(rows, -1, 1)).numpy() for part in (x, permuted)]
        moved.append(float(np.abs(outputs[0] - outputs[1]).max()))
    return OrderLost(*moved)
