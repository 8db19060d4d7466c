"""A terminal of any width: `COLUMNS=0` of a CI shell, a window of one column, and one without an end."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

import pytest

from tests.toy.commands import invoke

WIDTHS = (0, 1, 11, 99_999_999)
COMMANDS = (
    ["list", "ch01"],
    ["show", "5.04"],
    ["show", "5.04.test_rmse", "--mine", "0.05"],
    ["errata", "ch03"],
    ["check", "mine.csv"],
    ["data", "list"],
    ["verify", "ch01.text01", "--offline", "--no-store", "--jobs", "1"],
    ["--help"],
)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_every_command_works_at_any_width(words, width, shared_cache, tmp_path, monkeypatch):
    """Lines are those of 40 columns where there are fewer.

    The shortest answer is 44 characters: `show --mine` without the data of the naive forecast.
    """
    monkeypatch.setenv("WORKSHOP_CACHE", str(shared_cache))
    monkeypatch.delenv("WORKSHOP_MIRROR", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", str(width))
    (tmp_path / "mine.csv").write_text("ch02.ex04.accuracy,0.93\n5.04.test_rmse,50\n", "utf-8")
    result = invoke(*words)

    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.exit_code in {0, 1}
    assert len(result.output) > (40 if "--mine" in words else 50)


@pytest.mark.parametrize("columns", [0, pytest.param(1, marks=pytest.mark.nightly), 5])
def test_a_narrow_window_is_one_of_40_columns(columns, shared_cache):
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    with subprocess.Popen(
        [sys.executable, "-m", "workshop", "show", "5.04.test_rmse"],
        env={**environment, "TERM": "xterm", "WORKSHOP_CACHE": str(shared_cache)},
        stdin=there, stdout=there, stderr=there,
    ) as process:  # fmt: skip
        os.close(there)
        written = b""
        while block := _read(here):
            written += block
        code = process.wait()
    os.close(here)

    assert code == 0, written
    assert b"Traceback" not in written
    assert len(written.splitlines()) > 5


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 65536)
    except OSError:  # the other side is closed
        return b""
