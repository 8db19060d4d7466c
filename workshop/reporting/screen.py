"""Lines for a terminal: wrapped between words at its width, coloured, with signs that its encoding has."""

from __future__ import annotations

import contextlib
import re
import textwrap
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.segment import Segment, Segments
from rich.text import Text

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
        self._kept: list[Segment] | None = None
        self._signs = all(self._can_show(word.sign) for word in WORDS)

    def sign(self, word: Word) -> str:
        """Return a verdict's sign, or its ASCII sign where the encoding can't show all the others."""
        return word.sign if self._signs else word.ascii

    def plain(self, text: str) -> str:
        """Return a text without a terminal's commands, and with substitutes for what can't be shown."""
        if text.isascii() and text.isprintable():  # most texts
            return text
        text = printable(text)
        if self._can_show(text):
            return text
        return "".join(c if self._can_show(c) else _ASCII.get(c, c) for c in text)

    def line(self, *spans: Span, wrapped: bool = False) -> None:
        """Print one line as it is, or wrapped between words."""
        pairs = [(span, "") if isinstance(span, str) else span for span in spans]
        shown = [(self.plain(words), style) for words, style in pairs]
        if self._kept is not None and not wrapped and not any("\t" in words for words, _ in shown):
            self._keep(shown)
            return
        text = Text()
        for words, style in shown:
            text.append(words, style)
        text.rstrip()
        start = 0
        for line in self.wrap(text.plain, self.width) if wrapped else [text.plain]:
            start = text.plain.index(line, start)
            part = text[start : start + len(line)] if wrapped else text
            if self._kept is not None and "\t" not in part.plain:
                self._kept += part.render(self.console, end="\n")
                continue
            self._print_kept()
            self.console.print(part, soft_wrap=True, highlight=False, markup=False, emoji=False)

    def _keep(self, spans: Sequence[tuple[str, str]]) -> None:
        """Keep a line for the end of `together`, without the spaces at its end."""
        assert self._kept is not None
        end = len("".join(words for words, _ in spans).rstrip())
        for words, style in spans:
            if end > 0:
                self._kept.append(Segment(words[:end], self.console.get_style(style) if style else None))
            end -= len(words)
        self._kept.append(Segment("\n"))

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Print the lines of this context at its end, which takes a tenth of the time."""
        self._kept = []
        try:
            yield
        finally:
            self._print_kept()
            self._kept = None

    def _print_kept(self) -> None:
        if self._kept:
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
