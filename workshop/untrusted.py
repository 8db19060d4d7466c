"""Text that others wrote, made safe to print: a terminal obeys the control characters in it.

It keeps to Python 3.7, because units are called with it there.
"""

from __future__ import annotations

import re

# a terminal's commands: colours and the like, titles and links, single letters
_COMMANDS = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[]PX^_]|[\x90\x98\x9d-\x9f]).*?(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]",
    re.DOTALL,
)
# control characters but tab and end of line; what turns the direction of text; halves of characters
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


def printable(text: str) -> str:
    """Return text without a terminal's commands, and with other characters that nobody sees as escapes."""
    return _UNSEEN.sub(lambda found: ascii(found[0])[1:-1], _COMMANDS.sub("", text))


def one_line(text: str) -> str:
    """Return printable text on one line, such as a path, of which no character is lost."""
    return printable(text).replace("\n", "\\n").replace("\t", "\\t")
