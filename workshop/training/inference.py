"""A trained network for many predictions, whose weights are assigned once."""

from __future__ import annotations

from typing import Sequence

import numpy as np

from workshop.training.backend import tf
from workshop.training.fitting import Network, assign
from workshop.training.versions import traced


class Predictor:
    """A network with its weights, compiled once for each shape of its inputs.

    It has a model of its own, because `predict` assigns the weights in each call, which takes longer than a
    single row of a recurrent network.

    Parameters
    ----------
    network : the model's recipe.
    weights : in the order of `get_weights`.
    xla : compile with XLA: faster for recurrent layers and tiny dense networks, slower for convolutions.

    Raises
    ------
    ValueError
        If the weights don't fit the network.
    """

    def __init__(self, network: Network, weights: Sequence[np.ndarray], *, xla: bool = False) -> None:
        model = network.builder(*network.arguments)
        assign(model.weights, weights)
        self._outputs = traced(lambda x: model(x, training=False), xla=xla)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return the network's outputs for all rows of x."""
        outputs: np.ndarray = self._outputs(tf.constant(x)).numpy()
        return outputs
