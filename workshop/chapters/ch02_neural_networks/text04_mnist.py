"""Text 2.04: MNIST case study (chapter 2, page 76)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List

import numpy as np

from workshop.chapters.ch02_neural_networks._data import image_arrays
from workshop.training.backend import tf
from workshop.units import unit


@dataclass(frozen=True)
class Lightness:
    """Lightness (0 black, 1 white) of a picture of the digits.

    `of_0`, `of_1` : of pixels scaled to 0 and to 1. `background`, `stroke` : medians in the corners and at
    the strongest strokes.
    """

    of_0: float
    of_1: float
    background: float
    stroke: float


@dataclass(frozen=True)
class MnistCaseStudy:
    """Counts, shapes, values and labels of the digits, and the lightness of an image's extreme values."""

    total: int
    split: List[int]
    image_shape: List[int]
    pixel_range: List[int]
    labels: List[int]
    lightness: Lightness
    dark_corners: float


@unit("ch02.text04", uses=("tensorflow",))
def mnist_case_study(mnist: Any) -> MnistCaseStudy:
    """Describe the handwritten digits.

    Parameters
    ----------
    mnist : x_train (60000, 28, 28), y_train (60000,), x_test, y_test in uint8.

    Source: chapter 2, text "MNIST case study".
    """
    x_train, y_train, x_test, _ = image_arrays(mnist)
    corners = x_train[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    return MnistCaseStudy(
        total=len(x_train) + len(x_test),
        split=[len(x_train), len(x_test)],
        image_shape=list(x_train.shape[1:]),
        pixel_range=[int(x_train.min()), int(x_train.max())],
        labels=[int(label) for label in np.unique(y_train)],
        lightness=lightness_of_extremes(x_train[:100]),
        dark_corners=float(np.mean(np.all(corners == 0, axis=1))),
    )


def lightness_of_extremes(images: np.ndarray) -> Lightness:
    """Return the lightness of a picture of the digits, uint8 (n, height, width)."""
    strip = images.reshape(-1, images.shape[-1], 1)
    png = tf.raw_ops.EncodePng(image=strip)  # tf.io.encode_png is not in TensorFlow 2.1
    picture = tf.io.decode_png(png, channels=3).numpy().mean(axis=-1).reshape(images.shape) / 255
    scaled = images / 255.0
    return Lightness(
        of_0=float(picture[scaled == 0].mean()),
        of_1=float(picture[scaled == 1].mean()),
        background=float(np.median(picture[:, [0, 0, -1, -1], [0, -1, 0, -1]])),
        stroke=float(np.median(picture.max(axis=(1, 2)))),
    )
