"""Untrusted text made safe to print, and a working folder whose modules are not imported.

A terminal would obey a text's control characters. This module keeps to Python 3.7, because it is used where
units run.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from pathlib import Path
from typing import Iterator

# a terminal's commands: colours and similar, titles and links, single letters; no text in a command begins
# another, so that a text of commands without an end is gone over once
_COMMANDS = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
# control characters except tab and end of line; changes of the text's direction; halves of characters
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)

# Python puts the working folder first on the path (only from 3.11 on it has `-P`); `sys`, which is built in,
# takes it off before anything else is imported
_START = """import sys
sys.path[:] = [path for path in sys.path if path]
import runpy
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)"""


def run_module(module: str) -> list[str]:
    """Return the arguments by which a Python runs a module, and imports nothing of the working folder."""
    return ["-c", _START, module]


@contextlib.contextmanager
def outside(folder: str) -> Iterator[None]:
    """Start processes of `multiprocessing`, which import of their folder first, where our own command lies.

    Then this process is in its working folder again, "" for one that is gone.
    """
    os.chdir(str(Path(sys.executable).parent))
    try:
        yield
    finally:
        enter(folder)


def working_folder() -> str:
    """Return the folder of this process, "" if it is gone."""
    try:
        return str(Path.cwd())
    except OSError:
        return ""


def enter(folder: str) -> None:
    """Change into a working folder, if it is there."""
    with contextlib.suppress(OSError):
        os.chdir(folder)


def printable(text: str) -> str:
    """Return text without a terminal's commands, and with other invisible characters as escapes."""
    return _UNSEEN.sub(lambda found: ascii(found[0])[1:-1], _COMMANDS.sub("", text))


def one_line(text: str) -> str:
    """Return printable text on one line, with escapes for line ends and tabs."""
    return printable(text).replace("\n", "\\n").replace("\t", "\\t")
