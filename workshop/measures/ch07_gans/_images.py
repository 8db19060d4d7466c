"""The real images of exercise 7.05 and activity 7.01, scaled to [−1, 1]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.numerics.similarity import distance

MIDDLE = np.float32(127.5)  # of the bytes from 0 to 255; subtracted, and then used as divisor


def require(data: Any, *names: str) -> None:
    """Raise ValueError if a data set has not all of these arrays."""
    missing = [name for name in names if not hasattr(data, name)]
    if missing:
        raise ValueError(f"the data set has no {missing[0]}: it needs {', '.join(names)}")


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
        If the images are not bytes, because images scaled twice would be white, or not grey.

    Source: chapter 7, exercise 7.05 and activity 7.01.
    """
    if images.dtype != np.uint8:
        raise ValueError(f"images of {images.dtype}: give the bytes as loaded, uint8 from 0 to 255")
    if images.ndim != 3:
        raise ValueError(f"images of shape {images.shape}: give grey ones, (n, height, width)")
    values = with_channel(images).astype(np.float32)
    values -= MIDDLE
    values /= MIDDLE
    return values


def with_channel(images: np.ndarray) -> np.ndarray:
    """Return grey images (n, height, width) with a channel axis.

    Source: chapter 7, text on generating handwritten images with DCGANs.
    """
    return images[..., np.newaxis]


@dataclass(frozen=True)
class Normalisation:
    """The constants that `scaled` subtracts and divides by, computed from its values for all bytes.

    `bend` : largest distance of these values from a straight line. `range` : smallest and largest value of
    the scaled images.
    """

    subtract: float
    divide: float
    bend: float
    range: np.ndarray


def normalisation_of(images: np.ndarray) -> Normalisation:
    """Return the constants of `scaled`, and the range of images that it scaled."""
    levels = np.arange(256)
    values = scaled(levels.astype(np.uint8).reshape(-1, 1, 1)).ravel().astype(np.float64)
    slope = (values[-1] - values[0]) / 255.0
    return Normalisation(
        subtract=float(-values[0] / slope),
        divide=float(1.0 / slope),
        bend=distance(values, values[0] + slope * levels),
        range=np.array([images.min(), images.max()]),
    )


def off_centre(images: np.ndarray) -> list[float]:
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
