"""What is measured of activity 3.01.

The clothes are rotated, shifted, sheared, zoomed and mirrored, and in the book's code those of the validation
are, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.chapters.ch03_image_classification.act01_fashion_mnist import activity_3_01_model
from workshop.training.augmentation import Augmentation
from workshop.training.backend import keras
from workshop.training.summaries import built_layers
from workshop.units import unit

from ._data import Reshaped, image_arrays, number_of_classes, reshaped, steps_of
from ._training import EPOCHS, AugmentedTraining, train_on_variants

BATCH_SIZE = 16
AUGMENTATION = Augmentation(
    rotation_range=40.0,
    width_shift_range=0.1,
    height_shift_range=0.1,
    shear_range=0.2,
    zoom_range=0.2,
    horizontal_flip=True,
)


@dataclass(frozen=True)
class Data(Reshaped):
    """Shapes and counts of the images. `outputs` : number of outputs that the network gets for the labels."""

    classes: int
    outputs: int
    steps: dict[str, int]


@unit("ch03.act01")
def activity_3_01_data(fashion_mnist: Any, batch_size: int = BATCH_SIZE) -> Data:
    """Look at the images and add the channel axis. Source: chapter 3, activity 3.01.

    Parameters
    ----------
    fashion_mnist : x_train (60000, 28, 28), y_train (60000,), x_test, y_test in uint8.
    """
    clothes = image_arrays(fashion_mnist)
    return Data(
        **vars(reshaped(clothes)),
        classes=len(np.union1d(clothes.y_train, clothes.y_test)),
        outputs=number_of_classes(clothes[:2], clothes[2:]),
        steps=steps_of(len(clothes.x_train), len(clothes.x_test), batch_size),
    )


@unit("ch03.act01", value="second_conv_kernels", uses="tensorflow")
def activity_3_01_summary() -> int:
    """Build the network and read its second convolution.

    Returns the number of its kernels. Source: chapter 3, activity 3.01.
    """
    layers = built_layers(activity_3_01_model())
    _, second = (layer for layer in layers if isinstance(layer, keras.layers.Conv2D))
    return int(second.get_config()["filters"])


@unit("ch03.act01", uses="tensorflow", first_steps=True)
def activity_3_01(
    fashion_mnist: Any,
    seed: int,
    epochs: int = EPOCHS,
    batch_size: int = BATCH_SIZE,
) -> AugmentedTraining:
    """Train on rotated, shifted, sheared, zoomed and mirrored clothes, and validate on such variants, too.

    Parameters
    ----------
    fashion_mnist : x_train (60000, 28, 28), y_train (60000,), x_test, y_test in uint8, or images of other
        sizes and classes as for `image_arrays`.

    Source: chapter 3, activity 3.01.
    """
    return train_on_variants(
        activity_3_01_model, fashion_mnist, seed, AUGMENTATION, epochs=epochs, batch_size=batch_size
    )
