"""Texts as ranks of their words, as by Keras' Tokenizer, which is only a legacy in Keras 3."""

from __future__ import annotations

from collections import Counter
from typing import Mapping, Optional, Sequence

FILTERED = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'  # no apostrophe: "don't" stays a word
_BLANKS = str.maketrans(dict.fromkeys(FILTERED, " "))


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, split at blanks after filtered characters become blanks.

    As in Keras' `text_to_word_sequence`, other white space, and dashes and quotes outside ASCII, remain.
    Source: chapter 6, text on predictions for unseen data.
    """
    return [word for word in text.lower().translate(_BLANKS).split(" ") if word]


def word_index(texts: Sequence[str]) -> dict[str, int]:
    """Return the rank of each word by its count in all texts, from 1; for equal counts the first one leads.

    Source: chapter 6, text on the Tokenizer.
    """
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(words_of(text))
    return {word: rank for rank, (word, _) in enumerate(counts.most_common(), start=1)}


def sequences(
    texts: Sequence[str], index: Mapping[str, int], num_words: Optional[int] = None
) -> list[list[int]]:
    """Return the ranks of each text's words, without words that have no rank or one of `num_words` or more.

    Source: chapter 6, text on the Tokenizer.
    """
    end = len(index) + 1 if num_words is None else num_words
    return [[index[word] for word in words_of(text) if word in index and index[word] < end] for text in texts]
