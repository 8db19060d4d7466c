"""Figures of chapter 4: tables of the words nearest to some words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import zip_longest
from typing import Any

from workshop.figures.registry import Plot, figure


def nearest(unit: str, title: str, **headings: str) -> None:
    """Register a table of nearest words: under each heading the list that this field of the outcome has.

    A list has words and their cosines, the nearest first, (n, 2).
    """

    @figure(unit, *headings, title=title)
    def draw(*lists: Sequence[Sequence[Any]]) -> Iterator[Plot]:
        named = dict(zip(headings.values(), lists, strict=True))
        alt = " ".join(
            f"Nearest to {name}: {', '.join(f'{word} {cosine:.3f}' for word, cosine in rows)}."
            for name, rows in named.items()
        )
        yield "", alt, ranked_table(named)


def ranked_table(lists: dict[str, Sequence[Sequence[Any]]]) -> str:
    """Return an HTML table of words and their cosines by rank, the lists side by side under their names."""
    columns = [[(escape(str(word)), f"{cosine:.3f}") for word, cosine in rows] for rows in lists.values()]
    rows = [
        "".join(f"<td>{word}</td><td>{cosine}</td>" for word, cosine in row)
        for row in zip_longest(*columns, fillvalue=("", ""))
    ]
    heads = "".join(f'<th scope="colgroup" colspan="2">{escape(name)}</th>' for name in lists)
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
nearest("ch04.text16", "Nearest words by continuous bag of words", cbow="oeuvre")
nearest("ch04.text16", "Nearest words by skip-gram", sg="oeuvre")
nearest("ch04.text17", "Nearest words by GloVe", money="money", king=_KING)
nearest("ch04.text18", "Nearest words", doctor="doctor − man + woman", smart="smart − man + woman")
nearest(
    "ch04.ex06",
    "Nearest words in two corpora",
    brown_money="money, Brown corpus",
    movie_money="money, film reviews",
)
nearest(
    "ch04.act02",
    "Nearest words under three settings",
    rabbit_default="rabbit, window of 5",
    rabbit_window2="rabbit, window of 2",
    rabbit_sg="rabbit, skip-gram",
)
