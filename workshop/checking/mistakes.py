"""The likeliest mistake: which one explains a reader's numbers of a unit, all of them together.

Thresholds:

- A mistake explains numbers if they are at least CLEARLY times likelier with it than without, and OTHERS
  times likelier than with the next mistake, and if more than PLAUSIBLE of its own runs are as unlikely.
- The numbers must also be less likely than each recorded run of the unchanged procedure, given all others,
  or more times likelier with a mistake than each of these runs. Each is true of one honest run in 129, where
  128 are recorded.
- No ratio is stated that is larger than the number of recorded runs: farther out, a ratio rests on the form
  of the tails, which so few runs do not show.

Numbers of one run depend on each other, and runs are often not normal: some networks die, accuracies are of
few rows. So the density is that of the runs themselves, each widened to a t distribution that has the
correlations of all runs (a kernel estimate). On runs that were held back it was better than one multivariate
t distribution, with 1 to 36 numbers in each unit tried.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from workshop.book import SAMPLES
from workshop.checking.mistake_runs import LONGEST, as_rows, recorded_mistakes, unchanged_numbers
from workshop.errors import UsageError
from workshop.ledger import ledger
from workshop.ledger.values import half_digit
from workshop.samples.model import reference_sample
from workshop.statistics.scales import Numbers, Scale
from workshop.suggestions import did_you_mean

# Correlations are taken so much nearer to none, because so few runs show too much of them.
_SHRUNK = 0.05
# Degrees of freedom of a widened run: its tails are heavy, so that no number is ever quite excluded.
_FREEDOM = 5
# Share of Silverman's width, which is too wide for runs that are not normal.
_WIDTH = 0.7
# A number has at least this share of its usual spread, and where it never varies, of its size. Without the
# floor, runs that are all alike would make any other number infinitely unlikely.
_FLOOR, _CONSTANT_FLOOR = 0.05, 1e-4
# numbers that are all alike have a smaller spread than this share of the latter, not quite none
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Density:
    """The density of runs; `runs` (runs, numbers) are decorrelated by the inverse of `root`.

    `share` is that of the runs that have all numbers; the others add nothing.
    """

    mean: Numbers
    spread: Numbers
    root: Numbers
    runs: Numbers
    share: float

    def log_likelihood(self, point: Numbers) -> float:
        """Return the logarithm of the density at a point (numbers,)."""
        n, numbers = self.runs.shape
        decorrelated = np.linalg.solve(self.root, (point - self.mean) / self.spread)
        squared = np.sum((self.runs - decorrelated) ** 2, axis=1)
        kernels = -(_FREEDOM + numbers) / 2 * np.log1p(squared / _FREEDOM)
        constant = (
            math.lgamma((_FREEDOM + numbers) / 2)
            - math.lgamma(_FREEDOM / 2)
            - numbers / 2 * math.log(_FREEDOM * math.pi)
            - float(np.sum(np.log(np.diag(self.root))) + np.sum(np.log(self.spread)))
        )
        return float(math.log(self.share / n) + constant + np.logaddexp.reduce(kernels))


def density(runs: Numbers, floors: Numbers) -> Density:
    """Return the density of runs (runs, numbers); each number has at least its floor's spread.

    Runs of which a number is not finite are left out. There must be at least two others.
    """
    whole = finite(runs)
    n, numbers = whole.shape
    mean = whole.mean(axis=0)
    spread = np.sqrt(whole.var(axis=0, ddof=1) + floors**2)
    scaled = (whole - mean) / spread
    correlations = (1 - _SHRUNK) * scaled.T @ scaled / (n - 1)
    np.fill_diagonal(correlations, 1.0)
    width = _WIDTH * (4 / (n * (numbers + 2))) ** (1 / (numbers + 4))
    root = width * np.linalg.cholesky(correlations)
    return Density(mean, spread, root, np.linalg.solve(root, scaled.T).T, n / len(runs))


def explains(runs: Numbers, point: Numbers, floors: Numbers, least: int = 1) -> bool:
    """Whether at least `least` runs have a leave-one-out likelihood no higher than the point's."""
    whole = finite(runs)
    limit = density(whole, floors).log_likelihood(point)
    for i, run in enumerate(whole):
        least -= density(np.delete(whole, i, axis=0), floors).log_likelihood(run) <= limit
        if least <= 0:
            return True
    return False


def finite(runs: Numbers) -> Numbers:
    """Return the runs (runs, numbers) that have all their numbers."""
    return runs[np.isfinite(runs).all(axis=1)]


def floors(samples: Sequence[Numbers]) -> Numbers:
    """Return the least spread of each number (numbers,), by its usual spread in several samples of runs."""
    spreads = np.array([np.std(finite(sample), axis=0) for sample in samples])
    pooled = np.concatenate([finite(sample) for sample in samples])
    constant = _CONSTANT_FLOOR * np.maximum(1.0, np.abs(pooled).max(axis=0))
    varying = np.where(spreads > _ROUNDING * constant, spreads, np.nan)
    usual = np.array([np.nanmedian(each) if np.isfinite(each).any() else 0.0 for each in varying.T])
    return np.where(usual > 0, _FLOOR * usual, constant)


CLEARLY = 20.0
OTHERS = 3.0
PLAUSIBLE = 0.05
# a mistake of which fewer runs have all the numbers is not asked
FEWEST = 16
_WORDS = (
    "",
    "This number is",
    *(f"These {n} numbers are" for n in ("two", "three", "four", "five", "six", "seven", "eight", "nine")),
)


@dataclass(frozen=True)
class Explanation:
    """What explains a reader's numbers of a unit.

    `mistake` : the likeliest mistake in words, None if the unchanged procedure or no single mistake explains
    them. `times` : how many times likelier they are with it, at most the number of recorded runs; 1 without a
    mistake. `modelled` : whether there are recorded runs of mistakes. `sentence` : the answer.
    """

    mistake: str | None
    times: float
    modelled: bool
    sentence: str


@dataclass(frozen=True)
class Modelled:
    """All runs of a unit on the scales of their numbers: of the unchanged procedure, and of each mistake.

    `columns` : the place of a number by its name, which is its claim's id and the number's path in the claim.
    """

    columns: Mapping[str, int]
    scales: tuple[Scale, ...]
    unchanged: Numbers
    mistakes: Mapping[str, Numbers]


def explain(unit_id: str, values: Mapping[str, float]) -> Explanation:
    """Return what explains a reader's numbers of a unit.

    `values` has numbers by the ids of their claims, or by id and path where a claim has several
    (`ch05.ex05.epoch1.loss`, `ch02.act01.log_epoch10[1]`). Numbers that are not recorded are left out. Raises
    UsageError if there is no such unit, DamagedReference if a file is damaged.
    """
    units = ledger().units
    if unit_id not in units:
        guess = did_you_mean(unit_id, {name: unit.title for name, unit in units.items()})
        raise UsageError(f"{unit_id} is not an exercise: {guess or 'see workshop list'}")
    why = not_modelled(unit_id)
    if why:
        return Explanation(None, 1.0, False, f"Mistakes are not modelled for this exercise: {why}.")
    return judge(modelled(unit_id), values)


def not_modelled(unit: str) -> str:
    """Return why mistakes are not modelled in a unit; "" if they are."""
    sample = reference_sample(unit, {}, SAMPLES)
    if sample is None:
        return "no run of it is recorded, because none of its results depends on chance"
    if sample.seconds > LONGEST:
        return f"one run takes longer than {LONGEST:g} s"
    return "" if recorded_mistakes(unit) else "they have not been recorded yet"


@cache
def modelled(unit: str) -> Modelled:
    """Return the runs of a unit whose mistakes are modelled."""
    sample, recorded = reference_sample(unit, {}, SAMPLES), recorded_mistakes(unit)
    assert sample is not None
    assert recorded is not None
    places = {quantity: column for column, quantity in enumerate(recorded.quantities)}
    columns: dict[str, int] = {}
    scales: dict[int, Scale] = {}
    runs = unchanged_numbers(ledger(), sample)
    for run in runs:
        for name, (place, _) in run.items():
            if place.quantity in places:
                columns[name] = places[place.quantity]
                scales[columns[name]] = place.scale
    ordered = tuple(scales.get(column, Scale()) for column in range(len(places)))
    return Modelled(
        columns,
        ordered,
        on_scales(as_rows(runs, recorded.quantities), ordered),
        {each.what: on_scales(each.numbers, ordered) for each in recorded.mistakes if not each.left_out},
    )


def on_scales(runs: Numbers, scales: tuple[Scale, ...]) -> Numbers:
    """Return runs (runs, numbers) with each number on its scale, ∞ where the scale does not have it."""
    return np.stack([scale.of(runs[:, i]) for i, scale in enumerate(scales)], axis=1)


def judge(unit: Modelled, values: Mapping[str, float]) -> Explanation:
    """Return what explains the numbers, as `explain` does, by the runs of a unit."""
    given = {unit.columns[name]: value for name, value in values.items() if name in unit.columns}
    chosen = sorted(given)
    if not chosen:
        return Explanation(None, 1.0, True, "None of these numbers is recorded with a mistake.")
    point = on_scales(np.array([[given[i] for i in chosen]]), tuple(unit.scales[i] for i in chosen))[0]
    unchanged = unit.unchanged[:, chosen]
    mistakes = {what: runs[:, chosen] for what, runs in unit.mistakes.items()}
    mistakes = {what: runs for what, runs in mistakes.items() if len(finite(runs)) >= FEWEST}
    shown = np.array([_rounding(given[i], unit.scales[i]) for i in chosen])
    least = np.maximum(floors([unchanged, *mistakes.values()]), shown)
    if not np.isfinite(point).all():
        return _NOTHING
    otherwise = _ORDINARY if explains(unchanged, point, least) else _NOTHING
    if not mistakes:
        return otherwise
    likelihoods = {what: density(runs, least).log_likelihood(point) for what, runs in mistakes.items()}
    best, *others = sorted(likelihoods, key=lambda what: likelihoods[what], reverse=True)
    ratio = likelihoods[best] - density(unchanged, least).log_likelihood(point)
    runs = finite(mistakes[best])
    if (
        ratio < math.log(CLEARLY)
        or not explains(runs, point, least, 1 + math.floor(PLAUSIBLE * len(runs)))
        or (otherwise is _ORDINARY and _honest_reach(ratio, unchanged, list(mistakes.values()), least))
    ):
        return otherwise
    if others and likelihoods[best] - likelihoods[others[0]] < math.log(OTHERS):
        return Explanation(
            None, 1.0, True, f"Two mistakes explain these numbers about as well: {best}, or {others[0]}."
        )
    most = len(finite(unchanged))
    times = float(most) if ratio >= math.log(most) else math.exp(ratio)
    subject = _WORDS[len(chosen)] if len(chosen) < len(_WORDS) else f"These {len(chosen)} numbers are"
    return Explanation(
        best, times, True, f"{subject} {_written(times, most)} likelier with this mistake: {best}."
    )


def _rounding(value: float, scale: Scale) -> float:
    """Return the standard deviation by which a number was rounded, on its scale; shares count rows anyway.

    It follows from the digits of the number: 0.03 was rounded to two decimals.
    """
    if scale.name == "logit" or not math.isfinite(value):
        return 0.0
    half = half_digit(value, None)
    low, high = scale.of(np.array([value - half, value + half])).tolist()
    return (high - low) / math.sqrt(12) if math.isfinite(low) and math.isfinite(high) else 0.0


def _honest_reach(ratio: float, unchanged: Numbers, mistakes: Sequence[Numbers], least: Numbers) -> bool:
    """Whether an unchanged run reaches this likelihood ratio by chance, given all other seeds.

    The runs of mistakes begin with the same seeds.
    """
    for seed, run in enumerate(unchanged):
        if np.isfinite(run).all():
            others = (np.delete(runs, seed, axis=0) if seed < len(runs) else runs for runs in mistakes)
            without = density(np.delete(unchanged, seed, axis=0), least).log_likelihood(run)
            if any(density(runs, least).log_likelihood(run) - without >= ratio for runs in others):
                return True
    return False


_ORDINARY = Explanation(
    None, 1.0, True, "No mistake that we know explains these numbers clearly better than chance."
)
_NOTHING = Explanation(None, 1.0, True, "We know no single mistake that explains these numbers.")


def _written(times: float, most: int) -> str:
    """Write a ratio with one digit; `more than` for one that is cut off at the most that is stated."""
    digit = 10 ** math.floor(math.log10(times))
    if times >= most:
        return f"more than {most // digit * digit} times"
    return f"about {round(times / digit) * digit} times"
