"""What libraries write to standard error is kept out of the terminal; messages of ours come through."""

import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from workshop.errors import UsageError
from workshop.execution import noise


def test_the_descriptor_is_redirected_and_restored(capfd, monkeypatch):
    monkeypatch.setattr(sys, "stderr", open(2, "w", buffering=1, closefd=False))  # noqa: SIM115
    with noise.hushed():
        os.write(2, b"before\n")
        size = noise.mark()
        os.write(2, b"oneDNN custom operations are on\n")
        sys.stderr.write("a warning in Python\n")
        assert noise.since(size).splitlines() == ["oneDNN custom operations are on", "a warning in Python"]
        noise.own_stream().write("ours\n")
    os.write(2, b"after\n")

    assert capfd.readouterr().err == "ours\nafter\n"
    assert (noise.mark(), noise.since(0)) == (0, "")


def test_an_exception_shows_what_was_written(capfd):
    with pytest.raises(ValueError, match="no"), noise.hushed():  # noqa: PT012
        os.write(2, b"\n".join(b"%d" % number for number in range(100)))
        raise ValueError("no")

    assert sys.stderr is not None
    assert capfd.readouterr().err.split() == [str(number) for number in range(80, 100)]


def test_only_the_end_of_much_is_read():
    with noise.hushed():
        os.write(2, b"first\n")
        size = noise.mark()
        os.write(2, b"a" * 600_000)
        assert len(noise.since(size)) == 600_000
        os.write(2, b"b" * 600_000)
        assert noise.since(size) == noise.since(0) == "a" * 400_000 + "b" * 600_000


@pytest.mark.parametrize("closes", [False, True])
def test_messages_of_ours_are_shown_at_once(capfd, monkeypatch, closes):
    before = len([*Path("/dev/fd").iterdir()])
    stream = open(2, "w", encoding="ascii", closefd=False)  # noqa: SIM115 - it keeps what is written
    monkeypatch.setattr(sys, "stderr", stream)
    stream.write("before ")
    with noise.hushed():
        stream.write("hidden")
        own = noise.own_stream()
        own.write("ours: \xfc\udc80\n")
        assert capfd.readouterr().err == "before ours: \\xfc\\udc80\n"
        if closes:
            own.close()
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"
    assert noise.own_stream() is stream
    del own
    assert len([*Path("/dev/fd").iterdir()]) == before


def test_a_stream_of_another_kind_gets_messages_itself(monkeypatch):
    with Path(os.devnull).open("w", encoding="utf-8") as file:
        for stream in (io.StringIO(), SimpleNamespace(flush=lambda: None), file):
            monkeypatch.setattr(sys, "stderr", stream)
            with noise.hushed():
                assert noise.own_stream() is stream


def test_nothing_is_redirected_without_a_place_for_temporary_files(capfd, monkeypatch):
    def full() -> str:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(noise, "tempfile", SimpleNamespace(gettempdir=full))
    with noise.hushed():
        os.write(2, b"noise\n")

    assert capfd.readouterr().err == "noise\n"


def test_an_error_of_use_says_all_itself(capfd):
    with pytest.raises(UsageError, match="no"), noise.hushed():  # noqa: PT012
        os.write(2, b"noise\n")
        raise UsageError("no")
    assert capfd.readouterr().err == ""


KILLED = """
import os, signal
from workshop.execution.noise import Noise
kept = Noise()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_what_a_killed_process_left_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(noise, "tempfile", SimpleNamespace(gettempdir=lambda: str(tmp_path)))
    package = str(Path(__file__).parents[2])
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": package}
    killed = subprocess.run([sys.executable, "-c", KILLED], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    left = list(tmp_path.iterdir())
    assert len(left) == 1

    first, second = noise.Noise(), noise.Noise()

    assert sorted(tmp_path.iterdir()) == sorted([first.path, second.path])
    first.close()
    second.close()
    assert list(tmp_path.iterdir()) == []
