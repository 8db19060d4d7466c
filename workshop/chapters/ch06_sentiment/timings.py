"""Times of a training step of each model in Keras' own `train_on_batch`, measured in turns."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Sequence, Tuple

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


LEADERS = 10  # the 10 fastest of 2·24 are all of one kind by chance once in 1,024 runs


@dataclass(frozen=True)
class StepTimes:
    """Times of a training step.

    `milliseconds` : median of each model. `ratios` : "a_by_b" → time of a's fastest step divided by that of
    b's tenth fastest, and ratio of the medians. `longer` : "a_than_b" → 1 if the first ratio is above 1, else
    0. Without a difference, it would be 1 in at most one of 1,024 runs. `two_layers` means both models of two
    LSTMs together.
    """

    milliseconds: Dict[str, float]
    ratios: Dict[str, List[float]]
    longer: Dict[str, int]


@unit("ch06.text12", uses=("tensorflow",))
def step_times(
    imdb: Any,
    clock: Callable[[], float],
    rounds: int = 24,
    steps: int = 5,
    batch_size: int = 128,
) -> StepTimes:
    """Train each model for some steps, one model after another in each round. Source: chapter 6, comparison.

    Parameters
    ----------
    imdb : `ReviewIds`: word ranks in the file's order.
    rounds, steps : rounds of each model, and steps of one round.
    """
    reviews = prepared(imdb)
    # not by `fit`, whose data threads delay a computation on one thread by 33 ms at a time
    batches = [slice(first, first + batch_size) for first in range(0, steps * batch_size, batch_size)]
    models = {}
    for name, recipe in MODELS.items():
        network = recipe().network
        models[name] = network.builder(*network.arguments)  # trained by Keras, so it is not the shared model
        models[name].compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
        models[name].train_on_batch(*rows_of(reviews, batches[0]))  # builds what later rounds reuse
    seconds: Dict[str, List[float]] = {name: [] for name in models}
    for number in range(rounds):
        for name in sorted(models, reverse=number % 2 == 1):  # the first one alternates
            begin = clock()
            for batch in batches:
                models[name].train_on_batch(*rows_of(reviews, batch))
            seconds[name].append(clock() - begin)
    return compared(seconds, steps)


def rows_of(reviews: Any, batch: slice) -> Tuple[Any, Any]:
    """Return ids and labels of some training reviews."""
    return reviews.x_train[batch], reviews.y_train[batch]


def compared(seconds: Dict[str, Sequence[float]], steps: int) -> StepTimes:
    """Compare times of equally many steps each, by name."""
    # other work only slows steps down, so the fastest of each are the least disturbed
    ordered = {name: np.sort(times) for name, times in seconds.items()}
    ratios = {
        "%s_by_%s" % (a, b): [
            float(ordered[a][0] / ordered[b][LEADERS - 1]),
            float(np.median(ordered[a]) / np.median(ordered[b])),
        ]
        for a, b in itertools.permutations(ordered, 2)
    }
    longer = {pair.replace("_by_", "_than_"): int(found[0] > 1) for pair, found in ratios.items()}
    longer["two_layers_than_lstm"] = min(longer["bidirectional_than_lstm"], longer["stacked_than_lstm"])
    return StepTimes(
        milliseconds={name: float(1000 * np.median(times) / steps) for name, times in ordered.items()},
        ratios=ratios,
        longer=longer,
    )
