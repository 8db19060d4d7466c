"""A trained network that predicts again and again."""

from __future__ import annotations

from typing import Any, Callable, Optional, Sequence

import numpy as np

from workshop.numerics.recurrent import last_output
from workshop.training.backend import keras, tf
from workshop.training.fitting import Network, assign
from workshop.training.versions import direct, traced

# Up to so many words, a plain RNN of 32 units is faster in NumPy than its graph. Both take as long at 22
# words, with AVX2 and with SSE4.2. LSTMs and GRUs would be faster up to 8 and 5: docs/benchmarks.md.
FEW = 16

Function = Callable[[np.ndarray], np.ndarray]


class Predictor:
    """A network with its weights, compiled once for each shape of its inputs.

    It has a model of its own, because `predict` assigns the weights in each call, which takes longer than a
    single row of a recurrent network.

    Parameters
    ----------
    network : the model's recipe.
    weights : in the order of `get_weights`.
    xla : compile with XLA, which is faster for recurrent layers and tiny dense networks, slower for
        convolutions. A plain RNN then reads up to FEW words in NumPy. Outputs are equal within rounding in
        float32. Without `xla` they are those of `predict`, bit for bit.

    Raises
    ------
    ValueError
        If the weights don't fit the network.
    """

    def __init__(self, network: Network, weights: Sequence[np.ndarray], *, xla: bool = False) -> None:
        model = network.builder(*network.arguments)
        assign(model.weights, weights)
        graph = traced(lambda x: model(x, training=False))
        self._short = _in_numpy(model) if xla else None
        self._outputs = direct(model) if xla else lambda x: np.array(graph(tf.constant(x)))

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return the network's outputs for all rows of x."""
        if self._short is not None and len(x) == 1 and 0 < x.size <= FEW and x.dtype.kind in "iu":
            return self._short(x)
        return self._outputs(x)


def _in_numpy(model: Any) -> Optional[Function]:
    """Return the outputs of a plain RNN for a row of word numbers, None if the network is another one."""
    dropouts = keras.layers.Dropout, keras.layers.SpatialDropout1D
    configs: list[dict[str, Any]] = [
        layer.get_config() for layer in model.layers if not isinstance(layer, dropouts)
    ]
    kinds = [type(layer).__name__ for layer in model.layers if not isinstance(layer, dropouts)]
    read = {"activation": "tanh", "use_bias": True, "return_sequences": False, "go_backwards": False}
    known: list[dict[str, Any]] = [
        {"mask_zero": False},
        {**read, "stateful": False},
        {"activation": "sigmoid", "use_bias": True},
    ]
    if kinds != ["Embedding", "SimpleRNN", "Dense"] or any(
        config[name] != value for config, settings in zip(configs, known) for name, value in settings.items()
    ):
        return None
    vectors, kernel, recurrent, bias, weight, shift = model.get_weights()
    products = vectors @ kernel + bias  # of each word
    weight, shift = 0.5 * weight, 0.5 * shift  # σ(z) is ½ + ½·tanh(z/2)

    def row(x: np.ndarray) -> np.ndarray:
        z = np.dot(last_output(products.take(x[0], 0), recurrent), weight) + shift
        outputs: np.ndarray = 0.5 * np.tanh(z) + 0.5
        return outputs[np.newaxis]

    return row
