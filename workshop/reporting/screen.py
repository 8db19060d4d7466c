"""Lines for a terminal: wrapped between words at its width, coloured, with signs that its encoding has."""

from __future__ import annotations

import contextlib
import re
import textwrap
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.segment import Segment, Segments

from workshop.untrusted import printable
from workshop.wording.words import WORDS, Word

# a terminal may be of any width, and say that it has 0 columns
LEAST_COLUMNS, MOST_COLUMNS = 40, 100
# what stands for characters of ours that an encoding may not have
_ASCII = {
    "…": "..", "·": ".", "–": "-", "—": "-", "─": "-", "→": "->", "≥": ">=", "≤": "<=", "≠": "!=", "±": "+-",
    "×": "x", "◆": "*", "−": "-", "²": "^2", "µ": "u", "’": "'", "“": '"', "”": '"', "∞": "inf",
    "▁": "_", "▂": ".", "▃": ":", "▄": "-", "▅": "=", "▆": "+", "▇": "#", "┴": "+",
}  # fmt: skip

# a command with its arguments: words with a sign or a digit, and names of data sets
_COMMAND = re.compile(
    r"\b(?:workshop|pip) (?:bisect|check|compare|data|errata|install|list|record|report|show|store|upgrade"
    r"|verify)\b"
    r"(?: (?:fetch|list|check|pull|push|merge)\b)?(?: (?:[-\w./=+]*[-_./=\d][-\w./=+]*[\w]|[A-Z]+\b))*"
)
_JOINED = "\0"  # which no printable text has

Span = str | tuple[str, str]  # text, or text and its style


class Screen:
    """A console on which lines are composed; `width` is in columns."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.width = min(max(console.width, LEAST_COLUMNS), MOST_COLUMNS)
        self._encoding = console.encoding
        self._kept, self._together = list[Segment](), False
        self._signs = all(self._can_show(word.sign) for word in WORDS)

    def sign(self, word: Word) -> str:
        """Return a verdict's sign, or its ASCII sign where the encoding can't show all the others."""
        return word.sign if self._signs else word.ascii

    def plain(self, text: str) -> str:
        """Return a text without a terminal's commands, and with substitutes for what can't be shown."""
        if text.isascii() and text.isprintable():  # most texts
            return text
        text = printable(text).expandtabs()
        if self._can_show(text):
            return text
        return "".join(c if self._can_show(c) else _ASCII.get(c, c) for c in text)

    def line(self, *spans: Span, wrapped: bool = False) -> None:
        """Print one line as it is, or wrapped between words, without the spaces at its end."""
        pairs = [(span, "") if isinstance(span, str) else span for span in spans]
        shown = [(self.plain(words), style) for words, style in pairs]
        text, start = "".join(words for words, _ in shown).rstrip(), 0
        for line in self.wrap(text, self.width) if wrapped else [text]:
            start = left = text.index(line, start)  # `left` : where the line begins in the next span
            right = start + len(line)
            for words, style in shown:
                if part := words[max(left, 0) : max(right, 0)]:
                    self._kept.append(Segment(part, self.console.get_style(style) if style else None))
                left, right = left - len(words), right - len(words)
            self._kept.append(Segment("\n"))
        if not self._together:
            self._print_kept()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Print the lines of this context at its end, which takes a tenth of the time."""
        self._together = True
        try:
            yield
        finally:
            self._together = False
            self._print_kept()

    def _print_kept(self) -> None:
        self.console.print(Segments(self._kept), end="", soft_wrap=True)
        self._kept = []

    def paragraph(self, text: str, *, indent: int = 0, style: str = "") -> None:
        """Print a text wrapped between words, each line indented."""
        for line in self.wrap(text, self.width - indent):
            self.line(" " * indent, (line, style))

    def row(self, label: str, text: str, *, indent: int = 2, room: int = 12, style: str = "") -> None:
        """Print a quiet label and a text, wrapped next to it."""
        self.beside(" " * indent, (f"{self.plain(label):<{room}}", "dim"), text=text, style=style)

    def beside(self, *start: Span, text: str, style: str = "", least: int = 1) -> None:
        """Print a text behind what begins its first line, wrapped there, in at least so many columns."""
        begun = sum(len(span if isinstance(span, str) else span[0]) for span in start)
        first, *others = self.wrap(text, max(self.width - begun, least)) or [""]
        self.line(*start, (first, style))
        for line in others:
            self.line(" " * begun, (line, style))

    def rows(self, rows: Sequence[tuple[str, str]], *, indent: int = 2) -> None:
        """Print labels and texts with the texts in one column."""
        room = max((len(label) for label, _ in rows), default=0) + 2
        for label, text in rows:
            self.row(label, text, indent=indent, room=max(room, 12))

    def ends(self, left: Span, right: str, style: str = "") -> None:
        """Print a text on the left and a quiet one on the right edge, below it if both do not fit."""
        words = self.plain(left if isinstance(left, str) else left[0])
        right = self.plain(right)
        gap = self.width - len(words) - len(right)
        if gap >= 2:
            self.line(left, " " * gap, (right, style or "dim"))
        else:
            self.line(left)
            self.line("    ", (right, style or "dim"))

    def wrap(self, text: str, width: int) -> list[str]:
        """Return the lines of a text, broken only between words and not in commands; own lines stay."""
        width = max(width, 1)
        if len(text) <= width and text.isascii() and text.isprintable() and text:  # most texts
            return [text.rstrip()]
        whole = _COMMAND.sub(lambda command: command[0].replace(" ", _JOINED), self.plain(text))
        return [
            line.replace(_JOINED, " ")
            for part in whole.splitlines()
            for line in textwrap.wrap(part, width, break_long_words=False, break_on_hyphens=False) or [""]
        ]

    def _can_show(self, text: str) -> bool:
        try:
            text.encode(self._encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True
