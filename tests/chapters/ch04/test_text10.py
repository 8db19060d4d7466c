"""The text of chapter 4: Distributed Representation; Word Embeddings and Word Vectors."""

from types import SimpleNamespace

import numpy as np
import pytest

from workshop.ledger import ledger
from workshop.measures.ch04_text_embeddings import text10_representations as text10
from workshop.numerics import term_weights

NIGHTLY = pytest.mark.nightly


def test_matrices_of_a_small_text_by_hand(sklearn):
    """Three documents of four words: of twelve cells five are filled, in each representation."""
    small = SimpleNamespace(cleaned=[["a", "b", "a"], ["c"], ["d", "a"]])

    outcome = text10.represent_alice(small)

    assert outcome.zeros == dict.fromkeys(("one_hot", "counts", "tf_idf"), 1 - 5 / 12)
    assert (outcome.documents_and_terms, outcome.misshapen) == ([3, 4], 0)


def test_one_hot_counts_and_weights_are_three_representations():
    """Of a document with a word twice they are 1, 2 and a share."""
    pytest.importorskip("sklearn")
    documents = [["a", "b", "a"], ["b"]]
    rows = {name: matrix[0] for name, (_, matrix) in text10.represented(documents).items()}

    assert rows["one_hot"].tolist() == [1, 1]
    assert rows["counts"].tolist() == [2, 1]
    np.testing.assert_allclose(rows["tf_idf"], term_weights.tf_idf_matrix(np.array([[2, 1], [0, 1]]))[0])


def test_tokens_that_stay_are_not_counted_as_displaced(sklearn):
    """A document of one word can't be put in another order, one that is sorted is so already."""
    outcome = text10.change_order(SimpleNamespace(cleaned=[["b"], ["a", "c"], ["z", "y", "x"]]))

    assert outcome.displaced == [4, 2]
    assert outcome.entries == {"one_hot": 6, "counts": 6, "tf_idf": 6}


WORDS = SimpleNamespace(
    words=("man", "woman", "uncle", "aunt", "far", "near"),
    vectors=np.array([[1, 0], [1, 1], [4, 0], [8, 7], [3, -1], [4.1, 0.2]], dtype=np.float32),
)


def test_directions_of_vectors_in_a_plane():
    """From man to woman it is straight up, from uncle to aunt (4, 7)."""
    relation = ("man", "woman", "uncle", "aunt")

    outcome = text10.compare_directions(WORDS, left=(relation,), right=(), others=())

    assert outcome.parallel_left == {"man:woman as uncle:aunt": pytest.approx(7 / 65**0.5)}
    assert outcome.king_queen == outcome.chance_right == outcome.chance_others == {}
    assert 0 < outcome.chance_left["man:woman as uncle:aunt"] < 1
    # uncle - man + woman is (1, 1) by unit vectors: aunt is nearest in direction, though "near" is closer
    assert outcome.man_uncle["words"] == ["aunt", "near", "far"]
    assert outcome.man_uncle["cosines"][0] == pytest.approx(15 / 226**0.5)


def test_a_word_without_vector_is_one_clear_line():
    """The error names the word and how many there are."""
    with pytest.raises(ValueError, match=r"^there is no vector of 'sir': take one of the 6 words$"):
        text10.compare_directions(WORDS, left=())


@pytest.fixture(scope="module")
def glove(book_data):
    """Return GloVe's vectors."""
    (vectors,) = book_data("glove_6b_100d")
    return vectors


@NIGHTLY
@pytest.mark.parametrize("n_words", [20_000, 35_000])
def test_random_pairs_are_below_the_bound_of_parallel(glove, n_words):
    """The bound of the ledger is above what 99.9 % of random pairs of pairs have, and not far above."""
    checks = ledger().claims["ch04.text10.parallel_left"].rule.checks
    (bound,) = [check.rule.bound for check in checks if check.at == "cosine"]
    common = np.array([row for row, word in enumerate(glove.words) if word.isalpha() and len(word) > 1])
    a, b, x, y = common[np.random.default_rng(10).integers(0, n_words, (4, 100_000))]
    rows = [glove.vectors[late] - glove.vectors[early] for early, late in ((a, b), (x, y))]
    apart = (a != b) & (x != y)
    left, right = (row[apart] / np.linalg.norm(row[apart], axis=1, keepdims=True) for row in rows)

    quantile = np.quantile((left * right).sum(axis=1), 0.999)

    assert bound - 0.04 < quantile < bound


@NIGHTLY
def test_words_of_the_figure_are_common(glove):
    """So random pairs of common words are what their directions are held against."""
    rank = {word: place for place, word in enumerate(glove.words)}
    words = {word for relation in (*text10.LEFT, *text10.RIGHT) for word in relation}

    assert max(rank[word] for word in words) < 50_000
