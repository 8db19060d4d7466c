"""Sheets of panels, and images on them: what the figures of all chapters are drawn on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# This run, the book, and what is naive or actual. Each has a contrast of 3 on light and on dark pages.
BLUE, ORANGE, GREY = "#3b7dd8", "#d95f02", "#7d8791"
BARS = {"facecolor": (BLUE, 0.25), "edgecolor": BLUE}  # crosses stay legible on them
# Inches, 300 pixels: the column of the page. Text of 8.25 points has 11 pixels there.
WIDTH = 3.125
WHITE = 255.0  # the greatest pixel of an image


def panels(
    rows: int, columns: int, *, height: float, width: float | None = None, **shared: Any
) -> tuple[Figure, np.ndarray]:
    """Return a new sheet, a Matplotlib figure, and its panels, an object array (rows, columns) of axes.

    `width` and `height` of a panel are in inches; by default the sheet is as wide as a column of the page.
    `shared` : which panels share their axes, `sharex` and `sharey` as in Matplotlib. Raises
    ModuleNotFoundError if Matplotlib is not installed; its message names the command that installs it.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("matplotlib"):
            raise
        raise ModuleNotFoundError(
            "Matplotlib is not installed: pip install 'workshop[figures]'", name="matplotlib"
        ) from None
    width = WIDTH / columns if width is None else width
    sheet = Figure(figsize=(columns * width, rows * height), layout="constrained")
    return sheet, sheet.subplots(rows, columns, squeeze=False, **shared)


def add_legend(sheet: Figure, columns: int = 2) -> None:
    """Add a legend below the panels; marks with the same label have one entry, the book's come last."""
    from matplotlib.legend_handler import HandlerTuple

    found: dict[str, dict[Any, Any]] = {}
    for panel in sheet.axes:
        for mark, label in zip(*panel.get_legend_handles_labels(), strict=True):
            marker = mark.get_marker() if hasattr(mark, "get_marker") else type(mark)
            found.setdefault(label, {}).setdefault(marker, mark)
    entries = {label: tuple(marks.values()) for label, marks in found.items()}
    labels = sorted(entries, key=lambda label: _is_orange(entries[label][0]))
    sheet.legend(
        [entries[label] for label in labels],
        labels,
        handler_map={tuple: HandlerTuple(ndivide=None)},
        loc="outside lower center",
        ncols=columns,
        frameon=False,
        columnspacing=1.0,
        handlelength=1.6,
        handletextpad=0.5,
    )


def _is_orange(mark: Any) -> bool:
    return hasattr(mark, "get_color") and mark.get_color() == ORANGE


def widen(limits: tuple[float, float], *values: Any) -> tuple[float, float]:
    """Return limits that figures to be compared share, wide enough for the values of this one."""
    known = np.concatenate([np.ravel(np.asarray(each, dtype=np.float64)) for each in values])
    known = known[np.isfinite(known)]
    return float(min([limits[0], *known])), float(max([limits[1], *known]))


def grid(images: Sequence[np.ndarray], columns: int, *, lines: int) -> tuple[Figure, list[Axes]]:
    """Return a sheet and a panel for each image, row by row, at most `columns` a row.

    Panels are as high as the highest image needs under a title of `lines` lines. Raises ValueError if there
    is nothing to draw.
    """
    count = len(images)
    if count < 1:
        raise ValueError("0 images: give at least one")
    columns = min(count, columns)
    width = WIDTH / columns
    height = width * max(len(image) / len(image[0]) for image in images) + 0.25 * lines
    sheet, axes = panels(-(-count // columns), columns, height=height)
    for spare in axes.flat[count:]:
        spare.remove()
    return sheet, list(axes.flat[:count])


def draw_image(panel: Axes, image: np.ndarray, title: str, **text: Any) -> None:
    """Draw an image, pixels 0 to 255 (height, width) or with 1 or 3 channels, without ticks under a title.

    `text` goes to the title. Raises ValueError if the array is not an image.
    """
    shape = np.shape(image)
    if len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] not in (1, 3)):
        raise ValueError(
            f"an array of shape {shape} is not an image: give (height, width) and 1 or 3 channels"
        )
    pixels = np.clip(np.asarray(image, dtype=np.float64) / WHITE, 0, 1)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    panel.imshow(pixels, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    panel.set(xticks=[], yticks=[])
    panel.set_title(title, **text)
