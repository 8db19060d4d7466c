"""Verdicts: a claim held against one outcome or a sample of outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workshop.ledger import Claim, Ledger
from workshop.ledger.consistency import Consistency
from workshop.ledger.rules import Decision, Literature, Pending
from workshop.ledger.values import brief

Verdict = Literal[
    "reproduced", "corrected", "changed", "refuted", "supported",
    "failed", "undecided", "unavailable", "deferred", "not testable", "pending",
]  # fmt: skip

# worst first: the order in which summaries list them
VERDICTS: tuple[Verdict, ...] = (
    "failed", "reproduced", "corrected", "changed", "refuted", "supported",
    "undecided", "unavailable", "deferred", "not testable", "pending",
)  # fmt: skip
VERIFIED: frozenset[Verdict] = frozenset({"reproduced", "corrected", "changed", "refuted", "supported"})


@dataclass(frozen=True)
class Judgement:
    """A verdict, the margin by which the rule holds or is missed, and the reason in one line."""

    verdict: Verdict
    margin: float | None
    reason: str


def judge(
    claim: Claim, sample: Sequence[Any], *, versions: dict[str, str], substitutes: Sequence[str] = ()
) -> Judgement:
    """Hold a claim against what was measured for it on each seed.

    `substitutes` says why the outcomes rest on substitute data; they can support a claim, never refute it.
    """
    verdict, decision = _decide(claim, sample, versions)
    if substitutes and verdict == "failed":
        reason = f"the substitute gives {brief(sample[0])} ({decision.detail})"
        return Judgement("unavailable", decision.margin, f"{reason}; substitute for {'; '.join(substitutes)}")
    if substitutes:
        return Judgement(
            "supported", decision.margin, f"{decision.detail}; on a substitute for {'; '.join(substitutes)}"
        )
    return Judgement(verdict, decision.margin, decision.detail)


def judge_printed(claim: Claim, ledger: Ledger) -> Judgement:
    """Decide a claim that needs no run: literature, pending, or consistency with other printed values."""
    rule = claim.rule
    if isinstance(rule, Literature):
        return Judgement("not testable", None, rule.reason)
    if isinstance(rule, Pending):
        return Judgement("pending", None, f"{claim.unit} is not implemented yet")
    assert isinstance(rule, Consistency)
    others = [ledger.printed(p, home=claim.unit) if isinstance(p, str) else p for p in rule.of]
    verdict, decision = _decide(claim, [others], {})
    return Judgement(verdict, decision.margin, decision.detail)


def _decide(claim: Claim, sample: Sequence[Any], versions: dict[str, str]) -> tuple[Verdict, Decision]:
    rule = claim.rule
    finding = claim.finding
    if finding is not None and finding.applies(versions):
        decision = rule.refute(claim.documented, finding.instead, sample)
        if not decision.holds:
            return "failed", Decision(
                False, decision.margin, f"recorded as {finding.verdict}, but {decision.detail}"
            )
        return finding.verdict, Decision(True, decision.margin, f"{finding.reason} ({decision.detail})")
    if claim.correct is None:
        decision = rule.decide_all(claim.documented, sample)
        return ("reproduced" if decision.holds else "failed"), decision
    decision = rule.refute(claim.documented, claim.correct, sample)
    if not decision.holds:
        return "failed", decision
    return "corrected", Decision(
        True, decision.margin, f"printed {brief(claim.documented, 60)} is wrong: {decision.detail}"
    )
