"""State of a long training, kept in the planner's `checkpoint` folder, so that a killed run goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Mapping, Optional

import numpy as np

_FILE = "state.npz"


def save(folder: Path, state: Mapping[str, np.ndarray]) -> None:
    """Keep the arrays in place of those kept before, whole or not at all."""
    part = folder / f"{_FILE}.part"
    with part.open("wb") as file:
        np.savez(file, **state)
    part.replace(folder / _FILE)


def restore(folder: Path) -> Optional[Dict[str, np.ndarray]]:
    """Return the arrays kept last, bit for bit, or None if there are none."""
    path = folder / _FILE
    if not path.exists():
        return None
    with np.load(str(path)) as kept:
        return {name: kept[name] for name in kept.files}
