"""Exercise 7.05 and activity 7.01, the real images: digits and articles of fashion, scaled to [−1, 1]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List

import numpy as np

from workshop.units import unit

MIDDLE = np.float32(127.5)  # of the bytes from 0 to 255; subtracted, and then used as divisor


def scaled(images: np.ndarray) -> np.ndarray:
    """Return grey images with a channel axis and values from −1 (white in the book) to 1.

    Parameters
    ----------
    images : uint8 (n, height, width).

    Returns
    -------
    float32 (n, height, width, 1).

    Raises
    ------
    ValueError
        If the images are not bytes, because images scaled twice would be white.

    Source: chapter 7, exercise 7.05 and activity 7.01.
    """
    if images.dtype != np.uint8:
        raise ValueError(f"images of {images.dtype}: give the bytes as loaded, uint8 from 0 to 255")
    values = with_channel(images).astype(np.float32)
    values -= MIDDLE
    values /= MIDDLE
    return values


def with_channel(images: np.ndarray) -> np.ndarray:
    """Return grey images (n, height, width) with a channel axis.

    Source: chapter 7, text on generating handwritten images with DCGANs.
    """
    return images[..., np.newaxis]


def constants_of(images: np.ndarray) -> Dict[str, Any]:
    """Return the constants that `scaled` subtracts and divides by, computed from its values for all bytes.

    `bend` : largest distance of these values from a straight line. `range` : smallest and largest value of
    the scaled images.
    """
    levels = np.arange(256)
    values = scaled(levels.astype(np.uint8).reshape(-1, 1, 1)).ravel().astype(np.float64)
    slope = (values[-1] - values[0]) / 255.0
    return {
        "subtract": float(-values[0] / slope),
        "divide": float(1.0 / slope),
        "bend": float(np.abs(values - (values[0] + slope * levels)).max()),
        "range": np.array([images.min(), images.max()]),
    }


def off_centre(images: np.ndarray) -> List[float]:
    """Return the mean offset of the ink below and right of the middle, in pixels, over the images.

    Parameters
    ----------
    images : in [−1, 1], float32 (n, height, width, 1); none is blank.
    """
    ink = (images[..., 0] + 1.0) / 2.0
    by_row, by_column = (ink.sum(axis=axis, dtype=np.float64) for axis in (2, 1))
    return [
        float(np.mean(sums @ np.arange(sums.shape[1]) / sums.sum(axis=1)) - (sums.shape[1] - 1) / 2.0)
        for sums in (by_row, by_column)
    ]


@dataclass(frozen=True)
class DigitImages:
    """The digits as inputs of the discriminator.

    `normalisation` : see `constants_of`. `sample_grid` : share of white pixels, −1, in the two outer rings,
    and offset of the ink from the centre, see `off_centre`.
    """

    normalisation: Dict[str, Any]
    sample_grid: Dict[str, Any]


@unit("ch07.ex05")
def digit_images(mnist: Any, rings: int = 2) -> DigitImages:
    """Scale the training images, and examine their border and centre.

    Parameters
    ----------
    mnist : x_train uint8 (60000, 28, 28).
    rings : number of outer rings of pixels to examine.

    Source: chapter 7, exercise 7.05.
    """
    images = scaled(mnist.x_train)
    outer = np.ones(images.shape[1:], bool)
    outer[rings:-rings, rings:-rings] = False
    return DigitImages(
        normalisation=constants_of(images),
        sample_grid={"white": float(np.mean(images[:, outer] == -1)), "off_centre": off_centre(images)},
    )


@dataclass(frozen=True)
class FashionImages:
    """The articles as loaded, and as inputs of the discriminator.

    `classes` : number of kinds of articles, and numbers per pixel. `normalisation` : see `constants_of`.
    `sample_grid` : for each corner the share of images in which it is white, −1, and offset of the ink from
    the centre, see `off_centre`.
    """

    train_size: int
    classes: Dict[str, int]
    normalisation: Dict[str, Any]
    sample_grid: Dict[str, Any]


@unit("ch07.act01")
def fashion_images(fashion_mnist: Any) -> FashionImages:
    """Scale the training images, and examine their corners and centre.

    Parameters
    ----------
    fashion_mnist : x_train uint8 (60000, 28, 28), y_train (60000,).

    Source: chapter 7, activity 7.01.
    """
    images = scaled(fashion_mnist.x_train)
    corners = images[:, [0, 0, -1, -1], [0, -1, 0, -1], 0]
    return FashionImages(
        train_size=len(fashion_mnist.x_train),
        classes={
            "kinds": len(np.unique(fashion_mnist.y_train)),
            "channels": int(np.prod(fashion_mnist.x_train.shape[3:])),
        },
        normalisation=constants_of(images),
        sample_grid={"white": (corners == -1).mean(axis=0).tolist(), "off_centre": off_centre(images)},
    )
