"""The JSON of a run: the contract of everything that reads results.

    {"schema": "workshop-results/1",
     "environment": {"python": …, "tensorflow": …, "keras": …, "numpy": …, …,
                     "system": …, "cpu": …, "device": "cpu" | "gpu", "threads": …,
                     "profile": "default" | "full", "varied": what varies the seeds, 0 for the usual ones,
                     "date": ISO 8601 in UTC, "workshop": …},
     "claims": [{"id": …, "unit": …, "ours": whether it is a claim of our own, not the book's, "verdict": …,
                 "documented": the printed value, as in the ledger,
                 "measured": the measured value; null if there is none; of a sample of numbers
                             {"seeds", "median", "minimum", "maximum"}, of another sample {"seeds", "first"},
                 "beside": quantities shown beside the measured one by label, in the same form,
                 "rule": in words,
                 "margin": distance to the rule's bound in the quantity's unit, negative outside;
                           null if not a matter of degree,
                 "seeds": the seeds drawn, [] for a deterministic claim,
                 "seconds": computing time of the outcomes that decide it, from the store or not
                            (claims of a unit share outcomes),
                 "reason": one line}, …]}

A library that is not installed is absent from `environment`. Numbers that JSON can't hold (NaN, ±∞) are null.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workshop.files import write_atomically
from workshop.ledger.values import is_number, leaves, plain
from workshop.verification.verdicts import VERDICTS, VERIFIED, Verdict

SCHEMA = "workshop-results/1"


@dataclass(frozen=True)
class Record:
    """What is known of one claim after a run; the fields are those of the JSON."""

    id: str
    unit: str
    ours: bool
    verdict: Verdict
    documented: Any
    measured: Any
    beside: Mapping[str, Any]
    rule: str
    margin: float | None
    seeds: tuple[int, ...]
    seconds: float
    reason: str


@dataclass(frozen=True)
class Results:
    """The environment of a run and one record a claim."""

    environment: Mapping[str, Any]
    claims: tuple[Record, ...]

    def counts(self) -> Counter[Verdict]:
        """Return how many claims have each verdict."""
        return Counter(record.verdict for record in self.claims)

    @property
    def green(self) -> bool:
        """Whether nothing failed and at least one claim was verified."""
        return all(r.verdict != "failed" for r in self.claims) and any(
            r.verdict in VERIFIED for r in self.claims
        )

    def write(self, path: Path) -> None:
        """Write the JSON, whole or not at all."""
        content = {
            "schema": SCHEMA,
            "environment": dict(self.environment),
            "claims": [asdict(r) for r in self.claims],
        }
        write_atomically(path, (json.dumps(for_json(content), indent=1, allow_nan=False) + "\n").encode())


class ResultsError(ValueError):
    """A file is no results JSON of this schema."""


def read_results(path: Path) -> Results:
    """Read a results JSON. Raises ResultsError naming the file and the remedy."""
    try:
        content = json.loads(path.read_text("utf-8"))
        schema = content["schema"]
        if schema == SCHEMA:
            records = tuple(Record(**{**r, "seeds": tuple(r["seeds"])}) for r in content["claims"])
            unknown = sorted({str(record.verdict) for record in records} - {*VERDICTS})
            if unknown:
                raise ValueError(f"no verdict is named {unknown[0]!r}")
            return Results({**content["environment"]}, records)
    except (OSError, ValueError, KeyError, TypeError) as error:
        told = " ".join(f"{type(error).__name__} {error}".split())
        raise ResultsError(f"{path}: no results of `workshop verify --json` ({told}): run it again") from None
    raise ResultsError(f"{path}: schema {schema!r}, not {SCHEMA!r}: run `workshop verify --json` again")


def summarise(sample: Sequence[Any]) -> Any:
    """Return what a sample measured: a single value itself, else the median and range over the seeds."""
    if len(sample) == 1:
        return plain(sample[0])
    values = [plain(value) for value in sample]
    if not all(is_number(leaf) for value in values for leaf in leaves(value)):
        return {"seeds": len(values), "first": values[0]}
    stacked = [_tree_array(value) for value in values]
    if len({array.shape for array in stacked}) != 1:
        return {"seeds": len(values), "first": values[0]}
    array = np.stack(stacked)
    return {
        "seeds": len(values),
        "median": np.median(array, axis=0).tolist(),
        "minimum": array.min(axis=0).tolist(),
        "maximum": array.max(axis=0).tolist(),
    }


def _tree_array(value: Any) -> np.ndarray[Any, Any]:
    """Return the numbers of a value as an array; of a mapping, its leaves in order."""
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return np.asarray(list(leaves(value)), dtype=np.float64)


def for_json(value: Any) -> Any:
    """Return the value with arrays as lists, keys as text, and numbers that JSON can't hold as None."""
    value = plain(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(k): for_json(v) for k, v in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [for_json(v) for v in value]
    return value
