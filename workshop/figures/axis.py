"""An axis of a drawing: where a value is, and at which round numbers it has ticks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Axis:
    """An axis from `low` to `high` that goes from one place of a drawing to another.

    Its ticks are a `step` apart; None for a logarithmic one.
    """

    low: float
    high: float
    start: float
    end: float
    step: float | None

    def at(self, value: float) -> float:
        """Return the place of a value; one that is outside is drawn at the end."""
        if self.step is None:
            share = math.log(value / self.low) / math.log(self.high / self.low) if value > 0 else 0.0
        else:
            share = (value - self.low) / (self.high - self.low)
        return round(self.start + min(max(share, 0.0), 1.0) * (self.end - self.start), 1)

    def ticks(self, most: int) -> list[float]:
        """Return round numbers from end to end, at least two and not many more than `most`."""
        if self.step is not None:
            first = math.ceil(self.low / self.step - 1e-9)
            last = math.floor(self.high / self.step + 1e-9)
            return [float(f"{i * self.step:.9g}") for i in range(first, last + 1)]
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for digits in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7)):
            found = [float(f"{d}e{p}") for p in powers for d in digits]
            found = [tick for tick in found if self.low <= tick <= self.high]
            if len(found) >= min(most, 4) - 1:
                break
        return found[:: math.ceil(len(found) / (most + 1))]


def axis(
    values: Iterable[float],
    start: float,
    end: float,
    most: int,
    *,
    log: bool,
    whole: bool,
    legal: tuple[float, float] = (-math.inf, math.inf),
) -> Axis:
    """Return an axis for all values that are finite; it does not go beyond what is `legal`.

    `whole` : it ends at its first and last tick.
    """
    known = [value for value in values if math.isfinite(value) and not (log and value <= 0)]
    low, high = min(known, default=0.0), max(known, default=1.0)
    if log and low > 0 and high / low > 5:
        room = (high / low) ** 0.04
        return Axis(low / room, high * room, start, end, None)
    if low == high:
        low, high = low - (abs(low) / 20 or 1), high + (abs(high) / 20 or 1)
    step = _step(low, high, most)
    if whole:
        low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    return Axis(max(low, legal[0]), min(high, legal[1]), start, end, step)


def _step(low: float, high: float, most: int) -> float:
    """Return a step of 1, 2 or 5 times a power of ten that divides a range into at most `most`."""
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * digit for digit in (1, 2, 5, 10) if power * digit >= rough * (1 - 1e-9))
