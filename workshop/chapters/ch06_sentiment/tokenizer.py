"""Texts as ranks of their words, as by Keras' Tokenizer, which Keras 3 keeps as a legacy only."""

from __future__ import annotations

from collections import Counter
from typing import Dict, List, Mapping, Optional, Sequence

FILTERED = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'  # no apostrophe: "don't" stays a word
_BLANKS = str.maketrans(dict.fromkeys(FILTERED, " "))


def words_of(text: str) -> List[str]:
    """Return the words of a text: lower case, filtered characters made blanks, split at blanks.

    As Keras' `text_to_word_sequence` does: other white space, dashes and quotes outside ASCII stay.
    Source: chapter 6, text on predictions for unseen data.
    """
    return [word for word in text.lower().translate(_BLANKS).split(" ") if word]


def word_index(texts: Sequence[str]) -> Dict[str, int]:
    """Return the rank of each word by its count in all texts, from 1; of equal counts the first seen leads.

    Source: chapter 6, text on the Tokenizer.
    """
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(words_of(text))
    return {word: rank for rank, (word, _) in enumerate(counts.most_common(), start=1)}


def sequences(
    texts: Sequence[str], index: Mapping[str, int], num_words: Optional[int] = None
) -> List[List[int]]:
    """Return the ranks of each text's words; those without one, or with `num_words` and more, are left out.

    Source: chapter 6, text on the Tokenizer.
    """
    end = len(index) + 1 if num_words is None else num_words
    return [[index[word] for word in words_of(text) if word in index and index[word] < end] for text in texts]
