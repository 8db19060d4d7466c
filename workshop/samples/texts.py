"""Texts for readers in which numbers of the recorded runs are filled in: the ledger has placeholders.

- `{runs}` is how many runs of a claim are recorded.
- `{range NAME .2f}` is the range of one of its numbers, rounded outward so that it holds all runs, and
  `{median NAME .2f}` its median. A claim's only number has no name: `{range .2f}`.
- `{share 0.25 < NAME < 0.75}` is the share of runs with such a number.
- `{gensim-before-4: runs}` is the number of an era.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from workshop.book import SAMPLES, Book
from workshop.errors import WorkshopError
from workshop.execution.store import default_store, kept
from workshop.ledger import Claim, Ledger
from workshop.ledger.model import PLACEHOLDER

# most commands need only texts that are kept, and not NumPy
if TYPE_CHECKING:
    from workshop.statistics.scales import Numbers

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def with_numbers(book: Book) -> Ledger:
    """Return the ledger of a book as it is shown to readers, with each claim `filled`: reports get it.

    The numbers are kept in the result store, because they are computed from most of the recorded runs.
    """
    claims = [claim for claim in book.ledger.claims.values() if _with_placeholders(claim)]
    store = default_store() if book.samples == SAMPLES else None  # what is kept depends on the package alone
    made_of = map(repr, claims)
    texts = kept(store, "texts", made_of, lambda: {claim.id: _texts(claim, book.samples) for claim in claims})
    chapters = []
    for chapter in book.ledger.chapters:
        units = []
        for unit in chapter.units:
            own = tuple(_with(claim, texts.get(claim.id)) for claim in unit.claims)
            units.append(unit.model_copy(update={"claims": own}))
        chapters.append(chapter.model_copy(update={"units": tuple(units)}))
    return Ledger(tuple(chapters))


def filled(claim: Claim, samples: Path) -> Claim:
    """Return a claim with the numbers of a folder's recorded runs in its finding and its text for readers.

    A number is "?" where its runs are missing or damaged: the claim's verdict says so. Raises LookupError for
    a number that the claim does not measure.
    """
    return _with(claim, _texts(claim, samples))


def _with(claim: Claim, texts: Mapping[str, Mapping[str, str]] | None) -> Claim:
    change = {name: getattr(claim, name).model_copy(update=new) for name, new in (texts or {}).items()}
    return claim.model_copy(update=change) if change else claim


def _texts(claim: Claim, samples: Path) -> dict[str, dict[str, str]]:
    """Return the texts of a claim's finding and its text for readers that have placeholders, filled."""
    return {
        part: {
            name: PLACEHOLDER.sub(lambda m: _number(m, claim, samples), text) for name, text in texts.items()
        }
        for part, texts in _with_placeholders(claim).items()
    }


def _with_placeholders(claim: Claim) -> dict[str, dict[str, str]]:
    parts = {"finding": claim.finding, "reader": claim.reader}
    found = {
        name: {field: text for field, text in part if isinstance(text, str) and "{" in text}
        for name, part in parts.items()
        if part is not None
    }
    return {name: texts for name, texts in found.items() if texts}


def _number(placeholder: re.Match[str], claim: Claim, samples: Path) -> str:
    import numpy as np

    try:
        numbers = _recorded(claim, placeholder["era"] or "", samples)
    except WorkshopError:
        return "?"
    if placeholder["what"] == "runs":
        return f"{min(map(len, numbers.values())):,}"
    of = placeholder["of"] or ""
    if placeholder["what"] == "share":
        columns = [np.float64(t) if _NUMBER.fullmatch(t) else numbers[t] for t in of.split(" < ")]
        return f"{100 * np.mean(np.all([a < b for a, b in pairwise(columns)], axis=0)):.0f} %"
    name, _, form = of.rpartition(" ")
    if placeholder["what"] == "median":
        return f"{np.median(numbers[name]):{form}}"
    values = numbers[name][np.isfinite(numbers[name])]
    unit = 10 ** int(form.strip(".f"))
    low, high = math.floor(values.min() * unit) / unit, math.ceil(values.max() * unit) / unit
    return f"{low:{form}} to {high:{form}}"


def _recorded(claim: Claim, era: str, folder: Path) -> Mapping[str, Numbers]:
    from workshop.samples.model import recorded_values, sample_in
    from workshop.samples.recorded import NotDecidable, RecordedRuns, Samples

    samples = {}
    for unit in {measure.unit for measure in claim.measures().values()}:
        sample = sample_in(unit, era, folder)
        if sample is None:
            raise NotDecidable(f"{unit} has no reference sample: workshop record {unit}")
        samples[unit] = sample
    return RecordedRuns(claim, Samples(samples, None), recorded_values(claim, samples)).numbers
