"""Records whose measured values are written in short, as files of schema 2 have them."""

from __future__ import annotations

from typing import Any

from workshop.verification.results import Measured, Record, _as_now, _measured_now


def sums(median: Any, low: Any, high: Any, seeds: int = 5) -> dict[str, Any]:
    """Return what sums up several seeds: numbers, or lists or mappings of them."""
    return {"seeds": seeds, "median": median, "minimum": low, "maximum": high}


def measured_as(value: Any) -> Measured:
    """Return what runs measured: a value of one run, or what sums up several."""
    return Measured(**_measured_now(value, []))


def record_of(**fields: Any) -> Record:
    """Return a record with these fields."""
    sample, beside = fields.pop("sample", None), fields.pop("beside", {})
    known = {label: v if isinstance(v, Measured) else measured_as(v) for label, v in beside.items()}
    return Record(**_as_now(fields), beside=known, sample=sample)
