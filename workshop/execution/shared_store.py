"""Outcomes that several machines share: copies of a store's entries in a folder, or at an address of fsspec.

An entry is taken only if its name, its checksum and its schema are those of this code. Nothing says who has
computed it, so take entries only from people you trust.
"""

from __future__ import annotations

import importlib.util
import io
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from workshop.errors import UsageError
from workshop.execution.codec import CodecError, decode
from workshop.execution.store import check_entry
from workshop.files import reason, write_atomically

_NAME = re.compile(r"(?P<folder>[0-9a-f]{2})/(?P<key>(?P=folder)[0-9a-f]{38})\.outcome")


@dataclass(frozen=True)
class Copied:
    """What a copy did: how many entries are new and were there, and why others were refused, by name."""

    new: int
    there: int
    refused: tuple[tuple[str, str], ...]


class Shelf(Protocol):
    """A place with entries by name (`ab/ab….outcome`). All methods raise OSError."""

    def names(self) -> set[str]:
        """Return the names of all entries, and of what else looks like one."""

    def read(self, name: str) -> bytes:
        """Return the content of an entry."""

    def write(self, name: str, content: bytes) -> None:
        """Write an entry, whole or not at all."""


@dataclass(frozen=True)
class FolderShelf:
    """Entries in a folder, such as that of a store."""

    folder: Path

    def names(self) -> set[str]:
        return {path.relative_to(self.folder).as_posix() for path in self.folder.glob("*/*.outcome")}

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def write(self, name: str, content: bytes) -> None:
        write_atomically(self.folder / name, content)


class AddressShelf:
    """Entries at an address of fsspec, e.g. `s3://bucket/outcomes`. Raises UsageError without fsspec."""

    def __init__(self, address: str) -> None:
        if importlib.util.find_spec("fsspec") is None:
            raise UsageError(f'{address}: an address needs fsspec: pip install "workshop[remote]"')
        try:
            self._files, self._root = import_module("fsspec").url_to_fs(address)
        except (ImportError, ValueError) as error:  # its own library is missing, or there is no such kind
            raise UsageError(f"{address}: {' '.join(str(error).split())}") from None

    def names(self) -> set[str]:
        found = self._files.glob(f"{self._root}/*/*.outcome")
        return {"/".join(path.split("/")[-2:]) for path in found}

    def read(self, name: str) -> bytes:
        return bytes(self._files.cat_file(f"{self._root}/{name}"))

    def write(self, name: str, content: bytes) -> None:
        path = f"{self._root}/{name}"
        self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
        self._files.pipe_file(f"{path}.part", content)
        self._files.mv(f"{path}.part", path)


def shelf(place: str) -> Shelf:
    """Return the entries in a folder or at an address. Raises UsageError."""
    return AddressShelf(place) if "://" in place else FolderShelf(Path(place))


def copy(source: Shelf, target: Shelf) -> Copied:
    """Copy the entries that a target does not have, each checked first. Raises OSError."""
    there = target.names()
    new, refused = 0, []
    names = source.names()
    for name in sorted(names - there):
        content = source.read(name)
        why = _fault(name, content)
        if why:
            refused.append((name, why))
            continue
        target.write(name, content)
        new += 1
    return Copied(new, len(names & there), tuple(refused))


def _fault(name: str, content: bytes) -> str:
    """Return why an entry can't be taken, "" if it can."""
    match = _NAME.fullmatch(name)
    if match is None:
        return "its name is no fingerprint"
    try:
        seconds, payload = check_entry(content, match["key"])
        if not (math.isfinite(seconds) and seconds >= 0):
            return "its seconds are no time"
        foreign = next((kind for kind in _dataclasses(payload) if not kind.startswith("workshop.")), None)
        if foreign is not None:  # to read it would import this
            return f"it has a {foreign}, which is not of this package"
        decode(payload)
    except CodecError as error:
        return f"another schema: {' '.join(str(error).split())}"
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return " ".join(str(error).split())
    return ""


def _dataclasses(payload: bytes) -> Iterator[str]:
    """Yield the names of the dataclasses of an outcome, without importing them. Raises CodecError."""
    try:
        with np.load(io.BytesIO(payload), allow_pickle=False) as archive:
            waiting = [json.loads(archive["structure"].tobytes())]
    except Exception as error:  # zipfile, json and numpy each raise their own kinds
        raise CodecError(f"no stored outcome: {error}") from None
    while waiting:
        value: Any = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            if value.get("$") == "dataclass":
                yield str(value.get("t"))
            waiting += value.values()


def explain(error: OSError, place: str) -> UsageError:
    """Return the error of a place that can't be read or written."""
    return UsageError(f"{error.filename or place}: {reason(error)}: name another folder or address")
