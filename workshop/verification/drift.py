"""Stochastic claims: did the code change, and is today's run like the reference?

*Replay*: a recorded seed gives its recorded outcome again, bit for bit, in the environment that it was
recorded in. *Drift*: every measured number of fresh seeds is tested against the recorded ones, with a false
alarm of at most FALSE_ALARM a run over all claims. Whether the printed value is compatible with the
recorded runs is another question: see `printed_vs_recorded`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.ledger.rules import Decision
from workshop.ledger.values import ShapeMismatch, pairs, plain
from workshop.samples.recorded import FRESH, NotDecidable, RecordedRuns
from workshop.statistics.hypothesis_tests import (
    alike_p,
    keeps_to,
    prediction_p,
    rank_p,
    smallest_rank_p,
)
from workshop.statistics.scales import Numbers, Scale

ROUNDING = 1e-6  # some float32 steps


class Untestable(NotDecidable):
    """No drift test of a claim's numbers could alarm; the message says why, and the remedy."""


@dataclass(frozen=True)
class Observed:
    """What a claim measures today: on fresh runs, and on the recorded run number `repeated`, if any."""

    fresh: Sequence[Any]
    repeated: int | None = None
    repeat: Any = None

    @property
    def values(self) -> Sequence[Any]:
        """What is shown as measured: the fresh runs, else the repeated one."""
        return self.fresh or [self.repeat]


def drift(recorded: RecordedRuns, fresh: Sequence[Any], level: float) -> dict[str, float]:
    """Return the p of every measured number of fresh runs being like the recorded ones.

    Fewer than FRESH are a first stage, which need not reach the level if FRESH of them can. A number whose
    test could not reach the level is left out: `untested` names it. Raises Untestable if that holds for all,
    NotDecidable if the runs measure different things.
    """
    if not fresh:
        return {}
    drawn = recorded.numbers_of(fresh)
    if list(drawn) != list(recorded.numbers):
        raise NotDecidable(
            f"today's runs measure {', '.join(drawn)}, the recorded ones {', '.join(recorded.numbers)}: "
            f"workshop record {recorded.claim.unit}"
        )
    made_of = [repr((level, [(name, values.tolist()) for name, values in drawn.items()]))]
    found = recorded.kept("drifts", made_of, lambda: _drift(recorded, drawn, level))
    if found["refused"] and not found["p"]:
        raise Untestable(found["refused"])
    return dict(found["p"])


def _drift(recorded: RecordedRuns, drawn: Mapping[str, Numbers], level: float) -> dict[str, Any]:
    """Return the p by the number's name, and why the first without one has none."""
    found: dict[str, float] = {}
    refused = ""
    for name, values in recorded.numbers.items():
        scale = recorded.claim.scale_of(name)
        try:
            found[name] = _drift_p(scale, values, drawn[name], level, name, len(recorded.numbers))
        except Untestable as error:
            refused = refused or str(error)
    return {"p": found, "refused": refused}


def untested(recorded: RecordedRuns, p: Mapping[str, float]) -> list[str]:
    """Return the names of a claim's numbers that no drift test can judge; only a repeated seed can."""
    return [name for name in recorded.numbers if name not in p]


def _drift_p(scale: Scale, recorded: Numbers, fresh: Numbers, level: float, name: str, numbers: int) -> float:
    n, m = len(recorded), len(fresh)
    if np.ptp(recorded) == 0 and np.allclose(fresh, recorded[0], rtol=ROUNDING, atol=0):
        return 1.0  # seeds don't move it: another processor rounds its last digit otherwise
    alike = alike_p(recorded, fresh)
    if alike <= level:
        return alike  # the seeds make no difference
    if smallest_rank_p(n, m) <= level:
        return rank_p(recorded, fresh)
    normal = keeps_to(recorded, scale, numbers)
    if not normal and m < FRESH and smallest_rank_p(n, FRESH) <= level:  # a first stage
        return rank_p(recorded, fresh)
    if not normal:
        raise Untestable(
            f"{name or 'the quantity'}: {m} fresh runs and {n} recorded can't reach p = {level:.1e} by rank, "
            f"and the recorded are not normal on the {scale} scale: record more"
        )
    return prediction_p(recorded, fresh, scale)


def refusal(recorded: RecordedRuns, values: Sequence[Any]) -> tuple[Decision, Any] | None:
    """Return why the first run that does not show what each run must is refused, and its value, or None."""
    claim = recorded.claim
    for value in values:
        if value is not None:
            decision = claim.sampled_rule.decide_each(claim.documented, value)
            if not decision.holds:
                return Decision(False, decision.margin, decision.detail), value
    return None


def objection(
    recorded: RecordedRuns,
    observed: Observed,
    p: Mapping[str, float],
    alarms: Collection[str],
    *,
    each: bool = True,
) -> Decision | None:
    """Return why today's run is not the procedure that was recorded, or None if nothing speaks against it.

    `each`: what each single run must show counts, too.
    """
    claim = recorded.claim
    shown = [*observed.fresh, *([] if observed.repeated is None else [observed.repeat])]
    if each and (unmet := refusal(recorded, [*shown, *recorded.values])) is not None:
        return unmet[0]
    if observed.repeated is not None:
        unlike = _unlike(recorded.values[observed.repeated], observed.repeat)
        if unlike is not None:
            return Decision(
                False,
                None,
                f"replay: {unlike} for the same seed and environment: the code changed; if that is meant, "
                f"workshop record {claim.unit}",
            )
    if alarms:
        name = min(alarms, key=lambda n: p[n])
        before, today = recorded.numbers[name], recorded.numbers_of(observed.fresh)[name]
        return Decision(
            False,
            None,
            f"{name or 'the quantity'} of {len(today)} fresh runs ({_spread(today)}) is unlike the "
            f"{len(before)} recorded ({_spread(before)}), p = {p[name]:.1e}",
        )
    return None


def _unlike(was: Any, now: Any) -> str | None:
    """Return where a repeated run differs from the recorded one, or None; NaN is like NaN."""
    now = json.loads(json.dumps(plain(now)))  # as a sample writes it: keys are text
    try:
        for where, before, today in pairs(was, now):
            if not (before == today or (before != before and today != today)):  # noqa: PLR0124
                return f"{where.lstrip('.') or 'the quantity'} is {today!r}, recorded {before!r}"
    except ShapeMismatch as mismatch:
        return str(mismatch)
    return None


def _spread(values: Numbers) -> str:
    low, middle, high = np.quantile(values, [0, 0.5, 1], method="nearest")
    return f"median {middle:.4g}, {low:.4g} to {high:.4g}"
