"""Version conditions of findings in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# as their projects write them; others are written as in the ledger
NAMES = {"python": "Python", "tensorflow": "TensorFlow", "keras": "Keras", "numpy": "NumPy", "nltk": "NLTK"}
_SIGNS = {">=": "≥", "<=": "≤", "==": "=", "!=": "≠"}


def in_words(when: Mapping[Any, str]) -> str:
    """Write a finding's `when`, e.g. `Keras ≥ 3.0` or `NLTK ≥ 3.6 and < 3.9, NumPy ≥ 2.0`."""
    return ", ".join(f"{named(library)} {_bounds(condition)}" for library, condition in when.items())


def named(library: str) -> str:
    """Return a library's name as its project writes it."""
    return NAMES.get(library, library)


def _bounds(condition: str) -> str:
    bounds = [re.fullmatch(r"\s*([<>=!~]+)\s*(.*?)\s*", bound) for bound in condition.split(",")]
    return " and ".join(f"{_SIGNS.get(bound[1], bound[1])} {bound[2]}" for bound in bounds if bound)
