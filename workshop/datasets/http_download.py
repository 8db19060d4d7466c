"""One download over HTTP with limits on bytes and seconds, whatever the server does."""

from __future__ import annotations

import contextlib
import queue
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

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
_BLOCK = 1 << 16


def download(url: str, target: Path, *, size: int, progress: bool) -> None:
    """Write the content of `url` to `target`, as it is sent.

    It may be a quarter and 64 kB larger than `size`, and may take a minute, or longer at 50 kB/s.

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
    with _bar(url.rsplit("/", 1)[-1], shown=progress) as advance:
        transfer = _Transfer(url, target, size * 5 // 4 + (1 << 16), advance)
        # In a thread, because a socket's time limit restarts with each byte and does not cover name lookup.
        thread = threading.Thread(target=transfer.run, daemon=True)
        thread.start()
        try:
            error = transfer.ended.get(timeout=seconds)
        except queue.Empty:
            remember_refusal(transfer.host)
            raise UnreachableError(f"{url} did not arrive within {seconds:.0f} s") from None
        finally:
            transfer.stop()
            thread.join(2.0)  # it must not write after the caller has removed the file
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
        url = self._url
        for _ in range(REDIRECTS):
            # One at a time, because a session that follows redirects itself reads their bodies, however long.
            with self._request(url) as response:
                if not response.is_redirect:
                    if response.status_code != requests.codes.ok:
                        raise DataError(f"{url} answers {response.status_code}")
                    self._write(url, response.raw)
                    return
                url = _next(url, response.headers["Location"])
        raise DataError(f"{self._url} redirects more than {REDIRECTS} times")

    def _request(self, url: str) -> requests.Response:
        try:
            self.host = urlsplit(url).hostname or url
            check_reachable(self.host)
            headers = {"Accept-Encoding": "identity"}
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

    def _write(self, url: str, raw: Any) -> None:
        """Write a body as it is sent; it is not decoded, because no encoding was asked for."""
        received, announced = 0, raw.length_remaining
        if self._stopped.is_set():
            return
        with self._target.open("wb") as out:
            while not self._stopped.is_set():
                if max(received, announced or 0) > self._most:
                    raise DataError(f"{url} sends more than the {self._most} bytes allowed")
                try:
                    block = raw.read(_BLOCK, decode_content=False)
                except Exception as error:
                    raise DataError(f"{url} broke off after {received} bytes; try again") from error
                if not block:
                    return
                out.write(block)
                received += len(block)
                self._advance(received, announced)


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
def _bar(name: str, *, shown: bool) -> Iterator[Callable[[int, int | None], None]]:
    """Show the progress of a download if standard error is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    hidden = not (shown and sys.stderr.isatty())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as progress:
        task = progress.add_task(name, total=None)
        yield lambda received, announced: progress.update(task, completed=received, total=announced)
