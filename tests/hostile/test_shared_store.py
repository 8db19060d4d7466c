"""A result store that others fill, too: an odd entry costs a line, and nothing of theirs runs."""

# ruff: noqa: E501  a case is a line

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workshop.execution.calling import Made
from workshop.execution.codec import encode
from workshop.execution.store import Store
from workshop.training.first_steps import Stepped

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes, links and alarms are of POSIX")

KEY = "ab" + "0" * 38
SECONDS = 20  # to read an entry takes a fraction of one
WHOLE = encode(Stepped(1, ()))


@pytest.fixture(autouse=True)
def limit() -> Iterator[None]:
    """End a test that waits for somebody."""
    signal.signal(signal.SIGALRM, lambda *_: pytest.fail(f"no end after {SECONDS} s"))
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch) -> None:
    """Work in a folder with modules that leave a file when they are imported."""
    work = tmp_path / "work"
    work.mkdir()
    for name in ("sent_along", "workshop_sent"):
        (work / f"{name}.py").write_text("open('ran', 'w').close()\nclass Kind: pass\n")
    monkeypatch.chdir(work)
    monkeypatch.syspath_prepend(work)


@pytest.fixture
def place(tmp_path) -> Path:
    """Return where a store has its entry."""
    path = tmp_path / "store" / "ab" / f"{KEY}.outcome"
    path.parent.mkdir(parents=True)
    return path


def entry(payload: bytes = WHOLE, *, key: object = KEY, seconds: str = "1.0") -> bytes:
    """Return an entry with a right checksum; `seconds` is JSON."""
    return sealed(f'{{"key": {json.dumps(key)}, "seconds": {seconds}}}'.encode() + b"\n" + payload)


def sealed(rest: bytes) -> bytes:
    """Return anything with its checksum."""
    return hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest


def archive(structure: Any, *, compression: int = zipfile.ZIP_STORED, **members: bytes) -> bytes:
    """Return the payload of an entry with any structure."""
    text = io.BytesIO()
    content = structure if isinstance(structure, bytes) else json.dumps(structure).encode()
    np.lib.format.write_array(text, np.frombuffer(content, dtype=np.uint8))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, member in {**members, "structure": text.getvalue()}.items():
            file.writestr(f"{name}.npy", member)
    return buffer.getvalue()


def npy(array: np.ndarray[Any, Any]) -> bytes:
    """Return an array in NumPy's format; objects are pickled."""
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def header(shape: str) -> bytes:
    """Return an array's header and eight bytes."""
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode() + bytes(8)


def named(kind: str, tag: Any = "dataclass") -> bytes:
    """Return an entry with an object of a class, `module:name`."""
    return entry(archive({"$": tag, "t": kind, "v": {}}))


CONTENTS = {
    "another kind, a module of the working folder": named("sent_along:Kind", "other"),
    "a class of the working folder": named("sent_along:Kind"),
    "a name that begins like the package's": named("workshop_sent:Kind"),
    "nested in a tuple": entry(archive({"$": "tuple", "v": [{"$": "x", "t": "sent_along:Kind", "v": {}}]})),
    "a browser": named("antigravity:x", "other"),
    "the command itself": named("workshop.__main__:x", "other"),
    "a module of ours with doors": named("workshop.execution.pool:Task"),
    "what a chapter imports": named("workshop.training.first_steps:Any"),
    "no kind": entry(archive({"t": "sent_along:Kind", "v": {}})),
    "a deep structure": entry(archive(b"[" * 100_000)),
    "long numbers": entry(archive(b"9" * 10_000)),
    "a pickle": entry(archive({"$": "array", "i": 0}, a0=npy(np.array([print], dtype=object)))),
    "an array many times": entry(archive([{"$": "array", "i": 0}] * 20_000, a0=npy(np.zeros(100_000)))),
    "no such array": entry(archive({"$": "array", "i": 0})),
    "an endless array": entry(archive({"$": "array", "i": 0}, a0=header("(1000000000000000,)"))),
    "a zip bomb": entry(archive([{"$": "array", "i": 0}], compression=zipfile.ZIP_DEFLATED, a0=npy(np.zeros(10**6)))),
    "no archive": entry(b"nothing"),
    "seconds before": entry(seconds="-1"),
    "no seconds": entry(seconds="NaN"),
    "seconds of 400 digits": entry(seconds="1" * 400),
    "a list of seconds": entry(seconds="[1]"),
    "a head of brackets": sealed(b"[" * 100_000 + b"\n" + WHOLE),
    "no head": sealed(b""),
    "another fingerprint": entry(key="cd" + "0" * 38),
    "a wrong checksum": b"0" * 64 + entry()[64:],
    "half": entry()[:100],
}  # fmt: skip


def answer(place: Path, caplog: pytest.LogCaptureFixture) -> str:
    """Return the one line that a store says of its entry, which is removed and can be stored again."""
    store = Store(place.parents[1])
    assert store.get(KEY) is None
    store.put(KEY, Stepped(1, ()), seconds=1.0)
    assert store.get(KEY) == Made(Stepped(1, ()), 1.0, stored=True)
    (line,) = caplog.messages
    assert line.startswith(f"store: entry {KEY}.outcome is damaged (")
    assert line.endswith("): it is computed again")
    assert line.isprintable()
    return line


@pytest.mark.parametrize("case", CONTENTS)
def test_an_evil_content_is_computed_again(case, place, caplog):
    place.write_bytes(CONTENTS[case])
    before = set(sys.modules)

    answer(place, caplog)

    assert not Path("ran").exists()
    named_here = {
        "sent_along",
        "workshop_sent",
        "antigravity",
        "this",
        "unittest.__main__",
        "workshop.__main__",
    }
    assert named_here.isdisjoint(set(sys.modules) - before)


def sparse(path: Path) -> None:
    """Write a file that takes no room and is too large to be read."""
    with path.open("wb") as file:
        file.truncate(100 * 10**9)


def link(target: str) -> Callable[[Path], None]:
    """Return what makes a link to a target."""
    return lambda path: path.symlink_to(target)


FILES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "a folder": (Path.mkdir, "it is not a file"),
    "a loop of links": (link(f"{KEY}.outcome"), "it can't be read"),
    "an endless device": (link("/dev/zero"), "it is not a file"),
    "a file of ours": (link("/etc/hostname"), "its checksum is wrong"),
    "a pipe": (os.mkfifo, "it is not a file"),
    "100 GB": (sparse, "it has more than 256 MB"),
}


@pytest.mark.parametrize("case", FILES)
def test_an_odd_file_is_not_read(case, place, caplog):
    make, why = FILES[case]
    make(place)
    assert Store(place.parents[1]).checksum(KEY) == ""
    assert f"({why}" in answer(place, caplog)
    assert Path("/etc/hostname").exists()


def test_a_link_to_nothing_is_no_entry(place, caplog):
    link("nowhere")(place)
    store = Store(place.parents[1])
    assert store.get(KEY) is None
    store.put(KEY, Stepped(1, ()), seconds=1.0)
    assert store.get(KEY) is not None
    assert caplog.messages == []


def test_a_run_in_its_own_process_imports_nothing(place):
    Path("br").write_text("#!/bin/sh\ntouch ran\n")
    Path("br").chmod(0o755)
    program = "import sys; from pathlib import Path; from workshop.execution.store import Store\n"
    program += f"print(Store(Path(sys.argv[1])).get({KEY!r}))"
    for kind in ("sent_along:Kind", "antigravity:x", "workshop.__main__:x"):
        place.write_bytes(named(kind, "other"))
        result = subprocess.run(
            [sys.executable, "-c", program, str(place.parents[1])],
            capture_output=True, text=True, check=False,
            env=os.environ | {"BROWSER": "./br", "PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip
        assert result.stdout == "None\n", result.stderr
        assert not Path("ran").exists()


def test_importing_the_command_starts_nothing():
    result = subprocess.run(
        [sys.executable, "-c", "import workshop.__main__"], capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
