"""The IMDB reviews as Keras numbers them, from Keras' own file or rebuilt from the review texts.

Both give the same arrays. To rebuild them, every ASCII punctuation mark except the apostrophe, every tab and
every newline becomes a blank in the UTF-8 bytes, and ASCII letters become lower case. Words are then split at
blanks, and words that are not in the index are left out.
"""

import csv
import json
import string
from pathlib import Path
from typing import Dict, List, Mapping, NamedTuple, Sequence, Tuple

import numpy as np

from workshop.datasets.readers import only
from workshop.datasets.readers.pickles import load_npz


class ReviewIds(NamedTuple):
    """Reviews as word ids (1 = most frequent), in the order of Keras' file, before its shuffle and offsets.

    `*_ids`: all reviews concatenated, uint32. `*_lengths`: number of words of each review, int64. `y_*`: 1
    for positive, 0 for negative, int64.
    """

    train_ids: np.ndarray
    train_lengths: np.ndarray
    y_train: np.ndarray
    test_ids: np.ndarray
    test_lengths: np.ndarray
    y_test: np.ndarray

    @classmethod
    def of(
        cls,
        train: Sequence[Sequence[int]],
        y_train: Sequence[int],
        test: Sequence[Sequence[int]],
        y_test: Sequence[int],
    ) -> "ReviewIds":
        """Return the reviews from a sequence of word ids for each review, and one label for each."""
        parts: List[np.ndarray] = []
        for reviews, labels in ((train, y_train), (test, y_test)):
            ids = np.concatenate([np.asarray(review, np.uint32) for review in reviews])
            lengths = np.array([len(review) for review in reviews], np.int64)
            parts += [ids, lengths, np.asarray(labels, np.int64)]
        return cls(*parts)

    def reviews(self, part: str) -> List[np.ndarray]:
        """Return the ids of each review of `part` ("train" or "test")."""
        ids, lengths = (getattr(self, "%s_%s" % (part, name)) for name in ("ids", "lengths"))
        return np.split(ids, np.cumsum(lengths)[:-1])

    def as_arrays(self) -> Dict[str, np.ndarray]:
        """Return what `from_arrays` takes."""
        return self._asdict()

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "ReviewIds":
        """Return the reviews from the result of `as_arrays`."""
        return cls(**arrays)


def read_imdb_npz(paths: Mapping[str, Path]) -> ReviewIds:
    """Return the reviews of Keras' imdb.npz, whose pickled lists are read by `pickles`."""
    arrays = load_npz(only(paths), objects=True)
    return ReviewIds.of(*(list(arrays[name]) for name in ("x_train", "y_train", "x_test", "y_test")))


def read_imdb_reviews(paths: Mapping[str, Path]) -> ReviewIds:
    """Return the reviews rebuilt from two CSV files (file, label, rating, text) and the word index."""
    index = {word.encode(): number for word, number in _index(paths["imdb_word_index.json"]).items()}
    train, test = (_number(paths["aclimdb_%s.csv" % part], index) for part in ("train", "test"))
    return ReviewIds.of(*train, *test)


def _number(path: Path, index: Mapping[bytes, int]) -> Tuple[List[List[int]], List[int]]:
    """Return the word ids and the labels of one CSV file."""
    blanks = string.punctuation.replace("'", "") + "\t\n"  # Keras keeps the apostrophe in a word
    table = bytes.maketrans(
        (blanks + string.ascii_uppercase).encode(), (" " * len(blanks) + string.ascii_lowercase).encode()
    )
    labels, reviews = [], []
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            labels.append(int(row["label"]))
            words = row["text"].encode().translate(table).split(b" ")
            reviews.append([index[word] for word in words if word in index])
    return reviews, labels


def read_word_index(paths: Mapping[str, Path]) -> Dict[str, int]:
    """Return word → rank by frequency, 1 first, without Keras' three reserved ids."""
    return _index(only(paths))


def _index(path: Path) -> Dict[str, int]:
    """Return the JSON object."""
    return dict(json.loads(path.read_text(encoding="utf-8")))
