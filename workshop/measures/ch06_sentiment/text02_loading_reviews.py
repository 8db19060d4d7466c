"""Texts ch06.text02 and ch06.text03: Loading Data; Staging and Preprocessing Our Data (chapter 6).

The IMDB reviews as loaded and as staged: sizes, ids, and a common length.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Callable, Sequence

import numpy as np

from workshop.chapters.ch06_sentiment.ex01_plain_rnn import VOCABULARY
from workshop.training.backend import keras
from workshop.units import unit

from ._data import MAXLEN, PADDING, UNKNOWN, loaded, padded

SHOWN = 5  # the training review that the book prints, or the last one of fewer reviews


def as_keras_returns(reviews: Sequence[np.ndarray]) -> np.ndarray:
    """Return reviews in the container of Keras' loader, as NumPy makes it of lists of ids.

    Lists of different lengths stay the elements of an array (n,). Of equal lengths it has rows and columns.
    """
    return np.array([review.tolist() for review in reviews], dtype=object)


@dataclass(frozen=True)
class Loaded:
    """Numbers of reviews, and one review.

    `new_reviews` : number of different test reviews that are not training reviews.
    `types` : those of the training reviews and of one review. `vocab_size` : number of ids from 0 to the
    largest in both parts. `words_kept` : number of different words among them.
    """

    dataset_sizes: dict[str, int]
    new_reviews: int
    types: list[str]
    x_train_5: list[int]
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
    shown = x_train[: SHOWN + 1][-1]
    ids = np.unique(np.concatenate([*reviews.train, *reviews.test]))
    train, test = len(reviews.train), len(reviews.test)
    known = {np.asarray(review).tobytes() for review in reviews.train}
    return Loaded(
        dataset_sizes={"total": train + test, "train": train, "test": test},
        new_reviews=len({np.asarray(review).tobytes() for review in reviews.test} - known),
        types=[str(type(value)).split("'")[1] for value in (x_train, shown)],
        x_train_5=list(shown),
        vocab_size=int(ids[-1]) + 1,
        words_kept=int(np.sum(ids > UNKNOWN)),
    )


@dataclass(frozen=True)
class Staged:
    """The reviews cut or padded to one length.

    `maxlen` : largest number of ids of a review without padding. `x_train_5_padded` : a review's number of
    leading zeros, the ids after them, and the length of the row. `all_length_200` : shapes. `median_length` :
    of the training reviews before, with the start. `longer` : number of them that are longer than the rows.
    """

    maxlen: int
    x_train_5_padded: dict[str, Any]
    all_length_200: dict[str, list[int]]
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
    shown = rows["train"][: SHOWN + 1][-1].tolist()
    zeros = next(place for place, value in enumerate(shown) if value != PADDING)
    lengths = np.array([len(review) for review in reviews.train])
    return Staged(
        maxlen=max(int(np.sum(part != PADDING, axis=1).max()) for part in rows.values()),
        x_train_5_padded={"zeros_in_front": zeros, "tokens": shown[zeros:], "length": len(shown)},
        all_length_200={name: list(part.shape) for name, part in rows.items()},
        median_length=float(np.median(lengths)),
        longer=int(np.sum(lengths > rows["train"].shape[1])),
    )


@unit("ch06.text03", value="default_sides", uses="tensorflow")
def default_sides() -> dict[str, dict[str, str]]:
    """Pad and cut toy sequences without naming a side.

    Returns the side on which Keras' utility and ours pad and cut. Source: chapter 6, text on staging the
    data.
    """
    return {name: sides(utility) for name, utility in utilities().items()}


@unit("ch06.text03", value="post_sides", uses="tensorflow")
def post_sides() -> dict[str, dict[str, str]]:
    """Set each of two arguments of Keras' utility to `post`.

    Returns the side on which it then pads and cuts, by argument. Source: chapter 6, text on staging the data.
    """
    pad = utilities()["Keras"]
    return {name: sides(partial(pad, **{name: "post"})) for name in ("padding", "truncating")}


def utilities() -> dict[str, Callable[..., Any]]:
    """Return Keras' utility that pads and cuts, and ours."""
    return {"Keras": keras.preprocessing.sequence.pad_sequences, "ours": padded}


def sides(pad: Callable[..., Any]) -> dict[str, str]:
    """Return the side on which a function pads and cuts sequences: `pre`, `post` or `neither`."""
    (short,), (long,) = pad([[1, 2]], 3).tolist(), pad([[1, 2, 3, 4]], 3).tolist()
    return {
        "padding": {(0, 1, 2): "pre", (1, 2, 0): "post"}.get(tuple(short), "neither"),
        "truncating": {(2, 3, 4): "pre", (1, 2, 3): "post"}.get(tuple(long), "neither"),
    }


@unit("ch06.text03", value="truncation_text", uses="tensorflow")
def truncated(limit: int = MAXLEN) -> dict[str, dict[str, Any]]:
    """Stage sequences about as long as the limit.

    Returns what sequences lose by Keras' utility and by ours. Source: chapter 6, text on staging the data.
    """
    return {name: lost(utility, limit) for name, utility in utilities().items()}


def lost(pad: Callable[..., Any], limit: int) -> dict[str, Any]:
    """Stage sequences that are one term shorter than the limit, as long, and one term longer."""
    names = {-1: "shorter than the limit", 0: "as long as the limit", 1: "longer than the limit"}
    whole = {name: list(range(1, limit + more + 1)) for more, name in names.items()}
    rows = {name: pad([terms], limit)[0] for name, terms in whole.items()}
    longest, row = whole[names[1]], rows[names[1]].tolist()
    last = 0
    while last < len(row) and row[-1 - last] == longest[-1 - last]:
        last += 1
    return {
        "truncated": [name for name, terms in whole.items() if np.sum(rows[name] != PADDING) < len(terms)],
        "last_terms_kept": last,
    }
