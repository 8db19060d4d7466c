"""Exercise 3.04: Image Classification (CIFAR-10) with Data Augmentation (page 140).

A convolutional network learns ten kinds of objects from pictures that are shifted and flipped at random.
"""

from __future__ import annotations

from typing import Any

from workshop.training.backend import keras


def exercise_3_04_model(shape: tuple[int, ...] = (32, 32, 3), classes: int = 10) -> Any:
    """Build the network."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer(shape),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D(2, 2),
            layers.Conv2D(128, (3, 3), activation="relu"),
            layers.MaxPooling2D(2, 2),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(classes, activation="softmax"),
        ]
    )


def exercise_3_04_in_keras(cifar10: Any, epochs: int = 5) -> dict[str, list[float]]:
    """Train as the book does, in Keras' own calls and with its generator; return the history.

    The book calls `fit_generator`, which is gone: `fit` takes generators. It gives `input_shape` to the
    first layer, of which Keras 3 warns. Its seed 8 is left out. That the images of
    the validation are varied, too, is as in the book's code.

    Parameters
    ----------
    cifar10 : (x_train, y_train), (x_test, y_test), with images of uint8 (n, 32, 32, 3).
    """
    (x_train, y_train), (x_test, y_test) = cifar10
    generator = keras.preprocessing.image.ImageDataGenerator(
        rescale=1.0 / 255,
        width_shift_range=0.1,
        height_shift_range=0.1,
        horizontal_flip=True,
    )
    train = generator.flow(x_train, y_train, batch_size=16)
    validation = generator.flow(x_test, y_test, batch_size=16)

    model = exercise_3_04_model()
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.001),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )

    history = model.fit(
        train,
        steps_per_epoch=len(x_train) // 16,
        epochs=epochs,
        validation_data=validation,
        validation_steps=len(x_test) // 16,
        verbose=2,
    )
    return history.history
