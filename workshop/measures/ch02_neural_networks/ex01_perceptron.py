"""What is measured of exercise 2.01.

With the text that leads to it, text 2.01: Structure of the perceptron: inputs, weights, bias, net
input, sigmoid (page 49).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.chapters.ch02_neural_networks.ex01_perceptron import INPUTS, TruthTable
from workshop.numerics.similarity import distance
from workshop.training.backend import tf
from workshop.units import unit

from ._by_hand import own_parameters
from ._data import or_table
from ._perceptron import net_input, perceptron, zero_layer


@dataclass(frozen=True)
class SigmoidCurve:
    """Sigmoid on an even grid, at its centre and far out, and the largest deviation from G(−z) = 1 − G(z)."""

    z: np.ndarray
    values: np.ndarray
    centre: float
    limits: list[float]
    symmetry_defect: float


@dataclass(frozen=True)
class PerceptronStructure:
    """A perceptron's parameters, its net input against the formula, its activation and its threshold."""

    or_table: np.ndarray
    n_weights: int
    parameters: dict[str, int]
    weight_shape: list[int]
    bias: np.ndarray
    net_input_above_bias_at_zero: list[float]
    net_input_deviation: float
    sigmoid_extremes: list[float]
    sigmoid_curve: SigmoidCurve
    sigmoid_derivative_deviation: dict[str, float]
    thresholded: np.ndarray


def threshold(output: Any) -> Any:
    """Return class 1 where an output is 0.5 or more, else 0. This is the text's rule, not the code's."""
    return tf.cast(tf.greater_equal(output, 0.5), tf.int32)


@unit("ch02.text01", uses="tensorflow")
def perceptron_structure(
    inputs: TruthTable = INPUTS,
    example: tuple[float, float] = (1.5, -2.0),
    weights: tuple[float, float] = (0.25, 3.0),
    biases: tuple[float, ...] = (-0.75, 0.5, 2.0),
    outputs: tuple[float, ...] = (0.49, 0.5, 0.51),
) -> PerceptronStructure:
    """Examine a perceptron's inputs, weights, bias, net input and activation.

    The example's numbers are binary fractions, so the formula is exact in float32.
    Source: chapter 2, text "Neural networks and the structure of perceptrons".
    """
    x, y = or_table(inputs)
    weight, bias = zero_layer(x.shape[1], y.shape[1], (1, 1))
    some_weight = tf.constant(weights, shape=(2, 1))
    at_zero = [float(net_input(tf.zeros((1, 2)), some_weight, [[b]]).numpy().item()) - b for b in biases]
    (x1, x2), (w1, w2) = example, weights
    deviations = [
        net_input([example], some_weight, [[b]]).numpy().item() - (x1 * w1 + x2 * w2 + b) for b in biases
    ]
    wide = tf.sigmoid(tf.linspace(-15.0, 15.0, 61)).numpy()
    return PerceptronStructure(
        or_table=np.concatenate([x, y], axis=1),
        n_weights=int(tf.size(weight)),
        parameters=own_parameters(perceptron, weight.numpy(), bias.numpy(), x),
        weight_shape=list(weight.shape.as_list()),
        bias=bias.numpy(),
        net_input_above_bias_at_zero=at_zero,
        net_input_deviation=max(abs(d) for d in deviations),
        sigmoid_extremes=[float(wide.min()), float(wide.max())],
        sigmoid_curve=_sigmoid_curve(),
        sigmoid_derivative_deviation=_sigmoid_derivative_deviation(),
        thresholded=threshold(tf.constant(outputs)).numpy(),
    )


def _sigmoid_curve() -> SigmoidCurve:
    z = np.linspace(-8, 8, 33, dtype=np.float32)
    values = tf.sigmoid(z).numpy()
    return SigmoidCurve(
        z=z,
        values=values,
        centre=float(values[z == 0][0]),
        limits=[float(v) for v in tf.sigmoid([-15.0, 15.0]).numpy()],
        symmetry_defect=distance(tf.sigmoid(-z), 1 - values),
    )


def _sigmoid_derivative_deviation(step: float = 1e-4) -> dict[str, float]:
    """Return the largest relative distances of the tape's derivative and of differences from G(1 − G)."""
    z = tf.constant(np.linspace(-8, 8, 33))
    with tf.GradientTape() as tape:
        tape.watch(z)
        output = tf.sigmoid(z)
    formula = (output * (1 - output)).numpy()
    by_tape = tape.gradient(output, z).numpy()
    by_differences = (tf.sigmoid(z + step) - tf.sigmoid(z - step)).numpy() / (2 * step)
    found = {"automatic": by_tape, "differences": by_differences}
    return {name: distance(value / formula, np.ones(z.shape)) for name, value in found.items()}


@dataclass(frozen=True)
class Perceptron:
    """Data, parameters and predictions (float32) of an untrained perceptron, and sizes of a layer of ten."""

    x: np.ndarray
    x_shape: list[int]
    y: np.ndarray
    num_features: int
    output_size: int
    weight: np.ndarray
    bias: np.ndarray
    predictions: np.ndarray
    parameters: dict[str, int]
    ten_neurons_weight_shape: list[int]
    ten_neurons_bias_size: int
    ten_neurons_parameters: dict[str, int]


@unit("ch02.ex01", uses="tensorflow")
def exercise_2_01(inputs: TruthTable = INPUTS, neurons: int = 1, neurons_of_layer: int = 10) -> Perceptron:
    """Build a perceptron for the OR table and let it predict before any training.

    Source: chapter 2, exercise 2.01.
    """
    table, labels = or_table(inputs)
    x = tf.Variable(table, dtype=tf.float32)
    y = tf.reshape(tf.Variable(labels[:, 0], dtype=tf.float32), (len(labels), 1))
    weight, bias = zero_layer(x.shape[1], neurons, (neurons, 1))
    # the exercise's bias shape (neurons, 1) fits only one neuron, and ten need one number each
    layer_weight, layer_bias = zero_layer(x.shape[1], neurons_of_layer, (neurons_of_layer,))
    predictions = perceptron(x, weight, bias).numpy()
    return Perceptron(
        x=x.numpy(),
        x_shape=list(x.shape.as_list()),
        y=y.numpy(),
        num_features=int(x.shape[1]),
        output_size=int(predictions.shape[1]),
        weight=weight.numpy(),
        bias=bias.numpy(),
        predictions=predictions,
        parameters=own_parameters(perceptron, weight.numpy(), bias.numpy(), x),
        ten_neurons_weight_shape=list(layer_weight.shape.as_list()),
        ten_neurons_bias_size=int(tf.size(layer_bias)),
        ten_neurons_parameters=own_parameters(perceptron, layer_weight.numpy(), layer_bias.numpy(), x),
    )
