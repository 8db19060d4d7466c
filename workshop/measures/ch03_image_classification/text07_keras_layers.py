"""Text: CNNs with TensorFlow and Keras (chapter 3, ch03.text07).

The text's layers, their settings as Keras keeps them, and their effect on shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.training.backend import keras, tf
from workshop.units import unit

from ._data import with_channel


def convolution(filters: int = 64, size: int = 3, stride: int = 2) -> Any:
    """Return the text's "same" convolution. Source: chapter 3, CNNs with TensorFlow and Keras."""
    return keras.layers.Conv2D(filters, (size, size), strides=stride, padding="same", activation="relu")


def max_pooling(size: int = 3, stride: int = 1) -> Any:
    """Return the text's max pooling. Source: chapter 3, CNNs with TensorFlow and Keras."""
    return keras.layers.MaxPool2D(pool_size=(size, size), strides=stride)


def fully_connected(units: int = 1, activation: str = "sigmoid") -> Any:
    """Return the text's dense layer. Source: chapter 3, CNNs with TensorFlow and Keras."""
    return keras.layers.Dense(units=units, activation=activation)


def read_back(layer: Any, *names: str) -> dict[str, Any]:
    """Return a layer's kind and some settings from its config, with tuples as lists."""
    config = layer.get_config()
    values = {name: config[name] for name in names}
    return {
        "layer": type(layer).__name__,
        **{name: list(v) if isinstance(v, tuple) else v for name, v in values.items()},
    }


def sizes(layer: Any, height: int, width: int) -> list[Any]:
    """Return a convolution's input size (height, width), its stride, and its output size."""
    image = np.zeros((1, height, width, 1), np.float32)
    (stride,) = set(layer.get_config()["strides"])
    return [list(image.shape[1:3]), int(stride), [int(size) for size in layer(image).shape[1:3]]]


def accepted_targets(images: np.ndarray, targets: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the target shapes with which a Reshape layer adds the channel axis to each image."""
    accepted = []
    for target in targets:
        layer = keras.layers.Reshape(tuple(target))
        try:
            reshaped = layer(images).numpy()
        except (ValueError, tf.errors.InvalidArgumentError):
            continue  # it does not fit the images
        if np.array_equal(reshaped, with_channel(images)):
            accepted.append([int(size) for size in layer.get_config()["target_shape"]])
    return accepted


@dataclass(frozen=True)
class Snippets:
    """The text's layers with their settings by Keras' names, and their effect on shapes.

    `conv2d_same_size` : rows of input size, stride, output size. `reshape_numpy` : shape of the reshaped
    images, and the number of pixels that moved. `reshape_keras` : the target shapes that add a channel to
    each image.
    """

    conv2d: dict[str, Any]
    conv2d_same_size: list[list[Any]]
    maxpool: dict[str, Any]
    dense: dict[str, Any]
    reshape_numpy: dict[str, Any]
    reshape_keras: list[list[int]]


@unit("ch03.text07", uses="tensorflow")
def snippets(
    shape: tuple[int, int, int] = (60000, 28, 28), odd: tuple[int, int] = (31, 27), batch: int = 2
) -> Snippets:
    """Build each layer, read its settings, and apply it to images of the data set's shape.

    Source: chapter 3, CNNs with TensorFlow and Keras.
    """
    size = shape[1:]
    # a prime number of values, so every shift is visible
    images = np.resize(np.arange(251, dtype=np.uint8), shape)
    reshaped = with_channel(images)
    whole = reshaped.shape
    return Snippets(
        conv2d=read_back(convolution(), "filters", "kernel_size", "strides", "padding", "activation"),
        conv2d_same_size=[
            sizes(convolution(), *size),
            sizes(convolution(), *odd),
            sizes(convolution(stride=1), *size),
        ],
        maxpool=read_back(max_pooling(), "pool_size", "strides"),
        dense=read_back(fully_connected(), "units", "activation"),
        reshape_numpy={"shape": list(whole), "misplaced": int((reshaped[..., 0] != images).sum())},
        reshape_keras=accepted_targets(images[:batch].astype(np.float32), [whole, whole[1:]]),
    )


@dataclass(frozen=True)
class NamesInSteps:
    """Which of some names work. A class does if its layer gives as many numbers as it was asked for."""

    units_by_class: list[str]
    download_functions: list[str]


@unit("ch03.text07", uses="tensorflow")
def names_in_steps(
    classes: Sequence[str] = ("Flatten", "Dense"),
    functions: Sequence[str] = ("tf.keras.get_file", "tf.keras.utils.get_file"),
    units: int = 128,
) -> NamesInSteps:
    """Try names that steps of exercises 3.02 and 3.03 use, and those that the exercises' code uses.

    Source: chapter 3, exercise 3.02, steps 14 and 15; exercise 3.03, step 4.
    """
    row = np.zeros((1, 1600), np.float32)

    def gives_units(name: str) -> bool:
        try:
            layer = getattr(keras.layers, name)(units, activation="relu")
        except (AttributeError, TypeError, ValueError):  # no such class, or one that takes no number of units
            return False
        return tuple(layer(row).shape) == (1, units)

    def exists(name: str) -> bool:
        found: Any = {"tf": tf}
        for part in name.split("."):
            found = found.get(part) if isinstance(found, dict) else getattr(found, part, None)
        return callable(found)

    return NamesInSteps(
        units_by_class=[name for name in classes if gives_units(name)],
        download_functions=[name for name in functions if exists(name)],
    )
