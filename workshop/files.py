"""Files that are written whole or not at all, leftovers of killed runs, and what is built once."""

from __future__ import annotations

import contextlib
import errno
import glob
import hashlib
import io
import os
import pickle
import re
import secrets
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar, cast

if sys.platform != "win32":
    import fcntl

T = TypeVar("T")

_SUFFIX = ".part"
# a younger file may belong to a writer on another machine that has created it and not yet locked it
_YOUNG = 60.0
# seconds in which a file may change and keep its time
_CLOCK = 10.0
# its writer: a process, and the machine on which that runs
_WRITER = re.compile(r"\.(\d+)-([0-9a-f]{6})-[0-9a-f]{12}\.part$")


def write_atomically(path: Path, content: bytes | Callable[[Path], object], *, lasting: bool = True) -> None:
    """Write a file so that nobody sees a part of it, even after a kill or a power cut.

    Without `lasting`, a power cut may leave it empty, which costs less.

    `content` is the bytes, or a function that fills the file at a given path. Links are followed. A special
    file, such as a pipe or a device, is not replaced but written to. A new file gets the mode that the umask
    allows, and an existing file keeps its own.

    Raises OSError if the file can't be written; it is then unchanged.
    """
    target = Path(os.path.realpath(path))
    mode = _mode(target)
    if mode is not None and not stat.S_ISREG(mode):
        if callable(content):
            content(target)
        else:
            target.write_bytes(content)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with _temporary(target) as (temporary, handle):
        if callable(content):
            content(temporary)
        else:
            temporary.write_bytes(content)
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        if lasting:
            os.fsync(handle)
        temporary.replace(target)
    if lasting:
        _sync_folder(target.parent)


def check_writable(path: Path) -> None:
    """Raise OSError if no file can be written at `path`. Creates its folder but leaves no file.

    What killed writers of this file have left is removed.
    """
    target = Path(os.path.realpath(path))
    mode = _mode(target)
    if mode is not None and not stat.S_ISREG(mode):
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with own_temporary(target) as (temporary, handle):
        temporary.write_bytes(bytes(4096))
        os.fsync(handle)  # some file systems report a full disk only now


@contextlib.contextmanager
def own_temporary(target: Path) -> Iterator[tuple[Path, int]]:
    """Create a temporary file next to `target`; yield its path and its descriptor. It is removed afterwards.

    What killed processes have left of the same target is removed first. Raises OSError.
    """
    for left in target.parent.glob(f".{glob.escape(target.name[:60])}.*{_SUFFIX}"):
        _remove_abandoned(left)
    with _temporary(target) as made:
        yield made


def sweep(folder: Path) -> None:
    """Remove the temporary files below `folder` whose writers are gone, as far as possible."""
    for path in folder.rglob(f".*{_SUFFIX}") if folder.is_dir() else ():
        _remove_abandoned(path)


def _remove_abandoned(path: Path) -> None:
    with contextlib.suppress(OSError):
        old = time.time() - path.stat().st_mtime > _YOUNG
        if (old or _is_gone(path.name)) and _abandoned(path):
            path.unlink()


def expanded(folder: str) -> Path:
    """Return a folder that a variable names, with `~` as the home folder where there is one."""
    try:
        return Path(folder).expanduser()
    except RuntimeError:
        return Path(folder)


def reason(error: OSError) -> str:
    """Return the operating system's message of an error, in lower case."""
    return (error.strerror or str(error) or type(error).__name__).lower()


def _mode(target: Path) -> int | None:
    """Return the mode of a target, None if it does not exist. Raises IsADirectoryError for a folder."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    return mode


@contextlib.contextmanager
def _temporary(target: Path) -> Iterator[tuple[Path, int]]:
    """Create a locked temporary file next to `target`, named after this process.

    It is removed afterwards unless it was moved.
    """
    name = f".{target.name[:60]}.{os.getpid()}-{_machine()}-{secrets.token_hex(6)}{_SUFFIX}"
    path = target.with_name(name)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            if sys.platform != "win32":
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield path, handle
        finally:
            os.close(handle)
            path.unlink(missing_ok=True)
    except OSError as error:
        if error.errno and error.filename in {None, str(path)}:  # a full disk names no file
            error.filename = str(target)
        raise


@cache
def _machine() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:6]


def _is_gone(name: str) -> bool:
    """Return whether the writer that a temporary file's name has is a process of this machine that ended."""
    writer = _WRITER.search(name)
    return writer is not None and writer[2] == _machine() and not lives(int(writer[1]))


def lives(process: int) -> bool:
    """Return whether a process of this machine lives, or may live."""
    if sys.platform == "win32":  # where os.kill would end it
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # another user's
        return True
    return True


def _abandoned(path: Path) -> bool:
    """Return whether a temporary file is not locked."""
    if sys.platform == "win32":
        return True  # a file that is open can't be removed there
    handle = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder durable, if the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@cache
def package_digest() -> str:
    """Return a digest of the package's files, recorded runs and ledger included, and of what computes.

    To read them takes a tenth of a short command. So the digest is kept in the cache under the size and times
    of each file, like that of a commit in Git's index, and only once all of them are older than their clock's
    steps.
    """
    package = Path(__file__).parent
    files = sorted(_files_in(package))
    # to install a library changes its folder
    folders = [Path(path) for path in sys.path if path.endswith("-packages")]
    installed = [(str(path), path.stat().st_mtime_ns) for path in folders if path.exists()]
    seen = hashlib.sha256(repr((sys.version, installed, files)).encode()).hexdigest()
    path = cache_folder() / "built" / "package"
    with contextlib.suppress(OSError, ValueError):
        known, digest = path.read_text("ascii").split()
        if known == seen:
            return digest
    state = hashlib.sha256(sys.version.encode())
    for library in ("numpy", "scipy", "pydantic", "jinja2"):
        with contextlib.suppress(metadata.PackageNotFoundError):
            state.update(f"{library} {metadata.version(library)} ".encode())
    for name, *_ in files:
        content = Path(name).read_bytes()
        state.update(f"{name[len(str(package)) :]} {len(content)} ".encode() + content)
    digest = state.hexdigest()
    newest = max((moment for _, _, *times, _ in files for moment in times), default=0)
    if newest < 1e9 * (time.time() - _CLOCK):
        with contextlib.suppress(OSError):
            write_atomically(path, f"{seen} {digest}".encode(), lasting=False)
    return digest


def _files_in(folder: str | Path) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield path, size, both times in nanoseconds, and number of each file in a folder."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir():
                found = entry.stat()
                yield entry.path, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
            elif entry.name != "__pycache__":
                yield from _files_in(entry.path)


def cache_folder() -> Path:
    """Return the cache folder: `WORKSHOP_CACHE`, or the system's folder for caches."""
    import platformdirs

    return expanded(os.environ.get("WORKSHOP_CACHE") or platformdirs.user_cache_dir("workshop"))


class _Models(pickle.Unpickler):
    """Reads models and dataclasses of the package and plain values, and nothing else."""

    def find_class(self, module: str, name: str) -> type[Any]:
        from pydantic import BaseModel  # slow, and whoever has a model has imported it

        found = super().find_class(module, name) if module.startswith("workshop.") else None
        if not (isinstance(found, type) and (issubclass(found, BaseModel) or is_dataclass(found))):
            raise pickle.UnpicklingError(f"{module}.{name} is not a model")
        return found


def built_once(name: str, content: bytes, build: Callable[[], T]) -> T:
    """Return what is built of the package and of some content: as it was built before, or built now.

    It consists of models and dataclasses of the package and plain values. Building takes half of a short
    command. It is kept in the cache under the digest of both, in place of what was built of other content.
    """
    state = f"{package_digest()} {hashlib.sha256(content).hexdigest()}".encode()
    path = cache_folder() / "built" / name
    try:
        known, checksum, models = path.read_bytes().split(b"\n", 2)
        if known == state and checksum == hashlib.sha256(models).hexdigest().encode():
            return cast("T", _Models(io.BytesIO(models)).load())
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ImportError, pickle.PickleError):
        pass  # none yet, or not ours
    built = build()
    models = pickle.dumps(built, protocol=5)
    with contextlib.suppress(OSError):  # it is built again
        checksum = hashlib.sha256(models).hexdigest().encode()
        write_atomically(path, b"\n".join([state, checksum, models]), lasting=False)
    return built


def size_text(number: float) -> str:
    """Write a number of bytes, below 0.1 MB in kB; "" for none."""
    if not number:
        return ""
    if number < 1e5:
        return f"{max(number / 1e3, 1):,.0f} kB"
    return f"{number / 1e6:,.0f} MB" if number >= 1e7 else f"{number / 1e6:,.1f} MB"
