"""Exercise 3.04: Image Classification (CIFAR-10) with Data Augmentation (chapter 3, page 140).

The images are shifted and mirrored, and in the book's code those of the validation are, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.training.augmentation import Augmentation
from workshop.training.backend import keras
from workshop.units import unit

from ._data import image_arrays, steps_of
from ._training import EPOCHS, AugmentedTraining, train_on_variants


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


def exercise_3_04_in_keras(cifar10: Any, seed: int, epochs: int = 5) -> dict[str, list[float]]:
    """Train as the book does, in Keras' own calls and with its generator; return the history.

    The print calls `fit_generator`, which is gone: `fit` takes generators. It gives `input_shape` to the
    first layer, of which Keras 3 warns. Its seed is 8, which gives other numbers on other versions of
    TensorFlow. That the images of the validation are varied, too, is as in the book's code.

    Parameters
    ----------
    cifar10 : (x_train, y_train), (x_test, y_test), with images of uint8 (n, 32, 32, 3).
    """
    keras.utils.set_random_seed(seed)
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


# The book's part ends here. What follows measures it.

BATCH_SIZE = 16
AUGMENTATION = Augmentation(width_shift_range=0.1, height_shift_range=0.1, horizontal_flip=True)


@dataclass(frozen=True)
class Data:
    """Shapes and counts of the images, and the batches per epoch."""

    train_shape: list[int]
    dataset_size: dict[str, int]
    steps: dict[str, int]


@unit("ch03.ex04")
def exercise_3_04_data(cifar10: Any, batch_size: int = BATCH_SIZE) -> Data:
    """Look at the images. Source: chapter 3, exercise 3.04.

    Parameters
    ----------
    cifar10 : x_train (50000, 32, 32, 3), y_train (50000,), x_test, y_test in uint8.
    """
    x_train, y_train, x_test, y_test = image_arrays(cifar10)
    return Data(
        train_shape=list(x_train.shape),
        dataset_size={"images": len(x_train) + len(x_test), "classes": len(np.union1d(y_train, y_test))},
        steps=steps_of(len(x_train), len(x_test), batch_size),
    )


@unit("ch03.ex04", uses="tensorflow", first_steps=True)
def exercise_3_04(
    cifar10: Any,
    seed: int,
    epochs: int = EPOCHS,
    batch_size: int = BATCH_SIZE,
) -> AugmentedTraining:
    """Train on shifted and mirrored images, and validate on test images that are shifted and mirrored, too.

    Parameters
    ----------
    cifar10 : x_train (50000, 32, 32, 3), y_train (50000,), x_test, y_test in uint8, or images of other sizes
        and classes as for `image_arrays`.

    Source: chapter 3, exercise 3.04.
    """
    return train_on_variants(
        exercise_3_04_model, cifar10, seed, AUGMENTATION, epochs=epochs, batch_size=batch_size
    )
