"""The hosts of the registry on this machine: a proxy that answers for them, with certificates of its own."""

import base64
import contextlib
import re
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

_BLOCK = 1 << 18
_SPEECH = "/_/TranslateWebserverUi/data/batchexecute"
SPEECH_HOST = "translate.google.com"


class Internet:
    """A proxy that answers for the hosts of these addresses, and lists what was asked.

    `contents` : address → file. `asked` : address and first byte of each request. All other hosts can't be
    reached. `variables` are the environment variables with which a process goes through it.

    `gone` : addresses that have no file any more. `broken` : address → bytes after which it breaks off;
    removed when it has. `slow` : address → bytes per second. `speech` : answers, refuses or waits.
    """

    def __init__(self, contents: dict[str, Path], folder: Path) -> None:
        self.contents = contents
        self.gone: set[str] = set()
        self.broken: dict[str, int] = {}
        self.slow: dict[str, float] = {}
        self.speech = "answers"
        self.asked: list[tuple[str, int]] = []
        self.hosts = {str(urlsplit(url).hostname) for url in contents} | {SPEECH_HOST}
        certificate = certify(self.hosts, folder)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        address = f"http://127.0.0.1:{self._server.server_port}"
        names = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
        self.variables = {
            **dict.fromkeys(names, address),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), ""),
            "REQUESTS_CA_BUNDLE": str(certificate),
        }

    def close(self) -> None:
        """Stop, and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        internet = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            host = ""

            def do_CONNECT(self) -> None:
                self.host = self.path.rpartition(":")[0]
                if self.host not in internet.hosts:
                    self.send_error(502)
                    return
                self.send_response(200)
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.connection = internet._context.wrap_socket(self.connection, server_side=True)
                    self.rfile = self.connection.makefile("rb")
                    self.wfile = self.connection.makefile("wb", buffering=0)
                    self.close_connection = False

            def finish(self) -> None:
                with contextlib.suppress(OSError):
                    super().finish()
                self.connection.close()  # the server knows only the one without TLS

            def do_HEAD(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                with contextlib.suppress(OSError):  # a client that has enough leaves in the middle
                    self._send(f"https://{self.host}{self.path}")

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if internet.speech == "waits":
                    time.sleep(5)
                sound = base64.b64encode(b"ID3 made-up speech").decode()
                known = self.path.startswith(_SPEECH) and internet.speech != "refuses"
                body = f'[["wrb.fr","jQ1olc","[\\"{sound}\\"]"]]\n'.encode()
                self.send_response(200 if known else 429)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _send(self, url: str) -> None:
                """Send a file from the byte that is asked for."""
                path = internet.contents.get(url)
                if path is None or url in internet.gone:
                    self.send_response(404)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                size = path.stat().st_size
                asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
                start = int(asked[1]) if asked else 0
                internet.asked.append((url, start))
                self.send_response(206 if start else 200)
                if start:
                    self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
                self.send_header("Content-Length", str(size - start))
                self.end_headers()
                end = min(size, start + internet.broken.pop(url, size))
                with path.open("rb") as stream:
                    stream.seek(start)
                    while block := stream.read(min(_BLOCK, end - stream.tell())):
                        self.wfile.write(block)
                        if url in internet.slow:
                            time.sleep(len(block) / internet.slow[url])
                if end < size:  # it breaks off
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
                pass

        return Handler


def certify(hosts: Iterable[str], folder: Path) -> Path:
    """Make a certificate for these hosts that signs itself, with its key next to it.

    Raises OSError or CalledProcessError if the program openssl is missing or fails.
    """
    path = folder / "hosts.pem"
    names = ",".join(f"DNS:{host}" for host in sorted(hosts))
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=contact"]
    command += ["-addext", f"subjectAltName={names}", "-addext", "keyUsage=digitalSignature,keyCertSign"]
    command += ["-keyout", str(path.with_suffix(".key")), "-out", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path
