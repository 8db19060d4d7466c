"""Values on one line: shortening never cuts a word or a number that fits."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from workshop.values import ShapeMismatch, brief, for_json, pairs, plain

# a value, and how it is written in 24 characters
WRITTEN: list[tuple[Any, str]] = [
    ([1.5, 2.25, 3.125], "1.5, 2.25, 3.125"),
    ([0.125] * 9, "0.125, 0.125 and 7 more"),
    (["alice", "adventures", "of", "ten"], "alice and 3 more"),
    ([[1, 2], [3, 4]], "1, 2; 3, 4"),
    ([[[1], [2]], [[3], [4]]], "1, 2; 3, 4"),
    ([[5.1, "setosa"], [4.9, "setosa"], [4.7, "setosa"]], "5.1, setosa and 2 more"),
    ([["queen", 0.68], ["aunt", 0.5]], "queen 0.68, aunt 0.5"),
    ("one two three four five six seven", "one two and 5 more words"),
    ("0123456789" * 4, "0 and 39 more characters"),
    ({"loss": 0.25, "accuracy": 0.5}, "loss 0.25, accuracy 0.5"),
    ({"first": [5, 0], "dtype": "uint8"}, "first 5, 0; dtype: uint8"),
    ({"labels": [1]}, "labels 1"),
    ({"dense": [[None, 1], 3]}, "dense (None, 1) 3"),
    ({}, "empty"),
]


@pytest.mark.parametrize(("value", "text"), WRITTEN)
def test_brief_is_in_words(value, text):
    """No bracket is written; of what does not fit the first entries are, and how many more there are."""
    assert brief(value, 24) == text


LAYERS = [["Embedding", [None, None, 32], 256000], ["Dense", [None, 1], 33]]
LOG = {"loss": [0.5, 0.25, 0.125], "acc": [0.5, 0.7, 0.6]}
SHORT = [
    (LAYERS, 30, False, "2 layers, 256,033 parameters"),
    (LAYERS, 20, False, "2 layers"),
    (
        {"gan": LAYERS, "disc": LAYERS},
        80,
        False,
        "gan 2 layers, 256,033 parameters, disc 2 layers, 256,033 parameters",
    ),
    (LOG, 38, False, "loss 0.5 to 0.125, acc 0.5 to 0.6"),
    (LOG, 39, True, "loss ▇▃▁ 0.5 to 0.125 and 1 more"),
    ({"loss": [0.5] * 3, "accuracy": [0.125, 0.25, 0.5]}, 40, False, "loss 0.5 throughout and 1 more"),
    ({1: [0.5, 0.9], 2: [0.25, 0.95], 3: [0.125, 1]}, 36, False, "1 to 3: 0.5 to 0.125, 0.9 to 1"),
    ({"shape": [60000, 28, 28], "size": [10, 20, 30]}, 24, False, "shape 60,000 and 5 more"),  # no log
]


@pytest.mark.parametrize(("value", "limit", "drawn", "text"), SHORT)
def test_networks_and_logs_are_summed_up(value, limit, drawn, text):
    """A network in short is its layers and parameters, a log its first and last values."""
    assert brief(value, limit, drawn=drawn) == text


def test_no_number_is_cut():
    """Whatever the room, each number that is shown is one of the list, and the others are counted."""
    numbers = [round(0.37 * i**2, 3) for i in range(30)]
    for limit in range(40, 120):
        shown = brief(numbers, limit)
        first, _, left = shown.removesuffix(" more").partition(" and ")
        assert len(shown) <= limit
        assert [float(n) for n in first.split(",")] == numbers[: 30 - int(left)]


@dataclass(frozen=True)
class Log:
    """A field of an outcome."""

    loss: np.ndarray
    steps: tuple[int, ...]


def test_a_dataclass_is_a_mapping_of_its_fields():
    assert plain({"early": Log(np.array([0.5]), (1, 2))}) == {"early": {"loss": [0.5], "steps": [1, 2]}}


def test_what_json_does_not_know_is_written_as_it_can_be():
    value = {1: (math.inf, math.nan, 0.5), "a": np.array([b"x\xff"], object), "b": {2.0}, "c": "é\ud800"}

    assert for_json(value) == {"1": [None, None, 0.5], "a": ["x\\xff"], "b": [2.0], "c": "é\\ud800"}


@pytest.mark.parametrize(
    ("expected", "measured", "said"),
    [
        ({"a": 1}, [1], "value is a list of 1, not a mapping"),
        ({"a": 1}, {"b": 1}, r"value has keys \['b'\], not \['a'\]"),
        ([[1]], [2], r"\[0\] is .*, not a list"),
        ({"a": [1]}, {"a": [1, 2]}, r"\.a has 2 entries, not 1"),
        ([1], [[1]], r"\[0\] is a list of 1, not a single value"),
        (1, {}, "value is a mapping, not a single value"),
    ],
)
def test_values_of_another_structure_are_named_by_their_place(expected, measured, said):
    with pytest.raises(ShapeMismatch, match=f"^{said}$"):
        list(pairs(expected, measured))
