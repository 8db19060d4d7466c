"""What libraries write to standard error: kept out of the terminal, and shown for a failure.

TensorFlow and absl write to file descriptor 2 past Python, so the descriptor itself is redirected to a file.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TextIO

from workshop.errors import UsageError
from workshop.files import own_temporary

_LAST_LINES, _LAST_BYTES = 20, 1_000_000


class Noise:
    """A temporary file that gets what is written to file descriptor 2 of some process.

    What killed processes have left is removed. Raises OSError if there is no place for temporary files.
    """

    def __init__(self) -> None:
        self._file = contextlib.ExitStack()
        self.path, self._handle = self._file.enter_context(
            own_temporary(Path(tempfile.gettempdir(), "workshop.stderr"))
        )

    def hide(self) -> None:
        """Remove the file's name once the process writes to it, so that no kill leaves the file behind."""
        with contextlib.suppress(OSError):
            self.path.unlink()

    def size(self) -> int:
        """Return the bytes written so far; what is written later is read by `since`."""
        return os.fstat(self._handle).st_size

    def since(self, size: int) -> str:
        """Return the last lines that were written after the file had this size."""
        os.lseek(self._handle, max(size, self.size() - _LAST_BYTES), os.SEEK_SET)
        lines = os.read(self._handle, _LAST_BYTES).decode(errors="replace").splitlines()
        return "\n".join(lines[-_LAST_LINES:])

    def close(self) -> None:
        """Remove the file."""
        self._file.close()


# of this process, one while it is hushed: the file, and the stream for messages of ours
_redirections: list[tuple[Noise, TextIO | None]] = []


@contextlib.contextmanager
def hushed() -> Iterator[None]:
    """Keep what libraries write to standard error of this process out of the terminal.

    Messages of ours are written to `own_stream` meanwhile. The last lines are shown if an exception other
    than UsageError ends it. Nothing is redirected if there is no place for temporary files.
    """
    written = ""
    try:
        with _redirected():
            try:
                yield
            except UsageError:  # it says all
                raise
            except Exception:
                written = since(0)
                raise
    finally:
        if written:
            sys.stderr.write(f"{written}\n")


@contextlib.contextmanager
def _redirected() -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            noise = Noise()
            stack.callback(noise.close)
            sys.stderr.flush()
            terminal = os.dup(2)
            stack.callback(os.close, terminal)
            own = _text(terminal) if _is_descriptor_2(sys.stderr) else None
            redirect(noise.path)
            noise.hide()
            stack.callback(_restore, terminal)
            _redirections.append((noise, own))
        yield


def redirect(path: Path) -> None:
    """Send file descriptor 2 of this process, and of those that it starts, to a file. Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND)
    os.dup2(handle, 2)
    os.close(handle)


def own_stream() -> TextIO:
    """Return the stream for messages of ours on standard error."""
    return next((own for _, own in _redirections if own is not None), sys.stderr)


def mark() -> int:
    """Return how much libraries have written under `hushed`, 0 outside it."""
    return sum(noise.size() for noise, _ in _redirections)


def since(size: int) -> str:
    """Return the last lines that libraries have written since `mark`, "" outside `hushed`."""
    return "".join(noise.since(size) for noise, _ in _redirections)


def _restore(terminal: int) -> None:
    sys.stderr.flush()
    os.dup2(terminal, 2)
    _redirections.clear()


def _is_descriptor_2(stream: IO[str]) -> bool:
    try:
        return stream.fileno() == 2
    except (OSError, ValueError, AttributeError):
        return False


def _text(descriptor: int) -> TextIO:
    """Return a stream that writes each line at once, in standard error's encoding."""
    return open(
        descriptor, "w", buffering=1, encoding=sys.stderr.encoding, errors="backslashreplace", closefd=False
    )
