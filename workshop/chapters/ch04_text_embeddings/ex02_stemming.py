"""Exercise 4.02: Stemming Our Data (page 172).

Each word of the example text is cut down to its stem.
"""

from __future__ import annotations

from typing import Sequence

from .ex01_cleaning import exercise_4_01_in_nltk


def exercise_4_02_in_nltk(nltk_stopwords: Sequence[str]) -> tuple[list[list[str]], list[list[str]]]:
    """Stem the words that exercise 4.01 leaves, in NLTK's own calls; return the words and the stems."""
    from nltk.stem import PorterStemmer

    cleaned = exercise_4_01_in_nltk(nltk_stopwords)
    stemmer = PorterStemmer()
    stems_of_all = [[stemmer.stem(word) for word in sentence] for sentence in cleaned]
    return cleaned, stems_of_all
