"""Text: Using Pre-Trained Word Vectors (chapter 4, page 207).

The next text is here, too: ch04.text18 (bias in embeddings).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List

from workshop.chapters.ch04_text_embeddings._word_vectors import vectors_of
from workshop.training.embeddings import Neighbours, neighbours
from workshop.units import unit


@dataclass(frozen=True)
class Pretrained:
    """Words nearest to money and to king - man + woman, five each, with their cosines."""

    money: Neighbours
    king: Neighbours


@unit("ch04.text17", uses=("gensim",))
def ask_glove(glove_6b_100d: Any) -> Pretrained:
    """List the neighbours of a word and of an analogy. Source: chapter 4, text on pre-trained vectors."""
    found = vectors_of(glove_6b_100d)
    return Pretrained(neighbours(found, ["money"]), neighbours(found, ["king", "woman"], ["man"]))


@dataclass(frozen=True)
class Extent:
    """`vocabulary` : number of words, and length of a vector."""

    vocabulary: List[int]


@unit("ch04.text17")
def look_at_glove(glove_6b_100d_whole: Any) -> Extent:
    """Measure the vectors. Source: chapter 4, text on pre-trained vectors."""
    return Extent(list(glove_6b_100d_whole.vectors.shape))


@dataclass(frozen=True)
class Bias:
    """Words nearest to doctor - man + woman and to smart - man + woman, with their cosines."""

    doctor: Neighbours
    smart: Neighbours


@unit("ch04.text18", uses=("gensim",))
def look_for_bias(ch04_text12: Any) -> Bias:
    """Find the fourth word of two analogies between professions and qualities of men and women.

    Source: chapter 4, text on bias in embeddings.
    """
    found = vectors_of(ch04_text12)
    return Bias(
        doctor=neighbours(found, ["doctor", "woman"], ["man"]),
        smart=neighbours(found, ["smart", "woman"], ["man"]),
    )
