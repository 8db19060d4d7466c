"""Curves over the epochs of a training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workshop.figures.panels import panels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure

# blue and orange, solid and dashed: told apart without colours, too
TRAINING = {"color": "#1f5fa8", "marker": "o", "linestyle": "-", "label": "training"}
VALIDATION = {"color": "#d95f02", "marker": "s", "linestyle": "--", "label": "validation"}
QUANTITIES = {"loss": "loss (mean per example)", "accuracy": "accuracy (share of examples)"}


def training_curves(history: Mapping[str, Sequence[float]], *, title: str = "") -> Figure:
    """Return loss and accuracy over the epochs, of the training and of the validation images.

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
    figure, axes = panels(1, len(QUANTITIES), width=4.4, height=3.4, title=title)
    epochs = np.arange(1, lengths.pop() + 1)
    for panel, (name, label) in zip(axes.flat, QUANTITIES.items(), strict=True):
        for key, style in ((name, TRAINING), (f"val_{name}", VALIDATION)):
            if key in history:
                panel.plot(epochs, np.asarray(history[key], dtype=np.float64), markersize=4, **style)
        panel.set(xlabel="epoch", ylabel=label, title=name.capitalize())
        panel.xaxis.get_major_locator().set_params(integer=True)
        panel.grid(alpha=0.3)
        panel.legend()
    return figure
