"""Text: Stride (chapter 3, page 114, ch03.text03), and padding and output dimensions (page 115, ch03.text04).

Both by hand on an image of two halves, compared with Keras' layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.chapters.ch03_image_classification.ex01_convolution import Matrix
from workshop.numerics.convolution2d import output_size, pad2d
from workshop.units import unit

from ._convolution import SOBEL, as_image, feature_map, keras_feature_map

DARK, BRIGHT = 0, 200


def halves(left: int, right: int, size: int = 6) -> np.ndarray:
    """Return a square image with one value in its left half and another in its right half."""
    return np.repeat([[left] * (size // 2) + [right] * (size - size // 2)], size, axis=0)


def middle(of_map: np.ndarray) -> np.ndarray:
    """Return the two middle columns of a map, whose windows cover both halves of an image."""
    centre = of_map.shape[1] // 2
    return of_map[:, centre - 1 : centre + 1]


def span(values: np.ndarray) -> list[float]:
    """Return the lowest and the highest value."""
    return [values.min().item(), values.max().item()]


def strongest(values: np.ndarray) -> float:
    """Return the value that is farthest from 0."""
    return values.ravel()[np.abs(values).argmax()].item()


@dataclass(frozen=True)
class Stride:
    """Maps of an image of two halves under the Sobel filter, without padding.

    `sobel_map` : map for bright left and dark right, stride 1. `sobel_middle` : its highest response, and the
    columns that have it in every row. `orientation` : lowest and highest value in the middle of the map, by
    the half on the left. `bigger_stride` : rows and columns of the map by stride.
    """

    sobel_map: np.ndarray
    sobel_middle: dict[str, Any]
    orientation: dict[str, list[float]]
    bigger_stride: dict[int, list[int]]


@unit("ch03.text03")
def slide(
    kernel: Matrix = SOBEL, dark: int = DARK, bright: int = BRIGHT, strides: tuple[int, ...] = (1, 2, 3)
) -> Stride:
    """Slide the filter over the image of two halves, in both orientations, and with larger strides.

    Source: chapter 3, text on stride.
    """
    image = halves(bright, dark)
    found = feature_map(image, kernel)
    return Stride(
        sobel_map=found,
        sobel_middle={
            "response": found.max().item(),
            "columns": [int(c) for c in np.flatnonzero((found == found.max()).all(axis=0))],
        },
        orientation={
            "dark_left": span(middle(feature_map(halves(dark, bright), kernel))),
            "bright_left": span(middle(found)),
        },
        bigger_stride={stride: list(feature_map(image, kernel, stride=stride).shape) for stride in strides},
    )


@dataclass(frozen=True)
class FormulaExample:
    """Height and width of the map by the formula, and the formula's last step."""

    height: int
    width: int
    intermediate: str


@dataclass(frozen=True)
class ZeroPadding:
    """The image of two halves and its map, padded by zeros.

    `by_orientation` : lowest and highest value in the middle of the map and at its left edge, in the rows
    without zeros above or below, by the half on the left. `input_image` : the orientation whose map is higher
    in the middle than at the left edge. `padded_image` and the following fields belong to it.
    `map_left_edge` : the map's first column in those rows, and at the two corners. `low_value_reading` :
    whether a low response there means that there is no pattern: strongest response to images of one value;
    lowest and highest value of the map's first column for padding with zeros (only the rows without zeros
    above or below), with the pixels at the edge, and for none; lowest and highest response to an edge from
    dark to bright.
    """

    input_image: np.ndarray
    by_orientation: dict[str, dict[str, list[float]]]
    padded_image: np.ndarray
    padded_shape: dict[str, list[int]]
    map_shape: list[int]
    map_left_edge: dict[str, list[float]]
    map_full: np.ndarray
    low_value_reading: dict[str, Any]
    formula_example: FormulaExample


@unit("ch03.text04")
def pad(
    kernel: Matrix = SOBEL, dark: int = DARK, bright: int = BRIGHT, around: int = 1, stride: int = 1
) -> ZeroPadding:
    """Pad the image of two halves on every side, in both orientations, and slide the filter over it.

    Source: chapter 3, text on padding, Figures 3.8 to 3.11.
    """
    sides = ((around, around), (around, around))
    images = {"dark_left": halves(dark, bright), "bright_left": halves(bright, dark)}
    maps = {name: feature_map(image, kernel, stride=stride, padding=sides) for name, image in images.items()}
    inner = {name: found[around : len(found) - around] for name, found in maps.items()}
    # the text's description decides between the two: high in the middle, very low on the left edge
    contrast = {name: middle(rows).min() - rows[:, 0].max() for name, rows in inner.items()}
    chosen = max(contrast, key=contrast.__getitem__)
    image, found = images[chosen], maps[chosen]
    padded = pad2d(as_image(image), np.shape(kernel), strides=stride, padding=sides)[0, :, :, 0]
    return ZeroPadding(
        input_image=image,
        by_orientation={
            name: {"middle": span(middle(rows)), "left_edge": span(rows[:, 0])}
            for name, rows in inner.items()
        },
        padded_image=padded,
        padded_shape={"input": list(image.shape), "padded": list(padded.shape)},
        map_shape=list(found.shape),
        map_left_edge={"inner_rows": inner[chosen][:, 0].tolist(), "corners": found[[0, -1], 0].tolist()},
        map_full=found,
        low_value_reading={
            "no_pattern": strongest(
                np.stack([feature_map(halves(flat, flat), kernel) for flat in (dark, bright)])
            ),
            "zeros_around": span(inner[chosen][:, 0]),
            "edge_repeated": span(feature_map(np.pad(image, around, mode="edge"), kernel)[:, 0]),
            "no_padding": span(feature_map(image, kernel)[:, 0]),
            "from_dark_to_bright": span(middle(feature_map(images["dark_left"], kernel))),
        },
        formula_example=FormulaExample(
            *(output_size(size, len(kernel), stride=stride, padding=sides[0]) for size in image.shape),
            intermediate=f"{padded.shape[1] - len(kernel)}/{stride} + 1",
        ),
    )


@unit("ch03.text04", value="result_dims", uses="tensorflow")
def pad_with_keras(
    kernel: Matrix = SOBEL, dark: int = DARK, bright: int = BRIGHT, around: int = 1
) -> list[int]:
    """Pad by Keras' ZeroPadding2D. Returns the shape of the map. Source: chapter 3, text on padding."""
    sides = ((around, around), (around, around))
    return list(keras_feature_map(halves(bright, dark), kernel, padding=sides).shape)
