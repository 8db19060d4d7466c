"""Text: Using Pre-Trained Word Vectors (chapter 4, page 207).

The next text is here, too: ch04.text18 (bias in embeddings).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workshop.training.embeddings import Neighbours, neighbours, ranks, words_of
from workshop.units import unit

from ._word_vectors import vectors_of


@dataclass(frozen=True)
class Pretrained:
    """Words nearest to money and to king - man + woman, five each, with their cosines."""

    money: Neighbours
    king: Neighbours


@unit("ch04.text17", uses="gensim")
def ask_glove(glove_6b_100d: Any) -> Pretrained:
    """List the neighbours of a word and of an analogy. Source: chapter 4, text on pre-trained vectors."""
    found = vectors_of(glove_6b_100d)
    return Pretrained(neighbours(found, ["money"]), neighbours(found, ["king", "woman"], ["man"]))


@unit("ch04.text17", value="queen_ranks", uses="gensim")
def ask_glove_otherwise(glove_6b_100d: Any) -> dict[str, int]:
    """Ask for queen in other ways.

    Returns its rank among the words nearest to king alone, and to king - woman + man.
    Source: ours.
    """
    found = vectors_of(glove_6b_100d)
    return {
        "king_alone": ranks(found, ["queen"], ["king"])["queen"],
        "turned": ranks(found, ["queen"], ["king", "man"], ["woman"])["queen"],
    }


@unit("ch04.text17", value="dims", uses="gensim")
def look_at_lengths(glove_6b_100d: Any) -> list[int]:
    """Measure each vector as gensim gives it.

    Returns the lengths, each once. Source: chapter 4, text on pre-trained vectors.
    """
    found = vectors_of(glove_6b_100d)
    return sorted({len(found[word]) for word in words_of(found)})


@unit("ch04.text17", value="vocabulary")
def look_at_glove(glove_6b_100d_whole: Any) -> list[int]:
    """Measure the vectors.

    Returns the number of words and the length of a vector. Source: chapter 4, text on pre-trained vectors.
    """
    return list(glove_6b_100d_whole.vectors.shape)


@dataclass(frozen=True)
class Bias:
    """Words nearest to doctor - man + woman and to smart - man + woman, with their cosines."""

    doctor: Neighbours
    smart: Neighbours


@unit("ch04.text18", uses="gensim")
def look_for_bias(ch04_text12: Any) -> Bias:
    """Find the fourth word of two analogies between professions and qualities of men and women.

    Source: chapter 4, text on bias in embeddings.
    """
    found = vectors_of(ch04_text12)
    return Bias(
        doctor=neighbours(found, ["doctor", "woman"], ["man"]),
        smart=neighbours(found, ["smart", "woman"], ["man"]),
    )
