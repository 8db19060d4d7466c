"""Figures of chapter 7: the sine, points and images that generators make, and what discriminators say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workshop.figures.panels import grid, panels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

COLUMNS = 5  # and rows of a sheet of images
# told apart without colours, too
REAL = {"color": "red", "marker": "o", "label": "real"}
FAKE = {"color": "blue", "marker": "x", "label": "fake"}
TOGETHER = {"color": "black", "linestyle": "-", "linewidth": 2, "label": "real and fake together"}
REAL_ALONE = {"color": "red", "linestyle": "--", "label": "real alone"}
FAKE_ALONE = {"color": "blue", "linestyle": ":", "label": "fake alone"}


def sine_curve(x: np.ndarray, y: np.ndarray) -> Figure:
    """Return the second feature of the real data over the first, a line.

    Parameters
    ----------
    x, y : the points from left to right, (n,) each.

    Raises
    ------
    ValueError
        If they are not equally long.

    Source: chapter 7, exercise 7.01, Figure 7.5.
    """
    if np.ndim(x) != 1 or np.shape(x) != np.shape(y):
        raise ValueError(f"{np.shape(x)} and {np.shape(y)} are no curve: give one y for each x")
    figure, ((panel,),) = panels(1, 1, width=5.0, height=3.6)
    panel.plot(x, y)
    panel.set(xlabel="Data Distribution", ylabel="Sine of data distribution")
    return figure


def sine_scatter(real: np.ndarray | None, fake: np.ndarray, *, title: str = "") -> Figure:
    """Return generated points, blue, and real ones, red.

    Parameters
    ----------
    real, fake : points (n, 2) each; without real ones, None, the fake ones stand alone.
    title : above the panel, if any.

    Raises
    ------
    ValueError
        If something else than points is given.

    Source: chapter 7, exercises 7.02 and 7.04.
    """
    figure, ((panel,),) = panels(1, 1, width=5.0, height=3.6, title=title)
    for points, style in ((real, REAL), (fake, FAKE)):
        if points is None:
            continue
        if np.ndim(points) != 2 or np.shape(points)[1] != 2:
            raise ValueError(f"an array of shape {np.shape(points)} holds no points: give (n, 2)")
        panel.scatter(*np.transpose(points), s=14, linewidths=1, **style)
    panel.set(xlabel="Feature 1 of the distribution", ylabel="Feature 2 of the distribution")
    panel.legend()
    return figure


def image_grid(images: np.ndarray, *, title: str = "") -> Figure:
    """Return the first 25 images in five rows, −1 white and 1 black, without axes.

    Parameters
    ----------
    images : values −1 to 1 (n, height, width) or with one channel, 25 or more.
    title : above all images, if any.

    Raises
    ------
    ValueError
        If there are fewer, or they have other axes.

    Source: chapter 7, exercise 7.05 and activity 7.01.
    """
    shape = np.shape(images)
    if len(shape) not in (3, 4) or (len(shape) == 4 and shape[3] != 1):
        raise ValueError(
            f"an array of shape {shape} holds no grey images: give (n, height, width) or a channel"
        )
    if shape[0] < COLUMNS**2:
        raise ValueError(f"{shape[0]} images: give {COLUMNS**2} or more")
    first = np.reshape(images, shape[:3])[: COLUMNS**2]
    figure, axes = grid(first, COLUMNS, width=1.2, lines=0, title=title)
    for panel, image in zip(axes, first, strict=True):
        panel.imshow(image, cmap="gray_r", vmin=-1, vmax=1, interpolation="nearest")
        panel.set_axis_off()
    return figure


def probability_curves(
    iterations: Sequence[int],
    together: Sequence[float],
    real: Sequence[float],
    fake: Sequence[float],
    *,
    title: str = "",
) -> Figure:
    """Return the discriminator's mean output over the iterations: as the book prints it, and apart.

    Together a discriminator that tells all real from all fake images says 0.5 on average, as one that knows
    nothing does; apart they differ.

    Parameters
    ----------
    iterations : at which the outputs were taken.
    together, real, fake : mean outputs on real and fake images together, and on each alone; one an iteration.
    title : above the panel, if any.

    Raises
    ------
    ValueError
        If the curves are not equally long.

    Source: chapter 7, exercise 7.05 and activity 7.01.
    """
    curves = (together, real, fake)
    if any(len(curve) != len(iterations) for curve in curves):
        lengths = " and ".join(str(len(curve)) for curve in curves)
        raise ValueError(f"curves of {lengths} values at {len(iterations)} iterations: give one at each")
    figure, ((panel,),) = panels(1, 1, width=4.8, height=3.4, title=title)
    for values, style in zip(curves, (TOGETHER, REAL_ALONE, FAKE_ALONE), strict=True):
        panel.plot(iterations, np.asarray(values, dtype=np.float64), **style)
    panel.set(xlabel="iteration", ylabel="mean output of the discriminator", ylim=(0, 1))
    panel.grid(alpha=0.3)
    panel.legend()
    return figure
