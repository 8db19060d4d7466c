"""Outcomes that several machines share: copies of a store's entries in a folder, or at an address of fsspec.

An entry is taken only if its name, its checksum and its schema are those of this code. Nothing says who has
computed it, so take entries only from people you trust. One that can't be taken costs a line, not the others.
"""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import os
import re
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from workshop.errors import UsageError
from workshop.execution.codec import CodecError, decode
from workshop.execution.store import check_entry
from workshop.files import check_writable, reason, write_atomically

LARGEST = 256 * 2**20  # bytes of an entry; the largest of the book has 11 million

_NAME = re.compile(r"(?P<folder>[0-9a-f]{2})/(?P<key>(?P=folder)[0-9a-f]{38})\.outcome")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*(?:::[a-z][a-z0-9+.-]*)*://.+", re.DOTALL)
_ONE_SLASH = re.compile(r"[a-z][a-z0-9+.-]+:/(?!/)")
_FOLDER = re.compile("[0-9a-f]{2}")
_UNLISTED = "*.outcome"  # stands for all entries of a folder that can't be listed
# of the content of one process, or of the address itself
_NOT_SHARED = ("memory", "data", "reference")
# what is wrong with one entry, not with the whole place
_OF_ONE_ENTRY = {errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ELOOP, errno.EACCES, errno.EPERM}


@dataclass(frozen=True)
class Copied:
    """What a copy did: how many entries are new and were there.

    `replaced` has the entries that were damaged at the target, and how; `refused` those that were not taken,
    and why.
    """

    new: int
    there: int
    replaced: tuple[tuple[str, str], ...]
    refused: tuple[tuple[str, str], ...]


class Shelf:
    """Entries by name (`ab/ab….outcome`) in a folder, such as that of a store. All methods raise OSError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def exists(self) -> bool:
        """Whether the place is there."""
        return self.folder.is_dir()

    def names(self) -> set[str]:
        """Return the names of all entries, and of what else looks like one."""
        found = set()
        for folder in self.folder.iterdir() if self.exists() else ():
            try:
                inner = [path.name for path in folder.iterdir()]
            except OSError:  # no folder, or one that can't be listed
                inner = [_UNLISTED] if _FOLDER.fullmatch(folder.name) else []
            found |= {f"{folder.name}/{name}" for name in inner if name.endswith(".outcome")}
        return found

    def read(self, name: str) -> bytes:
        """Return the content of an entry, of at most LARGEST bytes."""
        path = self.folder / name
        # without waiting for the writer of a pipe
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(errno.EEXIST, "it is not a file", str(path))
            return _bounded(file.read(LARGEST + 1), path)

    def prepare(self) -> None:
        """Make the place if it is not there; raise OSError if nothing can be written."""
        check_writable(self.folder / "test")

    def write(self, name: str, content: bytes) -> None:
        """Write an entry, whole or not at all."""
        path = self.folder / name
        if path.parent.is_symlink():  # to write through it would be to write somewhere else
            raise OSError(errno.ELOOP, "its folder is a link", str(path))
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            path.unlink(missing_ok=True)
        write_atomically(path, content)


class AddressShelf(Shelf):
    """Entries at an address of fsspec, e.g. `s3://bucket/outcomes`. Raises UsageError without fsspec."""

    def __init__(self, address: str) -> None:
        if importlib.util.find_spec("fsspec") is None:
            raise UsageError(f'{address}: an address needs fsspec: pip install "workshop[remote]"')
        try:
            self._files, self._root = import_module("fsspec").url_to_fs(address)
        except Exception as error:  # its own library is missing, or there is no such kind, or no such server
            raise UsageError(f"{address}: {_text(error)}") from None

    def exists(self) -> bool:
        with _as_oserror():
            return bool(self._files.isdir(self._root))

    def names(self) -> set[str]:
        with _as_oserror():
            found = self._files.glob(f"{self._root}/*/*.outcome")
        return {"/".join(path.split("/")[-2:]) for path in found}

    def read(self, name: str) -> bytes:
        path = f"{self._root}/{name}"
        with _as_oserror():
            if self._files.info(path)["type"] != "file":
                raise OSError(errno.EEXIST, "it is not a file", path)
            with self._files.open(path, "rb") as file:
                return _bounded(bytes(file.read(LARGEST + 1)), path)

    def prepare(self) -> None:
        with _as_oserror():
            self._files.makedirs(self._root, exist_ok=True)

    def write(self, name: str, content: bytes) -> None:
        path = f"{self._root}/{name}"
        part = f"{path}.{secrets.token_hex(6)}.part"  # of this writer alone
        with _as_oserror():
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            if self._files.isdir(path):  # some file systems would move the entry into it
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
            try:
                self._files.pipe_file(part, content)
                self._files.mv(part, path)
            except BaseException:
                with contextlib.suppress(Exception):
                    self._files.rm(part)
                raise


@contextlib.contextmanager
def _as_oserror() -> Iterator[None]:
    """Turn what the library of a file system raises into an OSError."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:  # each library raises its own kinds
        raise OSError(_text(error)) from None


def _bounded(content: bytes, where: object) -> bytes:
    if len(content) > LARGEST:
        raise OSError(errno.EEXIST, f"it has more than {LARGEST // 2**20} MB", str(where))
    return content


def _text(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def shelf(place: str) -> Shelf:
    """Return the entries in a folder or at an address. Raises UsageError."""
    if not place.strip():
        raise UsageError("the place has no name (is a variable empty?): name a folder or an address")
    if "://" not in place and not _ONE_SLASH.match(place):
        return Shelf(Path(place))
    if not _ADDRESS.fullmatch(place):
        raise UsageError(f"{place} is not an address: it looks like s3://bucket/folder")
    if place.partition(":")[0] in _NOT_SHARED:
        raise UsageError(f"{place}: no other machine sees what is there: name another folder or address")
    return AddressShelf(place)


def copy(source: Shelf, target: Shelf) -> Copied:
    """Copy the entries that a target does not have or has damaged, each checked first. Raises OSError."""
    there, names = target.names(), source.names()
    new: set[str] = set()
    replaced: list[tuple[str, str]] = []
    refused: list[tuple[str, str]] = []
    for name in sorted(names):
        damage = _damage(target, name) if name in there else ""
        if name in there and not damage:
            continue
        try:
            content = _taken(source, name)
        except _Refused as why:
            refused.append((name, str(why)))
            continue
        if not (new or replaced):
            target.prepare()
        try:
            target.write(name, content)
        except OSError as error:
            if error.errno not in _OF_ONE_ENTRY:
                raise
            refused.append((name, f"it can't be written: {reason(error)}"))
            continue
        if damage:
            replaced.append((name, damage))
        else:
            new.add(name)
    whole = (names & there) - {name for name, _ in (*replaced, *refused)}
    return Copied(len(new), len(whole), tuple(replaced), tuple(refused))


class _Refused(Exception):
    """An entry can't be taken; the message says why."""


def _taken(source: Shelf, name: str) -> bytes:
    """Return the content of an entry that this code can use. Raises _Refused."""
    match = _NAME.fullmatch(name)  # before anything is read
    if name.endswith(f"/{_UNLISTED}"):
        raise _Refused("its folder can't be listed")
    if match is None:
        raise _Refused("its name is not a fingerprint")
    try:
        content = source.read(name)
        _, payload = check_entry(content, match["key"])
        decode(payload)
    except OSError as error:
        raise _Refused(reason(error)) from None
    except CodecError as error:
        raise _Refused(f"another schema: {_text(error)}") from None
    except ValueError as error:
        raise _Refused(_text(error)) from None
    return content


def _damage(target: Shelf, name: str) -> str:
    """Return what is wrong with an entry that is there, "" if it is whole; another schema is not damage."""
    match = _NAME.fullmatch(name)
    if match is None:
        return ""
    try:
        check_entry(target.read(name), match["key"])
    except OSError as error:
        return reason(error)
    except ValueError as error:
        return _text(error)
    return ""


def explain(error: OSError, place: str) -> UsageError:
    """Return the error of a place that can't be read or written."""
    return UsageError(f"{error.filename or place}: {reason(error)}: name another folder or address")
