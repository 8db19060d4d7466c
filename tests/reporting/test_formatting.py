"""Measured values as the page writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from workshop.ledger import ledger
from workshop.reporting.formatting import median, rounded, written
from workshop.reporting.report.samples import Today, by_name


def sums(median: Any, low: Any, high: Any) -> dict[str, Any]:
    """Return what results hold of five seeds."""
    return {"seeds": 5, "median": median, "minimum": low, "maximum": high}


ALIKE, TWO = {"a": Today(1, 1, 1)}, {"train": Today(1.32582, 1.0586, 2), "test": Today(3, 3, 3)}
MANY = {f"number{i}": Today(i + 0.5, i, i + 1) for i in range(9)}
LAST = "5.5, number6 6.5, number7 7.5, number8 8.5"
# a measured value, its numbers by name, and how it is written in 44 characters
WRITTEN: list[tuple[Any, Mapping[str, Today], str]] = [
    ([1, 2], {}, "[1, 2]"),
    (sums(0.26, 0.24, 0.29), {}, "median 0.26, 0.24 to 0.29 over 5 seeds"),
    (sums(1.0, 1.0, 1.0), {}, "1 on all 5 seeds"),
    (sums([1.5, 2.5], [1, 2], [2, 3]), {}, "median [1.5, 2.5], [1, 2] to [2, 3] over 5 seeds"),
    (sums([1.32582, 3], [1.0586, 3], [2, 3]), TWO, "median train 1.326 (1.059 to 2), test 3 over 5 seeds"),
    (sums([1], [1], [1]), ALIKE, "a 1 on all 5 seeds"),
    (sums([0] * 9, [0] * 9, [0] * 9), MANY,
     f"median number0 0.5, number1 1.5, number2 2.5, … {LAST} over 5 seeds"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "numbers", "text"), WRITTEN)
def test_written(value: Any, numbers: Mapping[str, Today], text: str) -> None:
    """Sums of seeds are told as median and range, number by number where they have names."""
    assert written(value, 44, numbers) == text


def test_median() -> None:
    """The median alone has the names, too."""
    assert median(sums([1.32582, 3], [], []), 44, TWO) == "train 1.326, test 3"
    assert median(sums([1.32582, 3], [], []), 44, {}) == "[1.326, 3]"
    assert median(sums({"loss": 1.32582}, [], []), 44, {}) == "{loss: 1.326}"


def test_rounded() -> None:
    """Four significant digits of what is not whole; whole numbers, words and lacking values stay."""
    value = {"loss": [0.281435281, 123456.7, 12345], "size": 100000, "name": "0.281435281", "none": None}

    assert rounded(value) == {
        "loss": [0.2814, 123500.0, 12345], "size": 100000, "name": "0.281435281", "none": None,
    }  # fmt: skip


# claims of the ledger: names of their documented keys, of their measures, of a field; and positions
NAMED = [
    ("ch05.text07.epoch1", sums([0.1, 0.2], [0.1, 0.2], [0.1, 0.2]), ["loss", "val_loss"]),
    ("ch02.act01.eval_loss", sums([0.1, 0.2], [0.1, 0.2], [0.1, 0.2]), ["fresh", "continued"]),
    ("ch05.text07.no_better_than_naive", sums([1.3, 1.1], [1.1, 1.0], [2.0, 1.6]), ["train", "test"]),
    ("ch02.act01.log_epoch10", sums([0.1, 0.2], [0.1, 0.2], [0.1, 0.2]), []),
    ("ch05.text07.test_rmse", sums(0.02, 0.01, 0.03), []),
    ("ch05.text07.epoch1", {"loss": 0.1, "val_loss": 0.2}, []),
    ("ch01.ex01.image_size", sums([1, 2], [1, 2], [1, 2]), []),
]


@pytest.mark.parametrize(("name", "measured", "names"), NAMED)
def test_by_name(name: str, measured: Any, names: list[str]) -> None:
    """Several numbers of several seeds have the names that the recorded runs have for them."""
    found = by_name(ledger().claims[name], measured, {"device": "cpu"})

    assert list(found) == names
    assert [n.median for n in found.values()] == (measured["median"] if names else [])


def test_without_recorded_runs_there_are_no_names() -> None:
    """On a device without recorded runs the numbers stand as the results have them."""
    assert by_name(ledger().claims["ch05.text07.epoch1"], NAMED[0][1], {"device": "gpu"}) == {}
