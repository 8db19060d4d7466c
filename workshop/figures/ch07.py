"""Figures of chapter 7: the sine, points and images that generators make, and what discriminators say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from workshop.figures.images import real_images
from workshop.figures.model import Chart, Images, Marks, book_marks, numbers, png, sheet
from workshop.figures.registry import Plot, figure
from workshop.wording.numbers import counted, percent, span, three_digits

_SHOWN = 16  # images of a sheet, four a row
_STEP = 255 / 7  # of its greys: eight of them take a third of the bytes
_FIGURES = {2000: "Figure 7.17", 10000: "Figure 7.18", 18000: "Figure 7.19"}


@figure("ch07.ex01", "real_data", title="The real data")
def sine(data: np.ndarray) -> Plot:
    """Draw the second feature of the real data over the first: a line through points (n, 2).

    Source: chapter 7, exercise 7.01, Figure 7.5.
    """
    x, y = data.T
    crossings = int(np.sum(np.sign(y[1:]) != np.sign(y[:-1])))
    alt = (
        f"A curve through {counted(len(x), 'point')} from x = {three_digits(x[0])} to {three_digits(x[-1])}. "
        f"It crosses zero {counted(crossings, 'time')}."
    )
    line = Marks("run", numbers(x, 3), numbers(y, 3))
    names = ("Sine of the sequence", "sequence") if _is_sine(data) else ("second feature", "first feature")
    return alt, (Chart((line,), *names),), ""


@figure("ch07.ex02", "fake", title="Points of the untrained generator")
def untrained(fake: np.ndarray) -> Plot:
    """Draw generated points (n, 2), blue.

    Source: chapter 7, exercise 7.02.
    """
    x, y = fake.T
    line = Marks("made", numbers(x, 3), numbers(y, 3), "generated points")
    alt = (
        f"{counted(len(x), 'generated point')}. x from {span(x)}, y from {span(y)}. "
        f"They are {_off(x, y)} from the sine on average."
    )
    return alt, (Chart((line,), x_label="feature 1"),), ""


@figure("ch07.ex04", "log.iterations", "scatter", title="Real and generated points", full=True)
def scatters(iterations: Sequence[int], scatter: Sequence[np.ndarray]) -> Plot:
    """Draw generated points, blue, and real ones at the iterations at which the book prints.

    `scatter` has the real and the generated points of each iteration, (iterations, 2, n, 2).

    Source: chapter 7, exercise 7.04, Figures 7.17 to 7.19.
    """
    both = np.concatenate([points for pair in scatter for points in pair])
    x_ends, y_ends = ((float(axis.min()), float(axis.max())) for axis in both.T)
    charts, far = [], []
    sine = all(_is_sine(real) for real, _ in scatter)
    named = ("real points: a sine", "the sine") if sine else ("real points", "the nearest real point")
    for iteration, (real, fake) in zip(iterations, scatter, strict=True):
        marks = (
            # two digits are a pixel of a small drawing, and half of the points a sine
            Marks("real", *(numbers(each, 2) for each in real[::2].T), named[0]),
            Marks("made", *(numbers(each, 2) for each in fake.T), "generated points"),
        )
        away = np.linalg.norm(fake[:, np.newaxis] - real, axis=2).min(axis=1)
        far.append(_off(*fake.T) if sine else three_digits(away.mean()))
        printed = _FIGURES.get(iteration, "") if sine else ""
        title = " ".join(text for text in (f"{iteration:,}", printed) if text)
        note = f"{far[-1]} from {named[1]}"
        charts.append(Chart(marks, title, size="small", x_ends=x_ends, y_ends=y_ends, note=note))
    alt = (
        f"Generated points at {counted(len(charts), 'iteration')}. On average they are "
        f"{far[0]} from {named[1]} at iteration {iterations[0]:,} and {far[-1]} at "
        f"{iterations[-1]:,}."
    )
    return alt, tuple(charts), f"Below each: mean distance from {named[1]}."


def _is_sine(points: np.ndarray) -> bool:
    """Whether points are the book's, and not a reader's own."""
    return bool(np.abs(points[:, 1] - np.sin(points[:, 0])).max() < 1e-4)


def _off(x: np.ndarray, y: np.ndarray) -> str:
    """Write the mean distance of points from the sine."""
    return three_digits(np.abs(y - np.sin(x)).mean())


_SHEETS = ("pixels", "quality", "images", "ran.iterations")


@figure("ch07.ex05", *_SHEETS, title="Generated images", full=True)
def images(
    pixels: Mapping[str, Any],
    quality: Mapping[str, Any],
    images: Sequence[np.ndarray],
    iterations: int,
    words: tuple[str, str, str] = ("noise", "strokes", "digits"),
    white: float = 0.8,
) -> Plot:
    """Draw the first 16 images of several times in four rows, −1 white and 1 black.

    A time is `i` and an iteration, or `after` training. By time, `pixels` has the `near_white_share` of
    images, and `quality` the share of which a classifier is `sure`, if it was asked. `images` has 16 or more
    of each time, −1 to 1 (n, height, width) or with one channel. The training has `iterations`. A caption is
    the first of the `words` if hardly anything is white, the last from a share `white` on.

    Source: chapter 7, exercise 7.05 and activity 7.01, Figures 7.30 to 7.33 and 7.42.
    """
    shown, said = [], []
    for (name, measured), made in zip(pixels.items(), images, strict=True):
        title = f"After {iterations:,} iterations" if name == "after" else f"Iteration {int(name[1:]):,}"
        text = f"{percent(measured.near_white_share)} of the pixels are nearly white"
        note = words[(measured.near_white_share >= 0.05) + (measured.near_white_share >= white)]
        if name in quality:
            note += f": a classifier is sure of {percent(quality[name].sure)}"
            text += (
                f", and a classifier of real images is more than 80 % sure of {percent(quality[name].sure)}"
            )
        drawn = sheet(127.5 * (1 - np.asarray(made[:_SHOWN], dtype=np.float64)), 4)
        shown.append((title, png((drawn / _STEP).round() * _STEP), note))
        said.append(f"{title}: {text}.")
    alt = f"{_SHOWN} generated images at each time. {' '.join(said)}"
    return alt, (Images(tuple(shown)),), f"The training had {iterations:,} iterations."


figure("ch07.act01", *_SHEETS, title="Generated images", full=True)(
    partial(images, words=("noise", "forms", "articles"), white=0.4)
)
# real images stand beside those that were made of them
real_images("mnist", "ch07.ex05", later=False)
real_images("fashion_mnist", "ch07.act01", later=False)


_FIRST = "ch07.ex05.probability_log.printed"


@figure("ch07.text07", "early_log", title="Output of the discriminator at the start", printed=_FIRST)
@figure("ch07.ex05", "log", title="Output of the discriminator", printed=_FIRST)
def outputs(log: Any, printed: Sequence[float] = (), *, last: bool = False) -> Plot:
    """Draw the discriminator's mean output over the iterations, as the book prints it, and apart.

    Together, a discriminator that separates all real from all fake images says 0.5 on average, as does one
    that knows nothing. Apart, they differ.

    `log` has `iterations`, and the mean outputs at each: `together` on real and fake images, `real` and
    `fake` on either alone; `printed` has the first outputs together, or the `last`.

    Source: chapter 7, exercise 7.05 and activity 7.01.
    """
    iterations, curves = log.iterations, (log.together, log.real, log.fake)
    size = len(printed) if len(printed) <= len(iterations) else 0
    book = book_marks(iterations[len(iterations) - size if last else 0 :][:size], printed)
    thin = slice(None, None, max(1, len(iterations) // 150))
    xs = numbers(list(iterations)[thin], 6)
    together, real, fake = (numbers(list(curve)[thin]) for curve in curves)
    mean = Chart(
        (Marks("run", xs, together, "this run", f"mean {three_digits(together[-1])}"), *book),
        "The printed number: mean of real and generated", "iteration", y_ends=(0.0, 1.0),
    )  # fmt: skip
    apart = Chart(
        (
            Marks("naive", xs, together, "the mean", "mean"),
            Marks("run", xs, real, end=f"real {three_digits(real[-1])}"),
            Marks("other", xs, fake, end=f"generated {three_digits(fake[-1])}"),
        ),
        "The same, real and generated apart", "iteration", y_ends=(0.0, 1.0),
    )  # fmt: skip
    means = [three_digits(np.mean(values)) for values in curves]
    alt = (
        f"The discriminator's mean output is {means[0]} over real and fake images together. Over real ones "
        f"alone it is {means[1]}, over fake ones {means[2]}."
    )
    for one in book:
        alt += (
            f" The book prints {three_digits(one.y[0])} at iteration {one.x[0]:,.0f} and "
            f"{three_digits(one.y[-1])} at {one.x[-1]:,.0f}."
        )
    return alt, (mean, apart), ""


figure(
    "ch07.act01",
    "log",
    title="Output of the discriminator",
    printed="ch07.act01.probability_log.last",
    claims=("ch07.act01.text_accuracy_50",),
)(partial(outputs, last=True))


@figure(
    "ch07.text07",
    title="Output on real and on generated images",
    runs="confident",
    claims=("ch07.ex05.text_confused",),
    later=True,
)
def apart(runs: Sequence[Mapping[str, float] | None]) -> Plot:
    """Draw how many recorded runs have which mean output, on real and on generated images: two distributions.

    Source: chapter 7, text on the sample plots.
    """
    edges = np.linspace(0, 1, 21)
    known = [run for run in runs if run is not None]
    counts = {name: np.histogram([run[name] for run in known], edges)[0] for name in ("real", "fake")}
    xs, floor = numbers(np.repeat(edges, 2)[1:-1]), (0.0,) * 40
    marks = (
        Marks("half", xs, numbers(np.repeat(counts["fake"], 2)), "generated images", low=floor),
        Marks("range", xs, numbers(np.repeat(counts["real"], 2)), "real images", low=floor),
    )
    sure = sum(run["real"] > 0.95 for run in known), sum(run["fake"] < 0.05 for run in known)
    alt = (
        f"Of {len(known)} recorded runs {sure[0]} have a mean output above 0.95 on real images, and "
        f"{sure[1]} one below 0.05 on generated ones. The mean of both is near 0.5."
    )
    chart = Chart(
        marks, f"{len(known)} runs by their mean output", "mean output", splits=((0.5, "mean of both"),)
    )
    return alt, (chart,), ""


real_images("mnist", "ch07.text07")
