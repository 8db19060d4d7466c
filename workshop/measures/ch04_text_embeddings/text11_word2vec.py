"""Text: word2vec (windows, CBOW and skip-gram) (chapter 4, page 194)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.numerics.contexts import Window, cbow_sample, context_windows, skip_gram_pairs
from workshop.numerics.similarity import distance
from workshop.training.backend import keras
from workshop.units import unit

SENTENCE = ("the", "persian", "cat", "eats", "fish", "and", "hates", "bathing")


@dataclass(frozen=True)
class Context:
    """A target and the words of its context."""

    target: str
    context: list[str]


@dataclass(frozen=True)
class SkipGramPairs:
    """The input of skip-gram's samples of a window, one word or a list of several, and their outputs."""

    input: Any
    outputs: list[str]


@dataclass(frozen=True)
class CbowSample:
    """The inputs of CBOW's sample of a window, and its output."""

    inputs: list[str]
    output: str


@dataclass(frozen=True)
class Windows:
    """Windows of the sentence, and the samples of the first window.

    `window_terms` : number of terms in a window. `windows` : the terms of each. `first_target` : target of
    the first. `c3` : target and context of the third. `n_samples` : number of samples of all windows.
    """

    window_terms: int
    windows: list[list[str]]
    first_target: str
    c3: Context
    skipgram_pairs: SkipGramPairs
    cbow_sample: CbowSample
    n_samples: dict[str, int]


@unit("ch04.text11")
def slide_window(tokens: tuple[str, ...] = SENTENCE, size: int = 2) -> Windows:
    """Slide a window over the sentence and make the samples of both approaches.

    Raises ValueError if the sentence has fewer than three windows.
    Source: chapter 4, text on word2vec, Figures 4.11 to 4.14.
    """
    windows = context_windows(tokens, size)
    if len(windows) < 3:
        raise ValueError(f"{len(tokens)} words are too few for three windows: give {2 * size + 3} or more")
    first, third = windows[0], windows[2]
    inputs, target = cbow_sample(first)
    return Windows(
        window_terms=len(first.terms),
        windows=[window.terms for window in windows],
        first_target=first.target,
        c3=Context(third.target, list(third.context)),
        skipgram_pairs=paired(first),
        cbow_sample=CbowSample(list(inputs), target),
        n_samples={
            "cbow": len([cbow_sample(window) for window in windows]),
            "skip_gram": sum(len(skip_gram_pairs(window)) for window in windows),
        },
    )


def paired(window: Window) -> SkipGramPairs:
    """Return skip-gram's samples of a window."""
    pairs = skip_gram_pairs(window)
    inputs = sorted({word for word, _ in pairs})
    return SkipGramPairs(inputs[0] if len(inputs) == 1 else inputs, [word for _, word in pairs])


@dataclass(frozen=True)
class Sizes:
    """Units of input and output of a network, and the shape of the hidden layer's weights."""

    input_units: int
    weights: list[int]
    output_units: int


@dataclass(frozen=True)
class Network:
    """Sizes of a CBOW network in Keras for the sentence's windows.

    `vectors_gap` : largest difference of the hidden layer's values from the means of the context words' rows
    of the weights. `output_gap` : largest difference of the network's outputs from those by hand. `silent` :
    number of weights that change no output of any window.
    """

    hidden_dim: Sizes
    vectors_gap: float
    output_gap: float
    silent: int


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


def waves(shape: tuple[int, ...]) -> np.ndarray:
    """Return weights of a shape that all differ, float32."""
    return np.sin(1 + np.arange(np.prod(shape), dtype=np.float32)).reshape(shape)


def outputs_by_hand(fired: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
    """Return the softmax of a linear hidden layer's values, weighted (windows, terms)."""
    to_hidden, to_output, biases = weights
    scores = fired @ to_hidden @ to_output + biases
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def silent_weights(network: Any, inputs: np.ndarray) -> int:
    """Count the weights of a network that change no output when they are changed one by one."""
    start = [np.array(array) for array in network.get_weights()]
    outputs, silent = np.array(network(inputs)), 0
    for array in start:
        for place in np.ndindex(array.shape):
            before, array[place] = array[place], array[place] + 0.5
            network.set_weights(start)
            silent += distance(network(inputs), outputs) < 1e-6
            array[place] = before
    network.set_weights(start)
    return silent


@unit("ch04.text11", uses="tensorflow")
def look_at_network(tokens: tuple[str, ...] = SENTENCE, size: int = 2, dimensions: int = 3) -> Network:
    """Build the network, and look up word vectors through its hidden layer.

    Source: chapter 4, text on word2vec, Figure 4.13.
    """
    terms = sorted(set(tokens))
    network = cbow_network(len(terms), dimensions)
    hidden = network.get_layer("hidden")
    (shape,) = [weights.shape for weights in hidden.get_weights()]
    for layer in (hidden, network.get_layer("target")):
        layer.set_weights([waves(weights.shape) for weights in layer.get_weights()])
    contexts = [[terms.index(word) for word in window.context] for window in context_windows(tokens, size)]
    fired = np.stack([np.eye(len(terms), dtype=np.float32)[rows].mean(axis=0) for rows in contexts])
    vectors = keras.layers.Embedding(*shape)
    vectors.build((None, 2 * size))
    vectors.set_weights(hidden.get_weights())
    looked_up = np.asarray(vectors(np.array(contexts))).mean(axis=1)
    return Network(
        hidden_dim=Sizes(network.input_shape[-1], list(shape), network.output_shape[-1]),
        vectors_gap=distance(np.asarray(hidden(fired)), looked_up),
        output_gap=distance(np.asarray(network(fired)), outputs_by_hand(fired, network.get_weights())),
        silent=silent_weights(network, fired),
    )
