"""Numbers, counts and lists in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context
from typing import TYPE_CHECKING, Any

from workshop.values import brief, is_number

if TYPE_CHECKING:
    import numpy as np

_TIMES = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def three_digits(value: float) -> str:
    """Write a number with three significant digits, or with all digits before the point."""
    return f"{value:,.0f}" if abs(value) >= 99.95 else f"{value:#.3g}"


def significant(value: float, digits: int) -> float:
    """Round to significant digits, halves away from zero, as JavaScript does."""
    return float(Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal_from_float(float(value)))


def four_digits(value: float) -> str:
    """Write a number with four digits; a large one without an exponent."""
    number = significant(value, 4)
    return f"{number:,.0f}" if 1e4 <= abs(number) < 1e15 else f"{number:.4g}"


def span(values: Sequence[float] | np.ndarray) -> str:
    """Write the least and the greatest of some values."""
    return f"{three_digits(min(values))} to {three_digits(max(values))}"


def percent(share: float) -> str:
    """Write a share in percent."""
    return f"{100 * share:.1f} %"


def counted(number: int, noun: str) -> str:
    """Write a number of things."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(values: Sequence[Any] | np.ndarray) -> str:
    """Write values with an "and" before the last one."""
    *first, last = (str(value) for value in values)
    return f"{', '.join(first)} and {last}" if first else last


def capital(text: str) -> str:
    """Write a text with a capital first letter."""
    return text[:1].upper() + text[1:]


def six_digits(value: Any, limit: int) -> str:
    """Write a number with six significant digits, and any other value in at most `limit` characters."""
    if value is None:
        return "no number"  # NaN and infinity are null in JSON
    return f"{value:.6g}" if is_number(value) and not isinstance(value, int) else brief(value, limit)


def duration(seconds: float) -> str:
    """Write a time with three significant digits in a unit that suits it."""
    number, unit = in_unit(seconds)
    return f"{three_digits(number)} {unit}"


def in_unit(seconds: float) -> tuple[float, str]:
    """Return a time in a unit that suits it, and the unit; what rounds to 1000 ms is 1 s."""
    scale, unit = next((u for u in _TIMES if seconds >= 0.9995 * u[0]), _TIMES[-1])
    return seconds / scale, unit


def rounded(value: Any) -> Any:
    """Return a value with its fractional numbers rounded to four significant digits."""
    return map_leaves(value, lambda item: float(f"{item:.4g}") if isinstance(item, float) else item)


def map_leaves(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return nested lists and mappings with each of their leaves changed."""
    if isinstance(value, list):
        return [map_leaves(item, change) for item in value]
    if isinstance(value, Mapping):
        return {key: map_leaves(item, change) for key, item in value.items()}
    return change(value)


def names_text(names: Sequence[str], limit: int = 6) -> str:
    """List names, and how many more there are than the limit."""
    return ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")
