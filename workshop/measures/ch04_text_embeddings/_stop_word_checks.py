"""A check of chapter 4's comparisons of two lists of stop words: one of a word more drops this word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from workshop.chapters.ch04_text_embeddings.ex01_cleaning import EXERCISE_TEXT
from workshop.units import unit

from .act01_alice import activity_4_01_today
from .ex01_cleaning import exercise_4_01, exercise_4_01_today


@dataclass(frozen=True)
class OneWordMore:
    """Distance of the numbers of tokens left by a longer list from those without its word.

    `toy_gap` : in exercise 4.01. `alice_gap` : in activity 4.01, with the same text.
    """

    toy_gap: int
    alice_gap: int


@unit("ch04.text04", uses="nltk")
def one_stop_word_more(nltk_punkt: Any, nltk_stopwords: Sequence[str], word: str = "learn") -> OneWordMore:
    """Take a list with one word more, which is in the text, in the place of today's. Source: ours."""
    longer = [*nltk_stopwords, word]
    left = exercise_4_01(nltk_punkt, nltk_stopwords).cleaned
    expected = sum(token != word for tokens in left for token in tokens)
    toy = exercise_4_01_today(nltk_punkt, nltk_stopwords, longer)
    alice = activity_4_01_today(nltk_punkt, nltk_stopwords, longer, EXERCISE_TEXT)
    return OneWordMore(abs(toy.n_toy_today - expected), abs(alice.n_alice_today - expected))
