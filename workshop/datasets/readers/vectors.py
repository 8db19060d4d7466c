"""Word vectors in GloVe's text form: per line a word and its numbers, without a header."""

from itertools import islice
from pathlib import Path
from typing import Dict, List, Mapping, NamedTuple, Tuple

import numpy as np

from workshop.datasets.readers import only
from workshop.errors import DataError

_AT_ONCE = 4096  # lines


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
    """Return the words and their vectors.

    Some lines are parsed at a time, because the numbers of all 400,000 as text fill 3 GB of memory.
    """
    path = only(paths)
    words: List[str] = []
    parts: List[np.ndarray] = []
    with path.open("rb") as stream:
        while True:
            lines = [line.partition(b" ") for line in islice(stream, _AT_ONCE)]
            if not lines:
                break
            words += [word.decode("utf-8") for word, _, _ in lines]
            values = np.array(b" ".join([rest for _, _, rest in lines]).split(), np.float64)
            width = len(lines[0][2].split()) if not parts else parts[0].shape[1]
            if values.size != len(lines) * width:
                raise DataError("%s: its lines differ in length; run: workshop data check" % path.name)
            parts.append(values.astype(np.float32).reshape(len(lines), width))
    if not words:
        raise DataError("%s: its lines differ in length; run: workshop data check" % path.name)
    return WordVectors(tuple(words), np.concatenate(parts))
