"""Kept copies: values that take long to read, as arrays in the cache that are mapped into memory."""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import json
import shutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from workshop.datasets.cache import (
    LOGGER,
    CacheError,
    Verifier,
    cache_folder,
    digest,
    locked,
    unwritable,
    warn_once,
)
from workshop.datasets.model import File
from workshop.errors import DataError
from workshop.files import write_atomically

# what the readers return whose values are kept: a class with `as_arrays` and `from_arrays`
KEPT = {
    "imdb_npz": "imdb:ReviewIds",
    "imdb_reviews": "imdb:ReviewIds",
    "word_vectors": "vectors:WordVectors",
}


def kept(loader: str, checksum: str, read: Callable[[], Any]) -> Any:
    """
    Return a value from the arrays kept for this content, and keep them first if they are not there.

    They are keyed by the content and hold which code read it; others and damaged ones are made again. A cache
    that can't be written keeps none.
    """
    module, name = KEPT[loader].split(":")
    kind = getattr(import_module("workshop.datasets.readers." + module), name)
    source = inspect.getsource(inspect.getmodule(kind))  # type: ignore[arg-type]  # it has a module
    code = hashlib.sha256(source.encode()).hexdigest()
    mark = hashlib.sha256(checksum.encode() + name.encode()).hexdigest()[:16]
    folder = cache_folder() / "loaded" / mark
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(f"loaded/{mark}", "prepares the same data"))
        except CacheError:
            return read()
        try:
            arrays = _read(folder, code, checksum)
            if arrays is not None:
                return kind.from_arrays(arrays)
        except Exception:
            LOGGER.warning("%s was damaged and is made again", folder)
        value = read()
        try:
            _write(folder, code, value.as_arrays())
        except OSError as error:
            warn_once(str(unwritable(error)))
            _clear(folder)
        return value


def _read(folder: Path, code: str, checksum: str) -> dict[str, np.ndarray] | None:
    """Return the arrays of a folder, or None if there are none of this code; raise if they are damaged."""
    listed = folder / "files.json"
    if not listed.exists():
        return None
    notes = json.loads(listed.read_text(encoding="utf-8"))
    if notes["code"] != code:
        return None
    files = [File.model_validate(entry) for entry in notes["files"]]
    verifier = Verifier()
    if not all(verifier.good(folder / file.name, file, checksum) for file in files):
        raise DataError(f"{folder} is damaged")
    return {file.name[: -len(".npy")]: np.load(folder / file.name, mmap_mode="r") for file in files}


def _write(folder: Path, code: str, arrays: dict[str, np.ndarray]) -> None:
    """Write the arrays, and the list of them last, so that a killed process leaves none."""
    entries = []
    _clear(folder)
    for name, array in arrays.items():
        path = folder / f"{name}.npy"
        write_atomically(path, lambda part, array=array: _save(part, array))  # type: ignore[misc]
        entries.append({"name": path.name, "sha256": digest(path, "sha256").partition(":")[2]})
    write_atomically(folder / "files.json", json.dumps({"code": code, "files": entries}).encode())


def _clear(folder: Path) -> None:
    """Remove what lies where the arrays belong, whatever it is."""
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        folder.unlink(missing_ok=True)


def _save(path: Path, array: np.ndarray) -> None:
    with path.open("wb") as stream:  # given a name, NumPy would add .npy to it
        np.save(stream, array, allow_pickle=False)
