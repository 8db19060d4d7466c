"""A loopback server that answers with given bytes, and a data set to fetch from it."""

import contextlib
import hashlib
import socket
import threading
from collections.abc import Callable
from typing import Any

from workshop.datasets.model import DataSet

Answer = Callable[[socket.socket], object]
CONTENT = b"made up, and long enough to be cut\n"


class Server:
    """
    Passes each connection to the answer for its path, or says that there is none, and closes it afterwards.

    `stopping` is set to end endless answers; `asked` lists the paths, and `requests` whole requests.
    """

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.requests: list[bytes] = []
        self.was_asked = threading.Event()
        self.stopping = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._listen)]
        self._threads[0].start()

    def close(self) -> None:
        """Stop, and free the port."""
        self.stopping.set()
        for thread in self._threads:
            thread.join()
        self._socket.close()

    def endless(self, piece: bytes, pause: float = 0.0) -> Answer:
        """Return the answer that sends a piece over and over, until the client has enough."""

        def answer(client: socket.socket) -> None:
            while not self.stopping.wait(pause):
                client.sendall(piece)

        return answer

    def _listen(self) -> None:
        while not self.stopping.is_set():
            with contextlib.suppress(TimeoutError):
                client = self._socket.accept()[0]
                client.settimeout(1)
                self._threads.append(threading.Thread(target=self._serve, args=(client,)))
                self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        # a client that has enough leaves in the middle
        with client, contextlib.suppress(OSError):
            request = b""
            while b"\r\n\r\n" not in request:
                part = client.recv(4096)
                if not part:
                    return
                request += part
            path = request.split(b" ", 2)[1].decode()
            self.asked.append(path)
            self.was_asked.set()
            self.requests.append(request)
            self.answers.get(path, NOT_FOUND)(client)


def sent(*pieces: bytes) -> Answer:
    """Return the answer that sends these bytes."""
    return lambda client: client.sendall(b"".join(pieces))


def whole(content: bytes) -> Answer:
    """Return the answer that sends a file."""
    return sent(head(f"Content-Length: {len(content)}"), content)


def then(first: Answer, second: Answer) -> Answer:
    """Return one answer after another."""

    def answer(client: socket.socket) -> None:
        first(client)
        second(client)

    return answer


def head(*lines: str, status: str = "200 OK") -> bytes:
    """Return the head of an HTTP answer."""
    return "\r\n".join([f"HTTP/1.1 {status}", "Connection: close", *lines, "", ""]).encode()


NOT_FOUND = sent(head("Content-Length: 0", status="404 Not Found"))


def redirect(to: str) -> Answer:
    """Return the answer that leads elsewhere."""
    return sent(head(f"Location: {to}", status="302 Found"))


def data_set(
    *providers: dict[str, Any], content: bytes = CONTENT, name: str = "made_up.txt", **given: Any
) -> DataSet:
    """Return a data set of one file; what is `given` is its edition's."""
    checksum = hashlib.sha256(content).hexdigest()
    edition = {
        "name": "only",
        "loader": "path",
        "fetch_bytes": len(content),
        "files": [{"name": name, "bytes": len(content), "sha256": checksum}],
        "providers": providers,
        **given,
    }
    return DataSet.model_validate(
        {"id": "made_up", "title": "made up", "licence": "none", "editions": [edition]}
    )
