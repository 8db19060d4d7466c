"""Exercise 4.05: Vectors for Phrases."""

import numpy as np
import pytest

from tests.chapters.ch04.corpora import made
from workshop.measures.ch04_text_embeddings import ex05_phrases
from workshop.training.embeddings import keyed_vectors

pytestmark = pytest.mark.usefixtures("gensim")


def test_phrases_are_averaged():
    """By hand: (1, 1)/2 against (1, 0)/2 and so on."""
    zero = {word: [1e-3, -1] for word in ("steel", "engine", "northern", "river", "tax", "law")}
    outcome = ex05_phrases.exercise_4_05(made(get=[1, 0], happy=[0, 1], make=[1, 0], merry=[0, 0], **zero))
    assert outcome.cosine == pytest.approx(np.sqrt(0.5))
    assert outcome.unlike == pytest.approx(-np.sqrt(0.5), abs=1e-3)


def test_own_vectors_and_own_phrases():
    """Gensim's own vectors do without an outcome; a missing word, or no vectors at all, is one clear line."""
    own = keyed_vectors(("hot", "tea", "cold", "milk"), np.float32([[1, 0], [0, 1], [1, 0], [0, -1]]))
    phrases = (("hot", "tea"), ("cold", "milk"))
    outcome = ex05_phrases.exercise_4_05(own, phrases=phrases, others=(("tea",),))
    assert (outcome.cosine, outcome.unlike) == pytest.approx((0, np.sqrt(0.5)), abs=1e-6)
    with pytest.raises(ValueError, match=r"^there is no vector of 'get': take another word"):
        ex05_phrases.exercise_4_05(own)
    with pytest.raises(ValueError, match=r"^give gensim's KeyedVectors \(a model's wv\), or something with "):
        ex05_phrases.exercise_4_05(own.vectors)
