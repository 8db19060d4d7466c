"""Text: Using Pre-Trained Word Vectors (chapter 4, page 207).

The next text is here, too: ch04.text18 (bias in embeddings).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workshop.numerics.similarity import direction
from workshop.training.embeddings import Neighbours, neighbours, ranks, words_of
from workshop.units import unit

from ._checks import gap_by_hand
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


@dataclass(frozen=True)
class ByHand:
    """The same lists in NumPy, and what another question gives.

    `money_gap`, `king_gap` : largest difference of the cosines, infinite for other words. `queen_ranks` :
    rank of queen among the words nearest to king - man + woman, to king alone, and to king - woman + man.
    """

    money_gap: float
    king_gap: float
    queen_ranks: dict[str, int]


@unit("ch04.text17", uses="gensim")
def ask_glove_by_hand(glove_6b_100d: Any) -> ByHand:
    """Check the neighbours without gensim, and ask for queen in other ways. Source: ours."""
    found, (words, vectors) = vectors_of(glove_6b_100d), (glove_6b_100d.words, glove_6b_100d.vectors)
    lists = ask_glove(glove_6b_100d)
    queen = direction([found["king"], found["woman"]], [found["man"]])
    return ByHand(
        money_gap=gap_by_hand(lists.money, words, vectors, found["money"], ["money"]),
        king_gap=gap_by_hand(lists.king, words, vectors, queen, ["king", "woman", "man"]),
        queen_ranks={
            "analogy": ranks(found, ["queen"], ["king", "woman"], ["man"])["queen"],
            "king_alone": ranks(found, ["queen"], ["king"])["queen"],
            "turned": ranks(found, ["queen"], ["king", "man"], ["woman"])["queen"],
        },
    )


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
