"""What a stochastic claim's reference sample is, and what its tests can notice: rows for `workshop show`."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from workshop.ledger import Claim, Ledger
from workshop.ledger.rules import SampledRule
from workshop.samples.model import DamagedReference
from workshop.samples.recorded import NotDecidable, Recordings
from workshop.statistics.hypothesis_tests import FALSE_ALARM, Numbers, Scale, rank_sum_limits
from workshop.statistics.power import NOTICED, seeds_to_notice, smallest_drift
from workshop.verification.seeds_to_draw import usual_fresh


def sample_rows(claim: Claim, ledger: Ledger, environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (name, text) rows: where the sample comes from, and for each number its spread and its test.

    Each number is told its median and spread, the smallest drift that today's seeds would notice (with a
    probability of NOTICED), and how many seeds would notice half of it.
    """
    if not claim.rule.needs_sample:
        return []
    recordings = Recordings(environment)
    try:
        recorded = recordings.of(claim)
    except (NotDecidable, DamagedReference) as error:
        return [("sample", str(error))]
    rows = []
    for unit, sample in recorded.samples.by_unit.items():
        made = sample.environments[sample.runs[0].environment]
        mishaps = [run.mishap for run in sample.runs if run.mishap]
        told = f"{unit}: {len(sample.runs)} runs of {sample.runs[0].date}, {sample.seconds:.2g} s a seed, "
        told += ", ".join(
            f"{key} {made[key]}"
            for key in ("python", "tensorflow", "keras", "nltk", "gensim", "cpu", "device")
            if key in made
        )
        rows.append(("sample", told))
        rows += [("substitute", line) for line in sample.substitutes]
        rows += [
            ("mishap", f"{mishaps.count(text)} of {len(sample.runs)} runs {text}")
            for text in sorted(set(mishaps))
        ]
    level = FALSE_ALARM / max(recordings.family_size(ledger), 1)
    fresh, numbers = usual_fresh(recorded.samples.seconds), recorded.numbers
    rows += [("recorded", _spread(name, values)) for name, values in numbers.items()]
    rows.append(
        (
            "false alarm",
            f"at most {len(numbers) * level:.1e} for this claim, {FALSE_ALARM:g} for a run over all claims",
        )
    )
    rows += [
        ("notices", _notices(name, values, fresh, level, claim.sampled_rule))
        for name, values in numbers.items()
    ]
    return rows


def _spread(name: str, values: Numbers) -> str:
    low, quarter, median, third, high = np.quantile(values, [0, 0.25, 0.5, 0.75, 1], method="nearest")
    label = f"{name}: " if name else ""
    return (
        f"{label}median {median:.5g}, middle half {quarter:.5g} to {third:.5g}, all {low:.5g} to {high:.5g}"
    )


def _notices(name: str, values: Numbers, fresh: int, level: float, rule: SampledRule) -> str:
    drift, told = noticed(values, fresh, level, rule.scale)
    label = f"{name}: " if name else ""
    if not math.isfinite(drift):
        return f"{label}{told}"
    half = seeds_to_notice(values, drift / 2, level, rule.scale)
    more = f"{half} seeds notice half of it" if half else "no number of seeds up to 256 notices half of it"
    return f"{label}{told}; {more}"


def noticed(values: Numbers, fresh: int, level: float, scale: Scale | None) -> tuple[float, str]:
    """Return the smallest drift of a number that so many fresh seeds notice, ∞ if none is told, and words."""
    seeds = "1 fresh seed" if fresh == 1 else f"{fresh} fresh seeds"
    if len(np.unique(values)) < len(values) / 2:
        return (
            math.inf,
            f"{seeds}: many runs are alike, so no size of a drift is told; they are compared by rank",
        )
    drift = smallest_drift(values, fresh, level, scale)
    if not math.isfinite(drift):
        return drift, f"{seeds}: no drift is noticed for certain; a replay notices any change"
    by = (
        "by rank"
        if rank_sum_limits(len(values), fresh, level)
        else f"by a prediction bound on the {scale} scale"
    )
    return drift, f"a drift of {drift:.2g} {by} ({seeds}, {NOTICED:.0%} of the time)"
