"""Is what the book states compatible with what the procedure gives? Decided on the recorded runs alone.

So the answer does not change from day to day. At level EXCLUDED what the book prints of a run, an order, a
share of runs or a mean is compatible, excluded, or inconclusive where the recorded runs can't decide.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from workshop.ledger.rules import (
    MeanOfRuns,
    OrderOverRuns,
    PrintedAmongRuns,
    PrintedDifferences,
    PrintedRanking,
    RunShare,
    SharesOfRuns,
    ShownByRuns,
)
from workshop.ledger.rules.runs import USUALLY, Equivalent
from workshop.samples.recorded import NotDecidable, RecordedRuns
from workshop.statistics.hypothesis_tests import (
    EXCLUDED,
    MEAN_FROM,
    chance_of_order,
    equivalence_p,
    order_p,
    share_bounds,
)
from workshop.statistics.placement import Answer, Placement, place
from workshop.statistics.scales import Numbers, Scale
from workshop.statistics.sizes import SIZES, could_decide
from workshop.values import half_digit

# A share of runs agrees with a printed one only if its interval is at most so wide. The largest planned size
# brings any share to 0.28, so it always decides, and no share that is off by more than this can agree.
NARROW = 0.3
# this many runs none of which shows what is printed exclude it: 1 / (999 + 1) is EXCLUDED
_BY_RANK = math.ceil(1 / EXCLUDED) - 1


@dataclass(frozen=True)
class Conclusion:
    """The answer to a statement, and why in words."""

    answer: Answer
    detail: str


def answer(runs: RecordedRuns, expected: Any) -> Conclusion:
    """Decide a claim's statement on its recorded runs, `expected` being printed.

    Fewer than the smallest planned size decide nothing. Raises NotDecidable.
    """
    made_of = [repr(runs.claim), repr(expected)]
    return Conclusion(**runs.kept("answers", made_of, lambda: asdict(_answer(runs, expected))))


def _answer(runs: RecordedRuns, expected: Any) -> Conclusion:
    rule, recorded, seconds = runs.claim.rule, runs.deciding_numbers, runs.samples.seconds
    if len(runs.deciding) < SIZES[0]:
        few = f"only {len(runs.values)} recorded runs: {could_decide(SIZES[0], seconds)}"
        return Conclusion("inconclusive", few)
    if printed := _shown_by(runs, expected):
        what, passed = printed
        shown = f"{what}: shown by {sum(passed)} of {len(passed)} recorded runs"
        if any(passed):
            return Conclusion("compatible", shown)
        if len(passed) >= _BY_RANK:
            return Conclusion("excluded", shown)
        return Conclusion("inconclusive", f"{shown}: {could_decide(2 * len(passed), seconds)}")
    if isinstance(rule, OrderOverRuns):
        paired = rule.order == "paired"
        return _worst([_order(chain, recorded, paired, seconds) for chain in rule.chains(expected)])
    if isinstance(rule, SharesOfRuns):
        return _worst([_share(share, expected, runs.deciding, seconds) for share in rule.shares])
    if isinstance(rule, PrintedRanking):
        common = _ranking(rule, expected, runs.deciding, seconds)
        if not rule.scored:
            return common
        best = rule.numbers(expected, expected)["best"]
        interval = {"best": (best - half_digit(best), best + half_digit(best))}
        scored = place({"best": recorded["best"]}, interval, {"best": Scale()})
        return _worst([common, _placed(scored, seconds)])
    if isinstance(rule, PrintedDifferences):
        columns = {name: _difference(rule, name, recorded) for name in rule.differences}
        intervals = rule.intervals(expected)
        return _placed(place(columns, intervals, dict.fromkeys(intervals, Scale())), seconds)
    if isinstance(rule, MeanOfRuns):
        asked = rule.equivalent
        return _worst([_equivalence(name, column, asked, seconds) for name, column in recorded.items()])
    assert isinstance(rule, PrintedAmongRuns)
    intervals = {name: rule.interval(number) for name, number in rule.placed(expected).items()}
    unknown = sorted(set(intervals) - set(recorded))
    if unknown:
        raise NotDecidable(
            f"the printed value has {unknown[0]!r}, the recorded runs have {', '.join(recorded)}: "
            "mend `measure`"
        )
    scales = {name: runs.claim.scale_of(name) for name in intervals}
    return _placed(place(recorded, intervals, scales), seconds)


def shows(runs: RecordedRuns, expected: Any) -> tuple[str, ...]:
    """Say how many deciding runs show what the printed run shows, and whether this number can exclude it.

    It is an order, the sign of a difference, the first name, or what the claim's rule asks. No line says it
    of other statements. Raises NotDecidable.
    """
    rule, recorded, count = runs.claim.rule, runs.deciding_numbers, len(runs.deciding)
    if isinstance(rule, PrintedDifferences):
        lines = []
        for name, (first, second) in rule.differences.items():
            above = expected[first] > expected[second]
            column = _difference(rule, name, recorded)
            same = int(np.sum(column > 0 if above else column < 0))
            lines.append(f"{name}: {'above' if above else 'below'} 0 as printed in {same} of {count} runs")
        return tuple(lines)
    if isinstance(rule, PrintedRanking) and rule.first == 1:
        return (f"the printed name is the first in {int(np.sum(recorded['common'] > 0))} of {count} runs",)
    printed = _shown_by(runs, expected)
    if printed is None:
        return ()
    line = f"{sum(printed[1])} of {count} runs show it"
    return (line,) if count >= _BY_RANK else (line, f"can hold or stay open, never fail at {count} runs")


def _shown_by(runs: RecordedRuns, expected: Any) -> tuple[str, list[bool]] | None:
    """Return an order or what else a printed run shows, and which deciding runs show it; None if nothing."""
    rule, recorded = runs.claim.rule, runs.deciding_numbers
    if isinstance(rule, ShownByRuns):
        return "; ".join(check.text() for check in rule.shown), [
            value is not None and all(check.decide(None, value).holds for check in rule.shown)
            for value in runs.deciding
        ]
    if isinstance(rule, OrderOverRuns) and rule.order == "printed":
        chains = rule.chains(expected)
        _check_measured({name for chain in chains for name in chain}, recorded)
        steps = [recorded[a] < recorded[b] for chain in chains for a, b in itertools.pairwise(chain)]
        return "; ".join(map(" < ".join, chains)), np.all(steps, axis=0).tolist()
    return None


def _placed(placed: Placement, seconds: float) -> Conclusion:
    more = "" if placed.runs_needed is None else f": {could_decide(placed.runs_needed, seconds)}"
    return Conclusion(placed.answer, placed.detail + more)


def _difference(rule: PrintedDifferences, name: str, recorded: Mapping[str, Numbers]) -> Numbers:
    """Return a difference on each run; two crashed numbers have none, which counts as the largest."""
    if name in recorded:
        return recorded[name]
    _check_measured(rule.differences[name], recorded)
    first, second = (recorded[each] for each in rule.differences[name])
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(first - second, nan=math.inf, posinf=math.inf, neginf=-math.inf)


def _ranking(rule: PrintedRanking, printed: Any, values: Sequence[Any], seconds: float) -> Conclusion:
    """Place how much the printed list has in common with the recorded lists, among that of each of these.

    If the printed list is that of one more run, all lists are exchangeable, so its place is a matter of rank.
    That it has more in common than any other is not an objection. It is never compatible if no run has one
    of its names, however little the runs have in common. A crashed run has no names.
    """
    lists = [rule.names(printed), *(set() if value is None else rule.names(value) for value in values)]
    common = np.array([[len(one & other) for other in lists] for one in lists], dtype=np.float64)
    np.fill_diagonal(common, 0.0)
    average = common.sum(axis=1) / len(values)
    own, recorded = float(average[0]), average[1:]
    at = min(own, float(recorded.max()))
    placed = place({"common": recorded}, {"common": (at, at)}, {"common": Scale()})
    low, median, high = np.quantile(recorded, [0, 0.5, 1], method="nearest")
    names = f"the first {rule.first} printed names" if rule.first > 1 else "the printed name"
    shown = (
        f"{names} have on average {own:.2g} in common with a recorded run, the {len(values)} recorded runs "
        f"with each other {median:.2g} ({low:.2g} to {high:.2g})"
    )
    if rule.first == 1:
        shown = f"{names} is the first in {own:.1%} of {len(values)} recorded runs"
    if placed.answer == "compatible" and not own:
        more = could_decide(_BY_RANK, seconds)
        return Conclusion("inconclusive", f"{shown}; no recorded run has one of them: {more}")
    return _placed(replace(placed, detail=shown), seconds)


def _check_measured(names: Iterable[str], recorded: Mapping[str, Numbers]) -> None:
    """Raise NotDecidable if one of the names is not that of a measured number."""
    missing = [name for name in names if name not in recorded]
    if missing:
        raise NotDecidable(f"{missing[0]} is not measured, but {', '.join(recorded)}: mend `measure`")


def _worst(answers: Sequence[Conclusion]) -> Conclusion:
    """Return the answer to several statements together: excluded if one is, else inconclusive if one is."""
    by: dict[Answer, list[str]] = {"excluded": [], "inconclusive": [], "compatible": []}
    for one in answers:
        by[one.answer].append(one.detail)
    return next(Conclusion(kind, "; ".join(details)) for kind, details in by.items() if details)


def _order(chain: Sequence[str], recorded: Mapping[str, Numbers], paired: bool, seconds: float) -> Conclusion:
    steps = []
    for small, large in itertools.pairwise(chain):
        _check_measured((small, large), recorded)
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
            needed = (1 / 4 if paired else 1 / 6) * (3.09 / max(abs(often - 0.5), 1e-3)) ** 2
            steps.append(Conclusion("inconclusive", f"{shown}: {_more(needed, n, seconds)}"))
    return _worst(steps)


def _share(share: RunShare, expected: Any, values: Sequence[Any], seconds: float) -> Conclusion:
    hits = sum(value is not None and share.decide(None, value).holds for value in values)
    low, high = share_bounds(hits, len(values))
    shown = f"{share.text()}: {hits} of {len(values)} recorded runs ({low:.1%} to {high:.1%})"
    often = hits / len(values)
    if share.documented:
        if not low <= expected <= high:
            return Conclusion("excluded", shown)
        if high - low <= NARROW:
            return Conclusion("compatible", shown)
        needed = (2 * 3.09 / NARROW) ** 2 * max(often * (1 - often), 0.01)
        more = _more(needed, len(values), seconds)
        return Conclusion("inconclusive", f"{shown}, wider than {NARROW:g}: {more}")
    if low > USUALLY:
        return Conclusion("compatible", shown)
    if high <= USUALLY:
        return Conclusion("excluded", shown)
    needed = (3.09 / max(abs(often - USUALLY), 1e-3)) ** 2 / 4
    return Conclusion("inconclusive", f"{shown}: {_more(needed, len(values), seconds)}")


def _equivalence(name: str, values: Numbers, asked: Equivalent, seconds: float) -> Conclusion:
    to, within, mean = asked.to, asked.within, f"{name} mean".lstrip()
    shown = f"{mean} {values.mean():.4g} of {len(values)} recorded runs against {to:g} ± {within:g}"
    if len(values) < MEAN_FROM:
        return Conclusion("inconclusive", f"{shown}: {could_decide(MEAN_FROM, seconds)}, by a t test")
    differs, alike = equivalence_p(values, to, within)
    if differs <= EXCLUDED:
        return Conclusion("compatible", f"{shown}, p = {differs:.1e}")
    if alike <= EXCLUDED:
        return Conclusion("excluded", f"{shown}, p of a mean within = {alike:.1e}")
    room = abs(within - abs(float(values.mean()) - to))  # this many runs show that it is not 0
    needed = (3.09 * float(values.std(ddof=1)) / max(room, 1e-9)) ** 2
    return Conclusion("inconclusive", f"{shown}: {_more(needed, len(values), seconds)}")


def _more(needed: float, runs: int, seconds: float) -> str:
    """Say how many runs could decide: those that are needed, and more than there are."""
    return could_decide(max(math.ceil(needed), runs + 1), seconds)
