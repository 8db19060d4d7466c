"""The five models compared: accuracies for one seed each, and their differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict

from workshop.units import unit


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
    outcomes = {
        "plain_rnn": ch06_ex01,
        "lstm": ch06_ex02,
        "gru": ch06_ex03,
        "bidirectional": ch06_ex04,
        "stacked": ch06_ex05,
    }
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
