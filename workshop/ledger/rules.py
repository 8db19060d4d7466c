"""The rules that decide a claim: a small typed vocabulary of what is accepted, what refused, and by how much.

A rule sees the expected value (as printed, or its correction) and what was measured. In the ledger a rule is
written as its name, or as a mapping of its name to its parameters: `equal`, `{within: {atol: 1.0e-4}}`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    SerializeAsAny,
    ValidationError,
    model_validator,
)

from workshop.ledger.errors import in_words
from workshop.ledger.values import (
    ShapeMismatch,
    brief,
    half_digit,
    is_number,
    kind,
    leaves,
    pairs,
    plain,
    same,
)


@dataclass(frozen=True)
class Decision:
    """Whether a rule holds, by what margin, and why.

    The margin is positive inside, in the quantity's unit; None if it is not a matter of degree.
    """

    holds: bool
    margin: float | None
    detail: str


class Rule(BaseModel):
    """What all rules have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
    name: ClassVar[str]
    needs_run: ClassVar[bool] = True

    def fit(self, documented: Any) -> None:
        """Raise ValueError, with the remedy, if the rule does not fit the documented value's type."""

    def decide(self, expected: Any, measured: Any) -> Decision:
        """Hold one measured value against the expected one."""
        raise NotImplementedError

    def text(self) -> str:
        """Write the rule in words."""
        raise NotImplementedError

    def decide_all(self, expected: Any, sample: Sequence[Any]) -> Decision:
        """Hold every outcome of a sample against the expected value: the worst one decides."""
        decisions = [self.decide(expected, measured) for measured in sample]
        return min(decisions, key=lambda d: (d.holds, math.inf if d.margin is None else d.margin))

    def refute(self, printed: Any, instead: Any, sample: Sequence[Any]) -> Decision:
        """Hold a sample against a finding: refuse the printed value and accept what is recorded instead."""
        held = self.decide_all(printed, sample)
        if held.holds:
            return Decision(False, held.margin, f"the printed value holds after all: {held.detail}")
        return self.decide_all(instead, sample)


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
    """A numeric rule that allows each number its own distance."""

    def fit(self, documented: Any) -> None:
        if not any(is_number(leaf) for leaf in leaves(documented)):
            raise ValueError(
                f"{self.name} needs numbers, the documented value is {kind(documented)}: use equal"
            )

    def allowed(self, expected: float) -> float:
        raise NotImplementedError

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
    """Rounds to the printed digits; `decimals` where printed trailing zeros carry meaning."""

    name = "rounds"
    decimals: int | None = Field(default=None, ge=0)

    def allowed(self, expected: float) -> float:
        # a hair more than half a digit, so that a value exactly half-way is not lost to binary fractions
        return half_digit(expected, self.decimals) * (1 + 1e-9)

    def text(self) -> str:
        return "rounds to the printed digits"


class Within(_Tolerance):
    """Within atol + rtol·|expected| of every number."""

    name = "within"
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
    """A rule that holds numbers against limits."""

    def fit(self, documented: Any) -> None:
        if not self._own() and not all(is_number(leaf) for leaf in leaves(documented)):
            raise ValueError(f"{self.name} without a bound needs a documented number: give the bound")

    def _own(self) -> bool:
        raise NotImplementedError

    def room(self, expected: float, measured: float) -> float:
        raise NotImplementedError

    def decide(self, expected: Any, measured: Any) -> Decision:
        if not self._own():
            try:
                rows = [(e, m) for _, e, m in pairs(expected, measured)]
            except ShapeMismatch as mismatch:
                return Decision(False, None, str(mismatch))
        else:
            rows = [(math.nan, m) for m in leaves(measured)]
        if not rows or not all(is_number(m) for _, m in rows):
            return Decision(False, None, f"measured {brief(measured)} is no number")
        margin, value = min((self.room(e, m), m) for e, m in rows)
        if math.isnan(margin) or not all(math.isfinite(m) for _, m in rows):
            return Decision(False, -math.inf, f"measured {brief(measured)} is not finite")
        return Decision(margin >= 0, margin, f"{brief(value)}, {self.text()}")


class AtLeast(_Bound):
    """No number is below the bound (the documented value if none is given)."""

    name = "at_least"
    bound: float | None = None

    def _own(self) -> bool:
        return self.bound is not None

    def room(self, expected: float, measured: float) -> float:
        return measured - (expected if self.bound is None else self.bound)

    def text(self) -> str:
        return f"at least {'the printed value' if self.bound is None else f'{self.bound:g}'}"


class AtMost(_Bound):
    """No number is above the bound (the documented value if none is given)."""

    name = "at_most"
    bound: float | None = None

    def _own(self) -> bool:
        return self.bound is not None

    def room(self, expected: float, measured: float) -> float:
        return (expected if self.bound is None else self.bound) - measured

    def text(self) -> str:
        return f"at most {'the printed value' if self.bound is None else f'{self.bound:g}'}"


class Between(_Bound):
    """Every number lies between `low` and `high`, both included."""

    name = "between"
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


class Ordering(Rule):
    """The documented names in ascending order of what was measured for each, each step above `gap`."""

    name = "ordering"
    gap: float = Field(default=0.0, ge=0)

    def fit(self, documented: Any) -> None:
        if (
            not isinstance(documented, list)
            or len(documented) < 2
            or len(set(map(str, documented))) != len(documented)
        ):
            raise ValueError("ordering needs a documented list of names, smallest first")

    def decide(self, expected: Any, measured: Any) -> Decision:
        if not isinstance(plain(measured), Mapping):
            return Decision(False, None, f"measured is {kind(measured)}, not a mapping of names to numbers")
        values = {str(k): v for k, v in plain(measured).items()}
        names = [str(name) for name in expected]
        if set(values) != set(names) or not all(is_number(v) for v in values.values()):
            return Decision(
                False, None, f"measured {brief(measured)} does not give a number for each of {names}"
            )
        if not all(math.isfinite(v) for v in values.values()):
            return Decision(False, -math.inf, f"measured {brief(measured)} is not finite")
        margin = min(values[b] - values[a] for a, b in itertools.pairwise(names)) - self.gap
        return Decision(margin > 0, margin, " < ".join(f"{n} {brief(values[n])}" for n in names))

    def text(self) -> str:
        return "in the printed ascending order" + (f", each step over {self.gap:g}" if self.gap else "")


class Overlap(Rule):
    """At least `at_least` of the documented first `k` are among the measured first `k`.

    A ranking is a list of names, or of rows that begin with a name.
    """

    name = "overlap"
    k: int = Field(ge=1)
    at_least: int = Field(ge=1)

    @model_validator(mode="after")
    def _possible(self) -> Overlap:
        if self.at_least > self.k:
            raise ValueError(f"overlap can't ask for {self.at_least} of {self.k}")
        return self

    def fit(self, documented: Any) -> None:
        if not isinstance(documented, list) or len(documented) < self.at_least:
            raise ValueError(f"overlap needs a documented ranking of {self.at_least} or more")

    def decide(self, expected: Any, measured: Any) -> Decision:
        if not isinstance(plain(measured), list):
            return Decision(False, None, f"measured is {kind(measured)}, not a ranking")
        common = self.common(expected, measured)
        return Decision(common >= self.at_least, common - self.at_least, f"{common} of {self.k} in common")

    def common(self, expected: Any, measured: Any) -> int:
        """Return how many names the first `k` of both rankings have in common."""
        first, second = ({_name(row) for row in plain(ranking)[: self.k]} for ranking in (expected, measured))
        return len(first & second)

    def text(self) -> str:
        return f"at least {self.at_least} of the first {self.k} in common"


def _name(row: Any) -> str:
    return str(row[0] if isinstance(row, list) else row)


CurveProperty = Literal["falling", "rising", "convex", "concave"]


class Curve(Rule):
    """The measured sequence has the documented property at every step, by more than `step`."""

    name = "curve"
    property: CurveProperty
    step: float = Field(default=0.0, ge=0)

    def decide(self, expected: Any, measured: Any) -> Decision:
        values = plain(measured)
        order = 2 if self.property in ("convex", "concave") else 1
        if not isinstance(values, list) or len(values) <= order or not all(map(is_number, values)):
            return Decision(
                False, None, f"measured {brief(measured)} is no curve of {order + 1} numbers or more"
            )
        if not all(map(math.isfinite, values)):
            return Decision(False, -math.inf, f"the curve {brief(measured)} is not finite")
        sign = 1.0 if self.property in ("rising", "convex") else -1.0
        margin = float((sign * np.diff(np.asarray(values, dtype=np.float64), order)).min()) - self.step
        return Decision(
            margin > 0, margin, f"{brief(measured)} is {'' if margin > 0 else 'not '}{self.property}"
        )

    def text(self) -> str:
        return f"{self.property} at every step" + (f" by more than {self.step:g}" if self.step else "")


class Literature(Rule):
    """A statement of literature or a drawing without numbers: not testable, for a reason."""

    name = "literature"
    needs_run = False
    reason: str = Field(min_length=10)

    def fit(self, documented: Any) -> None:
        if any(is_number(leaf) for leaf in leaves(documented)):
            raise ValueError("a printed number is never literature: use a rule that measures, or consistency")

    def text(self) -> str:
        return f"not testable: {self.reason}"


class Pending(Rule):
    """A rule still in prose: its unit is not implemented yet."""

    name = "pending"
    needs_run = False
    prose: str = Field(min_length=1)

    def text(self) -> str:
        return f"pending: {self.prose}"


def _parse(value: Any) -> Rule:
    """Build a rule from its written form, a name or a mapping of one name to parameters."""
    if isinstance(value, Rule):
        return value
    parameters: Any = {}
    if isinstance(value, str):
        name = value
    elif isinstance(value, Mapping) and len(value) == 1:
        ((name, parameters),) = value.items()
        if not isinstance(parameters, Mapping) or not parameters:
            raise ValueError(f"rule {name} has no mapping of parameters: add them, or write the bare name")
    else:
        given = ", ".join(map(str, value)) if isinstance(value, Mapping) else repr(value)
        raise ValueError(
            f"a rule is one name, or one name with its parameters, not {given or 'none'}: give one"
        )
    if name not in vocabulary():
        raise ValueError(f"unknown rule {name!r}: use one of {', '.join(sorted(vocabulary()))}")
    try:
        return vocabulary()[name].model_validate(dict(parameters))
    except ValidationError as error:
        raise ValueError(f"rule {name}: {in_words(error)}") from None


AnyRule = Annotated[SerializeAsAny[Rule], PlainValidator(_parse)]


def vocabulary() -> dict[str, type[Rule]]:
    """Return all rules by name."""
    from workshop.ledger.consistency import Consistency
    from workshop.ledger.parts import Parts
    from workshop.ledger.references import Reference

    kinds: tuple[type[Rule], ...] = (
        Equal, Rounds, Within, AtLeast, AtMost, Between, Ordering, Overlap, Curve,
        Parts, Reference, Consistency, Literature, Pending,
    )  # fmt: skip
    return {k.name: k for k in kinds}
