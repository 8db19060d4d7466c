"""What a built model's summary says: its layers, their output shapes and parameters."""

from __future__ import annotations

from typing import Any, Dict, List

import numpy as np

from workshop.training.backend import keras
from workshop.training.versions import output_shape


def built_layers(model: Any) -> List[Any]:
    """Return a built model's layers without that of the input."""
    return [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]


def layer_table(model: Any) -> List[List[Any]]:
    """Return [type, output shape, parameters] of every layer of a built model."""
    return [
        [type(layer).__name__, output_shape(layer), int(layer.count_params())]
        for layer in built_layers(model)
    ]


def parameter_totals(model: Any) -> Dict[str, int]:
    """Return the numbers of all parameters of a built model, of the trainable and of the others."""
    trainable, others = (
        sum(int(np.prod(tuple(w.shape))) for w in weights)
        for weights in (model.trainable_weights, model.non_trainable_weights)  # no state of random draws
    )
    return {"total": trainable + others, "trainable": trainable, "non_trainable": others}
