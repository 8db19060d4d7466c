"""Is my number normal? Where a reader's number falls among recorded runs, and whether that is worth worrying.

`normal.js.j2` says the same on the page, word for word; a test holds both equal.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from workshop.figures.alt_text import digits

Worry = Literal["no", "hardly", "perhaps", "yes"]

# as many runs as these lie at least as far out: then a number is at the edge of them
EDGE = 0.05
# what another processor may change in the last digits of float32
ROUNDING = 1e-6

_NUMBER = re.compile(
    r"[+-]?(?:\d+(?:\.(?P<places>\d*))?|\.(?P<only>\d+))(?:[eE](?P<exponent>[+-]?\d+))?", re.ASCII
)


@dataclass(frozen=True)
class Assessment:
    """Whether a number is worth worrying, and why: a line each for its place, the judgement, the baseline."""

    worry: Worry
    lines: tuple[str, ...]


def assess(
    typed: str, recorded: Sequence[float], *, naive: float | None = None, made: str = ""
) -> Assessment:
    """Place a typed number among recorded runs; it stands for its rounding interval, as a printed one does.

    `recorded` has ∞ where a run crashed: such runs are told, but not compared. `naive` is what the naive
    baseline gives, `made` tells where the runs were recorded. Raises ValueError if the text is no number.
    """
    mine, half = read(typed)
    runs = sorted(value for value in recorded if math.isfinite(value))
    crashed = f"{len(recorded) - len(runs)} of {len(recorded)} recorded runs crashed."
    if not runs:
        return Assessment("perhaps", (f"{crashed} Yours did not: find out why.",))
    low, high = mine - half, mine + half
    below, above = sum(value < low for value in runs), sum(value > high for value in runs)
    worry, told = _judgement(runs, low, high, below, above)
    lines = [_place(typed.strip(), runs, below, above), told]
    if len(runs) < len(recorded):
        lines.append(crashed)
    if worry in {"perhaps", "yes"} and made:
        lines.append(f"The runs were recorded with {made}: another version may be the reason.")
    if naive is not None:
        lines.append(_against(mine, naive))
    return Assessment(worry, tuple(lines))


def read(typed: str) -> tuple[float, float]:
    """Return the number and half a unit of its last digit, at least ROUNDING. Raises ValueError."""
    match = _NUMBER.fullmatch(typed.strip())
    if match is None or not math.isfinite(float(match[0])):
        raise ValueError(f"'{typed.strip()}' is no number: type it like 0.846")
    places = len(match["places"] or match["only"] or "") - int(match["exponent"] or 0)
    mine = float(match[0])
    return mine, max(float(f"0.5e{-places}"), ROUNDING * abs(mine))


def _place(typed: str, runs: Sequence[float], below: int, above: int) -> str:
    n = len(runs)
    alike = n - below - above
    share = math.floor(100 * (below + 0.5 * alike) / n + 0.5)
    median = runs[round((n - 1) / 2)]  # as numpy.quantile has it by its method `nearest`
    return (
        f"{typed} is at {share}% of {n} recorded runs: "
        f"{below} below it, {alike} equal to its digits, {above} above. "
        f"They go from {digits(runs[0])} to {digits(runs[-1])}, median {digits(median)}."
    )


def _judgement(runs: Sequence[float], low: float, high: float, below: int, above: int) -> tuple[Worry, str]:
    n = len(runs)
    as_far = n - max(below, above)
    if as_far:
        lie = f"{as_far} of {n} recorded runs {'lies' if as_far == 1 else 'lie'} at least as far out"
        if 2 * (1 + as_far) / (n + 1) > EDGE:
            return "no", f"Normal: {lie} on its side. Nothing to worry about."
        return "hardly", f"At the edge, but {lie}. Hardly worth worrying."
    least, most = runs[0], runs[-1]
    gap = low - most if low > most else least - high
    if least == most:
        same = f"All {n} recorded runs give {digits(most)}"
        return "yes", f"{same}: seeds do not move this number, so something else differs. Worth worrying."
    where = f"{'Above' if low > most else 'Below'} all {n} recorded runs by {digits(gap)}"
    if gap > most - least:
        return "yes", (
            f"{where}, where these lie {digits(most - least)} apart: farther out than seeds are likely "
            "to bring it. Worth worrying: look for what differs in data, settings and versions."
        )
    rarely = math.floor((n + 1) / 2)
    return "perhaps", (
        f"{where}. By chance alone about one in {rarely} runs lies beyond all others on one side or the "
        "other: run another seed; worry if it lies out there, too."
    )


def _against(mine: float, naive: float) -> str:
    if mine == naive:
        return f"The naive baseline gives {digits(naive)}, as yours."
    side = "above" if mine > naive else "below"
    times = f", {digits(mine / naive)} times as much" if naive > 0 and mine > 0 else ""
    return f"The naive baseline gives {digits(naive)}: yours is {side} it{times}."
