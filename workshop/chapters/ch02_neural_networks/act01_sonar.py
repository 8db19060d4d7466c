"""Activity 2.01: Build a Multilayer Neural Network to Classify Sonar Signals.

A network learns to tell rocks from mines by their sonar echoes.
"""

from __future__ import annotations

from typing import Any

from workshop.training.backend import keras


def activity_2_01_model(features: int = 60) -> Any:
    """Return the network. Source: chapter 2, activity 2.01."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((features,)),
            layers.Dense(300, activation="relu"),
            layers.Dense(200, activation="relu"),
            layers.Dense(100, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def activity_2_01_in_keras(sonar: Any, epochs: int = 30) -> tuple[dict[str, list[float]], float, float]:
    """Train as the book does, in Keras' own calls; return the history, loss and accuracy.

    The book numbers the classes by scikit-learn, in the same order. It gives `input_dim` to the layers, of
    which Keras 3 warns. The printed log goes on after an earlier fit: fit once more for it.

    Parameters
    ----------
    sonar : table of numbers and a column Class, Mine or Rock.
    """
    x = sonar.drop("Class", axis=1).to_numpy()
    y = (sonar[["Class"]] == "Rock").to_numpy("float32")

    model = activity_2_01_model()
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])

    history = model.fit(x, y, epochs=epochs, batch_size=32, verbose=2)

    loss, accuracy = model.evaluate(x, y, verbose=0)
    return history.history, loss, accuracy
