"""The text of chapter 4: Effect of Parameters - "size" of the Vector."""

import pytest

from tests.chapters.ch04.corpora import SEED, Corpus
from workshop.measures.ch04_text_embeddings import text14_parameters as text14
from workshop.training.embeddings import keyed_vectors, neighbours, train_word2vec

pytestmark = pytest.mark.usefixtures("gensim")


def test_small_vectors():
    """Thirty numbers on the same sentences, asked for the same analogy."""
    outcome = text14.train_small_vectors(Corpus(), SEED)
    found = train_word2vec(Corpus(), seed=SEED, vector_size=30)
    rows = neighbours(found, ["king", "woman"], ["man"], count=99)
    assert outcome.size == 30
    assert outcome.king30 == rows[:5]
    assert outcome.queen == [word for word, _ in rows].index("queen") + 1


def test_skip_gram_beside_bag_of_words(vectors_of_text8):
    """Skip-gram is trained here, the bag of words is the text's; words of art are counted in both."""
    outcome = text14.train_skip_gram(Corpus(), SEED)
    bag = text14.look_at_bag_of_words(vectors_of_text8)
    found = train_word2vec(Corpus(), seed=SEED, skip_gram=True)
    vectors = keyed_vectors(vectors_of_text8.words, vectors_of_text8.vectors)
    assert outcome.sg == neighbours(found, ["oeuvre"], count=20)
    assert bag.cbow == neighbours(vectors, ["oeuvre"], count=20)
    assert outcome.sg_art == int("opera" in [word for word, _ in outcome.sg])
    assert bag.cbow_art == int("opera" in [word for word, _ in bag.cbow])
    assert text14.words_of_art([["opera", 0.5], ["law", 0.4], ["masterful", 0.3]]) == 2
    assert text14.look_at_default().default_sg == 0
