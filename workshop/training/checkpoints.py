"""The saved state of a long training, from which a killed run continues."""

from __future__ import annotations

import contextlib
import logging
from functools import lru_cache
from pathlib import Path
from typing import Mapping, Optional

import numpy as np

from workshop.datasets.readers.pickles import load_npz
from workshop.errors import DataError

log = logging.getLogger("workshop.training")
_FILE = "state.npz"


def save(folder: Path, state: Mapping[str, np.ndarray]) -> None:
    """Save arrays in `folder` in place of those saved before, whole or not at all.

    If the disk is full, this is logged once, the training goes on, and the arrays saved before remain.
    """
    part = folder / f"{_FILE}.part"
    try:
        with part.open("wb") as file:
            np.savez(file, **state)
        part.replace(folder / _FILE)
    except OSError as error:
        _warn(folder, error.strerror or str(error))
        with contextlib.suppress(OSError):
            part.unlink()


@lru_cache(maxsize=None)
def _warn(folder: Path, why: str) -> None:
    log.warning("%s: %s: if this run is killed, the training begins again", folder, why.lower())


def restore(folder: Path) -> Optional[dict[str, np.ndarray]]:
    """Return the arrays that were saved last, bit for bit, or None if there are none.

    Raises ValueError if the file is damaged.
    """
    path = folder / _FILE
    if not path.exists():
        return None
    try:
        return load_npz(path, limit=path.stat().st_size)  # `save` does not compress
    except DataError:
        raise ValueError(f"{path} is damaged: remove it, and the training starts again") from None
