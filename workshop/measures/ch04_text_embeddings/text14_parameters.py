"""Text: Effect of Parameters - "size" of the Vector (chapter 4, page 203).

The following text with results is here, too: ch04.text16 (skip-gram versus CBOW).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable

import numpy as np

from workshop.numerics.similarity import distance
from workshop.training.embeddings import (
    Neighbours,
    default_setting,
    keyed_vectors,
    neighbours,
    ranks,
    train_word2vec,
    vector_of,
)
from workshop.units import unit

_ART = """
    artworks ballet ballets canvases choreography composition compositions engravings etchings
    frescoes librettos libretto lithographs masterful masterpiece masterpieces masterwork
    masterworks novels opera operas operettas oratorios orchestration orchestral overtures painting
    paintings poems poetry repertoire sculptures showcasing sonatas sonnets symphonies symphonic
    watercolors woodcuts works writings
"""
ART = frozenset(_ART.split())


@dataclass(frozen=True)
class SmallVectors:
    """Vectors of 30 numbers.

    `king30` : the five words nearest to king - man + woman, and their cosines. `queen` : rank of queen among
    all words. `size` : length of a vector.
    """

    king30: Neighbours
    queen: int
    size: int


@unit("ch04.text14", first_steps=True, uses="gensim")
def train_small_vectors(
    text8: Iterable[list[str]],
    seed: int,
    vector_size: int = 30,
    epochs: int = 5,
) -> SmallVectors:
    """Train shorter vectors, and solve an analogy. Source: chapter 4, text on the vector's size."""
    found = train_word2vec(text8, seed=seed, vector_size=vector_size, epochs=epochs)
    return SmallVectors(
        king30=neighbours(found, ["king", "woman"], ["man"]),
        queen=ranks(found, ["queen"], ["king", "woman"], ["man"])["queen"],
        size=len(vector_of(found, "king")),
    )


@unit("ch04.text14", value="size_error", uses="gensim")
def literal_size(size: int = 30) -> str:
    """Set a vector's size by its old name.

    Returns the name of the error, or "none". Source: chapter 4, text on the effect of the size.

    This is a demonstration. The trainings of this package use the name that the installed version knows.
    """
    import gensim

    try:
        gensim.models.Word2Vec([["white", "rabbit"], ["mad", "hatter"]], size=size, min_count=1, workers=1)
    except TypeError as error:
        return type(error).__name__
    return "none"


def words_of_art(rows: Neighbours) -> int:
    """Return how many neighbours are words about art."""
    return sum(word in ART for word, _ in rows)


@dataclass(frozen=True)
class BagOfWords:
    """The 20 words nearest to oeuvre by CBOW, with their cosines. `cbow_art` : how many concern art."""

    cbow: Neighbours
    cbow_art: int


@unit("ch04.text16", uses="gensim")
def look_at_bag_of_words(ch04_text12: Any, n_neighbours: int = 20) -> BagOfWords:
    """List the neighbours of a rare word by gensim's default, which the text trained before.

    Source: chapter 4, text on skip-gram versus CBOW.
    """
    found = keyed_vectors(ch04_text12.words, ch04_text12.vectors)
    rows = neighbours(found, ["oeuvre"], count=n_neighbours)
    return BagOfWords(rows, words_of_art(rows))


@dataclass(frozen=True)
class SkipGram:
    """The 20 words nearest to oeuvre by skip-gram, with their cosines. `sg_art` : how many concern art."""

    sg: Neighbours
    sg_art: int


@unit("ch04.text16", first_steps=True, uses="gensim")
def train_skip_gram(
    text8: Iterable[list[str]],
    seed: int,
    epochs: int = 5,
    n_neighbours: int = 20,
) -> SkipGram:
    """Train by skip-gram, and list the neighbours of the rare word.

    Source: chapter 4, text on skip-gram versus CBOW.
    """
    found = train_word2vec(text8, seed=seed, skip_gram=True, epochs=epochs)
    rows = neighbours(found, ["oeuvre"], count=n_neighbours)
    return SkipGram(rows, words_of_art(rows))


@dataclass(frozen=True)
class Default:
    """`default_sg` : gensim's default training, where 0 is CBOW and 1 is skip-gram.

    `same_gap`, `other_gap` : largest difference of the vectors of a call without it from those of a call with
    this setting, and with the other one.
    """

    default_sg: int
    same_gap: float
    other_gap: float


@unit("ch04.text16", uses="gensim")
def look_at_default() -> Default:
    """Read gensim's default, and train a few words without it and with each setting.

    Source: chapter 4, text on skip-gram versus CBOW.
    """
    from gensim.models.word2vec import Word2Vec

    sentences = [["white", "rabbit", "late"], ["mad", "hatter", "tea"]] * 20

    def trained(**settings: int) -> np.ndarray:
        return Word2Vec(sentences, seed=1, workers=1, sample=0, **settings).wv.vectors

    sg = default_setting("sg")
    vectors = trained()
    return Default(
        default_sg=sg,
        same_gap=distance(vectors, trained(sg=sg)),
        other_gap=distance(vectors, trained(sg=1 - sg)),
    )
