"""The notebook's own call that sets the optimizer's learning rate, and its result."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Optional

from workshop.training.backend import keras
from workshop.units import unit

RATE, BETA_1 = 0.0002, 0.5


@dataclass(frozen=True)
class LiteralRate:
    """Result of `Adam(lr=…)`.

    `lr_error` : name of the error, or "none". `lr_rate` : the optimizer's rate, None without an optimizer.
    `lr_heeded` : whether this is the requested rate.
    """

    lr_error: str
    lr_rate: Optional[float]
    lr_heeded: bool


@unit("ch07.ex05", uses=("tensorflow",))
def literal_rate(rate: float = RATE, beta_1: float = BETA_1) -> LiteralRate:
    """Set a learning rate by its old name. Source: chapter 7, exercise 7.05.

    This is a demonstration. The optimizers of this package use the name that all versions know.
    """
    found, error = None, "none"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            optimizer = keras.optimizers.Adam(lr=rate, beta_1=beta_1)
        except (TypeError, ValueError) as raised:
            error = type(raised).__name__
        else:
            found = float(optimizer.get_config()["learning_rate"])
    heeded = found is not None and abs(found - rate) < 1e-6 * rate
    return LiteralRate(lr_error=error, lr_rate=found, lr_heeded=heeded)
