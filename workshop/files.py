"""Files that are written whole or not at all, and the removal of leftovers of killed runs."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_SUFFIX = ".part"
# a younger file may belong to a writer that has created it and not yet locked it
_YOUNG = 60.0


def write_atomically(path: Path, content: bytes | Callable[[Path], object]) -> None:
    """Write a file so that nobody sees a part of it, even after a kill or a power cut.

    `content` is the bytes, or a function that fills the file at a given path. Links are followed. A special
    file, such as a pipe or a device, is not replaced but written to. A new file gets the mode that the umask
    allows, and an existing file keeps its own.

    Raises OSError if the file can't be written; it is then unchanged.
    """
    target = Path(os.path.realpath(path))
    mode = _mode(target)
    if mode is not None and not stat.S_ISREG(mode):
        _write_special(target, content)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with _temporary(target) as (temporary, handle):
        if callable(content):
            content(temporary)
        else:
            temporary.write_bytes(content)
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        os.fsync(handle)
        temporary.replace(target)
    _sync_folder(target.parent)


def check_writable(path: Path) -> None:
    """Raise OSError if no file can be written at `path`. Creates its folder but leaves no file."""
    target = Path(os.path.realpath(path))
    mode = _mode(target)
    if mode is not None and not stat.S_ISREG(mode):
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with _temporary(target) as (temporary, handle):
        temporary.write_bytes(bytes(4096))
        os.fsync(handle)  # some file systems report a full disk only now


def sweep(folder: Path) -> None:
    """Remove the temporary files below `folder` whose writers are gone, as far as possible."""
    for path in folder.rglob(f".*{_SUFFIX}") if folder.is_dir() else ():
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _YOUNG and _abandoned(path):
                path.unlink()


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
    """Create a locked temporary file next to `target`; remove it afterwards unless it was moved."""
    path = target.with_name(f".{target.name[:60]}.{secrets.token_hex(6)}{_SUFFIX}")
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


def _write_special(target: Path, content: bytes | Callable[[Path], object]) -> None:
    if callable(content):
        content(target)
        return
    with target.open("wb", buffering=0) as file:
        view = memoryview(content)
        while view:
            view = view[file.write(view) or 0 :]


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder durable, if the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
