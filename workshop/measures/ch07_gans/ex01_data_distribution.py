"""What is measured of exercise 7.01.

The real data are numbers left and right of a drawn one, and their sines. With NumPy's tools for them, from
the text before the exercise (unit ch07.text01, page 320).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Optional

import numpy as np

from workshop.chapters.ch07_gans.ex01_data_distribution import LOC, SPACING
from workshop.chapters.ch07_gans.ex03_discriminator import real_points
from workshop.numerics.similarity import distance
from workshop.units import unit

from ._sine import own_points


@dataclass(frozen=True)
class Drawn:
    """Statistics of many draws."""

    mean: float
    standard_deviation: float
    number_of_points: int


@dataclass(frozen=True)
class Tools:
    """NumPy's tools for the data.

    `normal_arguments` : for each argument of `numpy.random.normal`, the statistic of many draws that is
    nearest to it.
    """

    arange_example: list[float]
    normal_arguments: dict[str, str]
    drawn: Drawn
    n_features: int


@unit("ch07.text01")
def tools(loc: float = 3.0, scale: float = 1.0, size: int = 100000, legacy_seed: int = 123) -> Tools:
    """Make a range of numbers from 1, and draw many from N(loc, scale²). Source: chapter 7, process 1.

    Parameters
    ----------
    legacy_seed : seed of NumPy's legacy generator, whose `normal` the text describes.
    """
    draws = np.random.RandomState(legacy_seed).normal(loc, scale, size)
    drawn = Drawn(float(draws.mean()), float(draws.std()), len(draws))

    def nearest(argument: float) -> str:
        distances = {name: abs(value - argument) for name, value in vars(drawn).items()}
        return min(distances, key=distances.__getitem__).replace("_", " ")

    return Tools(
        arange_example=np.arange(1, 2, 0.1)[:3].tolist(),
        normal_arguments={"loc": nearest(loc), "scale": nearest(scale), "size": nearest(size)},
        drawn=drawn,
        n_features=int(real_points(loc, batch=128).shape[1]),
    )


@dataclass(frozen=True)
class Curve:
    """A plotted curve: its ends and extremes as [x, y], its crossings of 0, and its smoothness.

    `periods` : its length in x divided by 2π. `second_difference` : the largest one of y.
    """

    first: list[float]
    last: list[float]
    minimum: list[float]
    maximum: list[float]
    sign_changes: int
    periods: float
    second_difference: float


@dataclass(frozen=True)
class Data:
    """The data set of the exercise.

    `loc` : the drawn number, float64 (1,). `block_lengths` : numbers of the float ranges on either side.
    `spacing` : smallest and largest difference between neighbours. `x1` : the sequence, float64 (batch,).
    `midpoint_centre` : position of the number nearest to the drawn one, numbers below it and from it on, and
    its distance from the nearest. `real_data` : the sequence and its sines, (batch, 2). `realdata_columns` :
    largest difference of the columns from the sequence and from its sines.
    """

    loc: np.ndarray
    block_lengths: dict[str, int]
    spacing: dict[str, float]
    x1: np.ndarray
    x1_count: int
    x1_first_last: list[float]
    midpoint_centre: dict[str, Any]
    sine_plot: Curve
    feature_shapes: dict[str, list[int]]
    real_data: np.ndarray
    realdata_shape: list[int]
    realdata_columns: dict[str, float]


@unit("ch07.ex01")
def exercise_7_01(batch: int = 128, legacy_seed: int = 123, real: Optional[np.ndarray] = None) -> Data:
    """Build the sequence from a left and a right block, and join it with its sines.

    Parameters
    ----------
    batch : number of points; half of them are in each block.
    legacy_seed : seed of NumPy's legacy generator, from which the printed number is drawn.
    real : your own points (n, 2) in place of the sequence and its sines; their mean is in place of the drawn
        number.

    Raises
    ------
    ValueError
        If `batch` has no two equal halves, or they have fewer than two points.

    Source: chapter 7, exercise 7.01.
    """
    half = batch // 2
    if real is not None:
        points = own_points(real)
        x1, x2 = points[np.argsort(points[:, 0])].T
        batch, drawn = len(x1), x1.mean(keepdims=True)
        loc = float(drawn[0])
        left, right = x1[x1 < loc], x1[x1 >= loc]
    elif batch != 2 * half or half < 2:
        raise ValueError(f"a batch of {batch}: give an even number of points, 4 or more")
    else:
        drawn = np.random.RandomState(legacy_seed).normal(*LOC, 1)
        loc = float(drawn[0])  # NumPy 2.4 refuses arrays of one number as bounds of a range
        reach = SPACING * half
        right = np.arange(loc, loc + reach, SPACING)
        left = np.arange(loc - reach, loc, SPACING)
        # for some drawn numbers, but not the printed one, a range of floats is one too long
        x1 = np.concatenate([left[:half], right[:half]])
        x2 = np.sin(x1)
    columns = [feature.reshape(batch, 1) for feature in (x1, x2)]
    data = np.concatenate(columns, axis=1)
    steps = np.diff(x1)
    middle = int(np.abs(x1 - loc).argmin())
    return Data(
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
        real_data=data,
        realdata_shape=list(data.shape),
        realdata_columns={
            "sequence": distance(data[:, 0], x1),
            "sine": max(abs(second - math.sin(first)) for first, second in data.tolist()),
        },
    )


def curve(x: np.ndarray, y: np.ndarray) -> Curve:
    """Describe a plotted curve by its points from left to right, (n,) each."""
    ends = (0, -1, int(y.argmin()), int(y.argmax()))
    return Curve(
        *([float(x[index]), float(y[index])] for index in ends),
        sign_changes=int((np.diff(np.sign(y)) != 0).sum()),
        periods=float((x[-1] - x[0]) / (2 * math.pi)),
        second_difference=float(np.abs(np.diff(y, 2)).max()),
    )
