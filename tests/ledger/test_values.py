"""Values on one line: shortening never cuts a word or a number that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from workshop.ledger.values import brief, plain

# a value, and how it is written in 24 characters
WRITTEN: list[tuple[Any, str]] = [
    ([1.5, 2.25, 3.125], "[1.5, 2.25, 3.125]"),
    ([0.125] * 9, "[0.125, … 0.125]"),  # not 0.1, which is another number
    (["alice", "adventures", "of", "ten"], "[alice, … of, ten]"),
    ("one two three four five six seven", "one two … six seven"),
    ("a very1234567890longword and other", "a very1234 … and other"),  # "a" alone would leave too little
    ("rows 40,275 of many, many more", "rows … many more"),  # not 40
    ("0123456789" * 4, "0123456789 … 0123456789"),
    ({"loss": 0.25, "accuracy": 0.5}, "{loss: … 0.5}"),
]


@pytest.mark.parametrize(("value", "text"), WRITTEN)
def test_brief_cuts_between_words(value: Any, text: str) -> None:
    """The beginning and the end of a long text, each of whole words if that leaves a quarter of its room."""
    assert brief(value, 24) == text


def test_no_number_is_cut() -> None:
    """Whatever the room, each number that is shown is one of the list."""
    numbers = [round(0.37 * i**2, 3) for i in range(30)]
    for limit in range(40, 120):
        shown = brief(numbers, limit)
        assert len(shown) <= limit
        assert {float(n) for n in shown.strip("[]").replace(" …", ",").split(",") if n.strip()} <= {*numbers}


@dataclass(frozen=True)
class Log:
    """A field of an outcome."""

    loss: np.ndarray
    steps: tuple[int, ...]


def test_a_dataclass_is_a_mapping_of_its_fields() -> None:
    """Printed mappings are compared with named fields as with a dict's keys."""
    assert plain({"early": Log(np.array([0.5]), (1, 2))}) == {"early": {"loss": [0.5], "steps": [1, 2]}}
