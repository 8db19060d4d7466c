"""Affine transformations of images as matrices, for data augmentation.

A matrix maps a pixel of the result to the point of the image that its value comes from, both as
(row, column, 1) about the image's centre. So matrices are multiplied in the order of their effects:
`rotation @ shift` turns the image and then moves it.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def rotation(degrees: Any) -> np.ndarray:
    """Return the matrices that turn an image by degrees (...), clockwise if positive; float64 (..., 3, 3)."""
    angle = np.deg2rad(degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    return _matrix([[cos, -sin, 0], [sin, cos, 0]])


def shift(rows: Any, columns: Any) -> np.ndarray:
    """Return the matrices that move an image up and left by pixels (...); float64 (..., 3, 3)."""
    return _matrix([[1, 0, rows], [0, 1, columns]])


def shear(degrees: Any) -> np.ndarray:
    """Return the matrices that slant vertical lines by degrees (...), as Keras does; float64 (..., 3, 3).

    Horizontal lines stay horizontal; for positive degrees the top leans to the left. (Keras slanted
    horizontal lines instead, at least up to TensorFlow 2.1.)
    """
    angle = np.deg2rad(degrees)
    return _matrix([[np.cos(angle), 0, 0], [-np.sin(angle), 1, 0]])


def zoom(rows: Any, columns: Any) -> np.ndarray:
    """Return the matrices that show these shares of height and width; float64 (..., 3, 3).

    A share below 1 enlarges the image.
    """
    return _matrix([[rows, 0, 0], [0, columns, 0]])


def flip(vertical: Any, horizontal: Any) -> np.ndarray:
    """Return the matrices that swap top and bottom, or left and right, where true; float64 (..., 3, 3)."""
    return zoom(1 - 2 * np.asarray(vertical, dtype=int), 1 - 2 * np.asarray(horizontal, dtype=int))


def centred(matrices: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return matrices (..., 3, 3) about the centre of an image (height, width) in pixel numbers."""
    rows, columns = ((length - 1) / 2 for length in size)
    return shift(rows, columns) @ matrices @ shift(-rows, -columns)


def _matrix(rows: Any) -> np.ndarray:
    """Return the matrices with these two rows, whose entries may be arrays of the same shape."""
    entries = np.broadcast_arrays(*(np.asarray(e, dtype=np.float64) for row in rows for e in row))
    top = np.stack(entries, axis=-1).reshape(*entries[0].shape, 2, 3)
    last = np.broadcast_to(np.array([[0.0, 0.0, 1.0]]), (*entries[0].shape, 1, 3))
    return np.concatenate([top, last], axis=-2)
