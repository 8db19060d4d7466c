"""Kept copies: values that take long to read, as arrays in the cache that are mapped into memory."""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from workshop.datasets.cache import LOGGER, Verifier, cache_folder, digest, locked
from workshop.datasets.errors import DataError
from workshop.datasets.model import File
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

    They are keyed by the content and by the code that read it; damaged ones are made anew.
    """
    module, name = KEPT[loader].split(":")
    kind = getattr(import_module("workshop.datasets.readers." + module), name)
    code = inspect.getsource(inspect.getmodule(kind)).encode()  # type: ignore[arg-type]  # it has a module
    mark = hashlib.sha256(checksum.encode() + name.encode() + code).hexdigest()[:16]
    folder = cache_folder() / "loaded" / mark
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(f"loaded/{mark}"))
        except DataError:  # the cache can't be written
            return read()
        arrays = _read(folder)
        if arrays is None:
            value = read()
            with contextlib.suppress(OSError):  # the disk is full: read again next time
                _write(folder, value.as_arrays())
            return value
        return kind.from_arrays(arrays)


def _read(folder: Path) -> dict[str, np.ndarray] | None:
    """Return the arrays of a folder, or nothing if one is not what its list says."""
    listed = folder / "files.json"
    if not listed.is_file():
        return None
    verifier = Verifier()
    try:
        files = [File.model_validate(entry) for entry in json.loads(listed.read_text(encoding="utf-8"))]
    except ValueError:
        files = []
    if not files or not all(verifier.good(folder / file.name, file) for file in files):
        LOGGER.warning("%s was damaged and is made anew", folder)
        return None
    return {file.name[: -len(".npy")]: np.load(folder / file.name, mmap_mode="r") for file in files}


def _write(folder: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write the arrays, and the list of them last, so that a killed process leaves none."""
    entries = []
    (folder / "files.json").unlink(missing_ok=True)
    for name, array in arrays.items():
        path = folder / f"{name}.npy"
        write_atomically(path, lambda part, array=array: _save(part, array))  # type: ignore[misc]
        entries.append({"name": path.name, "sha256": digest(path, "sha256").partition(":")[2]})
    write_atomically(folder / "files.json", json.dumps(entries).encode())


def _save(path: Path, array: np.ndarray) -> None:
    with path.open("wb") as stream:  # given a name, NumPy would add .npy to it
        np.save(stream, array, allow_pickle=False)
