"""Text: Pooling Layers (chapter 3, ch03.text06).

Pooling by hand, and the work that it saves in the network of exercise 3.02.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Sequence

import numpy as np

from workshop.chapters.ch03_image_classification.ex02_handwritten_digits import exercise_3_02_model
from workshop.numerics.convolution2d import max_pool2d, windows2d
from workshop.training.backend import keras
from workshop.training.summaries import built_layers
from workshop.training.versions import output_shape, role_of
from workshop.units import unit

from ._convolution import as_image

# The figure's lower half is lost. Here it has larger values, so that a window that reaches down is visible.
FEATURE_MAP = ((6, 8, 6, 1), (1, 2, 7, 4), (9, 3, 5, 9), (0, 9, 9, 3))


@dataclass(frozen=True)
class Pooled:
    """Shape of the pooled map, the values in a window at the top, and the largest of them."""

    top_left: dict[str, Any]
    top_right: dict[str, Any]
    out_shape: list[int]


@unit("ch03.text06")
def pool(of_map: Sequence[Sequence[int]] = FEATURE_MAP, size: int = 2, stride: int = 2) -> Pooled:
    """Apply max pooling to a feature map. Source: chapter 3, text on pooling layers, Figure 3.14."""
    image = as_image(of_map)
    windows = windows2d(image, size, strides=stride)[0, ..., 0]
    pooled = max_pool2d(image, size, strides=stride)[0, ..., 0]
    left, right = (
        {"block": windows[0, column].ravel().tolist(), "greatest": pooled[0, column].item()}
        for column in (0, 1)
    )
    return Pooled(top_left=left, top_right=right, out_shape=list(pooled.shape))


def figure_3_15_model() -> Any:
    """Return the digit recognizer of Figure 3.15, with three convolutions."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((28, 28, 1)),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D(2, 2),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D(2, 2),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D(2, 2),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


@dataclass(frozen=True)
class Savings:
    """The work that pooling saves for one image, and the network of Figure 3.15.

    `pooling_saves` : multiply-adds of the convolution and dense layers without biases, with and without
    pooling, the number of values that the poolings compare, and their parameters. `figure_3_15` : the
    network's number of convolutions, its kinds of pooling layers, the kinds of the layers with weights behind
    the last pooling, and lowest and highest digit of the outputs.
    """

    pooling_saves: dict[str, int]
    figure_3_15: dict[str, Any]


@unit("ch03.text06", uses="tensorflow")
def savings() -> Savings:
    """Build the digit recognizers of exercise 3.02 and of Figure 3.15, and count.

    Source: chapter 3, text on pooling layers.
    """
    with_pooling, drawn = exercise_3_02_model(), figure_3_15_model()
    poolings = [layer for layer in built_layers(with_pooling) if is_pooling(layer)]
    layers = built_layers(drawn)
    last = max(place for place, layer in enumerate(layers) if is_pooling(layer))
    return Savings(
        pooling_saves={
            "with_pooling": multiply_adds(with_pooling),
            "without_pooling": multiply_adds(without_pooling(with_pooling)),
            "compared_by_pooling": sum(compared_values(layer) for layer in poolings),
            "parameters_of_pooling": sum(int(layer.count_params()) for layer in poolings),
        },
        figure_3_15={
            "convolutions": sum(isinstance(layer, keras.layers.Conv2D) for layer in layers),
            "pooling": sorted({type(layer).__name__ for layer in layers if is_pooling(layer)}),
            "behind": [type(layer).__name__ for layer in layers[last:] if layer.weights],
            "digits": [0, int(drawn.output_shape[-1]) - 1],
        },
    )


def without_pooling(model: Any) -> Any:
    """Return a Sequential of a built model's layers without the pooling layers, with new weights."""
    layers = built_layers(model)
    others = [type(layer).from_config(layer.get_config()) for layer in layers if not is_pooling(layer)]
    shape = tuple(int(size) for size in tuple(layers[0].input.shape)[1:])
    return keras.models.Sequential([keras.layers.InputLayer(shape), *others])


def is_pooling(layer: Any) -> bool:
    """Return whether a layer pools."""
    return "pool_size" in layer.get_config()


def multiply_adds(model: Any) -> int:
    """Return the number of multiplications by kernel entries in a built model, for one image.

    A convolution uses its whole kernel at each position of its map, a dense layer uses it once.
    """
    return sum(
        product(output_shape(layer)[1:-1]) * product(weight.shape)
        for layer in built_layers(model)
        for weight in layer.weights
        if role_of(weight) == "kernel"
    )


def compared_values(layer: Any) -> int:
    """Return the number of values in all windows of a built pooling layer, for one image."""
    return product(output_shape(layer)[1:]) * product(layer.get_config()["pool_size"])


def product(sizes: Iterable[Any]) -> int:
    """Return the product of sizes, 1 if there are none."""
    return int(np.prod([int(size) for size in sizes], dtype=np.int64))
