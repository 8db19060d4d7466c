"""Rules on single values: equal, rounded, within a tolerance, within bounds."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any

from pydantic import Field, model_validator

from workshop.ledger.rules.base import Decision, Rule
from workshop.values import ShapeMismatch, brief, half_digit, is_number, kind, leaves, pairs, same


class Equal(Rule):
    """The same values in the same shape; with `dtype`, of that NumPy dtype."""

    name = "equal"
    dtype: str | None = None

    def fit(self, documented: Any) -> None:
        if documented is None:
            raise ValueError("equal needs a documented value")

    def decide(self, expected: Any, measured: Any) -> Decision:
        if self.dtype is not None and str(getattr(measured, "dtype", "no array")) != self.dtype:
            return Decision(
                False, None, f"dtype {getattr(measured, 'dtype', type(measured).__name__)}, not {self.dtype}"
            )
        try:
            for where, e, m in pairs(expected, measured):
                if not same(e, m):
                    return Decision(False, None, f"{where or 'value'} is {brief(m)}, not {brief(e)}")
        except ShapeMismatch as mismatch:
            return Decision(False, None, str(mismatch))
        return Decision(True, None, "equal")

    def text(self) -> str:
        return "equal" + (f", dtype {self.dtype}" if self.dtype else "")


class _Tolerance(Rule):
    """A rule that allows each number a distance from the expected one."""

    def fit(self, documented: Any) -> None:
        if not any(is_number(leaf) for leaf in leaves(documented)):
            raise ValueError(
                f"{self.name} needs numbers, the documented value is {kind(documented)}: use equal"
            )

    @abstractmethod
    def allowed(self, expected: float) -> float:
        """Return the distance that a number may have."""

    def decide(self, expected: Any, measured: Any) -> Decision:
        worst, at = math.inf, ""
        try:
            for where, e, m in pairs(expected, measured):
                if not (is_number(e) and is_number(m)):
                    if not same(e, m):
                        return Decision(False, None, f"{where or 'value'} is {brief(m)}, not {brief(e)}")
                    continue
                room = self.allowed(e) - abs(m - e)
                room = -math.inf if math.isnan(room) else room
                if room < worst:
                    place = f"{where} " if where else ""
                    worst, at = room, f"{place}{brief(m)} against {brief(e)} ± {self.allowed(e):.3g}"
        except ShapeMismatch as mismatch:
            return Decision(False, None, str(mismatch))
        return Decision(worst >= 0, worst, at)


class Rounds(_Tolerance):
    """Rounds to the printed digits; `decimals` where printed trailing zeros count."""

    name = "rounds"
    of_kind = "close"
    decimals: int | None = Field(default=None, ge=0)

    def allowed(self, expected: float) -> float:
        # slightly more than half a digit, so that binary fractions do not lose a value exactly half-way
        return half_digit(expected, self.decimals) * (1 + 1e-9)

    def text(self) -> str:
        return "rounds to the printed digits"


class Within(_Tolerance):
    """Within atol + rtol·|expected| of every number."""

    name = "within"
    of_kind = "close"
    rtol: float = Field(default=0.0, ge=0)
    atol: float = Field(default=0.0, ge=0)

    @model_validator(mode="after")
    def _has_tolerance(self) -> Within:
        if self.rtol == 0 and self.atol == 0:
            raise ValueError("within needs rtol or atol above 0: use equal")
        return self

    def allowed(self, expected: float) -> float:
        return self.atol + self.rtol * abs(expected)

    def text(self) -> str:
        parts = [f"{key} {value:g}" for key, value in (("rtol", self.rtol), ("atol", self.atol)) if value]
        return "within " + " + ".join(parts)


class _Bound(Rule):
    """A rule that compares numbers with limits; `numbers` says how many there are, None if one or any."""

    numbers: int | None = Field(None, gt=1)

    def fit(self, documented: Any) -> None:
        if not self._own() and not all(is_number(leaf) for leaf in leaves(documented)):
            raise ValueError(f"{self.name} without a bound needs a documented number: give the bound")

    @abstractmethod
    def _own(self) -> bool:
        """Whether it has limits of its own."""

    @abstractmethod
    def room(self, expected: float, measured: float) -> float:
        """Return how far inside of the limits a number is."""

    def decide(self, expected: Any, measured: Any) -> Decision:
        if not self._own():
            try:
                rows = [(e, m) for _, e, m in pairs(expected, measured)]
            except ShapeMismatch as mismatch:
                return Decision(False, None, str(mismatch))
        else:
            rows = [(math.nan, m) for m in leaves(measured)]
        if not rows or not all(is_number(m) for _, m in rows):
            return Decision(False, None, f"measured {brief(measured)} is not a number")
        if self.numbers not in {None, len(rows)}:
            return Decision(False, None, f"{len(rows)} of {self.numbers} numbers: {brief(measured)}")
        margin, value = min((self.room(e, m), m) for e, m in rows)
        if math.isnan(margin) or not all(math.isfinite(m) for _, m in rows):
            return Decision(False, -math.inf, f"measured {brief(measured)} is not finite")
        return Decision(margin >= 0, margin, f"{brief(value)}, {self.text()}")


class _OneSided(_Bound):
    """A bound of its own, or the documented value."""

    bound: float | None = None

    def _own(self) -> bool:
        return self.bound is not None

    def limit(self, expected: float) -> float:
        return expected if self.bound is None else self.bound

    def text(self) -> str:
        limit = "the printed value" if self.bound is None else f"{self.bound:g}"
        return f"{self.name.replace('_', ' ')} {limit}"


class AtLeast(_OneSided):
    """No number is below the bound (the documented value if none is given)."""

    name = "at_least"
    of_kind = "bound"

    def room(self, expected: float, measured: float) -> float:
        return measured - self.limit(expected)


class AtMost(_OneSided):
    """No number is above the bound (the documented value if none is given)."""

    name = "at_most"
    of_kind = "bound"

    def room(self, expected: float, measured: float) -> float:
        return self.limit(expected) - measured


class Between(_Bound):
    """Every number lies between `low` and `high`, both included."""

    name = "between"
    of_kind = "bound"
    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Between:
        if not self.low < self.high:
            raise ValueError(f"between needs low < high, not {self.low:g} and {self.high:g}")
        return self

    def _own(self) -> bool:
        return True

    def room(self, expected: float, measured: float) -> float:
        return min(measured - self.low, self.high - measured)

    def text(self) -> str:
        return f"between {self.low:g} and {self.high:g}"
