"""What is measured of exercise 3.04.

The images are shifted and mirrored, and in the book's code those of the validation are, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.chapters.ch03_image_classification.ex04_cifar10 import exercise_3_04_model
from workshop.training.augmentation import Augmentation
from workshop.units import unit

from ._data import image_arrays, steps_of
from ._training import EPOCHS, AugmentedTraining, train_on_variants

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
