"""The text of chapter 4: word2vec (windows, CBOW and skip-gram)."""

import pytest

from workshop.measures.ch04_text_embeddings import text11_word2vec as text11


def test_another_sentence_has_other_windows():
    """The result depends on the tokens and the size."""
    outcome = text11.slide_window(tokens=tuple("abcdef"), size=1)

    assert outcome.window_terms == 3
    assert outcome.windows == [list("abc"), list("bcd"), list("cde"), list("def")]
    assert (outcome.first_target, outcome.c3) == ("b", {"target": "d", "context": ["c", "e"]})
    assert outcome.n_samples == {"cbow": 4, "skip_gram": 8}


def test_a_sentence_too_short_for_three_windows_is_one_clear_line():
    """The error names how many words it needs."""
    with pytest.raises(ValueError, match=r"^6 words are too few for three windows: give 7 or more$"):
        text11.slide_window(tokens=tuple("abcdef"))


def test_network_is_as_large_as_the_vocabulary():
    """A word that occurs twice has one unit; any number of dimensions will do."""
    pytest.importorskip("tensorflow")

    outcome = text11.look_at_network(tokens=tuple("abcabd"), size=1, dimensions=5)

    assert outcome.hidden_dim == {"input_units": 4, "weights": [4, 5], "output_units": 4}
    assert outcome.vectors_gap < 1e-6
