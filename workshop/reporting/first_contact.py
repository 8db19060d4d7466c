"""The file of a first contact: what a run measured on the book's data that nobody had measured on them.

    {"schema": "workshop-first-contact/1",
     "environment": {versions of libraries, "system", "cpu", "instructions", "device", "threads", "profile",
                     "varied", "date", "workshop"},
     "data": {data set: {file: checksum}}, those that the registry expects; a run has no others,
     "claims": [{"id", "ours", "documented", "measured", "seeds", "basis", "verdict", "first_contact"}, …]}

Values are as in the JSON of a run. Nothing in it says whose machine it was: no reasons, no folders.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from workshop.datasets.model import registry
from workshop.ledger import Ledger
from workshop.ledger.model import LIBRARIES
from workshop.ledger.values import for_json
from workshop.verification.results import Results

SCHEMA = "workshop-first-contact/1"
_FACTS = (
    *(*LIBRARIES, "scipy", "system", "cpu", "instructions", "device"),
    *("threads", "profile", "varied", "date", "workshop"),
)
_KEYS = ("id", "ours", "documented", "measured", "seeds", "basis", "verdict", "first_contact")


def first_contact_json(results: Results, ledger: Ledger) -> str:
    """Return the file of a run, claims that the ledger does not know left out."""
    first = [r for r in results.claims if r.first_contact and r.id in ledger.claims]
    needed = sorted({name for record in first for name in ledger.claims[record.id].needs})
    editions = {name: registry()[name].editions[0] for name in needed}
    environment = {name: results.environment[name] for name in _FACTS if name in results.environment}
    if "system" in environment:  # variables follow, which may name folders
        environment["system"] = environment["system"].partition(", ")[0]
    content = {
        "schema": SCHEMA,
        "environment": environment,
        "data": {
            name: {file.name: file.checksum for file in edition.files} for name, edition in editions.items()
        },
        "claims": [{key: getattr(record, key) for key in _KEYS} for record in first],
    }
    return json.dumps(_without_folders(for_json(content)), indent=1, allow_nan=False) + "\n"


def _without_folders(value: Any) -> Any:
    """Return a value in which a path has kept its last part alone."""
    if isinstance(value, dict):
        return {key: _without_folders(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_folders(item) for item in value]
    if isinstance(value, str):
        for kind in (PurePosixPath, PureWindowsPath):
            if kind(value).is_absolute():
                return kind(value).name
    return value
