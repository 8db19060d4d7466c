"""The result store: outcomes on disk under their fingerprints, written atomically, checked when read."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import logging
import math
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from workshop.files import cache_folder, expanded, package_digest, reason, sweep, write_atomically

if TYPE_CHECKING:
    from filelock import BaseFileLock

    from workshop.execution.calling import Made

log = logging.getLogger("workshop.store")

_LOOK_AGAIN = 0.1  # seconds between two looks at a lock that another run has
_MOST_KEPT = 100_000_000  # bytes
_LARGEST = 256 * 2**20  # bytes of an entry; the largest of the book has 11 million
_given_up: set[Path] = set()
_closed: set[Path] = set()  # entries that this process has said that it may not read


def default_store() -> Path:
    """Return the folder of the result store: `WORKSHOP_STORE`, or `outcomes` in the cache folder."""
    named = os.environ.get("WORKSHOP_STORE")
    return expanded(named) if named else cache_folder() / "outcomes"


def usual_numbers(what: Literal["seconds", "peaks"]) -> dict[str, float]:
    """Return the seconds that parts usually take, for a machine that has not run them yet.

    Or the peaks: the bytes that processes with earlier tasks had in use, of parts that need many.
    """
    file = resources.files("workshop.execution").joinpath(f"usual_{what}.json")
    return {str(k): float(v) for k, v in json.loads(file.read_text("utf-8")).items()}


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Wait for the lock of a file that stays where it is. Raises OSError where it can't be had."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = _file_lock(path)
    _acquire(lock, -1)
    try:
        yield
    finally:
        lock.release()


def _file_lock(path: Path) -> BaseFileLock:
    from filelock import FileLock  # most commands lock nothing

    return FileLock(path)


def _acquire(lock: BaseFileLock, timeout: float) -> None:
    """Acquire a lock. Raises OSError; TimeoutError, which is one, if another run has it."""
    try:
        lock.acquire(timeout=timeout)
    except NotImplementedError:  # by filelock, where the file system has no locks
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK), lock.lock_file) from None


def kept(
    store: Path | None,
    kind: str,
    made_of: Iterable[str],
    make: Callable[[], Any],
    holds: Callable[[Any], bool] = lambda _: True,
) -> Any:
    """Return what is made of content alone, in the form of JSON: as it was made before, or made now.

    It is kept in the folder of the result store, under a digest of the package, of its kind and of all that
    it is `made_of`, so that nothing else is ever answered by it; what no longer `holds` is made again. Above
    100 MB the oldest are removed. None is not kept, and without a store nothing is.
    """
    if store is None:
        return json.loads(json.dumps(make()))
    state = hashlib.sha256()
    for part in (package_digest(), kind, *made_of):
        state.update(f"{len(part)} {part} ".encode(errors="surrogatepass"))
    path = store / "kept" / kind / f"{state.hexdigest()[:40]}.json"
    with contextlib.suppress(OSError, ValueError, RecursionError):
        if holds(found := json.loads(bytes(_opened(path.read_bytes())))):
            return found
    made = make()
    if made is None:
        return None
    content = json.dumps(made).encode()
    with contextlib.suppress(OSError):  # it is made again
        # its checksum shows whether a power cut has emptied it
        write_atomically(path, _sealed(content), lasting=False)
        _make_room(store / "kept")
    return json.loads(content)


@cache  # once a process
def _make_room(folder: Path) -> None:
    """Remove the oldest of what is kept, until it takes half of what it may."""
    found = [(path, path.stat()) for path in folder.glob("*/*.json")]
    size = sum(entry.st_size for _, entry in found)
    if size > _MOST_KEPT:
        for path, entry in sorted(found, key=lambda each: each[1].st_mtime):
            path.unlink(missing_ok=True)
            size -= entry.st_size
            if size <= _MOST_KEPT / 2:
                break


class Store:
    """Outcomes by fingerprint in one folder; several processes may use it at once.

    An entry is a line with the checksum of all that follows, a line that names its fingerprint and the
    seconds, and the outcome.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str, homes: Sequence[str] = ()) -> Made | None:
        """Return what is stored under a fingerprint, or None; what is damaged is removed, in one line.

        `homes` are modules whose dataclasses it may have besides those of the package's chapters.
        """
        path = self._path(key)
        try:
            seconds, payload = _check_entry(_entry(path), key)
            # NumPy's import would double the time of a miss
            from workshop.execution.calling import Made
            from workshop.execution.codec import decode

            return Made(decode(payload, homes), seconds, stored=True)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except PermissionError:
            if path not in _closed:  # a run asks more than once
                _closed.add(path)
                log.warning("store: entry %s may not be read by this user: it is computed", path.name)
            return None
        except OSError as error:
            why = f"it can't be read: {reason(error)}"
        except ValueError as error:
            why = " ".join(str(error).split())
        what_now = "it is computed again"
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            what_now = f"it can't be removed ({reason(error)}) and is computed each time: remove {path}"
        log.warning("store: entry %s is damaged (%s): %s", path.name, why, what_now)
        return None

    def checksum(self, key: str) -> str:
        """Return the checksum of an entry, "" if there is none or it is damaged."""
        try:
            entry = _entry(self._path(key))
            _opened(entry)
        except (OSError, ValueError):
            return ""
        return entry.partition(b"\n")[0].decode()

    def put(self, key: str, outcome: Any, *, seconds: float) -> None:
        """Store an outcome, whole or not at all.

        Raises CodecError for what can't be stored, OSError where nothing can be written.
        """
        from workshop.execution.codec import encode  # NumPy's import would double the time of `workshop list`

        rest = json.dumps({"key": key, "seconds": seconds}).encode() + b"\n" + encode(outcome)
        write_atomically(self._path(key), _sealed(rest))

    def give_up(self, error: OSError) -> None:
        """Warn once a process that outcomes can't be stored, and why; the run continues."""
        if self.folder not in _given_up:
            _given_up.add(self.folder)
            log.warning(
                "store: %s can't be written (%s): not everything is stored: "
                "name another folder in WORKSHOP_STORE",
                error.filename or self.folder,
                reason(error),
            )

    @contextlib.contextmanager
    def lock(self, key: str, what: str) -> Iterator[None]:
        """Hold the one lock of a fingerprint; a second run says that it waits, and finds the work done.

        Raises OSError where it can't be had.
        """
        lock = _file_lock(self.folder / "locks" / f"{key}.lock")
        if not self._locked(lock):
            log.warning("store: another run computes %s: waiting for it", what)
            while not self._locked(lock):
                time.sleep(_LOOK_AGAIN)
        try:
            yield
        finally:
            try:  # its file goes if that can be
                with contextlib.suppress(OSError), self._guard():
                    Path(lock.lock_file).unlink()
            finally:
                lock.release()

    def sweep(self) -> None:
        """Remove what killed runs have left: temporary files, locks, and checkpoints of what is stored."""
        with contextlib.suppress(OSError):
            sweep(self.folder)
        for path in (self.folder / "locks").glob("*.lock"):
            # within the guard, so that nobody is made to wait for it
            with (
                contextlib.suppress(OSError, NotImplementedError),
                self._guard(),
                _file_lock(path).acquire(timeout=0),
            ):
                path.unlink()
        for path in (self.folder / "checkpoints").glob("*"):
            if self._path(path.name).is_file():
                self.drop_checkpoints(path.name)

    def _locked(self, lock: BaseFileLock) -> bool:
        """Lock a file if nobody has it."""
        with self._guard(), contextlib.suppress(TimeoutError):
            _acquire(lock, 0)
        return lock.is_locked

    def _guard(self) -> contextlib.AbstractContextManager[None]:
        """Hold the lock under which locks are tried and removed: what was removed nobody can lock."""
        return exclusive(self.folder / "locks" / "guard")

    def checkpoint_folder(self, key: str) -> Path:
        """Return a folder, outliving a killed run, for the checkpoints of an outcome. Raises OSError."""
        path = self.folder / "checkpoints" / key
        path.mkdir(parents=True, exist_ok=True)
        return path

    def drop_checkpoints(self, key: str) -> None:
        """Remove the checkpoints of an outcome that is stored: nothing continues from them."""
        shutil.rmtree(self.folder / "checkpoints" / key, ignore_errors=True)

    def read_timings(self) -> dict[str, float]:
        """Return the seconds that parts took last time, or usually take: for the order and the time left."""
        return {**usual_numbers("seconds"), **self._remembered("timings")}

    def write_timings(self, timings: dict[str, float]) -> None:
        """Remember the seconds that parts took, if they can be written."""
        self._remember("timings", {**self.read_timings(), **timings})

    def read_peaks(self) -> dict[str, int]:
        """Return the most memory that each part has had in use here, in bytes."""
        return {name: int(peak) for name, peak in self._remembered("peaks").items()}

    def write_peaks(self, peaks: dict[str, int]) -> None:
        """Remember the memory of parts, if it can be written; the largest counts."""
        before = self.read_peaks()
        merged = {**before, **{name: max(peak, before.get(name, 0)) for name, peak in peaks.items() if peak}}
        if merged != before:
            self._remember("peaks", merged)

    def _remembered(self, what: str) -> dict[str, float]:
        """Return numbers of parts; none from a damaged file, as no outcome depends on them."""
        try:
            content = json.loads((self.folder / f"{what}.json").read_text("utf-8"))
            numbers = {str(name): float(number) for name, number in content.items()}
        except (OSError, ValueError, AttributeError, TypeError, OverflowError, RecursionError):
            return {}
        return {name: number for name, number in numbers.items() if math.isfinite(number)}

    def _remember(self, what: str, numbers: Mapping[str, float]) -> None:
        content = json.dumps(numbers, indent=0, sort_keys=True).encode()
        try:
            write_atomically(self.folder / f"{what}.json", content)
        except OSError as error:
            self.give_up(error)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.outcome"


def _sealed(content: bytes) -> bytes:
    """Return content after a line with its checksum."""
    return hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def _opened(sealed: bytes) -> memoryview:
    """Return the content of what is sealed. Raises ValueError if it is damaged."""
    first = sealed.find(b"\n") + 1
    content = memoryview(sealed)[first:]  # a copy would take as long as the checksum
    if hashlib.sha256(content).hexdigest().encode() + b"\n" != sealed[:first]:
        raise ValueError("its checksum is wrong")
    return content


def _entry(path: Path) -> bytes:
    """Return the bytes of an entry. Raises OSError; ValueError for a pipe, a folder or a huge file."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("it is not a file")
    if status.st_size > _LARGEST:
        raise ValueError(f"it has more than {_LARGEST // 2**20} MB")
    return path.read_bytes()


def _check_entry(data: bytes, key: str) -> tuple[float, memoryview]:
    """Return an entry's seconds and the bytes of its outcome.

    Raises ValueError if it is broken, or of another fingerprint.
    """
    first = len(data) - len(_opened(data))
    second = data.find(b"\n", first) + 1
    try:
        content = json.loads(data[first:second])
        named, seconds = content["key"], float(content["seconds"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise ValueError("its head is unreadable") from None
    if named != key:
        raise ValueError("it is of another fingerprint")
    if not (math.isfinite(seconds) and seconds >= 0):
        raise ValueError("its seconds are not a time")
    return seconds, memoryview(data)[second:]
