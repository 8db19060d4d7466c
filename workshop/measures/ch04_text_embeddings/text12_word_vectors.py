"""Text: Training Our Own Word Embeddings (chapter 4, page 197).

The next text is here, too: ch04.text13 (semantic regularities).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any, Iterable, Sequence

import numpy as np

from workshop.numerics.similarity import distance, nearest
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


def made_up() -> list[list[str]]:
    """Return 100 sentences of 20 words each, drawn from 60 words without a meaning."""
    rng, words = np.random.default_rng(0), np.array([f"w{number}" for number in range(60)])
    return [rng.choice(words, 20).tolist() for _ in range(100)]


def literal(sentences: list[list[str]], seed: int) -> Any:
    """Return the vectors of gensim's own call, in which no setting is given but the seed."""
    from gensim.models.word2vec import Word2Vec

    # one thread and a fixed hash, or the vectors of gensim 3 differ from run to run
    return Word2Vec(sentences, seed=seed, workers=1, hashfxn=lambda text: zlib.crc32(text.encode("utf-8"))).wv


@unit("ch04.text12", uses="gensim")
def train_by_default() -> DefaultTraining:
    """Train on made-up sentences by gensim's own defaults, and as this package trains.

    Source: chapter 4, text on training word embeddings.
    """
    sentences = made_up()
    vectors = literal(sentences, seed=1).vectors
    return DefaultTraining(vectors.shape[1], distance(vectors, train_word2vec(sentences, seed=1).vectors))


@dataclass(frozen=True)
class Seeds:
    """What a change of NumPy's seed and of gensim's own does, each for itself.

    `seeds_of_vectors` : those that change the vectors of a training. `numpy_draws_gap` : by how much the seed
    of NumPy changes NumPy's own draws.
    """

    seeds_of_vectors: list[str]
    numpy_draws_gap: float


@unit("ch04.text12", uses="gensim")
def check_seeds(seeds: tuple[int, int] = (1, 2), n_draws: int = 100) -> Seeds:
    """Train on made-up sentences with one of the two seeds changed.

    Source: chapter 4, text on training word embeddings, which sets the seed of NumPy.
    """
    sentences, (first, other) = made_up(), seeds
    before = np.random.get_state()  # noqa: NPY002 - the book seeds NumPy's global generator

    def trained(numpy_seed: int, gensim_seed: int) -> np.ndarray:
        np.random.seed(numpy_seed)  # noqa: NPY002
        return np.array(literal(sentences, seed=gensim_seed).vectors)

    def draws(numpy_seed: int) -> np.ndarray:
        np.random.seed(numpy_seed)  # noqa: NPY002
        return np.random.random(n_draws)  # noqa: NPY002

    try:
        vectors = trained(first, first)
        changed = {"NumPy's": trained(other, first), "gensim's": trained(first, other)}
        return Seeds(
            seeds_of_vectors=[name for name, found in changed.items() if distance(found, vectors) > 0],
            numpy_draws_gap=distance(draws(other), draws(first)),
        )
    finally:
        np.random.set_state(before)  # noqa: NPY002


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


def gap_by_hand(
    rows: Neighbours, words: Sequence[str], vectors: np.ndarray, query: Any, asked: Sequence[str]
) -> float:
    """Return the largest difference of a list's cosines from those by hand, infinite for other words.

    `query` : the vector of which the list has the nearest words. `asked` : words that the list leaves out.
    """
    found = nearest(vectors, query, exclude=[list(words).index(word) for word in asked], count=len(rows))
    if not rows or [word for word, _ in rows] != [words[index] for index, _ in found]:
        return float("inf")
    return max(abs(ours - cosine) for (_, cosine), (_, ours) in zip(rows, found))


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
