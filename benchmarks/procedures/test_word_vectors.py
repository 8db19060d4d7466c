"""Chapter 4's word vectors: gensim's own training on both sides, and loading pretrained ones.

Loading maps arrays of the cache; gensim's own reader reads the text.
"""

from __future__ import annotations

from itertools import islice

import pytest

from benchmarks.harness.book import Side
from benchmarks.harness.goals import SLACK
from workshop import datasets
from workshop.training.embeddings import keyed_vectors, neighbours, train_word2vec


# gensim leaves the text open
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_loading_glove(ratio, benchmark) -> None:
    """GloVe's vectors, found, verified and loaded, with a first answer: at least 20 times as fast."""
    keyedvectors = pytest.importorskip("gensim.models.keyedvectors")
    found = datasets.find("glove_6b_100d")
    if not isinstance(found, datasets.Found):
        pytest.skip(f"{found.reason}: {found.remedy}")
    (path,) = found.paths.values()

    def ours():
        return keyed_vectors(*datasets.load("glove_6b_100d"))

    def theirs():
        return keyedvectors.KeyedVectors.load_word2vec_format(str(path), binary=False, no_header=True)

    rows = [neighbours(load(), ["money"]) for load in (ours, theirs)]
    assert [word for word, _ in rows[0]] == [word for word, _ in rows[1]]
    assert [cosine for _, cosine in rows[0]] == pytest.approx([cosine for _, cosine in rows[1]], abs=1e-6)
    benchmark.extra_info["words"] = len(ours().key_to_index)
    assert ratio(ours, theirs) >= 20


# our settings and gensim's own, and how many pieces of 10,000 words are run
TRAININGS = {
    "ch04.text12": ({}, {}, (5, 15)),
    "ch04.text14": ({"vector_size": 30}, {"vector_size": 30}, (5, 15)),
    "ch04.text16": ({"skip_gram": True}, {"sg": 1}, (2, 6)),
}


@pytest.mark.parametrize("unit", TRAININGS)
def test_training_word_vectors(book, unit) -> None:
    """Ours is gensim's call, so the ratio is about 1; each piece of text8 is read five times."""
    word2vec = pytest.importorskip("gensim.models.word2vec")
    found = datasets.find("text8")
    if not isinstance(found, datasets.Found):
        pytest.skip(f"{found.reason}: {found.remedy}")
    ours, theirs, steps = TRAININGS[unit]
    pieces = list(islice(datasets.load(found), max(steps)))

    def gensim():
        return lambda n: word2vec.Word2Vec(pieces[:n], workers=1, **theirs)

    def package():
        return lambda n: train_word2vec(pieces[:n], seed=1, **ours)

    whole = 1701  # all of text8

    assert book(unit, Side(package, steps, whole), Side(gensim, steps, whole)) >= SLACK
