"""A reader's own data in place of a data set, turned into the value that chapter functions take."""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workshop.datasets.finding import Found
from workshop.datasets.model import registry
from workshop.datasets.readers.folders import ZippedImages, read_image_zip
from workshop.datasets.readers.images import ImageArrays
from workshop.datasets.readers.imdb import ReviewIds
from workshop.datasets.readers.sentences import Lines, TaggedCorpus
from workshop.datasets.readers.tables import ReviewTables
from workshop.datasets.readers.vectors import WordVectors
from workshop.errors import DataError

YOUR_OWN = "your own data"
_START, _OFFSET = 1, 3  # of Keras' imdb.load_data: the first id of a review, and what is added to ranks
_UNKNOWN = 100_000  # a rank beyond the word index
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Own(Found):
    """A reader's own data; each counts as other data than all before."""

    value: Any = None


def own(data_set_id: str, given: Any) -> Own:
    """Return a reader's own data in place of a data set.

    Raises DataError, which says what is wanted, if it can't be turned into the value that functions take, or
    is empty.
    """
    loader = registry()[data_set_id].editions[0].loader
    if loader not in _KINDS:
        raise DataError(f"{data_set_id} is a tool of the exercise: nothing can take its place")
    convert, wanted = _PRICES if data_set_id in _OF_PRICES else _KINDS[loader]
    try:
        value = convert(given)
    except _Unfit as error:
        raise DataError(f"{data_set_id}: {error}; give {wanted}") from None
    except (TypeError, ValueError, AttributeError, LookupError, OSError):
        raise DataError(f"{data_set_id}: give {wanted}, not {_describe(given)}") from None
    return Own(
        id=data_set_id,
        edition="own",
        substitute=True,
        why=YOUR_OWN,
        paths={},
        provider=YOUR_OWN,
        checksum=f"own {next(_numbers)}",
        value=value,
    )


def is_data(data_set_id: str) -> bool:
    """Whether a data set is what an exercise is about, and no tool, word list or pretrained network."""
    loader = registry()[data_set_id].editions[0].loader
    return loader in _KINDS and loader not in {"words", "word_index"}


class _Unfit(ValueError):
    """A message for the reader on why data don't fit."""


def _describe(given: Any) -> str:
    shape = getattr(given, "shape", None)
    length = f" of {len(given)}" if isinstance(given, tuple | list | dict) else ""
    return f"a {type(given).__name__}{length if shape is None else f' of shape {tuple(shape)}'}"


def _table(given: Any) -> Any:
    """Return a frame with its index numbered; a named index, such as dates, becomes a column."""
    import pandas as pd

    if not isinstance(given, pd.DataFrame):
        raise TypeError
    if given.empty:
        raise _Unfit("it is empty")
    return given.reset_index(drop=given.index.names == [None])


def _prices(given: Any) -> Any:
    if hasattr(given, "columns"):
        return _table(given)
    prices = np.asarray(given, np.float64)
    if prices.shape not in {(prices.size,), (prices.size, 1)}:
        raise TypeError
    return np.array(_items(prices.reshape(-1)))


def _items(given: Any) -> list[Any]:
    """Return the items of a list, a series or an array of one dimension."""
    if isinstance(given, str | bytes | Mapping) or getattr(given, "ndim", 1) != 1:
        raise TypeError
    items = list(given)
    if not items:
        raise _Unfit("it is empty")
    return items


def _whole_numbers(given: Any, name: str) -> np.ndarray[Any, Any]:
    numbers = np.asarray(given)
    if numbers.dtype.kind not in "iub":
        raise _Unfit(f"{name} are {numbers.dtype}, no whole numbers")
    return numbers


def _pairs(given: Any) -> list[tuple[Any, np.ndarray[Any, Any]]]:
    """Return ((x, y), (x, y)) as two pairs of examples and as many labels."""
    pairs = []
    for name, (x, y) in zip(("training", "test"), given, strict=True):
        if not len(x):
            raise _Unfit(f"there are no {name} examples")
        labels = _whole_numbers(y, f"{name} labels")
        if labels.shape not in {(len(x),), (len(x), 1)}:
            raise _Unfit(f"{len(x)} {name} examples have labels of shape {labels.shape}")
        pairs.append((x, labels.reshape(-1)))
    return pairs


def _images(given: Any) -> ImageArrays:
    if isinstance(given, ImageArrays):
        return given
    arrays: list[np.ndarray[Any, Any]] = []
    for x, labels in _pairs(given):
        pixels = _whole_numbers(x, "pixels")
        if pixels.ndim not in {3, 4} or not pixels.size:
            raise _Unfit(f"the shape of the images is {pixels.shape}")
        for name, values in (("pixels", pixels), ("labels", labels)):
            if values.min() < 0 or values.max() > 255:
                raise _Unfit(f"{name} are from {values.min()} to {values.max()}")
        arrays += [pixels.astype(np.uint8), labels.astype(np.uint8)]
    if arrays[0].shape[1:] != arrays[2].shape[1:]:
        raise _Unfit(f"training images are {arrays[0].shape[1:]}, test images {arrays[2].shape[1:]}")
    return ImageArrays(*arrays)


def _review_ids(given: Any) -> ReviewIds:
    if isinstance(given, ReviewIds):
        return given
    parts: list[np.ndarray[Any, Any]] = []
    for x, labels in _pairs(given):
        reviews = [_whole_numbers(review, "the ids of a review").astype(np.int64) for review in x]
        if not all(r.ndim == 1 and len(r) > 1 and r[0] == _START and r.min() >= 0 for r in reviews):
            raise _Unfit("each review begins with 1, and has words")
        ranks = [np.where(r[1:] > _OFFSET, r[1:] - _OFFSET, _UNKNOWN).astype(np.uint32) for r in reviews]
        lengths = np.array([len(review) for review in ranks], np.int64)
        parts += [np.concatenate(ranks), lengths, labels.astype(np.int64)]
    return ReviewIds(*parts)


def _review_tables(given: Any) -> ReviewTables:
    import pandas as pd

    tables = []
    for part in given:
        if isinstance(part, pd.DataFrame):
            table = _table(part)
        else:
            texts, labels = part
            table = pd.DataFrame({"review_text": _texts(texts), "label": _items(labels)})
        missing = [name for name in ("review_text", "label") if name not in table.columns]
        if missing:
            raise _Unfit(f"a table has no column {missing[0]}")
        _texts(table["review_text"])
        if not table["label"].isin([0, 1]).all():
            raise _Unfit("a label is neither 0 nor 1")
        tables.append(table)
    return ReviewTables(*tables)


class Sentences:
    """Sentences of a reader's own corpus as lists of words."""

    def __init__(self, sentences: Iterable[list[str]]) -> None:
        self._lines = Lines(sentences)

    @property
    def size(self) -> int:
        """Number of characters, with one blank between two words."""
        return sum(len(" ".join(words)) for words in self._lines) + max(len(self._lines) - 1, 0)

    def __iter__(self) -> Iterator[list[str]]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def _sentences(given: Any) -> Sentences:
    return Sentences(
        text.split() if isinstance(text, str) else [str(word) for word in text] for text in _items(given)
    )


def _tagged(given: Any) -> TaggedCorpus:
    if isinstance(given, TaggedCorpus):
        return given
    return TaggedCorpus({"own": ("own",)}, Lines(_sentences(given)))


def _texts(given: Any) -> tuple[str, ...]:
    texts = _items(given)
    others = [text for text in texts if not isinstance(text, str)]
    if others:
        raise _Unfit(f"{others[0]!r:.40} is not a text")
    return tuple(texts)


def _text(given: Any) -> str:
    text = given if isinstance(given, str) else "\n".join(_texts(given))
    if not text.strip():
        raise _Unfit("it is empty")
    return text


def _ranks(given: Any) -> dict[str, int]:
    return {str(word): int(rank) for word, rank in given.items()}


def _vectors(given: Any) -> WordVectors:
    if isinstance(given, WordVectors):
        return given
    vectors = np.array(_items(given.values()), np.float32)
    if vectors.ndim != 2 or not np.isfinite(vectors).all():
        raise _Unfit("a vector has other than finite numbers")
    return WordVectors(tuple(map(str, given)), vectors)


def _folders(given: Any) -> ZippedImages:
    if isinstance(given, ZippedImages):
        return given
    path = _file(given)
    try:
        return read_image_zip({"own": path})
    except (DataError, zipfile.BadZipFile):
        raise _Unfit(f"{path} is not a zip with folders of images") from None


def _file(given: Any) -> Path:
    path = Path(given)
    if not path.is_file():
        raise _Unfit(f"there is no file {path}")
    return path


_OF_PRICES = frozenset({"aapl_csv", "ibm_csv", "msft_csv"})
_PRICES = (_prices, "a pandas DataFrame, or closing prices as an array, oldest first")
# by the reader of the documented edition: how to convert, and what is wanted
_KINDS: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "csv": (_table, "a pandas DataFrame"),
    "reviews_csv": (
        _review_tables,
        "((texts, labels), (texts, labels)), or two DataFrames with the columns review_text and label",
    ),
    **dict.fromkeys(
        ("keras_npz", "idx", "cifar_batches"),
        (_images, "((x_train, y_train), (x_test, y_test)) with pixels from 0 to 255 as whole numbers"),
    ),
    "imdb_npz": (
        _review_ids,
        "((x_train, y_train), (x_test, y_test)) as keras.datasets.imdb.load_data() does, or ReviewIds",
    ),
    "text8": (_sentences, "a list of texts, or of lists of words"),
    "brown": (_tagged, "a list of texts, or of lists of words"),
    "reviews": (_texts, "a list of texts"),
    "text": (_text, "a text"),
    "words": (_texts, "a list of words"),
    "word_index": (_ranks, "a dict of words and ranks"),
    "word_vectors": (_vectors, "a dict of words and vectors"),
    "image_zip": (_folders, "the path of a zip with images as SPLIT/CLASS/FILE"),
    "path": (_file, "the path of a picture"),
}
