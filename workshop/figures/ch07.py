"""Figures of chapter 7: the sine, points and images that generators make, and what discriminators say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from workshop.figures.alt_text import counted, four_digits, percent, span
from workshop.figures.panels import grid, panels
from workshop.figures.registry import Plot, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 5  # and rows of a sheet of images
BOOKS_SCATTERS = (0, 2000, 10000, 18000)  # iterations of the book's Figures 7.17 to 7.19, and the start
# distinct without colours, too
REAL = {"color": "red", "marker": "o", "label": "real"}
FAKE = {"color": "blue", "marker": "x", "label": "fake"}
TOGETHER = {"color": "black", "linestyle": "-", "linewidth": 2, "label": "real and fake together"}
REAL_ALONE = {"color": "red", "linestyle": "--", "label": "real alone"}
FAKE_ALONE = {"color": "blue", "linestyle": ":", "label": "fake alone"}


@figure("ch07.ex01", "real_data", title="The real data")
def sine(data: np.ndarray) -> Iterator[Plot]:
    """Draw the second feature of the real data over the first: a line through points (n, 2).

    Source: chapter 7, exercise 7.01, Figure 7.5.
    """
    x, y = _features(data)
    sheet, ((panel,),) = panels(1, 1, width=5.0, height=3.6)
    panel.plot(x, y)
    panel.set(xlabel="Data Distribution", ylabel="Sine of data distribution")
    crossings = int(np.sum(np.sign(y[1:]) != np.sign(y[:-1])))
    alt = (
        f"A curve through {counted(len(x), 'point')} from x = {four_digits(x[0])} to {four_digits(x[-1])}; "
        f"y is from {span(y)} and crosses zero {counted(crossings, 'time')}."
    )
    yield "", alt, sheet


@figure("ch07.ex02", "fake", title="Points of the untrained generator")
def untrained(fake: np.ndarray) -> Iterator[Plot]:
    """Draw generated points (n, 2), blue.

    Source: chapter 7, exercise 7.02.
    """
    yield "", *_scatter(fake, None)


@figure("ch07.ex04", "log.iterations", "scatter", title="Real and generated points")
def scatters(iterations: Sequence[int], scatter: Sequence[np.ndarray]) -> Iterator[Plot]:
    """Draw generated points, blue, and real ones, red, at the iterations that the book shows.

    `scatter` has the real and the generated points of each iteration, (iterations, 2, n, 2).

    Source: chapter 7, exercise 7.04.
    """
    for iteration, (real, fake) in zip(iterations, scatter, strict=True):
        if iteration in BOOKS_SCATTERS:
            yield f"iteration {iteration:,}", *_scatter(fake, real)


def _scatter(fake: np.ndarray, real: np.ndarray | None) -> tuple[str, Figure]:
    """Return alternative text and plot of generated points, and of real ones if there are some."""
    sheet, ((panel,),) = panels(1, 1, width=5.0, height=3.6)
    texts = []
    for kind, points, style in (("real", real, REAL), ("generated", fake, FAKE)):
        if points is not None:
            x, y = _features(points)
            panel.scatter(x, y, s=14, linewidths=1, **style)
            texts.append(
                f"{counted(len(x), f'{kind} point')}, x from {span(x)}, y from {span(y)}, on average "
                f"{four_digits(np.abs(y - np.sin(x)).mean())} from the sine"
            )
    panel.set(xlabel="Feature 1 of the distribution", ylabel="Feature 2 of the distribution")
    panel.legend()
    return "; ".join(reversed(texts)) + ".", sheet


def _features(points: np.ndarray) -> np.ndarray:
    """Return both features of points, (2, n). Raises ValueError if the array has other axes."""
    if np.ndim(points) != 2 or np.shape(points)[1] != 2:
        raise ValueError(f"an array of shape {np.shape(points)} has no points: give (n, 2)")
    return np.transpose(np.asarray(points, dtype=np.float64))


@figure("ch07.ex05", "pixels", "quality", "images", title="Generated images")
@figure("ch07.act01", "pixels", "quality", "images", title="Generated images")
def images(
    pixels: Mapping[str, Any], quality: Mapping[str, Any], images: Sequence[np.ndarray]
) -> Iterator[Plot]:
    """Draw the first 25 images of several times in five rows, −1 white and 1 black, without axes.

    A time is `i` and an iteration, or `after` training. By time, `pixels` has the `near_white_share` of
    images, and `quality` the share of which a classifier is `sure`, if it was asked. `images` has 25 or more
    of each time, −1 to 1 (n, height, width) or with one channel. Raises ValueError if they have other shapes.

    Source: chapter 7, exercise 7.05 and activity 7.01.
    """
    for (name, measured), made in zip(pixels.items(), images, strict=True):
        label = "after training" if name == "after" else f"iteration {int(name[1:]):,}"
        alt = f"25 generated images; of such images {percent(measured.near_white_share)} of the pixels are "
        alt += "nearly white"
        if name in quality:
            alt += f", and a classifier of real ones is more than 80 % sure of {percent(quality[name].sure)}"
        yield label, f"{alt}.", _image_grid(made)


def _image_grid(images: np.ndarray) -> Figure:
    shape = np.shape(images)
    if len(shape) not in (3, 4) or (len(shape) == 4 and shape[3] != 1):
        raise ValueError(
            f"an array of shape {shape} has no grey images: give (n, height, width) or a channel"
        )
    if shape[0] < COLUMNS**2:
        raise ValueError(f"{shape[0]} images: give {COLUMNS**2} or more")
    first = np.reshape(images, shape[:3])[: COLUMNS**2]
    sheet, axes = grid(first, COLUMNS, width=1.2, lines=0)
    for panel, image in zip(axes, first, strict=True):
        panel.imshow(image, cmap="gray_r", vmin=-1, vmax=1, interpolation="nearest")
        panel.set_axis_off()
    return sheet


@figure("ch07.text07", "early_log", title="Output of the discriminator at the start")
@figure("ch07.ex05", "log", title="Output of the discriminator")
@figure("ch07.act01", "log", title="Output of the discriminator")
def outputs(log: Any) -> Iterator[Plot]:
    """Draw the discriminator's mean output over the iterations, as the book prints it, and apart.

    Together, a discriminator that separates all real from all fake images says 0.5 on average, as does one
    that knows nothing. Apart, they differ.

    `log` has `iterations`, and the mean outputs at each: `together` on real and fake images, `real` and
    `fake` on either alone. Raises ValueError if the curves are not equally long.

    Source: chapter 7, exercise 7.05 and activity 7.01.
    """
    iterations, curves = log.iterations, (log.together, log.real, log.fake)
    if any(len(curve) != len(iterations) for curve in curves):
        lengths = " and ".join(str(len(curve)) for curve in curves)
        raise ValueError(f"curves of {lengths} values at {len(iterations)} iterations: give one at each")
    sheet, ((panel,),) = panels(1, 1, width=4.8, height=3.4)
    for values, style in zip(curves, (TOGETHER, REAL_ALONE, FAKE_ALONE), strict=True):
        panel.plot(iterations, np.asarray(values, dtype=np.float64), **style)
    panel.set(xlabel="iteration", ylabel="mean output of the discriminator", ylim=(0, 1))
    panel.grid(alpha=0.3)
    panel.legend()
    together, real, fake = (four_digits(np.mean(values)) for values in curves)
    alt = (
        f"The discriminator's mean output at {counted(len(iterations), 'iteration')} from {iterations[0]} to "
        f"{iterations[-1]}: over real and fake images together {together} on average, from "
        f"{span(log.together)}; over real ones alone {real}, over fake ones alone {fake}."
    )
    yield "", alt, sheet
