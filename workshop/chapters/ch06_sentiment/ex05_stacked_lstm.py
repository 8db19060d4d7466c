"""Exercise 6.05: Stacked LSTM-Based Sentiment Classification Model (page 302).

Two LSTM layers on top of each other learn to tell good film reviews from bad ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workshop.training.backend import keras

from .ex01_plain_rnn import VOCABULARY


def exercise_6_05_model() -> Any:
    """Return the two stacked LSTMs of reviews of any length. Source: chapter 6, exercise 6.05."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((None,)),
            layers.Embedding(VOCABULARY, 32),
            layers.SpatialDropout1D(0.4),
            layers.LSTM(32, return_sequences=True),
            layers.LSTM(32),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def exercise_6_05_in_keras(imdb: Any, epochs: int = 4) -> tuple[dict[str, list[float]], float]:
    """Train the two stacked LSTMs as the book does, and judge the test reviews.

    In the book, `predict_classes` returns the classes; it is gone since TensorFlow 2.6.

    Parameters
    ----------
    imdb : as `keras.datasets.imdb.load_data(num_words=8000)` returns it.

    Returns
    -------
    Losses and accuracies by epoch; accuracy on the test reviews.
    """
    (x_train, y_train), (x_test, y_test) = imdb
    x_train, x_test = (keras.utils.pad_sequences(x, maxlen=200) for x in (x_train, x_test))

    model = exercise_6_05_model()
    model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])

    history = model.fit(x_train, y_train, batch_size=128, epochs=epochs, validation_split=0.2, verbose=2)

    classes = model.predict(x_test, verbose=0)[:, 0] > 0.5
    return history.history, float(np.mean(classes == y_test))
