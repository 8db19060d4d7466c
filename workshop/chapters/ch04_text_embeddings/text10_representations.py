"""Text: Summarizing the Classical Approaches; Word Embeddings and Word Vectors (chapter 4, page 191)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Tuple

import numpy as np

from workshop.chapters.ch04_text_embeddings._matrices import gap, vectorized
from workshop.chapters.ch04_text_embeddings._tokens import places, tokens_of
from workshop.numerics.similarity import cosine_similarity, direction, nearest
from workshop.units import unit

Relation = Tuple[str, str, str, str]
LEFT: Tuple[Relation, ...] = (
    ("slow", "slower", "short", "shorter"),
    ("clearer", "clearest", "darker", "darkest"),
)
RIGHT: Tuple[Relation, ...] = (("sir", "madam", "king", "queen"),)
OTHERS: Tuple[Relation, ...] = (("man", "woman", "king", "queen"), ("uncle", "aunt", "king", "queen"))


def represented(documents: List[List[str]]) -> Dict[str, Tuple[Any, np.ndarray]]:
    """Return the fitted scikit-learn vectorizer and the matrix of each of the three representations."""
    return {
        "one_hot": vectorized("CountVectorizer", documents, binary=True),
        "counts": vectorized("CountVectorizer", documents),
        "tf_idf": vectorized("TfidfVectorizer", documents),
    }


@dataclass(frozen=True)
class Sparse:
    """The three classical representations of Alice.

    `zeros` : share of entries that are 0. `documents_and_terms` : numbers of sentences and of distinct words.
    `misshapen` : number of matrices with another shape.
    """

    zeros: Dict[str, float]
    documents_and_terms: List[int]
    misshapen: int


@unit("ch04.text10", uses=("sklearn",))
def represent_alice(ch04_act01: Any) -> Sparse:
    """Turn the cleaned sentences of Alice into three matrices.

    Source: chapter 4, summary of the classical approaches.
    """
    documents = tokens_of(ch04_act01)
    documents_and_terms = [len(documents), len(set().union(*documents))]
    matrices = {name: matrix for name, (_, matrix) in represented(documents).items()}
    return Sparse(
        zeros={name: 1 - int(np.count_nonzero(matrix)) / matrix.size for name, matrix in matrices.items()},
        documents_and_terms=documents_and_terms,
        misshapen=sum(list(matrix.shape) != documents_and_terms for matrix in matrices.values()),
    )


@dataclass(frozen=True)
class OrderLost:
    """The three representations of the toy text and of the same tokens in other orders.

    `order_gap` : largest difference of their rows. `entries` : number of nonzero entries in the rows of the
    text. `displaced` : number of tokens, backwards and in alphabetical order, that are at another position
    than in the text.
    """

    order_gap: Dict[str, float]
    entries: Dict[str, int]
    displaced: List[int]


@unit("ch04.text10", uses=("sklearn",))
def change_order(ch04_ex01: Any) -> OrderLost:
    """Put the tokens of each sentence in another order.

    Source: chapter 4, summary of the classical approaches.
    """
    documents = tokens_of(ch04_ex01)
    others = [[tokens[::-1] for tokens in documents], [sorted(tokens) for tokens in documents]]
    vectorizers = {name: vectorizer for name, (vectorizer, _) in represented(documents).items()}
    rows = {name: vectorizer.transform(documents).toarray() for name, vectorizer in vectorizers.items()}
    return OrderLost(
        order_gap={
            name: max(gap(vectorizer.transform(other).toarray(), rows[name]) for other in others)
            for name, vectorizer in vectorizers.items()
        },
        entries={name: int(np.count_nonzero(found)) for name, found in rows.items()},
        displaced=[len(set(places(other)) - set(places(documents))) for other in others],
    )


@dataclass(frozen=True)
class Directions:
    """Relations of words as directions between their vectors.

    `parallel_left`, `parallel_right`, `king_queen` : cosine of both directions by relation, for the figure's
    panels and for others with the right panel's last relation. `man_uncle` : words nearest to uncle -
    man + woman, nearest first, and their cosines.
    """

    parallel_left: Dict[str, float]
    parallel_right: Dict[str, float]
    king_queen: Dict[str, float]
    man_uncle: Dict[str, List[Any]]


@unit("ch04.text10")
def compare_directions(
    glove_6b_100d: Any,
    left: Tuple[Relation, ...] = LEFT,
    right: Tuple[Relation, ...] = RIGHT,
    others: Tuple[Relation, ...] = OTHERS,
    analogy: Tuple[str, str, str] = ("man", "uncle", "woman"),
) -> Directions:
    """Compare directions between word vectors. Raises ValueError if a word is missing.

    For the analogy "a is to b as x is to ?", the words nearest to b - a + x are found as in gensim: only the
    direction of each vector counts, and the three words are excluded.
    Source: chapter 4, text on word embeddings and word vectors, Figure 4.10.
    """
    words, vectors = glove_6b_100d.words, glove_6b_100d.vectors
    rows = {word: row for row, word in enumerate(words)}

    def vector(word: str) -> np.ndarray:
        if word not in rows:
            raise ValueError(f"there is no vector of {word!r}: take one of the {len(words)} words")
        return vectors[rows[word]]

    def parallel(relation: Relation) -> float:
        a, b, x, y = map(vector, relation)
        return cosine_similarity(b - a, y - x)

    def cosines(relations: Tuple[Relation, ...]) -> Dict[str, float]:
        return {"{}:{} as {}:{}".format(*relation): parallel(relation) for relation in relations}

    a, b, x = map(vector, analogy)
    found = nearest(vectors, direction([b, x], [a]), exclude=[rows[word] for word in analogy])
    return Directions(
        parallel_left=cosines(left),
        parallel_right=cosines(right),
        king_queen=cosines((*right, *others)),
        man_uncle={
            "words": [words[row] for row, _ in found],
            "cosines": [cosine for _, cosine in found],
        },
    )
