"""The rule that checks several parts of one quantity, each by a rule of its own."""

from __future__ import annotations

import math
from typing import Any

from pydantic import Field, field_validator

from workshop.ledger.rules.base import KINDS, AnyRule, Decision, Kind, Rule, StrictRule
from workshop.paths import follow, parse_steps


class PartCheck(StrictRule):
    """A rule for one part of a quantity; `at` leads to it."""

    at: str = ""
    rule: AnyRule

    @field_validator("rule")
    @classmethod
    def _decides_one_value(cls, rule: Rule) -> Rule:
        if not rule.needs_run or rule.needs_sample or rule.is_whole:
            raise ValueError(
                f"a part can't be decided by a {rule.name} rule: use one that decides a single value"
            )
        return rule

    @field_validator("at")
    @classmethod
    def _is_path(cls, at: str) -> str:
        parse_steps(at)
        return at

    def decide(self, expected: Any, measured: Any) -> Decision:
        """Decide the part; where the printed value has nothing at `at`, the rule has a bound of its own."""
        steps = parse_steps(self.at)
        try:
            value = follow(measured, steps)
        except LookupError as error:
            return Decision(False, None, str(error))
        try:
            expected = follow(expected, steps)
        except LookupError:
            expected = None
        decision = self.rule.decide(expected, value)
        return Decision(
            decision.holds, decision.margin, f"{self.at + ': ' if self.at else ''}{decision.detail}"
        )

    def text(self) -> str:
        """Write the check in words."""
        return f"{self.at + ' ' if self.at else ''}{self.rule.text()}"


class Parts(Rule):
    """Every check holds on its part; `documents` names the part whose value is printed, if it is only one."""

    name = "parts"
    is_whole = True
    documents: str | None = None
    checks: tuple[PartCheck, ...] = Field(min_length=1, strict=False)

    @property
    def kind(self) -> Kind:
        """The least strict kind of the checks on the documented value."""
        own = [
            check.rule.kind
            for check in self.checks
            if self.documents is None or parse_steps(check.at)[:1] == (self.documents,)
        ]
        return max(own, key=KINDS.index, default="exact")

    def fit(self, documented: Any) -> None:
        """Raise ValueError if a check does not fit its part of the documented value."""
        for check in self.checks:
            try:
                expected = follow(self._expected(documented), parse_steps(check.at))
            except LookupError:
                expected = None  # a part of ours, which is not printed: its rule has a bound of its own
            check.rule.fit(expected)

    def _expected(self, value: Any) -> Any:
        return value if self.documents is None else {self.documents: value}

    def decide(self, expected: Any, measured: Any) -> Decision:
        """Decide all parts; the first that fails decides, else the one with the smallest margin."""
        decisions = [check.decide(self._expected(expected), measured) for check in self.checks]
        failed = next((d for d in decisions if not d.holds), None)
        if failed is not None:
            return failed
        tight = min(decisions, key=lambda d: math.inf if d.margin is None else d.margin)
        return Decision(True, tight.margin, "; ".join(d.detail for d in decisions))

    def text(self) -> str:
        """Write the rule in words."""
        return "; ".join(check.text() for check in self.checks)
