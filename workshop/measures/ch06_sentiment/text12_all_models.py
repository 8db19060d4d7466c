"""Text ch06.text12: Summarizing All the Models (chapter 6).

The five models compared by parameters and accuracy, and the unit of a length of 200.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.chapters.ch06_sentiment.ex01_plain_rnn import exercise_6_01_model
from workshop.chapters.ch06_sentiment.ex02_lstm import exercise_6_02_model
from workshop.chapters.ch06_sentiment.ex03_gru import exercise_6_03_model
from workshop.chapters.ch06_sentiment.ex04_bidirectional_lstm import exercise_6_04_model
from workshop.chapters.ch06_sentiment.ex05_stacked_lstm import exercise_6_05_model
from workshop.units import unit

from ._data import OFFSET, START, loaded, padded
from ._summaries import recurrent_parameters

MODELS = {
    "plain_rnn": exercise_6_01_model,
    "lstm": exercise_6_02_model,
    "gru": exercise_6_03_model,
    "bidirectional": exercise_6_04_model,
    "stacked": exercise_6_05_model,
}


@unit("ch06.text12", value="rnn_params", uses="tensorflow")
def recurrent_layer_parameters() -> dict[str, int]:
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

    test_percent: dict[str, float]
    test_gap: dict[str, float]
    val_gap: dict[str, float]


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


def gaps(values: dict[str, float]) -> dict[str, float]:
    """Return the difference of every two values, by "a_less_b"."""
    return {"%s_less_%s" % (a, b): values[a] - values[b] for a in values for b in values if a != b}


@dataclass(frozen=True)
class SequenceUnit:
    """The unit of a length: the units in which all rows have the same length, with that length.

    For training reviews that fill a row. `characters` : median for the row's words joined by blanks.
    """

    sequence_unit: dict[str, int]
    characters: float


@unit("ch06.text12")
def sequence_unit(imdb: Any, imdb_word_index: dict[str, int]) -> SequenceUnit:
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
