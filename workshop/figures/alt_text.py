"""Words and numbers that the alternative texts of several figures share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workshop.wording.numbers import three_digits

if TYPE_CHECKING:
    import numpy as np


def span(values: Sequence[float] | np.ndarray) -> str:
    """Write the least and the greatest of some values."""
    import numpy as np  # `workshop list` formats numbers by this module, and needs no array

    return f"{three_digits(float(np.min(values)))} to {three_digits(float(np.max(values)))}"


def percent(share: float) -> str:
    """Write a share in percent."""
    return f"{100 * share:.1f} %"


def size(image: np.ndarray) -> str:
    """Write the height and width of an image."""
    return f"{image.shape[0]} × {image.shape[1]}"
