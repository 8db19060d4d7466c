"""The type of pandas' one-hot columns, which the book uses as labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

from workshop.units import unit


@dataclass(frozen=True)
class LiteralDummies:
    """Result of `get_dummies` on labels. `dummies_dtype` : NumPy dtype of its columns."""

    dummies_dtype: str


@unit("ch02.ex03", uses=("pandas",))
def literal_dummies(labels: Tuple[int, ...] = (0, 1, 2)) -> LiteralDummies:
    """Make one-hot columns as the book does. Source: chapter 2, exercise 2.03.

    This is a demonstration. The exercises of this package make their labels with NumPy, as numbers.
    """
    import pandas as pd

    return LiteralDummies(dummies_dtype=str(pd.get_dummies(pd.Series(labels)).to_numpy().dtype))
