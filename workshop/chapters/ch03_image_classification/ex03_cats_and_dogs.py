"""Exercise 3.03: Classifying Cats versus Dogs with Data Generators (page 130).

A convolutional network learns to tell cats from dogs.
"""

from __future__ import annotations

from typing import Any

from workshop.training.backend import keras

SIZE = (100, 100)


def exercise_3_03_model(size: tuple[int, int] = SIZE) -> Any:
    """Build the network for photographs of a height and width."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((*size, 3)),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D(2, 2),
            layers.Conv2D(128, (3, 3), activation="relu"),
            layers.MaxPooling2D(2, 2),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def exercise_3_03_in_keras(
    cats_and_dogs_filtered: str, size: tuple[int, int] = (100, 100), epochs: int = 5
) -> dict[str, list[float]]:
    """Train as the book does, in Keras' own calls and with its generators; return the history.

    The book calls `fit_generator`, which is gone: `fit` takes generators. It gives `input_shape` to the
    first layer, of which Keras 3 warns. Its seed 8 is left out.

    Parameters
    ----------
    cats_and_dogs_filtered : path of a folder with `train` and `validation`, each with `cats` and `dogs`.
    """
    generator = keras.preprocessing.image.ImageDataGenerator(rescale=1.0 / 255)
    train, validation = (
        generator.flow_from_directory(
            f"{cats_and_dogs_filtered}/{part}", target_size=size, batch_size=16, class_mode="binary"
        )
        for part in ("train", "validation")
    )

    model = exercise_3_03_model(size)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.001),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )

    history = model.fit(
        train,
        steps_per_epoch=train.samples // 16,
        epochs=epochs,
        validation_data=validation,
        validation_steps=validation.samples // 16,
        verbose=2,
    )
    return history.history
