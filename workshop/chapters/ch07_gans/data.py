"""The real distribution as built in the exercise: numbers left and right of a drawn one, and their sines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Dict, List

import numpy as np

from workshop.chapters.ch07_gans.sine import LOC, SPACING, real_points
from workshop.units import unit


@dataclass(frozen=True)
class Tools:
    """NumPy's tools for the data.

    `normal_arguments` : the statistic of many draws that is nearest to each argument. `drawn` : the
    statistics.
    """

    arange_example: List[float]
    normal_arguments: Dict[str, str]
    drawn: Dict[str, float]
    n_features: int


@unit("ch07.text01")
def tools(loc: float = 3.0, scale: float = 1.0, size: int = 100000, legacy_seed: int = 123) -> Tools:
    """Make a range of numbers from 1, and draw many from N(loc, scale²). Source: chapter 7, process 1.

    Parameters
    ----------
    legacy_seed : seed of NumPy's legacy generator, whose `normal` the text describes.
    """
    draws = np.random.RandomState(legacy_seed).normal(loc, scale, size)
    drawn = {
        "mean": float(draws.mean()),
        "standard_deviation": float(draws.std()),
        "number_of_points": len(draws),
    }
    given = {"loc": loc, "scale": scale, "size": size}
    return Tools(
        arange_example=np.arange(1, 2, 0.1)[:3].tolist(),
        normal_arguments={
            name: min(drawn, key=lambda statistic: abs(drawn[statistic] - value)).replace("_", " ")
            for name, value in given.items()
        },
        drawn=drawn,
        n_features=int(real_points(loc, batch=128).shape[1]),
    )


@dataclass(frozen=True)
class RealData:
    """The data set of the exercise.

    `loc` : the drawn number, float64 (1,). `block_lengths` : numbers on either side. `spacing` : smallest and
    largest difference between neighbours. `x1` : the sequence, float64 (128,). `midpoint_centre` : position
    of the number nearest to the drawn one, how many are below it, how many are not, and its distance.
    `sine_plot` : the curve's ends, extremes as [x, y], changes of sign, periods, and largest second
    difference. `realdata_columns` : largest difference of the columns from the sequence and from its sines.
    """

    loc: np.ndarray
    block_lengths: Dict[str, int]
    spacing: Dict[str, float]
    x1: np.ndarray
    x1_count: int
    x1_first_last: List[float]
    midpoint_centre: Dict[str, Any]
    sine_plot: Dict[str, Any]
    feature_shapes: Dict[str, List[int]]
    real_data: np.ndarray
    realdata_shape: List[int]
    realdata_columns: Dict[str, float]


@unit("ch07.ex01")
def real_distribution(batch: int = 128, legacy_seed: int = 123) -> RealData:
    """Build the sequence from a left and a right block, and join it with its sines.

    Parameters
    ----------
    batch : number of points; half of them are in each block.
    legacy_seed : seed of NumPy's legacy generator, from which the printed number is drawn.

    Source: chapter 7, exercise 7.01.
    """
    drawn = np.random.RandomState(legacy_seed).normal(*LOC, 1)
    loc = float(drawn[0])  # NumPy 2.4 refuses arrays of one number as bounds of a range
    reach = SPACING * (batch // 2)
    right = np.arange(loc, loc + reach, SPACING)
    left = np.arange(loc - reach, loc, SPACING)
    x1 = np.concatenate([left, right])
    x2 = np.sin(x1)
    columns = [feature.reshape(batch, 1) for feature in (x1, x2)]
    real = np.concatenate(columns, axis=1)
    steps = np.diff(x1)
    middle = int(np.abs(x1 - loc).argmin())
    return RealData(
        loc=drawn,
        block_lengths={"left": len(left), "right": len(right)},
        spacing={"smallest": float(steps.min()), "largest": float(steps.max())},
        x1=x1,
        x1_count=len(x1),
        x1_first_last=[float(x1[0]), float(x1[-1])],
        midpoint_centre={
            "index_of_loc": middle,
            "n_left": int((x1 < loc).sum()),
            "n_right_inclusive": int((x1 >= loc).sum()),
            "gap": float(abs(x1[middle] - loc)),
        },
        sine_plot=curve(x1, x2),
        feature_shapes={name: list(column.shape) for name, column in zip(("X1", "X2"), columns)},
        real_data=real,
        realdata_shape=list(real.shape),
        realdata_columns={
            "sequence": float(np.abs(real[:, 0] - x1).max()),
            "sine": max(abs(second - math.sin(first)) for first, second in real.tolist()),
        },
    )


def curve(x: np.ndarray, y: np.ndarray) -> Dict[str, Any]:
    """Return a plotted curve's ends, extremes, number of crossings of 0, and smoothness.

    Parameters
    ----------
    x, y : the curve's points from left to right, (n,) each.
    """
    lowest, highest = int(y.argmin()), int(y.argmax())
    return {
        "first": [float(x[0]), float(y[0])],
        "last": [float(x[-1]), float(y[-1])],
        "minimum": [float(x[lowest]), float(y[lowest])],
        "maximum": [float(x[highest]), float(y[highest])],
        "sign_changes": int((np.diff(np.sign(y)) != 0).sum()),
        "periods": float((x[-1] - x[0]) / (2 * math.pi)),
        "second_difference": float(np.abs(np.diff(y, 2)).max()),
    }
