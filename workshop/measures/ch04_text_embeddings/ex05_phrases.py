"""What is measured of exercise 4.05."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.training.embeddings import phrase_cosine
from workshop.units import unit

from ._word_vectors import vectors_of


@dataclass(frozen=True)
class Phrases:
    """`cosine` : of two phrases with similar meaning. `unlike` : the mean of the first one's cosines with
    unrelated phrases.
    """

    cosine: float
    unlike: float


@unit("ch04.ex05", uses="gensim")
def exercise_4_05(
    ch04_text12: Any,
    phrases: tuple[tuple[str, ...], ...] = (("get", "happy"), ("make", "merry")),
    others: tuple[tuple[str, ...], ...] = (("steel", "engine"), ("northern", "river"), ("tax", "law")),
) -> Phrases:
    """Average the vectors of two phrases' words, and compare the phrases.

    `ch04_text12` : the outcome of the text's training, other words with their vectors, or gensim's
    `KeyedVectors`. Raises ValueError if a word is missing.
    Source: chapter 4, exercise 4.05.
    """
    found = vectors_of(ch04_text12)
    first, second = phrases
    return Phrases(
        cosine=phrase_cosine(found, first, second),
        unlike=float(np.mean([phrase_cosine(found, first, other) for other in others])),
    )
