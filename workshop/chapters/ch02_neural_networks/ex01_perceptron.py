"""Exercise 2.01: Perceptron Implementation (chapter 2, page 55).

A perceptron with zero weights predicts the OR table before any training.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import List

import numpy as np

from workshop.chapters.ch02_neural_networks._data import INPUTS, TruthTable, or_table
from workshop.chapters.ch02_neural_networks._perceptron import perceptron, zero_layer
from workshop.training.backend import tf
from workshop.units import unit


@dataclass(frozen=True)
class Perceptron:
    """Data, parameters and predictions (float32) of an untrained perceptron, and sizes of a layer of ten."""

    x: np.ndarray
    x_shape: List[int]
    y: np.ndarray
    num_features: int
    output_size: int
    weight: np.ndarray
    bias: np.ndarray
    predictions: np.ndarray
    ten_neurons_weight_shape: List[int]
    ten_neurons_bias_size: int
    ten_neurons_output_shape: List[int]


@unit("ch02.ex01", uses=("tensorflow",))
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
    return Perceptron(
        x=x.numpy(),
        x_shape=list(x.shape.as_list()),
        y=y.numpy(),
        num_features=int(x.shape[1]),
        output_size=int(weight.shape[1]),
        weight=weight.numpy(),
        bias=bias.numpy(),
        predictions=perceptron(x, weight, bias).numpy(),
        ten_neurons_weight_shape=list(layer_weight.shape.as_list()),
        ten_neurons_bias_size=int(tf.size(layer_bias)),
        ten_neurons_output_shape=list(perceptron(x, layer_weight, layer_bias).shape.as_list()),
    )
