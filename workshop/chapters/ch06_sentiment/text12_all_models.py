"""Text ch06.text12: Summarizing All the Models (chapter 6).

The five models compared by parameters, accuracy and time of a training step, and the unit of a length of 200.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Sequence, Tuple

import numpy as np

from workshop.units import unit

from ._data import OFFSET, START, loaded, padded, prepared
from ._summaries import recurrent_parameters
from .ex01_plain_rnn import exercise_6_01_model
from .ex02_lstm import exercise_6_02_model
from .ex03_gru import exercise_6_03_model
from .ex04_bidirectional_lstm import exercise_6_04_model
from .ex05_stacked_lstm import exercise_6_05_model

MODELS = {
    "plain_rnn": exercise_6_01_model,
    "lstm": exercise_6_02_model,
    "gru": exercise_6_03_model,
    "bidirectional": exercise_6_04_model,
    "stacked": exercise_6_05_model,
}
LEADERS = 10  # the 10 fastest of 2·24 are all of one kind by chance once in 1,024 runs


@unit("ch06.text12", value="rnn_params", uses=("tensorflow",))
def recurrent_layer_parameters() -> Dict[str, int]:
    """Count the weights of the five models' recurrent layers.

    Returns the parameters of the recurrent layers by model. Source: chapter 6, table of all models.
    """
    names = ("Plain RNN", "LSTM", "GRU", "Bi-directional LSTM", "Stacked LSTM")
    return {name: recurrent_parameters(build()) for name, build in zip(names, MODELS.values())}


@dataclass(frozen=True)
class Accuracies:
    """Accuracies of the five models trained with one seed.

    `test_percent` : on the test reviews, in percent, by model. `test_gap`, `val_gap` : "a_less_b" → accuracy
    of one model minus another's, on the test reviews and in the last epoch's validation.
    """

    test_percent: Dict[str, float]
    test_gap: Dict[str, float]
    val_gap: Dict[str, float]


@unit("ch06.text12")
def accuracies(ch06_ex01: Any, ch06_ex02: Any, ch06_ex03: Any, ch06_ex04: Any, ch06_ex05: Any) -> Accuracies:
    """Compare the trained models. Source: chapter 6, summary of all models."""
    outcomes = dict(zip(MODELS, (ch06_ex01, ch06_ex02, ch06_ex03, ch06_ex04, ch06_ex05)))
    test = {name: float(outcome.test_accuracy) for name, outcome in outcomes.items()}
    val = {name: float(outcome.history.val_accuracy[-1]) for name, outcome in outcomes.items()}
    return Accuracies(
        test_percent={name: 100 * accuracy for name, accuracy in test.items()},
        test_gap=gaps(test),
        val_gap=gaps(val),
    )


def gaps(values: Dict[str, float]) -> Dict[str, float]:
    """Return the difference of every two values, by "a_less_b"."""
    return {"%s_less_%s" % (a, b): values[a] - values[b] for a in values for b in values if a != b}


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

    Raises
    ------
    ValueError
        If there are fewer training reviews than a round needs.
    """
    reviews = prepared(imdb)
    if len(reviews.x_train) < steps * batch_size:
        raise ValueError(
            f"{len(reviews.x_train)} training reviews are too few for {steps} steps: "
            f"give {steps * batch_size}, or a smaller batch_size"
        )
    # not by `fit`, whose data threads delay a computation on one thread by 33 ms at a time
    batches = [slice(first, first + batch_size) for first in range(0, steps * batch_size, batch_size)]
    models = {}
    for name, builder in MODELS.items():
        models[name] = builder()
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


@dataclass(frozen=True)
class SequenceUnit:
    """The unit of a length: the units in which all rows have the same length, with that length.

    For training reviews that fill a row. `characters` : median for the row's words joined by blanks.
    """

    sequence_unit: Dict[str, int]
    characters: float


@unit("ch06.text12")
def sequence_unit(imdb: Any, imdb_word_index: Dict[str, int]) -> SequenceUnit:
    """Convert full rows to text again, and count their terms and characters.

    All words stay, because an unknown word has no characters to count.
    Source: chapter 6, text that summarises the models.

    Parameters
    ----------
    imdb : `ReviewIds`: word ranks in the file's order.
    imdb_word_index : word → rank, from 1.
    """
    rows = padded(loaded(imdb, len(imdb_word_index) + OFFSET + 1).train)
    full = rows[(rows > START).all(axis=1)]
    word = {rank + OFFSET: word for word, rank in imdb_word_index.items()}
    texts = [" ".join(word[number] for number in row) for row in full.tolist()]
    counts = {
        "terms": [len(text.split(" ")) for text in texts],
        "characters": [len(text) for text in texts],
    }
    return SequenceUnit(
        {name: numbers[0] for name, numbers in counts.items() if len(set(numbers)) == 1},
        float(np.median(counts["characters"])),
    )
