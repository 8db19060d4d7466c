"""Pretrained word vectors: GloVe's, with 100 numbers per word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List

from workshop.training.embeddings import Neighbours, keyed_vectors, neighbours
from workshop.units import unit


@dataclass(frozen=True)
class Pretrained:
    """Words nearest to money and to king - man + woman, five each, with their cosines."""

    money: Neighbours
    king: Neighbours


@unit("ch04.text17", uses=("gensim",))
def ask_glove(glove_6b_100d: Any) -> Pretrained:
    """List the neighbours of a word and of an analogy. Source: chapter 4, text on pre-trained vectors."""
    found = keyed_vectors(*glove_6b_100d)
    return Pretrained(neighbours(found, ["money"]), neighbours(found, ["king", "woman"], ["man"]))


@dataclass(frozen=True)
class Extent:
    """`vocabulary` : number of words, and length of a vector."""

    vocabulary: List[int]


@unit("ch04.text17")
def look_at_glove(glove_6b_100d_whole: Any) -> Extent:
    """Measure the vectors. Source: chapter 4, text on pre-trained vectors."""
    return Extent(list(glove_6b_100d_whole.vectors.shape))
