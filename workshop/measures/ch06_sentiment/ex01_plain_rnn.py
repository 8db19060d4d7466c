"""What is measured of exercise 6.01.

The embedding layer that the text before it explains (ch06.text04), the model, and its training.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.chapters.ch06_sentiment.ex01_plain_rnn import exercise_6_01_model
from workshop.training.backend import keras, tf
from workshop.training.initialisers import initial_weights
from workshop.training.summaries import NetworkSummary, built_layers, network_summary
from workshop.units import unit

from ._summaries import total_parameters
from ._training import Trained, Training, review_trainings

_AT_ONCE = 500  # ids per lookup


@dataclass(frozen=True)
class Lookup:
    """Output of an embedding layer for every id, and the layer's number of parameters.

    `lookup` : shape of the layer's matrix, number of rows that differ from all others, and numbers of ids
    whose vector is their row, and whose vector is their one-hot code times the matrix.
    """

    lookup: dict[str, Any]
    params: int


@unit("ch06.text04", uses="tensorflow")
def embedding(start: int = 4) -> Lookup:
    """Look up all ids in the embedding of the plain RNN. Source: chapter 6, text on the embedding layer.

    Parameters
    ----------
    start : seed of the matrix's weights.
    """
    model = exercise_6_01_model()
    layer = embedding_of(model)
    matrix = initial_weights(model, np.random.default_rng(start))[0].astype(np.float32)
    layer.set_weights([matrix])
    ids = np.arange(layer.get_config()["input_dim"], dtype=np.int32)
    by_row, by_code = 0, 0
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        vectors = layer(tf.constant(some[np.newaxis])).numpy()[0]
        codes = (some[:, np.newaxis] == ids).astype(np.float32)
        by_row += int((vectors == matrix[some]).all(axis=1).sum())
        by_code += int((vectors == codes @ matrix).all(axis=1).sum())
    rows = {
        "matrix": list(matrix.shape),
        "different_rows": len(np.unique(matrix, axis=0)),
        "own_row": by_row,
        "one_hot_product": by_code,
    }
    return Lookup(rows, int(layer.count_params()))


def embedding_of(model: Any) -> Any:
    """Return the embedding layer of a model."""
    (layer,) = (layer for layer in built_layers(model) if isinstance(layer, keras.layers.Embedding))
    return layer


@dataclass(frozen=True)
class Model(NetworkSummary):
    """The model as built, the embedding's parameters, and their share of all."""

    mostly_embedding: dict[str, float]


@unit("ch06.ex01", uses="tensorflow")
def exercise_6_01_summary() -> Model:
    """Build the plain RNN and read its summary. Source: chapter 6, exercise 6.01."""
    model = exercise_6_01_model()
    words = int(embedding_of(model).count_params())
    return Model(
        **vars(network_summary(model)),
        mostly_embedding={"embedding": words, "share": words / total_parameters(model)},
    )


@dataclass(frozen=True)
class PlainTraining(Training):
    """Results of the training, with the best epoch's validation accuracy and the last weights."""

    best_val_accuracy: float
    weights: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, done: Trained) -> PlainTraining:
        """Return the results of a training."""
        best = float(done.training.history.val_accuracy.max())
        return cls(**vars(done.training), best_val_accuracy=best, weights=done.fit.weights)


exercise_6_01, exercise_6_01_earlier = review_trainings(
    "ch06.ex01", exercise_6_01_model, epochs=10, kind=PlainTraining
)
