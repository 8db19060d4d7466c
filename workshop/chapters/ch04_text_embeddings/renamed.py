"""The book's own call that sets the size of word2vec's vectors, and its result."""

from __future__ import annotations

from dataclasses import dataclass

from workshop.units import unit

SENTENCES = (("white", "rabbit"), ("mad", "hatter"))


@dataclass(frozen=True)
class LiteralSize:
    """Result of `Word2Vec(sentences, size=…)`. `size_error` : name of its error, or "none"."""

    size_error: str


@unit("ch04.text14", uses=("gensim",))
def literal_size(size: int = 30) -> LiteralSize:
    """Set a vector's size by its old name. Source: chapter 4, text on the effect of the size.

    This is a demonstration. The trainings of this package use the name that the installed version knows.
    """
    import gensim

    try:
        gensim.models.Word2Vec([list(words) for words in SENTENCES], size=size, min_count=1, workers=1)
    except TypeError as error:
        return LiteralSize(size_error=type(error).__name__)
    return LiteralSize(size_error="none")
