"""One-hot and count matrices of the toy text, by scikit-learn and by hand.

Among terms of equal frequency, scikit-learn's `max_features` keeps those that NumPy's argsort happens to put
first. That depends on NumPy's version and on the processor. So each procedure runs twice, once literally and
once with the terms that NumPy's scalar sort keeps, which are the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any, Dict, Iterable, List, Sequence, Tuple

import numpy as np

from workshop.numerics.introsort import introsort_argsort
from workshop.numerics.term_weights import (
    Documents,
    all_terms,
    count_matrix,
    most_frequent,
    one_hot_matrix,
    stable_argsort,
    words,
)
from workshop.units import unit

TARGET_TERMS = ("nlp", "deep", "learn")
N_TERMS = 5
# terms of the toy text kept by NumPy's argsort with AVX2 or AVX-512 instructions, NumPy 1.25.2 to 2.5.5
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


def get_onehot(tokens: Sequence[str], terms: Sequence[str] = TARGET_TERMS) -> List[int]:
    """Return 1 for each term that is one of the tokens, else 0. Only whole tokens count."""
    return [1 if term in list(tokens) else 0 for term in terms]


def gap(found: Any, expected: Any) -> float:
    """Return the largest difference of two arrays, infinite if their shapes differ."""
    found, expected = np.asarray(found), np.asarray(expected)
    return float(np.abs(found - expected).max()) if found.shape == expected.shape else float("inf")


def vectorized(kind: str, documents: Any, **settings: Any) -> Tuple[Any, np.ndarray]:
    """Return a scikit-learn vectorizer fitted to documents, and their matrix.

    Lists of tokens are used unchanged, and texts are split by the default rule.
    """
    from sklearn.feature_extraction import text

    if not isinstance(documents[0], str):
        settings.update(preprocessor=unchanged, tokenizer=unchanged, token_pattern=None)
    vectorizer = getattr(text, kind)(**settings)
    return vectorizer, vectorizer.fit_transform(documents).toarray()


def unchanged(tokens: List[str]) -> List[str]:
    """Return a document's tokens as they are."""
    return tokens


def vocabulary_of(vectorizer: Any) -> Dict[str, int]:
    """Return the column of each term of a fitted scikit-learn vectorizer."""
    return {str(term): int(column) for term, column in vectorizer.vocabulary_.items()}


def in_columns(vocabulary: Dict[str, int]) -> List[str]:
    """Return the terms in the order of their columns."""
    return sorted(vocabulary, key=vocabulary.__getitem__)


def totals_of(documents: Documents) -> Dict[str, int]:
    """Return how often each term occurs in all documents together."""
    terms = all_terms(documents)
    return dict(zip(terms, count_matrix(documents, terms).sum(axis=0).tolist()))


@dataclass(frozen=True)
class Kept:
    """Whether the kept terms are the most frequent ones.

    `n_terms` : number of kept terms. `misplaced` : number of columns that are not in alphabetical order.
    `passed_over` : number of omitted terms that are more frequent than a kept one.
    """

    n_terms: int
    misplaced: int
    passed_over: int


def judged(vocabulary: Dict[str, int], totals: Dict[str, int]) -> Kept:
    """Compare a vocabulary with the totals of all terms."""
    fewest = min(totals[term] for term in vocabulary)
    return Kept(
        n_terms=len(vocabulary),
        misplaced=sum(vocabulary[term] != column for column, term in enumerate(sorted(vocabulary))),
        passed_over=sum(total > fewest for term, total in totals.items() if term not in vocabulary),
    )


def nearest_choice(kept: Iterable[str], choices: Iterable[Iterable[str]]) -> int:
    """Return how many kept terms are missing from the choice that contains most of them."""
    return min(len(set(kept) - set(choice)) for choice in choices)


def ties(totals: Dict[str, int], limit: int) -> Dict[str, Any]:
    """Return what is certain and what is open when only the most frequent terms are kept.

    `certain` : terms that are always kept. `tied` : terms of which only some are kept. `choices` : the ways
    to choose them. `scalar`, `stable` : the terms kept by NumPy's scalar sort and by a stable sort.
    """
    fewest = sorted(totals.values(), reverse=True)[limit - 1]
    certain = sorted(term for term, total in totals.items() if total > fewest)
    tied = sorted(term for term, total in totals.items() if total == fewest)
    return {
        "certain": certain,
        "tied": tied,
        "choices": sum(1 for _ in combinations(tied, limit - len(certain))),
        "scalar": most_frequent(totals, limit, introsort_argsort),
        "stable": most_frequent(totals, limit, stable_argsort),
    }


@dataclass(frozen=True)
class OneHot:
    """One-hot features of the toy text, one row for each sentence.

    `nlp` : for one term. `three_terms` : for three. `of_repeated` : for the term that occurs most often in a
    sentence, with its counts.
    """

    nlp: List[int]
    three_terms: List[List[int]]
    of_repeated: Dict[str, Any]


@unit("ch04.text07")
def one_hot(ch04_ex01: Any, terms: Tuple[str, ...] = TARGET_TERMS) -> OneHot:
    """Find the sentences that contain one term, and those that contain each of three.

    Source: chapter 4, text on one-hot encoding, Figures 4.6 and 4.7.
    """
    sentences = ch04_ex01.cleaned
    repeated = max(all_terms(sentences), key=lambda term: max(tokens.count(term) for tokens in sentences))
    return OneHot(
        nlp=[get_onehot(tokens, terms[:1])[0] for tokens in sentences],
        three_terms=[get_onehot(tokens, terms) for tokens in sentences],
        of_repeated={
            "term": repeated,
            "one_hot": [get_onehot(tokens, [repeated])[0] for tokens in sentences],
            "counts": [tokens.count(repeated) for tokens in sentences],
        },
    )


@dataclass(frozen=True)
class OneHotMatrix:
    """The one-hot matrix (sentences, terms), and the length of the first sentence's encoding.

    `matrix_gap` : largest difference of the one-hot matrix by hand from that of scikit-learn's
    CountVectorizer with `binary`, for all terms and for those of the exercise.
    """

    length: int
    matrix: np.ndarray
    matrix_gap: Dict[str, float]


@unit("ch04.ex03", uses=("sklearn",))
def exercise_4_03(ch04_ex01: Any, terms: Tuple[str, ...] = TARGET_TERMS) -> OneHotMatrix:
    """Encode each sentence for the target terms. Source: chapter 4, exercise 4.03."""
    sentences = ch04_ex01.cleaned
    matrix = np.array([get_onehot(tokens, terms) for tokens in sentences])
    _, of_terms = vectorized("CountVectorizer", sentences, binary=True, vocabulary=list(terms))
    _, of_all = vectorized("CountVectorizer", sentences, binary=True)
    return OneHotMatrix(
        length=len(get_onehot(sentences[0], terms)),
        matrix=matrix,
        matrix_gap={
            "target_terms": gap(matrix, of_terms),
            "all_terms": gap(one_hot_matrix(sentences, all_terms(sentences)), of_all),
        },
    )


@dataclass(frozen=True)
class Counted:
    """A count matrix (documents, terms) by scikit-learn, int64, and the column of each term.

    `oracle_gap` : its largest difference from the count matrix by hand for these columns.
    """

    vocabulary: Dict[str, int]
    counts: np.ndarray
    kept: Kept
    oracle_gap: float


def counted(documents: Any, tokens: Documents, **settings: Any) -> Counted:
    """Count the terms of documents with scikit-learn, and their tokens by hand."""
    vectorizer, counts = vectorized("CountVectorizer", documents, **settings)
    vocabulary = vocabulary_of(vectorizer)
    return Counted(
        vocabulary=vocabulary,
        counts=counts,
        kept=judged(vocabulary, totals_of(tokens)),
        oracle_gap=gap(counts, count_matrix(tokens, in_columns(vocabulary))),
    )


@dataclass(frozen=True)
class RawCounts:
    """Counts of the raw sentences.

    `raw` : for the terms that NumPy's scalar sort keeps. `raw_today` : for those kept by the current
    environment. `raw_off_known` : number of the latter that are missing from the nearest known choice of
    NumPy. `raw_dtype` : that of the matrix. `raw_ties` : see `ties`. `two_terms` : columns and terms with
    count 2 in the second sentence. `dtm_shape_rule` : numbers of sentences and terms, found by hand, and the
    shape of the matrix, with some and with all terms.
    """

    raw: Counted
    raw_today: Counted
    raw_off_known: int
    raw_dtype: str
    raw_ties: Dict[str, Any]
    two_terms: Dict[int, str]
    dtm_shape_rule: Dict[str, Any]


@unit("ch04.text08", uses=("sklearn",))
def count_raw_sentences(
    ch04_ex01: Any, n_terms: int = N_TERMS, with_vectors: Tuple[str, ...] = WITH_VECTORS[0]
) -> RawCounts:
    """Count the most frequent terms of the sentences in lower case.

    `with_vectors` : the terms that NumPy's argsort keeps with vector instructions.
    Source: chapter 4, text on term frequencies.
    """
    sentences = ch04_ex01.sentences
    tokens = [words(sentence) for sentence in sentences]
    totals = totals_of(tokens)
    scalar = counted(sentences, tokens, vocabulary=most_frequent(totals, n_terms))
    today = counted(sentences, tokens, max_features=n_terms)
    terms = in_columns(scalar.vocabulary)
    return RawCounts(
        raw=scalar,
        raw_today=today,
        raw_off_known=nearest_choice(today.vocabulary, [scalar.vocabulary, with_vectors]),
        raw_dtype=str(today.counts.dtype),
        raw_ties=ties(totals, n_terms),
        two_terms={int(column): terms[column] for column in np.flatnonzero(scalar.counts[1] == 2)},
        dtm_shape_rule={
            "five_terms": {
                "documents": len(sentences),
                "terms": len(today.vocabulary),
                "shape": list(today.counts.shape),
            },
            "all_terms": {
                "documents": len(sentences),
                "terms": len(totals),
                "shape": list(counted(sentences, tokens).counts.shape),
            },
        },
    )


@dataclass(frozen=True)
class StemCounts:
    """Counts of the stemmed tokens.

    `stem` : for the terms that NumPy's scalar sort keeps. `stem_today` : for those kept by the current
    environment. `stem_off_known` : number of the latter that are missing from the nearest known choice of
    NumPy. `stem_ties` : see `ties`.
    """

    stem: Counted
    stem_today: Counted
    stem_off_known: int
    stem_ties: Dict[str, Any]


@unit("ch04.text08", uses=("sklearn",))
def count_stems(
    ch04_ex02: Any, n_terms: int = N_TERMS, with_vectors: Tuple[str, ...] = WITH_VECTORS[1]
) -> StemCounts:
    """Count the most frequent stems. For `with_vectors` see `count_raw_sentences`.

    Source: chapter 4, text on term frequencies.
    """
    tokens = ch04_ex02.stems
    totals = totals_of(tokens)
    scalar = counted(tokens, tokens, vocabulary=most_frequent(totals, n_terms))
    today = counted(tokens, tokens, max_features=n_terms)
    return StemCounts(
        stem=scalar,
        stem_today=today,
        stem_off_known=nearest_choice(today.vocabulary, [scalar.vocabulary, with_vectors]),
        stem_ties=ties(totals, n_terms),
    )


@dataclass(frozen=True)
class FigureCounts:
    """The count matrix of documents with a table's number of each term, and its share of zeros."""

    figure_counts: np.ndarray
    figure_zeros: float


@unit("ch04.text08", uses=("sklearn",))
def count_figure(table: Tuple[Tuple[int, ...], ...] = FIGURE_4_8) -> FigureCounts:
    """Make documents with the table's terms, and count the terms.

    Source: chapter 4, text on term frequencies, Figure 4.8.
    """
    documents = [[f"t{column:02}" for column, times in enumerate(row) for _ in range(times)] for row in table]
    _, counts = vectorized("CountVectorizer", documents)
    return FigureCounts(counts, float((counts == 0).mean()))
