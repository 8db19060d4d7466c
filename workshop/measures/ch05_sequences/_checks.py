"""Checks of what the chapter's exercises build: arithmetic in NumPy, weights that act, and baselines.

They are not steps of the exercises. Claims on summaries and settings use them, so that a network is not only
described but run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.chapters.ch05_sequences.act01_ibm_prices import activity_5_01_model
from workshop.chapters.ch05_sequences.ex02_forward_pass import XT0, XT1, Step
from workshop.chapters.ch05_sequences.ex03_plain_rnn import exercise_5_03_model
from workshop.chapters.ch05_sequences.ex04_convolution import exercise_5_04_model
from workshop.chapters.ch05_sequences.ex05_hybrid import exercise_5_05_model
from workshop.numerics.reference_network import (
    Layer,
    conv1d,
    dense,
    forward,
    max_pool1d,
    repeat,
    reshape,
    rnn,
)
from workshop.numerics.similarity import distance, relative_distance
from workshop.training.backend import keras
from workshop.training.network_checks import NetworkCheck, check_network
from workshop.training.summaries import built_layers
from workshop.units import unit

from ._probes import arrangement, sequence_model, with_drawn_weights
from .ex02_forward_pass import forward_pass, tensorflow_seed
from .text03_arrangements import arranged
from .text08_convolutions import convolutions

PRICES = reshape(-1, 1)  # of one day as a sequence of one feature
FILTERED = [PRICES, conv1d("relu")]
PLAIN_RNN = [PRICES, rnn(), dense()]
CONVOLUTION = [*FILTERED, max_pool1d(5), reshape(-1), dense()]
HYBRID = [*FILTERED, rnn(), dense()]


def checked(model: Any, layers: Sequence[Layer], rows: int = 64) -> NetworkCheck:
    """Check a network on drawn sequences."""
    x = np.random.default_rng(5).normal(size=(rows, *model.input_shape[1:])).astype(np.float32)
    # so small that the hidden outputs are not saturated
    return check_network(
        model, layers, x, lambda _: [0.4 * w for w in with_drawn_weights(model).get_weights()]
    )


def days_read(model: Any) -> list[int]:
    """Return the days before, 1 for yesterday, whose price moves a network's output."""
    x = np.random.default_rng(12).normal(size=(64, *model.input_shape[1:])).astype(np.float32)
    return [step + 1 for step in arrangement(x, *built_layers(model)).sees[0]]


def longer_gap(days: tuple[int, int] = (10, 100)) -> float:
    """Give the weights of the hybrid for ten days to one for a hundred, and run it.

    Returns the largest difference of its outputs from NumPy's, by the largest output.
    """
    short, longer = (exercise_5_05_model(length) for length in days)
    # so small that rounding does not grow from step to step
    weights = [0.1 * w for w in with_drawn_weights(short).get_weights()]
    longer.set_weights(weights)
    x = np.random.default_rng(11).normal(size=(8, days[1])).astype(np.float32)
    expected = forward(HYBRID, weights, x)
    return relative_distance(longer(x), expected)


@dataclass(frozen=True)
class CheckedNetwork:
    """A network as checked, and the days that it reads."""

    network: NetworkCheck
    days_read: list[int]


@unit("ch05.ex03", uses="tensorflow")
def plain_rnn_checked() -> CheckedNetwork:
    """Check the plain RNN of exercise 5.03."""
    return CheckedNetwork(checked(exercise_5_03_model(), PLAIN_RNN), days_read(exercise_5_03_model()))


@unit("ch05.ex04", uses="tensorflow")
def convolution_checked() -> CheckedNetwork:
    """Check the convolution of exercise 5.04."""
    return CheckedNetwork(checked(exercise_5_04_model(), CONVOLUTION), days_read(exercise_5_04_model()))


@dataclass(frozen=True)
class CheckedHybrid:
    """The hybrid as checked, and its outputs' distance from NumPy's on longer sequences."""

    network: NetworkCheck
    longer_by_hand: float


@unit("ch05.ex05", uses="tensorflow")
def hybrid_checked() -> CheckedHybrid:
    """Check the hybrid of exercise 5.05."""
    return CheckedHybrid(checked(exercise_5_05_model(), HYBRID), longer_gap())


@unit("ch05.act01", value="network", uses="tensorflow")
def hybrid_with_dropout_checked() -> NetworkCheck:
    """Check the hybrid of activity 5.01, whose dropout drops nothing in a forecast."""
    return checked(activity_5_01_model(), HYBRID)


@unit("ch05.ex02", value="saturated_draws", uses="tensorflow")
def forward_pass_of_other_draws(draws: int = 100, xt0: Step = XT0, xt1: Step = XT1) -> float:
    """Run the forward pass of exercise 5.02 with other weights from the standard normal distribution.

    Returns the share of other draws of the weights whose second outputs are all within 0.01 of 1 or −1.
    """
    rng, neurons = np.random.default_rng(13), 3
    given = [np.array(x, np.float32) for x in (xt0, xt1)]
    shapes, bias = ((given[0].shape[1], neurons), (neurons, neurons)), np.zeros((1, neurons), np.float32)
    least = []
    for _ in range(draws):
        weights = [rng.normal(size=shape).astype(np.float32) for shape in shapes]
        least.append(np.abs(forward_pass(*given, *weights, bias)[1].numpy()).min())
    return float(np.mean(np.array(least) > 0.99))


@unit("ch05.text03", value="by_hand", uses="tensorflow")
def arrangements_by_hand(rows: int = 3, features: int = 3, steps_out: int = 6) -> dict[str, float]:
    """Run the arrangements by Keras and by hand: without a recurrence, shapes could be the same.

    Returns the largest difference of each arrangement's outputs from the recurrence in NumPy, by its name.
    """
    again, states = repeat(steps_out), rnn(every_step=True)
    tables = {
        "many_to_one": [rnn()],
        "one_to_many": [reshape(-1), again, states],
        "many_to_many_equal": [states],
        "many_to_many_unequal": [rnn(), again, states],
    }
    gaps = {}
    for name, (steps, layers) in arranged().items():
        x = np.random.default_rng(14).normal(size=(rows, steps, features)).astype(np.float32)
        model = sequence_model(x.shape[1:], *layers)
        weights = [0.4 * w for w in model.get_weights()]  # so small that rounding does not grow
        model.set_weights(weights)
        gaps[name] = distance(model(x), forward(tables[name], weights, x))
    return gaps


@unit("ch05.text06", value="fresh", uses="tensorflow")
def defaults_at_work(units: int = 32, inputs: int = 8, steps: int = 5) -> dict[str, float]:
    """Make a SimpleRNN with nothing but its number of units, and see what its defaults do.

    Returns the largest difference of its outputs from tanh(x W_F + h W_R + b), its largest bias, the largest
    difference of W_R times its transpose from the identity, the largest number in W_F by √(6/(inputs +
    units)), the bound of Glorot's uniform draw, and numbers of added losses and of constrained weights.
    """
    x = np.random.default_rng(4).normal(size=(16, steps, inputs)).astype(np.float32)
    layer = keras.layers.SimpleRNN(units)
    with tensorflow_seed(0):
        outputs = layer(x)
    kernel, recurrent, bias = layer.get_weights()
    return {
        "by_hand": distance(outputs, forward([rnn()], layer.get_weights(), x)),
        "largest_bias": float(np.abs(bias).max()),
        "not_orthogonal": distance(recurrent @ recurrent.T, np.eye(units)),
        "kernel_reach": float(np.abs(kernel).max() / np.sqrt(6 / (inputs + units))),
        "penalties": len(layer.losses),
        "constrained": sum(getattr(w, "constraint", None) is not None for w in layer.weights),
    }


@unit("ch05.text08", value="lengths_off", uses="tensorflow")
def pooled_lengths(lengths: tuple[int, ...] = (9, 13, 14, 19), size: int = 5) -> int:
    """Filter and pool sequences of other lengths.

    Returns the number of lengths, filtered and pooled, that differ from those by hand. Source: ours.

    A filter stops at n − 4 places, and a pooling window of 5 takes the whole fives of these.
    """
    off = 0
    for length in lengths:
        found = convolutions(length=length, kernel_size=size).pooling_reduces
        places = length - size + 1
        pooled = places // size
        off += found != {"unpooled": places, "max": pooled, "average": pooled}
    return off
