"""Sheets of panels, and images on them: what the figures of all chapters are drawn on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE = "#1f5fa8", "#d95f02"
WHITE = 255.0  # the greatest pixel of an image


def panels(rows: int, columns: int, *, width: float, height: float) -> tuple[Figure, np.ndarray]:
    """Return a new sheet, a Matplotlib figure, and its panels, an object array (rows, columns) of axes.

    `width` and `height` of a panel are in inches. Raises ModuleNotFoundError if Matplotlib is not installed;
    its message names the command that installs it.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("matplotlib"):
            raise
        raise ModuleNotFoundError(
            "Matplotlib is not installed: pip install 'workshop[figures]'", name="matplotlib"
        ) from None
    sheet = Figure(figsize=(columns * width, rows * height), layout="constrained")
    return sheet, sheet.subplots(rows, columns, squeeze=False)


def grid(
    images: Sequence[np.ndarray], columns: int, *, width: float, lines: int
) -> tuple[Figure, list[Axes]]:
    """Return a sheet and a panel for each image, row by row, at most `columns` a row.

    Panels are `width` inches wide and as high as the highest image needs under a title of so many lines.
    Raises ValueError if there is nothing to draw.
    """
    count = len(images)
    if count < 1:
        raise ValueError("0 images: give at least one")
    columns = min(count, columns)
    height = width * max(len(image) / len(image[0]) for image in images) + 0.25 * lines
    sheet, axes = panels(-(-count // columns), columns, width=width, height=height)
    for spare in axes.flat[count:]:
        spare.remove()
    return sheet, list(axes.flat[:count])


def draw_image(panel: Axes, image: np.ndarray, title: str, **text: Any) -> None:
    """Draw an image, pixels 0 to 255 (height, width) or with 1 or 3 channels, without ticks under a title.

    `text` goes to the title. Raises ValueError if the array is no image.
    """
    shape = np.shape(image)
    if len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] not in (1, 3)):
        raise ValueError(f"an array of shape {shape} is no image: give (height, width) and 1 or 3 channels")
    pixels = np.clip(np.asarray(image, dtype=np.float64) / WHITE, 0, 1)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    panel.imshow(pixels, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    panel.set(xticks=[], yticks=[])
    panel.set_title(title, **text)
