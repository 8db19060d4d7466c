"""Exercise 4.01: Tokenizing, Case Normalization, Punctuation, and Stop Word Removal (page 166).

The example text is split into words, put in lower case, and freed of punctuation and stop words.
"""

from __future__ import annotations

import string
from typing import Sequence

TOY_TEXT = (
    "Welcome to the world of Deep Learning for NLP! "
    "We're in this together, and we'll learn together. "
    "NLP is amazing, and Deep Learning makes it even more fun. "
    "Let's learn!"
)
EXERCISE_TEXT = TOY_TEXT.replace("Deep Learning", "deep learning")


def exercise_4_01_in_nltk(nltk_stopwords: Sequence[str], text: str = EXERCISE_TEXT) -> list[list[str]]:
    """Convert a text to lower case, split it, and drop punctuation and stop words, in NLTK's own calls."""
    from nltk.tokenize import sent_tokenize, word_tokenize

    left_out = [*string.punctuation, *nltk_stopwords]
    words = [word_tokenize(sentence) for sentence in sent_tokenize(text.lower())]
    return [[word for word in sentence if word not in left_out] for sentence in words]
