"""The IMDB reviews as loaded and as staged: sizes, ids, a common length, and the unit of a length of 200."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Sequence

import numpy as np

from workshop.chapters.ch06_sentiment.reviews import (
    MAXLEN,
    OFFSET,
    PADDING,
    START,
    UNKNOWN,
    VOCABULARY,
    loaded,
    padded,
)
from workshop.training.backend import keras
from workshop.units import unit

SHOWN = 5  # the training review that the book prints


def as_keras_returns(reviews: Sequence[np.ndarray]) -> np.ndarray:
    """Return reviews in the container of Keras' loader, an object array (n,) of lists."""
    held = np.empty(len(reviews), object)
    held[:] = [review.tolist() for review in reviews]
    return held


@dataclass(frozen=True)
class Loaded:
    """The reviews by part, and one review.

    `types` : those of the training reviews and of one review. `vocab_size` : number of ids from 0 to the
    largest in both parts. `words_kept` : number of different words among them.
    """

    dataset_sizes: Dict[str, int]
    types: List[str]
    x_train_5: List[int]
    vocab_size: int
    words_kept: int


@unit("ch06.text02")
def load_reviews(imdb: Any, vocabulary: int = VOCABULARY) -> Loaded:
    """Load the reviews with a limited vocabulary, and read one. Source: chapter 6, text on loading data.

    Parameters
    ----------
    imdb : `ReviewIds`: word ranks in the file's order.
    """
    reviews = loaded(imdb, vocabulary)
    x_train = as_keras_returns(reviews.train)
    ids = np.unique(np.concatenate([*reviews.train, *reviews.test]))
    train, test = len(reviews.train), len(reviews.test)
    return Loaded(
        dataset_sizes={"total": train + test, "train": train, "test": test},
        types=[str(type(value)).split("'")[1] for value in (x_train, x_train[SHOWN])],
        x_train_5=x_train[SHOWN],
        vocab_size=int(ids[-1]) + 1,
        words_kept=int(np.sum(ids > UNKNOWN)),
    )


@dataclass(frozen=True)
class Staged:
    """The reviews cut or padded to one length.

    `maxlen` : largest number of ids of a review without padding. `x_train_5_padded` : number of leading
    zeros, the ids after them, and the length of the row. `all_length_200` : shapes. `median_length` : of the
    training reviews before, with the start. `longer` : number of them that are longer than the rows.
    """

    maxlen: int
    x_train_5_padded: Dict[str, Any]
    all_length_200: Dict[str, List[int]]
    median_length: float
    longer: int


@unit("ch06.text03")
def stage_reviews(imdb: Any, maxlen: int = MAXLEN) -> Staged:
    """Pad and cut the reviews to one length. Source: chapter 6, text on staging the data.

    Parameters
    ----------
    imdb : `ReviewIds`: word ranks in the file's order.
    """
    reviews = loaded(imdb)
    rows = {"train": padded(reviews.train, maxlen), "test": padded(reviews.test, maxlen)}
    shown = rows["train"][SHOWN].tolist()
    zeros = next(place for place, value in enumerate(shown) if value != PADDING)
    lengths = np.array([len(review) for review in reviews.train])
    return Staged(
        maxlen=max(int(np.sum(part != PADDING, axis=1).max()) for part in rows.values()),
        x_train_5_padded={"zeros_in_front": zeros, "tokens": shown[zeros:], "length": len(shown)},
        all_length_200={name: list(part.shape) for name, part in rows.items()},
        median_length=float(np.median(lengths)),
        longer=int(np.sum(lengths > rows["train"].shape[1])),
    )


@dataclass(frozen=True)
class Sides:
    """The side on which Keras' utility and ours pad and cut."""

    default_sides: Dict[str, Dict[str, str]]


@unit("ch06.text03", uses=("tensorflow",))
def default_sides() -> Sides:
    """Pad and cut toy sequences without naming a side. Source: chapter 6, text on staging the data."""
    utilities = {"Keras": keras.preprocessing.sequence.pad_sequences, "ours": padded}
    return Sides({name: sides(utility) for name, utility in utilities.items()})


def sides(pad: Callable[..., Any]) -> Dict[str, str]:
    """Return the side on which a function pads and cuts sequences: `pre`, `post` or `neither`."""
    (short,), (long,) = pad([[1, 2]], 3).tolist(), pad([[1, 2, 3, 4]], 3).tolist()
    return {
        "padding": {(0, 1, 2): "pre", (1, 2, 0): "post"}.get(tuple(short), "neither"),
        "truncating": {(2, 3, 4): "pre", (1, 2, 3): "post"}.get(tuple(long), "neither"),
    }


@dataclass(frozen=True)
class Truncated:
    """Sequences that lose terms, by length relative to the limit, and terms kept of the longest."""

    truncated: List[str]
    last_terms_kept: int


@unit("ch06.text03")
def truncated(limit: int = MAXLEN) -> Truncated:
    """Stage sequences that are one term shorter than the limit, as long, and one term longer.

    Source: chapter 6, text on staging the data.
    """
    names = {-1: "shorter than the limit", 0: "as long as the limit", 1: "longer than the limit"}
    whole = {name: list(range(1, limit + more + 1)) for more, name in names.items()}
    rows = {name: padded([terms], limit)[0] for name, terms in whole.items()}
    longest, row = whole[names[1]], rows[names[1]].tolist()
    kept = 0
    while kept < len(row) and row[-1 - kept] == longest[-1 - kept]:
        kept += 1
    return Truncated(
        [name for name, terms in whole.items() if np.sum(rows[name] != PADDING) < len(terms)], kept
    )


@dataclass(frozen=True)
class SequenceUnit:
    """The unit of a length: the units in which all rows have the same length, with that length.

    For training reviews that fill a row. `characters` : median for the row's words joined by blanks.
    """

    sequence_unit: Dict[str, int]
    characters: float


@unit("ch06.text12")
def sequence_unit(imdb: Any, imdb_word_index: Dict[str, int]) -> SequenceUnit:
    """Convert full rows to text again, and count their terms and characters.

    All words are kept, because an unknown word has no characters to count.
    Source: chapter 6, text that summarises the models.

    Parameters
    ----------
    imdb : `ReviewIds`: word ranks in the file's order.
    imdb_word_index : word → rank, from 1.
    """
    rows = padded(loaded(imdb, len(imdb_word_index) + OFFSET + 1).train)
    full = rows[(rows > START).all(axis=1)]
    word = {rank + OFFSET: word for word, rank in imdb_word_index.items()}
    texts = [" ".join(word[number] for number in row) for row in full.tolist()]
    counts = {
        "terms": [len(text.split(" ")) for text in texts],
        "characters": [len(text) for text in texts],
    }
    return SequenceUnit(
        {name: numbers[0] for name, numbers in counts.items() if len(set(numbers)) == 1},
        float(np.median(counts["characters"])),
    )
