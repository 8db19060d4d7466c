"""The rule for stochastic claims: what outcomes of many seeds must show, and the printed value's place."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from workshop.ledger.paths import follow, parse_steps
from workshop.ledger.rules import AnyRule, Decision, Rule
from workshop.ledger.values import ShapeMismatch, brief, is_number, leaves, pairs, plain

_STATISTICS: dict[str, Callable[..., Any]] = {"median": np.median, "minimum": np.min, "maximum": np.max}


class Share(BaseModel):
    """How often a rule holds over the sample: the share of seeds on which `of` holds must satisfy `then`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    of: AnyRule
    then: AnyRule


class Quantiles(BaseModel):
    """The printed value must lie between these two quantiles of the sample, every number of it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _ordered(self) -> Quantiles:
        if not self.low < self.high:
            raise ValueError(f"printed needs low < high, not {self.low:g} and {self.high:g}")
        return self


class Check(BaseModel):
    """One thing that a sample must show; `at` leads to the part of the quantity that it looks at."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    at: str = ""
    each: AnyRule | None = None
    median: AnyRule | None = None
    minimum: AnyRule | None = None
    maximum: AnyRule | None = None
    share: Share | None = None
    printed: Quantiles | None = None

    @model_validator(mode="after")
    def _one(self) -> Check:
        given = [
            n
            for n in ("each", "median", "minimum", "maximum", "share", "printed")
            if getattr(self, n) is not None
        ]
        if len(given) != 1:
            raise ValueError(
                f"a check is exactly one of each, median, minimum, maximum, share, printed, not {given}"
            )
        parse_steps(self.at)
        held = [self.each, self.median, self.minimum, self.maximum]
        held += [self.share.of, self.share.then] if self.share is not None else []
        for rule in held:
            if rule is not None and (not rule.needs_run or rule.name == "sample"):
                raise ValueError(
                    f"a check can't hold a {rule.name} rule: use one that decides a single value"
                )
        return self

    def fit(self, documented: Any) -> None:
        """Raise ValueError if the check's rule, or its place, does not fit the documented value at `at`."""
        try:
            expected = follow(documented, parse_steps(self.at))
        except LookupError as error:
            if self.printed is not None:
                raise ValueError(f"the documented value has no {self.at!r}: {error}: mend `at`") from None
            expected = None
        if self.printed is not None:
            numbers = list(leaves(expected))
            if not numbers or not all(is_number(leaf) for leaf in numbers):
                raise ValueError(
                    f"the documented value at {self.at!r} holds no numbers to place: use another check"
                )
        for rule in (self.each, self.median, self.minimum, self.maximum):
            if rule is not None:
                rule.fit(expected)
        if self.share is not None:
            self.share.of.fit(expected)
            self.share.then.fit(expected)

    def decide(self, expected: Any, sample: Sequence[Any]) -> Decision:
        """Hold a sample against the check."""
        steps = parse_steps(self.at)
        try:
            values = [follow(value, steps) for value in sample]
        except LookupError as error:
            return Decision(False, None, str(error))
        try:
            expected = follow(expected, steps)
        except LookupError:
            expected = (
                None  # it looks at something of ours beside the printed value; its rule brings the bound
            )
        where = f"{self.at}: " if self.at else ""
        if self.each is not None:
            worst = self.each.decide_all(expected, values)
            return Decision(worst.holds, worst.margin, f"{where}worst of {len(values)} seeds: {worst.detail}")
        if self.share is not None:
            of = self.share.of
            hits = sum(of.decide(expected, value).holds for value in values)
            decision = self.share.then.decide(expected, hits / len(values))
            detail = (
                f"{where}{hits} of {len(values)} seeds {of.text()}; share must be {self.share.then.text()}"
            )
            return Decision(decision.holds, decision.margin, detail)
        if self.printed is not None:
            return self._place(expected, values, self.printed, where)
        for name, statistic in _STATISTICS.items():
            rule: Rule | None = getattr(self, name)
            if rule is not None:
                try:
                    array = _stacked(values)
                except ValueError as error:
                    return Decision(False, None, f"{where}{error}")
                decision = rule.decide(expected, statistic(array, axis=0))
                return Decision(
                    decision.holds, decision.margin, f"{where}{name} of {len(values)} seeds {decision.detail}"
                )
        raise AssertionError("unreachable: the validator admits exactly one check")

    def _place(self, expected: Any, values: Sequence[Any], quantiles: Quantiles, where: str) -> Decision:
        try:
            sample = _stacked([[m for _, _, m in pairs(expected, value)] for value in values])
        except (ShapeMismatch, ValueError) as problem:
            return Decision(False, None, f"{where}{problem}")
        printed = list(leaves(expected))
        if not printed or not all(is_number(leaf) for leaf in printed):
            return Decision(
                False, None, f"{where}the printed value {brief(expected)} has no place among numbers"
            )
        low, high = np.quantile(sample, [quantiles.low, quantiles.high], axis=0)
        rooms = np.minimum(np.asarray(printed) - low, high - np.asarray(printed))
        worst = int(np.argmin(rooms))
        margin = float(rooms[worst])
        below = float(np.mean(sample[:, worst] < printed[worst]))
        detail = (
            f"{where}printed {brief(printed[worst])} lies above {below:.0%} of {len(values)} seeds, "
            f"whose {quantiles.low:g} to {quantiles.high:g} quantiles are "
            f"{low[worst]:.4g} to {high[worst]:.4g}"
        )
        return Decision(margin >= 0, margin, detail)

    def text(self) -> str:
        """Write the check in words."""
        where = f"{self.at} " if self.at else ""
        for name in ("each", "median", "minimum", "maximum"):
            rule: Rule | None = getattr(self, name)
            if rule is not None:
                return f"{where}{'on every seed' if name == 'each' else name} {rule.text()}"
        if self.share is not None:
            return f"{where}share of seeds {self.share.of.text()} is {self.share.then.text()}"
        assert self.printed is not None
        return f"{where}printed value between quantiles {self.printed.low:g} and {self.printed.high:g}"


def _stacked(values: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return one row a seed. Raises ValueError if a seed gave no finite numbers, or another shape."""
    for value in values:
        if not all(is_number(leaf) and math.isfinite(leaf) for leaf in leaves(value)):
            raise ValueError(f"a seed gave no finite number: {brief(value)}")
    try:
        return np.asarray([plain(value) for value in values], dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"the seeds' values are no arrays of one shape: {brief(values)}") from None


class Sample(Rule):
    """Outcomes of `seed_count` distinct seeds, and what they must show.

    Where a claim measures several named quantities and prints one value, `documents` names the one that it
    stands for.
    """

    name = "sample"
    seed_count: int = Field(ge=1, alias="seeds")
    documents: str | None = None
    checks: tuple[Check, ...] = Field(min_length=1, strict=False)

    @property
    def seeds(self) -> int:
        """How many seeds the rule wants to see."""
        return self.seed_count

    @model_validator(mode="after")
    def _enough(self) -> Sample:
        for check in self.checks:
            if check.printed is not None and self.seed_count < 20:
                raise ValueError("a place between quantiles needs at least 20 seeds")
        return self

    def fit(self, documented: Any) -> None:
        """Raise ValueError if a check does not fit the documented value."""
        for check in self.checks:
            check.fit(self._placed(documented))

    def _placed(self, value: Any) -> Any:
        return value if self.documents is None else {self.documents: value}

    def decide(self, expected: Any, measured: Any) -> Decision:
        """Hold a sample of one against the checks."""
        return self.decide_all(expected, [measured])

    def decide_all(self, expected: Any, sample: Sequence[Any]) -> Decision:
        """Hold a sample against every check; the first that fails decides, else the tightest."""
        decisions = [check.decide(self._placed(expected), sample) for check in self.checks]
        failed = [d for d in decisions if not d.holds]
        if failed:
            return failed[0]
        tight = min(decisions, key=lambda d: math.inf if d.margin is None else d.margin)
        return Decision(True, tight.margin, "; ".join(d.detail for d in decisions))

    @property
    def places_printed(self) -> bool:
        """Whether a check looks for the place of the printed value."""
        return any(check.printed is not None for check in self.checks)

    def refute(self, printed: Any, instead: Any, sample: Sequence[Any]) -> Decision:
        """Hold a sample against a finding: only the place of the printed value may be refused."""
        if not self.places_printed:
            return super().refute(printed, instead, sample)
        decisions = [(check, check.decide(self._placed(printed), sample)) for check in self.checks]
        wrong = [d for check, d in decisions if check.printed is None and not d.holds]
        if wrong:
            return wrong[0]
        placed = [d for check, d in decisions if check.printed is not None]
        if all(d.holds for d in placed):
            return Decision(False, placed[0].margin, f"the printed value holds after all: {placed[0].detail}")
        refused = next(d for d in placed if not d.holds)
        return Decision(True, None if refused.margin is None else -refused.margin, refused.detail)

    def text(self) -> str:
        """Write the rule in words."""
        return f"over {self.seeds} seed{'s' * (self.seeds > 1)}: " + "; ".join(
            check.text() for check in self.checks
        )
