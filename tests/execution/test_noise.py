"""What libraries write to standard error is kept out of the terminal; messages of ours come through."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from workshop.execution import noise


def test_the_descriptor_is_redirected_and_restored(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written to descriptor 2 meanwhile can be read from a mark on, and is not shown."""
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


def test_an_exception_shows_what_was_written(capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever ends the run with an exception, its last lines are there."""
    with pytest.raises(ValueError, match="no"), noise.hushed():  # noqa: PT012
        os.write(2, b"\n".join(b"%d" % number for number in range(100)))
        raise ValueError("no")

    assert sys.stderr is not None
    err = capfd.readouterr().err
    assert "99" in err
    assert "79" not in err.split()


def test_nothing_is_redirected_without_a_place_for_temporary_files(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run goes on, with the noise."""

    def full() -> str:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(noise, "tempfile", SimpleNamespace(gettempdir=full))
    with noise.hushed():
        os.write(2, b"noise\n")

    assert capfd.readouterr().err == "noise\n"


KILLED = """
import os, signal
from workshop.execution.noise import Noise
kept = Noise()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_what_a_killed_process_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is killed before a worker opens the file; the next run removes it, and none of a living process."""
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
