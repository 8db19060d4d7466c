"""Words and numbers that the alternative texts of several figures share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from workshop.wording.numbers import counted, three_digits

if TYPE_CHECKING:
    import numpy as np


def over_epochs(curves: Mapping[str, Sequence[float] | np.ndarray]) -> str:
    """Say how each of a training's curves moves over its epochs, two in a sentence."""
    epochs = counted(len(next(iter(curves.values()))), "epoch")
    moves = [f"the {moved(name, values)}" for name, values in curves.items()]
    moves[0] = f"over {epochs} {moves[0]}"
    return " ".join(sentence(", and ".join(moves[place : place + 2])) for place in range(0, len(moves), 2))


def moved(name: str, values: Sequence[float] | np.ndarray) -> str:
    """Say how a quantity moves from its first value to its last one, and which values lie outside these."""
    low, high = _range(values)
    first, last = float(values[0]), float(values[-1])
    if len(values) == 1:
        return f"{name} is {three_digits(first)}"
    direction = "falls" if last < first else "rises" if last > first else "comes back"
    beyond = [f"as low as {three_digits(low)}"] * (low < min(first, last))
    beyond += [f"as high as {three_digits(high)}"] * (high > max(first, last))
    between = f", in between {' and '.join(beyond)}" if beyond else ""
    return f"{name} {direction} from {three_digits(first)} to {three_digits(last)}{between}"


def span(values: Sequence[float] | np.ndarray) -> str:
    """Write the least and the greatest of some values."""
    low, high = _range(values)
    return f"{three_digits(low)} to {three_digits(high)}"


def _range(values: Sequence[float] | np.ndarray) -> tuple[float, float]:
    import numpy as np  # `workshop list` formats numbers by this module, and needs no array

    return float(np.min(values)), float(np.max(values))


def percent(share: float) -> str:
    """Write a share in percent."""
    return f"{100 * share:.1f} %"


def size(image: np.ndarray) -> str:
    """Write the height and width of an image."""
    return f"{image.shape[0]} × {image.shape[1]}"


def sentence(text: str) -> str:
    """Write a sentence: its first letter is a capital, and a full stop ends it."""
    return f"{text[0].upper()}{text[1:]}."
