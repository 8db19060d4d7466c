"""Text: Training Our Own Word Embeddings (chapter 4, page 197).

The next text is here, too: ch04.text13 (semantic regularities).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any, Iterable

import numpy as np

from workshop.numerics.similarity import distance
from workshop.training.embeddings import (
    Neighbours,
    keyed_vectors,
    neighbours,
    ranks,
    train_word2vec,
    vector_of,
    words_of,
)
from workshop.units import unit

from ._checks import gap_by_hand
from ._word_vectors import vectors_of

_FEMININE = """
    actress aunt bride daughter duchess empress females girl girlfriend girls goddess grandmother
    heiress hostess lady madam maiden maid mama mistress mom mother mum niece nun princess queen
    sister spinster stepdaughter stepmother waitress widow wife witch woman women
"""
FEMININE = frozenset(_FEMININE.split())


@unit("ch04.text12", value="text8_size")
def look_at_text8(text8: Any) -> int:
    """Measure the corpus.

    Returns the number of its characters. Source: chapter 4, text on training word embeddings.
    """
    return text8.size


@dataclass(frozen=True)
class WordVectors:
    """Vectors trained by continuous bag of words, and the neighbours of two words.

    `words` : the vocabulary, most frequent first. `vectors` : (n words, 100) float32. `animal_vector` : that
    of animal, (100,) float32. `vector_length` : length of a vector. `animal`, `happiness` : the ten nearest
    words with their cosines.
    """

    words: tuple[str, ...]
    vectors: np.ndarray
    animal_vector: np.ndarray
    vector_length: int
    animal: Neighbours
    happiness: Neighbours


@unit("ch04.text12", first_steps=True, uses="gensim")
def train_vectors(
    text8: Iterable[list[str]],
    seed: int,
    epochs: int = 5,
    n_neighbours: int = 10,
) -> WordVectors:
    """Train word2vec with gensim's defaults on text8, and list the neighbours of two words.

    `text8` : the words of each sentence. A word that occurs fewer than five times has an empty vector.
    Source: chapter 4, text on training word embeddings.
    """
    found = train_word2vec(text8, seed=seed, epochs=epochs)
    return WordVectors(
        words=words_of(found),
        vectors=found.vectors,
        animal_vector=vector_of(found, "animal") if "animal" in found else found.vectors[:0].ravel(),
        vector_length=found.vectors.shape[1],
        animal=neighbours(found, ["animal"], count=n_neighbours),
        happiness=neighbours(found, ["happiness"], count=n_neighbours),
    )


@dataclass(frozen=True)
class DefaultTraining:
    """Vectors that gensim makes of a few sentences where no setting but the seed is given.

    `default_length` : their length. `default_gap` : their largest difference from this package's training.
    """

    default_length: int
    default_gap: float


@unit("ch04.text12", uses="gensim")
def train_by_default(n_sentences: int = 100, n_words: int = 60) -> DefaultTraining:
    """Train on made-up sentences by gensim's own defaults, and as this package trains.

    Source: chapter 4, text on training word embeddings.
    """
    from gensim.models.word2vec import Word2Vec

    rng, words = np.random.default_rng(0), np.array([f"w{number}" for number in range(n_words)])
    sentences = [rng.choice(words, 20).tolist() for _ in range(n_sentences)]
    # one thread and a fixed hash, or the vectors of gensim 3 differ from run to run
    literal = Word2Vec(sentences, seed=1, workers=1, hashfxn=lambda text: zlib.crc32(text.encode("utf-8")))
    vectors = literal.wv.vectors
    return DefaultTraining(vectors.shape[1], distance(vectors, train_word2vec(sentences, seed=1).vectors))


@dataclass(frozen=True)
class Parallel:
    """`cosine_meaning` : the cosine of vectors by the angle between them in degrees.

    `similarity_gap` : largest difference of the values in a list of similar words from the cosines by hand.
    """

    cosine_meaning: dict[int, float]
    similarity_gap: float


@unit("ch04.text12", uses="gensim")
def compare_angles(angles: tuple[int, ...] = (0, 90)) -> Parallel:
    """Measure the cosine of vectors of different lengths at a given angle, as gensim does.

    Source: chapter 4, text on training word embeddings.
    """
    turned = np.array([[np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))] for angle in angles])
    found = keyed_vectors(("a", "b"), np.eye(2)).cosine_similarities(np.array([3.0, 0.0]), 0.5 * turned)
    words, vectors = tuple("abcdefgh"), np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)
    return Parallel(
        cosine_meaning={angle: float(cosine) for angle, cosine in zip(angles, found)},
        similarity_gap=gap_by_hand(
            neighbours(keyed_vectors(words, vectors), ["a"], count=7), words, vectors, vectors[0], ["a"]
        ),
    )


@dataclass(frozen=True)
class Regularities:
    """Words nearest to king - man + woman and to uncle - man + woman, with their cosines.

    `ranks` : ranks of queen and of aunt among all words. `uncle_feminine` : how many of the second five are
    words for women.
    """

    king: Neighbours
    uncle: Neighbours
    ranks: dict[str, int]
    uncle_feminine: int


@unit("ch04.text13", uses="gensim")
def solve_analogies(ch04_text12: Any) -> Regularities:
    """Find the fourth word of two analogies. Source: chapter 4, text on semantic regularities."""
    found = vectors_of(ch04_text12)
    uncle = neighbours(found, ["uncle", "woman"], ["man"])
    return Regularities(
        king=neighbours(found, ["king", "woman"], ["man"]),
        uncle=uncle,
        ranks={
            **ranks(found, ["queen"], ["king", "woman"], ["man"]),
            **ranks(found, ["aunt"], ["uncle", "woman"], ["man"]),
        },
        uncle_feminine=sum(word in FEMININE for word, _ in uncle),
    )
