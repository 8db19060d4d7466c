"""Texts of Amazon reviews as tokens and stems by NLTK, and as ranks of these stems."""

from __future__ import annotations

import string
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Iterable, Optional, Sequence

import numpy as np

from workshop.chapters.ch06_sentiment.act01_amazon_reviews import VOCABULARY

from ._data import Padded, padded
from ._tokenizer import sequences, word_index

MAXLEN = 100


def tables_of(reviews: Any) -> tuple[Any, Any]:
    """Return the training and the test table of `ReviewTables` or of two frames.

    Raises
    ------
    ValueError
        If a table has no column `review_text` or `label`.
    """
    train, test = reviews
    for name, table in (("training", train), ("test", test)):
        missing = [column for column in ("review_text", "label") if column not in table]
        if missing:
            raise ValueError(f"the {name} table has no column {missing[0]}: it needs review_text, label")
    return train, test


@dataclass(frozen=True)
class Encoded(Padded):
    """Reviews as ranks of their stems among the training reviews, and as inputs of the model.

    `train`, `test` : ranks of each review.
    """

    train: list[list[int]]
    test: list[list[int]]


def encoded(
    reviews: Any,
    punkt: Any,
    stop_words: Sequence[str],
    *,
    vocabulary: int = VOCABULARY,
    maxlen: int = MAXLEN,
    n_reviews: Optional[int] = None,
) -> Encoded:
    """Return tables of reviews as sequences. Only the training reviews determine the ranks.

    Parameters
    ----------
    vocabulary : ranks from 1 to `vocabulary` − 1 are kept.
    n_reviews : number of training and of test reviews to use; None uses all.

    Source: chapter 6, activity 6.01.
    """
    tables = [table.head(len(table) if n_reviews is None else n_reviews) for table in tables_of(reviews)]
    texts = stem_texts([text for table in tables for text in table["review_text"]], punkt, stop_words)
    parts = texts[: len(tables[0])], texts[len(tables[0]) :]
    index = word_index(parts[0])
    train, test = (sequences(part, index, vocabulary) for part in parts)
    y_train, y_test = (table["label"].to_numpy(np.float32)[:, np.newaxis] for table in tables)
    return Encoded(padded(train, maxlen), y_train, padded(test, maxlen), y_test, train, test)


def review_tokens(texts: Iterable[str], punkt: Any) -> Iterable[list[str]]:
    """Yield the tokens of each text in lower case, as NLTK's word_tokenize returns them.

    Parameters
    ----------
    punkt : NLTK's sentence tokenizer.

    Source: chapter 6, activity 6.01.
    """
    from nltk.tokenize.destructive import NLTKWordTokenizer

    tokenize = NLTKWordTokenizer().tokenize
    for text in texts:
        yield [token for sentence in punkt.tokenize(text.lower()) for token in tokenize(sentence)]


def stem_texts(texts: Iterable[str], punkt: Any, stop_words: Iterable[str]) -> list[str]:
    """Return each text as the stems of its tokens, without stop words and signs, joined by blanks.

    Parameters
    ----------
    punkt : NLTK's sentence tokenizer.

    Source: chapter 6, activity 6.01.
    """
    from nltk.stem import PorterStemmer

    left_out = signs_and(stop_words)
    stem = lru_cache(maxsize=None)(PorterStemmer().stem)
    return [
        " ".join([stem(token) for token in tokens if token not in left_out])
        for tokens in review_tokens(texts, punkt)
    ]


def signs_and(stop_words: Iterable[str]) -> frozenset[str]:
    """Return the single ASCII signs and the stop words."""
    return frozenset([*string.punctuation, *stop_words])
