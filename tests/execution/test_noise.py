"""What libraries write to standard error is kept out of the terminal; messages of ours come through."""

from __future__ import annotations

import os
import sys

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

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)
    with noise.hushed():
        os.write(2, b"noise\n")

    assert capfd.readouterr().err == "noise\n"
