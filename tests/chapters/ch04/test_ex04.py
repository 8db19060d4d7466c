"""Exercise 4.04: Document-Term Matrix with TF-IDF."""

from typing import Any

import numpy as np
import pytest

from workshop.ledger import ledger
from workshop.measures.ch04_text_embeddings import ex04_tf_idf
from workshop.measures.ch04_text_embeddings import text08_term_frequencies as text08


def documented(claim: str) -> Any:
    """Return a printed value."""
    return ledger().claims[claim].documented


def test_seven_terms_are_kept_by_any_sort(sklearn, toy):
    """So max_features=7 shows the two terms of one sentence, as readers are advised."""
    found = ex04_tf_idf.exercise_4_04(toy, text08.count_raw_sentences(toy, n_terms=7), n_terms=7)

    assert found.literal.by_idf == [["and", "deep", "learn", "learning", "nlp"], ["together", "we"]]
    assert found.literal.vocabulary == found.scalar.vocabulary


@pytest.mark.parametrize(
    "own", [["Tea is tea."], ["Tea with milk", "and tea without.", "No milk, no sugar!"]]
)
def test_own_texts_are_counted_and_weighted(sklearn, own):
    """One text of two terms, and three of more than five: the matrices are those by hand."""
    counts = text08.count_raw_sentences(own)
    found = ex04_tf_idf.exercise_4_04(own, counts)

    assert counts.raw.vocabulary == found.literal.vocabulary
    assert counts.raw_scalar.vocabulary == found.scalar.vocabulary
    assert len(counts.raw_ties.scalar) == len(counts.raw.vocabulary) == (2 if len(own) == 1 else 5)
    assert (counts.raw.oracle_gap, counts.raw_scalar.oracle_gap, counts.two_terms) == (0, 0, {})
    assert max(found.literal.oracle_gap, found.scalar.oracle_gap) < 1e-12
    assert found.literal.doc_freq["tea"] == len(own[:2])
    with pytest.raises(ValueError, match=r"^give the sentences as a list of texts: "):
        ex04_tf_idf.exercise_4_04("Tea is tea.", counts)


@pytest.mark.parametrize("n", [1, 3, 12])
def test_idf_of_scikit_learn_by_any_number_of_documents(sklearn, n):
    """The default is the smooth formula; with smooth_idf=False it is the printed one."""
    outcome = ex04_tf_idf.inverse_document_frequencies(n)

    assert outcome.default == outcome.smooth
    assert len(outcome.plain) == n
    assert max(outcome.formula_gap.values()) < 1e-12
    assert outcome.plain[0] == pytest.approx(np.log(n) + 1)
