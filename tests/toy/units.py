"""The units of the toy book, one of each kind; each run leaves a line in the file that `TOY_TALLY` names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workshop.units import unit


def tally(what: object) -> None:
    """Leave a line, so that tests can count runs across processes."""
    if "TOY_TALLY" in os.environ:
        with Path(os.environ["TOY_TALLY"]).open("a") as file:
            file.write(f"{what}\n")


@dataclass(frozen=True)
class Values:
    """Of each kind of value one."""

    value: float
    sizes: dict[str, int]
    words: list[str]
    losses: list[float]


@unit("ch09.ex01")
def exercise_9_01(limit: int = 3) -> Values:
    """Draw nothing and take nothing but a setting."""
    tally("first")
    return Values(2.0, {"small": 1, "large": limit}, ["king", "queen"], [0.75, 0.5, 0.25])


@unit("ch09.ex02", value="twice")
def exercise_9_02(ch09_ex01: Values) -> float:
    """Rest on another unit."""
    tally("second")
    return 2 * ch09_ex01.value


@unit("ch09.ex03", value="rows")
def exercise_9_03(toy_data: list[int]) -> int:
    """Take data."""
    tally("third")
    return len(toy_data)


@unit("ch09.ex04", value="rows")
def exercise_9_04(other_data: list[int]) -> int:
    """Take data that nobody has."""
    return len(other_data)


@dataclass(frozen=True)
class Trained:
    """What a training gives."""

    loss: float
    epochs: int


@unit("ch09.ex05", first_steps=True)
def exercise_9_05(seed: int, *, epochs: int = 50) -> Trained:
    """Train for long: a default run makes first steps."""
    tally(f"epochs={epochs}")
    return Trained(float(np.random.default_rng(seed).normal()), epochs)


@dataclass(frozen=True)
class Drawn:
    """What is drawn with a seed."""

    loss: float
    pair: dict[str, float]


@unit("ch09.ex06")
def exercise_9_06(seed: int) -> Drawn:
    """Draw a standard normal loss, and a larger one."""
    tally("sixth")
    loss, other = np.random.default_rng(seed).normal(size=2).tolist()
    return Drawn(loss, {"small": loss, "large": loss + 1 + abs(other)})
