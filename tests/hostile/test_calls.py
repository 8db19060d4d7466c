"""Odd calls of the command line: a table of their exit codes and of their one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.toy.commands import invoke
from workshop.verification.engine import Engine

ROOT = Path(__file__).parents[2]
LONG = "x" * 300
RUN = ["verify", "ch09.ex01.losses", "--offline"]


@pytest.fixture
def place(own_place) -> Path:
    """Have a file, a folder and a loop of links."""
    Path("file").write_text("{}")
    Path("folder").mkdir()
    Path("loop").symlink_to("loop")
    Path("dangling").symlink_to("none/cache")
    return own_place


# arguments, what the one line must say; others are in cli/commands.txt
REFUSED = [
    (["verify", "--json", "file/\x1b[31mv.json"], "--json file/v.json: not a directory: "),
    (["list", "\x1b[31m\n"], r"no claim is named '\x1b[31m\n': see `workshop list`"),
    (["show", "x" * 100_000], "see `workshop list`"),
]


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(("arguments", "text"), REFUSED, ids=range(len(REFUSED)))
def test_wrong_calls_are_one_line(arguments, text):
    result = invoke(*arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("workshop: ")
    assert text in line


@pytest.mark.usefixtures("place", "toy_book")
@pytest.mark.parametrize("value", ["abc", "0", "-1", "1.5", "²"])
def test_threads_are_a_number(value, monkeypatch):
    monkeypatch.setenv("WORKSHOP_THREADS", value)

    result = invoke(*RUN)

    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"workshop: WORKSHOP_THREADS={value!r} is not a number of threads")


# environment, further arguments, what the one line must say, "" for none
GO_ON = [
    ({"WORKSHOP_CACHE": "file"}, [], "the cache file: not a directory: the run goes on without it; set "),
    ({"WORKSHOP_CACHE": "loop"}, [], "the cache loop: too many levels of symbolic links: "),
    ({"WORKSHOP_CACHE": "dangling"}, [], ""),
    ({"WORKSHOP_CACHE": "", "HOME": "/proc/none", "XDG_CACHE_HOME": ""}, [], "/proc/none/.cache/workshop: "),
    ({"WORKSHOP_STORE": "file"}, [], "the store file: not a directory: the run goes on without it; set "),
    ({"TMPDIR": "/none"}, [], ""),
    ({"WORKSHOP_THREADS": "2"}, [], ""),
    ({}, ["--jobs", "10000"], ""),
    ({}, ["--seeds", "1000000"], ""),
]


@pytest.mark.usefixtures("place", "toy_book")
@pytest.mark.parametrize(("environment", "more", "text"), GO_ON, ids=range(len(GO_ON)))
def test_runs_go_on_without_store_and_cache(environment, more, text, monkeypatch):
    """A store or a cache that can't be written is named once, and costs nothing but what it would keep."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    result = invoke(*RUN, *more)

    assert result.exit_code == 0
    assert "Nothing disagrees: 1 of 1 results" in result.stdout
    lines = result.stderr.splitlines()
    assert len(lines) == bool(text)
    assert all(line.startswith("workshop: ") and text in line for line in lines)


# shell command (@ is the command line), exit code, what the one line must say, "" for none
STREAMS = [
    ("@ list ch01 > /dev/full", 1, "standard output: no space left on device: send it somewhere else"),
    ("@ list ch01 >&-", 2, "standard output is closed: send it to a file, or to /dev/null"),
    ("PYTHONIOENCODING=latin-1 @ list ch01 > /dev/null", 0, ""),
    ("@ list | head -n 1", 0, ""),
    ("LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 @ verify ch07.text01 --offline > /dev/null", 0, ""),
    ("@ verify ch07.text01 --offline --json v.json > /dev/full; r=$?; test -s v.json && exit $r", 1, ": no"),
    ("@ verify ch07.text01 --offline --json v.json <&- 2>&- > shown; grep -q schema v.json", 0, ""),
]


@pytest.mark.usefixtures("place")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(("command", "code", "text"), STREAMS, ids=range(len(STREAMS)))
def test_standard_streams(command, code, text, shared_cache):
    call = command.replace("@", f"{sys.executable} -m workshop")
    result = subprocess.run(
        ["/bin/sh", "-c", call], capture_output=True, text=True, check=False, timeout=300,
        env=os.environ | {"PYTHONPATH": str(ROOT), "WORKSHOP_CACHE": str(shared_cache)},
    )  # fmt: skip

    assert result.returncode == code, result.stderr
    lines = result.stderr.splitlines()
    assert len(lines) == bool(text)
    assert all(line.startswith("workshop: ") and text in line for line in lines)


@pytest.mark.usefixtures("place")
def test_days_of_computing_are_announced(monkeypatch):
    """Before seeds that would take days are planned, one line says how long they take."""
    monkeypatch.setattr(Engine, "verify", lambda *_: 1 / 0)

    words = ["verify", "ch07.ex04", "--offline", "--seeds", "1000000", "--jobs", "2"]
    result = invoke(*words)

    line = result.stderr.splitlines()[0]
    assert line.startswith("workshop: --seeds 1000000: about ")
    assert line.endswith(" days of computing: ask for fewer, or let it run")


# where, arguments, exit code, what the one line must say
NOWHERE = [
    ("/proc", ["verify", "--json", "r/v.json"], 2, "--json r/v.json: no such file or directory: name a"),
    ("gone", ["verify", "--json", "v.json"], 2, "--json v.json: no such file or directory: name a place"),
    ("gone", ["report"], 2, "there are no results yet: run `workshop verify`, which writes"),
]


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(("where", "arguments", "code", "text"), NOWHERE)
def test_working_directories_without_room(where, arguments, code, text, monkeypatch):
    Path("gone").mkdir()
    monkeypatch.chdir(where)
    if where == "gone":
        Path("../gone").rmdir()

    result = invoke(*arguments)

    assert (result.exit_code, result.stdout) == (code, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("workshop: ")
    assert text in line
