"""Previews of two values: the first place where they differ is seen."""

from __future__ import annotations

from typing import Any

import pytest

from workshop.reporting.report.previews import side_by_side

WORDS = [f"word{i}" for i in range(20)]
FIGURES = {"plane": [0.25] * 20, "sizes": [4, 4]}
TEXT = "one sentence that is quoted whole, and another one that ends"
# printed, other, and the previews of both in 44 characters
PREVIEWS: list[tuple[Any, Any, str, str]] = [
    ([1, 2], [1, 3], "[1, 2]", "[1, 3]"),
    (WORDS, [*WORDS[:9], "new", *WORDS[10:]],
     "… word6, word7, word8, word9, word10, …", "… word6, word7, word8, new, word10, word11 …"),
    (WORDS, WORDS[:9] + WORDS[10:],
     "… word6, word7, word8, word9, word10, …", "… word6, word7, word8, word10, word11, …"),
    (WORDS, WORDS[:-1], "… word16, word17, word18, word19]", "… word16, word17, word18]"),
    (["other", *WORDS], WORDS,
     "[other, word0, word1 … word18, word19]", "[word0, word1, word2 … word18, word19]"),
    (WORDS, WORDS, *["[word0, word1, word2 … word18, word19]"] * 2),
    (FIGURES, {**FIGURES, "sizes": [1, 1]}, "… 0.25, 0.25], sizes: [4, 4]}", "… 0.25, 0.25], sizes: [1, 1]}"),
    # neither the order of keys is a difference, nor what the printed digits round
    (FIGURES, {"sizes": [1, 1], "plane": [0.2512] * 20},
     "… 0.25, 0.25], sizes: [4, 4]}", "… 0.2512], sizes: [1, 1]}"),
    (FIGURES, dict(reversed(FIGURES.items())), *["{plane: [0.25, 0.25, … sizes: [4, 4]}"] * 2),
    ([1] * 20, [1] * 19 + [0.75], "… 1, 1, 1, 1, 1, 1, 1, 1]", "… 1, 1, 1, 1, 1, 1, 1, 0.75]"),
    (TEXT, TEXT.replace("another", "no other"),
     "… is quoted whole, and another one that …", "… is quoted whole, and no other one that …"),
    ({"a": WORDS[:4], "name_of_a_number": 1, "b": 2}, {"a": WORDS[:4], "name_of_a_number": 3, "b": 2},
     "… name_of_a_number: 1, b: 2}", "… name_of_a_number: 3, b: 2}"),
    ({"n" * 90: 1, "b": 2}, {"n" * 90: 3, "b": 2}, "… 1, b: 2}", "… 3, b: 2}"),
    ({"a": WORDS[:4], f"long_{'n' * 20}": 1}, {"a": WORDS[:4], f"long_{'n' * 20}": 3},
     "… long_nnnnnnnnnnnnnnnnnnnn: 1}", "… long_nnnnnnnnnnnnnnnnnnnn: 3}"),
    ("0123456789" * 5, "0123456789" * 2 + "x" + "0123456789" * 3,
     "0123456789012345678901234567890123456789 …", "01234567890123456789x0123456789012345678 …"),
    ("0123456789" * 9, "0123456789" * 8 + "x",
     "… 7890123456789012345678901234567890123456 …", "… 789012345678901234567890123456789x"),
    ([], WORDS, "[]", "[word0, word1, word2 … word18, word19]"),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "other", "left", "right"), PREVIEWS)
def test_previews(printed: Any, other: Any, left: str, right: str) -> None:
    """What is short is whole; else both begin so that the first place where they differ is in sight."""
    assert side_by_side(printed, other, 44) == (left, right)


@pytest.mark.parametrize("limit", [44, 240])
def test_the_difference_is_seen_wherever_it_is(limit: int) -> None:
    """At every place of a long list the other word begins in sight, and no preview is over its limit."""
    words = [f"w{i}" for i in range(200)]
    for place in range(len(words)):
        printed, other = side_by_side(words, [*words[:place], "NEW", *words[place + 1 :]], limit)

        assert "N" in other
        assert printed[: other.index("N") + 1] == other[: other.index("N")] + "w"
        assert max(len(printed), len(other)) <= limit


def test_a_long_preview_shows_little_beside_a_difference() -> None:
    """However much room there is, a difference far inside is shown with at most half a line around it."""
    printed, other = side_by_side(
        [f"w{i}" for i in range(200)], [f"w{i}" for i in range(200) if i != 99], 240
    )

    assert printed.startswith("… w90, w91, ")
    assert "w98, w99, w100" in printed
    assert "w98, w100" in other
    assert len(other) <= 90
