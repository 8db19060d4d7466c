"""One download over HTTP with limits on bytes and seconds, whatever the server does."""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from workshop.datasets.cache import LOGGER
from workshop.datasets.reachability import (
    CONNECT_SECONDS,
    READ_SECONDS,
    UnreachableError,
    check_reachable,
    remember_refusal,
    remember_slow,
)
from workshop.errors import DataError

LEAST_SECONDS = 60.0
BYTES_PER_SECOND = 50_000
REDIRECTS = 10
TRIES = 5
PAUSE = 1.0  # seconds before a transfer that broke off is continued
KEPT = 1 << 20  # bytes: what broke off after fewer is not kept for the next run
WORTH_A_LINE = 5_000_000  # bytes
LINE_SECONDS = 60.0  # between two lines of progress where there is no terminal
_BLOCK = 1 << 16
_opening = threading.Lock()  # or a transfer that is stopped meanwhile would leave its file

Advance = Callable[[int, "int | None"], None]


def download(url: str, target: Path, *, size: int, progress: bool) -> None:
    """Write the content of `url` to `target`, as it is sent.

    It may be a quarter and 64 kB larger than `size`, and may take a minute, or longer at 50 kB/s. A transfer
    that breaks off is continued, in at most five tries. If it can't be, `target` keeps what has come, at
    least 1 MB, and the next call continues there.

    Raises
    ------
    UnreachableError
        If a host refuses, is too slow or breaks off, or no host was reached lately.
    DataError
        If the host answers with an error or with too many bytes.
    OSError
        If `target` can't be written.
    """
    seconds = max(LEAST_SECONDS, size / BYTES_PER_SECOND)
    ended: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()
    stopped = threading.Event()
    error: Exception | None = UnreachableError(f"{url} did not arrive within {seconds:.0f} s")
    with _progress(url.rsplit("/", 1)[-1], size, shown=progress) as advance:

        def run() -> None:
            try:
                _receive(url, target, size * 5 // 4 + (1 << 16), advance, stopped)
            except Exception as caught:
                ended.put(caught)
            else:
                ended.put(None)

        # In a thread, because a socket's time limit restarts with each byte and does not cover name lookup.
        # If its time is over it may wait on, but writes nothing.
        try:
            threading.Thread(target=run, daemon=True).start()
            error = ended.get(timeout=seconds)
        except queue.Empty:
            remember_slow(urlsplit(url).hostname or url)
        finally:
            with _opening:
                stopped.set()
            if error is not None and not (isinstance(error, UnreachableError) and _size(target) >= KEPT):
                with contextlib.suppress(OSError):  # Windows: a transfer that waits on has it open
                    target.unlink(missing_ok=True)
    if error is not None:
        raise error


class BrokenOffError(UnreachableError):
    """A transfer that ended before its end."""


def _receive(url: str, target: Path, most: int, advance: Advance, stopped: threading.Event) -> None:
    with requests.Session() as session:
        for left in reversed(range(TRIES)):
            start = _size(target)
            try:
                with _ask(session, url, start) as response:
                    _write(url, response, target, start, most, advance, stopped)
            except BrokenOffError:
                if not left or stopped.wait(PAUSE):
                    raise
            else:
                return


def _ask(session: requests.Session, first: str, start: int) -> requests.Response:
    """Ask for the content from a byte on, and follow redirects to it."""
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    url = first
    for _ in range(REDIRECTS):
        try:
            host = urlsplit(url).hostname or url
            check_reachable(host)
            request = session.prepare_request(requests.Request("GET", url, headers=headers))
            settings = session.merge_environment_settings(url, {}, True, None, None)
            # not by the session, which reads the bodies of redirects, however long
            adapter = session.get_adapter(url)
            response = adapter.send(request, timeout=(CONNECT_SECONDS, READ_SECONDS), **settings)
            if not response.is_redirect:
                return response
            response.close()
            url = urljoin(url, response.headers["Location"])
        except DataError:
            raise
        except requests.exceptions.SSLError as error:
            raise DataError(f"{host} has no certificate that this machine trusts") from error
        except (requests.ConnectionError, requests.Timeout) as error:
            remember_refusal(host)
            raise UnreachableError(f"{host} can't be reached") from error
        except Exception as error:  # the libraries raise many kinds
            raise DataError(f"{first} sent an answer that can't be read ({type(error).__name__})") from error
    raise DataError(f"{first} redirects more than {REDIRECTS} times")


def _write(
    url: str,
    response: requests.Response,
    target: Path,
    start: int,
    most: int,
    advance: Advance,
    stopped: threading.Event,
) -> None:
    """Write a body as it is sent; it is not decoded, because no encoding was asked for."""
    if response.status_code == requests.codes.ok:
        start = 0
    elif not start or not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
        raise DataError(f"{url} answers {response.status_code}")
    raw: Any = response.raw
    received = start
    announced = None if raw.length_remaining is None else start + raw.length_remaining
    with _opening:
        if stopped.is_set():
            return
        out = target.open("ab" if start else "wb")
    with out:
        while not stopped.is_set():
            if max(received, announced or 0) > most:
                raise DataError(f"{url} sends more than the {most} bytes allowed")
            try:
                block = raw.read(_BLOCK, decode_content=False)
            except Exception as error:
                raise BrokenOffError(f"{url} broke off after {received} bytes; try again") from error
            if not block or stopped.is_set():
                return
            out.write(block)
            received += len(block)
            advance(received, announced)


def _size(path: Path) -> int:
    """Return the bytes of a file, 0 if there is none."""
    return path.stat().st_size if path.is_file() else 0


@contextlib.contextmanager
def _progress(name: str, size: int, *, shown: bool) -> Iterator[Advance]:
    """Show what is downloaded and how long it takes: a bar on a terminal, else a line a minute."""
    if not (shown and sys.stderr.isatty()):
        yield _Lines(name, size).advance
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=size)
        yield lambda received, announced: progress.update(task, completed=received, total=announced or size)


class _Lines:
    """Lines of progress for a log: none for a small download, one for a quick one."""

    def __init__(self, name: str, size: int) -> None:
        self._name, self._size = name, size
        self._started = self._said = time.monotonic()
        self._first: int | None = None

    def advance(self, received: int, announced: int | None) -> None:
        """Log how much has come and how long the rest takes at this rate, once a minute."""
        now, total = time.monotonic(), announced or self._size
        if self._first is None:
            self._first = received  # a continued download has a part already
            if total >= WORTH_A_LINE:
                LOGGER.warning("downloading %s, %.0f MB", self._name, total / 1e6)
        if now - self._said < LINE_SECONDS or received >= total:
            return
        self._said = now
        rate = max(received - self._first, 1) / (now - self._started)
        left = max((total - received) / rate / 60, 1)
        LOGGER.warning(
            "downloading %s: %.0f of %.0f MB, %.0f min left", self._name, received / 1e6, total / 1e6, left
        )
