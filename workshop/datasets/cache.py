"""The cache folder: verified content, written in one step, one process at a time."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import filelock
import pooch

from workshop.datasets.errors import DataError
from workshop.datasets.model import File
from workshop.files import write_atomically

LOGGER = logging.getLogger("workshop.datasets")
_BLOCK = 1 << 20


def cache_folder() -> Path:
    """Return the cache folder: ``WORKSHOP_CACHE``, else the system's place for caches."""
    chosen = os.environ.get("WORKSHOP_CACHE")
    return Path(chosen) if chosen else Path(pooch.os_cache("workshop"))


def digest(path: Path, kind: str) -> str:
    """Return ``kind:hexdigest`` of a file; kind is sha256, md5 or git_blob (as git computes it)."""
    if kind == "git_blob":
        state = hashlib.sha1(usedforsecurity=False)
        state.update(b"blob %d\0" % path.stat().st_size)
    else:
        state = hashlib.new(kind, usedforsecurity=False)
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            state.update(block)
    return f"{kind}:{state.hexdigest()}"


@contextlib.contextmanager
def locked(folder: str) -> Iterator[None]:
    """Hold the lock of one cache folder across processes."""
    path = cache_folder() / "locks" / (folder.replace("/", ".") + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(path)
        lock.acquire()
    except OSError as error:
        raise DataError(
            f"the cache {cache_folder()} can't be written ({error.strerror}); set WORKSHOP_CACHE"
        ) from error
    try:
        yield
    finally:
        lock.release()


def matches(path: Path, file: File) -> bool:
    """
    Say whether the content of ``path`` has the checksum of ``file``.

    Where the repository's blob is a Git LFS pointer, the pointer kept beside the file has that checksum, and
    names the content's.
    """
    kind = file.checksum.split(":")[0]
    if digest(path, kind) == file.checksum:
        return True
    pointer = pointer_of(path)
    if kind != "git_blob" or not pointer.is_file() or digest(pointer, kind) != file.checksum:
        return False
    return (
        f"oid {digest(path, 'sha256')}" in pointer.read_text(encoding="ascii", errors="replace").splitlines()
    )


def pointer_of(path: Path) -> Path:
    """Return where the Git LFS pointer that vouches for ``path`` is kept."""
    return path.with_name(path.name + ".pointer")


class Verifier:
    """
    Compares files with their checksums, and remembers by path, size and time of change what it has compared.

    With ``recheck`` nothing remembered counts, so that damage which left size and time alone is seen too.
    """

    def __init__(self, *, recheck: bool = False) -> None:
        self._memory = cache_folder() / "verified.json"
        self._known: dict[str, list[int | str]] = {} if recheck else self._remembered()

    def good(self, path: Path, file: File) -> bool:
        """Say whether ``path`` holds the content of ``file``."""
        try:
            stat = path.stat()
        except OSError:
            return False
        if file.bytes is not None and stat.st_size != file.bytes:
            return False
        stamp: list[int | str] = [stat.st_size, stat.st_mtime_ns, file.checksum]
        if self._known.get(str(path)) == stamp:
            return True
        if not matches(path, file):
            return False
        self._remember(str(path), stamp)
        return True

    def cached(self, path: Path, file: File) -> bool:
        """Say whether the cache has ``file``; a damaged copy is removed and said so (under the lock)."""
        if not path.is_file():
            return False
        if self.good(path, file):
            return True
        LOGGER.warning("%s was damaged (its checksum differs) and is made anew", path)
        path.unlink(missing_ok=True)
        return False

    def _remembered(self) -> dict[str, list[int | str]]:
        try:
            remembered = json.loads(self._memory.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return remembered if isinstance(remembered, dict) else {}

    def _remember(self, path: str, stamp: list[int | str]) -> None:
        self._known[path] = stamp
        # What can't be remembered is compared again next time.
        with contextlib.suppress(OSError, DataError), locked("verified"):
            text = json.dumps({**self._remembered(), path: stamp}, indent=0)
            write_atomically(self._memory, text.encode())


def distrusted_since(checksum: str) -> float:
    """Return when (Unix time) a data set that had been accepted was last found wrong, 0 if never."""
    try:
        content = json.loads((cache_folder() / "distrusted.json").read_text(encoding="utf-8"))
        return float(content.get(checksum, 0.0))
    except (OSError, ValueError, AttributeError, TypeError):
        return 0.0
