"""Exercise 4.03: Creating One-Hot Encoding for Our Data."""

import pytest

from workshop.measures.ch04_text_embeddings import ex03_one_hot


def test_a_part_of_a_token_is_no_term():
    """A sentence that has "learning" does not have "learn"; a term that is there twice has a 1."""
    assert ex03_one_hot.get_onehot(["learning", "deepest"]) == [0, 0, 0]
    assert ex03_one_hot.get_onehot(["learn", "learn"], ["learn", "learning"]) == [1, 0]


def test_own_sentences_and_own_terms_are_encoded():
    """Lists of words do without an outcome; any terms will do."""
    found = ex03_one_hot.exercise_4_03([["tea", "is", "tea"], ["milk"]], terms=("tea", "milk", "sugar"))

    assert found.matrix.tolist() == [[1, 0, 0], [0, 1, 0]]
    with pytest.raises(ValueError, match=r"^give each sentence as a list of words: "):
        ex03_one_hot.exercise_4_03(["tea is tea", "milk"])
