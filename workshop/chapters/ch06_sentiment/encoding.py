"""Raw text as ids: those of the book's function and those of the training. Also the Tokenizer's toy texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Tuple

import numpy as np

from workshop.chapters.ch06_sentiment.reviews import UNKNOWN, VOCABULARY, encoded
from workshop.chapters.ch06_sentiment.tokenizer import sequences, word_index, words_of
from workshop.units import unit

POSITIVE = "An excellent movie!"
NEGATIVE = "Don't watch this movie - poor acting, poor script, bad direction."
TOY_TEXTS = ("life is good", "good life", "good")
_NONE = -1  # in an array, for a word without an index in the book's function


def limited_mapping(imdb_word_index: Mapping[str, int], vocabulary: int = VOCABULARY) -> Dict[str, int]:
    """Return the first words by rank and their ranks. Source: chapter 6, text on predictions.

    For the same `vocabulary` the loader keeps four words fewer, because it counts its reserved ids.
    """
    by_rank = sorted(imdb_word_index.items(), key=lambda item: item[1])
    return dict(by_rank[:vocabulary])


def book_encoded(text: str, mapping: Mapping[str, int]) -> List[Optional[int]]:
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
    beyond = vocabulary  # a rank that this vocabulary does not keep
    return encoded([imdb_word_index.get(word, beyond) for word in words_of(text)], vocabulary)


@dataclass(frozen=True)
class Tokens:
    """The words of the first text."""

    tokens: List[str]


@unit("ch06.text05")
def tokens(text: str = POSITIVE) -> Tokens:
    """Split a text into words. Source: chapter 6, text on predictions for unseen data."""
    return Tokens(words_of(text))


@dataclass(frozen=True)
class Indices:
    """The index and its first words; the texts as ids, in the book's way (`returned`) and as trained.

    `vocab_map_size` : entries, and the first and last one as [word, number].
    """

    word_index_size: int
    vocab_map_size: Dict[str, Any]
    indices: Dict[str, List[Optional[int]]]
    negative_indices: Dict[str, List[Optional[int]]]


@unit("ch06.text05")
def indices(
    imdb_word_index: Dict[str, int],
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
    by_number = sorted(mapping.items(), key=lambda item: item[1])
    both = [
        {
            "returned": book_encoded(text, mapping),
            "as_trained": encoded_as_trained(text, imdb_word_index, vocabulary).tolist(),
        }
        for text in (positive, negative)
    ]
    return Indices(
        word_index_size=len(imdb_word_index),
        vocab_map_size={
            "entries": len(mapping),
            "first": list(by_number[0]),
            "last": list(by_number[-1]),
        },
        indices=both[0],
        negative_indices=both[1],
    )


@dataclass(frozen=True)
class SameFormat:
    """The training reviews' texts in the book's encoding, compared with the training's encoding.

    `same_format` : share of identical reviews, share of identical words without what precedes the first word,
    and differences of the training's ids and the book's, for words with both. `words_compared` : number of
    words in all reviews.
    """

    same_format: Dict[str, Any]
    words_compared: int


@unit("ch06.text05")
def same_format(imdb: Any, imdb_word_index: Dict[str, int], vocabulary: int = VOCABULARY) -> SameFormat:
    """Encode the training reviews as texts. Source: chapter 6, text on predictions for unseen data.

    Parameters
    ----------
    imdb : `ReviewIds`: word ranks in the file's order.
    imdb_word_index : word → rank, from 1.
    """
    mapping = limited_mapping(imdb_word_index, vocabulary)
    word = {rank: word for word, rank in imdb_word_index.items()}
    alike: List[bool] = []
    by_book: List[int] = []
    as_trained: List[np.ndarray] = []
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
class Tokenized:
    """The toy texts' words by rank, and the texts as ranks."""

    word_index: Dict[str, int]
    sequences: List[List[int]]


@unit("ch06.text14")
def tokenizer(texts: Tuple[str, ...] = TOY_TEXTS) -> Tokenized:
    """Rank a few texts' words, and write the texts as ranks. Source: chapter 6, text on the Tokenizer."""
    index = word_index(texts)
    return Tokenized(index, sequences(texts, index))
