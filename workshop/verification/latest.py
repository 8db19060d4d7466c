"""The last verdict of every claim on this machine, beside the result store, for `workshop show`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from workshop.files import write_atomically
from workshop.verification.results import Results, for_json
from workshop.verification.store import exclusive

_SHOWN = ("python", "tensorflow", "keras", "numpy", "device", "date", "profile")


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
    """Return the last record of each claim, and its environment; empty before the first run."""
    try:
        content = json.loads((folder / "latest.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}  # a convenience: the next run writes it anew
    return content if isinstance(content, dict) else {}
