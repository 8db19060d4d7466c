"""Stochastic claims: does today's run show what each run must, and are fresh seeds like the recorded ones?

A number of fresh seeds alarms by chance with a probability of at most FALSE_ALARM. `repeats` compares
repeated seeds, and `printed_vs_recorded` the printed value with the recorded runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.ledger.rules import Decision
from workshop.samples.recorded import NotDecidable, RecordedRuns
from workshop.statistics.hypothesis_tests import FALSE_ALARM, prediction_p
from workshop.statistics.scales import Numbers


@dataclass(frozen=True)
class Observed:
    """What a claim measures today: on fresh seeds, and on recorded ones that are repeated to their end."""

    fresh: Sequence[Any] = ()
    repeated: Sequence[Any] = ()

    @property
    def values(self) -> Sequence[Any]:
        """What is shown as measured: the fresh runs, else the repeated ones."""
        return self.fresh or self.repeated


def fresh_p(recorded: RecordedRuns, fresh: Sequence[Any]) -> dict[str, float]:
    """Return the p of each number of fresh runs that can be compared with the recorded ones.

    Raises NotDecidable if the runs measure different things.
    """
    if not fresh:
        return {}
    drawn, known = recorded.numbers_of(fresh), recorded.numbers
    if list(drawn) != list(known):
        raise NotDecidable(
            f"today's runs measure {', '.join(drawn)}, the recorded ones {', '.join(known)}: "
            f"workshop record {recorded.claim.unit}"
        )
    scale_of = recorded.claim.scale_of
    p = {name: prediction_p(known[name], drawn[name], scale_of(name), len(known)) for name in known}
    return {name: one for name, one in p.items() if one is not None}


def alarm(recorded: RecordedRuns, fresh: Sequence[Any], p: Mapping[str, float]) -> str:
    """Say which number of fresh runs is most unlike the recorded ones, "" if none alarms."""
    name = min(p, key=lambda n: p[n], default="")
    if p.get(name, 1.0) > FALSE_ALARM:
        return ""
    before, today = recorded.numbers[name], recorded.numbers_of(fresh)[name]
    return (
        f"{name or 'the quantity'} of {len(today)} fresh runs ({_spread(today)}) is unlike the "
        f"{len(before)} recorded ({_spread(before)}), p = {p[name]:.1e}"
    )


def refusal(recorded: RecordedRuns, values: Sequence[Any]) -> tuple[Decision, Any] | None:
    """Return why the first run that does not show what each run must is refused, and its value, or None."""
    claim = recorded.claim
    ran = [value for value in values if value is not None]
    decisions = ((claim.sampled_rule.decide_each(claim.documented, value), value) for value in ran)
    return next((both for both in decisions if not both[0].holds), None)


def _spread(values: Numbers) -> str:
    low, middle, high = np.quantile(values, [0, 0.5, 1], method="nearest")
    return f"median {middle:.4g}, {low:.4g} to {high:.4g}"
