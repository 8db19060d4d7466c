"""A built Keras network with drawn weights, compared with its layers by hand in NumPy.

A summary shows shapes and numbers of parameters. It shows neither activations nor which weights have an
effect. So the network runs, and so does a table of its layers that shares nothing with it but the weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Optional, Sequence

import numpy as np

from workshop.numerics.reference_network import Layer, forward
from workshop.numerics.similarity import distance, relative_distance
from workshop.training.backend import tf
from workshop.training.summaries import parameter_totals
from workshop.training.versions import role_of

Draw = Callable[[Any], Sequence[np.ndarray]]


@dataclass(frozen=True)
class NetworkCheck:
    """How a built network computes.

    `gap`, `relative_gap` : largest difference of its outputs from those by hand, and the same by the largest
    output. `linear_gap` : the same as `gap` with no activation by hand. `least_activation` : how far the
    outputs by hand move without the activation that matters least, 0 if there is none. `spread` : largest
    output minus smallest. `params` : numbers of all weights, of trainable ones that change an output, and of
    frozen ones. `idle` : number of weights that are frozen or change no output. `effective` : numbers of
    weights that change an output, by trainable array; `widths` : those of the biases. `inputs` : number of
    numbers of an input that change an output, 0 for words.
    """

    gap: float
    relative_gap: float
    linear_gap: float
    least_activation: float
    spread: float
    params: list[int]
    idle: int
    effective: list[int]
    widths: list[int]
    inputs: int


def check_network(
    model: Any,
    layers: Sequence[Layer],
    x: np.ndarray,
    draw: Draw,
    *,
    draws: int = 1,
    rows: Optional[int] = None,
    training: bool = False,
) -> NetworkCheck:
    """Run a network on drawn weights, by Keras and by hand, and follow its outputs to each weight.

    Parameters
    ----------
    layers : the table of its layers.
    x : inputs (n, …).
    draw : returns arrays of weights for the model.
    draws : of the weights; one counts if it has an effect in any of them, because a ReLU may be silent.
    rows : number of inputs that are computed by hand, too; None for all.
    training : whether effects are those in training.

    Raises
    ------
    ValueError
        If the weights do not fit the table.
    """
    few, weights = x[:rows], drawn(model, draw)
    outputs = np.asarray(model(tf.constant(few), training=False))
    by_hand = forward(layers, weights, few)
    linear = forward(layers, weights, few, without=range(len(layers)))
    found = [effects(model, x, training=training)]
    for _ in range(draws - 1):
        drawn(model, draw)
        found.append(effects(model, x, training=training))
    roles = [role_of(array) for array in model.trainable_variables]
    counts = [int(np.count_nonzero(np.any(each, axis=0))) for each in zip(*found)]
    counts, of_inputs = counts[: len(roles)], counts[len(roles) :]
    weights = drawn(model, draw)
    expected = forward(layers, weights, few)
    active = [place for place, layer in enumerate(layers) if layer.activation != "linear"]
    others = [forward(layers, weights, few, without=(place,)) for place in active]
    totals = parameter_totals(model)
    return NetworkCheck(
        gap=distance(outputs, by_hand),
        relative_gap=relative_distance(outputs, by_hand),
        linear_gap=distance(outputs, linear),
        least_activation=min((distance(other, expected) for other in others), default=0.0),
        spread=float(np.ptp(outputs)),
        params=[totals.total, sum(counts), totals.non_trainable],
        idle=totals.total - sum(counts),
        effective=counts,
        widths=[count for role, count in zip(roles, counts) if role == "bias"],
        inputs=sum(of_inputs),
    )


def drawn(model: Any, draw: Draw) -> list[np.ndarray]:
    """Give a model drawn weights, and return them."""
    weights = list(draw(model))
    model.set_weights(weights)
    return weights


def effects(model: Any, x: np.ndarray, *, training: bool = False) -> list[np.ndarray]:
    """Return for each trainable array where it has an effect, and last the same for the numbers of an input.

    A number has an effect if a random sum of the outputs has a gradient at it. Words have none.
    """
    inputs, trainable = tf.constant(x), list(model.trainable_variables)
    watched = [inputs] if inputs.dtype.is_floating else []
    with tf.GradientTape() as tape:
        tape.watch(watched)
        outputs = model(inputs, training=training)
        mixed = np.random.default_rng(7).normal(size=tuple(outputs.shape)).astype(np.float32)
        total = tf.reduce_sum(outputs * mixed)
    none = tf.UnconnectedGradients.ZERO
    gradients = tape.gradient(total, [*trainable, *watched], unconnected_gradients=none)
    found = [tf.convert_to_tensor(each).numpy() != 0 for each in gradients]
    return [*found[: len(trainable)], *(each.any(axis=0) for each in found[len(trainable) :])]


def effective_weights(model: Any, x: np.ndarray) -> list[int]:
    """Return for each trainable array how many of its numbers have an effect."""
    return [int(np.count_nonzero(each)) for each in effects(model, x)[: len(model.trainable_variables)]]
