"""Checks of chapter 6: the exercises' networks are run, and compared with the book's layers in NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Sequence, Tuple

import numpy as np

from workshop.chapters.ch06_sentiment._cells import distance, lstm_by_hand
from workshop.chapters.ch06_sentiment._summaries import recurrent_layers, total_parameters
from workshop.chapters.ch06_sentiment.act01_amazon_reviews import activity_6_01_model
from workshop.chapters.ch06_sentiment.ex01_plain_rnn import embedding_of, exercise_6_01_model
from workshop.chapters.ch06_sentiment.ex02_lstm import exercise_6_02_model
from workshop.chapters.ch06_sentiment.ex03_gru import exercise_6_03_model
from workshop.chapters.ch06_sentiment.ex04_bidirectional_lstm import exercise_6_04_model
from workshop.chapters.ch06_sentiment.ex05_stacked_lstm import exercise_6_05_model
from workshop.numerics import gates
from workshop.numerics.dense import sigmoid
from workshop.numerics.recurrent import unroll
from workshop.training.backend import tf
from workshop.units import unit

_STEPS = 4  # few, so that the derivatives by the first words do not vanish
_SCALE = 0.4  # of the drawn weights: large enough for the activations to bend, too small to saturate them


@dataclass(frozen=True)
class NetworkRun:
    """A built network with drawn weights, run on every word of its vocabulary.

    `gap` : largest difference of its outputs from the book's layers in NumPy. `spread` : largest output minus
    smallest. `embedding`, `recurrent` : numbers of single weights of these layers that change the outputs.
    `idle` : number of all weights that change nothing.
    """

    gap: float
    spread: float
    embedding: int
    recurrent: int
    idle: int


@dataclass(frozen=True)
class Run:
    """The network as run."""

    network_run: NetworkRun


@unit("ch06.ex01", uses=("tensorflow",))
def exercise_6_01_run() -> Run:
    """Run the plain RNN. Source: chapter 6, exercise 6.01."""
    return Run(run_of(exercise_6_01_model(), ("plain",)))


@unit("ch06.ex02", uses=("tensorflow",))
def exercise_6_02_run() -> Run:
    """Run the LSTM. Source: chapter 6, exercise 6.02."""
    return Run(run_of(exercise_6_02_model(), ("lstm",)))


@unit("ch06.ex03", uses=("tensorflow",))
def exercise_6_03_run() -> Run:
    """Run the GRU. Source: chapter 6, exercise 6.03."""
    return Run(run_of(exercise_6_03_model(), ("gru",)))


@unit("ch06.ex04", uses=("tensorflow",))
def exercise_6_04_run() -> Run:
    """Run the bidirectional LSTM. Source: chapter 6, exercise 6.04."""
    return Run(run_of(exercise_6_04_model(), ("bidirectional",)))


@unit("ch06.ex05", uses=("tensorflow",))
def exercise_6_05_run() -> Run:
    """Run the stacked LSTMs. Source: chapter 6, exercise 6.05."""
    return Run(run_of(exercise_6_05_model(), ("lstm", "lstm")))


@unit("ch06.act01", uses=("tensorflow",))
def activity_6_01_run() -> Run:
    """Run the network of two LSTMs and two hidden layers. Source: chapter 6, activity 6.01."""
    return Run(run_of(activity_6_01_model(), ("lstm", "lstm")))


def run_of(model: Any, recurrent: Sequence[str]) -> NetworkRun:
    """Run a model of reviews whose recurrent layers are of these kinds, and follow its output to each weight.

    Parameters
    ----------
    recurrent : kinds of the recurrent layers in the book: plain, lstm, gru or bidirectional.
    """
    rng = np.random.default_rng(17)
    model.set_weights([_SCALE * rng.normal(size=w.shape) for w in model.get_weights()])
    vocabulary = embedding_of(model).get_config()["input_dim"]
    rows = -(-vocabulary // _STEPS)
    ids = np.resize(rng.permutation(vocabulary).astype(np.int32), (rows, _STEPS))
    with tf.GradientTape() as tape:
        outputs = model(tf.constant(ids), training=False)
        loss = tf.reduce_sum(outputs * rng.normal(size=(len(ids), 1)).astype(np.float32))
    gradients = tape.gradient(loss, model.trainable_variables)
    moving = {
        id(variable): int(np.count_nonzero(tf.convert_to_tensor(gradient).numpy()))
        for variable, gradient in zip(model.trainable_variables, gradients)
    }

    def of_layers(layers: Sequence[Any]) -> int:
        return sum(moving[id(variable)] for layer in layers for variable in layer.trainable_variables)

    found = outputs.numpy()
    return NetworkRun(
        gap=distance(found, outputs_by_hand(model.get_weights(), ids, recurrent)),
        spread=float(np.ptp(found)),
        embedding=of_layers([embedding_of(model)]),
        recurrent=of_layers(recurrent_layers(model)),
        idle=total_parameters(model) - sum(moving.values()),
    )


def outputs_by_hand(weights: Sequence[np.ndarray], ids: np.ndarray, recurrent: Sequence[str]) -> np.ndarray:
    """Return the probabilities (n, 1) by the book's layers: words, recurrent layers, ReLU, sigmoid.

    Parameters
    ----------
    weights : of all layers in their order.
    ids : words (n, steps).
    """
    rest = [np.asarray(value, np.float64) for value in weights]
    x = rest.pop(0)[ids]
    for kind in recurrent:
        x, rest = states(kind, x, rest)
    x = x[:, -1]
    while len(rest) > 2:
        x, rest = np.maximum(x @ rest[0] + rest[1], 0), rest[2:]
    return np.asarray(sigmoid(x @ rest[0] + rest[1]))


def states(kind: str, x: np.ndarray, weights: List[np.ndarray]) -> Tuple[np.ndarray, List[np.ndarray]]:
    """Return a recurrent layer's outputs (n, steps, units), and the weights of the layers behind it.

    The outputs of a bidirectional layer are the last ones of both directions, (n, 1, 2·units).
    """
    names = ("kernel", "recurrent", "bias")
    own, rest = dict(zip(names, weights)), weights[3:]
    if kind == "plain":
        return unroll(x, **own), rest
    if kind == "gru":
        return gates.gru(x, **own, reset_after=False).hidden, rest
    if kind == "bidirectional":
        there, back = lstm_by_hand(own), lstm_by_hand(dict(zip(names, rest)))
        return gates.bidirectional(x, there, back, every_step=False)[:, np.newaxis], rest[3:]
    return lstm_by_hand(own)(x), rest
