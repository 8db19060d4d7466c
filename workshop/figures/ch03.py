"""Figures of chapter 3: an image and its feature map, an image and its variants, and images of data sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from workshop.figures.alt_text import size
from workshop.figures.images import real_images
from workshop.figures.model import Images, png
from workshop.figures.registry import Plot, figure
from workshop.wording.numbers import counted, listed, three_digits

real_images("mnist", "ch03.ex02", "ch03.text07")
real_images("fashion_mnist", "ch03.act01")
real_images("cifar10", "ch03.ex04")


@figure(
    "ch03.text04",
    "input_image",
    "map_full",
    title="An image of two halves and its feature map",
    claims=("ch03.text04.low_value_reading",),
)
def feature_map(image: np.ndarray, response: np.ndarray) -> Iterator[Plot]:
    """Draw an image next to the strength of a filter's response to it, dark where there is none.

    The image has pixels 0 to 255 (height, width), or 1 or 3 channels; `response` is (rows, columns), of
    either sign. Raises ValueError if they have other axes.

    Source: chapter 3, text on image processing, Figure 3.4.
    """
    if np.ndim(response) != 2:
        raise ValueError(f"a response of shape {np.shape(response)} is not a map: give (rows, columns)")
    strength = np.abs(response)
    columns = np.flatnonzero((strength == strength.max()).any(axis=0)) + 1
    alt = (
        f"An image of {size(image)} pixels, and its map of {size(response)}. The response is strongest, "
        f"{strength.max():.4g}, in {'column' if len(columns) == 1 else 'columns'} {listed(columns)} from the "
        "left."
    )
    shown = strength * (255 / (strength.max() or 1))
    note = f"black 0, white {strength.max():.4g}"
    yield "", alt, (Images((("Image", png(image), ""), ("Strength of the response", png(shown), note))),), ""


@figure("ch03.text09", "variants", title="An image and its variants")
def variants(images: Mapping[str, np.ndarray]) -> Iterator[Plot]:
    """Draw an image and its variants, each under its name.

    Images have pixels 0 to 255 (height, width), or 1 or 3 channels; the first is the original. Raises
    ValueError if there is none, or one has other axes.

    Source: chapter 3, text on data augmentation, Figures 3.20 to 3.26.
    """
    if not images:
        raise ValueError("0 images: give at least one")
    (name, original), *others = images.items()
    moved = {
        other: np.abs(np.float64(image) - original).mean()
        for other, image in others
        if image.shape == original.shape
    }
    alt = f"The {name}, {size(original)} pixels, and {counted(len(others), 'variant')}."
    if moved:
        least, most = (choose(moved, key=lambda other: moved[other]) for choose in (min, max))
        alt += (
            f" Pixels differ least in the {least}, by {three_digits(moved[least])} grey levels on average, "
            f"and most in the {most}, by {three_digits(moved[most])}."
        )
    yield "", alt, (Images(tuple((name, png(image), "") for name, image in images.items())),), ""
