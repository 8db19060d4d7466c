"""Text: Process 2, the building blocks of the generator (chapter 7, page 325).

The dense layer and the activations of exercise 7.02 are applied to numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshop.numerics.dense import dense
from workshop.numerics.similarity import distance
from workshop.training.backend import keras, tf
from workshop.units import unit


@dataclass(frozen=True)
class DenseLayer:
    """Largest difference of a layer's outputs from X·W + B, and from X·W alone."""

    dense_equation: float
    without_bias: float


@unit("ch07.text02", uses="tensorflow")
def dense_layer(rows: int = 128, inputs: int = 10, units: int = 32) -> DenseLayer:
    """Feed random rows to a dense layer of random weights and bias. Source: chapter 7, process 2."""
    rng = np.random.default_rng(7)
    x, kernel, bias = (rng.normal(size=size) for size in ((rows, inputs), (inputs, units), (units,)))
    layer = keras.layers.Dense(units, dtype="float64")
    layer.build(x.shape)
    layer.set_weights([kernel, bias])
    found = layer(x).numpy()
    own = layer.get_weights()
    return DenseLayer(
        dense_equation=distance(found, dense(x, *own)),
        without_bias=distance(found, x @ own[0]),
    )


@dataclass(frozen=True)
class Activations:
    """Outputs of activations for some numbers.

    `relu`, `elu_values`, `linear` : for `given`. `elu` : lowest and highest output for inputs below 0.
    `selu` : mean and variance for standard normal draws, and its lowest value.
    """

    relu: list[float]
    elu_values: list[float]
    elu: dict[str, float]
    linear: list[float]
    selu: dict[str, float]
    sigmoid: dict[str, float]


@unit("ch07.text02", uses="tensorflow")
def activations(
    given: tuple[float, ...] = (-2.0, -1.0, 0.0, 1.0, 2.0),
    draws: int = 1000000,
    bound: float = 30.0,
    points: int = 601,
) -> Activations:
    """Feed numbers to the chapter's activations. Source: chapter 7, text on activation functions.

    Parameters
    ----------
    draws : number of standard normal inputs of selu.
    bound : sigmoid and elu are applied to `points` numbers from −bound to bound.
    """
    few = np.array(given)
    many = np.linspace(-bound, bound, points)
    normal = activated("selu", np.random.default_rng(7).standard_normal(draws))
    sigmoid = activated("sigmoid", many)
    elu = activated("elu", many[many < 0])
    return Activations(
        relu=activated("relu", few).tolist(),
        elu_values=activated("elu", few).tolist(),
        elu={"lowest": float(elu.min()), "highest": float(elu.max())},
        linear=activated("linear", few).tolist(),
        selu={
            "mean": float(normal.mean()),
            "variance": float(normal.var()),
            "lowest": float(activated("selu", np.array([-1e4, *many])).min()),
        },
        sigmoid={
            "lowest": float(sigmoid.min()),
            "highest": float(sigmoid.max()),
            "of_zero": float(activated("sigmoid", np.zeros(1))[0]),
        },
    )


def activated(name: str, values: np.ndarray) -> np.ndarray:
    """Return the outputs of Keras' activation of this name for numbers, in float64."""
    return keras.activations.get(name)(tf.constant(values, dtype="float64")).numpy()
