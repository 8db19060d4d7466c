"""The ledger's values that figures ask for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workshop.figures.printed import Value, numbers
from workshop.figures.registry import sketches


def test_what_figures_ask_for_is_in_the_ledger() -> None:
    """No figure asks for a value that the ledger does not have."""
    asked = [sketch.printed for several in sketches().values() for sketch in several]
    values = [each for each in asked if isinstance(each, Value)]

    assert len(values) >= 4
    assert [each for each in values if each() is None] == []


@pytest.mark.parametrize(
    "value", [None, "text", [[True, False]], {1: 2.0}, [1.0, 2.0], [[1.0], [2.0, 3.0]], [[1.0, float("nan")]]]
)
def test_what_are_no_numbers_of_a_shape_is_nothing(value: Any) -> None:
    """Another shape, text and no number are none of them."""
    assert numbers(value, (1, 2)) is None
    np.testing.assert_array_equal(numbers([[1, 2]], (1, 2)), [[1.0, 2.0]])


def test_a_value_that_is_not_there_is_nothing() -> None:
    """A claim that went, and a name that its value does not have."""
    assert Value("ch02.ex02.gone")() is None
    assert Value("ch07.ex05.probability_log.gone")() is None
