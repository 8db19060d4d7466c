"""Exercise 6.01: Building and Training an RNN Model for Sentiment Classification.

A plain recurrent network learns to tell good film reviews from bad ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workshop.training.backend import keras

VOCABULARY = 8000


def exercise_6_01_model() -> Any:
    """Return the plain RNN of reviews of any length. Source: chapter 6, exercise 6.01."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((None,)),
            layers.Embedding(VOCABULARY, 32),
            layers.SpatialDropout1D(0.4),
            layers.SimpleRNN(32),
            layers.Dropout(0.4),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def exercise_6_01_in_keras(imdb: Any, epochs: int = 10) -> tuple[dict[str, list[float]], float]:
    """Train the plain RNN as the book does, and judge the test reviews.

    In the book, `predict_classes` returns the classes; it is gone since TensorFlow 2.6. The
    book's seed 42 is left out: with a seed, Keras 3 takes the rows in the same order in every epoch.

    Parameters
    ----------
    imdb : as `keras.datasets.imdb.load_data(num_words=8000)` returns it.

    Returns
    -------
    Losses and accuracies by epoch; accuracy on the test reviews.
    """
    (x_train, y_train), (x_test, y_test) = imdb
    x_train, x_test = (keras.utils.pad_sequences(x, maxlen=200) for x in (x_train, x_test))

    model = exercise_6_01_model()
    model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])

    history = model.fit(x_train, y_train, batch_size=128, epochs=epochs, validation_split=0.2, verbose=2)

    classes = model.predict(x_test, verbose=0)[:, 0] > 0.5
    return history.history, float(np.mean(classes == y_test))
