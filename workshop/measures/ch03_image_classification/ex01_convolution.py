"""What is measured of exercise 3.01.

The text before it (ch03.text02, page 110) convolves one position by hand. The exercise does it with tensors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.chapters.ch03_image_classification.ex01_convolution import EDGES, IMAGE, Matrix
from workshop.numerics.convolution2d import convolve2d, windows2d
from workshop.training.backend import tf
from workshop.units import unit

from ._convolution import SOBEL, as_image, as_kernel, distance, feature_map, keras_feature_map

PATCH = ((5, 10, 15), (10, 20, 30), (100, 150, 200))


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
    not_matmul: dict[str, Any]


@unit("ch03.text02")
def one_position(a: Matrix = PATCH, b: Matrix = SOBEL) -> WorkedExample:
    """Convolve an image with a filter of its size. Source: chapter 3, text on convolution operations."""
    patch, kernel = _of_one_shape(a, b)
    ones = np.eye(patch.size, dtype=int).reshape(-1, *patch.shape)
    window = windows2d(as_image(patch), kernel.shape)[0, 0, 0, :, :, 0]
    product, matrix_product = window * kernel, patch @ kernel
    return WorkedExample(
        matrix_a=convolve2d(as_image(patch), np.moveaxis(ones, 0, -1)[:, :, np.newaxis]).reshape(patch.shape),
        matrix_b=convolve2d(ones[..., np.newaxis], as_kernel(kernel)).reshape(kernel.shape),
        product=product,
        total=feature_map(patch, kernel).item(),
        not_matmul={"product": matrix_product, "entries": int((product != matrix_product).sum())},
    )


@dataclass(frozen=True)
class Convolution:
    """Tensors as arrays, shape and dtype of the scalar, and its difference from two convolutions.

    `convolution_gap` : the larger difference of the scalar from the convolution by hand and from Keras'.
    """

    a: np.ndarray
    b: np.ndarray
    mult_out: np.ndarray
    conv_out: np.ndarray
    conv_out_meta: dict[str, Any]
    convolution_gap: float


@unit("ch03.ex01", uses="tensorflow")
def exercise_3_01(a: Matrix = IMAGE, b: Matrix = EDGES) -> Convolution:
    """Multiply two variables element by element and sum the product.

    `a`, `b` : matrices of one shape; other ones raise ValueError. Source: chapter 3, exercise 3.01.
    """
    _of_one_shape(a, b)
    first, second = tf.Variable(a), tf.Variable(b)
    product = tf.math.multiply(first, second)
    total = tf.math.reduce_sum(product)
    convolved = [convolve(first.numpy(), second.numpy()) for convolve in (feature_map, keras_feature_map)]
    return Convolution(
        a=first.numpy(),
        b=second.numpy(),
        mult_out=product.numpy(),
        conv_out=np.asarray(total.numpy()),
        conv_out_meta={"shape": [int(size) for size in total.shape], "dtype": total.dtype.name},
        convolution_gap=max(distance(total.numpy().reshape(1, 1), one) for one in convolved),
    )


def _of_one_shape(a: Any, b: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return two matrices as arrays. Raises ValueError if they are not matrices of one shape."""
    first, second = np.array(a), np.array(b)
    if first.ndim != 2 or first.shape != second.shape:
        raise ValueError(f"arrays of shapes {first.shape} and {second.shape}: give two matrices of one shape")
    return first, second
