"""`workshop store` with folders that others fill: an odd entry costs a line, and nothing of theirs runs."""

# ruff: noqa: E501  a case is a line

from __future__ import annotations

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
from typer.testing import CliRunner, Result

from workshop.cli.app import app
from workshop.execution.cluster.shared_store import AddressShelf
from workshop.execution.codec import encode
from workshop.execution.store import Store
from workshop.training.first_steps import Stepped

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes, links and alarms are of POSIX")

GOOD = [f"{number}" * 40 for number in range(5)]
KEY = "ab" + "0" * 38
PLACE = f"ab/{KEY}.outcome"
SECONDS = 20  # a pull of six entries takes a fraction of one
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
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return this machine's store, and work in a folder with a module that leaves a file when imported."""
    work = tmp_path / "work"
    work.mkdir()
    for name in ("sent_along", "workshop_sent"):
        (work / f"{name}.py").write_text("open('ran', 'w').close()\nclass Kind: pass\n")
    monkeypatch.chdir(work)
    monkeypatch.syspath_prepend(work)
    monkeypatch.setenv("WORKSHOP_STORE", str(tmp_path / "here"))
    return Store(tmp_path / "here")


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """Return a shared folder with five sound entries."""
    for key in GOOD:
        Store(tmp_path / "shared").put(key, Stepped(1, ()), seconds=1.0)
    return tmp_path / "shared"


def run(*arguments: str) -> Result:
    """Run `workshop store`; only what it says itself may end it."""
    result = CliRunner().invoke(app, ["store", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


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
    "as a key": entry(archive({"$": "dict", "v": [[{"$": "x", "t": "sent_along:Kind", "v": {}}, 1]]})),
    "a browser": named("antigravity:x", "other"),
    "the Zen": named("this:d", "other"),
    "tests that run": named("unittest.__main__:x", "other"),
    "the command itself": named("workshop.__main__:x", "other"),
    "the command itself as a class": named("workshop.__main__:app"),
    "a module of ours with doors": named("workshop.execution.cluster.parcels:Parcel"),
    "a message between processes": named("workshop.execution.calling:Call"),
    "a library's class": named("dataclasses:Field"),
    "a chapter's folder": named("workshop.chapters.ch02_neural_networks:x"),
    "beyond a chapter's module": named("workshop.chapters.ch02_neural_networks.ex01_perceptron.os:path"),
    "what a chapter imports": named("workshop.training.first_steps:Any"),
    "a relative name": named(".sent_along:Kind"),
    "a path": named("../work/sent_along:Kind"),
    "no name": named(""),
    "a number as name": entry(archive({"$": "dataclass", "t": 7, "v": {}})),
    "a list as kind": named("sent_along:Kind", ["dataclass"]),
    "no kind": entry(archive({"t": "sent_along:Kind", "v": {}})),
    "a deep structure": entry(archive(b"[" * 100_000)),
    "deep tuples": entry(archive(b'{"$":"tuple","v":[' * 5000 + b"]}" * 5000)),
    "long numbers": entry(archive(b"9" * 10_000)),
    "a pickle": entry(archive({"$": "array", "i": 0}, a0=npy(np.array([print], dtype=object)))),
    "an array many times": entry(archive([{"$": "array", "i": 0}] * 20_000, a0=npy(np.zeros(100_000)))),
    "no such array": entry(archive({"$": "array", "i": 0})),
    "an endless array": entry(archive({"$": "array", "i": 0}, a0=header("(1000000000000000,)"))),
    "a zip bomb": entry(archive([{"$": "array", "i": 0}], compression=zipfile.ZIP_DEFLATED, a0=npy(np.zeros(10**6)))),
    "no archive": entry(b"nothing"),
    "an array alone": entry(npy(np.zeros(3))),
    "seconds of 400 digits": entry(seconds="1" * 400),
    "seconds of 5000 digits": entry(seconds="1" * 5000),
    "seconds before": entry(seconds="-1"),
    "no seconds": entry(seconds="NaN"),
    "endless seconds": entry(seconds="Infinity"),
    "a list of seconds": entry(seconds="[1]"),
    "a head of brackets": sealed(b"[" * 100_000 + b"\n" + WHOLE),
    "a head that is a list": sealed(b"[]\n" + WHOLE),
    "no head": sealed(b""),
    "another fingerprint": entry(key="cd" + "0" * 38),
    "a wrong checksum": b"0" * 64 + entry()[64:],
    "half": entry()[:100],
    "nothing": b"",
}  # fmt: skip


@pytest.mark.parametrize("case", CONTENTS)
def test_an_evil_content_is_refused_by_name(case: str, shared: Path, here: Store) -> None:
    """The five sound entries are pulled, and nothing that the evil one names is imported."""
    (shared / "ab").mkdir()
    (shared / PLACE).write_bytes(CONTENTS[case])
    before = set(sys.modules)

    result = run("pull", str(shared))

    assert result.stdout == "5 outcomes pulled, 0 were there, 1 refused\n"
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert f"{PLACE} is refused: " in result.stderr
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
    assert stored(here) == GOOD


def stored(store: Store) -> list[str]:
    """Return the fingerprints in a store."""
    return sorted(path.stem for path in store.folder.glob("*/*.outcome"))


def sparse(path: Path) -> None:
    """Write a file that takes no room and is too large to be read."""
    with path.open("wb") as file:
        file.truncate(100 * 10**9)


def link(target: str) -> Callable[[Path], None]:
    """Return what makes a link to a target."""
    return lambda path: path.symlink_to(target)


FILES: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "a folder": (PLACE, Path.mkdir),
    "a dangling link": (PLACE, link("nowhere")),
    "a loop of links": (PLACE, link(f"{KEY}.outcome")),
    "an endless device": (PLACE, link("/dev/zero")),
    "a file of ours": (PLACE, link("/etc/hostname")),
    "a pipe": (PLACE, os.mkfifo),
    "a pipe with another name": ("00/x.outcome", os.mkfifo),
    "an endless device with another name": ("00/x.outcome", link("/dev/zero")),
    "100 GB": (PLACE, sparse),
    "100 GB with another name": ("ab/ab.outcome", sparse),
    "a name of another folder": (f"cd/{KEY}.outcome", lambda path: path.write_bytes(entry())),
    "a name with colours": ("ab/\x1b[31mred.outcome", lambda path: path.write_bytes(entry())),
    "a name that turns round": ("ab/\u202etxt.outcome", lambda path: path.write_bytes(entry())),
    "a name of bytes": ("ab/\udcff.outcome", lambda path: path.write_bytes(entry())),
}


@pytest.mark.parametrize("case", FILES)
def test_an_odd_file_costs_a_line(case: str, shared: Path, here: Store) -> None:
    """It is refused by name, and neither waited for nor read whole; `merge` pushes all the same."""
    name, make = FILES[case]
    (shared / name).parent.mkdir(exist_ok=True)
    make(shared / name)
    here.put("e" * 40, Stepped(1, ()), seconds=1.0)

    result = run("merge", str(shared))

    assert result.stdout == "5 outcomes pulled, 0 were there, 1 refused\n1 outcomes pushed, 5 were there\n"
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert " is refused: " in result.stderr
    assert result.stderr.rstrip("\n").isprintable()
    assert stored(here) == [*GOOD, "e" * 40]
    assert (shared / "ee" / f"{'e' * 40}.outcome").is_file()


@pytest.mark.parametrize("name", [PLACE, "ab"])
def test_what_another_user_alone_may_read_costs_a_line(
    name: str, shared: Path, here: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry or a folder of mode 0600; root may read them, so the system's answer is made here."""
    (shared / "ab").mkdir()
    (shared / PLACE).write_bytes(entry())

    def refusing(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *arguments: Any, **options: Any) -> Any:
            if str(path) == str(shared / name):
                raise PermissionError(13, "Permission denied", str(path))
            return function(path, *arguments, **options)

        return call

    monkeypatch.setattr(os, "open", refusing(os.open))
    monkeypatch.setattr(os, "listdir", refusing(os.listdir))
    monkeypatch.setattr(os, "scandir", refusing(os.scandir))

    result = run("pull", str(shared))

    assert result.stdout == "5 outcomes pulled, 0 were there, 1 refused\n"
    why = "permission denied" if name == PLACE else "its folder can't be listed"
    assert why in result.stderr


def test_a_pull_in_its_own_process_runs_nothing(shared: Path) -> None:
    """`python -m workshop` finds modules of the working folder; the command is a module, too."""
    for number, kind in enumerate(["sent_along:Kind", "antigravity:x", "workshop.__main__:x"]):
        key = f"f{number}".ljust(40, "0")
        path = shared / key[:2] / f"{key}.outcome"
        path.parent.mkdir()
        path.write_bytes(entry(archive({"$": "other", "t": kind, "v": {}}), key=key))
    Path("br").write_text("#!/bin/sh\ntouch ran\n")
    Path("br").chmod(0o755)
    package = str(Path(__file__).parents[2])

    result = subprocess.run(
        [sys.executable, "-m", "workshop", "store", "pull", str(shared)],
        capture_output=True, text=True, check=False,
        env=os.environ | {"BROWSER": "./br", "PYTHONPATH": package},
    )  # fmt: skip

    assert result.stdout == "5 outcomes pulled, 0 were there, 3 refused\n"
    assert not Path("ran").exists()


def test_importing_the_command_starts_nothing() -> None:
    """Its module is run by `python -m workshop` alone."""
    result = subprocess.run(
        [sys.executable, "-c", "import workshop.__main__"], capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


DAMAGE: dict[str, Callable[[Path], Any]] = {
    "half": lambda path: path.write_bytes(path.read_bytes()[:100]),
    "a dangling link": lambda path: (path.unlink(), path.symlink_to("nowhere")),
    "a pipe": lambda path: (path.unlink(), os.mkfifo(path)),
}


@pytest.mark.parametrize("how", ["push", "merge"])
@pytest.mark.parametrize("case", DAMAGE)
def test_a_push_replaces_a_damaged_entry(case: str, how: str, shared: Path, here: Store) -> None:
    """So that the next pull elsewhere is sound again; the others are left alone."""
    run("pull", str(shared))
    damaged = shared / "00" / f"{GOOD[0]}.outcome"
    DAMAGE[case](damaged)

    result = run(how, str(shared))

    assert result.stdout.splitlines()[-1] == "0 outcomes pushed, 4 were there, 1 replaced"
    assert result.exit_code == 0
    assert f"00/{GOOD[0]}.outcome was damaged there and is replaced: " in result.stderr
    assert damaged.is_file()
    assert not damaged.is_symlink()
    assert Store(shared).get(GOOD[0]) == here.get(GOOD[0]) is not None
    assert run("pull", str(shared)).stdout == "0 outcomes pulled, 5 were there\n"


def test_a_push_never_writes_through_a_link(tmp_path: Path, shared: Path, here: Store) -> None:
    """An entry that is a link is replaced, not followed; of a folder that is one, a line says so."""
    run("pull", str(shared))
    mine = tmp_path / "mine"
    mine.write_text("my own")
    entry_there = shared / "00" / f"{GOOD[0]}.outcome"
    entry_there.unlink()
    entry_there.symlink_to(mine)
    (tmp_path / "my folder").mkdir()
    (shared / "ee").symlink_to(tmp_path / "my folder")
    here.put("e" * 40, Stepped(1, ()), seconds=1.0)

    result = run("push", str(shared))

    assert result.stdout == "0 outcomes pushed, 4 were there, 1 replaced, 1 refused\n"
    assert "is refused: it can't be written: its folder is a link" in result.stderr
    assert mine.read_text() == "my own"
    assert list((tmp_path / "my folder").iterdir()) == []


def test_a_folder_in_the_place_of_an_entry_is_left(shared: Path) -> None:
    """Nobody knows what is in it; the push says so and goes on."""
    run("pull", str(shared))
    there = shared / "00" / f"{GOOD[0]}.outcome"
    there.unlink()
    there.mkdir()

    result = run("push", str(shared))

    assert result.stdout == "0 outcomes pushed, 4 were there, 1 refused\n"
    assert "it can't be written: " in result.stderr
    assert there.is_dir()


PUSH = """
import os, sys
import workshop.cli.store, workshop.execution.cluster.shared_store, workshop.execution.store
from workshop.cli.app import app
if "://" in sys.argv[1]:
    import fsspec.implementations.local
for _ in range(4):
    if not os.fork():
        app(["store", "push", sys.argv[1]])
print(*[os.wait()[1] for _ in range(4)])
"""


@pytest.mark.parametrize("kind", ["folder", "address"])
def test_many_push_at_once(kind: str, tmp_path: Path, here: Store) -> None:
    """Four processes push the same 20 entries to one place; none fails and all is whole."""
    if kind == "address":
        pytest.importorskip("fsspec")
    signal.alarm(10 * SECONDS)
    for number in range(20):
        here.put(f"{number:02x}" + "0" * 38, Stepped(np.zeros(1000), ()), seconds=1.0)
    folder = tmp_path / "there"
    place = str(folder) if kind == "folder" else folder.as_uri()
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}

    result = subprocess.run(
        [sys.executable, "-c", PUSH, place], capture_output=True, text=True, check=False, env=environment
    )

    assert result.stdout.splitlines()[-1:] == ["0 0 0 0"], result
    assert len(list(folder.glob("*/*"))) == 20
    assert run("pull", place).stdout == "0 outcomes pulled, 20 were there\n"


def test_writers_at_an_address_use_names_of_their_own(tmp_path: Path) -> None:
    """Whatever another one does meanwhile with its own part."""
    pytest.importorskip("fsspec")
    shelf = AddressShelf(tmp_path.as_uri())
    parts: list[str] = []
    files = shelf._files
    real = type(files).pipe_file

    def meanwhile(path: str, content: bytes) -> None:
        parts.append(path)
        if len(parts) == 1:
            shelf.write(PLACE, b"the other's")
        real(files, path, content)

    files.pipe_file = meanwhile
    try:
        shelf.write(PLACE, b"mine")
    finally:
        del files.pipe_file

    assert len(set(parts)) == 2
    assert [path.read_bytes() for path in tmp_path.glob("ab/*")] == [b"mine"]


UNUSABLE = {
    "a folder that is not there": ("pull", "nowhere", "is not there"),
    "a device": ("pull", "/dev/null", "is not there"),
    "merge with what is not there": ("merge", "nowhere", "is not there"),
    "an address that is not there": ("pull", "file:///nowhere/at/all", "is not there"),
    "an empty variable": ("push", "", "has no name"),
    "blanks": ("pull", "  ", "has no name"),
    "no kind": ("push", "://", "is not an address"),
    "no place": ("push", "s3://", "is not an address"),
    "one slash": ("push", "s3:/bucket/x", "is not an address"),
    "this process alone": ("push", "memory://x", "no other machine"),
    "a reference": ("pull", "reference://x", "no other machine"),
    "data": ("pull", "data://x", "no other machine"),
    "an unknown kind": ("pull", "nothing://x", "nothing://x: "),
}  # fmt: skip


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_place_that_is_none_is_one_line(case: str, here: Store) -> None:
    """Nothing is made in the working folder."""
    if "://" in UNUSABLE[case][1]:
        pytest.importorskip("fsspec")
    here.put(GOOD[0], Stepped(1, ()), seconds=1.0)
    before = sorted(Path().iterdir())
    command, place, why = UNUSABLE[case]

    result = run(command, place)

    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert why in result.stderr
    assert sorted(Path().iterdir()) == before


def test_a_store_that_is_only_read_can_be_pushed(
    tmp_path: Path, here: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of another user; root may write everywhere, so the system's answer is made here."""
    here.put(GOOD[0], Stepped(1, ()), seconds=1.0)
    real = os.open

    def read_only(path: Any, flags: int, *arguments: Any, **options: Any) -> int:
        if flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR) and str(path).startswith(str(here.folder)):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, flags, *arguments, **options)

    monkeypatch.setattr(os, "open", read_only)

    assert run("push", str(tmp_path / "there")).stdout == "1 outcomes pushed, 0 were there\n"
    assert run("pull", str(tmp_path / "there")).exit_code == 2


def test_without_a_store_there_is_nothing_to_push(tmp_path: Path) -> None:
    """The line says what to do."""
    result = run("push", str(tmp_path / "there"))

    assert result.exit_code == 2
    assert "here is not there: run `workshop verify` first" in result.stderr
    assert not (tmp_path / "there").exists()
