"""Text: Parameters in an RNN; Training RNNs (chapter 5).

The weights of recurrent layers are counted, and the loss of a sequence is summed over its time steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.chapters.ch05_sequences.ex03_plain_rnn import exercise_5_03_model
from workshop.numerics.recurrent import book_weight_count
from workshop.numerics.similarity import distance
from workshop.training.backend import keras, tf
from workshop.training.network_checks import effective_weights
from workshop.training.summaries import built_layers, layer_settings
from workshop.units import unit

from ._probes import input_shape, sequence_model, with_drawn_weights


@dataclass(frozen=True)
class Parameters:
    """Rows n, m, k and the weights of a recurrent layer, a net's weights by group, and the book's rule.

    Only weights that move an output are counted. `example_1088` : the rule and the count for exercise 5.03.
    `loss_sum` : the loss of whole sequences (steps times Keras' mean) divided by the sum of the steps'
    losses, and the largest difference of its gradient from the sum of the steps' gradients.
    """

    formula: list[list[int]]
    formula_parts: dict[str, int]
    example_1088: dict[str, int]
    loss_sum: dict[str, float]


@unit("ch05.text05", uses="tensorflow")
def parameters(
    sizes: Sequence[tuple[int, int, int]] = ((32, 1, 1), (32, 32, 1), (32, 1, 3)),
    grouped: tuple[int, int, int] = (32, 5, 3),
) -> Parameters:
    """Count the weights of recurrent layers with n units, m inputs and k outputs.

    Source: chapter 5, text on parameters in an RNN and on training RNNs.
    """
    counted = [[n, m, k, sum(weights_by_group((n, m, k))[:3])] for n, m, k in sizes]
    kernel, recurrent, _, output, _ = weights_by_group(grouped)
    first = with_drawn_weights(exercise_5_03_model())
    settings = layer_settings(first)
    return Parameters(
        formula=counted,
        formula_parts={"input": kernel, "output": output, "recurrent": recurrent},
        example_1088={
            "rule": book_weight_count(
                units=settings["SimpleRNN"]["units"][0],
                inputs=input_shape(built_layers(first)[1])[-1],
                outputs=settings["Dense"]["units"][0],
            ),
            "layer": sum(effective_weights(first, drawn_sequences(*first.input_shape[1:]))[:3]),
        },
        loss_sum=loss_by_steps(),
    )


def weights_by_group(sizes: tuple[int, int, int], steps: int = 4) -> list[int]:
    """Count the weights that act: input, recurrent and bias of the layer, and those of the Dense layer."""
    n, m, k = sizes
    return effective_weights(recurrent_net(n, m, k, steps), drawn_sequences(steps, m))


def drawn_sequences(*shape: int, rows: int = 64) -> np.ndarray:
    """Return sequences of the given shape, drawn from the standard normal distribution."""
    return np.random.default_rng(3).normal(size=(rows, *shape)).astype(np.float32)


def recurrent_net(n: int, m: int, k: int, steps: int) -> Any:
    """Build a recurrent layer of n units on sequences of m features, and a Dense layer of k outputs."""
    return sequence_model((steps, m), keras.layers.SimpleRNN(n), keras.layers.Dense(k))


def loss_by_steps(rows: int = 3, steps: int = 5, features: int = 2, units: int = 4) -> dict[str, float]:
    """Compare the loss of whole sequences and its gradient with those of their time steps."""
    rng = np.random.default_rng(6)
    model = sequence_model((steps, features), keras.layers.SimpleRNN(units, return_sequences=True))
    x = rng.normal(size=(rows, steps, features)).astype(np.float32)
    y = tf.constant(rng.normal(size=(rows, steps, units)).astype(np.float32))
    with tf.GradientTape(persistent=True) as tape:
        outputs = model(x)
        of_steps = [tf.reduce_mean(keras.losses.mse(y[:, t], outputs[:, t])) for t in range(steps)]
    by_step = [tape.gradient(loss, model.trainable_variables) for loss in of_steps]
    with tf.GradientTape() as tape_of_whole:
        whole = steps * keras.losses.MeanSquaredError()(y, model(x))
    gradient = tape_of_whole.gradient(whole, model.trainable_variables)
    gap = max(
        distance(total.numpy(), sum(part.numpy() for part in parts))
        for total, *parts in zip(gradient, *by_step)
    )
    return {"ratio": float(whole) / sum(float(loss) for loss in of_steps), "gradient_gap": gap}
