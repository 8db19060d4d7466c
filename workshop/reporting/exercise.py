"""What Python and notebooks show of an exercise: its check, its figures, and a bar while it trains."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from tempfile import NamedTemporaryFile
from typing import Literal, TextIO

from workshop.figures.drawing import STYLE, html
from workshop.figures.model import Figure
from workshop.statistics.own_number import State
from workshop.wording.numbers import counted
from workshop.wording.words import WORD_OF


@dataclass(frozen=True)
class CheckRow:
    """A claim, what the book says, what was measured, and the verdict on the book with its reason.

    `what` : what the claim is of, in words. `reason` is in the engine's words, and `why` in a reader's, ""
    where the claim holds. `state` and `answer` are those of `workshop check` on what was measured. On a
    reader's own data there is no verdict.
    """

    claim: str
    book: str
    mine: str
    verdict: str
    reason: str
    what: str
    why: str = ""
    state: State | Literal[""] = ""
    answer: str = ""

    @property
    def said(self) -> str:
        """What is said of it in short: its sign, and the answer on its number, or else the verdict."""
        return f"{self.state} {self.answer or WORD_OF[self.verdict].name}" if self.verdict else ""


class Check(tuple[CheckRow, ...]):
    """The claims of an exercise, decided on one run; none is decided on a reader's own data."""

    __slots__ = ()

    def __repr__(self) -> str:
        rows = [
            ("what", "yours", "book", "answer"),
            *((r.what, r.mine, r.book, r.said) for r in self._measured()),
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        return "\n".join([*self._notes(), *lines, *self._left()])

    def _repr_html_(self) -> str:
        rows = [(r.what, r.mine, r.book, r.said, r.why) for r in self._measured()]
        notes, left = (
            "".join(f"<p>{escape(line)}</p>" for line in its) for its in (self._notes(), self._left())
        )
        return notes + table(("what", "yours", "book", "answer", "why"), rows) + left

    def _measured(self) -> list[CheckRow]:
        """Return the rows of what this run measured."""
        return [row for row in self if row.mine]

    def _notes(self) -> list[str]:
        """Return why there are no verdicts, if there are none."""
        return sorted({f"{row.reason}: no verdict on the book" for row in self if not row.verdict})

    def _left(self) -> list[str]:
        """Return how many results this run did not measure, if any."""
        left = len(self) - len(self._measured())
        return [f"{counted(left, 'result')} of the book not measured by this run"] if left else []


class Plots(tuple[Figure, ...]):
    """Figures as data, which a notebook shows; `html` has them as a text, and `print` writes it to a file."""

    __slots__ = ()

    def __repr__(self) -> str:
        lines = (f"{figure.title}: {figure.alt}" for figure in self)
        return "\n".join(lines) or "no figures: it has none, or its trainings made only first steps"

    def __str__(self) -> str:
        """Write the figures to a page, and say where it is."""
        if not self:
            return repr(self)
        with NamedTemporaryFile(
            "w", encoding="utf-8", prefix="workshop-", suffix=".html", delete=False
        ) as page:
            page.write(f"<!doctype html><meta charset=utf-8>{self.html}")
        return f"{counted(len(self), 'figure')}: {page.name}"

    @property
    def html(self) -> str:
        """The figures with their titles as HTML, or the lines that say why there is none; "" without any."""
        titles = (figure.title if figure.parts else f"{figure.title}: {figure.alt}" for figure in self)
        drawn = (
            f"<figure><figcaption><b>{escape(title)}</b></figcaption>{html(figure)}</figure>"
            for title, figure in zip(titles, self, strict=True)
        )
        return f"<style>{STYLE}</style>{''.join(drawn)}" if self else ""

    def _repr_html_(self) -> str:
        return self.html


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table as HTML, with a head and rows of texts."""

    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(f"<{tag} style='text-align: left'>{escape(cell)}</{tag}>" for cell in row)

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells('th', head)}</tr></thead><tbody>{body}</tbody></table>"


class Bar:
    """A bar with the loss; `steps` is the number of iterations, if there are no epochs.

    `stream` returns the stream to write to.
    """

    _WIDTH = 24

    def __init__(self, name: str, steps: int, stream: Callable[[], TextIO]) -> None:
        self._name = name
        self._steps = steps
        self._stream = stream
        self._line = ""
        self._last = 0.0

    def __call__(self, done: int, of: int, loss: float) -> None:
        """Show that an epoch or iteration is done, ten times a second at most."""
        if time.monotonic() < self._last + 0.1 and done < (of or self._steps):
            return
        self._last = time.monotonic()
        word, of = ("epoch", of) if of else ("iteration", self._steps)
        filled = "━" * (self._WIDTH * min(done, of) // of) if of else ""
        self._show(f"{self._name}  {filled:╌<{self._WIDTH}}  {word} {done:,} of {of:,}  loss {loss:.4g}")

    def _show(self, line: str, end: str = "") -> None:
        self._stream().write(f"\r{line:<{len(self._line)}}{end}")
        self._stream().flush()
        self._line = line

    def __enter__(self) -> None:
        self._show(f"{self._name} ...")

    def __exit__(self, *_: object) -> None:
        self._show(self._line.replace(" ...", ": done"), "\n")
