"""Curves over the epochs of a training, which several chapters draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from workshop.figures.alt_text import over_epochs
from workshop.figures.panels import BLUE, ORANGE, panels
from workshop.figures.registry import Plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# distinct without colours, too
TRAINING = {"color": BLUE, "marker": "o", "linestyle": "-", "label": "training"}
VALIDATION = {"color": ORANGE, "marker": "s", "linestyle": "--", "label": "validation"}
MARKERS = 50  # at most: a thousand would hide the curve, and make a page heavy
QUANTITIES = {"loss": "loss (mean per example)", "accuracy": "accuracy (share of examples)"}
CURVES = {
    "loss": "training loss",
    "accuracy": "training accuracy",
    "val_loss": "validation loss",
    "val_accuracy": "validation accuracy",
}


def training_curves(history: Any) -> Iterator[Plot]:
    """Draw loss above accuracy over the epochs, of the training and of the validation examples.

    `history` has `loss` and `accuracy`, and `val_loss` and `val_accuracy` if there was a validation; each is
    (epochs,). Raises ValueError if a training curve is missing, or curves are not equally long.
    """
    curves = {name: getattr(history, name) for name in CURVES if hasattr(history, name)}
    missing = [name for name in QUANTITIES if name not in curves]
    if missing:
        raise ValueError(f"the history has no {' and no '.join(missing)}: give both loss and accuracy")
    lengths = {len(values) for values in curves.values()}
    if len(lengths) > 1:
        raise ValueError(
            f"curves of {' and '.join(map(str, sorted(lengths)))} epochs: give equally long ones"
        )
    sheet, axes = panels(len(QUANTITIES), 1, width=4.8, height=2.5)
    for panel, (name, label) in zip(axes.flat, QUANTITIES.items(), strict=True):
        draw_curves(panel, curves[name], curves.get(f"val_{name}"), label)
        panel.set_title(name.capitalize())
    yield "", over_epochs({CURVES[name]: values for name, values in curves.items()}), sheet


def draw_curves(
    panel: Axes, training: Sequence[float], validation: Sequence[float] | None, label: str
) -> None:
    """Draw the curve of a training over its epochs, from 1, and that of its validation, if any."""
    epochs = np.arange(1, len(training) + 1)
    apart = -(-len(epochs) // MARKERS)
    for values, style in ((training, TRAINING), (validation, VALIDATION)):
        if values is not None:
            panel.plot(epochs, np.asarray(values, dtype=np.float64), markersize=4, markevery=apart, **style)
    panel.set(xlabel="epoch", ylabel=label)
    panel.xaxis.get_major_locator().set_params(integer=True)
    panel.grid(alpha=0.3)
    panel.legend()
