"""Matrices of term frequencies and weights by scikit-learn, and the terms that are kept in them.

Among terms of equal frequency, scikit-learn's `max_features` keeps those that NumPy's argsort happens to put
first. That depends on NumPy's version and on the processor. So each procedure runs literally, as the book has
it, and a second time for the terms that NumPy's scalar sort keeps, which are the same on every machine and
show whether that sort explains what the book prints.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import numpy as np

from workshop.numerics.term_weights import Documents


def vectorized(kind: str, documents: Any, **settings: Any) -> tuple[Any, np.ndarray]:
    """Return a scikit-learn vectorizer fitted to documents, and their matrix.

    Lists of tokens are used unchanged, and texts are split by the default rule.
    """
    from sklearn.feature_extraction import text

    if not isinstance(documents[0], str):
        settings["analyzer"] = unchanged
    vectorizer = getattr(text, kind)(**settings)
    return vectorizer, vectorizer.fit_transform(documents).toarray()


def unchanged(tokens: list[str]) -> list[str]:
    """Return a document's tokens as they are."""
    return tokens


def vocabulary_of(vectorizer: Any) -> dict[str, int]:
    """Return the column of each term of a fitted scikit-learn vectorizer."""
    return {str(term): int(column) for term, column in vectorizer.vocabulary_.items()}


def in_columns(vocabulary: dict[str, int]) -> list[str]:
    """Return the terms in the order of their columns."""
    return sorted(vocabulary, key=vocabulary.__getitem__)


def totals_of(documents: Documents) -> dict[str, int]:
    """Return how often each term occurs in all documents together."""
    return Counter(itertools.chain.from_iterable(documents))


def judged(vocabulary: dict[str, int], totals: dict[str, int]) -> dict[str, int]:
    """Return whether a vocabulary has the most frequent terms, given the totals of all.

    `n_terms` : number of kept terms. `misplaced` : number of columns that are not in alphabetical order.
    `passed_over` : number of omitted terms that are more frequent than a kept one.
    """
    fewest = min(totals[term] for term in vocabulary)
    return {
        "n_terms": len(vocabulary),
        "misplaced": sum(vocabulary[term] != column for column, term in enumerate(sorted(vocabulary))),
        "passed_over": sum(total > fewest for term, total in totals.items() if term not in vocabulary),
    }
