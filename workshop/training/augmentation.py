"""Data augmentation like Keras' `ImageDataGenerator`: random affine variants of images.

NumPy draws the variants in advance as matrices, so that a seed gives the same ones on every TensorFlow. The
input pipeline then transforms the images batch by batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.numerics.transforms import centred, flip, rotation, shear, shift, zoom
from workshop.training.backend import tf

FILLS = ("nearest", "constant")


@dataclass(frozen=True)
class Augmentation:
    """The ranges of random variants, and what fills the pixels that come from outside the image.

    `rotation_range` and `shear_range` are degrees in both directions; `width_shift_range` and
    `height_shift_range` are shares of the size in both directions. `zoom_range` is a share, drawn separately
    for height and width. Flips concern half of the images. The names are those of Keras.
    Source: chapter 3, text on data augmentation.
    """

    rotation_range: float = 0.0
    width_shift_range: float = 0.0
    height_shift_range: float = 0.0
    shear_range: float = 0.0
    zoom_range: float = 0.0
    horizontal_flip: bool = False
    vertical_flip: bool = False
    fill_mode: str = "nearest"

    def __post_init__(self) -> None:
        if self.fill_mode not in FILLS:
            raise ValueError(f"fill_mode {self.fill_mode!r} is unknown: use one of {', '.join(FILLS)}")

    def draw(self, rng: np.random.Generator, count: tuple[int, ...], size: tuple[int, int]) -> np.ndarray:
        """Draw variants of images (height, width) as matrices of pixel numbers; float32 (*count, 2, 3).

        Each variant is turned, moved, slanted, zoomed and flipped, in this order.
        """

        def between(limit: float, middle: float = 0.0) -> np.ndarray:
            return rng.uniform(middle - limit, middle + limit, size=count)

        turned = rotation(between(self.rotation_range))
        moved = shift(between(self.height_shift_range * size[0]), between(self.width_shift_range * size[1]))
        slanted = shear(between(self.shear_range))
        zoomed = zoom(between(self.zoom_range, 1.0), between(self.zoom_range, 1.0))
        flipped = flip(
            (rng.uniform(size=count) < 0.5) & self.vertical_flip,
            (rng.uniform(size=count) < 0.5) & self.horizontal_flip,
        )
        return centred(turned @ moved @ slanted @ zoomed @ flipped, size)[..., :2, :].astype(np.float32)


def transformed(images: Any, variants: Any, fill_mode: str = "nearest") -> Any:
    """Return images (n, height, width, channels) transformed by matrices (n, 2, 3), interpolated linearly.

    Both are float tensors; "constant" fills with 0. Keras' own generator gives the same values.
    """
    n, height, width, channels = images.shape
    rows, columns = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    pixels = np.stack([rows.ravel(), columns.ravel(), np.ones(height * width)]).astype(np.float32)
    places = tf.tensordot(variants, tf.constant(pixels), axes=1)
    inside = [tf.clip_by_value(places[:, axis], 0.0, float((height, width)[axis] - 1)) for axis in (0, 1)]
    lower = [tf.floor(place) for place in inside]
    down, right = ((place - low)[..., tf.newaxis] for place, low in zip(inside, lower))
    top, left = (tf.cast(low, tf.int32) for low in lower)
    bottom, next_ = tf.minimum(top + 1, height - 1), tf.minimum(left + 1, width - 1)
    first = tf.range(n)[:, tf.newaxis] * (height * width)
    flat = tf.reshape(images, [n * height * width, channels])

    def at(row: Any, column: Any) -> Any:
        return tf.gather(flat, first + row * width + column)

    above = at(top, left) * (1 - right) + at(top, next_) * right
    below = at(bottom, left) * (1 - right) + at(bottom, next_) * right
    values = above * (1 - down) + below * down
    if fill_mode == "constant":
        from_image = tf.reduce_all([tf.equal(places[:, axis], inside[axis]) for axis in (0, 1)], axis=0)
        values = values * tf.cast(from_image, values.dtype)[..., tf.newaxis]
    return tf.reshape(values, [n, height, width, channels])
