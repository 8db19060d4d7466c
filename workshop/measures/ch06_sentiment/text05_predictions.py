"""Text ch06.text05: Making Predictions on Unseen Data (chapter 6).

Raw text as ids, by the book's function and as in the training, and what the trained plain RNN predicts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Sequence

import numpy as np

from workshop.chapters.ch06_sentiment.ex01_plain_rnn import VOCABULARY, exercise_6_01_model
from workshop.training.fitting import Network
from workshop.training.inference import Predictor
from workshop.units import unit

from ._data import UNKNOWN, encoded
from ._tokenizer import words_of

POSITIVE = "An excellent movie!"
NEGATIVE = "Don't watch this movie - poor acting, poor script, bad direction."
_NONE = -1  # in an array, for a word without an index in the book's function


def limited_mapping(imdb_word_index: Mapping[str, int], vocabulary: int = VOCABULARY) -> dict[str, int]:
    """Return the first words by rank and their ranks. Source: chapter 6, text on predictions.

    For the same `vocabulary` the loader has four words fewer, because it counts its reserved ids.
    """
    by_rank = sorted(imdb_word_index.items(), key=lambda item: item[1])
    return dict(by_rank[:vocabulary])


def book_encoded(text: str, mapping: Mapping[str, int]) -> list[Optional[int]]:
    """Return the rank of each word, None if it is missing from the mapping, as the book's function does.

    Without start and offset, the model reads other words. Source: chapter 6, text on predictions.
    """
    return [mapping.get(word) for word in words_of(text)]


def encoded_as_trained(
    text: str, imdb_word_index: Mapping[str, int], vocabulary: int = VOCABULARY
) -> np.ndarray:
    """Return a text's ids as in the reviews that the model was trained on; int32 (n,).

    A word that is missing from the index is an unknown word. Source: chapter 6, text on predictions.
    """
    beyond = vocabulary  # a rank outside this vocabulary
    return encoded([imdb_word_index.get(word, beyond) for word in words_of(text)], vocabulary)


@unit("ch06.text05", value="tokens")
def tokens(text: str = POSITIVE) -> list[str]:
    """Split a text into words. Source: chapter 6, text on predictions for unseen data."""
    return words_of(text)


@dataclass(frozen=True)
class Indices:
    """The index and its first words; the texts as ids, in the book's way (`returned`) and as trained.

    `vocab_map_size` : number of entries, and the first and the last one as [word, number].
    """

    word_index_size: int
    vocab_map_size: dict[str, Any]
    indices: dict[str, list[Optional[int]]]
    negative_indices: dict[str, list[Optional[int]]]


@unit("ch06.text05")
def indices(
    imdb_word_index: dict[str, int],
    positive: str = POSITIVE,
    negative: str = NEGATIVE,
    vocabulary: int = VOCABULARY,
) -> Indices:
    """Look up the words of both texts. Source: chapter 6, text on predictions for unseen data.

    Parameters
    ----------
    imdb_word_index : word → rank, from 1.
    """
    mapping = limited_mapping(imdb_word_index, vocabulary)
    items = [list(item) for item in mapping.items()]
    both = [
        {
            "returned": book_encoded(text, mapping),
            "as_trained": encoded_as_trained(text, imdb_word_index, vocabulary).tolist(),
        }
        for text in (positive, negative)
    ]
    return Indices(
        word_index_size=len(imdb_word_index),
        vocab_map_size={"entries": len(items), "first": items[0], "last": items[-1]},
        indices=both[0],
        negative_indices=both[1],
    )


@dataclass(frozen=True)
class SameFormat:
    """The training reviews' texts in both encodings.

    `same_format` : shares of identical reviews, and of identical words without what precedes the first word;
    differences of the training's ids and the book's, for words with both. `words_compared` : number of words.
    """

    same_format: dict[str, Any]
    words_compared: int


@unit("ch06.text05")
def same_format(imdb: Any, imdb_word_index: dict[str, int], vocabulary: int = VOCABULARY) -> SameFormat:
    """Encode the training reviews as texts. Source: chapter 6, text on predictions for unseen data.

    Parameters
    ----------
    imdb : `ReviewIds`: word ranks in the file's order.
    imdb_word_index : word → rank, from 1.
    """
    mapping = limited_mapping(imdb_word_index, vocabulary)
    word = {rank: word for word, rank in imdb_word_index.items()}
    alike: list[bool] = []
    by_book: list[int] = []
    as_trained: list[np.ndarray] = []
    for ranks in imdb.reviews("train"):
        returned = book_encoded(" ".join(word[rank] for rank in ranks.tolist()), mapping)
        given = encoded(ranks, vocabulary)
        alike.append(returned == given.tolist())
        by_book += [_NONE if number is None else number for number in returned]
        as_trained.append(given[-len(returned) :])
    theirs, ours = np.array(by_book), np.concatenate(as_trained)
    in_both = (theirs != _NONE) & (ours != UNKNOWN)
    return SameFormat(
        same_format={
            "reviews": float(np.mean(alike)),
            "words": float(np.mean(theirs == ours)),
            "shifts": np.unique((ours - theirs)[in_both]).tolist(),
        },
        words_compared=len(theirs),
    )


@dataclass(frozen=True)
class Judged:
    """The probability that a text is positive, and the shape of its class as printed in the book."""

    probability: float
    shape: list[int]


@dataclass(frozen=True)
class Predictions:
    """Both texts, by encoding: `as_trained` and `book`."""

    pred_positive: dict[str, Judged]
    pred_negative: dict[str, Judged]


@unit("ch06.text05", uses="tensorflow")
def predictions(
    ch06_ex01: Any, imdb_word_index: dict[str, int], positive: str = POSITIVE, negative: str = NEGATIVE
) -> Predictions:
    """Predict both texts, without padding as in the book. Source: chapter 6, text on predictions.

    Parameters
    ----------
    ch06_ex01 : the trained plain RNN's `weights`.
    imdb_word_index : word → rank, from 1.
    """
    predictor = Predictor(Network(exercise_6_01_model), ch06_ex01.weights)
    mapping = limited_mapping(imdb_word_index)
    both = []
    for text in (positive, negative):
        # the book's function returns None for unknown words, which no model accepts
        by_book = [UNKNOWN if number is None else number for number in book_encoded(text, mapping)]
        as_trained = encoded_as_trained(text, imdb_word_index)
        both.append({"as_trained": judged(predictor, as_trained), "book": judged(predictor, by_book)})
    return Predictions(*both)


def judged(predictor: Predictor, ids: Sequence[int]) -> Judged:
    """Predict one sequence of ids with a trained model."""
    outputs = predictor(np.array([ids], np.int32))
    return Judged(float(outputs[0, 0]), list((outputs > 0.5).shape))
