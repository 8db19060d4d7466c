"""Exercise 3.02: Recognizing Handwritten Digits (MNIST) with CNN Using KERAS (page 123).

A convolutional network learns to read handwritten digits in five epochs.
"""

from __future__ import annotations

from typing import Any

from workshop.training.backend import keras


def exercise_3_02_model(shape: tuple[int, ...] = (28, 28, 1), classes: int = 10) -> Any:
    """Build the network."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer(shape),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D(2, 2),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D(2, 2),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(classes, activation="softmax"),
        ]
    )


def exercise_3_02_in_keras(mnist: Any, epochs: int = 5) -> tuple[dict[str, list[float]], float, float]:
    """Train as the book does, in Keras' own calls; return the history, test loss and test accuracy.

    The book gives `input_shape` to the first layer, of which Keras 3 warns. Its seed 8 is left
    out: with a seed, Keras 3 takes the rows in the same order in every epoch.

    Parameters
    ----------
    mnist : (x_train, y_train), (x_test, y_test), with images of uint8 (n, 28, 28).
    """
    (x_train, y_train), (x_test, y_test) = mnist
    x_train, x_test = (images.reshape((-1, 28, 28, 1)) / 255.0 for images in (x_train, x_test))

    model = exercise_3_02_model()
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.001),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )

    history = model.fit(x_train, y_train, epochs=epochs, validation_split=0.2, verbose=2)

    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    return history.history, loss, accuracy
