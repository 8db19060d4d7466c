"""Stochastic claims: did the code change, and is today's run like the reference?

*Replay*: a recorded seed gives its recorded outcome again, bit for bit, in the environment that it was
recorded in. *Drift*: every measured number of fresh seeds is tested against the recorded ones, with a false
alarm of at most FALSE_ALARM a run over all claims. Whether the printed value belongs to the recorded runs is
another question, which `statements` answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.ledger import Claim, Ledger
from workshop.ledger.references import Reference
from workshop.ledger.rules import Decision
from workshop.ledger.values import ShapeMismatch, pairs, plain
from workshop.verification.reference import (
    ReferenceSample,
    as_numbers,
    recorded_values,
    reference_sample,
)
from workshop.verification.statistics import (
    Numbers,
    alike_p,
    keeps_to,
    prediction_p,
    rank_p,
    smallest_rank_p,
)

# units that take at most this long a seed draw FRESH seeds, and as many up to MOST_FRESH as fit into a
# second: with a recorded one they fill two groups of lanes
QUICK_SECONDS = 2.0
FRESH = 5
MOST_FRESH = 15
# fewer than FRESH seeds of a slower unit that are less probable than this call for FRESH of them
SUSPICIOUS = 0.05
ROUNDING = 1e-6  # some float32 steps


class NotDecidable(ValueError):
    """The recorded runs can't decide a claim as its rule is; the message says why, and the remedy."""


class NotRecordedHere(NotDecidable):
    """The package has no runs of a unit on the device at hand, of which a CPU's runs say nothing."""


@dataclass(frozen=True)
class Drawing:
    """How many fresh seeds a claim draws, and the place of the recorded run that it repeats, if any."""

    fresh: int
    replayed: int | None


@dataclass(frozen=True)
class Drawn:
    """What was measured today: fresh runs, and a recorded run repeated."""

    fresh: Sequence[Any]
    replayed: int | None = None
    replay: Any = None


def samples_of(claim: Claim, environment: Mapping[str, str]) -> dict[str, ReferenceSample]:
    """Return the samples of the units that a claim measures which count in an environment.

    Raises NotDecidable if one lacks, NotRecordedHere on a GPU.
    """
    samples = {}
    for unit in {m.unit: None for m in claim.measures().values()}:
        sample = reference_sample(unit, environment)
        if sample is None and environment["device"] == "gpu":
            raise NotRecordedHere(
                f"{unit} has no reference sample recorded on a GPU: on one, workshop calibrate {unit}"
            )
        if sample is None:
            raise NotDecidable(f"{unit} has no reference sample: workshop calibrate {unit}")
        samples[unit] = sample
    return samples


def other_data(claim: Claim, substitutes: Iterable[str], environment: Mapping[str, str]) -> str | None:
    """Return why recorded runs say nothing of runs on these substitutes (none: the documented data), or None.

    Raises NotDecidable without a reference sample.
    """
    here = sorted(set(substitutes))
    samples = samples_of(claim, environment).values()
    recorded = sorted({line for sample in samples for line in sample.substitutes})
    if here == recorded:
        return None
    told = [
        f"a substitute ({'; '.join(lines)})" if lines else "the documented data" for lines in (recorded, here)
    ]
    return f"the recorded runs rest on {told[0]}, today's on {told[1]}: workshop calibrate {claim.unit}"


def drawing(claim: Claim, environment: Mapping[str, str], *, asked: int, varied: bool) -> Drawing:
    """Return what a claim draws here. Raises NotDecidable without a reference sample.

    Slower units draw a single seed; none where a recorded run is repeated: code that gives its bits again is
    the code that gave all the others. FRESH are drawn under libraries of which there are no recorded runs.
    """
    samples = samples_of(claim, environment).values()
    places = {sample.place_in(environment) for sample in samples}
    replayed = places.pop() if len(places) == 1 else None
    usual = usual_fresh(max(sample.seconds for sample in samples))
    if not all(sample.made_under(environment) for sample in samples):
        usual = max(usual, FRESH)
    slow_and_repeated = usual == 1 and replayed is not None and not varied
    return Drawing(max(asked, 0 if slow_and_repeated else usual), replayed)


def repeated_alone(claim: Claim, environment: Mapping[str, str]) -> int | None:
    """Return the place of the recorded run that is all that claims of these slow units draw here, or None.

    What needs no reference sample rests on that run, too, instead of a run of its own.
    """
    try:
        drawn = drawing(claim, environment, asked=0, varied=False)
    except ValueError:  # no sample, or a damaged one: the claims that need it tell
        return None
    return None if drawn.fresh else drawn.replayed


def usual_fresh(seconds: float) -> int:
    """Return how many fresh seeds a unit that takes so many seconds a seed draws where nothing is asked."""
    if seconds > QUICK_SECONDS:
        return 1
    return min(MOST_FRESH, max(FRESH, int(1 / max(seconds, 1e-3))))


def family(ledger: Ledger, environment: Mapping[str, str]) -> int:
    """Return how many drift tests the ledger's claims make in all; one run alarms falsely over all of them.

    It does not depend on which claims a run decides, so that neither does the level of the first alarm.
    """
    count = 0
    for claim in ledger.claims.values():
        if isinstance(claim.rule, Reference):
            try:
                count += len(numbers_recorded(claim, environment))
            except ValueError:
                count += 1  # the claim itself tells what is wrong
    return count


def drift(
    claim: Claim, fresh: Sequence[Any], level: float, environment: Mapping[str, str]
) -> dict[str, float]:
    """Return the p of every measured number of fresh runs being like the recorded ones.

    Fewer than FRESH are a first stage, which need not reach the level if FRESH of them can. A number whose
    test could not reach the level is left out: `untested` names it. Raises NotDecidable if that holds for
    all, or the runs measure different things.
    """
    if not fresh:
        return {}
    assert isinstance(claim.rule, Reference)
    recorded = numbers_recorded(claim, environment)
    drawn = _numbers(claim, fresh)
    if list(drawn) != list(recorded):
        raise NotDecidable(
            f"today's runs measure {', '.join(drawn)}, the recorded ones {', '.join(recorded)}: "
            f"workshop calibrate {claim.unit}"
        )
    found: dict[str, float] = {}
    refused = None
    for name in recorded:
        try:
            found[name] = _drift_p(claim.rule, recorded[name], drawn[name], level, name, len(recorded))
        except NotDecidable as error:
            refused = refused or error
    if refused is not None and not found:
        raise refused
    return found


def untested(claim: Claim, p: Mapping[str, float], environment: Mapping[str, str]) -> list[str]:
    """Return the names of a claim's numbers for which there is no drift test of use: only a replay tells."""
    return [name for name in numbers_recorded(claim, environment) if name not in p]


def _drift_p(
    rule: Reference, recorded: Numbers, fresh: Numbers, level: float, name: str, numbers: int
) -> float:
    n, m = len(recorded), len(fresh)
    if np.ptp(recorded) == 0 and np.allclose(fresh, recorded[0], rtol=ROUNDING, atol=0):
        return 1.0  # seeds don't move it: another processor rounds its last digit otherwise
    alike = alike_p(recorded, fresh)
    if alike <= level:
        return alike  # the seeds make no difference
    normal = rule.scale is not None and keeps_to(recorded, rule.scale, numbers)
    first_stage = m < FRESH and not normal and smallest_rank_p(n, FRESH) <= level
    if smallest_rank_p(n, m) <= level or first_stage:
        return rank_p(recorded, fresh)
    if rule.scale is None:
        raise NotDecidable(
            f"{name or 'the quantity'}: {m} fresh runs and {n} recorded can't reach p = {level:.1e} by rank: "
            "record more, or state a scale"
        )
    if not normal:
        raise NotDecidable(
            f"{name or 'the quantity'}: the {n} recorded runs are not normal on the {rule.scale} scale: "
            "record more, or state another scale"
        )
    return prediction_p(recorded, fresh, rule.scale)


def suspicious(claim: Claim, p: Mapping[str, float], fresh: int, environment: Mapping[str, str]) -> bool:
    """Whether a first stage of so many seeds calls for FRESH of them; those alone then decide.

    So does one that lies as far out as the recorded runs can tell by rank.
    """
    if not p:
        return False
    recorded = min(len(values) for values in numbers_recorded(claim, environment).values())
    return min(p.values()) <= max(SUSPICIOUS / len(p), smallest_rank_p(recorded, fresh))


def numbers_recorded(claim: Claim, environment: Mapping[str, str]) -> dict[str, Numbers]:
    """Return the recorded numbers of a claim's quantities by path. Raises NotDecidable."""
    try:
        recorded = recorded_values(claim, samples_of(claim, environment))
    except LookupError as error:
        raise NotDecidable(str(error.args[0])) from None
    return _numbers(claim, recorded)


def _numbers(claim: Claim, values: Sequence[Any]) -> dict[str, Numbers]:
    """Return the numbers of what a claim measured on some runs. Raises NotDecidable."""
    rule = claim.rule
    assert isinstance(rule, Reference)
    try:
        return as_numbers(values, lambda value: rule.numbers(value, claim.documented))
    except (ValueError, LookupError, TypeError) as error:
        raise NotDecidable(str(error.args[0])) from None


def objection(
    claim: Claim, drawn: Drawn, p: Mapping[str, float], alarms: set[str], environment: Mapping[str, str]
) -> Decision | None:
    """Return why today's run is not the procedure that was recorded, or None if nothing speaks against it."""
    assert isinstance(claim.rule, Reference)
    recorded = recorded_values(claim, samples_of(claim, environment))
    shown = [*drawn.fresh, *([] if drawn.replayed is None else [drawn.replay])]
    for value in [*shown, *(value for value in recorded if value is not None)]:
        decision = claim.rule.decide_each(claim.documented, value)
        if not decision.holds:
            return Decision(False, decision.margin, decision.detail)
    if drawn.replayed is not None:
        unlike = _unlike(recorded[drawn.replayed], drawn.replay)
        if unlike is not None:
            return Decision(
                False,
                None,
                f"replay: {unlike} for the same seed and environment: the code changed; if that is meant, "
                f"workshop calibrate {claim.unit}",
            )
    for name in sorted(alarms, key=lambda n: p[n])[:1]:
        before, today = _numbers(claim, recorded)[name], _numbers(claim, drawn.fresh)[name]
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
