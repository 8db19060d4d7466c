"""Exercise 4.03: Creating One-Hot Encoding for Our Data (page 181).

Four sentences become rows of ones and zeros that say which of three words they contain.
"""

from __future__ import annotations

from typing import Sequence

import numpy as np

from .ex01_cleaning import exercise_4_01_in_nltk

TARGET_TERMS = ("nlp", "deep", "learn")


def exercise_4_03_in_numpy(
    nltk_stopwords: Sequence[str], terms: Sequence[str] = TARGET_TERMS
) -> tuple[list[list[str]], np.ndarray]:
    """Encode the sentences that exercise 4.01 leaves; return them and the matrix (sentences, terms)."""
    cleaned = exercise_4_01_in_nltk(nltk_stopwords)
    matrix = np.array([[int(term in sentence) for term in terms] for sentence in cleaned])
    return cleaned, matrix
