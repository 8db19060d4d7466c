"""Figures of chapter 3: an image and its feature map, photographs and their variants, images of data sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workshop.figures.images import real_images
from workshop.figures.model import Chart, Images, Look, Marks, jpeg, png, sheet, size
from workshop.figures.registry import Plot, figure
from workshop.numerics.transforms import centred, flip, rotation, shear, shift, zoom
from workshop.wording.numbers import counted, listed, three_digits

real_images("mnist", "ch03.ex02", "ch03.text07")
real_images("fashion_mnist", "ch03.act01")
real_images("cifar10", "ch03.ex04")
_SIDE = 52  # pixels of a small photograph
_SHOWN = 10  # of them


@figure(
    "ch03.text04",
    "input_image",
    "map_full",
    title="An image of two halves and its feature map",
    claims=("ch03.text04.low_value_reading",),
)
def feature_map(image: np.ndarray, response: np.ndarray) -> Plot:
    """Draw an image next to the strength of a filter's response to it, dark where there is none.

    The image has pixels 0 to 255 (height, width), or 1 or 3 channels; `response` is (rows, columns), of
    either sign.

    Source: chapter 3, text on image processing, Figure 3.4.
    """
    strength = np.abs(response)
    columns = np.flatnonzero((strength == strength.max()).any(axis=0)) + 1
    alt = (
        f"An image of {size(image)} pixels, and its map of {size(response)}. The response is strongest, "
        f"{strength.max():.4g}, in {'column' if len(columns) == 1 else 'columns'} {listed(columns)} from the "
        "left."
    )
    shown = strength * (255 / (strength.max() or 1))
    note = f"black 0, white {strength.max():.4g}"
    return alt, (Images((("Image", png(image), ""), ("Strength of the response", png(shown), note))),), ""


@figure("ch03.text09", "variants", title="An image and its variants")
def variants(images: Mapping[str, np.ndarray]) -> Plot:
    """Draw an image and its variants, each under its name.

    Images have pixels 0 to 255 (height, width), or 1 or 3 channels; the first is the original.

    Source: chapter 3, text on data augmentation, Figures 3.20 to 3.26.
    """
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
    return alt, (Images(tuple((name, png(image), "") for name, image in images.items())),), ""


@figure(
    "ch03.ex03",
    title="The printed validation log",
    claims=("ch03.ex03.val_accuracy", "ch03.ex03.train_accuracy"),
    printed=("ch03.ex03.val_accuracy", *(f"ch03.ex03.epoch{epoch}" for epoch in range(1, 6))),
    later=True,
)
def column_mistaken(printed: Any) -> Plot:
    """Draw the printed validation loss and accuracy by epoch, and what the text calls the accuracy.

    Source: chapter 3, exercise 3.03, Figure 3.19.
    """
    (stated, *lines), marks, ends = printed, list[Marks](), list[str]()
    looks: dict[str, Look] = {"loss": "naive", "accuracy": "actual"}
    for name, look in looks.items():
        curve = [(float(n), line[f"val_{name}"]) for n, line in enumerate(lines, 1) if f"val_{name}" in line]
        ends.append(f"{name} {curve[-1][1]}")
        marks.append(Marks(look, *zip(*curve, strict=True), f"{name} in the log", ends[-1]))
    marks.append(Marks("book", (5.0,), (stated,), "accuracy in the text"))
    alt = f"The printed log ends with the validation {listed(ends)}. The text calls {stated} the accuracy."
    return alt, (Chart(tuple(marks), "Validation by epoch", "epoch"),), ""


@figure(
    "ch03.ex03",
    title="Cats and dogs: training photographs",
    of_own="Training photographs",
    data=("cats_and_dogs_filtered",),
    later=True,
)
@figure(
    "ch03.act02",
    title="Fruit: training photographs",
    of_own="Training photographs",
    data=("fruits360",),
    later=True,
)
def photographs(archive: Any) -> Plot:
    """Draw the first photographs of the first ten classes, or of two classes five each, in small copies.

    Source: chapter 3, exercise 3.03 and activity 3.02.
    """
    folders = [*next(iter(archive.members.values())).items()][:_SHOWN]
    names = [name for _, members in folders for name in members[: _SHOWN // len(folders)]]
    classes = [label.removesuffix("s") if len(folders) == 2 else label for label, _ in folders]
    pixels = np.stack([*archive.images(names, (_SIDE, _SIDE))])
    alt = f"{len(names)} training photographs in copies of {_SIDE} × {_SIDE} pixels: {listed(classes)}."
    return alt, (Images((("", jpeg(sheet(pixels)), f"First of each class: {listed(classes)}"),)),), ""


@figure("ch03.text09", title="A photograph and its variants", data=("cats_and_dogs_filtered",), later=True)
@figure("ch03.act02", title="A photograph and its variants", data=("fruits360",), later=True)
def augmented(archive: Any) -> Plot:
    """Draw a photograph as the generators of the chapter change it: flipped, zoomed, moved, turned, slanted.

    What comes from outside the photograph is like its nearest pixel.

    Source: chapter 3, text on data augmentation, Figures 3.20 to 3.26.
    """
    first = next(iter(next(iter(archive.members.values())).values()))[0]
    (image,) = archive.images([first], (_SIDE, _SIDE))
    changes = {
        "original": np.eye(3), "horizontal flip": flip(False, True), "vertical flip": flip(True, False),
        "zoom": zoom(0.6, 0.6), "horizontal shift": shift(0, -0.2 * _SIDE),
        "vertical shift": shift(-0.2 * _SIDE, 0), "rotation by 40°": rotation(40), "shear by 20°": shear(20),
    }  # fmt: skip
    places = np.stack([*np.meshgrid(*[np.arange(_SIDE)] * 2, indexing="ij"), np.ones((_SIDE, _SIDE))])
    shown = []
    for name, change in changes.items():
        from_where = np.tensordot(centred(change, image.shape[:2])[:2], places, 1).round().astype(int)
        rows, columns = from_where.clip(0, _SIDE - 1)
        shown.append((name, jpeg(image[rows, columns]), ""))
    name = first.rpartition("/")[2]
    alt = f"A training photograph, {name}, and {len(shown) - 1} variants: {listed([*changes][1:])}."
    return alt, (Images(tuple(shown)),), ""
