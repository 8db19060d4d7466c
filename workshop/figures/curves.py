"""Curves over the epochs of a training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workshop.figures.panels import panels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# blue and orange, solid and dashed: told apart without colours, too
TRAINING = {"color": "#1f5fa8", "marker": "o", "linestyle": "-", "label": "training"}
VALIDATION = {"color": "#d95f02", "marker": "s", "linestyle": "--", "label": "validation"}
MARKERS = 50  # at most: a thousand would hide the curve, and make a page heavy
QUANTITIES = {"loss": "loss (mean per example)", "accuracy": "accuracy (share of examples)"}


def training_curves(history: Mapping[str, Sequence[float]], *, title: str = "") -> Figure:
    """Return loss above accuracy over the epochs, of the training and of the validation examples.

    Parameters
    ----------
    history : `loss` and `accuracy`, and `val_loss` and `val_accuracy` where there was a validation; (epochs,)
        each.
    title : above both panels, if any.

    Raises
    ------
    ValueError
        If a training curve is missing, or curves are not equally long.
    """
    missing = [name for name in QUANTITIES if name not in history]
    if missing:
        raise ValueError(f"the history lacks {' and '.join(missing)}: give both loss and accuracy")
    names = [name for name in (*QUANTITIES, *(f"val_{n}" for n in QUANTITIES)) if name in history]
    lengths = {len(history[name]) for name in names}
    if len(lengths) > 1:
        raise ValueError(
            f"curves of {' and '.join(map(str, sorted(lengths)))} epochs: give equally long ones"
        )
    figure, axes = panels(len(QUANTITIES), 1, width=4.8, height=2.5, title=title)
    for panel, (name, label) in zip(axes.flat, QUANTITIES.items(), strict=True):
        _draw(panel, history[name], history.get(f"val_{name}"), label)
        panel.set_title(name.capitalize())
    return figure


def loss_curves(loss: Sequence[float], val_loss: Sequence[float], *, label: str, title: str = "") -> Figure:
    """Return the loss over the epochs, of the training and of the validation part.

    Parameters
    ----------
    loss, val_loss : (epochs,) each.
    label : what the loss is, on its axis.
    title : above the panel, if any.

    Raises
    ------
    ValueError
        If the curves are not equally long.
    """
    if len(loss) != len(val_loss):
        raise ValueError(f"curves of {len(loss)} and {len(val_loss)} epochs: give equally long ones")
    figure, ((panel,),) = panels(1, 1, width=4.8, height=3.2, title=title)
    _draw(panel, loss, val_loss, label)
    return figure


def _draw(panel: Axes, training: Sequence[float], validation: Sequence[float] | None, label: str) -> None:
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
