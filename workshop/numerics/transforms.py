"""Affine transformations of images by hand in NumPy: the oracle of data augmentation.

A matrix leads from a pixel of the result to the place in the image where its value comes from, both as
(row, column, 1) about the image's centre. So matrices are multiplied in the order in which they are named:
`rotation @ shift` turns the image first and moves it then.
"""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np

FILLS = ("nearest", "constant")
_SNAP = 1e-9  # coordinates that miss a pixel by no more than rounding are on it


def rotation(degrees: Any) -> np.ndarray:
    """Return the matrices of turns, clockwise for positive degrees (...); float64 (..., 3, 3)."""
    angle = np.deg2rad(degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    return _matrix([[cos, -sin, 0], [sin, cos, 0]])


def shift(rows: Any, columns: Any) -> np.ndarray:
    """Return the matrices of moves up and to the left by so many pixels (...); float64 (..., 3, 3)."""
    return _matrix([[1, 0, rows], [0, 1, columns]])


def shear(degrees: Any) -> np.ndarray:
    """Return the matrices that slant what stands upright by an angle, as Keras does; float64 (..., 3, 3).

    What is level stays so; for positive degrees the top leans to the left. (Up to TensorFlow 2.1 at least,
    Keras slanted what is level instead.)
    """
    angle = np.deg2rad(degrees)
    return _matrix([[np.cos(angle), 0, 0], [-np.sin(angle), 1, 0]])


def zoom(rows: Any, columns: Any) -> np.ndarray:
    """Return the matrices that show so much of height and width: below 1 enlarges; float64 (..., 3, 3)."""
    return _matrix([[rows, 0, 0], [0, columns, 0]])


def flip(vertical: Any, horizontal: Any) -> np.ndarray:
    """Return the matrices that exchange top and bottom, left and right, where true; float64 (..., 3, 3)."""
    return zoom(1 - 2 * np.asarray(vertical, dtype=int), 1 - 2 * np.asarray(horizontal, dtype=int))


def centred(matrices: np.ndarray, size: Tuple[int, int]) -> np.ndarray:
    """Return matrices (..., 3, 3) about the centre as matrices of pixel numbers, size (height, width)."""
    rows, columns = ((length - 1) / 2 for length in size)
    return shift(rows, columns) @ matrices @ shift(-rows, -columns)


def warp(image: np.ndarray, matrix: np.ndarray, *, fill: str = "nearest", value: float = 0.0) -> np.ndarray:
    """Return an image (height, width, channels) transformed about its centre; float64 of the same shape.

    Parameters
    ----------
    image : pixels of any dtype.
    matrix : (3, 3), about the centre.
    fill : what lies outside the image: "nearest" repeats its edge, "constant" is `value`.

    Raises
    ------
    ValueError
        If the fill is another one, or the image has no channel axis.
    """
    if fill not in FILLS:
        raise ValueError(f"fill {fill!r} is unknown: use one of {', '.join(FILLS)}")
    if image.ndim != 3:
        raise ValueError(
            f"an image of shape {image.shape} has no channel axis: give (height, width, channels)"
        )
    size = image.shape[:2]
    matrix = centred(matrix, size)
    pixels = np.stack(np.meshgrid(*map(np.arange, size), indexing="ij"))
    places = np.einsum("ij,jhw->ihw", matrix[:2, :2], pixels) + matrix[:2, 2, np.newaxis, np.newaxis]
    places = np.where(np.abs(places - np.rint(places)) < _SNAP, np.rint(places), places)
    inside = [np.clip(place, 0, length - 1) for place, length in zip(places, size)]
    lower = [np.floor(place).astype(int) for place in inside]
    upper = [np.minimum(low + 1, length - 1) for low, length in zip(lower, size)]
    down, right = ((place - low)[..., np.newaxis] for place, low in zip(inside, lower))
    above = image[lower[0], lower[1]] * (1 - right) + image[lower[0], upper[1]] * right
    below = image[upper[0], lower[1]] * (1 - right) + image[upper[0], upper[1]] * right
    result = above * (1 - down) + below * down
    if fill == "constant":
        outside = (places[0] != inside[0]) | (places[1] != inside[1])
        result = np.where(outside[..., np.newaxis], value, result)
    return result


def _matrix(rows: Any) -> np.ndarray:
    """Return the matrices with these two rows, whose entries may be arrays of one shape."""
    entries = np.broadcast_arrays(*(np.asarray(e, dtype=np.float64) for row in rows for e in row))
    top = np.stack(entries, axis=-1).reshape(*entries[0].shape, 2, 3)
    last = np.broadcast_to(np.array([[0.0, 0.0, 1.0]]), (*entries[0].shape, 1, 3))
    return np.concatenate([top, last], axis=-2)
