"""Figures of chapter 2: the sigmoid, a digit next to what a network says of it, trainings and a matrix."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from workshop.figures.alt_text import four_digits
from workshop.figures.confusion import confusion_matrix
from workshop.figures.curves import training_curves
from workshop.figures.panels import BLUE, ORANGE, draw_image, panels
from workshop.figures.registry import Plot, figure

# distinct without colours, too
LABEL = {"facecolor": ORANGE, "edgecolor": "black", "hatch": "//", "label": "the label"}

_matrix = partial(confusion_matrix, names=("class 0", "class 1"))
figure("ch02.ex02", "confusion", title="Confusion matrix")(_matrix)
for _unit in ("ch02.ex05", "ch02.ex06", "ch02.ex07"):
    figure(_unit, "history", title="Training curves")(training_curves)
figure("ch02.act01", "fresh.history", title="Training curves of the first fit")(training_curves)
figure("ch02.act01", "continued.history", title="Training curves of the fit that goes on")(training_curves)


@figure("ch02.text01", "sigmoid_curve", title="The sigmoid")
def sigmoid(curve: Any) -> Iterator[Plot]:
    """Draw the sigmoid over its net input, with a line at one half, above which a perceptron says 1.

    `curve` has `z`, net inputs from left to right, and `values`, the sigmoid of each, (n,) each. Raises
    ValueError if they are not equally long.

    Source: chapter 2, text on the structure of perceptrons, Figure 2.7.
    """
    z, values = curve.z, curve.values
    if np.ndim(z) != 1 or np.shape(z) != np.shape(values):
        raise ValueError(f"{np.shape(z)} and {np.shape(values)} are no curve: give one value for each z")
    sheet, ((panel,),) = panels(1, 1, width=4.8, height=3.0)
    panel.plot(z, values, color=BLUE)
    panel.axhline(0.5, color="black", linestyle=":", linewidth=0.8)
    panel.set(xlabel="net input z", ylabel="sigmoid of z", ylim=(-0.05, 1.05))
    panel.grid(alpha=0.3)
    places = (0, int(np.abs(z).argmin()), -1)
    start, middle, end = (f"{four_digits(values[place])} at z = {four_digits(z[place])}" for place in places)
    yield "", f"The curve goes from {start} through {middle} to {end}.", sheet


@figure("ch02.ex07", "image", "probabilities", "label", title="A test image")
def digit(image: np.ndarray, probabilities: np.ndarray, label: int) -> Iterator[Plot]:
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
    sheet, ((left, right),) = panels(1, 2, width=2.5, height=2.5)
    draw_image(left, image, f"labelled {label}")
    bars = right.bar(np.arange(len(row)), row, color=BLUE)
    bars[label].set(**LABEL)
    right.set(xlabel="class", ylabel="probability", ylim=(0, 1), xticks=range(len(row)))
    right.legend()
    first, second = (int(place) for place in np.argsort(-row, kind="stable")[:2])
    alt = (
        f"An image labelled {label}; the network says {first} with the probability "
        f"{four_digits(row[first])}, then {second} with {four_digits(row[second])}."
    )
    yield "", alt, sheet
