"""Word vectors of text8: neighbours, analogies, phrases, the effect of size and algorithm, and bias."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, Iterable, Iterator, List, Optional, Tuple

import numpy as np

from workshop.training.embeddings import (
    Neighbours,
    default_setting,
    keyed_vectors,
    neighbours,
    phrase_cosine,
    ranks,
    train_word2vec,
    words_of,
)
from workshop.units import unit


def _words(text: str) -> FrozenSet[str]:
    return frozenset(text.split())


FEMININE = _words(
    """actress aunt bride daughter duchess empress females girl girlfriend girls goddess grandmother heiress
    hostess lady madam maiden maid mama mistress mom mother mum niece nun princess queen sister spinster
    stepdaughter stepmother waitress widow wife witch woman women"""
)
ART = _words(
    """artworks ballet ballets canvases choreography composition compositions engravings etchings frescoes
    librettos libretto lithographs masterful masterpiece masterpieces masterwork masterworks novels opera
    operas operettas oratorios orchestration orchestral overtures painting paintings poems poetry repertoire
    sculptures showcasing sonatas sonnets symphonies symphonic watercolors woodcuts works writings"""
)
_SHORT = {"epochs": 1, "n_sentences": 100}  # the first million words of text8, once


class First:
    """The first sentences of a corpus, as often as they are asked for."""

    def __init__(self, sentences: Iterable[List[str]], count: Optional[int]) -> None:
        self._sentences, self._count = sentences, count

    def __iter__(self) -> Iterator[List[str]]:
        return itertools.islice(self._sentences, self._count)


@dataclass(frozen=True)
class Corpus:
    """`text8_size` : characters of text8."""

    text8_size: int


@unit("ch04.text12")
def look_at_text8(text8: Any) -> Corpus:
    """Measure the corpus. Source: chapter 4, text on training word embeddings."""
    return Corpus(text8.size)


@dataclass(frozen=True)
class WordVectors:
    """Vectors trained by continuous bag of words, and what lies near two words.

    `words` : the vocabulary, most frequent first; `vectors` : (n words, 100) float32. `animal_vector` : of
    animal. `vector_length` : numbers of a vector. `animal`, `happiness` : the ten nearest words, each with
    its cosine.
    """

    words: Tuple[str, ...]
    vectors: np.ndarray
    animal_vector: np.ndarray
    vector_length: int
    animal: Neighbours
    happiness: Neighbours


@unit("ch04.text12", uses=("gensim",), short=_SHORT)
def train_vectors(
    text8: Iterable[List[str]],
    seed: int,
    epochs: int = 5,
    n_sentences: Optional[int] = None,
    n_neighbours: int = 10,
) -> WordVectors:
    """Train word2vec with gensim's defaults on text8, and list the neighbours of two words.

    Source: chapter 4, text on training word embeddings.
    """
    found = train_word2vec(First(text8, n_sentences), seed=seed, epochs=epochs)
    return WordVectors(
        words=words_of(found),
        vectors=found.vectors,
        animal_vector=found["animal"],
        vector_length=found.vectors.shape[1],
        animal=neighbours(found, ["animal"], count=n_neighbours),
        happiness=neighbours(found, ["happiness"], count=n_neighbours),
    )


@dataclass(frozen=True)
class Parallel:
    """`cosine_meaning` : the cosine of vectors by the angle between them in degrees."""

    cosine_meaning: Dict[int, float]


@unit("ch04.text12", uses=("gensim",))
def compare_directions(angles: Tuple[int, ...] = (0, 90)) -> Parallel:
    """Measure the cosine of vectors of unlike length, a given angle apart, as gensim does.

    Source: chapter 4, text on training word embeddings.
    """
    turned = np.array([[np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))] for angle in angles])
    found = keyed_vectors(("a", "b"), np.eye(2)).cosine_similarities(np.array([3.0, 0.0]), 0.5 * turned)
    return Parallel({angle: float(cosine) for angle, cosine in zip(angles, found)})


@dataclass(frozen=True)
class Regularities:
    """Words nearest to king - man + woman and to uncle - man + woman, each with its cosine.

    `ranks` : the place of queen and of aunt among all words. `uncle_feminine` : how many of the second five
    are words for women.
    """

    king: Neighbours
    uncle: Neighbours
    ranks: Dict[str, int]
    uncle_feminine: int


@unit("ch04.text13", uses=("gensim",))
def solve_analogies(ch04_text12: WordVectors) -> Regularities:
    """Look for the fourth word of two analogies. Source: chapter 4, text on semantic regularities."""
    found = keyed_vectors(ch04_text12.words, ch04_text12.vectors)
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


@dataclass(frozen=True)
class Phrases:
    """`cosine` : of two phrases alike in meaning. `unlike` : the mean of the first one's cosines with phrases
    of other matters.
    """

    cosine: float
    unlike: float


@unit("ch04.ex05", uses=("gensim",))
def exercise_4_05(
    ch04_text12: WordVectors,
    phrases: Tuple[Tuple[str, ...], ...] = (("get", "happy"), ("make", "merry")),
    others: Tuple[Tuple[str, ...], ...] = (("steel", "engine"), ("northern", "river"), ("tax", "law")),
) -> Phrases:
    """Average the vectors of two phrases' words, and compare the phrases.

    Source: chapter 4, exercise 4.05.
    """
    found = keyed_vectors(ch04_text12.words, ch04_text12.vectors)
    first, second = phrases
    return Phrases(
        cosine=phrase_cosine(found, first, second),
        unlike=float(np.mean([phrase_cosine(found, first, other) for other in others])),
    )


@dataclass(frozen=True)
class SmallVectors:
    """Vectors of 30 numbers beside those of 100: the words nearest to king - man + woman.

    `king30` : five words and their cosines. `size` : numbers of a vector. `queen` : the place of queen by
    size. `best`, `fifth` : the first and the fifth cosine by size.
    """

    king30: Neighbours
    size: int
    queen: Dict[str, int]
    best: Dict[str, float]
    fifth: Dict[str, float]


@unit("ch04.text14", uses=("gensim",), short=_SHORT)
def train_small_vectors(
    text8: Iterable[List[str]],
    ch04_text12: WordVectors,
    seed: int,
    vector_size: int = 30,
    epochs: int = 5,
    n_sentences: Optional[int] = None,
) -> SmallVectors:
    """Train shorter vectors, and solve the same analogy. Source: chapter 4, text on the vector's size."""
    small = train_word2vec(First(text8, n_sentences), seed=seed, vector_size=vector_size, epochs=epochs)
    models = {"size_30": small, "size_100": keyed_vectors(ch04_text12.words, ch04_text12.vectors)}
    lists = {name: neighbours(found, ["king", "woman"], ["man"]) for name, found in models.items()}
    return SmallVectors(
        king30=lists["size_30"],
        size=len(small["king"]),
        queen={
            name: ranks(found, ["queen"], ["king", "woman"], ["man"])["queen"]
            for name, found in models.items()
        },
        best={name: rows[0][1] for name, rows in lists.items()},
        fifth={name: rows[-1][1] for name, rows in lists.items()},
    )


@dataclass(frozen=True)
class Algorithms:
    """Words nearest to oeuvre, each with its cosine, by continuous bag of words and by skip-gram.

    `best` : the highest cosine of either. `about_art` : how many of either's first 20 are words of art.
    """

    cbow: Neighbours
    sg: Neighbours
    best: Dict[str, float]
    about_art: Dict[str, int]


@unit("ch04.text16", uses=("gensim",), short=_SHORT)
def train_skip_gram(
    text8: Iterable[List[str]],
    ch04_text12: WordVectors,
    seed: int,
    epochs: int = 5,
    n_sentences: Optional[int] = None,
    n_about_art: int = 20,
) -> Algorithms:
    """Train by skip-gram, and compare what lies near a rare word.

    Source: chapter 4, text on skip-gram versus CBOW.
    """
    models = {
        "cbow": keyed_vectors(ch04_text12.words, ch04_text12.vectors),
        "skip_gram": train_word2vec(First(text8, n_sentences), seed=seed, skip_gram=True, epochs=epochs),
    }
    lists = {name: neighbours(found, ["oeuvre"], count=n_about_art) for name, found in models.items()}
    return Algorithms(
        cbow=lists["cbow"][:5],
        sg=lists["skip_gram"][:5],
        best={name: rows[0][1] if rows else 0.0 for name, rows in lists.items()},
        about_art={name: sum(word in ART for word, _ in rows) for name, rows in lists.items()},
    )


@dataclass(frozen=True)
class Default:
    """`default_sg` : what gensim trains when nothing is said: 0 is CBOW, 1 is skip-gram."""

    default_sg: int


@unit("ch04.text16", uses=("gensim",))
def look_at_default() -> Default:
    """Read gensim's default. Source: chapter 4, text on skip-gram versus CBOW."""
    return Default(default_setting("sg"))


@dataclass(frozen=True)
class Bias:
    """Words nearest to doctor - man + woman and to smart - man + woman, each with its cosine."""

    doctor: Neighbours
    smart: Neighbours


@unit("ch04.text18", uses=("gensim",))
def look_for_bias(ch04_text12: WordVectors) -> Bias:
    """Look for the fourth word of two analogies between professions and qualities of men and women.

    Source: chapter 4, text on bias in embeddings.
    """
    found = keyed_vectors(ch04_text12.words, ch04_text12.vectors)
    return Bias(
        doctor=neighbours(found, ["doctor", "woman"], ["man"]),
        smart=neighbours(found, ["smart", "woman"], ["man"]),
    )
