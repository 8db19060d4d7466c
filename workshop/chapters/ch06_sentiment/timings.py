"""What a training step of each model costs in Keras' own `train_on_batch`, timed in turns."""

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


LEADERS = 10  # so many fastest of 2·24 are all of one kind by chance once in 1,024 runs


@dataclass(frozen=True)
class StepTimes:
    """Times of a training step.

    `milliseconds` : median of each model. `ratios` : "a_by_b" → time of a's fastest step by that of the tenth
    fastest of b, and ratio of the medians. `longer` : "a_than_b" → 1 where the former is above 1, else 0:
    were there no difference, that would be so in one of 1,024 runs at most. `two_layers` are both models of
    two LSTMs together.
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
    """Train each model for some steps, one after another, round by round. Source: chapter 6, comparison.

    Parameters
    ----------
    imdb : `ReviewIds`: word ranks in the file's order.
    rounds, steps : of each model, and steps of one round.
    """
    reviews = prepared(imdb)
    # not by `fit`, whose data threads make one that computes on one thread wait, 33 ms at a time
    batches = [slice(first, first + batch_size) for first in range(0, steps * batch_size, batch_size)]
    models = {}
    for name, recipe in MODELS.items():
        network = recipe().network
        models[name] = network.builder(*network.arguments)  # trained by Keras: not the model that others use
        models[name].compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
        models[name].train_on_batch(*rows_of(reviews, batches[0]))  # builds what later rounds reuse
    seconds: Dict[str, List[float]] = {name: [] for name in models}
    for number in range(rounds):
        for name in sorted(models, reverse=number % 2 == 1):  # which comes first takes turns
            begin = clock()
            for batch in batches:
                models[name].train_on_batch(*rows_of(reviews, batch))
            seconds[name].append(clock() - begin)
    return compared(seconds, steps)


def rows_of(reviews: Any, batch: slice) -> Tuple[Any, Any]:
    """Return ids and labels of some training reviews."""
    return reviews.x_train[batch], reviews.y_train[batch]


def compared(seconds: Dict[str, Sequence[float]], steps: int) -> StepTimes:
    """Compare times of so many steps each, by name."""
    # what else the machine does only makes steps slower: the fastest of each are the least disturbed
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
