"""Untrusted text made safe to print: a terminal would obey its control characters.

This module keeps to Python 3.7, because it is used where units run.
"""

from __future__ import annotations

import re

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


def printable(text: str) -> str:
    """Return text without a terminal's commands, and with other invisible characters as escapes."""
    return _UNSEEN.sub(lambda found: ascii(found[0])[1:-1], _COMMANDS.sub("", text))


def one_line(text: str) -> str:
    """Return printable text on one line, with escapes for line ends and tabs."""
    return printable(text).replace("\n", "\\n").replace("\t", "\\t")
