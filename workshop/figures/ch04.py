"""Figures of chapter 4: tables of the words nearest to some words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import zip_longest
from typing import Any

from workshop.figures.panels import ORANGE
from workshop.figures.printed import BOOK, Value
from workshop.figures.registry import Plot, figure
from workshop.ledger.values import is_number
from workshop.wording.numbers import listed

_IN_ORANGE = f' style="color: var(--c1, {ORANGE})"'


def nearest(unit: str, title: str, **headings: str) -> None:
    """Register tables of nearest words, one for each field of the outcome under its heading.

    A field is a list of words and their cosines, the nearest first, (n, 2). The book's list is next to it.
    """
    for name, heading in headings.items():
        figure(unit, name, title=f"{title}: {heading}", printed=Value(f"{unit}.{name}"))(words)


def words(rows: Sequence[Sequence[Any]], printed: Any = None) -> Iterator[Plot]:
    """Draw a table of words and their cosines next to the printed ones."""
    lists = {"this run": rows}
    alt = f"The nearest words are {_first(rows)}."
    if _is_list(printed):
        lists[BOOK] = printed
        alt += f" The book prints {_first(printed)}."
    yield "", alt, ranked_table(lists)


def _is_list(printed: Any) -> bool:
    """Whether the ledger has words and cosines."""
    return isinstance(printed, list) and all(
        isinstance(row, list) and len(row) == 2 and is_number(row[1]) for row in printed
    )


def _first(rows: Sequence[Sequence[Any]]) -> str:
    return listed([f"“{word}”" for word, _ in rows[:3]])


def ranked_table(lists: dict[str, Sequence[Sequence[Any]]]) -> str:
    """Return an HTML table of words and their cosines by rank, the lists side by side under their names."""
    columns = [[(escape(str(word)), f"{cosine:.3f}") for word, cosine in rows] for rows in lists.values()]
    rows = [
        "".join(f"<td>{word}</td><td>{cosine}</td>" for word, cosine in row)
        for row in zip_longest(*columns, fillvalue=("", ""))
    ]
    heads = "".join(
        f'<th scope="colgroup" colspan="2"{_IN_ORANGE if name == BOOK else ""}>{escape(name)}</th>'
        for name in lists
    )
    names = '<th scope="col">word</th><th scope="col">cosine</th>' * len(lists)
    body = "".join(f'<tr><th scope="row">{rank}</th>{row}</tr>' for rank, row in enumerate(rows, 1))
    return (
        '<table class="ranked"><thead>'
        f'<tr><th scope="col" rowspan="2">rank</th>{heads}</tr><tr>{names}</tr>'
        f"</thead><tbody>{body}</tbody></table>"
    )


_KING = "king − man + woman"
nearest("ch04.text12", "Nearest words", animal="animal", happiness="happiness")
nearest("ch04.text13", "Nearest words", king=_KING, uncle="uncle − man + woman")
nearest("ch04.text14", "Nearest words by vectors of 30 numbers", king30=_KING)
nearest("ch04.text16", "Nearest words", cbow="oeuvre, continuous bag of words", sg="oeuvre, skip-gram")
nearest("ch04.text17", "Nearest words by GloVe", money="money", king=_KING)
nearest("ch04.text18", "Nearest words", doctor="doctor − man + woman", smart="smart − man + woman")
nearest("ch04.ex06", "Nearest words", brown_money="money, Brown corpus", movie_money="money, film reviews")
nearest(
    "ch04.act02",
    "Nearest words",
    rabbit_default="rabbit, window of 5",
    rabbit_window2="rabbit, window of 2",
    rabbit_sg="rabbit, skip-gram",
)
