"""Servers that lie, dawdle, flood or redirect are refused in one line and in time, and leave nothing."""

import gc
import gzip
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.serving import CONTENT, Answer, Server, data_set, head, redirect, sent, then
from workshop.datasets import DataError, Found, Missing, downloads, http_download, reachability
from workshop.datasets.finding import find_data_set
from workshop.files import size_text

# a socket whose answer has an unreadable head is closed when it is collected, here after each test
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
GOOD = sent(head(f"Content-Length: {len(CONTENT)}"), CONTENT)
BOMB = gzip.compress(bytes(20_000_000))


@pytest.fixture(scope="module", autouse=True)
def _what_is_there() -> None:
    """Leave what earlier tests have made, TensorFlow for one, out of each look for garbage."""
    gc.freeze()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Iterator[Path]:
    """Give each test an empty cache, no mirror, and no memory of hosts that refused."""
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("WORKSHOP_MIRROR", raising=False)
    monkeypatch.setattr(reachability, "_refused", {})
    monkeypatch.setattr(reachability, "_slow", set())
    monkeypatch.setattr(http_download, "PAUSE", 0.0)
    before = {*threading.enumerate()}
    yield tmp_path / "cache"
    # a transfer whose time was over would tell the next test that the host refuses
    for thread in {*threading.enumerate()} - before:
        thread.join(10)
    gc.collect()


@pytest.fixture
def server() -> Iterator[Server]:
    """Give a server that has the content at /good."""
    running = Server({"/good": GOOD})
    yield running
    running.close()


def fetch(server: Server, answer: Answer | None = None, **provider: Any) -> Found | Missing:
    """Fetch the data set, which ``answer`` answers."""
    if answer is not None:
        server.answers["/made_up"] = answer
    made_up = data_set({"kind": "url", "at": server.address + "/made_up", **provider})
    return find_data_set(made_up, offline=False)


def left(cache: Path) -> list[str]:
    """Return the files of the cache but for locks and notes."""
    return [
        path.name for path in cache.rglob("*") if path.is_file() and path.suffix not in {".lock", ".json"}
    ]


def pieces(content: bytes) -> bytes:
    """Return content as HTTP sends it in chunks of one byte."""
    return b"".join(b"1\r\n%c\r\n" % byte for byte in content) + b"0\r\n\r\n"


REFUSED: dict[str, tuple[Answer, str]] = {
    "wrong bytes": (sent(head(), CONTENT[::-1]), "its content is not the registry's"),
    "cut": (sent(head("Content-Length: 35"), CONTENT[:20]), "broke off after 20 bytes; try again"),
    "login page": (
        sent(head("Content-Type: text/html"), b"<html>log in"),
        "its content is not the registry's",
    ),
    "partial": (sent(head(status="206 Partial"), CONTENT), "answers 206"),
    "not found": (sent(head(status="404 Not Found")), "answers 404"),
    "too many requests": (sent(head(status="429 Slow Down")), "answers 429"),
    "announced": (sent(head("Content-Length: 900000000000")), "sends more than the 65579 bytes"),
    "encoded bomb": (sent(head("Content-Encoding: gzip"), BOMB), "it is larger than the 35 bytes"),
    "two lengths": (
        sent(head("Content-Length: 3, 5"), CONTENT),
        r"an answer that can.t be read \(InvalidHeader\)",
    ),
    "broken chunks": (sent(head("Transfer-Encoding: chunked"), b"what\r\n"), "broke off after 0 bytes"),
    "no HTTP": (sent(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "127.0.0.1 can't be reached"),
    "long line": (sent(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000), "127.0.0.1 can't be reached"),
    "to a file": (redirect("file:///etc/passwd"), r"an answer that can.t be read \(InvalidSchema\)"),
    "to nowhere": (redirect("http://[/"), r"an answer that can.t be read \(ValueError\)"),
    "in a circle": (redirect("/made_up"), "redirects more than 10 times"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_answer_is_refused(name, server, cache):
    answer, reason = REFUSED[name]
    outcome = fetch(server, answer)
    assert isinstance(outcome, Missing)
    assert outcome.reason.isprintable()
    assert re.search(reason, outcome.reason), outcome.reason
    assert left(cache) == []


ENDLESS: dict[str, Callable[[Server], Answer]] = {
    "nothing": lambda server: server.endless(b"", 0.05),
    "slow body": lambda server: then(sent(head("Content-Length: 35")), server.endless(b"x", 0.05)),
    "wait for more": lambda server: server.endless(b"HTTP/1.1 100 Continue\r\n\r\n", 0.01),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_an_answer_that_takes_too_long_is_ended(name, server, cache, monkeypatch):
    monkeypatch.setattr(http_download, "LEAST_SECONDS", 0.3)
    outcome = fetch(server, ENDLESS[name](server))
    assert isinstance(outcome, Missing)
    assert outcome.reason == f"{server.address}/made_up did not arrive within 0 s"
    assert left(cache) == []
    with pytest.raises(reachability.UnreachableError):
        reachability.check_reachable("127.0.0.1")
    reachability.check_reachable("other.invalid")


@pytest.mark.parametrize("lines", [(), ("Transfer-Encoding: chunked",)])
def test_an_endless_body_is_cut_off(lines, server, cache):
    piece = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    outcome = fetch(server, then(sent(head(*lines)), server.endless(piece)))
    assert isinstance(outcome, Missing)
    assert outcome.reason.endswith("made_up sends more than the 65579 bytes allowed")
    assert left(cache) == []


def test_a_packed_bomb_is_cut_off(server, cache):
    outcome = fetch(server, sent(head(), BOMB), unpack="gz")
    assert isinstance(outcome, Missing)
    assert outcome.reason.endswith("made_up: it is larger than the 35 bytes allowed")
    assert left(cache) == []


ACCEPTED: dict[str, Answer] = {
    "no length": sent(head(), CONTENT),
    "a word for a length": sent(head("Content-Length: many"), CONTENT),
    "chunks": sent(head("Transfer-Encoding: chunked"), pieces(CONTENT)),
    "redirect": redirect("/good"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_an_odd_answer_with_the_content_is_taken(name, server):
    outcome = fetch(server, ACCEPTED[name])
    assert isinstance(outcome, Found), outcome.reason
    assert outcome.paths["made_up.txt"].read_bytes() == CONTENT


def test_a_proxy_is_used(server, monkeypatch):
    monkeypatch.setenv("http_proxy", server.address)
    monkeypatch.delenv("no_proxy", raising=False)
    server.answers["http://made-up.invalid/made_up"] = GOOD
    made_up = data_set({"kind": "url", "at": "http://made-up.invalid/made_up"})
    assert isinstance(find_data_set(made_up, offline=False), Found)


def test_a_dead_host_behind_a_redirect_is_the_one_that_is_blamed(server):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        outcome = fetch(server, redirect(f"http://localhost:{unused.getsockname()[1]}/made_up"))
    assert isinstance(outcome, Missing)
    assert outcome.reason == "localhost can't be reached"
    again = fetch(server)
    assert isinstance(again, Missing)
    assert again.reason == "localhost could not be reached, so no host is asked for ten minutes"


INTERRUPTED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from tests.hostile.serving import data_set
from workshop.datasets.finding import find_data_set
try:
    find_data_set(data_set({"kind": "url", "at": sys.argv[1]}), offline=False)
except KeyboardInterrupt:
    print("interrupted")
"""


def test_an_interrupted_download_leaves_nothing(server, cache):
    server.answers["/made_up"] = then(sent(head()), server.endless(b"x", 0.05))
    child = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, server.address + "/made_up"],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert server.was_asked.wait(60)
    child.send_signal(signal.SIGINT)
    assert child.communicate(timeout=60)[0] == b"interrupted\n"
    assert left(cache) == []
    reachability.check_reachable("127.0.0.1")


def test_a_file_that_is_being_opened_when_the_time_is_over_is_removed(server, tmp_path, monkeypatch):
    over, opened = threading.Event(), threading.Event()

    class Slow(type(tmp_path)):
        def open(self, *args, **settings):
            over.wait(1)
            out = super().open(*args, **settings)
            opened.set()
            return out

    server.answers["/made_up"] = then(sent(head()), server.endless(b"x", 0.05))
    monkeypatch.setattr(http_download, "LEAST_SECONDS", 0.5)
    with pytest.raises(DataError, match="did not arrive within"):
        http_download.download(server.address + "/made_up", Slow(tmp_path / "part"), size=1, progress=False)
    over.set()

    assert opened.wait(60)
    assert [*tmp_path.glob("part")] == []


LARGE = bytes(range(256)) * 10_000  # 2.56 MB


class Changing:
    """Answers with a part of the content, from the byte that is asked for, and lists these bytes.

    `pieces` : bytes of each answer after which it breaks off; then all that is left is sent.
    """

    def __init__(self, server: Server, *pieces: int, content: bytes = LARGE) -> None:
        self.server, self.pieces, self.content = server, list(pieces), content
        self.starts: list[int] = []

    def __call__(self, client: socket.socket) -> None:
        """Answer the last request."""
        request = self.server.requests[-1]
        asked = re.search(rb"Range: bytes=(\d+)-", request)
        start = int(asked[1]) if asked else 0
        self.starts.append(start)
        left = self.content[start:]
        lines = [f"Content-Length: {len(left)}"]
        if start:
            lines.append(f"Content-Range: bytes {start}-{len(self.content) - 1}/{len(self.content)}")
        piece = self.pieces.pop(0) if self.pieces else len(left)
        client.sendall(head(*lines, status="206 Partial" if start else "200 OK") + left[:piece])


def fetch_large(server: Server, answer: Answer) -> Found | Missing:
    """Fetch a large file, which the answer sends."""
    server.answers["/made_up"] = answer
    made_up = data_set({"kind": "url", "at": server.address + "/made_up"}, content=LARGE)
    return find_data_set(made_up, offline=False)


def test_a_transfer_that_breaks_off_is_continued(server, cache):
    answer = Changing(server, 1_200_000, 1_100_000)
    outcome = fetch_large(server, answer)
    assert isinstance(outcome, Found), outcome.reason
    assert answer.starts == [0, 1_200_000, 2_300_000]
    assert outcome.paths["made_up.txt"].read_bytes() == LARGE
    assert left(cache) == ["made_up.txt"]


def test_the_next_run_continues(server, cache):
    answer = Changing(server, 1_500_000, 10, 10, 10, 10)
    outcome = fetch_large(server, answer)
    assert isinstance(outcome, Missing)
    assert outcome.reason.endswith("broke off after 1500040 bytes; try again")
    again = fetch_large(server, answer)
    assert isinstance(again, Found)
    assert answer.starts == [0, 1_500_000, 1_500_010, 1_500_020, 1_500_030, 1_500_040]
    assert left(cache) == ["made_up.txt"]


def test_a_part_of_another_version_is_not_kept(server, cache):
    """The part is of a file that has changed since: its checksum is wrong, and the next run begins anew."""
    fetch_large(server, Changing(server, 1_500_000, 10, 10, 10, 10, content=LARGE[::-1]))
    answer = Changing(server)
    assert isinstance(fetch_large(server, answer), Missing)
    assert left(cache) == []
    assert isinstance(fetch_large(server, answer), Found)
    assert answer.starts == [1_500_040, 0]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (sent(head("Content-Length: 2560000"), LARGE), ""),  # it ignores the range, and sends all
        (sent(head("Content-Range: bytes 5-9/2560000", status="206 Partial"), b"12345"), "answers 206"),
    ],
)
def test_an_answer_for_another_byte_is_refused(answer, reason, server):
    """It would be put in the wrong place."""
    fetch_large(server, Changing(server, 1_500_000, 10, 10, 10, 10))
    outcome = fetch_large(server, answer)
    assert isinstance(outcome, Missing if reason else Found)
    assert not reason or outcome.reason.endswith(reason)


def test_a_disk_without_room_is_named_first(server, cache, monkeypatch):
    usage = shutil.disk_usage(cache.parent)
    free = 2 * len(CONTENT) - 1
    monkeypatch.setattr(downloads.shutil, "disk_usage", lambda _: usage._replace(free=free))
    outcome = fetch(server, GOOD)
    assert isinstance(outcome, Missing)
    assert (
        outcome.reason
        == f"the cache {cache} needs {size_text(2 * len(CONTENT))} more, and {size_text(free)} are free"
    )
    assert outcome.remedy == "set WORKSHOP_CACHE to another folder"
    assert server.asked == []
    monkeypatch.setattr(downloads.shutil, "disk_usage", lambda _: usage._replace(free=free + 1))
    assert isinstance(fetch(server, GOOD), Found)


def test_progress_is_logged_where_there_is_no_terminal(monkeypatch, caplog):
    clock = iter([0.0, 0.0, 30.0, 60.0, 90.0, 120.0, 180.0])
    monkeypatch.setattr(http_download.time, "monotonic", lambda: next(clock))
    with http_download._progress("made_up.zip", 100_000_000, shown=False) as advance:
        for part in (0, 10, 20, 30, 40, 95):
            advance(part * 1_000_000, None)
    assert [record.getMessage() for record in caplog.records] == [
        "downloading made_up.zip, 100 MB",
        "downloading made_up.zip: 20 of 100 MB, 4 min left",
        "downloading made_up.zip: 40 of 100 MB, 3 min left",
        "downloading made_up.zip: 95 of 100 MB, 1 min left",
    ]


FILLS_AND_WAITS = """
import os, pathlib, time
pathlib.Path(os.environ["TMPDIR"], "x").write_bytes(bytes(5000))
time.sleep(600)
"""


def test_pip_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "WHEEL_SECONDS", 0.2)
    command = [sys.executable, "-c", FILLS_AND_WAITS, "made-up==1"]
    with pytest.raises(DataError, match=r"^made-up==1 did not arrive within 0 s$"):
        downloads._run_bounded(command, tmp_path)
    monkeypatch.setattr(downloads, "WHEEL_SECONDS", 60)
    monkeypatch.setattr(downloads, "WHEEL_BYTES", 4000)
    with pytest.raises(DataError, match=r"^made-up==1 is larger than the 4000 bytes"):
        downloads._run_bounded(command, tmp_path)
