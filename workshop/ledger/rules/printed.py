"""Rules that need no run: printed values compared with each other, and statements that can't be tested."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field

from workshop.ledger.rules.base import Decision, Rule
from workshop.values import brief, is_number, leaves

Operation = Literal["value", "sum", "product", "minimum", "maximum", "mean"]
Relation = Literal["equal", "above", "below", "among"]

_OPERATIONS: dict[str, Callable[[list[float]], float]] = {
    "value": lambda v: v[0],
    "sum": math.fsum,
    "product": math.prod,
    "minimum": min,
    "maximum": max,
    "mean": lambda v: math.fsum(v) / len(v),
}


class Consistency(Rule):
    """Every printed number has the `relation` to the result of the `operation` on other printed numbers.

    `of` lists numbers and paths to printed values (`ch02.ex06.summary[0][1]`). The ledger resolves them
    before the rule decides, and passes them as the measured value. With `among`, everything that is printed,
    words too, must be in `of`.
    """

    name = "consistency"
    needs_run = False
    evidence = "printed"
    operation: Operation = "value"
    of: tuple[str | float, ...] = Field(min_length=1, strict=False)
    relation: Relation = "equal"
    atol: float = Field(default=0.0, ge=0)

    @property
    def counts(self) -> bool:
        """Whether the relation compares numbers; `among` compares words, too."""
        return self.relation != "among"

    def fit(self, documented: Any) -> None:
        """Raise ValueError if the documented value has no number where one is needed."""
        if not self.counts:
            if self.operation != "value" or self.atol:
                raise ValueError(f"{self.relation} compares as printed: drop operation and atol")
        elif not any(is_number(leaf) for leaf in leaves(documented)):
            raise ValueError("consistency needs a documented number")

    def combine(self, values: Any) -> float:
        """Return the operation's result on other printed values. Raises ValueError if it has none."""
        numbers = [leaf for leaf in leaves(values) if is_number(leaf)]
        try:
            return _OPERATIONS[self.operation](numbers)
        except (IndexError, ValueError, ZeroDivisionError):
            raise ValueError(f"there is no {self.operation} of the printed values {brief(values)}") from None

    def decide(self, expected: Any, measured: Any) -> Decision:
        """Compare the printed value `expected` with the other printed numbers `measured`."""
        if not self.counts:
            return self._find(list(leaves(expected)), list(leaves(measured)))
        result = self.combine(measured)
        printed = [leaf for leaf in leaves(expected) if is_number(leaf)]
        rooms = {
            "equal": [self.atol - abs(p - result) for p in printed],
            "above": [p - result - self.atol for p in printed],
            "below": [result - p - self.atol for p in printed],
        }[self.relation]
        margin = min(rooms)
        holds = margin >= 0 if self.relation == "equal" else margin > 0
        return Decision(
            holds, margin, f"printed {brief(expected)}, {self.operation} of printed values {result:.9g}"
        )

    def _find(self, printed: list[Any], others: list[Any]) -> Decision:
        missing = [one for one in printed if one not in others]
        text = f"{brief(missing)} not there" if missing else f"{brief(printed)} found"
        return Decision(not missing, None, f"of what is printed elsewhere, {text}")

    def text(self) -> str:
        """Write the rule in words."""
        if not self.counts:
            return f"{self.relation} {', '.join(map(str, self.of))}"
        return f"{self.relation} to".replace("above to", "above").replace("below to", "below") + (
            f" {self.operation} of {', '.join(map(str, self.of))}"
        )


class Literature(Rule):
    """A statement of literature, a drawing without numbers or arbitrary numbers: not testable, for a reason.

    `arbitrary`: each run of the same procedure gives other numbers, and none says more than another, such as
    single coordinates of a trained word vector.
    """

    name = "literature"
    of_kind = "external"
    needs_run = False
    reason: str = Field(min_length=10)
    arbitrary: bool = False

    def fit(self, documented: Any) -> None:
        numbers = any(is_number(leaf) for leaf in leaves(documented))
        if numbers and not self.arbitrary:
            raise ValueError("a printed number is never literature: use a rule that measures, or consistency")
        if self.arbitrary and not numbers:
            raise ValueError("`arbitrary` is for printed numbers: remove it")

    def text(self) -> str:
        return f"not testable: {self.reason}"
