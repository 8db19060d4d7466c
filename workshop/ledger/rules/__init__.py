"""The rules that decide a claim: a small typed vocabulary of what is accepted, and within what margin.

In the ledger a rule is written as its name, or as a mapping of its name to its parameters: `equal`,
`{within: {atol: 1.0e-4}}`. Each module adds its rules to the vocabulary.
"""

from workshop.ledger.rules.base import AnyRule, Decision, Rule, parse_rule, vocabulary
from workshop.ledger.rules.parts import PartCheck, Parts
from workshop.ledger.rules.printed import Consistency, Literature
from workshop.ledger.rules.runs import (
    MeanOfRuns,
    OrderOverRuns,
    PrintedAmongRuns,
    PrintedDifferences,
    PrintedRanking,
    Repeats,
    RunShare,
    SampledRule,
    SharesOfRuns,
    ShownByRuns,
    numbers_of,
)
from workshop.ledger.rules.structure import Curve, Ordering
from workshop.ledger.rules.values import AtLeast, AtMost, Between, Equal, Rounds, Within

__all__ = [
    "AnyRule",
    "AtLeast",
    "AtMost",
    "Between",
    "Consistency",
    "Curve",
    "Decision",
    "Equal",
    "Literature",
    "MeanOfRuns",
    "OrderOverRuns",
    "Ordering",
    "PartCheck",
    "Parts",
    "PrintedAmongRuns",
    "PrintedDifferences",
    "PrintedRanking",
    "Repeats",
    "Rounds",
    "Rule",
    "RunShare",
    "SampledRule",
    "SharesOfRuns",
    "ShownByRuns",
    "Within",
    "numbers_of",
    "parse_rule",
    "vocabulary",
]  # fmt: skip
