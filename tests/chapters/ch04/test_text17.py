"""The text of chapter 4: Using Pre-Trained Word Vectors."""

import numpy as np
import pytest

from workshop.datasets.readers.vectors import WordVectors
from workshop.measures.ch04_text_embeddings import act02_alice_vectors as act02
from workshop.measures.ch04_text_embeddings import text17_pretrained_vectors as text17
from workshop.numerics.similarity import direction, nearest
from workshop.training.embeddings import keyed_vectors, neighbours

pytestmark = pytest.mark.usefixtures("gensim")


def test_bias_asks_for_women(vectors_of_text8):
    """The analogies are from men to women."""
    outcome = text17.look_for_bias(vectors_of_text8)
    found = keyed_vectors(vectors_of_text8.words, vectors_of_text8.vectors)
    assert outcome.doctor == neighbours(found, ["doctor", "woman"], ["man"])
    assert outcome.smart == neighbours(found, ["smart", "woman"], ["man"])


def test_pretrained_vectors():
    """Neighbours by the cosine of NumPy, phrases by their means, the extent as it is."""
    rng = np.random.default_rng(3)
    words = ("money", "king", "man", "woman", "white", "rabbit", "mad", "hatter", "funds", "queen")
    vectors = WordVectors(words, rng.normal(size=(10, 6)).astype(np.float32))
    outcome = text17.ask_glove(vectors)
    query = direction([vectors.vectors[1], vectors.vectors[3]], [vectors.vectors[2]])
    for rows, expected in (
        (outcome.money, nearest(vectors.vectors, vectors.vectors[0], exclude=[0])),
        (outcome.king, nearest(vectors.vectors, query, exclude=[1, 2, 3])),
    ):
        assert [word for word, _ in rows] == [words[i] for i, _ in expected]
        np.testing.assert_allclose([c for _, c in rows], [c for _, c in expected], atol=1e-6)
    assert text17.look_at_glove(vectors) == [10, 6]
    means = vectors.vectors[4:6].mean(axis=0), vectors.vectors[6:8].mean(axis=0)
    assert act02.activity_4_02_glove(vectors) == pytest.approx(
        means[0] @ means[1] / (np.linalg.norm(means[0]) * np.linalg.norm(means[1])), abs=1e-6
    )
