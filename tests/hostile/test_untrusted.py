"""Terminal commands are removed from untrusted text."""

import sys
from pathlib import Path

import pytest

from tests.hostile.limits import cpu_limit
from workshop.untrusted import enter, one_line, outside, printable, working_folder

# text, what is printed
WRITTEN = [
    ("\x1b]0;title\x07a", "a"),
    ("\x1b]8;;https://x.example\x1b\\link\x1b]8;;\x1b\\", "link"),
    ("\x1b[1mbold\x1b[0m", "bold"),
    ("\x1b[38;2;1;2;3mred", "red"),
    ("\x9b31mred \x9d0;t\x9cok", "red ok"),
    ("\x1bPq#0\x1b\\z", "z"),
    ("\x1b(Bq\x1bcr", "qr"),
    ("\x1b]0;without an end", "0;without an end"),
    ("\x1b", "\\x1b"),
    ("over\rwritten\b\x00", "over\\rwritten\\x08\\x00"),
    ("\u202egnp.exe\u2066\u200f", "\\u202egnp.exe\\u2066\\u200f"),
    ("a\u2028b\x85", "a\\u2028b\\x85"),
    ("half \ud800", "half \\ud800"),
    ("tab\tand\nline", "tab\tand\nline"),
    ("[red]é – ✓ 日本 👩\u200d🚀\\", "[red]é – ✓ 日本 👩\u200d🚀\\"),
]


@pytest.mark.parametrize(("text", "printed"), WRITTEN)
def test_no_command_is_printed(text, printed):
    assert printable(text) == printed
    assert printable(printed) == printed
    assert one_line(text) == printed.replace("\n", "\\n").replace("\t", "\\t")


@pytest.mark.parametrize(
    "begun", ["\x1b]0;", "\x1b[1", "\x9d", "\x90", "\x9b", "\x1b", "\x1bP\x1b", "\x1b]\x9c\x1b"]
)
def test_commands_without_an_end_are_gone_over_once(begun):
    with cpu_limit(2):
        printed = printable(begun * (500_000 // len(begun)))

    assert "\x1b" not in printed


def test_processes_start_outside_the_working_folder_which_may_be_gone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with outside(working_folder()):
        assert Path.cwd() == Path(sys.executable).parent
    assert working_folder() == str(tmp_path)
    gone = tmp_path / "gone"
    gone.mkdir()
    enter(str(gone))
    gone.rmdir()
    assert working_folder() == ""
    enter("")
    enter(str(tmp_path))
    assert working_folder() == str(tmp_path)
