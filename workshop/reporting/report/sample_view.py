"""The recorded runs of a stochastic claim on the page: a sentence, strips, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workshop.ledger import Claim
from workshop.reporting.sample_rows import SmallestChange
from workshop.reporting.samples import RunNumbers, placed
from workshop.reporting.strip_plot import Strip, strip
from workshop.verification.results import SampleSummary
from workshop.wording.numbers import four_digits
from workshop.wording.pairs import Today

_OLD = "These results have no recorded runs: run `workshop verify --json` again with this version."


@dataclass(frozen=True)
class Sample:
    """A claim's reference sample: what it shows, its strips, and where it comes from."""

    sentences: tuple[str, ...]
    strips: tuple[Strip, ...]
    lines: tuple[str, ...]


def sample_of(
    claim: Claim, sample: SampleSummary | None, numbers: RunNumbers, notices: SmallestChange
) -> Sample | None:
    """Return a stochastic claim's sample, or a line on why there is none; None for other claims.

    `numbers` are those of the run, and `notices` is the smallest change that it notices.
    """
    if not claim.rule.needs_sample:
        return None
    if sample is None or sample.problem:
        return Sample((), (), (_OLD if sample is None else sample.problem,))
    stated = placed(claim, claim.documented)
    printed: dict[str, dict[str, tuple[float, float]]] = {} if claim.ours else {claim.source: stated}
    printed["correct"] = placed(claim, claim.correct)
    if claim.source == "book" and (notebook := placed(claim, claim.notebook)) != stated:
        printed["notebook"] = notebook
    sentences, lines = _sentences(numbers.today, numbers.naive), (*_lines(sample), *notices.sentences)
    marks = {**printed, "naive": {name: (value, value) for name, value in numbers.naive.items()}}
    strips = tuple(
        strip(
            number,
            {name: at[number.name] for name, at in marks.items() if number.name in at},
            numbers.today.get(number.name),
            notices=notices.numbers[number.name],
        )
        for number in sample.numbers
    )
    return Sample(sentences, strips, lines)


def _sentences(measured: Mapping[str, Today], baseline: Mapping[str, float]) -> tuple[str, ...]:
    """Compare each number of the run with what the naive forecast gives, where there is one."""
    sentences = []
    for name, value in baseline.items():
        if name in measured and value > 0:
            median = measured[name].median
            whose = f"{name}: this" if name else "This"
            sentences.append(
                f"{whose} run's median is {four_digits(median)}, and the naive forecast gives "
                f"{four_digits(value)}. That is {four_digits(median / value)} times as much."
            )
    return tuple(sentences)


def _lines(sample: SampleSummary) -> tuple[str, ...]:
    fewest = min(len(number.runs) for number in sample.numbers)
    line = f"{fewest} runs, recorded {sample.dates}{' with ' + sample.made if sample.made else ''}"
    substitutes = sorted({line for unit in sample.units for line in unit.substitutes})
    return (line, *(f"on a substitute: {other}" for other in substitutes))
