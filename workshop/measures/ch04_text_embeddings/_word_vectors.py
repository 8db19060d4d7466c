"""Word vectors in gensim's form, as an earlier outcome or a reader gives them."""

from __future__ import annotations

from typing import Any

from workshop.training.embeddings import keyed_vectors


def vectors_of(given: Any) -> Any:
    """Return gensim's `KeyedVectors` of an outcome or a data set with `words` and `vectors`, or as they are.

    Raises ValueError if it is neither.
    """
    if hasattr(given, "most_similar"):
        return given
    if not hasattr(given, "words") or not hasattr(given, "vectors"):
        raise ValueError("give gensim's KeyedVectors (a model's wv), or something with words and vectors")
    return keyed_vectors(given.words, given.vectors)
