"""The scale of a quantity, which follows from its kind: from the words of its name, not from its values."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from workshop.ledger.rules.base import StrictRule
from workshop.paths import Measure
from workshop.statistics.scales import Scale, ScaleName


class Kinds(StrictRule):
    """Words of names by scale, rows that shares count by unit and field, classes of equal size, and units."""

    names: dict[ScaleName, tuple[str, ...]]
    rows: Mapping[str, Mapping[str, int]]
    classes: Mapping[str, int]
    units: Mapping[str, str]


@cache
def kinds() -> Kinds:
    """Return the kinds of quantities in the package's table."""
    from workshop.strict_yaml import read_yaml  # what is built once is not read again

    text = resources.files("workshop.ledger").joinpath("scales.yaml").read_text("utf-8")
    return Kinds.model_validate(read_yaml(text), strict=False)


def named_scale(fields: list[str]) -> ScaleName | None:
    """Return the scale that the last field name with a telling word says, or None."""
    scales = {word: scale for scale, words in kinds().names.items() for word in words}
    words = (word for field in reversed(fields) for word in field.split("_"))
    return next((scales[word] for word in words if word in scales), None)


def path_names(measure: Measure) -> list[str]:
    """Return the names on the path of a quantity inside its unit's outcome."""
    return _names(str(measure).removeprefix(f"{measure.unit}."))


def _names(path: str) -> list[str]:
    return re.findall(r"[A-Za-z_]+", path)


def scale_of(measure: Measure, number: str, stated: ScaleName | tuple[ScaleName, ...] | None) -> Scale:
    """Return the scale of one number of a measured quantity.

    `stated` is what the claim states: one scale, or one for each place of the number's last index. Else the
    name says the scale, else it is the identity.
    """
    fields = path_names(measure)
    named = named_scale([*_names(number), *fields])
    if isinstance(stated, tuple):
        index = re.search(r"\[(\d+)\]$", number)
        stated = stated[int(index[1])] if index is not None and named is None else None
    name = stated or named or "identity"
    if name != "logit":
        return Scale(name)
    counted = kinds().rows.get(measure.unit, {})
    rows = next((counted[field] for field in reversed(fields) if field in counted), None)
    return Scale(name, rows, 100.0 if any("percent" in field.split("_") for field in fields) else 1.0)


@dataclass(frozen=True)
class Guess:
    """What a network gives that tells no class apart: a number, how far off it may be, and the words."""

    value: float
    reach: float
    text: str

    def span(self, whole: float) -> tuple[float, float]:
        """Return the least and greatest number that is called a guess, where `whole` is all rows."""
        return whole * (self.value - self.reach), whole * (self.value + self.reach)


def guess_of(measure: Measure, number: str) -> Guess | None:
    """Return what guessing between a unit's classes gives for a number, None if that has no meaning."""
    classes, fields = kinds().classes.get(measure.unit), path_names(measure)
    names = [*_names(number), *fields]
    if classes is None:
        return None
    scale = named_scale(names)
    share = 1 / classes
    if scale == "logit" and not any("probab" in name for name in names):
        counted = kinds().rows.get(measure.unit, {})
        rows = next((counted[field] for field in reversed(fields) if field in counted), 10_000)
        reach = 3 * math.sqrt(share * (1 - share) / rows)
        return Guess(share, reach, "what guessing gives")
    if scale == "log" and any("loss" in name for name in names):
        return Guess(math.log(classes), 0.0015, f"the loss of guessing between {classes} classes")
    return None


def unit_of(measure: Measure | None, number: str) -> str:
    """Ask whether a number that is far too large is in another unit, the likeliest one of its quantity."""
    names = [] if measure is None else [*_names(number), *path_names(measure)]
    words = {word for name in names for word in name.split("_")}
    units = (unit for word, unit in kinds().units.items() if word in words)
    return f"is it in {next(units, 'another unit')}?"
