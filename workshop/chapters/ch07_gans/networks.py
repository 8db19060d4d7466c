"""Generators and discriminators of chapter 7, and both as one model with the discriminator frozen."""

from __future__ import annotations

from typing import Any

from workshop.training.backend import keras
from workshop.training.fitting import Network

SINE_NOISE = 10  # length of a noise vector
IMAGE_NOISE = 100


def sine_generator() -> Network:
    """Return the generator of points: noise (rows, 10) → (rows, 2). Source: chapter 7, exercise 7.02."""
    return Network(_sine_generator)


def sine_discriminator() -> Network:
    """Return the discriminator: (rows, 2) → probability of being real. Source: chapter 7, exercise 7.03."""
    return Network(_sine_discriminator)


def image_generator() -> Network:
    """Return the generator of images: noise (rows, 100) → (rows, 28, 28, 1) in (−1, 1).

    Source: chapter 7, exercise 7.05 and activity 7.01.
    """
    return Network(_image_generator)


def image_discriminator() -> Network:
    """Return the discriminator of images: (rows, 28, 28, 1) → probability of being real.

    Source: chapter 7, exercise 7.05 and activity 7.01.
    """
    return Network(_image_discriminator)


def combined(generator: Any, discriminator: Any) -> Any:
    """Return generator and discriminator as one Keras model that trains only the generator.

    The discriminator stays frozen. To train it with Keras, unfreeze it first.
    """
    discriminator.trainable = False
    begin = keras.layers.InputLayer(tuple(generator.input_shape[1:]))
    return keras.models.Sequential([begin, generator, discriminator])


def _sine_generator() -> Any:
    layers = keras.layers
    stack = [layers.InputLayer((SINE_NOISE,))]
    for units, activation in ((32, "linear"), (32, "relu"), (64, "elu"), (32, "elu"), (32, "selu")):
        stack.append(layers.Dense(units, activation=activation, kernel_initializer="he_uniform"))
    return keras.models.Sequential([*stack, layers.Dense(2, activation="selu")])


def _sine_discriminator() -> Any:
    layers = keras.layers
    stack = [layers.InputLayer((2,))]
    stack += [layers.Dense(16, activation="relu", kernel_initializer="he_uniform") for _ in range(3)]
    return keras.models.Sequential([*stack, layers.Dense(1, activation="sigmoid")])


def _image_generator() -> Any:
    layers = keras.layers
    doubled = {"kernel_size": (5, 5), "strides": (2, 2), "padding": "same"}
    return keras.models.Sequential(
        [
            layers.InputLayer((IMAGE_NOISE,)),
            layers.Dense(512),
            layers.Activation("relu"),
            layers.BatchNormalization(),
            layers.Dense(7 * 7 * 64),
            layers.Activation("relu"),
            layers.BatchNormalization(),
            layers.Reshape((7, 7, 64)),
            layers.Conv2DTranspose(32, **doubled),
            layers.Activation("relu"),
            layers.BatchNormalization(axis=-1),
            layers.Conv2DTranspose(1, **doubled),
            layers.Activation("tanh"),
        ]
    )


def _image_discriminator() -> Any:
    layers = keras.layers
    halved = {"kernel_size": (5, 5), "strides": (2, 2), "padding": "same"}
    return keras.models.Sequential(
        [
            layers.InputLayer((28, 28, 1)),
            layers.Conv2D(32, **halved),
            layers.LeakyReLU(0.2),
            layers.Conv2D(64, **halved),
            layers.LeakyReLU(0.2),
            layers.Flatten(),
            layers.Dense(512),
            layers.LeakyReLU(0.2),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
