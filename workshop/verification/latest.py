"""The last verdict of every claim on this machine, beside the result store, for `workshop show`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from workshop.execution.store import exclusive
from workshop.files import write_atomically
from workshop.strict_json import NotJSON, read_json
from workshop.verification.results import Facts, Record, Results, for_json

_SHOWN = ("python", "tensorflow", "keras", "numpy", "device", "date", "profile")


@dataclass(frozen=True)
class _Last(Record):
    """A claim's last record."""

    environment: Facts


_LAST = TypeAdapter(_Last)


def remember(results: Results, folder: Path) -> None:
    """Add the records of a run to the last verdicts; a verdict replaces that claim's earlier one.

    Raises OSError where they can't be written.
    """
    environment = {key: results.environment[key] for key in _SHOWN if key in results.environment}
    with exclusive(folder / "latest.lock"):
        latest = dict(recall(folder))
        for record in results.claims:
            latest[record.id] = {**asdict(record), "environment": environment}
        write_atomically(folder / "latest.json", json.dumps(for_json(latest), allow_nan=False).encode())


def recall(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return the last record of each claim, and its environment; empty before the first run.

    It is a convenience: what is damaged is left out, and the next run writes it again.
    """
    try:
        content = read_json(folder / "latest.json")
    except NotJSON:
        return {}
    return {name: last for name, last in content.items() if _sound(last)} if isinstance(content, dict) else {}


def _sound(last: Any) -> bool:
    try:
        _LAST.validate_python(last)
    except ValidationError:
        return False
    return True
