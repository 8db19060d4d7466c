"""Ctrl-C, SIGTERM and SIGHUP end the command soon, with one line and exit code 128 + the signal."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from workshop.execution.noise import own_stream

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
# with this the command ends within three seconds
_SECONDS_TO_CLEAN_UP = 2.0


@contextmanager
def interruptible(message: str) -> Iterator[None]:
    """Print `message` to stderr and raise SystemExit if one of the signals arrives in this context.

    Python reacts to a signal when the running C code has returned. If that takes too long, for instance in a
    training, the process ends without cleaning up. Ignored signals, as under `nohup`, stay ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may handle signals
        return
    before = {n: handler for n in _SIGNALS if (handler := signal.getsignal(n)) not in {signal.SIG_IGN, None}}

    arrived: list[int] = []

    def interrupt(number: int, _: FrameType | None) -> None:
        arrived.append(number)
        for each in before:
            signal.signal(each, signal.SIG_IGN)  # a second one does not disturb the clean-up
        raise KeyboardInterrupt

    def hook(unraisable: Any) -> None:
        # Python prints an exception that nobody can catch, and goes on
        if not (arrived and issubclass(unraisable.exc_type, KeyboardInterrupt)):
            usual_hook(unraisable)

    usual_hook, sys.unraisablehook = sys.unraisablehook, hook
    left = threading.Event()
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    threading.Thread(target=_watch, args=(reader, set(before), left, message), daemon=True).start()
    woken = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    for number in before:
        signal.signal(number, interrupt)
    try:
        try:
            yield
        except KeyboardInterrupt:
            arrived = arrived or [signal.SIGINT]
        except Exception:
            if not arrived:
                raise
        if arrived:  # also if a library has turned the interrupt into an error that somebody handled
            sys.stderr.write(f"workshop: {message}\n")
            raise SystemExit(128 + arrived[0])
    finally:
        left.set()
        sys.unraisablehook = usual_hook
        signal.set_wakeup_fd(woken)
        writer.close()
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch(reader: socket.socket, numbers: set[int], left: threading.Event, message: str) -> None:
    """End this process if it is still in the context some time after a signal."""
    with reader:
        while byte := reader.recv(1):
            if byte[0] in numbers:
                if not left.wait(_SECONDS_TO_CLEAN_UP):
                    with suppress(OSError, ValueError):  # the stream may be in use
                        stream = own_stream()
                        bar = "\r\x1b[K" if stream.isatty() else ""  # it is cleared
                        os.write(stream.fileno(), f"{bar}workshop: {message}\n".encode())
                    os._exit(128 + byte[0])
                return
