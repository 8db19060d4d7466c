"""What a stochastic claim's reference sample is, and what its tests can notice, in words."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workshop.ledger import Claim
from workshop.verification.results import Notices, NumberSummary, Record, SampleSummary, UnitRuns
from workshop.wording.numbers import four_digits, three_digits
from workshop.wording.words import LIBRARIES

_MADE_WITH = ("tensorflow", "keras", "nltk", "gensim")
_MOST_NUMBERS = 3
_ENVIRONMENT = ("python", "tensorflow", "keras", "nltk", "gensim", "cpu", "device")


def sample_rows(sample: SampleSummary | None, notices: Notices | None = None) -> list[tuple[str, str]]:
    """Return (name, text) rows: where the sample comes from, spread and test of each number, and power."""
    if sample is None:
        return []
    if sample.problem:
        return [("sample", sample.problem)]
    of_run = f"{sample.false_alarm_of_run:g} for a run over all claims"
    return [
        *(row for unit in sample.units for row in _unit_rows(unit)),
        *(("recorded", _labelled(number, _spread(number))) for number in sample.numbers),
        ("false alarm", f"at most {sample.false_alarm:.1e} for this claim, {of_run}"),
        *(("notices", _labelled(number, _notices(number, sample))) for number in sample.numbers),
        *(("notices", line) for line in notices_lines(notices)),
    ]


def recorded_rows(sample: SampleSummary | None) -> list[tuple[str, str]]:
    """Return short rows on the recorded runs: how many, when, with and on what, and the first numbers."""
    if sample is None:
        return []
    if sample.problem:
        return [("Recorded", sample.problem)]
    rows = []
    for unit in sample.units:
        made = [f"{LIBRARIES[key]} {unit.environment[key]}" for key in _MADE_WITH if key in unit.environment]
        rows.append(("Recorded", f"{unit.runs} runs of {unit.unit}, {unit.date}, {', '.join(made)}"))
        rows += [("", f"on a substitute for {line}") for line in unit.substitutes]
    for number in sample.numbers[:_MOST_NUMBERS]:
        values = [run for run in number.runs if run is not None]
        if values:
            spread = f"median {four_digits(statistics.median(values))}"
            spread += f", {four_digits(min(values))} to {four_digits(max(values))}"
            rows.append(("", _labelled(number, spread)))
    if len(sample.numbers) > _MOST_NUMBERS:
        rows.append(("", f"and {len(sample.numbers) - _MOST_NUMBERS} more numbers (--verbose)"))
    return rows


def notices_lines(notices: Notices | None) -> list[str]:
    """Say which changes of a claim repeated and fresh seeds notice, a sentence each; none if not known."""
    if notices is None:
        return []
    if notices.first_steps is not None:
        share = f"typically {notices.first_steps:.1g} of their range over the seeds"
        repeated = f"Repeated first steps notice any change beyond rounding, which is {share}."
    elif notices.repeated is None:
        repeated = "Repeated seeds notice nothing here: none are recorded, or rounding moves them too far."
    elif not notices.repeated:
        repeated = "Repeated seeds notice any change beyond rounding."
    else:
        repeated = f"Repeated seeds notice a change of {_deviations(notices.repeated)}."
    fresh = "no shift for certain" if notices.fresh is None else f"a shift of {_deviations(notices.fresh)}"
    return [repeated, f"Fresh seeds notice {fresh}."]


@dataclass(frozen=True)
class SmallestChange:
    """What a check notices at least: in a word or two, in sentences, and of each recorded number."""

    short: str
    sentences: Sequence[str]
    numbers: Mapping[str, str]


def smallest_change(claim: Claim, record: Record) -> SmallestChange:
    """Return the smallest change that the check of a claim notices."""
    notices = record.notices
    numbers = () if record.sample is None else record.sample.numbers
    of_each = {} if record.sample is None else {each.name: noticed(each, record.sample) for each in numbers}
    if claim.rule.name == "equal" and record.measured is not None:
        return SmallestChange("exact", ["Any change would be noticed."], of_each)
    if notices is None:
        return SmallestChange("", [], of_each)
    repeats = notices.first_steps is not None or notices.repeated is not None
    if repeats and (notices.repeated or 0.0) < 0.01:
        short = "sees any change"
    elif len(numbers) == 1 and numbers[0].drift is not None:
        short = f"sees ±{numbers[0].drift:.2g}"
    else:
        short = "" if notices.fresh is None else f"sees {notices.fresh:.2g} σ"
    return SmallestChange(short, notices_lines(notices), of_each)


def _deviations(size: float) -> str:
    digits = three_digits(size) if size >= 0.01 else f"{size:.1g}"
    return f"{digits} standard deviations of the recorded runs"


def _unit_rows(unit: UnitRuns) -> list[tuple[str, str]]:
    made = ", ".join(f"{key} {unit.environment[key]}" for key in _ENVIRONMENT if key in unit.environment)
    return [
        ("sample", f"{unit.unit}: {unit.runs} runs of {unit.date}, {unit.seconds:.2g} s a seed, {made}"),
        *(("substitute", line) for line in unit.substitutes),
        *(("mishap", f"{count} of {unit.runs} runs {text}") for text, count in unit.failures.items()),
    ]


def _labelled(number: NumberSummary, text: str) -> str:
    return f"{number.name}: {text}" if number.name else text


def _quantiles(values: Sequence[float], shares: Sequence[float]) -> list[float]:
    import numpy as np  # late, because `workshop show` of a unit or a chapter needs none

    return [float(each) for each in np.quantile(values, shares, method="nearest")]


def _spread(number: NumberSummary) -> str:
    values = [math.inf if run is None else run for run in number.runs]
    low, quarter, third, high = _quantiles(values, [0, 0.25, 0.75, 1])
    median = statistics.median(values)
    return f"median {median:.5g}, middle half {quarter:.5g} to {third:.5g}, all {low:.5g} to {high:.5g}"


def _notices(number: NumberSummary, sample: SampleSummary) -> str:
    text = noticed(number, sample)
    if number.drift is None:
        return text
    if number.seeds_for_half is None:
        return f"{text}; no number of seeds up to 256 notices half of it"
    return f"{text}; {number.seeds_for_half} seeds notice half of it"


def noticed(number: NumberSummary, sample: SampleSummary) -> str:
    """Say which drift of a number the seeds drawn notice."""
    seeds = "1 fresh seed" if number.seeds == 1 else f"{number.seeds} fresh seeds"
    if number.test == "ties":
        return f"{seeds}: many runs are alike, so that no drift has a size; they are compared by rank"
    if number.drift is None:
        return f"{seeds}: no drift is noticed for certain"
    by = "by rank" if number.test == "rank" else f"by a prediction bound on the {number.scale} scale"
    return f"a drift of {number.drift:.2g} {by} ({seeds}, {sample.probability:.0%} of the time)"
