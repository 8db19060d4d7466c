"""What a stochastic claim's reference sample is, and what its tests can notice, in words."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from workshop.ledger import Claim
from workshop.ledger.rules import Equal, Parts, Repeats, Rounds, Rule, Within
from workshop.ledger.values import is_number, leaves
from workshop.verification.results import Notices, NumberSummary, SampleSummary, UnitRuns
from workshop.wording.numbers import four_digits, three_digits
from workshop.wording.words import LIBRARIES

_MADE_WITH = ("tensorflow", "keras", "nltk", "gensim")
_MOST_NUMBERS = 3
_BARS = " ▁▂▃▄▅▆▇"
_ROUNDING = 0.01  # standard deviations; a change of less is as good as none
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
        *(("recorded", line) for line in sample.shows),
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
    return [*rows, *(("", line) for line in sample.shows)]


def strip_lines(runs: Sequence[float | None], marks: Mapping[str, Any], width: int) -> list[str]:
    """Draw the recorded runs of a number as bars over an axis, and below it the marks that are numbers.

    A mark's sign is the capital letter of its name, such as `B` of `book`.
    """
    values = [run for run in runs if run is not None]
    if len(set(values)) < 2:
        return []
    known = {name: float(value) for name, value in marks.items() if is_number(value)}
    low, high = min(*values, *known.values()), max(*values, *known.values())
    columns = min(max(width, 20), 60)

    def column(value: float) -> int:
        return round((value - low) / (high - low) * (columns - 1))

    counts = Counter(map(column, values))
    most = max(counts.values())
    bars = "".join(_BARS[math.ceil(counts[at] / most * (len(_BARS) - 1))] for at in range(columns))
    left, right = four_digits(low), four_digits(high)
    lines = [bars.rstrip(), "┴" + "─" * (columns - 2) + "┴", f"{left}{right:>{columns - len(left)}}"]
    quarter, third = _quantiles(values, [0.25, 0.75])
    half = f"{len(values)} recorded runs, half of them {four_digits(quarter)} to {four_digits(third)}"
    signs = {column(value): name[0].upper() for name, value in reversed(known.items())}
    below = "".join(signs.get(at, " ") for at in range(columns)).rstrip()
    named = [f"{name[0].upper()} {name} {four_digits(value)}" for name, value in known.items()]
    return [*lines, *([below] if below else []), " · ".join([*named, half])]


def would_be_noticed(claim: Claim, notices: Notices | None, sample: SampleSummary | None) -> tuple[str, str]:
    """Say which other run of a claim would be noticed: in a word or two, and in a sentence; "" if unknown.

    Repeated seeds see more than fresh ones, whose drift has a size of its own in each number.
    """
    if not claim.rule.needs_sample:
        return _by_rule(claim.rule, claim.documented) if claim.rule.needs_run else ("", "")
    if notices is None or sample is None or not sample.numbers:
        return "", ""
    repeated = notices.repeated is not None and notices.repeated < _ROUNDING
    of = "the first steps" if notices.first_steps is not None else "a repeated one" if repeated else ""
    short = "any change shows" if of else ""
    first, *others = sample.numbers
    if others and of:
        return short, f"Any change of {of.replace('one', 'run')} beyond rounding would be noticed."
    spread = notices.fresh if notices.repeated is None else notices.repeated
    if others:
        text = (
            ""
            if spread is None
            else f"Runs that are off by {spread:.2g} times their spread would be noticed."
        )
        return short, text
    values = [run for run in first.runs if run is not None]
    size = first.drift
    if spread is not None and notices.repeated is not None and not repeated and len(values) > 1:
        size = spread * statistics.stdev(values)
    text = noticed_of(replace(first, drift=size))
    if of:
        return short, f"{text.removesuffix('.')}, and any change of {of}."
    return ("" if size is None else f"sees ±{size:.2g}"), text


def noticed_of(number: NumberSummary) -> str:
    """Say in one sentence which runs of a number would be noticed by fresh seeds."""
    if number.drift is None:
        return "Runs vary a lot: we would notice only values outside their range."
    return _off_by(number.drift)[1]


def _off_by(size: float) -> tuple[str, str]:
    return f"sees ±{size:.2g}", f"We would notice a shift of {size:.2g} or more."


def _by_rule(rule: Rule, documented: Any) -> tuple[str, str]:
    """Say what a rule on one run would notice; of several checks, what that of the printed part would."""
    if isinstance(rule, Parts):
        checks = [check for check in rule.checks if check.at in {rule.documents or "", *_keys(documented)}]
        return _by_rule((checks or rule.checks)[0].rule, documented)
    if isinstance(rule, Rounds | Within):
        return _off_by(
            max((rule.allowed(leaf) for leaf in leaves(documented) if is_number(leaf)), default=0.0)
        )
    if isinstance(rule, Equal):
        return "exact", "Any other value would be noticed."
    if isinstance(rule, Repeats):
        return "any change shows", "We would notice any change of the training beyond rounding."
    return "", f"A result that is not {rule.text()} would be noticed."


def _keys(value: Any) -> list[str]:
    return list(map(str, value)) if isinstance(value, dict) else []


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
    fresh = "no shift with certainty" if notices.fresh is None else f"a shift of {_deviations(notices.fresh)}"
    return [repeated, f"Fresh seeds notice {fresh}."]


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
    """Return the value that is nearest to each share, as NumPy does, which takes longer to import."""
    ranked = sorted(values)
    return [ranked[round((len(ranked) - 1) * share)] for share in shares]


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
        return f"{seeds}: many runs are equal, so they are compared by rank"
    if number.drift is None:
        return f"{seeds}: no drift is certain to be noticed"
    by = "by rank" if number.test == "rank" else f"by a prediction bound on the {number.scale} scale"
    return f"a drift of {number.drift:.2g} {by} ({seeds}, {sample.probability:.0%} of the time)"
