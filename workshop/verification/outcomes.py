"""An outcome of a unit's part, to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PartOutcome:
    """What one run of a unit's part returned.

    `seeds` : those that it rests on, none if it is deterministic; `first_steps` : whether its trainings made
    only first steps; `substitutes` : why it rests on substitutes, a line each. `digest` : the checksum
    of what is stored of it, "" if nothing is.
    """

    outcome: Any
    seeds: tuple[int, ...]
    first_steps: bool
    substitutes: tuple[str, ...]
    digest: str = ""
