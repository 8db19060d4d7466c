"""Checks of the trainings and analogies of word vectors, on made-up sentences and planted vectors.

The whole trainings take minutes, and a default run makes only their first steps. These checks run the same
functions to their end in a second: on sentences against a literal call of gensim, and on vectors in which the
answer is known.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, List, Sequence

import numpy as np

from workshop.numerics.similarity import distance
from workshop.training.embeddings import Neighbours, gensim_4, keyed_vectors
from workshop.units import unit

from .ex05_phrases import exercise_4_05
from .ex06_two_corpora import exercise_4_06
from .text12_word_vectors import solve_analogies, train_vectors
from .text14_parameters import train_skip_gram, train_small_vectors
from .text17_pretrained_vectors import look_for_bias

Sentences = List[List[str]]
SEED = 2  # not gensim's default, so that a training that ignores it differs
OTHERS = tuple("w%d" % number for number in range(50))
PAIRS = (("king", "queen"), ("uncle", "aunt"), ("doctor", "nurse"), ("smart", "cute"))


def made_up(words: Sequence[str], seed: int = 0) -> Sentences:
    """Return 100 sentences of 20 words each, drawn from these and from 50 words without a meaning."""
    rng = np.random.default_rng(seed)
    return [rng.choice([*words, *OTHERS], 20).tolist() for _ in range(100)]


def literal(sentences: Sentences, size: int = 100, seed: int = SEED, **settings: int) -> Any:
    """Return the vectors of gensim's own call, with its defaults except for the size and these settings."""
    from gensim.models.word2vec import Word2Vec

    named = {"vector_size" if gensim_4() else "size": size}
    # one thread and a fixed hash, or the vectors of gensim 3 differ from run to run
    fixed = {"workers": 1, "hashfxn": lambda text: zlib.crc32(text.encode("utf-8"))}
    return Word2Vec(sentences, seed=seed, **fixed, **named, **settings).wv


def list_gap(rows: Neighbours, expected: Sequence[tuple[str, float]]) -> float:
    """Return the largest difference of the cosines of two lists, infinite if their words differ."""
    if [word for word, _ in rows] != [word for word, _ in expected]:
        return float("inf")
    return distance([cosine for _, cosine in rows], [cosine for _, cosine in expected])


@unit("ch04.text12", value="made_up_gaps", uses="gensim")
def check_training() -> dict[str, float]:
    """Train on made-up sentences as the text does, and by a literal call.

    Returns the largest differences of vectors and of cosines in lists from gensim's own call. Source: ours.
    """
    sentences = made_up(["animal", "happiness"])
    found, expected = train_vectors(sentences, SEED), literal(sentences)
    return {
        "vectors": distance(found.vectors, expected.vectors),
        "animal": list_gap(found.animal, expected.most_similar("animal", topn=10)),
        "happiness": list_gap(found.happiness, expected.most_similar("happiness", topn=10)),
    }


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
    sentences, (first, other) = made_up(["animal"]), seeds
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


@unit("ch04.text14", value="made_up_gaps", uses="gensim")
def check_small_training() -> dict[str, float]:
    """Train short vectors on made-up sentences, and by a literal call. Source: ours."""
    sentences = made_up(["king", "queen", "man", "woman"])
    found, expected = train_small_vectors(sentences, SEED), literal(sentences, size=30)
    analogy = expected.most_similar(positive=["king", "woman"], negative=["man"], topn=5)
    return {"king30": list_gap(found.king30, analogy), "size": abs(found.size - 30)}


@dataclass(frozen=True)
class MadeUpSkipGram:
    """`made_up_gap` : as in `MadeUpTraining`. `made_up_art` : how many of all words concern art."""

    made_up_gap: float
    made_up_art: int


@unit("ch04.text16", uses="gensim")
def check_skip_gram() -> MadeUpSkipGram:
    """Train by skip-gram on sentences with two words about art, and by a literal call. Source: ours."""
    sentences = made_up(["oeuvre", "poems", "operas"])
    found = train_skip_gram(sentences, SEED, n_neighbours=len(OTHERS) + 2)
    nearest = literal(sentences, sg=1).most_similar("oeuvre", topn=len(OTHERS) + 2)
    return MadeUpSkipGram(list_gap(found.sg, nearest), found.sg_art)


@unit("ch04.ex06", value="made_up_gaps", uses="gensim nltk")
def check_two_corpora() -> dict[str, float]:
    """Train on two made-up corpora, one as texts, and by literal calls. Source: ours."""
    first, second = made_up(["money"], 0), made_up(["money"], 1)
    lines = SimpleNamespace(tokenize=str.splitlines)
    found = exercise_4_06(first, ["\n".join(map(" ".join, second))], lines, SEED)
    nearest = [literal(sentences, sg=1).most_similar("money", topn=10) for sentences in (first, second)]
    return {
        "brown": list_gap(found.brown_money, nearest[0]),
        "movies": list_gap(found.movie_money, nearest[1]),
    }


def planted_vectors() -> Any:
    """Return vectors of a man and a woman at right angles, and of pairs between them and a third axis.

    They are `KeyedVectors` of 10 words, float32 (10, 6), each vector of length 1. Each pair has an axis
    of its own. So king - man + woman is nearest to queen.
    """
    axes = np.eye(2 + len(PAIRS), dtype=np.float32)
    words, vectors = ["man", "woman"], [axes[0], axes[1]]
    for axis, (male, female) in zip(axes[2:], PAIRS):
        words += [male, female]
        vectors += [(axis + axes[0]) / np.sqrt(2), (axis + axes[1]) / np.sqrt(2)]
    return keyed_vectors(words, np.array(vectors, np.float32))


@dataclass(frozen=True)
class PlantedAnalogies:
    """The nearest word of each analogy in planted vectors; ranks and feminine words as in `Regularities`."""

    planted: dict[str, str]
    planted_ranks: dict[str, int]
    planted_feminine: int


@unit("ch04.text13", uses="gensim")
def check_analogies() -> PlantedAnalogies:
    """Solve the text's analogies in planted vectors. Source: ours."""
    found = solve_analogies(planted_vectors())
    nearest = {"king": found.king[0][0], "uncle": found.uncle[0][0]}
    return PlantedAnalogies(nearest, found.ranks, found.uncle_feminine)


@unit("ch04.text18", value="planted", uses="gensim")
def check_bias() -> dict[str, str]:
    """Solve the text's analogies in planted vectors.

    Returns the nearest word of each analogy in planted vectors. Source: ours.
    """
    found = look_for_bias(planted_vectors())
    return {"doctor": found.doctor[0][0], "smart": found.smart[0][0]}


@unit("ch04.ex05", value="planted", uses="gensim")
def check_phrases() -> dict[str, float]:
    """Compare phrases of planted vectors, whose cosines follow from their angles.

    Returns the cosines of phrases of planted vectors, as in `Phrases`. Source: ours.
    """
    alike = (("king", "woman"), ("queen", "man"))
    found = exercise_4_05(planted_vectors(), phrases=alike, others=(("uncle", "man"),))
    return {"alike": found.cosine, "unlike": found.unlike}
