"""Convolution by hand at one position and over an image, compared with Keras' layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Tuple, Union

import numpy as np

from workshop.numerics.convolution2d import convolve2d, windows2d
from workshop.training.backend import keras, tf
from workshop.units import unit

Matrix = Sequence[Sequence[int]]
Padding = Union[str, Tuple[Tuple[int, int], Tuple[int, int]]]

PATCH = ((5, 10, 15), (10, 20, 30), (100, 150, 200))
SOBEL = ((1, 0, -1), (2, 0, -2), (1, 0, -1))  # for vertical lines


def as_image(matrix: Any) -> np.ndarray:
    """Return a matrix as a batch of one image of one channel, (1, height, width, 1)."""
    return np.asarray(matrix)[np.newaxis, :, :, np.newaxis]


def as_kernel(matrix: Any) -> np.ndarray:
    """Return a matrix as the kernel of one filter on one channel, (height, width, 1, 1)."""
    return np.asarray(matrix)[:, :, np.newaxis, np.newaxis]


def feature_map(image: Any, kernel: Any, *, stride: int = 1, padding: Padding = "valid") -> np.ndarray:
    """Return the map (rows, columns) of an image (height, width) under one filter (height, width)."""
    return convolve2d(as_image(image), as_kernel(kernel), strides=stride, padding=padding)[0, :, :, 0]


def keras_feature_map(image: Any, kernel: Any, *, stride: int = 1, padding: Padding = "valid") -> np.ndarray:
    """Return the same as `feature_map`, from a Conv2D layer with the filter; float32.

    Explicit padding ((top, bottom), (left, right)) adds a ZeroPadding2D layer before it.
    """
    layers = keras.layers
    x, weights = (np.asarray(a, np.float32) for a in (as_image(image), as_kernel(kernel)))
    if not isinstance(padding, str):
        x, padding = layers.ZeroPadding2D(padding)(x), "valid"
    layer = layers.Conv2D(1, weights.shape[:2], strides=stride, padding=padding, use_bias=False)
    layer.build(tuple(x.shape))
    layer.set_weights([weights])
    return layer(x).numpy()[0, :, :, 0]


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Return the largest absolute difference of two arrays, infinite if their shapes differ."""
    return float(np.abs(np.float64(a) - np.float64(b)).max()) if a.shape == b.shape else float("inf")


def keras_gap(image: Any, kernel: Any, *, stride: int = 1, padding: Padding = "valid") -> float:
    """Return the largest difference between the map by hand and that of Keras' layer."""
    settings: Dict[str, Any] = {"stride": stride, "padding": padding}
    return distance(feature_map(image, kernel, **settings), keras_feature_map(image, kernel, **settings))


@dataclass(frozen=True)
class WorkedExample:
    """One position of a convolution.

    `matrix_a`, `matrix_b` : the image's pixels as read by filters with a single 1, and the filter as read by
    images with a single 1. `total` : the convolution's result. `not_matmul` : the matrix product, and the
    number of entries in which the elementwise product differs from it.
    """

    matrix_a: np.ndarray
    matrix_b: np.ndarray
    product: np.ndarray
    total: int
    not_matmul: Dict[str, Any]


@unit("ch03.text02")
def one_position(a: Matrix = PATCH, b: Matrix = SOBEL) -> WorkedExample:
    """Convolve an image with a filter of its size. Source: chapter 3, text on convolution operations."""
    patch, kernel = np.array(a), np.array(b)
    ones = np.eye(patch.size, dtype=int).reshape(-1, *patch.shape)
    seen = windows2d(as_image(patch), kernel.shape)[0, 0, 0, :, :, 0]
    product, matrix_product = seen * kernel, patch @ kernel
    return WorkedExample(
        matrix_a=convolve2d(as_image(patch), np.moveaxis(ones, 0, -1)[:, :, np.newaxis]).reshape(patch.shape),
        matrix_b=convolve2d(ones[..., np.newaxis], as_kernel(kernel)).reshape(kernel.shape),
        product=product,
        total=feature_map(patch, kernel).item(),
        not_matmul={"product": matrix_product, "entries": int((product != matrix_product).sum())},
    )


@dataclass(frozen=True)
class FiltersOfKeras:
    """Filter sizes of layers that are given a single number, and the example's difference from Keras."""

    filter_sizes: List[List[int]]
    sum_gap: float


@unit("ch03.text02", uses=("tensorflow",))
def filters_of_keras(sizes: Tuple[int, ...] = (3, 5), a: Matrix = PATCH, b: Matrix = SOBEL) -> FiltersOfKeras:
    """Build convolutions of the usual sizes, and one with the example's filter.

    Source: chapter 3, text on convolution operations.
    """
    shapes = []
    for size in sizes:
        layer = keras.layers.Conv2D(1, size)
        layer.build((None, None, None, 1))
        shapes.append([int(length) for length in tuple(layer.weights[0].shape)[:2]])
    return FiltersOfKeras(filter_sizes=shapes, sum_gap=keras_gap(a, b))


@dataclass(frozen=True)
class Exercise301:
    """Tensors as arrays, shape and dtype of the scalar, and its difference from two convolutions.

    `convolution_gap` : the larger difference of the scalar from the convolution by hand and from Keras'.
    """

    a: np.ndarray
    b: np.ndarray
    mult_out: np.ndarray
    conv_out: np.ndarray
    conv_out_meta: Dict[str, Any]
    convolution_gap: float


@unit("ch03.ex01", uses=("tensorflow",))
def exercise_3_01(
    a: Matrix = ((1, 2, 3), (4, 5, 6), (7, 8, 9)), b: Matrix = ((1, 0, -1), (1, 0, -1), (1, 0, -1))
) -> Exercise301:
    """Multiply two variables element by element and sum the product. Source: chapter 3, exercise 3.01."""
    first, second = tf.Variable(a), tf.Variable(b)
    product = tf.math.multiply(first, second)
    total = tf.math.reduce_sum(product)
    convolved = [convolve(first.numpy(), second.numpy()) for convolve in (feature_map, keras_feature_map)]
    return Exercise301(
        a=first.numpy(),
        b=second.numpy(),
        mult_out=product.numpy(),
        conv_out=np.asarray(total.numpy()),
        conv_out_meta={"shape": [int(size) for size in total.shape], "dtype": total.dtype.name},
        convolution_gap=max(distance(total.numpy().reshape(1, 1), one) for one in convolved),
    )
