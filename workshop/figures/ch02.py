"""Figures of chapter 2: the sigmoid, and a digit beside what a network says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workshop.figures.panels import draw_image, panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SAID = {"color": "#1f5fa8"}
# told apart without colours, too
TRUE = {"facecolor": "#d95f02", "edgecolor": "black", "hatch": "//", "label": "the label"}


def sigmoid_curve(z: np.ndarray, values: np.ndarray) -> Figure:
    """Return the sigmoid over its net input, with a line at one half, above which a perceptron says 1.

    Parameters
    ----------
    z, values : net inputs from left to right and the sigmoid of each, (n,) each.

    Raises
    ------
    ValueError
        If they are not equally long.

    Source: chapter 2, text on the structure of perceptrons, Figure 2.7.
    """
    if np.ndim(z) != 1 or np.shape(z) != np.shape(values):
        raise ValueError(f"{np.shape(z)} and {np.shape(values)} are no curve: give one value for each z")
    figure, ((panel,),) = panels(1, 1, width=4.8, height=3.0)
    panel.plot(z, values, **SAID)
    panel.axhline(0.5, color="black", linestyle=":", linewidth=0.8)
    panel.set(xlabel="net input z", ylabel="sigmoid of z", ylim=(-0.05, 1.05))
    panel.grid(alpha=0.3)
    return figure


def digit(image: np.ndarray, probabilities: np.ndarray, label: int, *, title: str = "") -> Figure:
    """Return an image beside the probability that a network gives to each class; the label's bar is hatched.

    Parameters
    ----------
    image : pixels 0 to 255 (height, width).
    probabilities : of each class, (classes,).
    label : the true class.
    title : above both panels, if any.

    Raises
    ------
    ValueError
        If there is no probability for the label.

    Source: chapter 2, exercise 2.07, Figure 2.35.
    """
    if np.ndim(probabilities) != 1 or not 0 <= label < len(probabilities):
        raise ValueError(
            f"label {label} has no probability in an array of shape {np.shape(probabilities)}: "
            "give one for each class"
        )
    figure, ((left, right),) = panels(1, 2, width=2.5, height=2.5, title=title)
    draw_image(left, image, f"labelled {label}")
    bars = right.bar(np.arange(len(probabilities)), probabilities, **SAID)
    bars[label].set(**TRUE)
    right.set(xlabel="class", ylabel="probability", ylim=(0, 1), xticks=range(len(probabilities)))
    right.legend()
    return figure
