"""How near arrays are: their largest difference, and the cosine similarity of word vectors by hand."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np


def distance(found: Any, expected: Any) -> float:
    """Return the largest absolute difference of two arrays, infinite if their shapes differ."""
    found, expected = np.asarray(found), np.asarray(expected)
    return float(np.abs(found - expected).max()) if found.shape == expected.shape else float("inf")


def relative_distance(found: Any, expected: Any) -> float:
    """Return the largest absolute difference of two arrays by the largest absolute value that is expected."""
    return distance(found, expected) / distance(expected, np.zeros(np.shape(expected)))


def unit_rows(vectors: Any) -> np.ndarray:
    """Return vectors (..., d), each divided by its length; float64 of the same shape.

    Raises
    ------
    ValueError
        If one of them is zero, because it has no direction.
    """
    values = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(values, axis=-1, keepdims=True)
    if not np.all(lengths > 0):
        raise ValueError("a vector of zeros, or with a NaN, has no direction: leave it out")
    return values / lengths


def cosine_similarity(a: Any, b: Any) -> float:
    """Return the cosine of the angle between two vectors (d,). Raises ValueError if one of them is zero."""
    return float(unit_rows(a) @ unit_rows(b))


def direction(positive: Sequence[Any], negative: Sequence[Any] = ()) -> np.ndarray:
    """Return the mean of unit vectors (d,), with those of `negative` negated; float64 (d,).

    gensim's `most_similar` searches for the neighbours of this mean, in which all words have the same weight.
    For a plain sum of vectors, as in b - a + x, give that sum to `nearest`.
    """
    units = [unit_rows(vector) for vector in positive] + [-unit_rows(vector) for vector in negative]
    return np.mean(units, axis=0)


def nearest(
    vectors: np.ndarray, query: Any, exclude: Sequence[int] = (), count: int = 5
) -> list[tuple[int, float]]:
    """Return the index and cosine of the rows nearest in direction to a vector, nearest first.

    Parameters
    ----------
    vectors : (n, d).
    query : (d,), of any length but 0; see `direction`.
    exclude : indices of rows to leave out, such as those of the query.
    count : number of rows, fewer if there are no more; of equal cosines the lower index comes first.
    """
    cosines = unit_rows(vectors) @ unit_rows(query)
    left_out = {range(len(cosines))[index] for index in exclude}
    order = (int(index) for index in np.argsort(-cosines, kind="stable"))
    found = [index for index in order if index not in left_out]
    return [(index, float(cosines[index])) for index in found[:count]]
