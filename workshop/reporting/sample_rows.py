"""What a stochastic claim's reference sample is, and what its repeated seeds notice, in words."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from workshop.ledger import Claim
from workshop.ledger.rules import Equal, Parts, Repeats, Rounds, Rule, Within
from workshop.values import is_number, leaves
from workshop.verification.results import Notices, SampleSummary
from workshop.wording.numbers import four_digits
from workshop.wording.words import LIBRARIES

_MADE_WITH = ("tensorflow", "keras", "nltk", "gensim")
_MOST_NUMBERS = 3
_BARS = " ▁▂▃▄▅▆▇"
_ROUNDING = 0.01  # standard deviations; a change of less is as good as none


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
            rows.append(("", f"{number.name}: {spread}" if number.name else spread))
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
    ranked = sorted(values)  # NumPy's quantiles take longer to import
    quarter, third = (ranked[round((len(ranked) - 1) * share)] for share in (0.25, 0.75))
    half = f"{len(values)} recorded runs, half of them {four_digits(quarter)} to {four_digits(third)}"
    signs = {column(value): name[0].upper() for name, value in reversed(known.items())}
    below = "".join(signs.get(at, " ") for at in range(columns)).rstrip()
    named = [f"{name[0].upper()} {name} {four_digits(value)}" for name, value in known.items()]
    return [*lines, *([below] if below else []), " · ".join([*named, half])]


def would_be_noticed(claim: Claim, notices: Notices | None, sample: SampleSummary | None) -> tuple[str, str]:
    """Say which other run of a claim would be noticed: in a word or two, and in a sentence; "" if unknown."""
    if not claim.rule.needs_sample:
        return _by_rule(claim.rule, claim.documented) if claim.rule.needs_run else ("", "")
    if notices is None or sample is None or not sample.numbers:
        return "", ""
    if notices.first_steps is not None:
        return "any change shows", "Any change of the first steps beyond rounding would be noticed."
    if notices.repeated is None:
        return "", ""
    if notices.repeated < _ROUNDING:
        return "any change shows", "Any change of a repeated run beyond rounding would be noticed."
    first, *others = sample.numbers
    values = [run for run in first.runs if run is not None]
    if others or len(values) < 2:
        return "", f"Runs that are off by {notices.repeated:.2g} times their spread would be noticed."
    return _off_by(notices.repeated * statistics.stdev(values))


def _off_by(size: float) -> tuple[str, str]:
    return f"sees ±{size:.2g}", f"We would notice a shift of {size:.2g} or more."


def _by_rule(rule: Rule, documented: Any) -> tuple[str, str]:
    """Say what a rule on one run would notice; of several checks, what that of the printed part would."""
    if isinstance(rule, Parts):
        checks = [
            check
            for check in rule.checks
            if check.at
            in {rule.documents or "", *(list(map(str, documented)) if isinstance(documented, dict) else [])}
        ]
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
