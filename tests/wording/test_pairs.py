"""Numbers, measured values, versions and two values side by side, as all views write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from workshop.wording.numbers import names_text, rounded
from workshop.wording.pairs import Today, measured_text, median_text, side_by_side
from workshop.wording.words import condition_text


def sums(median: Any, low: Any, high: Any) -> dict[str, Any]:
    """Return what results have of five seeds."""
    return {"seeds": 5, "median": median, "minimum": low, "maximum": high}


ALIKE, TWO = {"a": Today(1, 1, 1)}, {"train": Today(1.32582, 1.0586, 2), "test": Today(3, 3, 3)}
MANY = {f"number{i}": Today(i + 0.5, i, i + 1) for i in range(9)}
LAST = "5.5, number6 6.5, number7 7.5, number8 8.5"
# a measured value, its numbers by name, and its text in 44 characters
TEXTS: list[tuple[Any, Mapping[str, Today], str]] = [
    ([1, 2], {}, "[1, 2]"),
    (sums(0.26, 0.24, 0.29), {}, "median 0.26, 0.24 to 0.29 over 5 seeds"),
    (sums(1.0, 1.0, 1.0), {}, "1 on all 5 seeds"),
    (sums([1.5, 2.5], [1, 2], [2, 3]), {}, "median [1.5, 2.5], [1, 2] to [2, 3] over 5 seeds"),
    (sums([1.32582, 3], [1.0586, 3], [2, 3]), TWO, "median train 1.326 (1.059 to 2), test 3 over 5 seeds"),
    (sums([1], [1], [1]), ALIKE, "a 1 on all 5 seeds"),
    (sums([0] * 9, [0] * 9, [0] * 9), MANY,
     f"median number0 0.5, number1 1.5, number2 2.5, … {LAST} over 5 seeds"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "numbers", "text"), TEXTS)
def test_measured_text(value: Any, numbers: Mapping[str, Today], text: str) -> None:
    """Summaries of seeds are written as median and range, number by number where they have names."""
    assert measured_text(value, 44, numbers) == text


def test_median_text() -> None:
    """The median alone has the names as well."""
    assert median_text(sums([1.32582, 3], [], []), 44, TWO) == "train 1.326, test 3"
    assert median_text(sums([1.32582, 3], [], []), 44, {}) == "[1.326, 3]"
    assert median_text(sums({"loss": 1.32582}, [], []), 44, {}) == "{loss: 1.326}"


def test_rounded() -> None:
    """Four significant digits of what is not whole; whole numbers, words and missing values stay."""
    value = {"loss": [0.281435281, 123456.7, 12345], "size": 100000, "name": "0.281435281", "none": None}

    assert rounded(value) == {
        "loss": [0.2814, 123500.0, 12345], "size": 100000, "name": "0.281435281", "none": None,
    }  # fmt: skip


# Versions and lists


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"keras": ">=3.0"}, "Keras ≥ 3.0"),
        ({"nltk": ">=3.6, <3.9"}, "NLTK ≥ 3.6 and < 3.9"),
        ({"nltk": "<=3.5", "numpy": "!=2.0"}, "NLTK ≤ 3.5, NumPy ≠ 2.0"),
        ({"tensorflow": "==2.15.*", "python": ">3.7"}, "TensorFlow = 2.15.*, Python > 3.7"),
        ({"gensim": "~=4.0"}, "gensim ~= 4.0"),
        ({"scikit-learn": ">=1.3"}, "scikit-learn ≥ 1.3"),
        (
            {"numpy": ">=1.25,<3 with avx512 or >=2.0 with avx2"},
            "NumPy ≥ 1.25 and < 3 with AVX-512 or ≥ 2.0 with AVX2",
        ),
    ],
)
def test_condition_text(when: dict[str, str], words: str) -> None:
    """Libraries have the spelling of their projects, conditions the signs of mathematics."""
    assert condition_text(when) == words


def test_lists() -> None:
    """Of many names six are listed."""
    assert names_text(list("abcdef")) == "a, b, c, d, e, f"
    assert names_text(list("abcdefgh")) == "a, b, c, d, e, f and 2 more"


# Two values and where they differ

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
    """Short values are whole; long ones begin so that the first place where they differ is visible."""
    assert side_by_side(printed, other, 44) == (left, right)


@pytest.mark.parametrize("limit", [44, 240])
def test_the_difference_is_visible_wherever_it_is(limit: int) -> None:
    """At every position of a long list the other word is visible, and no preview is over its limit."""
    words = [f"w{i}" for i in range(200)]
    for index in range(len(words)):
        printed, other = side_by_side(words, [*words[:index], "NEW", *words[index + 1 :]], limit)

        assert "N" in other
        assert printed[: other.index("N") + 1] == other[: other.index("N")] + "w"
        assert max(len(printed), len(other)) <= limit


def test_a_long_preview_shows_little_around_a_difference() -> None:
    """However much room there is, a difference far inside is shown with at most half a line around it."""
    printed, other = side_by_side(
        [f"w{i}" for i in range(200)], [f"w{i}" for i in range(200) if i != 99], 240
    )

    assert printed.startswith("… w90, w91, ")
    assert "w98, w99, w100" in printed
    assert "w98, w100" in other
    assert len(other) <= 90
