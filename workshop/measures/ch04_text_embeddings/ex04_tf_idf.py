"""What is measured of exercise 4.04.

The text on the TF-IDF method (ch04.text09) leads to it. `_matrices` says why terms are weighted twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.chapters.ch04_text_embeddings.ex04_tf_idf import N_TERMS
from workshop.numerics.similarity import distance
from workshop.numerics.term_weights import (
    count_matrix,
    document_frequency,
    inverse_document_frequency,
    most_frequent,
    tf_idf_matrix,
    words,
)
from workshop.units import unit

from ._matrices import in_columns, judged, totals_of, vectorized, vocabulary_of
from ._tokens import sentences_of


@dataclass(frozen=True)
class InverseDocumentFrequencies:
    """Inverse document frequencies of terms that are in 1, 2, … and all documents, by scikit-learn.

    `default` : with its defaults. `plain`, `smooth` : by `smooth_idf`. `formula_gap` : their largest
    differences from ln(n/df) + 1 and from ln((1 + n)/(1 + df)) + 1. `weights` : the terms' TF-IDF weights in
    a document that has each of them once. `weights_gap` : their largest difference from those by hand.
    """

    default: list[float]
    plain: list[float]
    smooth: list[float]
    formula_gap: dict[str, float]
    weights: list[float]
    weights_gap: float


@unit("ch04.text09", uses="sklearn")
def inverse_document_frequencies(n_documents: int = 4) -> InverseDocumentFrequencies:
    """Weight terms with scikit-learn by the number of documents that contain them.

    Source: chapter 4, text on the TF-IDF method, Figure 4.9.
    """
    frequencies = np.arange(1, n_documents + 1)
    documents = [
        [f"t{frequency:03}" for frequency in frequencies if frequency > place] for place in range(n_documents)
    ]

    default, plain, smooth = (
        vectorized("TfidfVectorizer", documents, **settings)[0].idf_.tolist()
        for settings in ({}, {"smooth_idf": False}, {"smooth_idf": True})
    )
    weights = vectorized("TfidfVectorizer", documents)[1][0]
    by_hand = tf_idf_matrix(count_matrix(documents, sorted(documents[0])))[0]
    return InverseDocumentFrequencies(
        default=default,
        plain=plain,
        smooth=smooth,
        formula_gap={
            "plain": distance(plain, inverse_document_frequency(frequencies, n_documents, smooth=False)),
            "smooth": distance(smooth, inverse_document_frequency(frequencies, n_documents, smooth=True)),
        },
        weights=weights.tolist(),
        weights_gap=distance(weights, by_hand),
    )


@dataclass(frozen=True)
class Weighted:
    """A TF-IDF matrix (documents, terms) by scikit-learn, and the column of each term.

    `idf` : of the terms in the order of their columns. `by_idf` : groups of terms of one idf, the
    lowest first. `doc_freq` : number of documents with each term. `oracle_gap` : largest difference of
    matrix or idf from those by hand. `lowered` : numbers of entries between 0 and 1 that the idf made smaller
    than the count, and that the division of the row by its length made smaller.
    """

    vocabulary: dict[str, int]
    matrix: np.ndarray
    idf: list[float]
    by_idf: list[list[str]]
    doc_freq: dict[str, int]
    kept: dict[str, int]
    oracle_gap: float
    lowered: dict[str, int]


def weighted(sentences: Sequence[str], **settings: Any) -> Weighted:
    """Weight the terms of sentences by TF-IDF with scikit-learn and by hand."""
    tokens = [words(sentence) for sentence in sentences]
    vectorizer, matrix = vectorized("TfidfVectorizer", sentences, **settings)
    vocabulary = vocabulary_of(vectorizer)
    terms = in_columns(vocabulary)
    _, counts = vectorized("CountVectorizer", sentences, vocabulary=terms)
    _, products = vectorized("TfidfVectorizer", sentences, vocabulary=terms, norm=None)
    by_hand = count_matrix(tokens, terms)
    idf = inverse_document_frequency(document_frequency(by_hand), len(tokens), smooth=True)
    own_idf = vectorizer.idf_.tolist()
    below_one = (matrix > 0) & (matrix < 1 - 1e-9)
    return Weighted(
        vocabulary=vocabulary,
        matrix=matrix,
        idf=own_idf,
        by_idf=[[t for t, value in zip(terms, own_idf) if value == each] for each in sorted(set(own_idf))],
        doc_freq=dict(zip(terms, document_frequency(matrix).tolist())),
        kept=judged(vocabulary, totals_of(tokens)),
        oracle_gap=max(distance(matrix, tf_idf_matrix(by_hand)), distance(own_idf, idf)),
        lowered={
            "by_idf": int((below_one & (products < counts)).sum()),
            "by_row_length": int((below_one & (matrix < products)).sum()),
        },
    )


@dataclass(frozen=True)
class TfIdf:
    """TF-IDF weights of the raw sentences.

    `literal` : by the literal call. `scalar` : for the terms that NumPy's scalar sort keeps.
    `vocabulary_differing` : number of entries of each vocabulary that are not in the count vectorizer's.
    `lowest_idf` : that of all terms of both.
    """

    literal: Weighted
    scalar: Weighted
    vocabulary_differing: dict[str, int]
    lowest_idf: float


@unit("ch04.ex04", uses="sklearn")
def exercise_4_04(ch04_ex01: Any, ch04_text08: Any, n_terms: int = N_TERMS) -> TfIdf:
    """Weight the most frequent terms of exercise 4.01's sentences in lower case, or of own texts.

    `ch04_text08` : the outcome of `count_raw_sentences` of the same sentences.
    Source: chapter 4, exercise 4.04.
    """
    sentences = sentences_of(ch04_ex01)
    totals = totals_of([words(sentence) for sentence in sentences])
    literal = weighted(sentences, max_features=n_terms)
    scalar = weighted(sentences, vocabulary=most_frequent(totals, n_terms))
    return TfIdf(
        literal=literal,
        scalar=scalar,
        vocabulary_differing={
            "literal": len(set(literal.vocabulary.items()) ^ set(ch04_text08.raw.vocabulary.items())),
            "scalar": len(set(scalar.vocabulary.items()) ^ set(ch04_text08.raw_scalar.vocabulary.items())),
        },
        lowest_idf=min(*literal.idf, *scalar.idf),
    )
