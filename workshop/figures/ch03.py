"""Figures of chapter 3: feature maps, augmented samples, predictions; training curves lie in `curves`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workshop.figures.panels import draw_image, grid, panels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure

WRONG = "#b2182b"


def feature_map(image: np.ndarray, response: np.ndarray, *, title: str = "") -> Figure:
    """Return an image beside the strength of a filter's response to it, dark where there is none.

    Parameters
    ----------
    image : pixels 0 to 255 (height, width) or with 1 or 3 channels.
    response : (rows, columns), of either sign; its absolute value is drawn.
    title : above both panels, if any.

    Source: chapter 3, text on image processing, Figure 3.4.
    """
    if np.ndim(response) != 2:
        raise ValueError(f"a response of shape {np.shape(response)} is no map: give (rows, columns)")
    figure, ((left, right),) = panels(1, 2, width=2.6, height=2.3, title=title)
    draw_image(left, image, "image")
    strength = right.imshow(np.abs(response), cmap="gray", vmin=0, interpolation="nearest")
    right.set(xticks=[], yticks=[], title="feature map")
    figure.colorbar(strength, ax=right, label="strength |response| (grey levels)", shrink=0.8)
    return figure


def augmented_samples(variants: Mapping[str, np.ndarray], *, columns: int = 4, title: str = "") -> Figure:
    """Return an image and its variants, each under its name, row by row.

    Parameters
    ----------
    variants : pixels 0 to 255 (height, width) or with 1 or 3 channels, by name, in the order drawn.
    columns : images a row.
    title : above all images, if any.

    Source: chapter 3, text on data augmentation, Figures 3.20 to 3.26.
    """
    figure, axes = grid([*variants.values()], columns, width=2.2, lines=1, title=title)
    for panel, (name, image) in zip(axes, variants.items(), strict=True):
        draw_image(panel, image, name, fontsize=10)
    return figure


def predictions(
    images: np.ndarray,
    predicted: Sequence[int],
    true: Sequence[int],
    class_names: Sequence[str],
    *,
    columns: int = 5,
    title: str = "",
) -> Figure:
    """Return images, each under its predicted class; wrong ones are framed, with the true class below.

    Parameters
    ----------
    images : pixels 0 to 255 (n, height, width, channels), 1 or 3 channels.
    predicted, true : class numbers, (n,).
    class_names : by class number.
    columns : images a row.
    title : above all images, if any.

    Raises
    ------
    ValueError
        If there are not as many classes as images, or a class has no name.
    """
    if not len(images) == len(predicted) == len(true):
        raise ValueError(
            f"{len(predicted)} predicted and {len(true)} true classes of {len(images)} images: give one each"
        )
    numbers = [*map(int, predicted), *map(int, true)]
    nameless = sorted({number for number in numbers if not 0 <= number < len(class_names)})
    if nameless:
        raise ValueError(f"class {nameless[0]} has no name among {len(class_names)}: give one for each class")
    figure, axes = grid(images, columns, width=1.8, lines=2, title=title)
    for panel, image, found, is_ in zip(axes, images, predicted, true, strict=True):
        name, other = class_names[int(found)], class_names[int(is_)]
        if int(found) == int(is_):
            draw_image(panel, image, name, fontsize=10)
            continue
        draw_image(panel, image, f"✗ {name}\nis {other}", fontsize=10, color=WRONG, fontweight="bold")
        for spine in panel.spines.values():
            spine.set(color=WRONG, linewidth=2.5)
    return figure
