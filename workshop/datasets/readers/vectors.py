"""Word vectors in GloVe's text form: per line a word and its numbers, without a header."""

from pathlib import Path
from typing import Dict, Mapping, NamedTuple, Tuple

import numpy as np

from workshop.datasets.readers import only
from workshop.errors import DataError


class WordVectors(NamedTuple):
    """`words`: in the file's order, most frequent first. `vectors`: (n words, dimensions) float32."""

    words: Tuple[str, ...]
    vectors: np.ndarray

    def as_arrays(self) -> Dict[str, np.ndarray]:
        """Return what `from_arrays` takes; the words are bytes of UTF-8, one word per line."""
        text = "\n".join(self.words).encode("utf-8")
        return {"words": np.frombuffer(text, np.uint8), "vectors": self.vectors}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "WordVectors":
        """Return the vectors from the result of `as_arrays`."""
        return cls(tuple(arrays["words"].tobytes().decode("utf-8").split("\n")), arrays["vectors"])


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
