"""What is measured of exercise 4.03.

The text on one-hot encoding (ch04.text07) leads to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.chapters.ch04_text_embeddings.ex03_one_hot import TARGET_TERMS
from workshop.numerics.term_weights import all_terms
from workshop.units import unit

from ._tokens import tokens_of


def get_onehot(tokens: Sequence[str], terms: Sequence[str] = TARGET_TERMS) -> list[int]:
    """Return 1 for each term that is one of the tokens, else 0. Only whole tokens count."""
    return [1 if term in list(tokens) else 0 for term in terms]


@dataclass(frozen=True)
class OneHot:
    """One-hot features of the toy text, one row for each sentence.

    `nlp` : for one term. `three_terms` : for three. `of_repeated` : for the term that occurs most often in a
    sentence, with its counts.
    """

    nlp: list[int]
    three_terms: list[list[int]]
    of_repeated: dict[str, Any]


@unit("ch04.text07")
def one_hot(ch04_ex01: Any, terms: tuple[str, ...] = TARGET_TERMS) -> OneHot:
    """Find the sentences that contain one term, and those that contain each of three.

    Source: chapter 4, text on one-hot encoding, Figures 4.6 and 4.7.
    """
    sentences = tokens_of(ch04_ex01)
    repeated = max(all_terms(sentences), key=lambda term: max(tokens.count(term) for tokens in sentences))
    return OneHot(
        nlp=[get_onehot(tokens, terms[:1])[0] for tokens in sentences],
        three_terms=[get_onehot(tokens, terms) for tokens in sentences],
        of_repeated={
            "term": repeated,
            "one_hot": [get_onehot(tokens, [repeated])[0] for tokens in sentences],
            "counts": [tokens.count(repeated) for tokens in sentences],
        },
    )


@dataclass(frozen=True)
class OneHotMatrix:
    """The one-hot matrix (sentences, terms), and the length of the first sentence's encoding.

    `lengths` : the lengths of the other sentences' encodings, and that of a sentence without words.
    """

    length: int
    lengths: list[int]
    matrix: np.ndarray


@unit("ch04.ex03")
def exercise_4_03(ch04_ex01: Any, terms: tuple[str, ...] = TARGET_TERMS) -> OneHotMatrix:
    """Encode each sentence for the target terms. The sentences are exercise 4.01's, or own lists of words.

    Source: chapter 4, exercise 4.03.
    """
    sentences = tokens_of(ch04_ex01)
    return OneHotMatrix(
        length=len(get_onehot(sentences[0], terms)),
        lengths=[len(get_onehot(tokens, terms)) for tokens in [*sentences[1:], []]],
        matrix=np.array([get_onehot(tokens, terms) for tokens in sentences]),
    )
