"""Text: Digital images and image classification (chapter 3, page 105, ch03.text01).

Images as arrays: dimensions and kind, and the result of a filter for vertical edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.numerics.convolution2d import windows2d
from workshop.training.backend import tf
from workshop.units import unit

from ._convolution import SOBEL, as_image, feature_map

# the pixels that Figure 3.2 draws for each of the three channels
GRID = (
    (0, 170, 0, 55, 255),
    (170, 0, 255, 100, 55),
    (255, 0, 55, 170, 0),
    (55, 100, 170, 170, 0),
    (55, 170, 255, 100, 55),
)
KINDS = {1: "grayscale", 3: "color"}


@dataclass(frozen=True)
class Description:
    """Height, width and channels of an image, and its kind, `grayscale` or `color`."""

    height: int
    width: int
    channels: int
    kind: str

    @property
    def dimensions(self) -> list[int]:
        """Return height, width and channels."""
        return [self.height, self.width, self.channels]


def describe_image(image: np.ndarray) -> Description:
    """Describe an image (height, width, channels), or a grey one (height, width).

    Source: chapter 3, text on digital images.
    """
    height, width, channels = (*np.shape(image), 1)[:3]
    return Description(height, width, channels, KINDS[channels])


def range_of(dtype: Any) -> tuple[int, int]:
    """Return the smallest and the largest integer, up to 17 bits, that arrays of a dtype can represent."""
    numbers = np.arange(-(2**16), 2**16 + 1)
    unchanged = numbers[numbers.astype(dtype) == numbers]
    return int(unchanged.min()), int(unchanged.max())


def from_file(image: np.ndarray) -> np.ndarray:
    """Return an image (height, width, channels) of uint8 as TensorFlow reads it from a PNG file's bytes."""
    return np.array(tf.image.decode_png(tf.image.encode_png(image)).numpy())


def moved_by(image: np.ndarray, channel: int) -> int:
    """Return the largest change of a colour image's grey levels if one of its channels is inverted."""
    other = image.copy()
    other[..., channel] = 255 - other[..., channel]
    before, after = (np.int64(tf.image.rgb_to_grayscale(one).numpy()) for one in (image, other))
    return int(np.abs(after - before).max())


@dataclass(frozen=True)
class DigitalImages:
    """Results of TensorFlow's readers and converters of images.

    `pixel_range` : smallest and largest value of a pixel of a grey image. `channels` : by kind of image.
    `example_dims` : height, width and channels of an image with the example's size. `figure_3_2_grid` : the
    grey image (height, width) made from a colour image with the figure's grid in each channel.
    `moved_by_channel` : largest change of the grey image if one channel alone is inverted, in grey levels.
    """

    pixel_range: tuple[int, int]
    channels: dict[str, int]
    example_dims: list[int]
    figure_3_2_grid: np.ndarray
    moved_by_channel: list[int]


@unit("ch03.text01", uses="tensorflow")
def digital_images(grid: Sequence[Sequence[int]] = GRID, size: tuple[int, int] = (512, 512)) -> DigitalImages:
    """Put a grid into the channels of a colour image, turn it grey and back, and read images from files.

    Source: chapter 3, text on digital images, Figures 3.2 and 3.3.
    """
    channels = np.stack([np.array(grid, np.uint8)] * 3, axis=-1)
    grey = tf.image.rgb_to_grayscale(channels).numpy()
    coloured = tf.image.grayscale_to_rgb(tf.constant(grey)).numpy()
    described = [describe_image(from_file(image)) for image in (grey, coloured)]
    black = np.zeros((*size, coloured.shape[-1]), np.uint8)
    return DigitalImages(
        pixel_range=range_of(from_file(grey).dtype),
        channels={of.kind: of.channels for of in described},
        example_dims=describe_image(from_file(black)).dimensions,
        figure_3_2_grid=grey[..., 0],
        moved_by_channel=[moved_by(channels, number) for number in range(3)],
    )


@dataclass(frozen=True)
class Strength:
    """Strength |response| of a filter, by the content of its window.

    `kind` : that of the input image. `flat` : strongest where the window has one value. `vertical`,
    `horizontal` : weakest and strongest where it has only a vertical or only a horizontal contour.
    """

    kind: str
    flat: int
    vertical: list[int]
    horizontal: list[int]


@unit("ch03.text01", value="edge_map")
def edge_map(
    kernel: Sequence[Sequence[int]] = SOBEL,
    size: tuple[int, int] = (12, 16),
    rows: tuple[int, int] = (3, 8),
    columns: tuple[int, int] = (4, 12),
    bright: int = 255,
) -> Strength:
    """Run the filter for vertical edges over a bright rectangle on black.

    Source: chapter 3, text on image processing, Figure 3.4.
    """
    image = np.zeros(size, np.int64)
    image[slice(*rows), slice(*columns)] = bright
    strength = np.abs(feature_map(image, kernel))
    windows = windows2d(as_image(image), np.shape(kernel))[0, ..., 0]
    rows_alike = (windows == windows[:, :, :1]).all(axis=(2, 3))
    columns_alike = (windows == windows[:, :, :, :1]).all(axis=(2, 3))
    vertical, horizontal = (
        [int(f(strength[places])) for f in (np.min, np.max)]
        for places in (rows_alike & ~columns_alike, columns_alike & ~rows_alike)
    )
    flat = int(strength[rows_alike & columns_alike].max())
    return Strength(describe_image(image).kind, flat, vertical, horizontal)
