"""Activity 3.01: Building a Multiclass Classifier Based on the Fashion MNIST Dataset (chapter 3, page 144).

The clothes are rotated, shifted, sheared, zoomed and mirrored, and in the book's code those of the validation
are, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.training.augmentation import Augmentation
from workshop.training.backend import keras
from workshop.training.summaries import built_layers
from workshop.units import unit

from ._data import Reshaped, image_arrays, number_of_classes, reshaped, steps_of
from ._training import EPOCHS, AugmentedTraining, train_on_variants


def activity_3_01_model(shape: tuple[int, ...] = (28, 28, 1), classes: int = 10) -> Any:
    """Build the network as in the solution, with 128 kernels in the second convolution."""
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


def activity_3_01_in_keras(fashion_mnist: Any, seed: int, epochs: int = 5) -> dict[str, list[float]]:
    """Train as the book does, in Keras' own calls and with its generator; return the history.

    The print calls `fit_generator`, which is gone: `fit` takes generators. It gives `input_shape` to the
    first layer, of which Keras 3 warns. Its seed is 8, which gives other numbers on other versions of
    TensorFlow. That the images of the validation are varied, too, is as in the book's code.

    Parameters
    ----------
    fashion_mnist : (x_train, y_train), (x_test, y_test), with images of uint8 (n, 28, 28).
    """
    keras.utils.set_random_seed(seed)
    (x_train, y_train), (x_test, y_test) = fashion_mnist
    x_train, x_test = (images.reshape((-1, 28, 28, 1)) for images in (x_train, x_test))
    generator = keras.preprocessing.image.ImageDataGenerator(
        rescale=1.0 / 255,
        rotation_range=40,
        width_shift_range=0.1,
        height_shift_range=0.1,
        shear_range=0.2,
        zoom_range=0.2,
        horizontal_flip=True,
    )
    train = generator.flow(x_train, y_train, batch_size=16)
    validation = generator.flow(x_test, y_test, batch_size=16)
    model = activity_3_01_model()
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
