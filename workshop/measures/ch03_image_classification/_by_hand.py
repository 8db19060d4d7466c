"""The chapter's networks and layers by hand in NumPy, as the book's text describes them.

A summary shows shapes and numbers of parameters. It shows neither activations nor which weights a training
changes. Here each network runs on drawn weights and images, and its outputs are compared with those of a
calculation that takes its weights and knows nothing else of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.chapters.ch03_image_classification.act01_fashion_mnist import activity_3_01_model
from workshop.chapters.ch03_image_classification.ex02_handwritten_digits import exercise_3_02_model
from workshop.chapters.ch03_image_classification.ex03_cats_and_dogs import exercise_3_03_model
from workshop.numerics.reference_network import Layer, conv2d, dense, forward, max_pool2d, reshape
from workshop.numerics.similarity import relative_distance
from workshop.training.backend import keras
from workshop.training.pretrained import vgg16
from workshop.units import unit

from ._convolution import distance
from .act02_fruits import built_model
from .text06_pooling import figure_3_15_model
from .text07_keras_layers import convolution, fully_connected, max_pooling
from .text11_transfer_learning import on_top


def classifier(last: str, convolutions: int = 2) -> list[Layer]:
    """Return the table of convolutions with ReLU and pooling of 2×2, and of two dense layers."""
    return [*([conv2d("relu"), max_pool2d(2)] * convolutions), *head(last)]


def head(last: str) -> list[Layer]:
    """Return the table of two dense layers on flattened maps, the first with ReLU."""
    return [reshape(-1), dense("relu"), dense(last)]


VGG16 = [
    layer
    for convolutions in (2, 2, 3, 3, 3)
    for layer in (*[conv2d("relu", padding="same")] * convolutions, max_pool2d(2))
]


def with_drawn_weights(model: Any, seed: int = 7) -> Any:
    """Return a model with drawn weights, biases included, that keep the size of what passes through it."""
    rng = np.random.default_rng(seed)
    shapes = [tuple(int(size) for size in w.shape) for w in model.weights]
    # ReLU halves the variance, and a bias of another size per unit shows where it is added
    scales = [np.sqrt(2.0 / np.prod(shape[:-1])) if len(shape) > 1 else 0.3 for shape in shapes]
    model.set_weights([s * rng.standard_normal(n, dtype=np.float32) for s, n in zip(scales, shapes)])
    return model


def drawn_images(model: Any, count: int = 2, seed: int = 8) -> np.ndarray:
    """Return images of the model's input shape with pixels from 0 to 1, float32."""
    shape = (count, *(int(size) for size in model.input_shape[1:]))
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def output_of(model: Any, images: np.ndarray) -> np.ndarray:
    """Return a model's or layer's outputs for images."""
    return np.array(model(images, training=False).numpy())


def output_gap(model: Any, layers: Sequence[Layer], count: int = 2) -> float:
    """Return the largest difference between a network's outputs and those by hand, on drawn weights."""
    return gap(model, layers, drawn_images(model, count))


def gap(model: Any, layers: Sequence[Layer], x: np.ndarray) -> float:
    """Return the same on inputs x (n, …)."""
    weights = with_drawn_weights(model).get_weights()
    return distance(output_of(model, x), forward(layers, weights, x))


def alone(layer: Any, shape: Sequence[int]) -> Any:
    """Return a network of one layer on inputs of this shape."""
    return keras.models.Sequential([keras.layers.InputLayer(shape), layer])


def optimized(model: Any, loss: str, count: int = 2) -> int:
    """Return the number of parameters in the weight arrays that one step of training changes."""
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=1.0), loss=loss, run_eagerly=True)
    before, images = model.get_weights(), drawn_images(model, count)
    outputs = int(model.output_shape[-1])
    labels = np.arange(count) % max(outputs, 2)
    targets = np.eye(outputs, dtype=np.float32)[labels] if loss == "categorical_crossentropy" else labels
    model.train_on_batch(images, targets.reshape(count, -1) if outputs == 1 else targets)
    return sum(int(a.size) for a, b in zip(before, model.get_weights()) if not np.array_equal(a, b))


@dataclass(frozen=True)
class Run:
    """A built network that was run.

    `output_gap` : largest difference of its outputs from those by hand. `optimized` : number of parameters in
    the weight arrays that one step of training changes.
    """

    output_gap: float
    optimized: int


@unit("ch03.ex02", uses="tensorflow")
def exercise_3_02_by_hand() -> Run:
    """Run the network on drawn weights, and train it one step. Source: chapter 3, exercise 3.02."""
    model = exercise_3_02_model()
    gap = output_gap(model, classifier("softmax"))
    return Run(gap, optimized(model, "sparse_categorical_crossentropy"))


@unit("ch03.ex03", uses="tensorflow")
def exercise_3_03_by_hand() -> Run:
    """Run the network on drawn weights, and train it one step. Source: chapter 3, exercise 3.03."""
    model = exercise_3_03_model()
    gap = output_gap(model, classifier("sigmoid"), count=1)
    return Run(gap, optimized(model, "binary_crossentropy", count=1))


@unit("ch03.act01", value="output_gap", uses="tensorflow")
def activity_3_01_by_hand() -> float:
    """Run the network on drawn weights.

    Returns the largest difference of its outputs from those by hand. Source: chapter 3, activity 3.01.
    """
    return output_gap(activity_3_01_model(), classifier("softmax"))


@unit("ch03.text06", value="output_gap", uses="tensorflow")
def figure_3_15_by_hand() -> float:
    """Run the network of Figure 3.15 on drawn weights.

    Returns the largest difference of its outputs from those by hand. Source: chapter 3, text on pooling
    layers.
    """
    return output_gap(figure_3_15_model(), classifier("softmax", 3))


@dataclass(frozen=True)
class OnFrozenBase:
    """The network of two dense layers on frozen VGG16, run.

    `base_gap` : largest difference of the base's maps from those by hand, in units of the largest of them.
    `head_gap` : of the network's outputs from those by hand of the base's maps. `base_optimized`,
    `head_optimized` : number of parameters of either in the weight arrays that one step changes.
    """

    base_gap: float
    head_gap: float
    base_optimized: int
    head_optimized: int


@unit("ch03.act02", uses="tensorflow")
def activity_3_02_by_hand(
    input_shape: tuple[int, int, int] = (100, 100, 3), classes: int = 120
) -> OnFrozenBase:
    """Run the network on drawn weights, and train it one step. Source: chapter 3, activity 3.02."""
    base = vgg16(include_top=False, input_shape=input_shape)
    model = with_drawn_weights(built_model(base, classes))
    images = drawn_images(model, 1)
    maps, before = output_of(base, images), base.get_weights()
    by_hand = forward(head("softmax"), model.get_weights()[-4:], maps)
    head_gap = distance(output_of(model, images), by_hand)
    changed = optimized(model, "categorical_crossentropy", count=1)
    of_base = sum(int(a.size) for a, b in zip(before, base.get_weights()) if not np.array_equal(a, b))
    return OnFrozenBase(
        base_gap=relative_distance(forward(VGG16, before, images), maps),
        head_gap=head_gap,
        base_optimized=of_base,
        head_optimized=changed - of_base,
    )


@unit("ch03.text11", value="new_layer_gap", uses="tensorflow")
def new_layer_by_hand(images: tuple[int, int, int] = (9, 7, 3), maps: int = 5) -> float:
    """Run the new last layer on a small base.

    Returns the largest difference of the new last layer's outputs from those by hand of the base's maps.
    Source: chapter 3, text on transfer learning.
    """
    layers = keras.layers
    base = keras.models.Sequential([layers.InputLayer(images), layers.Conv2D(maps, 3, strides=2)])
    model = on_top(base)
    model.build((None, *images))  # else TensorFlow 2.1 has no weights yet
    with_drawn_weights(model)
    pictures = drawn_images(base)
    by_hand = forward([dense("softmax")], model.layers[-1].get_weights(), output_of(base, pictures))
    return distance(output_of(model, pictures), by_hand)


@dataclass(frozen=True)
class LayersByHand:
    """Largest difference of each layer's outputs from those by hand, for drawn weights and images."""

    conv2d_gap: float
    maxpool_gap: float
    dense_gap: float


@unit("ch03.text07", uses="tensorflow")
def layers_by_hand(size: tuple[int, int] = (9, 6)) -> LayersByHand:
    """Apply the text's layers to drawn images. Source: chapter 3, CNNs with TensorFlow and Keras."""
    images = np.random.default_rng(8).normal(size=(2, *size, 3)).astype(np.float32)
    flat = images.reshape(len(images), -1)
    convolved = [conv2d("relu", strides=2, padding="same")]
    return LayersByHand(
        conv2d_gap=gap(alone(convolution(), images.shape[1:]), convolved, images),
        maxpool_gap=gap(alone(max_pooling(), images.shape[1:]), [max_pool2d(3, strides=1)], images),
        dense_gap=gap(alone(fully_connected(), flat.shape[1:]), [dense("sigmoid")], flat),
    )


@unit("ch03.text02", value="reach", uses="tensorflow")
def reach_of_filters(sizes: tuple[int, ...] = (3, 5), image: int = 11) -> list[list[int]]:
    """Find the pixels that a value of a map depends on.

    Returns the rows and columns of an image that one value of a map depends on, by the filter's size. Source:
    chapter 3, text on convolution operations.
    """
    return [reach_of(keras.layers.Conv2D(1, size), image) for size in sizes]


def reach_of(layer: Any, image: int) -> list[int]:
    """Return rows and columns of the pixels each of which changes the map's first value of a square image."""
    pixels = image * image
    lit = np.eye(pixels, dtype=np.float32).reshape(pixels, image, image, 1)
    model = with_drawn_weights(alone(layer, (image, image, 1)))
    dark = output_of(model, np.zeros((1, image, image, 1), np.float32))[0, 0, 0, 0]
    seen = (output_of(model, lit)[:, 0, 0, 0] != dark).reshape(image, image)
    return [int(seen.any(axis=1).sum()), int(seen.any(axis=0).sum())]
