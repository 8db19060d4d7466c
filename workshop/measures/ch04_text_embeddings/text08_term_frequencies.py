"""Text: Term Frequencies (chapter 4, page 183).

It leads to exercise 4.04. `_matrices` says why terms are counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any, Iterable

import numpy as np

from workshop.chapters.ch04_text_embeddings.ex04_tf_idf import N_TERMS
from workshop.numerics.introsort import introsort_argsort
from workshop.numerics.similarity import distance
from workshop.numerics.term_weights import Documents, count_matrix, most_frequent, stable_argsort, words
from workshop.units import unit

from ._matrices import in_columns, judged, totals_of, vectorized, vocabulary_of
from ._tokens import sentences_of, tokens_of

# terms of the toy text kept by NumPy's argsort with AVX-512 (NumPy 1.25.0 to 2.5.0) or AVX2 (from 2.0.0 on)
WITH_VECTORS = (("and", "deep", "learn", "learning", "nlp"), ("amaz", "deep", "learn", "nlp", "togeth"))
# a row for each document, a column for each term
FIGURE_4_8 = (
    (0, 0, 2, 7, 3, 9, 0, 10, 4, 0, 0),
    (4, 0, 0, 2, 9, 0, 2, 0, 0, 9, 0),
    (9, 3, 0, 0, 0, 6, 5, 0, 0, 8, 0),
    (9, 0, 10, 0, 0, 0, 2, 3, 0, 0, 0),
    (0, 8, 5, 0, 4, 9, 0, 0, 0, 0, 6),
    (7, 0, 8, 0, 0, 0, 8, 0, 0, 4, 0),
    (10, 0, 0, 0, 7, 0, 0, 0, 2, 0, 0),
    (0, 5, 0, 0, 0, 0, 0, 0, 0, 3, 0),
    (10, 0, 10, 0, 0, 0, 0, 9, 0, 2, 0),
    (0, 7, 0, 0, 0, 0, 7, 0, 3, 0, 0),
    (10, 0, 0, 0, 0, 1, 0, 0, 6, 5, 5),
    (5, 0, 0, 5, 0, 0, 0, 0, 1, 8, 10),
    (0, 10, 2, 0, 5, 0, 6, 0, 0, 1, 0),
)


def nearest_choice(kept: Iterable[str], choices: Iterable[Iterable[str]]) -> int:
    """Return how many kept terms are missing from the choice that contains most of them."""
    return min(len(set(kept) - set(choice)) for choice in choices)


@dataclass(frozen=True)
class Ties:
    """What is certain and what is open when only the most frequent terms are kept.

    `certain` : terms that are always kept. `tied` : terms of which only some are kept. `choices` : the number
    of ways to choose them. `scalar`, `stable` : the terms kept by NumPy's scalar sort and by a stable sort.
    """

    certain: list[str]
    tied: list[str]
    choices: int
    scalar: list[str]
    stable: list[str]


def ties(totals: dict[str, int], limit: int) -> Ties:
    """Return what is certain and what is open for `limit` terms, or for all if there are fewer."""
    limit = min(limit, len(totals))
    fewest = sorted(totals.values(), reverse=True)[limit - 1]
    certain = sorted(term for term, total in totals.items() if total > fewest)
    tied = sorted(term for term, total in totals.items() if total == fewest)
    return Ties(
        certain=certain,
        tied=tied,
        choices=sum(1 for _ in combinations(tied, limit - len(certain))),
        scalar=most_frequent(totals, limit, introsort_argsort),
        stable=most_frequent(totals, limit, stable_argsort),
    )


@dataclass(frozen=True)
class Counted:
    """A count matrix (documents, terms) by scikit-learn, int64, and the column of each term.

    `oracle_gap` : its largest difference from the count matrix by hand for these columns.
    """

    vocabulary: dict[str, int]
    counts: np.ndarray
    kept: dict[str, int]
    oracle_gap: float


def counted(documents: Any, tokens: Documents, **settings: Any) -> Counted:
    """Count the terms of documents with scikit-learn, and their tokens by hand."""
    vectorizer, counts = vectorized("CountVectorizer", documents, **settings)
    vocabulary = vocabulary_of(vectorizer)
    return Counted(
        vocabulary=vocabulary,
        counts=counts,
        kept=judged(vocabulary, totals_of(tokens)),
        oracle_gap=distance(counts, count_matrix(tokens, in_columns(vocabulary))),
    )


def twice_in_second(found: Counted) -> dict[int, str]:
    """Return columns and terms with count 2 in the second document."""
    terms = in_columns(found.vocabulary)
    return {column: term for column, term in enumerate(terms) if 2 in found.counts[1:2, column]}


@dataclass(frozen=True)
class Shape:
    """Numbers of documents and terms, found by hand, and the shape of their matrix."""

    documents: int
    terms: int
    shape: list[int]


@dataclass(frozen=True)
class RawCounts:
    """Counts of the raw sentences.

    `raw` : by the literal call. `raw_scalar` : for the terms that NumPy's scalar sort keeps.
    `raw_off_known` : number of terms of `raw` that are missing from the nearest known choice of NumPy.
    `raw_dtype` : that of the matrix. `two_terms`, `two_terms_scalar` : columns and terms with count 2 in the
    second sentence, of `raw` and of `raw_scalar`. `dtm_shape_rule` : shapes with some terms, with all, and
    with one more sentence of a new word.
    """

    raw: Counted
    raw_scalar: Counted
    raw_off_known: int
    raw_dtype: str
    raw_ties: Ties
    two_terms: dict[int, str]
    two_terms_scalar: dict[int, str]
    dtm_shape_rule: dict[str, Shape]


@unit("ch04.text08", uses="sklearn")
def count_raw_sentences(
    ch04_ex01: Any, n_terms: int = N_TERMS, with_vectors: tuple[str, ...] = WITH_VECTORS[0]
) -> RawCounts:
    """Count the most frequent terms of exercise 4.01's sentences in lower case, or of own texts.

    `with_vectors` : the terms that NumPy's argsort keeps with vector instructions.
    Source: chapter 4, text on term frequencies.
    """
    sentences = sentences_of(ch04_ex01)
    tokens = [words(sentence) for sentence in sentences]
    totals = totals_of(tokens)
    literal = counted(sentences, tokens, max_features=n_terms)
    scalar = counted(sentences, tokens, vocabulary=most_frequent(totals, n_terms))
    new_word = max(totals, key=len) + "x"  # longer than each term
    one_more = counted([*sentences, new_word], [*tokens, [new_word]])
    return RawCounts(
        raw=literal,
        raw_scalar=scalar,
        raw_off_known=nearest_choice(literal.vocabulary, [scalar.vocabulary, with_vectors]),
        raw_dtype=str(literal.counts.dtype),
        raw_ties=ties(totals, n_terms),
        two_terms=twice_in_second(literal),
        two_terms_scalar=twice_in_second(scalar),
        dtm_shape_rule={
            "five_terms": Shape(len(sentences), len(literal.vocabulary), list(literal.counts.shape)),
            "all_terms": Shape(len(sentences), len(totals), list(counted(sentences, tokens).counts.shape)),
            "one_more": Shape(len(sentences) + 1, len(totals) + 1, list(one_more.counts.shape)),
        },
    )


@dataclass(frozen=True)
class StemCounts:
    """Counts of the stemmed tokens.

    `stem` : by the literal call. `stem_scalar` : for the terms that NumPy's scalar sort keeps.
    `stem_off_known` : number of terms of `stem` that are missing from the nearest known choice of NumPy.
    """

    stem: Counted
    stem_scalar: Counted
    stem_off_known: int
    stem_ties: Ties


@unit("ch04.text08", uses="sklearn")
def count_stems(
    ch04_ex02: Any, n_terms: int = N_TERMS, with_vectors: tuple[str, ...] = WITH_VECTORS[1]
) -> StemCounts:
    """Count the most frequent stems. For `with_vectors` see `count_raw_sentences`.

    Source: chapter 4, text on term frequencies.
    """
    tokens = tokens_of(ch04_ex02, "stems")
    totals = totals_of(tokens)
    literal = counted(tokens, tokens, max_features=n_terms)
    scalar = counted(tokens, tokens, vocabulary=most_frequent(totals, n_terms))
    return StemCounts(
        stem=literal,
        stem_scalar=scalar,
        stem_off_known=nearest_choice(literal.vocabulary, [scalar.vocabulary, with_vectors]),
        stem_ties=ties(totals, n_terms),
    )


@dataclass(frozen=True)
class FigureCounts:
    """The count matrix of documents with a table's number of each term, and its share of zeros."""

    figure_counts: np.ndarray
    figure_zeros: float


@unit("ch04.text08", uses="sklearn")
def count_figure(table: tuple[tuple[int, ...], ...] = FIGURE_4_8) -> FigureCounts:
    """Make documents with the table's terms, and count the terms.

    Source: chapter 4, text on term frequencies, Figure 4.8.
    """
    documents = [[f"t{column:02}" for column, times in enumerate(row) for _ in range(times)] for row in table]
    _, counts = vectorized("CountVectorizer", documents)
    return FigureCounts(counts, float((counts == 0).mean()))
