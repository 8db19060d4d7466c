"""Word vectors in GloVe's text form: a word and its numbers a line, no header."""

from pathlib import Path
from typing import Mapping, NamedTuple, Tuple

import numpy as np

from workshop.datasets.errors import DataError
from workshop.datasets.readers import only


class WordVectors(NamedTuple):
    """``words``: in the file's order, most frequent first. ``vectors``: (n words, dimensions) float32."""

    words: Tuple[str, ...]
    vectors: np.ndarray


def read_word_vectors(paths: Mapping[str, Path]) -> WordVectors:
    """Return the words and their vectors."""
    path = only(paths)
    words, numbers = [], []
    with path.open("rb") as stream:
        for line in stream:
            word, _, rest = line.partition(b" ")
            words.append(word.decode("utf-8"))
            numbers.append(rest)
    values = np.array(b" ".join(numbers).split(), np.float64).astype(np.float32)
    if not words or values.size % len(words):
        raise DataError("%s: its lines differ in length; run: workshop data check" % path.name)
    return WordVectors(tuple(words), values.reshape(len(words), -1))
