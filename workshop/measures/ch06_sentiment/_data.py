"""IMDB reviews as inputs of the models, encoded as by Keras' loader, padded or cut to 200 terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Sequence

import numpy as np

from workshop.chapters.ch06_sentiment.ex01_plain_rnn import VOCABULARY

MAXLEN = 200
PADDING, START, UNKNOWN, OFFSET = 0, 1, 2, 3  # ids reserved by Keras' loader, and its offset of ranks
LOADER_SEED = 113  # Keras' loader shuffles with it, so it is part of the data, not of the experiment


@dataclass(frozen=True)
class Reviews:
    """Reviews as ids in the loader's order.

    `train`, `test` : one int32 array per review. `y_train`, `y_test` : 1 positive, 0 negative, int64 (n,).
    """

    train: list[np.ndarray]
    y_train: np.ndarray
    test: list[np.ndarray]
    y_test: np.ndarray


@dataclass(frozen=True)
class Padded:
    """Reviews of one length: `x_train`, `x_test` int32 (n, maxlen), `y_train`, `y_test` float32 (n, 1)."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def loaded(imdb: Any, vocabulary: int = VOCABULARY) -> Reviews:
    """Return the reviews as Keras' `imdb.load_data` does for this number of words.

    Parameters
    ----------
    imdb : `ReviewIds`: word ranks in the file's order.

    Raises
    ------
    ValueError
        If the reviews are of another type.

    Source: chapter 6, text on loading data.
    """
    if not hasattr(imdb, "reviews"):
        raise ValueError(
            f"reviews of type {type(imdb).__name__}: give ReviewIds.of(train, y_train, test, y_test), "
            "a list of word ranks for each review and labels of 0 and 1"
        )
    rng = np.random.RandomState(LOADER_SEED)
    parts: list[Any] = []
    for part, labels in (("train", imdb.y_train), ("test", imdb.y_test)):
        ranks, order = imdb.reviews(part), np.arange(len(labels))
        rng.shuffle(order)
        parts += [[encoded(ranks[place], vocabulary) for place in order], np.asarray(labels)[order]]
    return Reviews(*parts)


def encoded(ranks: Sequence[int], vocabulary: int = VOCABULARY) -> np.ndarray:
    """Return a review's word ranks (1 = most frequent) as ids, a start and then each rank plus 3; int32.

    Ids of `vocabulary` and more become that of an unknown word, so the first `vocabulary` − 4 words remain.
    """
    ids = np.concatenate([[START], np.asarray(ranks, np.int32) + OFFSET])
    return np.where(ids < vocabulary, ids, UNKNOWN).astype(np.int32)


def padded(sequences: Sequence[Sequence[int]], maxlen: int = MAXLEN) -> np.ndarray:
    """Return the last `maxlen` ids of each sequence, with zeros in front of shorter ones; int32 (n, maxlen).

    Equals Keras' `pad_sequences`, one row at a time. Source: chapter 6, text on staging the data.
    """
    rows = np.full((len(sequences), maxlen), PADDING, np.int32)
    for row, sequence in zip(rows, sequences):
        last = sequence[-maxlen:]
        row[maxlen - len(last) :] = last
    return rows


def prepared(imdb: Any, n_reviews: Optional[int] = None) -> Padded:
    """Return the reviews as inputs of the five models.

    Parameters
    ----------
    imdb : `ReviewIds`: word ranks in the file's order.
    n_reviews : number of training and of test reviews; None returns all.
    """
    reviews = loaded(imdb)
    parts: list[np.ndarray] = []
    for ids, labels in ((reviews.train, reviews.y_train), (reviews.test, reviews.y_test)):
        parts += [padded(ids[:n_reviews]), labels[:n_reviews].astype(np.float32)[:, np.newaxis]]
    return Padded(*parts)
