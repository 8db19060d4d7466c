"""Cached arrays: values that take long to read, written once and then mapped into memory."""

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
    digest,
    locked,
    unwritable,
    warn_once,
)
from workshop.datasets.model import File
from workshop.errors import DataError
from workshop.files import cache_folder, write_atomically

# reader → the class of its values, which has `as_arrays` and `from_arrays`
CACHED_TYPES = {
    "imdb_npz": "imdb:ReviewIds",
    "imdb_reviews": "imdb:ReviewIds",
    "word_vectors": "vectors:WordVectors",
    "computed": "images:Computed",
    "word_counts": "corpora:WordCounts",
}


def load_cached(loader: str, checksum: str, read: Callable[[], Any], maker: str = "") -> Any:
    """Return the value with this checksum from the array cache, or read it and add it to the cache.

    Arrays that are damaged, or that other code or another `maker` has read, are replaced. If the cache can't
    be written, the value is only read.
    """
    module, name = CACHED_TYPES[loader].split(":")
    kind = getattr(import_module("workshop.datasets.readers." + module), name)
    source = inspect.getsource(inspect.getmodule(kind))  # type: ignore[arg-type]  # it has a module
    code = hashlib.sha256(source.encode() + maker.encode()).hexdigest()
    key = hashlib.sha256(checksum.encode() + name.encode()).hexdigest()[:16]
    folder = cache_folder() / "loaded" / key
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(f"loaded/{key}", "prepares the same data"))
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
    index = folder / "files.json"
    if not index.exists():
        return None
    notes = json.loads(index.read_text(encoding="utf-8"))
    if notes["code"] != code:
        return None
    files = [File.model_validate(entry) for entry in notes["files"]]
    verifier = Verifier()
    if not all(verifier.good(folder / file.name, file, checksum) for file in files):
        raise DataError(f"{folder} is damaged")
    return {file.name[: -len(".npy")]: np.load(folder / file.name, mmap_mode="r") for file in files}


def _write(folder: Path, code: str, arrays: dict[str, np.ndarray]) -> None:
    """Write the arrays and then their index, so that arrays of a killed process are ignored."""
    entries = []
    _clear(folder)
    for name, array in arrays.items():
        path = folder / f"{name}.npy"
        write_atomically(path, lambda part, array=array: _save(part, array))  # type: ignore[misc]
        entries.append({"name": path.name, "sha256": digest(path, "sha256").partition(":")[2]})
    write_atomically(folder / "files.json", json.dumps({"code": code, "files": entries}).encode())


def _clear(folder: Path) -> None:
    """Remove a cache folder, or a file or link in its place."""
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        folder.unlink(missing_ok=True)


def _save(path: Path, array: np.ndarray) -> None:
    with path.open("wb") as stream:  # given a name, NumPy would add .npy to it
        np.save(stream, array, allow_pickle=False)
