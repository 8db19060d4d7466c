"""What is measured of exercise 2.04.

With the text that leads to it, text 2.04: MNIST case study (page 76).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.training.backend import tf
from workshop.training.full_batch import minimise_layer
from workshop.training.optimizers import Adam
from workshop.units import unit

from ._data import image_arrays, one_hot, scaled
from ._perceptron import doubled_softmax_loss, rounded, softmax_layer, subset_accuracy


@dataclass(frozen=True)
class MnistCaseStudy:
    """Counts, shape, values and labels of all digits.

    `lightness` : of a picture of the digits (0 black, 1 white) by the map that draws it, gray (0 is black) or
    gray_r (0 is white): of pixels scaled to 0 and to 1, and medians in the corners and at the strongest
    strokes.
    """

    total: int
    split: list[int]
    image_shape: list[int]
    pixel_range: list[int]
    labels: list[int]
    lightness: dict[str, dict[str, float]]


@unit("ch02.text04", uses="tensorflow")
def mnist_case_study(mnist: Any) -> MnistCaseStudy:
    """Describe the handwritten digits.

    Parameters
    ----------
    mnist : x_train (60000, 28, 28), y_train (60000,), x_test, y_test in uint8.

    Source: chapter 2, text "MNIST case study".
    """
    x_train, y_train, x_test, y_test = image_arrays(mnist)
    images = np.concatenate([x_train, x_test])  # refuses images of two sizes
    return MnistCaseStudy(
        total=len(x_train) + len(x_test),
        split=[len(x_train), len(x_test)],
        image_shape=list(images.shape[1:]),
        pixel_range=[int(images.min()), int(images.max())],
        labels=[int(label) for label in np.unique(np.concatenate([y_train, y_test]))],
        lightness={
            "gray": lightness_of_extremes(x_train[:100]),
            "gray_r": lightness_of_extremes(x_train[:100], turned=True),
        },
    )


def lightness_of_extremes(images: np.ndarray, turned: bool = False) -> dict[str, float]:
    """Return the lightness of a picture of the digits, uint8 (n, height, width); `turned` : 0 is white."""
    strip = (255 - images if turned else images).reshape(-1, images.shape[-1], 1)
    png = tf.raw_ops.EncodePng(image=strip)  # tf.io.encode_png is not in TensorFlow 2.1
    picture = tf.io.decode_png(png, channels=3).numpy().mean(axis=-1).reshape(images.shape) / 255
    scaled = images / 255.0
    return {
        "of_0": float(picture[scaled == 0].mean()),
        "of_1": float(picture[scaled == 1].mean()),
        "background": float(np.median(picture[:, [0, 0, -1, -1], [0, -1, 0, -1]])),
        "stroke": float(np.median(picture[images == images.max(axis=(1, 2), keepdims=True)])),
    }


@dataclass(frozen=True)
class Classifier:
    """Shapes of images and layer, and accuracies on the test images.

    `trained_unlike_ink` : number of weights that moved though their pixel is dark in all training images, or
    that did not though it is light in one.
    """

    x_shape: list[int]
    test_shape: list[int]
    weight_shape: list[int]
    trained_unlike_ink: int
    accuracy: float
    accuracy_after: dict[str, float]
    steps: int


def flattened(images: np.ndarray) -> np.ndarray:
    """Return images as float32 rows of pixels scaled to 0..1."""
    return scaled(images).reshape(len(images), -1)


@unit("ch02.ex04", uses="tensorflow")
def exercise_2_04(
    mnist: Any, learning_rate: float = 0.01, steps: int = 1000, on_the_way: tuple[int, ...] = (100, 250, 500)
) -> Classifier:
    """Train ten perceptrons on all handwritten digits at once, with the softmax applied twice.

    Parameters
    ----------
    mnist : x_train (60000, 28, 28), y_train (60000,), x_test, y_test in uint8.
    on_the_way : numbers of steps after which the accuracy is measured, too; later ones than the last are
        left out.

    Source: chapter 2, exercise 2.04.
    """
    x_train, y_train, x_test, y_test = image_arrays(mnist)
    x, test = flattened(x_train), flattened(x_test)
    y, test_y = one_hot(y_train), one_hot(y_test, np.unique(y_train))
    descent = minimise_layer(
        doubled_softmax_loss,
        x,
        y,
        optimizer=Adam(learning_rate),
        steps=steps,
        keep=[step for step in on_the_way if step <= steps],
    )
    weight, bias = descent.variables
    lit = x_train.any(axis=0).reshape(-1, 1)  # pixels that are light in a training image
    return Classifier(
        x_shape=list(x.shape),
        test_shape=list(test.shape),
        weight_shape=list(weight.shape),
        trained_unlike_ink=int(np.sum((weight != 0) != lit)),
        accuracy=subset_accuracy(test_y, rounded(softmax_layer(test, weight, bias))),
        accuracy_after={
            "step_%d" % step: subset_accuracy(test_y, rounded(softmax_layer(test, *variables)))
            for step, variables in descent.snapshots.items()
        },
        steps=descent.steps,
    )
