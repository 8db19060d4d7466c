"""One filter slid over one image of one channel: by hand, and by Keras' layer."""

from __future__ import annotations

from typing import Any, Tuple, Union

import numpy as np

from workshop.numerics.convolution2d import convolve2d
from workshop.training.backend import keras

Padding = Union[str, Tuple[Tuple[int, int], Tuple[int, int]]]
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
    if a.shape != b.shape:
        return float("inf")
    return float(np.abs(np.float64(a) - np.float64(b)).max(initial=0.0))
