"""Text: Summarizing the Classical Approaches; Word Embeddings and Word Vectors (chapter 4, page 191)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence, Tuple

import numpy as np

from workshop.numerics.similarity import cosine_similarity, direction, distance, nearest
from workshop.units import unit

from ._matrices import vectorized
from ._tokens import places, tokens_of

Relation = Tuple[str, str, str, str]
LEFT: tuple[Relation, ...] = (
    ("slow", "slower", "short", "shorter"),
    ("clearer", "clearest", "darker", "darkest"),
)
RIGHT: tuple[Relation, ...] = (("sir", "madam", "king", "queen"),)
OTHERS: tuple[Relation, ...] = (("man", "woman", "king", "queen"), ("uncle", "aunt", "king", "queen"))


def represented(documents: list[list[str]]) -> dict[str, tuple[Any, np.ndarray]]:
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
    `misshapen` : number of matrices with another shape. `filled_gap` : by how many the entries that are not 0
    are more or fewer than the distinct words of each sentence, added up.
    """

    zeros: dict[str, float]
    documents_and_terms: list[int]
    misshapen: int
    filled_gap: dict[str, int]


@unit("ch04.text10", uses="sklearn")
def represent_alice(ch04_act01: Any) -> Sparse:
    """Turn the cleaned sentences of Alice into three matrices.

    Source: chapter 4, summary of the classical approaches.
    """
    documents = tokens_of(ch04_act01)
    documents_and_terms = [len(documents), len(set().union(*documents))]
    matrices = {name: matrix for name, (_, matrix) in represented(documents).items()}
    filled = {name: int(np.count_nonzero(matrix)) for name, matrix in matrices.items()}
    distinct = sum(len(set(tokens)) for tokens in documents)
    return Sparse(
        zeros={name: 1 - filled[name] / matrix.size for name, matrix in matrices.items()},
        documents_and_terms=documents_and_terms,
        misshapen=sum(list(matrix.shape) != documents_and_terms for matrix in matrices.values()),
        filled_gap={name: abs(count - distinct) for name, count in filled.items()},
    )


@dataclass(frozen=True)
class OrderLost:
    """The three representations of the toy text and of the same tokens in other orders.

    `order_gap` : largest difference of their rows. `entries` : number of nonzero entries in the rows of the
    text. `displaced` : number of tokens, backwards and in alphabetical order, that are at another position
    than in the text. `pairs_gap` : smallest difference of counts of pairs of neighbours, which keep order.
    """

    order_gap: dict[str, float]
    entries: dict[str, int]
    displaced: list[int]
    pairs_gap: float


@unit("ch04.text10", uses="sklearn")
def change_order(ch04_ex01: Any) -> OrderLost:
    """Put the tokens of each sentence in another order.

    Source: chapter 4, summary of the classical approaches.
    """
    documents = tokens_of(ch04_ex01)
    others = [[tokens[::-1] for tokens in documents], [sorted(tokens) for tokens in documents]]
    vectorizers = {name: vectorizer for name, (vectorizer, _) in represented(documents).items()}
    rows = {name: vectorizer.transform(documents).toarray() for name, vectorizer in vectorizers.items()}
    pairs, rows_of_pairs = vectorized("CountVectorizer", [neighbouring(tokens) for tokens in documents])
    return OrderLost(
        order_gap={
            name: max(distance(vectorizer.transform(other).toarray(), rows[name]) for other in others)
            for name, vectorizer in vectorizers.items()
        },
        entries={name: int(np.count_nonzero(found)) for name, found in rows.items()},
        displaced=[len(set(places(other)) - set(places(documents))) for other in others],
        pairs_gap=min(
            distance(pairs.transform(map(neighbouring, other)).toarray(), rows_of_pairs) for other in others
        ),
    )


def neighbouring(tokens: list[str]) -> list[str]:
    """Return the pairs of neighbouring tokens."""
    return [f"{first} {second}" for first, second in zip(tokens, tokens[1:])]


@dataclass(frozen=True)
class Directions:
    """Relations of words as directions between their vectors.

    `parallel_left`, `king_queen` : cosine of both directions by relation, for the figure's left panel, and
    for the right panel and others with its last relation. `chance_left`, `chance_right`, `chance_others` :
    share of random pairs of words whose directions are as parallel, by relation. `man_uncle` : words nearest
    to uncle - man + woman, nearest first, and their cosines.
    """

    parallel_left: dict[str, float]
    king_queen: dict[str, float]
    chance_left: dict[str, float]
    chance_right: dict[str, float]
    chance_others: dict[str, float]
    man_uncle: dict[str, list[Any]]


def cosines_by_chance(words: Sequence[str], vectors: np.ndarray, count: int = 100_000) -> np.ndarray:
    """Return the cosines of the directions of random pairs of the 40,000 commonest words (fewer than count,).

    Only words of two letters and more are drawn, and the two words of a pair are different.
    """
    common = np.array([row for row, word in enumerate(words[:40_000]) if word.isalpha() and len(word) > 1])
    a, b, x, y = common[np.random.default_rng(10).integers(0, len(common), (4, count))]
    apart = (a != b) & (x != y)
    first, second = (vectors[late[apart]] - vectors[early[apart]] for early, late in ((a, b), (x, y)))
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return (first * second).sum(axis=1) / lengths


@unit("ch04.text10")
def compare_directions(
    glove_6b_100d: Any,
    left: tuple[Relation, ...] = LEFT,
    right: tuple[Relation, ...] = RIGHT,
    others: tuple[Relation, ...] = OTHERS,
    analogy: tuple[str, str, str] = ("man", "uncle", "woman"),
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

    def cosines(relations: tuple[Relation, ...]) -> dict[str, float]:
        return {"{}:{} as {}:{}".format(*relation): parallel(relation) for relation in relations}

    by_chance = cosines_by_chance(words, vectors)

    def chances(found: dict[str, float]) -> dict[str, float]:
        return {relation: float((by_chance >= cosine).mean()) for relation, cosine in found.items()}

    a, b, x = map(vector, analogy)
    found = nearest(vectors, direction([b, x], [a]), exclude=[rows[word] for word in analogy])
    of_left, of_right, of_others = cosines(left), cosines(right), cosines(others)
    return Directions(
        parallel_left=of_left,
        king_queen={**of_right, **of_others},
        chance_left=chances(of_left),
        chance_right=chances(of_right),
        chance_others=chances(of_others),
        man_uncle={
            "words": [words[row] for row, _ in found],
            "cosines": [cosine for _, cosine in found],
        },
    )
