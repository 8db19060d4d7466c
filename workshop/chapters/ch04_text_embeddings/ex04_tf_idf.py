"""Exercise 4.04: Document-Term Matrix with TF-IDF (page 188).

Five words of four sentences are weighted by TF-IDF.
"""

from __future__ import annotations

import numpy as np

from .ex01_cleaning import EXERCISE_TEXT

N_TERMS = 5


def exercise_4_04_in_sklearn(
    text: str = EXERCISE_TEXT, n_terms: int = N_TERMS
) -> tuple[dict[str, int], np.ndarray, np.ndarray]:
    """Weight the most frequent terms in scikit-learn's own calls; return vocabulary, matrix and idf."""
    from nltk.tokenize import sent_tokenize
    from sklearn.feature_extraction.text import TfidfVectorizer

    sentences = sent_tokenize(text.lower())
    vectorizer = TfidfVectorizer(max_features=n_terms)
    matrix = vectorizer.fit_transform(sentences).toarray()
    vocabulary = {term: int(column) for term, column in vectorizer.vocabulary_.items()}
    return vocabulary, matrix, vectorizer.idf_
