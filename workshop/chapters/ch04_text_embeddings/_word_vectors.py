"""Word vectors in gensim's form, as an earlier outcome or a reader gives them, and the beginning of text8."""

from __future__ import annotations

import itertools
from typing import Any, Iterable, Iterator, List, Optional

from workshop.training.embeddings import keyed_vectors

SHORT = {"epochs": 1, "n_sentences": 100}  # the first million words of text8, once


class First:
    """The first sentences of a corpus, which can be iterated repeatedly."""

    def __init__(self, sentences: Iterable[List[str]], count: Optional[int]) -> None:
        self._sentences, self._count = sentences, count

    def __iter__(self) -> Iterator[List[str]]:
        return itertools.islice(self._sentences, self._count)


def vectors_of(given: Any) -> Any:
    """Return gensim's `KeyedVectors` of an outcome or a data set with `words` and `vectors`, or as they are.

    Raises ValueError if it is neither.
    """
    if hasattr(given, "most_similar"):
        return given
    if not hasattr(given, "words") or not hasattr(given, "vectors"):
        raise ValueError("give gensim's KeyedVectors (a model's wv), or something with words and vectors")
    return keyed_vectors(given.words, given.vectors)
