"""Curves over the epochs of a training, which several chapters draw, with the book's printed log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from workshop.figures.alt_text import over_epochs
from workshop.figures.panels import BLUE, add_legend, panels, widen
from workshop.figures.printed import BOOK, CROSS, NOTEBOOK, PrintedCurves
from workshop.figures.registry import Plot
from workshop.wording.numbers import listed, three_digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# distinct without colours, too
TRAINING = {"color": BLUE, "marker": "o", "linestyle": "-", "label": "training"}
VALIDATION = {
    "color": BLUE, "marker": "s", "linestyle": "--", "markerfacecolor": "none", "label": "validation"
}  # fmt: skip
_RING = CROSS | {"markerfacecolor": "none", "markeredgewidth": 1.2}
# by label: the marks of the training's points and of the validation's
PRINTED = {
    BOOK: (CROSS, CROSS | {"marker": "+", "markersize": 7}),
    NOTEBOOK: (_RING | {"marker": "o"}, _RING | {"marker": "s"}),
}
MARKERS = 50  # at most: a thousand would hide the curve, and make a page heavy
QUANTITIES = ("loss", "accuracy")
CURVES = {
    "loss": "training loss",
    "accuracy": "training accuracy",
    "val_loss": "validation loss",
    "val_accuracy": "validation accuracy",
}


def training_curves(
    history: Any,
    printed: PrintedCurves | None = None,
    limits: Mapping[str, tuple[float, float]] | None = None,
) -> Iterator[Plot]:
    """Draw loss above accuracy over the epochs, of the training and of the validation examples.

    `history` has `loss` and `accuracy`, and `val_loss` and `val_accuracy` if there was a validation; each is
    (epochs,). `limits` : of loss and accuracy in figures that are compared, wider where a value lies outside.
    Raises ValueError if a training curve is missing, or curves are not equally long.
    """
    sheet = draw_training(history, printed, limits)
    curves = {CURVES[name]: getattr(history, name) for name in CURVES if hasattr(history, name)}
    yield "", over_epochs(curves) + printed_text(printed), sheet


def draw_training(
    history: Any, printed: PrintedCurves | None, limits: Mapping[str, tuple[float, float]] | None = None
) -> Figure:
    """Return the sheet of `training_curves`."""
    curves = {name: getattr(history, name) for name in CURVES if hasattr(history, name)}
    missing = [name for name in QUANTITIES if name not in curves]
    if missing:
        raise ValueError(f"the history has no {' and no '.join(missing)}: give both loss and accuracy")
    lengths = {len(values) for values in curves.values()}
    if len(lengths) > 1:
        raise ValueError(
            f"curves of {' and '.join(map(str, sorted(lengths)))} epochs: give equally long ones"
        )
    sheet, axes = panels(len(QUANTITIES), 1, height=1.75, sharex=True)
    for panel, name in zip(axes.flat, QUANTITIES, strict=True):
        draw_curves(panel, curves[name], curves.get(f"val_{name}"), name)
        draw_printed(panel, printed, name, f"val_{name}")
        panel.set_xlabel("epoch" if panel is axes.flat[-1] else "")
        if limits is not None:
            panel.set_ylim(widen(limits[name], *(line.get_ydata() for line in panel.lines)))
    add_legend(sheet)
    return sheet


def draw_curves(
    panel: Axes, training: Sequence[float], validation: Sequence[float] | None, label: str
) -> None:
    """Draw the curve of a training over its epochs, from 1, and that of its validation, if any."""
    epochs = np.arange(1, len(training) + 1)
    apart = -(-len(epochs) // MARKERS)
    for values, style in ((training, TRAINING), (validation, VALIDATION)):
        if values is not None:
            panel.plot(epochs, np.asarray(values, dtype=np.float64), markersize=3.5, markevery=apart, **style)
    panel.set(xlabel="epoch", ylabel=label)
    panel.xaxis.get_major_locator().set_params(integer=True)
    panel.grid(alpha=0.3)


def draw_printed(panel: Axes, printed: PrintedCurves | None, training: str, validation: str) -> None:
    """Draw the printed points of these two curves."""
    for label, marks in PRINTED.items():
        for curve, mark in zip((training, validation), marks, strict=True):
            points = (printed or {}).get(label, {}).get(curve)
            if points:
                panel.plot(list(points), list(points.values()), label=label, zorder=3, **mark)


def printed_text(printed: PrintedCurves | None) -> str:
    """Say what the first and the last printed point of a log are, in the notebook if the book has none."""
    for label, who in ((BOOK, "The book prints"), (NOTEBOOK, "The authors' notebook has")):
        curves = (printed or {}).get(label, {})
        for name, text in CURVES.items():
            if points := curves.get(name):
                ends = sorted({min(points), max(points)})
                values = listed([f"{three_digits(points[epoch])} after epoch {epoch}" for epoch in ends])
                return f" {who} a {text} of {values}."
    return ""
