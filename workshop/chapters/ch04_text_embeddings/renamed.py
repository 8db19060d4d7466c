"""The literal way in which the book asks word2vec for the size of its vectors, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

from workshop.units import unit

SENTENCES = (("white", "rabbit"), ("mad", "hatter"))


@dataclass(frozen=True)
class LiteralSize:
    """What `Word2Vec(sentences, size=…)` gives: `size_error` is the name of its error, or "none"."""

    size_error: str


@unit("ch04.text14", uses=("gensim",))
def literal_size(size: int = 30) -> LiteralSize:
    """Ask for a vector's size by its old name. Source: chapter 4, text on the effect of the size.

    A demonstration: the trainings of this package ask by the name that the version at hand knows.
    """
    import gensim

    try:
        gensim.models.Word2Vec([list(words) for words in SENTENCES], size=size, min_count=1, workers=1)
    except TypeError as error:
        return LiteralSize(size_error=type(error).__name__)
    return LiteralSize(size_error="none")
