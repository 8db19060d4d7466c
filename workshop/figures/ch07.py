"""Figures of chapter 7: the sine, points and images that generators make, and what discriminators say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from workshop.figures.alt_text import percent, span
from workshop.figures.panels import BLUE, GREY, add_legend, grid, panels, widen
from workshop.figures.printed import BOOK, CROSS, Value, numbers
from workshop.figures.registry import Plot, figure
from workshop.wording.numbers import counted, three_digits

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 5  # and rows of a sheet of images
BOOKS_SCATTERS = (0, 2000, 10000, 18000)  # iterations of the book's Figures 7.17 to 7.19, and the start
# distinct without colours, too
REAL = {"color": GREY, "marker": "o", "label": "real"}
FAKE = {"color": BLUE, "marker": "^", "label": "generated"}
TOGETHER = {"color": BLUE, "linestyle": "-", "linewidth": 2, "label": "real and fake"}
REAL_ALONE = {"color": GREY, "linestyle": "--", "label": "real alone"}
FAKE_ALONE = {"color": BLUE, "linestyle": ":", "label": "fake alone"}
_CROSS = CROSS | {"label": BOOK, "zorder": 3, "clip_on": False}


@figure("ch07.ex01", "real_data", title="The real data")
def sine(data: np.ndarray) -> Iterator[Plot]:
    """Draw the second feature of the real data over the first: a line through points (n, 2).

    Source: chapter 7, exercise 7.01, Figure 7.5.
    """
    x, y = _features(data)
    sheet, ((panel,),) = panels(1, 1, height=2.3)
    panel.plot(x, y, color=BLUE)
    panel.set(xlabel="Data Distribution", ylabel="Sine of data distribution")
    crossings = int(np.sum(np.sign(y[1:]) != np.sign(y[:-1])))
    alt = (
        f"A curve through {counted(len(x), 'point')} from x = {three_digits(x[0])} to {three_digits(x[-1])}. "
        f"It crosses zero {counted(crossings, 'time')}."
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
    shown = [
        (iteration, real, fake)
        for iteration, (real, fake) in zip(iterations, scatter, strict=True)
        if iteration in BOOKS_SCATTERS
    ]
    both = [_features(points) for _, *several in shown for points in several]
    limits = [widen((np.inf, -np.inf), *values) for values in zip(*both, strict=True)]
    for iteration, real, fake in shown:
        alt, sheet = _scatter(fake, real)
        for limit, place in zip(limits, (sheet.axes[0].set_xlim, sheet.axes[0].set_ylim), strict=True):
            margin = 0.05 * (limit[1] - limit[0]) or 0.5
            place(limit[0] - margin, limit[1] + margin)
        yield f"iteration {iteration:,}", alt, sheet


def _scatter(fake: np.ndarray, real: np.ndarray | None) -> tuple[str, Figure]:
    """Return alternative text and plot of generated points, and of real ones if there are some."""
    sheet, ((panel,),) = panels(1, 1, height=2.5)
    for points, style in ((real, REAL), (fake, FAKE)):
        if points is not None:
            panel.scatter(*_features(points), s=12, linewidths=0, **style)
    panel.set(xlabel="feature 1 of the distribution", ylabel="feature 2")
    add_legend(sheet)
    x, y = _features(fake)
    far = three_digits(np.abs(y - np.sin(x)).mean())
    text = f"{counted(len(x), 'generated point')}, x from {span(x)}, y from {span(y)}. "
    return f"{text}They are {far} from the sine on average.", sheet


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
        alt = f"25 generated images. In such images {percent(measured.near_white_share)} of the pixels are "
        alt += "nearly white."
        if name in quality:
            alt += f" A classifier of real ones is more than 80 % sure of {percent(quality[name].sure)}."
        yield label, alt, _image_grid(made)


def _image_grid(images: np.ndarray) -> Figure:
    shape = np.shape(images)
    if len(shape) not in (3, 4) or (len(shape) == 4 and shape[3] != 1):
        raise ValueError(
            f"an array of shape {shape} has no grey images: give (n, height, width) or a channel"
        )
    if shape[0] < COLUMNS**2:
        raise ValueError(f"{shape[0]} images: give {COLUMNS**2} or more")
    first = np.reshape(images, shape[:3])[: COLUMNS**2]
    sheet, axes = grid(first, COLUMNS, lines=0)
    for panel, image in zip(axes, first, strict=True):
        panel.imshow(image, cmap="gray_r", vmin=-1, vmax=1, interpolation="nearest")
        panel.set_axis_off()
    return sheet


@figure(
    "ch07.ex04",
    "log",
    title="Accuracy of the discriminator",
    printed=Value("ch07.ex04.accuracy_log"),
    claims=("ch07.ex04.text_trend",),
)
def accuracies(log: Any, printed: Any = None) -> Iterator[Plot]:
    """Draw the discriminator's accuracy on real points above that on generated ones, over the iterations.

    `log` has `iterations`, and the accuracies `real` and `fake` at each; `printed` has the latter, too.

    Source: chapter 7, exercise 7.04.
    """
    sheet, axes = panels(2, 1, height=1.5, sharex=True, sharey=True)
    texts = []
    for panel, name, style in zip(axes.flat, ("real", "fake"), (REAL, FAKE), strict=True):
        values = np.asarray(getattr(log, name), dtype=np.float64)
        label = f"{style['label']} points"
        panel.plot(
            log.iterations, values, color=BLUE, marker=style["marker"], markersize=3.5, label="this run"
        )
        texts.append(f"{three_digits(values.mean())} on {label}")
        book = numbers(printed.get(name) if isinstance(printed, dict) else None, values.shape)
        if book is not None:
            panel.plot(log.iterations, book, **_CROSS)
            texts[-1] += f" (book {three_digits(book.mean())})"
        panel.set(ylabel=f"on {label}", ylim=(0, 1))
        panel.grid(alpha=0.3)
    axes.flat[-1].set_xlabel("iteration")
    add_legend(sheet)
    yield "", f"The discriminator's mean accuracy is {' and '.join(texts)}.", sheet


def _printed_outputs(claim: str, name: str, *, last: bool = False) -> Any:
    """Return what gives the printed outputs by iteration: the first ones of a log, or the last."""

    def read(log: Any) -> dict[int, float] | None:
        values = Value(f"{claim}.{name}")()
        book = numbers(values, np.shape(values))
        if book is None or book.ndim != 1 or len(book) > len(log.iterations):
            return None
        iterations = log.iterations[-len(book) :] if last else log.iterations[: len(book)]
        return dict(zip(map(int, iterations), book.tolist(), strict=True))

    return read


_FIRST = _printed_outputs("ch07.ex05.probability_log", "printed")
_LAST = _printed_outputs("ch07.act01.probability_log", "last", last=True)


@figure(
    "ch07.text07",
    "early_log",
    title="Output of the discriminator at the start",
    printed=_FIRST,
    claims=("ch07.ex05.text_confused",),
)
@figure("ch07.ex05", "log", title="Output of the discriminator", printed=_FIRST)
@figure(
    "ch07.act01",
    "log",
    title="Output of the discriminator",
    printed=_LAST,
    claims=("ch07.act01.text_accuracy_50",),
)
def outputs(log: Any, printed: Mapping[int, float] | None = None) -> Iterator[Plot]:
    """Draw the discriminator's mean output over the iterations, as the book prints it, and apart.

    Together, a discriminator that separates all real from all fake images says 0.5 on average, as does one
    that knows nothing. Apart, they differ.

    `log` has `iterations`, and the mean outputs at each: `together` on real and fake images, `real` and
    `fake` on either alone; `printed` has outputs together by iteration. Raises ValueError if the curves are
    not equally long.

    Source: chapter 7, exercise 7.05 and activity 7.01.
    """
    iterations, curves = log.iterations, (log.together, log.real, log.fake)
    if any(len(curve) != len(iterations) for curve in curves):
        lengths = " and ".join(str(len(curve)) for curve in curves)
        raise ValueError(f"curves of {lengths} values at {len(iterations)} iterations: give one at each")
    sheet, ((panel,),) = panels(1, 1, height=2.6)
    for values, style in zip(curves, (TOGETHER, REAL_ALONE, FAKE_ALONE), strict=True):
        panel.plot(iterations, np.asarray(values, dtype=np.float64), **style)
    if printed:
        panel.plot(list(printed), list(printed.values()), **_CROSS)
    panel.set(xlabel="iteration", ylabel="mean output", ylim=(0, 1))
    panel.grid(alpha=0.3)
    add_legend(sheet)
    together, real, fake = (three_digits(np.mean(values)) for values in curves)
    alt = (
        f"The discriminator's mean output is {together} over real and fake images together. Over real ones "
        f"alone it is {real}, over fake ones {fake}."
    )
    if printed:
        first, last = min(printed), max(printed)
        alt += (
            f" The book prints {three_digits(printed[first])} at iteration {first:,} and "
            f"{three_digits(printed[last])} at {last:,}."
        )
    yield "", alt, sheet
