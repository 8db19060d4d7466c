"""Bags of words by hand in NumPy: one-hot, count and TF-IDF matrices, to compare with scikit-learn's.

A document is a sequence of tokens. A matrix has a row for each document and a column for each term.
"""

from __future__ import annotations

import re
from typing import Callable, List, Sequence

import numpy as np

from workshop.numerics.introsort import introsort_argsort

Documents = Sequence[Sequence[str]]
Argsort = Callable[[Sequence[int]], List[int]]


def words(text: str) -> list[str]:
    """Return the runs of two or more letters, digits and underscores of a text, in lower case.

    So "we'll" gives "we" and "ll", and "let's" loses its "s".
    """
    return re.findall(r"\w{2,}", text.lower())


def all_terms(documents: Documents) -> list[str]:
    """Return the distinct tokens of all documents in alphabetical order."""
    return sorted(set().union(*documents))


def count_matrix(documents: Documents, terms: Sequence[str]) -> np.ndarray:
    """Return how often each term occurs in each document; int64 (documents, terms)."""
    counts = [[list(tokens).count(term) for term in terms] for tokens in documents]
    return np.array(counts, dtype=np.int64).reshape(len(documents), len(terms))


def document_frequency(counts: np.ndarray) -> np.ndarray:
    """Return the number of documents with each term; int64 (terms,)."""
    return (np.asarray(counts) > 0).sum(axis=0, dtype=np.int64)


def inverse_document_frequency(frequency: np.ndarray, n_documents: int, *, smooth: bool) -> np.ndarray:
    """Return ln(n/df) + 1 of document frequencies df (terms,); float64 (terms,).

    With `smooth`, ln((1 + n)/(1 + df)) + 1, as if one more document had every term.
    """
    df = np.asarray(frequency, dtype=np.float64)
    more = 1 if smooth else 0
    return np.log((n_documents + more) / (df + more)) + 1


def tf_idf_matrix(counts: np.ndarray) -> np.ndarray:
    """Return counts (documents, terms) times the terms' smooth idf; float64 of the same shape.

    Each row is divided by its Euclidean length, unless it is zero.
    """
    weights = counts * inverse_document_frequency(document_frequency(counts), len(counts), smooth=True)
    lengths = np.sqrt((weights**2).sum(axis=1, keepdims=True))
    return weights / np.where(lengths > 0, lengths, 1)


def stable_argsort(values: Sequence[int]) -> list[int]:
    """Return the indices that sort values in ascending order, equal ones in their original order."""
    return sorted(range(len(values)), key=values.__getitem__)


def most_frequent(totals: dict[str, int], limit: int, argsort: Argsort = introsort_argsort) -> list[str]:
    """Return, in alphabetical order, the terms that scikit-learn selects with `max_features`.

    It sorts the negated totals, in the terms' alphabetical order, and takes the first ones. The sort decides
    which of equally frequent terms are among them; by default it is NumPy's without vector instructions.
    """
    terms = sorted(totals)
    return sorted(terms[index] for index in argsort([-totals[term] for term in terms])[:limit])
