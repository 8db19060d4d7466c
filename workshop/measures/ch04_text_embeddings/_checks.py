"""Lists of nearest words by hand in NumPy, to compare with gensim's."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np

from workshop.numerics.similarity import nearest
from workshop.training.embeddings import Neighbours


def gap_by_hand(
    rows: Neighbours, words: Sequence[str], vectors: np.ndarray, query: Any, asked: Sequence[str]
) -> float:
    """Return the largest difference of a list's cosines from those by hand, infinite for other words.

    `query` : the vector of which the list has the nearest words. `asked` : words that the list leaves out.
    """
    found = nearest(vectors, query, exclude=[list(words).index(word) for word in asked], count=len(rows))
    if not rows or [word for word, _ in rows] != [words[index] for index, _ in found]:
        return float("inf")
    return max(abs(ours - cosine) for (_, cosine), (_, ours) in zip(rows, found))
