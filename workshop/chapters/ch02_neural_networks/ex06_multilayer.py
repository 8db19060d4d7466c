"""Exercise 2.06: Multilayer Binary Classifier.

A network with two hidden layers learns to tell two kinds of points apart.
"""

from __future__ import annotations

from typing import Any

from workshop.training.backend import keras


def exercise_2_06_model(hidden: str = "relu") -> Any:
    """Return the multilayer binary classifier, with this activation of its hidden layers.

    Source: chapter 2, exercise 2.06.
    """
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((2,)),
            layers.Dense(50, activation=hidden),
            layers.Dense(20, activation=hidden),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def exercise_2_06_in_keras(
    two_class_points: Any, epochs: int = 50
) -> tuple[dict[str, list[float]], float, float]:
    """Train as the book does, in Keras' own calls; return the history, loss and accuracy.

    The book gives `input_dim` to the first layer, of which Keras 3 warns, and to the last one, in vain.

    Parameters
    ----------
    two_class_points : table with columns label (0 or 1), x1, x2.
    """
    x, y = two_class_points[["x1", "x2"]].to_numpy(), two_class_points[["label"]].to_numpy()

    model = exercise_2_06_model()
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])

    history = model.fit(x, y, epochs=epochs, verbose=2)

    loss, accuracy = model.evaluate(x, y, verbose=0)
    return history.history, loss, accuracy
