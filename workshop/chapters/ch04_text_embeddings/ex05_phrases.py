"""Exercise 4.05: Vectors for Phrases (chapter 4, page 201)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.training.embeddings import phrase_cosine
from workshop.units import unit

from ._word_vectors import vectors_of


def exercise_4_05_in_gensim(text8: str, seed: int) -> float:
    """Train word2vec on text8 as the text before does; return the cosine of the two phrases.

    The print has neither seed nor number of threads. With more than one thread, gensim's vectors differ from
    run to run.

    `text8` : path of the corpus.
    """
    from gensim.models import word2vec

    model = word2vec.Word2Vec(word2vec.Text8Corpus(text8), seed=seed, workers=1)
    get_happy = (model.wv["get"] + model.wv["happy"]) / 2
    make_merry = (model.wv["make"] + model.wv["merry"]) / 2
    return float(model.wv.cosine_similarities(get_happy, [make_merry])[0])


# The book's part ends here. What follows measures it.


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
