"""From bags of words to word vectors: sparse matrices, directions between words, windows and samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np

from workshop.chapters.ch04_text_embeddings.preprocessing import places
from workshop.chapters.ch04_text_embeddings.vectorizing import gap, unchanged
from workshop.numerics.contexts import Window, cbow_sample, context_windows, skip_gram_pairs
from workshop.numerics.similarity import cosine_similarity, direction, nearest
from workshop.training.backend import keras
from workshop.units import unit

SENTENCE = ("the", "persian", "cat", "eats", "fish", "and", "hates", "bathing")
Relation = Tuple[str, str, str, str]
LEFT: Tuple[Relation, ...] = (
    ("slow", "slower", "short", "shorter"),
    ("clearer", "clearest", "darker", "darkest"),
)
RIGHT: Tuple[Relation, ...] = (("sir", "madam", "king", "queen"),)
OTHERS: Tuple[Relation, ...] = (("man", "woman", "king", "queen"), ("uncle", "aunt", "king", "queen"))
REPRESENTATIONS: Dict[str, Tuple[str, Dict[str, Any]]] = {
    "one_hot": ("CountVectorizer", {"binary": True}),
    "counts": ("CountVectorizer", {}),
    "tf_idf": ("TfidfVectorizer", {}),
}


def learnt(representation: str, documents: Sequence[List[str]]) -> Any:
    """Return a scikit-learn vectorizer fitted to all terms of lists of tokens."""
    from sklearn.feature_extraction import text

    name, settings = REPRESENTATIONS[representation]
    return getattr(text, name)(analyzer=unchanged, **settings).fit(documents)


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
    documents = ch04_act01.cleaned
    matrices = {name: learnt(name, documents).transform(documents) for name in REPRESENTATIONS}
    documents_and_terms = [len(documents), len(set().union(*documents))]
    return Sparse(
        zeros={
            name: 1 - int(matrix.count_nonzero()) / (matrix.shape[0] * matrix.shape[1])
            for name, matrix in matrices.items()
        },
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
    documents = ch04_ex01.cleaned
    others = [
        [list(reversed(tokens)) for tokens in documents],
        [sorted(tokens) for tokens in documents],
    ]
    vectorizers = {name: learnt(name, documents) for name in REPRESENTATIONS}
    rows = {name: vectorizer.transform(documents).toarray() for name, vectorizer in vectorizers.items()}
    return OrderLost(
        order_gap={
            name: max(gap(vectorizer.transform(other).toarray(), rows[name]) for other in others)
            for name, vectorizer in vectorizers.items()
        },
        entries={name: int(np.count_nonzero(found)) for name, found in rows.items()},
        displaced=[len(set(places(other)) - set(places(documents))) for other in others],
    )


class Lookup:
    """A mapping from words to vectors.

    Raises
    ------
    ValueError
        If a word is missing.
    """

    def __init__(self, of: Any) -> None:
        self.words, self.vectors = of.words, of.vectors
        self._rows = {word: row for row, word in enumerate(of.words)}

    def row(self, word: str) -> int:
        """Return the row of a word."""
        if word not in self._rows:
            raise ValueError(f"there is no vector of {word!r}: take one of the {len(self.words)} words")
        return self._rows[word]

    def vector(self, word: str) -> np.ndarray:
        """Return the vector of a word, float32 (dimensions,)."""
        return self.vectors[self.row(word)]

    def parallel(self, relation: Relation) -> float:
        """For "a to b as x to y", return the cosine of the directions from a to b and from x to y."""
        a, b, x, y = (self.vector(word) for word in relation)
        return cosine_similarity(b - a, y - x)


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
    """Compare directions between word vectors.

    For the analogy "a is to b as x is to ?", the words nearest to b - a + x are found as in gensim: only the
    direction of each vector counts, and the three words are excluded.
    Source: chapter 4, text on word embeddings and word vectors, Figure 4.10.
    """
    glove = Lookup(glove_6b_100d)
    a, b, x = (glove.vector(word) for word in analogy)
    found = nearest(glove.vectors, direction([b, x], [a]), exclude=[glove.row(word) for word in analogy])

    def cosines(relations: Tuple[Relation, ...]) -> Dict[str, float]:
        return {"{}:{} as {}:{}".format(*relation): glove.parallel(relation) for relation in relations}

    return Directions(
        parallel_left=cosines(left),
        parallel_right=cosines(right),
        king_queen=cosines((*right, *others)),
        man_uncle={
            "words": [glove.words[row] for row, _ in found],
            "cosines": [cosine for _, cosine in found],
        },
    )


@dataclass(frozen=True)
class Windows:
    """Windows of the sentence, and the samples of the first window.

    `window_terms` : number of terms in a window. `windows` : the terms of each. `first_target` : target of
    the first. `c3` : target and context of the third. `skipgram_pairs` : skip-gram's input, and the outputs
    paired with it. `cbow_sample` : inputs and output of CBOW. `n_samples` : number of samples of all windows.
    """

    window_terms: int
    windows: List[List[str]]
    first_target: str
    c3: Dict[str, Any]
    skipgram_pairs: Dict[str, Any]
    cbow_sample: Dict[str, Any]
    n_samples: Dict[str, int]


@unit("ch04.text11")
def slide_window(tokens: Tuple[str, ...] = SENTENCE, size: int = 2) -> Windows:
    """Slide a window over the sentence and make the samples of both approaches.

    Source: chapter 4, text on word2vec, Figures 4.11 to 4.14.
    """
    windows = context_windows(tokens, size)
    first, third = windows[0], windows[2]
    inputs, target = cbow_sample(first)
    return Windows(
        window_terms=len(first.terms),
        windows=[window.terms for window in windows],
        first_target=first.target,
        c3={"target": third.target, "context": list(third.context)},
        skipgram_pairs=paired(first),
        cbow_sample={"inputs": list(inputs), "output": target},
        n_samples={
            "cbow": len([cbow_sample(window) for window in windows]),
            "skip_gram": sum(len(skip_gram_pairs(window)) for window in windows),
        },
    )


def paired(window: Window) -> Dict[str, Any]:
    """Return the inputs of skip-gram's samples of a window, one word or several, and their outputs."""
    pairs = skip_gram_pairs(window)
    inputs = sorted({word for word, _ in pairs})
    return {"input": inputs[0] if len(inputs) == 1 else inputs, "outputs": [word for _, word in pairs]}


@dataclass(frozen=True)
class Network:
    """Sizes of a CBOW network in Keras for the sentence's windows.

    `hidden_dim` : units of input and output, and shape of the hidden layer's weights. `vectors_gap` : largest
    difference of the hidden layer's values from the means of the context words' rows of the weights.
    """

    hidden_dim: Dict[str, Any]
    vectors_gap: float


def cbow_network(n_terms: int, dimensions: int) -> Any:
    """Return the network with an input unit per term, a linear hidden layer, and an output unit per term."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((n_terms,)),
            layers.Dense(dimensions, use_bias=False, name="hidden"),
            layers.Dense(n_terms, activation="softmax", name="target"),
        ]
    )


@unit("ch04.text11", uses=("tensorflow",))
def look_at_network(tokens: Tuple[str, ...] = SENTENCE, size: int = 2, dimensions: int = 3) -> Network:
    """Build the network, and look up word vectors through its hidden layer.

    Source: chapter 4, text on word2vec, Figure 4.13.
    """
    terms = sorted(set(tokens))
    network = cbow_network(len(terms), dimensions)
    hidden = network.get_layer("hidden")
    (shape,) = [weights.shape for weights in hidden.get_weights()]
    hidden.set_weights([np.sin(np.arange(np.prod(shape), dtype=np.float32)).reshape(shape)])
    contexts = [[terms.index(word) for word in window.context] for window in context_windows(tokens, size)]
    fired = np.stack([np.eye(len(terms), dtype=np.float32)[rows].mean(axis=0) for rows in contexts])
    vectors = keras.layers.Embedding(*shape)
    vectors.build((None, 2 * size))
    vectors.set_weights(hidden.get_weights())
    looked_up = np.asarray(vectors(np.array(contexts))).mean(axis=1)
    return Network(
        hidden_dim={
            "input_units": network.input_shape[-1],
            "weights": list(shape),
            "output_units": network.output_shape[-1],
        },
        vectors_gap=gap(np.asarray(hidden(fired)), looked_up),
    )
