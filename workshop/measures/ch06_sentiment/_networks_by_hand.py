"""Checks of chapter 6: the exercises' networks are run, and compared with the book's layers in NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.chapters.ch06_sentiment.act01_amazon_reviews import activity_6_01_model
from workshop.chapters.ch06_sentiment.ex01_plain_rnn import exercise_6_01_model
from workshop.chapters.ch06_sentiment.ex02_lstm import exercise_6_02_model
from workshop.chapters.ch06_sentiment.ex03_gru import exercise_6_03_model
from workshop.chapters.ch06_sentiment.ex04_bidirectional_lstm import exercise_6_04_model
from workshop.chapters.ch06_sentiment.ex05_stacked_lstm import exercise_6_05_model
from workshop.numerics.reference_network import Layer, bidirectional, dense, embedding, gru, lstm, rnn
from workshop.training.network_checks import NetworkCheck, check_network
from workshop.units import unit

from ._summaries import recurrent_layers
from .ex01_plain_rnn import embedding_of

_STEPS = 4  # few, so that the derivatives by the first words do not vanish
_SCALE = 0.4  # of the drawn weights: large enough for the activations to bend, too small to saturate them


@dataclass(frozen=True)
class NetworkRun(NetworkCheck):
    """A network as checked on every word of its vocabulary.

    `embedding`, `recurrent` : numbers of weights of these layers that change the outputs.
    """

    embedding: int
    recurrent: int


@unit("ch06.ex01", value="network_run", uses="tensorflow")
def exercise_6_01_run() -> NetworkRun:
    """Run the plain RNN. Source: chapter 6, exercise 6.01."""
    return run_of(exercise_6_01_model(), rnn())


@unit("ch06.ex02", value="network_run", uses="tensorflow")
def exercise_6_02_run() -> NetworkRun:
    """Run the LSTM. Source: chapter 6, exercise 6.02."""
    return run_of(exercise_6_02_model(), lstm())


@unit("ch06.ex03", value="network_run", uses="tensorflow")
def exercise_6_03_run() -> NetworkRun:
    """Run the GRU. Source: chapter 6, exercise 6.03."""
    return run_of(exercise_6_03_model(), gru())


@unit("ch06.ex04", value="network_run", uses="tensorflow")
def exercise_6_04_run() -> NetworkRun:
    """Run the bidirectional LSTM. Source: chapter 6, exercise 6.04."""
    return run_of(exercise_6_04_model(), bidirectional(lstm(every_step=True)))


@unit("ch06.ex05", value="network_run", uses="tensorflow")
def exercise_6_05_run() -> NetworkRun:
    """Run the stacked LSTMs. Source: chapter 6, exercise 6.05."""
    return run_of(exercise_6_05_model(), lstm(every_step=True), lstm())


@unit("ch06.act01", value="network_run", uses="tensorflow")
def activity_6_01_run() -> NetworkRun:
    """Run the network of two LSTMs and two hidden layers. Source: chapter 6, activity 6.01."""
    return run_of(activity_6_01_model(), lstm(every_step=True), lstm(), hidden=2)


def run_of(model: Any, *recurrent: Layer, hidden: int = 0) -> NetworkRun:
    """Check a model of reviews: embedding, recurrent layers, hidden layers of ReLUs, a sigmoid."""
    rng = np.random.default_rng(17)
    weights = [(_SCALE * rng.normal(size=w.shape)).astype(w.dtype) for w in model.get_weights()]
    exact = [w.astype(np.float64) for w in weights]  # for sums by hand
    table = [embedding(), *recurrent, *[dense("relu")] * hidden, dense("sigmoid")]
    vocabulary = embedding_of(model).get_config()["input_dim"]
    rows = -(-vocabulary // _STEPS)
    ids = np.resize(rng.permutation(vocabulary).astype(np.int32), (rows, _STEPS))
    check = check_network(model, table, ids, lambda _: exact)
    arrays = sum(len(layer.trainable_variables) for layer in recurrent_layers(model))
    own, states = check.effective[0], sum(check.effective[1 : 1 + arrays])
    return NetworkRun(**vars(check), embedding=own, recurrent=states)
