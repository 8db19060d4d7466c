"""One download over HTTP with limits on bytes and seconds, whatever the server does."""

from __future__ import annotations

import contextlib
import queue
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from workshop.datasets.cache import LOGGER
from workshop.datasets.reachability import (
    CONNECT_SECONDS,
    READ_SECONDS,
    UnreachableError,
    check_reachable,
    remember_refusal,
)
from workshop.errors import DataError

LEAST_SECONDS = 60.0
BYTES_PER_SECOND = 50_000
REDIRECTS = 10
KEPT = 1 << 20  # bytes: what broke off after fewer is not worth continuing
PAUSE = 1.0  # seconds before a transfer that broke off is continued
WORTH_A_LINE = 5_000_000  # bytes
LINE_SECONDS = 60.0  # between two lines of progress where there is no terminal
_BLOCK = 1 << 16


def download(url: str, target: Path, *, size: int, progress: bool) -> None:
    """Write the content of `url` to `target`, as it is sent.

    It may be a quarter and 64 kB larger than `size`, and may take a minute, or longer at 50 kB/s. A transfer
    that breaks off is continued, as long as each try brings a megabyte. If it can't be, `target` keeps what
    has come, at least a megabyte, and the next call continues there.

    Raises
    ------
    UnreachableError
        If the host refuses, refused lately, or is too slow.
    DataError
        If the host answers with an error or with too many bytes.
    OSError
        If `target` can't be written.
    """
    seconds = max(LEAST_SECONDS, size / BYTES_PER_SECOND)
    with _progress(url.rsplit("/", 1)[-1], size, shown=progress) as advance:
        transfer = _Transfer(url, target, size * 5 // 4 + (1 << 16), advance)
        # In a thread, because a socket's time limit restarts with each byte and does not cover name lookup.
        thread = threading.Thread(target=transfer.run, daemon=True)
        try:
            thread.start()  # in here, because Ctrl-C may come before it returns
            error = transfer.ended.get(timeout=seconds)
        except queue.Empty:
            remember_refusal(transfer.host)
            raise UnreachableError(f"{url} did not arrive within {seconds:.0f} s") from None
        finally:
            transfer.stop()
            if thread.ident is not None:
                thread.join(10.0)  # it must not write after the caller has removed the file
            if not transfer.worth_keeping:
                target.unlink(missing_ok=True)
            if transfer.whole or not target.is_file():
                _note_of(target).unlink(missing_ok=True)
    if isinstance(error, OSError):
        target.unlink(missing_ok=True)  # a part must not keep a disk full
    if error is not None:
        raise error


class _Transfer:
    """One download, in a thread that another thread can stop."""

    def __init__(self, url: str, target: Path, most: int, advance: Callable[[int, int | None], None]) -> None:
        self.host = urlsplit(url).hostname or url
        self.ended: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()
        self._url, self._target, self._most, self._advance = url, target, most, advance
        self._session, self._adapter = requests.Session(), _Adapter()
        self._stopped = threading.Event()
        self.whole = False

    @property
    def worth_keeping(self) -> bool:
        """Whether the file is whole, or a part that can be continued."""
        return self._target.is_file() and (self.whole or _size(self._target) >= KEPT)

    def run(self) -> None:
        """Receive the content and report how it ended."""
        error = None
        try:
            self._receive()
        except Exception as caught:
            error = caught
        self._adapter.close()
        for opened in self._adapter.sockets:  # unreadable headers leave a socket open
            with contextlib.suppress(OSError):
                socket.close(opened.detach())
        self.ended.put(error)

    def stop(self) -> None:
        """End the transfer, whatever it waits for."""
        self._stopped.set()
        for opened in self._adapter.sockets:
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)

    def _receive(self) -> None:
        while True:
            before = _size(self._target)
            try:
                self._follow()
            except _BrokenOffError:
                if _size(self._target) - before < KEPT or self._stopped.wait(PAUSE):
                    raise
            else:
                self.whole = not self._stopped.is_set()
                return

    def _follow(self) -> None:
        """Follow redirects to the content, and receive what is missing of it."""
        url = self._url
        for _ in range(REDIRECTS):
            # One at a time, because a session that follows redirects itself reads their bodies, however long.
            start = _size(self._target)
            start = 0 if start < KEPT else start
            with self._request(url, start) as response:
                if not response.is_redirect:
                    if response.status_code == requests.codes.requested_range_not_satisfiable and start:
                        self._target.unlink()  # the content is shorter now
                        continue
                    self._write(url, response, start)
                    return
                url = _next(url, response.headers["Location"])
        raise DataError(f"{self._url} redirects more than {REDIRECTS} times")

    def _request(self, url: str, start: int) -> requests.Response:
        """Ask for the content from a byte on; from the first on if it has changed since."""
        try:
            self.host = urlsplit(url).hostname or url
            check_reachable(self.host)
            headers = {"Accept-Encoding": "identity"}
            if start:
                headers["Range"] = f"bytes={start}-"
                with contextlib.suppress(OSError):
                    headers["If-Range"] = _note_of(self._target).read_text(encoding="latin-1")
            request = self._session.prepare_request(requests.Request("GET", url, headers=headers))
            settings = self._session.merge_environment_settings(url, {}, True, None, None)
            return self._adapter.send(request, timeout=(CONNECT_SECONDS, READ_SECONDS), **settings)
        except DataError:
            raise
        except requests.exceptions.SSLError as error:
            raise DataError(f"{self.host} has no certificate that this machine trusts") from error
        except (requests.ConnectionError, requests.Timeout) as error:
            if not self._stopped.is_set():
                remember_refusal(self.host)
            raise UnreachableError(f"{self.host} can't be reached") from error
        except Exception as error:  # the libraries raise many kinds
            raise DataError(f"{url} sent an answer that can't be read ({type(error).__name__})") from error

    def _write(self, url: str, response: requests.Response, start: int) -> None:
        """Write a body as it is sent; it is not decoded, because no encoding was asked for."""
        continued = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
        if response.status_code == requests.codes.ok:
            start = 0
        elif not start or continued is None or int(continued[1]) != start:
            raise DataError(f"{url} answers {response.status_code}")
        raw: Any = response.raw
        received = start
        announced = None if raw.length_remaining is None else start + raw.length_remaining
        if self._stopped.is_set():
            return
        if not start:
            _remember_version(self._target, response)
        with self._target.open("ab" if start else "wb") as out:
            while not self._stopped.is_set():
                if max(received, announced or 0) > self._most:
                    out.truncate(0)
                    raise DataError(f"{url} sends more than the {self._most} bytes allowed")
                try:
                    block = raw.read(_BLOCK, decode_content=False)
                except Exception as error:
                    raise _BrokenOffError(f"{url} broke off after {received} bytes; try again") from error
                if not block:
                    return
                out.write(block)
                received += len(block)
                self._advance(received, announced)


class _BrokenOffError(DataError):
    """A transfer that ended before its end."""


def _size(path: Path) -> int:
    """Return the bytes of a file, 0 if there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _note_of(target: Path) -> Path:
    """Return the path of a note on the version of which a file has a part, as the server calls it."""
    return target.with_name(target.name + ".version")


def _remember_version(target: Path, response: requests.Response) -> None:
    """Write down what the server calls this version; a weak ETag says nothing about bytes."""
    tag = response.headers.get("ETag", "")
    version = tag if tag.startswith('"') else response.headers.get("Last-Modified", "")
    if version.isprintable() and version.isascii() and version:
        _note_of(target).write_text(version, encoding="latin-1")
    else:
        _note_of(target).unlink(missing_ok=True)


def _next(url: str, location: str) -> str:
    """Return the target of a redirect. Raises DataError if it is not a web address."""
    with contextlib.suppress(ValueError):
        to = urljoin(url, location)
        if to.isprintable() and urlsplit(to).scheme in {"http", "https"}:
            return to
    raise DataError(f"{url} redirects to {location!r}, which is not a web address")


class _Adapter(HTTPAdapter):
    """Lists the sockets that it opens."""

    def __init__(self) -> None:
        self.sockets: list[socket.socket] = []
        super().__init__()

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        kind: Any = pool.ConnectionCls
        sockets = self.sockets

        class Recorded(kind):  # type: ignore[misc]  # http and https have different bases
            def connect(self) -> None:
                super().connect()
                sockets.append(self.sock)

        pool.ConnectionCls = Recorded
        return pool


@contextlib.contextmanager
def _progress(name: str, size: int, *, shown: bool) -> Iterator[Callable[[int, int | None], None]]:
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
