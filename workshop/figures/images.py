"""Images of data sets, which several chapters show."""

from __future__ import annotations

from typing import Any

import numpy as np

from workshop.figures.model import Images, jpeg, png, sheet
from workshop.figures.registry import Plot, figure

COLUMNS = 10  # of a sheet: two rows of ten
_WHAT = {"mnist": "Handwritten digits", "fashion_mnist": "Articles of clothing", "cifar10": "Photographs"}


def real_images(data: str, *units: str, later: bool = True) -> None:
    """Register the first training images of a data set as a figure of units, by default their last one."""
    for unit in units:
        title, of_own = f"{_WHAT[data]}: the first training images", "The first training images"
        figure(unit, title=title, of_own=of_own, data=(data,), later=later)(first_images)


def first_images(data: Any) -> Plot:
    """Draw the first 20 training images, with the label of each in words."""
    images, labels = data.x_train[: 2 * COLUMNS], np.ravel(data.y_train[: 2 * COLUMNS])
    height, width = images.shape[1:3]
    listed = ", ".join(map(str, labels))
    alt = f"The first {len(images)} images, {height} × {width} pixels, with the labels {listed}."
    grey = images.ndim == 3
    file = png(sheet(255 - images, COLUMNS)) if grey else jpeg(sheet(images, COLUMNS))
    return alt, (Images((("", file, f"Labels: {' '.join(map(str, labels))}"),)),), ""
