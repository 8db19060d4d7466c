"""Rules on the order of several values: ascending names, rankings, curves."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from workshop.ledger.rules.base import Decision, Rule
from workshop.values import brief, is_number, kind, plain


class Ordering(Rule):
    """The values measured for the documented names ascend in their order, each step by more than `gap`."""

    name = "ordering"
    of_kind = "ordering"
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


CurveProperty = Literal["falling", "rising", "convex", "concave"]


class Curve(Rule):
    """The measured sequence has the documented property at every step."""

    name = "curve"
    of_kind = "shape"
    property: CurveProperty

    def decide(self, expected: Any, measured: Any) -> Decision:
        values = plain(measured)
        order = 2 if self.property in ("convex", "concave") else 1
        if not isinstance(values, list) or len(values) <= order or not all(map(is_number, values)):
            return Decision(
                False, None, f"measured {brief(measured)} is not a curve of {order + 1} numbers or more"
            )
        if not all(map(math.isfinite, values)):
            return Decision(False, -math.inf, f"the curve {brief(measured)} is not finite")
        sign = 1.0 if self.property in ("rising", "convex") else -1.0
        steps = [float(value) for value in values]
        for _ in range(order):
            steps = [after - before for before, after in itertools.pairwise(steps)]
        margin = min(sign * step for step in steps)
        return Decision(
            margin > 0, margin, f"{brief(measured)} is {'' if margin > 0 else 'not '}{self.property}"
        )

    def text(self) -> str:
        return f"{self.property} at every step"
