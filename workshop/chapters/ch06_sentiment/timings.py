"""What a training step of each model costs in Keras' own `fit`, timed in turns on one processor."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Sequence

import numpy as np

from workshop.chapters.ch06_sentiment.networks import (
    bidirectional_lstm,
    gru,
    lstm,
    plain_rnn,
    stacked_lstm,
)
from workshop.chapters.ch06_sentiment.reviews import prepared
from workshop.units import unit

MODELS = {
    "plain_rnn": plain_rnn,
    "gru": gru,
    "lstm": lstm,
    "bidirectional": bidirectional_lstm,
    "stacked": stacked_lstm,
}


@dataclass(frozen=True)
class StepTimes:
    """Times of a training step.

    `milliseconds` : median of each model. `ratios` : "a_by_b" → lower bound, median, upper bound of the
    paired ratios; the bounds hold the true median with 99.9 %. `faster` : how many of the other models have
    a surely shorter step than this one; `two_layers` is the smaller number of the two models of two LSTMs.
    """

    milliseconds: Dict[str, float]
    ratios: Dict[str, List[float]]
    faster: Dict[str, int]


@unit("ch06.text12", uses=("tensorflow",))
def step_times(
    imdb: Any,
    clock: Callable[[], float],
    rounds: int = 24,
    steps: int = 5,
    batch_size: int = 128,
) -> StepTimes:
    """Train each model for some steps, one after another, round by round. Source: chapter 6, comparison.

    Parameters
    ----------
    imdb : `ReviewIds`: word ranks in the file's order.
    rounds, steps : of each model, and steps of one round.
    """
    reviews = prepared(imdb)
    x, y = reviews.x_train[: steps * batch_size], reviews.y_train[: steps * batch_size]
    models = {}
    for name, recipe in MODELS.items():
        network = recipe().network
        models[name] = network.builder(*network.arguments)  # trained by Keras: not the model that others use
        models[name].compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
        models[name].fit(x, y, batch_size=batch_size, verbose=0)  # builds what later rounds reuse
    seconds: Dict[str, List[float]] = {name: [] for name in models}
    for number in range(rounds):
        for name in sorted(models, reverse=number % 2 == 1):  # which comes first takes turns
            begin = clock()
            models[name].fit(x, y, batch_size=batch_size, verbose=0)
            seconds[name].append(clock() - begin)
    return compared(seconds, steps)


def compared(seconds: Dict[str, Sequence[float]], steps: int) -> StepTimes:
    """Compare paired times of so many steps each, by name."""
    ratios, faster = {}, dict.fromkeys(seconds, 0)
    for a, b in itertools.permutations(seconds, 2):
        low, middle, high = median_bounds(np.divide(seconds[a], seconds[b]))
        ratios["%s_by_%s" % (a, b)] = [low, middle, high]
        faster[a] += low > 1
    faster["two_layers"] = min(faster["bidirectional"], faster["stacked"])
    return StepTimes(
        milliseconds={name: float(1000 * np.median(times) / steps) for name, times in seconds.items()},
        ratios=ratios,
        faster=faster,
    )


def median_bounds(values: Any, alpha: float = 1e-3) -> List[float]:
    """Return a lower bound, the median and an upper bound of independent values' true median.

    Of the sign test: the k-th smallest and the k-th largest, k as large as leaves out the true median with
    probability `alpha` at most, whatever the distribution.

    Raises
    ------
    ValueError
        If so few values have no such bounds.
    """
    ordered = np.sort(np.asarray(values, np.float64))
    n, k, beyond = len(ordered), 0, 0.0
    while True:
        beyond += 2.0 * _choose(n, k) / 2.0**n
        if beyond > alpha or 2 * k >= n:
            break
        k += 1
    if k == 0:
        raise ValueError(f"{n} values give no bounds at {alpha:g}: take more")
    return [float(ordered[k - 1]), float(np.median(ordered)), float(ordered[n - k])]


def _choose(n: int, k: int) -> int:
    return math.factorial(n) // (math.factorial(k) * math.factorial(n - k))
