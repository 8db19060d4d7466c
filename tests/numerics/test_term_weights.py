"""One-hot, count and TF-IDF matrices by hand, compared with small cases on paper and with scikit-learn."""

import math

import numpy as np
import pytest

from workshop.numerics.term_weights import (
    all_terms,
    count_matrix,
    document_frequency,
    most_frequent,
    stable_argsort,
    tf_idf_matrix,
    words,
)

PETS = [["cat", "cat", "dog"], ["dog", "catfish"], []]


def test_small_matrices_by_hand():
    terms = all_terms(PETS)

    assert terms == ["cat", "catfish", "dog"]
    counts = count_matrix(PETS, terms)
    assert counts.tolist() == [[2, 0, 1], [0, 1, 1], [0, 0, 0]]
    assert document_frequency(counts).tolist() == [1, 1, 2]
    assert counts.dtype == document_frequency(counts).dtype == np.int64


def test_columns_stand_in_the_order_of_the_terms_given():
    assert count_matrix(PETS, ["dog", "cow", "cat"]).tolist() == [[1, 0, 2], [1, 0, 0], [0, 0, 0]]
    assert count_matrix(PETS, []).shape == (3, 0)
    assert count_matrix([], ["cat"]).shape == (0, 1)


def test_tf_idf_by_hand():
    counts = count_matrix(PETS, ["cat", "dog"])
    smooth = [math.log(4 / 2) + 1, math.log(4 / 3) + 1]

    weights = tf_idf_matrix(counts)

    length = math.hypot(2 * smooth[0], smooth[1])
    np.testing.assert_allclose(
        weights, [[2 * smooth[0] / length, smooth[1] / length], [0, 1], [0, 0]], rtol=1e-14
    )


@pytest.mark.parametrize("seed", range(5))
def test_matrices_of_scikit_learn(seed):
    text = pytest.importorskip("sklearn.feature_extraction.text")
    rng = np.random.default_rng(seed)
    documents = [[f"w{n}" for n in rng.integers(0, 30, size)] for size in (*rng.integers(1, 40, 12), 0)]
    counts = count_matrix(documents, all_terms(documents))

    def of_sklearn(name, **settings):
        vectorizer = getattr(text, name)(analyzer=list, **settings)
        matrix = vectorizer.fit_transform(documents).toarray()
        assert vectorizer.get_feature_names_out().tolist() == all_terms(documents)
        return matrix

    np.testing.assert_array_equal(counts, of_sklearn("CountVectorizer"))
    np.testing.assert_allclose(tf_idf_matrix(counts), of_sklearn("TfidfVectorizer"), rtol=1e-14)


@pytest.mark.parametrize(
    "text",
    ["we'll learn; let's!", "A b cd E_f x1 3,45 d'être ÄÖ-ü", "__a a__ 'tis I.D. snake_case CamelCase", "\n"],
)
def test_words_are_those_of_scikit_learn(text):
    analyzer = pytest.importorskip("sklearn.feature_extraction.text").CountVectorizer().build_analyzer()

    assert words(text) == analyzer(text)


def test_most_frequent_terms_come_in_alphabetical_order():
    totals = {"d": 2, "b": 2, "c": 5, "a": 2}

    assert most_frequent(totals, 2, stable_argsort) == ["a", "c"]
    assert most_frequent(totals, 2, lambda values: stable_argsort(values)[::-1]) == ["b", "d"]
    assert most_frequent(totals, 3) == ["a", "b", "c"]
    assert most_frequent(totals, 9) == ["a", "b", "c", "d"]
