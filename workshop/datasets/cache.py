"""The cache folder: verified content, written in one step, one process at a time."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import logging
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import filelock

from workshop.datasets.model import File
from workshop.errors import DataError
from workshop.files import cache_folder, reason, write_atomically

LOGGER = logging.getLogger("workshop.datasets")
_BLOCK = 1 << 20
ALWAYS_COMPARED = 4 << 20  # bytes: a larger file is compared only if its stamp has changed
_SHORT_WAIT = 2.0  # seconds: a shorter wait is not shown


@functools.cache
def warn_once(message: str) -> None:
    """Log a message once per process."""
    LOGGER.warning("%s", message)


def digest(path: Path, kind: str) -> str:
    """Return `kind:hexdigest` of a file; kind is sha256, md5 or git_blob (as git computes it)."""
    if kind == "git_blob":
        state = hashlib.sha1(usedforsecurity=False)
        state.update(b"blob %d\0" % path.stat().st_size)
    else:
        state = hashlib.new(kind, usedforsecurity=False)
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            state.update(block)
    return f"{kind}:{state.hexdigest()}"


class CacheError(DataError):
    """A cache that can't be written: `what` is wrong, and its `remedy`."""

    remedy = "set WORKSHOP_CACHE to another folder"

    @property
    def what(self) -> str:
        return str(self).removesuffix(f"; {self.remedy}")


def unwritable(error: OSError) -> CacheError:
    """Return the error of a cache that can't be written."""
    return CacheError(f"the cache {cache_folder()} can't be written ({reason(error)}); {CacheError.remedy}")


@contextlib.contextmanager
def locked(folder: str, busy: str | None = None) -> Iterator[None]:
    """Lock one cache folder against other processes; a wait is logged in one line.

    `busy` says in this line what the other process does. Raises CacheError if the cache can't be written.
    """
    path = cache_folder() / "locks" / (folder.replace("/", ".") + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(path)
        try:
            lock.acquire(timeout=_SHORT_WAIT)
        except filelock.Timeout:
            LOGGER.warning("waiting for another process that %s", busy or f"uses {folder}")
            lock.acquire()
    except OSError as error:
        raise unwritable(error) from error
    try:
        yield
    finally:
        lock.release()


def matches(path: Path, file: File) -> bool:
    """Return whether the content of `path` has the checksum of `file`.

    If the repository stores a Git LFS pointer, the pointer next to the file must have that checksum and name
    the content's. If the registry knows the members of a zip, another archive of the same files is accepted.
    """
    kind = file.checksum.split(":")[0]
    if digest(path, kind) == file.checksum:
        return True
    if file.members is not None:
        return members_digest(path, most_bytes(file)) == file.members
    pointer = pointer_of(path)
    if kind != "git_blob" or not pointer.is_file() or digest(pointer, kind) != file.checksum:
        return False
    return (
        f"oid {digest(path, 'sha256')}" in pointer.read_text(encoding="ascii", errors="replace").splitlines()
    )


def members_digest(path: Path, most: int) -> str | None:
    """Return the sha256 of the lines `NAME SHA256` of a zip's files, sorted; None if it can't be read.

    Files that unpack to more than 20 times `most` bytes are not read.
    """
    lines, left = [], 20 * most
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if member.is_dir():
                    continue
                left -= member.file_size  # the reader stops there, whatever follows
                if left < 0:
                    return None
                with archive.open(member) as stream:
                    state = hashlib.sha256()
                    while block := stream.read(_BLOCK):
                        state.update(block)
                lines.append(f"{member.filename} {state.hexdigest()}")
    except (OSError, RuntimeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def most_bytes(file: File) -> int:
    """Return the most bytes that a file of known size may have: more than that size only for an archive."""
    assert file.bytes is not None
    return file.bytes if file.members is None else file.bytes * 5 // 4 + (1 << 16)


def pointer_of(path: Path) -> Path:
    """Return the path of the Git LFS pointer to the content of `path`."""
    return path.with_name(path.name + ".pointer")


def read_notes(path: Path) -> dict[str, Any]:
    """Return a JSON object of the cache; an empty one if it is missing or damaged."""
    try:
        notes = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return notes if isinstance(notes, dict) else {}


def write_note(path: Path, key: str, value: Any) -> None:
    """Set a key of a JSON object of the cache, or remove it if `value` is None; a failure is ignored."""
    with contextlib.suppress(OSError, CacheError), locked(path.stem):
        notes = {name: note for name, note in {**read_notes(path), key: value}.items() if note is not None}
        write_atomically(path, json.dumps(notes, indent=0).encode())


def distrusted_since(checksum: str) -> float:
    """Return when wrong content was last found to have been accepted under a checksum of a `Found`.

    In seconds since 1970; 0.0 if never. Outcomes computed from it before then may be wrong.
    """
    since = read_notes(_distrusted()).get(checksum)
    return since if isinstance(since, float) else 0.0


def _distrusted() -> Path:
    return cache_folder() / "distrusted.json"


class Verifier:
    """Compares files with their checksums, and remembers the stamps of those that it has compared.

    A stamp is device, inode, time of change, size and time of writing. `recheck` compares each file again,
    whatever its stamp. `checked` lists the paths that were checked, `damaged` those with wrong content.
    """

    def __init__(self, *, recheck: bool = False) -> None:
        self._recheck = recheck
        self._memory = cache_folder() / "verified.json"
        self._known = read_notes(self._memory)
        self._compared: set[str] = set()
        self.checked: list[Path] = []
        self.damaged: list[Path] = []

    def fault(self, path: Path, file: File, content: str | None = None) -> str | None:
        """Return why `path` is not the content of `file`; None if it is.

        `content` is the checksum of the data set. If the path was accepted earlier and is wrong now, outcomes
        computed from it are distrusted.
        """
        self.checked.append(path)
        name = str(path)
        try:
            stat = path.stat()
            stamp = [
                stat.st_dev,
                stat.st_ino,
                stat.st_ctime_ns,
                stat.st_size,
                stat.st_mtime_ns,
                file.checksum,
            ]
            trusted = name in self._compared or (not self._recheck and stat.st_size > ALWAYS_COMPARED)
            if trusted and self._known.get(name) == stamp:
                return None
            sized = file.members is not None or file.bytes in (None, stat.st_size)
            good = sized and matches(path, file)
        except OSError as error:
            return f"it can't be read ({reason(error)})"
        accepted = self._known.get(name)
        if good:
            self._compared.add(name)
            if accepted != stamp:
                self._known[name] = stamp
                write_note(self._memory, name, stamp)
            return None
        if isinstance(accepted, list) and accepted[-1:] == [file.checksum]:
            # noted once: later outcomes use other files
            del self._known[name]
            write_note(self._memory, name, None)
            if content is not None:
                write_note(_distrusted(), content, time.time())
        return "its content is not the registry's"

    def good(self, path: Path, file: File, content: str | None = None) -> bool:
        """Return whether `path` exists and has the content of `file`."""
        return path.is_file() and self.fault(path, file, content) is None

    def cached(self, path: Path, file: File) -> bool:
        """Return whether the cache has `file`; a damaged copy is removed with a warning (under the lock)."""
        if not path.is_file():
            return False
        if self.good(path, file):
            return True
        LOGGER.warning("%s was damaged (its checksum differs) and is removed", path)
        path.unlink(missing_ok=True)
        return False
