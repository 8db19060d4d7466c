"""Text ch06.text14: Tokenizer API demonstration (chapter 6, in the introduction of activity 6.01).

A few toy texts as ranks of their words.
"""

from __future__ import annotations

from dataclasses import dataclass

from workshop.units import unit

from ._tokenizer import sequences, word_index

TOY_TEXTS = ("life is good", "good life", "good")


@dataclass(frozen=True)
class Tokenized:
    """The toy texts' words by rank, and the texts as ranks."""

    word_index: dict[str, int]
    sequences: list[list[int]]


@unit("ch06.text14")
def tokenizer(texts: tuple[str, ...] = TOY_TEXTS) -> Tokenized:
    """Rank a few texts' words, and write the texts as ranks. Source: chapter 6, text on the Tokenizer."""
    index = word_index(texts)
    return Tokenized(index, sequences(texts, index))
