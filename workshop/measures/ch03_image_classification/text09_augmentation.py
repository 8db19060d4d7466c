"""Text: Data Augmentation (chapter 3, page 135, ch03.text09).

Seven transformations of one picture, the number of variants that they make, and their cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable

import numpy as np

from workshop.numerics.transforms import centred, flip, rotation, shear, shift, zoom
from workshop.training.augmentation import Augmentation, transformed
from workshop.training.backend import keras, tf
from workshop.training.pipelines import Pipeline, batches
from workshop.units import unit

from ._convolution import distance

SIZE = (40, 60)
# the arguments of ImageDataGenerator in the text's order of the transformations
OPTIONS = (
    *("horizontal_flip", "vertical_flip", "zoom_range", "width_shift_range", "height_shift_range"),
    *("rotation_range", "shear_range"),
)
SEVEN = Augmentation(
    rotation_range=40.0,
    width_shift_range=0.2,
    height_shift_range=0.2,
    shear_range=20.0,
    zoom_range=0.3,
    horizontal_flip=True,
    vertical_flip=True,
)


def picture(height: int, width: int) -> np.ndarray:
    """Return an F on colours that change across and downward, so every flip, turn or shift changes it.

    uint8 (height, width, 3), without black pixels.
    """
    image = np.empty((height, width, 3), dtype=np.uint8)
    image[..., 0] = np.linspace(40, 240, width).round()
    image[..., 1] = np.linspace(40, 240, height).round()[:, np.newaxis]
    image[..., 2] = 40
    letter = image[..., 2]
    top, left, stroke = height // 5, width // 5, height // 8
    letter[top : height - top, left : left + stroke] = 255
    letter[top : top + stroke, left : left + 4 * stroke] = 255
    letter[top + 2 * stroke : top + 3 * stroke, left : left + 3 * stroke] = 255
    return image


def variant(image: np.ndarray, matrix: np.ndarray, fill_mode: str = "constant") -> np.ndarray:
    """Transform an image (height, width, channels) by a matrix (3, 3) about its centre; float32."""
    return variants_of(image, centred(matrix, image.shape[:2])[np.newaxis, :2], fill_mode)[0]


def variants_of(image: np.ndarray, places: np.ndarray, fill_mode: str) -> np.ndarray:
    """Transform an image by matrices of pixel numbers (n, 2, 3), as pipelines do; float32 (n, *shape)."""
    copies = np.repeat(image[np.newaxis], len(places), axis=0)
    with tf.device("CPU:0"):  # where pipelines run; a GPU may round factors of a product
        return np.array(
            transformed(tf.constant(copies, tf.float32), tf.constant(places, tf.float32), fill_mode).numpy()
        )


@dataclass(frozen=True)
class Transformations:
    """Effects of the transformations on a picture. Distances are the largest of any pixel, in grey levels.

    `horizontal_flip`, `vertical_flip` : distance from the picture read backward, and distance of two flips
    from the picture. `horizontal_shift`, `vertical_shift` : width of the black stripe at the left or at the
    bottom as a share of the axis, distance of the remaining picture from the original part, and distance of a
    stripe filled with neighbouring pixels from the picture's edge.
    `zoom` : the variant's `shape`, and by axis the `growth` of a centred square, the pixels by which its
    centre moves, and the share that stays in view.
    `shear` : of an upright bar, the columns by which a row's centre differs from that of the row above
    (`step`), the largest change of this step (`bend`), and the difference of the rows' widths; and the
    corners of the image that become black.
    `rotation` : distance from NumPy's quarter turn. `variants` : the picture and its variants, float32
    (height, width, 3), by name.
    """

    horizontal_flip: dict[str, float]
    vertical_flip: dict[str, float]
    zoom: dict[str, Any]
    horizontal_shift: dict[str, float]
    vertical_shift: dict[str, float]
    rotation: float
    shear: dict[str, Any]
    variants: dict[str, np.ndarray]


@unit("ch03.text09", uses="tensorflow")
def transformations(
    size: tuple[int, int] = SIZE,
    shown: float = 0.5,
    moved: float = 0.2,
    turned: float = 90,
    slanted: float = -20,
) -> Transformations:
    """Flip, zoom, move, turn and slant a picture, and measure the results.

    Parameters
    ----------
    size : height and width of the picture.
    shown : share of height and width that the zoom shows.
    moved : share of width and height by which the shifts move the picture, to the right and upward.
    turned, slanted : degrees clockwise, and to the left.

    Source: chapter 3, text on data augmentation, figures 3.20 to 3.26.
    """
    image = picture(*size)
    height, width = size
    to_the_right, upward = shift(0, -moved * width), shift(moved * height, 0)
    left_right, top_bottom = flip(False, True), flip(True, False)
    square = image[:, :height]
    return Transformations(
        horizontal_flip=flipped(image, left_right, image[:, ::-1]),
        vertical_flip=flipped(image, top_bottom, image[::-1]),
        zoom=zoomed(image, zoom(shown, shown)),
        horizontal_shift=stripe(image, to_the_right, lambda pixels: pixels),
        vertical_shift=stripe(image, upward, lambda pixels: pixels[::-1].swapaxes(0, 1)),
        rotation=distance(variant(square, rotation(turned), "nearest"), np.rot90(square, -1)),
        shear=parallelogram(image, shear(slanted)),
        variants={
            "original": image.astype(np.float32),
            "horizontal flip": variant(image, left_right),
            "vertical flip": variant(image, top_bottom),
            "zoom": variant(image, zoom(shown, shown)),
            "horizontal shift": variant(image, to_the_right),
            "vertical shift": variant(image, upward),
            "rotation": variant(image, rotation(turned)),
            "shear": variant(image, shear(slanted)),
        },
    )


def flipped(image: np.ndarray, matrix: np.ndarray, backward: np.ndarray) -> dict[str, float]:
    """Return the distances of a flip from the image read backward, and of two flips from the image."""
    once = variant(image, matrix)
    return {"mirrored": distance(once, backward), "twice": distance(variant(once, matrix), image)}


def zoomed(image: np.ndarray, matrix: np.ndarray) -> dict[str, Any]:
    """Return the shape of an image's variant, and the zoom's effect on a centred square and on the view."""
    size = image.shape[:2]
    side = min(size) // 4
    square = np.zeros((*size, 1))
    square[tuple(slice((length - side) // 2, (length + side) // 2) for length in size)] = 255.0
    grown, visible = variant(square, matrix), variant(np.moveaxis(np.indices(size), 0, -1), matrix)
    growth, moved, in_view = [], [], []
    for axis, length in enumerate(size):
        # the brightest pixels of the rows or of the columns
        before, after = (part.max(axis=(1 - axis, 2)) for part in (square, np.float64(grown)))
        centres = [float(part @ np.arange(length) / part.sum()) for part in (before, after)]
        growth.append(float(after.sum() / before.sum()))
        moved.append(centres[1] - centres[0])
        in_view.append(float(np.ptp(visible[..., axis]) / (length - 1)))
    return {
        "shape": list(variant(image, matrix).shape),
        "growth": growth,
        "centre_moved": moved,
        "in_view": in_view,
    }


def stripe(
    image: np.ndarray, matrix: np.ndarray, view: Callable[[np.ndarray], np.ndarray]
) -> dict[str, float]:
    """Return the width of the black stripe after a shift, and distances of the rest and of a filled stripe.

    `view` turns images so that the stripe is at the left.
    """
    before, black, filled = (
        view(part) for part in (image, variant(image, matrix, "constant"), variant(image, matrix, "nearest"))
    )
    lit = black.any(axis=(0, 2))
    wide = int(np.argmax(lit))
    rest = before.shape[1] - wide
    return {
        "stripe": wide / before.shape[1],
        "rest_moved": distance(black[:, wide:], before[:, :rest]),
        "edge_repeated": distance(filled[:, :wide], np.repeat(before[:, :1], wide, axis=1)),
    }


def parallelogram(image: np.ndarray, matrix: np.ndarray) -> dict[str, Any]:
    """Return the slant of an upright bar, and the corners of an image without black that become black."""
    height, width = image.shape[:2]
    bar = np.zeros((height, width, 1))
    bar[:, width // 3 : -(width // 3)] = 1.0
    rows = np.float64(variant(bar, matrix)[..., 0])
    steps = np.diff(rows @ np.arange(width) / rows.sum(axis=1))
    slanted = variant(image, matrix)
    corners = {
        f"{upper} {left}": not slanted[row, column].any()
        for row, upper in ((0, "upper"), (-1, "lower"))
        for column, left in ((0, "left"), (-1, "right"))
    }
    return {
        "step": float(steps.mean()),
        "bend": float(np.abs(np.diff(steps)).max()),
        "width_differs": float(np.ptp(rows.sum(axis=1))),
        "black_corners": [name for name, black in corners.items() if black],
    }


@unit("ch03.text09", value="multiplier", uses="tensorflow")
def many_variants(images: int = 6, per_image: int = 10, size: tuple[int, int] = SIZE) -> dict[str, float]:
    """Make variants of every image with all seven transformations, and count them.

    Returns the number of variants, and of different ones among them, by the number of images. Source: chapter
    3, text on data augmentation.
    """
    stored = pictures(images, size)
    drawn = SEVEN.draw(np.random.default_rng(3), (images, per_image), size)
    made = np.concatenate([variants_of(image, own, SEVEN.fill_mode) for image, own in zip(stored, drawn)])
    different = np.unique(made.reshape(len(made), -1), axis=0)
    return {"made": len(made) / images, "different": len(different) / images}


def pictures(images: int, size: tuple[int, int]) -> np.ndarray:
    """Return pictures, each rolled one pixel further than the last; uint8 (n, height, width, 3)."""
    return np.stack([np.roll(picture(*size), number, axis=1) for number in range(images)])


@unit("ch03.text09", value="generator_options", uses="tensorflow")
def generator_options(draws: int = 8, size: tuple[int, int] = SIZE) -> list[str]:
    """Give each transformation alone to Keras' ImageDataGenerator.

    Returns the options with which it changes a picture. Source: chapter 3, text on data augmentation.
    """
    image = picture(*size).astype(np.float32)
    options = {name: getattr(SEVEN, name) for name in OPTIONS}
    return [name for name, value in options.items() if changes(image, draws, **{name: value})]


def changes(image: np.ndarray, draws: int, **options: Any) -> bool:
    """Return whether a generator with these options changes an image in some of its draws."""
    generator = keras.preprocessing.image.ImageDataGenerator(**options)
    return any(distance(generator.random_transform(image, seed), image) > 1 for seed in range(draws))


@dataclass(frozen=True)
class PassTimes:
    """Times of passes over the same images, some augmented, the others only rescaled.

    `ratios` : time of the fastest augmented pass divided by that of each other pass, fastest first.
    `typical` : median time of the augmented passes divided by that of the others. `images` : number of images
    in a pass of each kind.
    """

    ratios: list[float]
    typical: float
    images: dict[str, int]


@unit("ch03.text09", uses="tensorflow")
def pass_times(
    clock: Callable[[], float],
    pairs: int = 24,
    images: int = 64,
    batch_size: int = 16,
    size: tuple[int, int] = SIZE,
) -> PassTimes:
    """Time passes over the same batches in pairs, one only rescaled, one with the seven transformations.

    Source: chapter 3, text on data augmentation.
    """
    stored, labels = pictures(images, size), np.arange(images)
    order = np.random.default_rng(5).permutation(images).astype(np.int32)[np.newaxis]
    variants = SEVEN.draw(np.random.default_rng(6), order.shape, size)
    pipelines = {
        "rescaled": Pipeline(stored, labels, order),
        "augmented": Pipeline(stored, labels, order, variants, SEVEN.fill_mode),
    }
    passes = {
        name: batches(*whole.tensors(0), batch_size=batch_size, fill_mode=whole.fill_mode)
        for name, whole in pipelines.items()
    }
    # the first passes build what later ones reuse, so they only count the images and are not timed
    counted = {name: sum(len(labels.numpy()) for _, labels in batch) for name, batch in passes.items()}
    seconds: dict[str, list[float]] = {name: [] for name in passes}
    for number in range(pairs):
        for name in sorted(passes, reverse=number % 2 == 1):  # the first one alternates
            begin = clock()
            for _ in passes[name]:
                pass
            seconds[name].append(clock() - begin)
    # other work only slows passes down, so the fastest of each kind are the least disturbed
    fastest = min(seconds["augmented"])
    return PassTimes(
        ratios=[fastest / other for other in sorted(seconds["rescaled"])],
        typical=float(np.median(seconds["augmented"]) / np.median(seconds["rescaled"])),
        images=counted,
    )
