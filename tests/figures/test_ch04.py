"""What the tables of nearest words show."""

from __future__ import annotations

import re

from workshop.figures.ch04 import ranked_table, words

NEAREST = [["cat", 0.91234], ["<dog>", 0.5]]


def test_neighbours_are_ranked_side_by_side() -> None:
    """A row a rank, each list under its name, an empty cell where one is shorter, and words as they are."""
    table = ranked_table({"a": NEAREST, "b & c": NEAREST[:1]})

    rows = [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in re.findall("<tr>(.*?)</tr>", table)]
    assert rows == [
        ["rank", "a", "b &amp; c"],
        ["word", "cosine", "word", "cosine"],
        ["1", "cat", "0.912", "cat", "0.912"],
        ["2", "&lt;dog&gt;", "0.500", "", ""],
    ]


def test_the_printed_list_is_next_to_the_runs() -> None:
    """It has its own columns and head; a value of another form is left out."""
    ((_, alt, table),) = words(NEAREST, printed=[["mouse", 0.75]])
    ((_, _, without),) = words(NEAREST, printed="mouse")

    assert table == ranked_table({"this run": NEAREST, "printed in the book": [["mouse", 0.75]]})
    assert "var(--c1, " in table
    assert alt == "The nearest words are “cat” and “<dog>”. The book prints “mouse”."
    assert without == ranked_table({"this run": NEAREST})
