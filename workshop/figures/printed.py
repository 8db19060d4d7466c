"""The book's printed values that figures show next to this run's, as the ledger has them.

`figure(..., printed=Value(...))` passes them to the function that draws, as `printed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.ledger import ledger
from workshop.ledger.values import is_number, leaves


@dataclass(frozen=True)
class Value:
    """A printed value: the claim that documents it, and steps into what it documents."""

    path: str

    def __call__(self, *_: Any) -> Any:
        """Return the value; None if the ledger has none there."""
        try:
            return ledger().printed(self.path, home="")
        except LookupError:
            return None


def numbers(printed: Any, shape: tuple[int, ...]) -> np.ndarray | None:
    """Return printed numbers as an array; None where the ledger has another form, or nothing."""
    if not all(map(is_number, leaves(printed))):
        return None
    try:
        array = np.asarray(printed, dtype=np.float64)
    except (TypeError, ValueError):  # a mapping, or rows that are not equally long
        return None
    return array if array.shape == shape and np.isfinite(array).all() else None
