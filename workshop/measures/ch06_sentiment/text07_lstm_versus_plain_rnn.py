"""Text ch06.text07: LSTM versus Plain RNNs (chapter 6).

The states that each passes on, the number of steps over which a plain RNN keeps a gradient, and how much each
overfits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.training.backend import keras
from workshop.training.fitting import Network, evaluate, fit
from workshop.training.initialisers import initial_weights, shuffled
from workshop.training.optimizers import Adam
from workshop.units import unit

from ._cells import drawn, handed_on
from ._gradients import assign_scaled, gradients_by_step, model_of

GONE = 1e-3  # an earlier step's gradient below this share of the last step's has vanished


@dataclass(frozen=True)
class StatesPassed:
    """States passed on by a plain RNN and by an LSTM."""

    states_passed: dict[str, list[str]]
    continued_gap: dict[str, float]


@unit("ch06.text07", uses="tensorflow")
def states_passed(units: int = 4, inputs: int = 3) -> StatesPassed:
    """Cut sequences in two, and continue from the states returned in between. Source: chapter 6, text."""
    layers = {
        "plain RNN": keras.layers.SimpleRNN(units, return_sequences=True, return_state=True, dtype="float64"),
        "LSTM": keras.layers.LSTM(units, return_sequences=True, return_state=True, dtype="float64"),
    }
    found = {name: handed_on(drawn(layer, inputs)) for name, layer in layers.items()}
    return StatesPassed(
        states_passed={name: passed.names for name, passed in found.items()},
        continued_gap={name: passed.gap for name, passed in found.items()},
    )


@dataclass(frozen=True)
class ShortSequences:
    """Number of steps over which most plain RNNs keep a gradient, and their share by number of steps.

    `weakest_kept` : the weakest gradient of the 95 % that keep it over all steps, as a share of that at
    the last step. `weakest_after` : the weakest of the best 95 % one step further.
    """

    short_threshold: int
    shares: dict[int, float]
    weakest_kept: float
    weakest_after: float


@unit("ch06.text07", uses="tensorflow")
def short_sequences(
    steps: int = 100, units: int = 32, inputs: int = 32, nets: int = 40, recurrent: float = 0.9
) -> ShortSequences:
    """Draw plain RNNs whose gradients vanish over a hundred steps, and measure how far they reach.

    Source: chapter 6, text on LSTM versus plain RNNs.
    """
    rng = np.random.default_rng(2)
    model = model_of(keras.layers.SimpleRNN(units, dtype="float64"), inputs)
    of_model, reached = gradients_by_step(model), []
    for _ in range(nets):
        assign_scaled(model, rng, recurrent)
        lengths = of_model(rng.normal(size=(1, steps, inputs)))[::-1]
        reached.append(np.minimum.accumulate(lengths / lengths[0]))
    shares = np.mean(np.array(reached) > GONE, axis=0)
    threshold, weakest = int((shares >= 0.95).sum()), np.sort(reached, axis=0)[int(0.05 * nets)]
    return ShortSequences(
        short_threshold=threshold,
        shares={length: float(shares[length - 1]) for length in (5, 10, 20, steps)},
        weakest_kept=float(weakest[max(threshold - 1, 0)]),
        weakest_after=float(weakest[min(threshold, steps - 1)]),
    )


@dataclass(frozen=True)
class Overfitting:
    """Loss on new sequences minus that on the training's, of each pair of networks, by kind.

    `lstm_overfits_more` : number of pairs in which the LSTM's difference is the larger one. `learned` : the
    smallest fall of a training's loss.
    """

    overfitting: dict[str, list[float]]
    lstm_overfits_more: int
    learned: float


def classifier(kind: str, steps: int, inputs: int, units: int) -> Any:
    """Return a recurrent layer of a kind and a sigmoid unit on sequences."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((steps, inputs)),
            getattr(layers, kind)(units),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def noisy_sequences(
    rng: np.random.Generator, rows: int, steps: int, inputs: int, noise: float
) -> tuple[np.ndarray, np.ndarray]:
    """Draw sequences and the signs of their first feature's sums, 0 or 1, a share of them wrong."""
    x = rng.normal(size=(rows, steps, inputs)).astype(np.float32)
    right = x[:, :, 0].sum(axis=1) > 0
    return x, (right ^ (rng.random(rows) < noise)).astype(np.float32)[:, np.newaxis]


@unit("ch06.text07", uses="tensorflow")
def overfitting(
    pairs: int = 32,
    first: int = 10,
    rows: int = 128,
    new_rows: int = 1000,
    steps: int = 8,
    inputs: int = 8,
    units: int = 32,
    epochs: int = 100,
    noise: float = 0.2,
) -> Overfitting:
    """Train plain RNNs and LSTMs of exercise 6.01's size in pairs on few short sequences with wrong labels.

    `first` : number of the first pair, from which all its draws are made.
    Source: chapter 6, text on LSTM versus plain RNNs.
    """
    kinds, objective = ("SimpleRNN", "LSTM"), {"loss": "binary_crossentropy", "metric": "binary_accuracy"}
    gaps: dict[str, list[float]] = {kind: [] for kind in kinds}
    falls = []
    for pair in range(first, first + pairs):
        data = np.random.default_rng(pair)
        few, new = (noisy_sequences(data, n, steps, inputs, noise) for n in (rows, new_rows))
        order = shuffled(data, epochs=epochs, n=rows)
        for kind in kinds:
            network = Network(classifier, (kind, steps, inputs, units))
            start = initial_weights(network.model, np.random.default_rng(pair))
            done = fit(network, start, *few, order, optimizer=Adam(0.01), xla=True, **objective)
            before, after, on_new = (
                evaluate(network, weights, *part, **objective)[0]
                for weights, part in ((start, few), (done.weights, few), (done.weights, new))
            )
            gaps[kind].append(on_new - after)
            falls.append(before - after)
    plain, lstm = (gaps[kind] for kind in kinds)
    return Overfitting(
        overfitting={"plain RNN": plain, "LSTM": lstm},
        lstm_overfits_more=sum(b > a for a, b in zip(plain, lstm)),
        learned=min(falls),
    )
