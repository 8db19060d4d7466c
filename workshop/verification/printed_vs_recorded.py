"""Is what the book states compatible with what the procedure gives? Decided on the recorded runs alone.

So the answer does not change from day to day. At level EXCLUDED a printed value, an order, a share of runs or
a mean is compatible, excluded, or inconclusive where the recorded runs can't decide.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workshop.ledger.rules import MeanOfRuns, OrderOverRuns, PrintedAmongRuns, RunShare, SharesOfRuns
from workshop.ledger.rules.runs import USUALLY
from workshop.samples.recorded import NotDecidable, RecordedRuns
from workshop.statistics.hypothesis_tests import (
    EXCLUDED,
    NORMAL_FROM,
    chance_of_order,
    equivalence_p,
    order_p,
    share_bounds,
)
from workshop.statistics.placement import Answer, place
from workshop.statistics.scales import Numbers
from workshop.statistics.sizes import SIZES, could_decide

# A share of runs agrees with a printed one only if its interval is at most so wide. The largest planned size
# brings any share to 0.28, so it always decides, and no share that is off by more than this can agree.
NARROW = 0.3


@dataclass(frozen=True)
class Conclusion:
    """The answer to a statement, and why in words."""

    answer: Answer
    detail: str


def answer(runs: RecordedRuns, expected: Any) -> Conclusion:
    """Decide a claim's statement on its recorded runs, `expected` being printed.

    Fewer than the smallest planned size decide nothing. Raises NotDecidable.
    """
    rule, recorded = runs.claim.rule, runs.deciding_numbers
    if len(runs.deciding) < SIZES[0]:
        few = f"only {len(runs.values)} recorded runs: {could_decide(SIZES[0])}"
        return Conclusion("inconclusive", few)
    if isinstance(rule, OrderOverRuns):
        return _worst([_order(chain, recorded, rule.order == "paired") for chain in rule.chains(expected)])
    if isinstance(rule, SharesOfRuns):
        return _worst([_share(share, expected, runs.deciding) for share in rule.shares])
    if isinstance(rule, MeanOfRuns):
        to, within, at = rule.equivalent.to, rule.equivalent.within, rule.equivalent.at
        if at and at not in recorded:
            raise NotDecidable(f"{at} is not measured, but {', '.join(recorded)}: mend `at`")
        asked = {at: recorded[at]} if at else recorded
        return _worst([_equivalence(name, column, to, within) for name, column in asked.items()])
    assert isinstance(rule, PrintedAmongRuns)
    intervals = {name: rule.interval(number) for name, number in rule.placed(expected).items()}
    unknown = sorted(set(intervals) - set(recorded))
    if unknown:
        raise NotDecidable(
            f"the printed value has {unknown[0]!r}, the recorded runs have {', '.join(recorded)}: "
            "mend `measure`"
        )
    scales = {name: runs.claim.scale_of(name) for name in intervals}
    placed = place(recorded, intervals, scales)
    return Conclusion(placed.answer, placed.detail)


def _worst(answers: Sequence[Conclusion]) -> Conclusion:
    """Return the answer to several statements together: excluded if one is, else inconclusive if one is."""
    by: dict[Answer, list[str]] = {"excluded": [], "inconclusive": [], "compatible": []}
    for one in answers:
        by[one.answer].append(one.detail)
    return next(Conclusion(kind, "; ".join(details)) for kind, details in by.items() if details)


def _order(chain: Sequence[str], recorded: Mapping[str, Numbers], paired: bool) -> Conclusion:
    steps = []
    for small, large in itertools.pairwise(chain):
        if small not in recorded or large not in recorded:
            raise NotDecidable(f"{small} or {large} is not measured: mend `measure`")
        holds, reverse = order_p(recorded[small], recorded[large], paired=paired)
        often = chance_of_order(recorded[small], recorded[large], paired=paired)
        n = len(recorded[small])
        shown = f"{large} above {small} in {often:.1%} of {n} {'pairs' if paired else 'by as many runs'}"
        if holds <= EXCLUDED:
            steps.append(Conclusion("compatible", f"{shown}, p = {holds:.1e}"))
        elif reverse <= EXCLUDED:
            steps.append(Conclusion("excluded", f"{shown}, p of the reverse = {reverse:.1e}"))
        else:
            # of the normal approximations of both tests, with the measured chance
            needed = math.ceil((1 / 4 if paired else 1 / 6) * (3.09 / max(abs(often - 0.5), 1e-3)) ** 2)
            steps.append(Conclusion("inconclusive", f"{shown}: {could_decide(max(needed, n + 1))}"))
    return _worst(steps)


def _share(share: RunShare, expected: Any, values: Sequence[Any]) -> Conclusion:
    printed = expected if share.ranks else None  # else the printed value is the share, or words
    hits = sum(value is not None and share.decide(printed, value).holds for value in values)
    low, high = share_bounds(hits, len(values))
    shown = f"{share.text()}: {hits} of {len(values)} recorded runs ({low:.1%} to {high:.1%})"
    often = hits / len(values)
    if share.documented:
        if not low <= expected <= high:
            return Conclusion("excluded", shown)
        if high - low <= NARROW:
            return Conclusion("compatible", shown)
        needed = math.ceil((2 * 3.09 / NARROW) ** 2 * max(often * (1 - often), 0.01))
        more = could_decide(max(needed, len(values) + 1))
        return Conclusion("inconclusive", f"{shown}, wider than {NARROW:g}: {more}")
    if low > USUALLY:
        return Conclusion("compatible", shown)
    if high <= USUALLY:
        return Conclusion("excluded", shown)
    needed = math.ceil((3.09 / max(abs(often - USUALLY), 1e-3)) ** 2 / 4)
    return Conclusion("inconclusive", f"{shown}: {could_decide(max(needed, len(values) + 1))}")


def _equivalence(name: str, values: Numbers, to: float, within: float) -> Conclusion:
    where = f"{name} " if name else ""
    shown = f"{where}mean {values.mean():.4g} of {len(values)} recorded runs against {to:g} ± {within:g}"
    if len(values) < NORMAL_FROM:
        return Conclusion("inconclusive", f"{shown}: {could_decide(NORMAL_FROM)}, by a t test")
    differs, alike = equivalence_p(values, to, within)
    if differs <= EXCLUDED:
        return Conclusion("compatible", f"{shown}, p = {differs:.1e}")
    if alike <= EXCLUDED:
        return Conclusion("excluded", f"{shown}, p of a mean within = {alike:.1e}")
    return Conclusion("inconclusive", f"{shown}: more runs could decide")
