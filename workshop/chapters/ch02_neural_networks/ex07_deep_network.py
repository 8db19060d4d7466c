"""Exercise 2.07: Deep Neural Network on MNIST Using Keras.

A network with two hidden layers learns to read handwritten digits.
"""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np

from workshop.training.backend import keras


def exercise_2_07_model(shape: Sequence[int] = (28, 28), classes: int = 10) -> Any:
    """Return the deep classifier of images of a shape. Source: chapter 2, exercise 2.07."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer(tuple(shape)),
            layers.Flatten(),
            layers.Dense(50, activation="relu"),
            layers.Dense(20, activation="relu"),
            layers.Dense(classes, activation="softmax"),
        ]
    )


def exercise_2_07_in_keras(
    mnist: Any, epochs: int = 50
) -> tuple[dict[str, list[float]], float, float, np.ndarray]:
    """Train in Keras' own calls; return the history, test loss and accuracy, and an image's probabilities.

    They are those of test image 200, or of the last one if there are fewer. The book gives `input_shape` to
    the first layer, of which Keras 3 warns.

    Parameters
    ----------
    mnist : (x_train, y_train), (x_test, y_test), with images of uint8 (n, 28, 28).
    """
    (x_train, y_train), (x_test, y_test) = mnist
    x_train, x_test = x_train / 255.0, x_test / 255.0

    model = exercise_2_07_model()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])

    history = model.fit(x_train, y_train, epochs=epochs, verbose=2)

    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    probabilities = model.predict(x_test[:201][-1].reshape((1, 28, 28)), verbose=0)
    return history.history, loss, accuracy, probabilities
