"""Fixtures of the data layer's tests: a separate cache, a loopback server, made-up data sets."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from workshop.datasets import reachability
from workshop.datasets.cache import warn_once
from workshop.datasets.model import DataSet


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test an empty cache, no mirror, and no memory of refusing hosts and of warnings."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("WORKSHOP_CACHE", str(folder))
    monkeypatch.delenv("WORKSHOP_MIRROR", raising=False)
    monkeypatch.setattr(reachability, "_refused", {})
    warn_once.cache_clear()
    return folder


class Server:
    """A loopback web server that lists the requested paths."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.delay = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                outer.delay.wait(0.3)
                content = outer.contents.get(self.path)
                self.send_response(404 if content is None else 200)
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    """Give a running loopback server."""
    running = Server()
    yield running
    running.close()


@pytest.fixture
def entry() -> Callable[..., DataSet]:
    """Give the function that makes a data set of one file."""
    return _data_set


def _data_set(
    content: bytes, *providers: dict[str, Any], name: str = "made_up.txt", **edition: Any
) -> DataSet:
    """Return a data set of one file with ``content``."""
    file = {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return DataSet.model_validate(
        {
            "id": "made_up",
            "title": "made up",
            "licence": "none",
            "editions": [
                {
                    "name": "only",
                    "loader": "path",
                    "fetch_bytes": len(content),
                    "files": [file],
                    "providers": providers,
                    **edition,
                }
            ],
        }
    )
