"""Chapter 4's word vectors: gensim's own training on both sides."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import numpy as np
import pytest

from benchmarks.harness.book import Side
from benchmarks.harness.goals import SLACK
from workshop.training.embeddings import train_word2vec

# our settings and gensim's own, and how many pieces of 10,000 words are run
TRAININGS = {
    "ch04.text12": ({}, {}, (5, 15)),
    "ch04.text14": ({"vector_size": 30}, {"vector_size": 30}, (5, 15)),
    "ch04.text16": ({"skip_gram": True}, {"sg": 1}, (2, 6)),
}


def products(counts: Iterable[int], words: int, size: int, pairs: int) -> float:
    """Return the operations of gensim's products for an epoch of `words` words.

    Frequent words are left out at random. Each word that is left makes `pairs` pairs, and each pair takes six
    outputs, with a product for the output and one for each of its two gradients.
    """
    known = np.array([count for count in counts if count >= 5], np.float64)
    often = 1e-3 * known.sum() / known
    left = (known * np.minimum(1, np.sqrt(often) + often)).sum() / known.sum()
    return float(words * left * pairs * 6 * 3 * 2 * size)


@pytest.mark.parametrize("unit", TRAININGS)
def test_training_word_vectors(book, loaded, unit) -> None:
    """Ours is gensim's call, so the ratio is about 1; each piece of text8 is read five times."""
    word2vec = pytest.importorskip("gensim.models.word2vec")
    ours, theirs, steps = TRAININGS[unit]
    text8 = loaded("text8")
    pieces = list(islice(text8, max(steps)))

    def gensim(n):
        word2vec.Word2Vec(pieces[:n], workers=1, **theirs)

    def package(n):
        train_word2vec(pieces[:n], seed=1, **ours)

    whole = 1701  # all of text8

    counts, size, pairs = (
        text8.word_counts()[1].values(),
        ours.get("vector_size", 100),
        6 if theirs.get("sg") else 1,
    )
    flops = 5 * products(counts, whole * 10_000, size, pairs)

    assert book(unit, Side(package, steps, whole), Side(gensim, steps, whole), flops) >= SLACK
