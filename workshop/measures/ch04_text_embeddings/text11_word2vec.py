"""Text: word2vec (windows, CBOW and skip-gram) (chapter 4, page 194)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Sequence

import numpy as np

from workshop.numerics.reference_network import softmax
from workshop.numerics.similarity import distance
from workshop.training.backend import keras
from workshop.training.network_checks import effective_weights
from workshop.units import unit

SENTENCE = ("the", "persian", "cat", "eats", "fish", "and", "hates", "bathing")


class Window(NamedTuple):
    """A target word, and the words to its left and right in their order."""

    target: str
    context: tuple[str, ...]


def context_windows(tokens: Sequence[str], size: int) -> list[Window]:
    """Return the windows of all words that have `size` words on either side, from left to right.

    Words nearer to an end of the sentence are not targets. (gensim uses them with less context, and draws
    each window's size from 1 to `size`.)
    """
    return [
        Window(tokens[index], (*tokens[index - size : index], *tokens[index + 1 : index + 1 + size]))
        for index in range(size, len(tokens) - size)
    ]


def skip_gram_pairs(window: Window) -> list[tuple[str, str]]:
    """Return the input and output of each skip-gram sample, which predicts the context from the target."""
    return [(window.target, word) for word in window.context]


@dataclass(frozen=True)
class Windows:
    """Windows of the sentence, and the samples of the first window.

    `window_terms` : number of terms in a window. `windows` : the terms of each. `first_target` : target of
    the first. `c3` : target and context of the third. `skipgram_pairs` : the input of skip-gram's samples,
    one word or a list of several, and their outputs. `cbow_sample` : inputs and output of CBOW's. `n_samples`
    : number of samples of all windows.
    """

    window_terms: int
    windows: list[list[str]]
    first_target: str
    c3: dict[str, Any]
    skipgram_pairs: dict[str, Any]
    cbow_sample: dict[str, Any]
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
    terms = [[*window.context[:size], window.target, *window.context[size:]] for window in windows]
    return Windows(
        window_terms=len(terms[0]),
        windows=terms,
        first_target=first.target,
        c3={"target": third.target, "context": list(third.context)},
        skipgram_pairs=paired(first),
        cbow_sample={"inputs": list(first.context), "output": first.target},
        n_samples={
            "cbow": len(windows),
            "skip_gram": sum(len(skip_gram_pairs(window)) for window in windows),
        },
    )


def paired(window: Window) -> dict[str, Any]:
    """Return skip-gram's samples of a window."""
    pairs = skip_gram_pairs(window)
    inputs = sorted({word for word, _ in pairs})
    return {"input": inputs[0] if len(inputs) == 1 else inputs, "outputs": [word for _, word in pairs]}


@dataclass(frozen=True)
class Network:
    """Sizes of a CBOW network in Keras for the sentence's windows.

    `hidden_dim` : units of input and output, and the shape of the hidden layer's weights. `vectors_gap` :
    largest difference of the hidden layer's values from the means of the context words' rows of the weights.
    `output_gap` : largest difference of the network's outputs from those by hand. `silent` : number of
    weights that change no output of any window.
    """

    hidden_dim: dict[str, Any]
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
    to_hidden, to_output, biases = network.get_weights()
    looked_up = np.asarray(vectors(np.array(contexts))).mean(axis=1)
    return Network(
        hidden_dim={
            "input_units": network.input_shape[-1],
            "weights": list(shape),
            "output_units": network.output_shape[-1],
        },
        vectors_gap=distance(np.asarray(hidden(fired)), looked_up),
        output_gap=distance(network(fired), softmax(fired @ to_hidden @ to_output + biases)),
        silent=network.count_params() - sum(effective_weights(network, fired)),
    )
