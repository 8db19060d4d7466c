"""Activity 4.01: Text Preprocessing of the 'Alice in Wonderland' Text (page 176).

Alice in Wonderland is split into words, freed of stop words and cut down to stems.
"""

from __future__ import annotations

import string
from typing import Sequence


def activity_4_01_in_nltk(
    nltk_gutenberg: str, nltk_stopwords: Sequence[str]
) -> tuple[list[list[str]], list[list[str]]]:
    """Clean and stem Alice in NLTK's own calls; return two cleaned and five stemmed sentences.

    `nltk_gutenberg` : the text of Alice.
    """
    from nltk.stem import PorterStemmer
    from nltk.tokenize import sent_tokenize, word_tokenize

    left_out = [*string.punctuation, *nltk_stopwords, "--", "said"]
    words = [word_tokenize(sentence) for sentence in sent_tokenize(nltk_gutenberg.lower())]
    cleaned = [[word for word in sentence if word not in left_out] for sentence in words]
    stemmer = PorterStemmer()
    stemmed = [[stemmer.stem(word) for word in sentence] for sentence in cleaned]
    return cleaned[:2], stemmed[:5]
