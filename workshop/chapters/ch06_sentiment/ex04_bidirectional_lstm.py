"""Exercise 6.04: Bidirectional LSTM-Based Sentiment Classification Model (chapter 6).

The model of exercise 6.01 with an LSTM in each direction, and its training.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.training.backend import keras
from workshop.training.summaries import NetworkSummary, network_summary
from workshop.units import unit

from ._data import VOCABULARY
from ._summaries import recurrent_parameters, total_parameters
from ._training import review_trainings
from .ex01_plain_rnn import exercise_6_01_model
from .ex02_lstm import exercise_6_02_model


def exercise_6_04_model() -> Any:
    """Return the bidirectional LSTM of reviews of any length. Source: chapter 6, exercise 6.04."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((None,)),
            layers.Embedding(VOCABULARY, 32),
            layers.SpatialDropout1D(0.4),
            layers.Bidirectional(layers.LSTM(32)),
            layers.Dropout(0.4),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def exercise_6_04_in_keras(imdb: Any, seed: int, epochs: int = 4) -> tuple[dict[str, list[float]], float]:
    """Train the bidirectional LSTM as the book does, and judge the test reviews.

    In the print, `predict_classes` returns the classes; it is gone since TensorFlow 2.6.

    Parameters
    ----------
    imdb : as `keras.datasets.imdb.load_data(num_words=8000)` returns it.

    Returns
    -------
    Losses and accuracies by epoch; accuracy on the test reviews.
    """
    keras.utils.set_random_seed(seed)
    (x_train, y_train), (x_test, y_test) = imdb
    x_train, x_test = (keras.utils.pad_sequences(x, maxlen=200) for x in (x_train, x_test))
    model = exercise_6_04_model()
    model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
    history = model.fit(x_train, y_train, batch_size=128, epochs=epochs, validation_split=0.2, verbose=2)
    classes = model.predict(x_test, verbose=0)[:, 0] > 0.5
    return history.history, float(np.mean(classes == y_test))


# The book's part ends here. What follows measures it.


@dataclass(frozen=True)
class Model(NetworkSummary):
    """The model as built, and its parameters divided by those of the LSTM and the plain RNN.

    `ratios` : for the recurrent layers. `text_model_ratio` : for these and for the whole models.
    """

    ratios: dict[str, float]
    text_model_ratio: dict[str, dict[str, float]]


@unit("ch06.ex04", uses="tensorflow")
def exercise_6_04_summary() -> Model:
    """Build the bidirectional LSTM and read its summary. Source: chapter 6, exercise 6.04."""
    model = exercise_6_04_model()
    others = {"lstm": exercise_6_02_model(), "rnn": exercise_6_01_model()}
    of_layers, of_models = (
        {name: count(model) / count(other) for name, other in others.items()}
        for count in (recurrent_parameters, total_parameters)
    )
    return Model(
        **vars(network_summary(model)),
        ratios=of_layers,
        text_model_ratio={"recurrent_layers": of_layers, "whole_models": of_models},
    )


exercise_6_04, exercise_6_04_earlier = review_trainings("ch06.ex04", exercise_6_04_model, epochs=4)
