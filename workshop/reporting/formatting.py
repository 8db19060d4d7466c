"""Measured values as the page writes them: medians and ranges over seeds, by name where they have names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workshop.figures.alt_text import digits
from workshop.ledger.values import brief, is_number
from workshop.reporting.report.samples import Today, is_summary


def written(value: Any, limit: int, numbers: Mapping[str, Today]) -> str:
    """Write a measured value of the results; what sums up several seeds as median and range.

    `numbers` has what was measured by names, where the numbers of a sum have any.
    """
    if not is_summary(value):
        return brief(value, limit)
    if numbers:
        return _named(numbers, value["seeds"], 2 * limit)
    median, low, high = (brief(_short(value[key]), limit) for key in ("median", "minimum", "maximum"))
    if low == high:
        return f"{median} on all {value['seeds']} seeds"
    ends = f", {low} to {high}" if len(low) + len(high) < limit else ""
    return f"median {median}{ends} over {value['seeds']} seeds"


def median(value: Any, limit: int, numbers: Mapping[str, Today]) -> str:
    """Write the median of what sums up several seeds, its numbers with their names where they have any."""
    if numbers:
        return brief(", ".join(f"{name} {digits(n.median)}" for name, n in numbers.items()), limit)
    return brief(_short(value["median"]), limit)


def rounded(value: Any) -> Any:
    """Return a value with the numbers that are not whole in four significant digits."""
    return _each(value, lambda item: float(f"{item:.4g}") if isinstance(item, float) else item)


def _named(numbers: Mapping[str, Today], seeds: int, limit: int) -> str:
    alike = all(n.low == n.high for n in numbers.values())
    text = ", ".join(f"{name} {digits(n.median)}{_range(n)}" for name, n in numbers.items())
    if len(text) > limit:
        text = ", ".join(f"{name} {digits(n.median)}" for name, n in numbers.items())
    text = brief(text, limit)
    return f"{text} on all {seeds} seeds" if alike else f"median {text} over {seeds} seeds"


def _range(number: Today) -> str:
    return "" if number.low == number.high else f" ({digits(number.low)} to {digits(number.high)})"


def _short(value: Any) -> Any:
    """Return the numbers of nested lists and mappings in four digits."""
    return _each(value, lambda item: digits(item) if is_number(item) else item)


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, list):
        return [_each(item, change) for item in value]
    if isinstance(value, Mapping):
        return {key: _each(item, change) for key, item in value.items()}
    return change(value)
