"""Figures of chapter 2: the sigmoid, a digit next to what a network says of it, trainings and a matrix."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from workshop.figures.alt_text import over_epochs
from workshop.figures.confusion import confusion_matrix
from workshop.figures.curves import CURVES, draw_training, printed_text, training_curves
from workshop.figures.panels import BARS, BLUE, GREY, add_legend, draw_image, panels
from workshop.figures.printed import BOOK, CROSS, PrintedCurves, PrintedLog, Value, numbers
from workshop.figures.registry import Plot, figure
from workshop.wording.numbers import three_digits

# distinct without colours, too
LABEL = {"hatch": "//"}

_matrix = partial(confusion_matrix, names=("class 0", "class 1"))
figure("ch02.ex02", "confusion", title="Confusion matrix", printed=Value("ch02.ex02.confusion"))(_matrix)
for _unit in ("ch02.ex05", "ch02.ex06", "ch02.ex07"):
    figure(_unit, "history", title="Training curves", printed=PrintedLog(_unit))(training_curves)


@figure(
    "ch02.act01",
    "fresh.history",
    "continued.history",
    title="Training curves of the first fit and of the one that goes on",
    printed=PrintedLog("ch02.act01", "fresh"),
    claims=("ch02.act01.log", "ch02.act01.log_epoch10"),
)
def both_fits(fresh: Any, continued: Any, printed: PrintedCurves | None = None) -> Iterator[Plot]:
    """Draw the curves of two fits of one network after each other, with a line between them.

    Each fit has `loss` and `accuracy`, (epochs,). Raises ValueError as `training_curves`.

    Source: chapter 2, activity 2.01.
    """
    both = {
        name: np.concatenate([getattr(fresh, name), getattr(continued, name)])
        for name in ("loss", "accuracy")
    }
    sheet = draw_training(SimpleNamespace(**both), printed)
    first = len(fresh.loss)
    for panel in sheet.axes:
        panel.axvline(first + 0.5, color=GREY, linestyle=":")
    sheet.axes[0].annotate(
        "fit goes on",
        (first + 0.5, 1),
        xytext=(4, -4),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        va="top",
    )
    texts = [over_epochs({CURVES[n]: getattr(fit, n) for n in both}) for fit in (fresh, continued)]
    yield "", f"First fit: {texts[0]} Second fit: {texts[1]}{printed_text(printed)}", sheet


@figure("ch02.text01", "sigmoid_curve", title="The sigmoid", printed=Value("ch02.text01.sigmoid_curve"))
def sigmoid(curve: Any, printed: Any = None) -> Iterator[Plot]:
    """Draw the sigmoid over its net input, with a line at one half, above which a perceptron says 1.

    `curve` has `z`, net inputs from left to right, and `values`, the sigmoid of each, (n,) each. `printed`
    has the value at 0, `centre`. Raises ValueError if they are not equally long.

    Source: chapter 2, text on the structure of perceptrons, Figure 2.7.
    """
    z, values = curve.z, curve.values
    if np.ndim(z) != 1 or np.shape(z) != np.shape(values):
        raise ValueError(f"{np.shape(z)} and {np.shape(values)} are not a curve: give one value for each z")
    sheet, ((panel,),) = panels(1, 1, height=2.2)
    panel.plot(z, values, color=BLUE, label="this run")
    panel.axhline(0.5, color=GREY, linestyle=":")
    panel.set(xlabel="net input z", ylabel="sigmoid of z", ylim=(-0.05, 1.05))
    panel.grid(alpha=0.3)
    centre = numbers(printed.get("centre") if isinstance(printed, dict) else None, ())
    if centre is not None:
        panel.plot([0], [centre], label=BOOK, zorder=3, **CROSS)
        add_legend(sheet)
    places = (0, int(np.abs(z).argmin()), -1)
    start, middle, end = (f"{three_digits(values[place])} at z = {z[place]:g}" for place in places)
    yield "", f"The curve goes from {start} through {middle} to {end}.", sheet


@figure(
    "ch02.ex07",
    "image",
    "probabilities",
    "label",
    title="A test image",
    printed=Value("ch02.ex07.probabilities"),
)
def digit(image: np.ndarray, probabilities: np.ndarray, label: int, printed: Any = None) -> Iterator[Plot]:
    """Draw an image next to the probability that a network gives to each class; the label's bar is hatched.

    The image has pixels 0 to 255 (height, width); `probabilities` is (1, classes), `label` the true class.
    Raises ValueError if there is no probability for the label.

    Source: chapter 2, exercise 2.07, Figure 2.35.
    """
    (row,) = probabilities
    if np.ndim(row) != 1 or not 0 <= label < len(row):
        raise ValueError(
            f"label {label} has no probability in an array of shape {np.shape(row)}: give one for each class"
        )
    sheet, ((left, right),) = panels(1, 2, height=2.0)
    draw_image(left, image, f"labelled {label}")
    bars = right.bar(np.arange(len(row)), row, **BARS)
    bars[label].set(**LABEL)
    bars[label].set_label("the label")
    book = numbers(printed, np.shape(probabilities))
    if book is not None:
        right.plot(np.arange(len(row)), book[0], label=BOOK, clip_on=False, zorder=3, **CROSS)
    right.set(xlabel="class", ylabel="probability", ylim=(0, 1), xticks=range(0, len(row), 2))
    add_legend(sheet)
    first, second = (int(place) for place in np.argsort(-row, kind="stable")[:2])
    alt = (
        f"An image labelled {label}. The network says {first} with the probability "
        f"{three_digits(row[first])}, then {second} with {three_digits(row[second])}."
    )
    if book is not None:
        most = int(np.argmax(book[0]))
        alt += f" The book prints {three_digits(book[0, most])} for {most}."
    yield "", alt, sheet
