"""Text 2.03: Multiclass classifier, Softmax, one-hot encoding (chapter 2, page 67)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Tuple

import numpy as np

from workshop.chapters.ch02_neural_networks._data import one_hot
from workshop.chapters.ch02_neural_networks._perceptron import softmax_layer, zero_layer
from workshop.training.backend import tf
from workshop.units import unit


@dataclass(frozen=True)
class Sigmoids:
    """Sum of the sigmoids of the vector, and whether it is 1."""

    sum: float
    sum_is_one: bool


@dataclass(frozen=True)
class SoftmaxAndOneHot:
    """Softmax of a vector, sums of softmax and sigmoid outputs, one-hot forms, widths of softmax layers."""

    softmax: np.ndarray
    softmax_sum: float
    weight_of_largest: float
    one_hot: np.ndarray
    one_hot_of_probabilities: np.ndarray
    three_neuron_sums: np.ndarray
    sigmoids: Sigmoids
    neurons: List[int]


def highest_to_one(probabilities: np.ndarray) -> np.ndarray:
    """Return rows with 1 for the highest probability and 0 for the others."""
    return tf.one_hot(tf.argmax(probabilities, axis=1), probabilities.shape[1]).numpy()


@unit("ch02.text03", uses=("tensorflow",))
def softmax_and_one_hot(
    *,
    vector: Tuple[float, ...] = (3, 1, 7, 2, 4, 5),
    classes: Tuple[int, ...] = (1, 2, 3),
    probabilities: Tuple[float, ...] = (0.3, 0.4, 0.3),
    net_inputs: Tuple[Tuple[float, ...], ...] = (
        (0.0, 0.0, 0.0),
        (-3.5, 1.25, 2.0),
        (40.0, -7.0, 0.5),
        (1e-3, 5.0, 4.75),
    ),
    label_sets: Tuple[int, ...] = (3, 10),
    features: int = 4,
) -> SoftmaxAndOneHot:
    """Turn numbers into probabilities, and classes and probabilities into one-hot form.

    Source: chapter 2, text "Multiclass classifier".
    """
    x = tf.constant(vector, dtype=tf.float32)
    weights = tf.nn.softmax(x).numpy()
    sigmoid_sum = float(tf.reduce_sum(tf.sigmoid(x)))
    outputs = []
    for n in label_sets:
        weight, bias = zero_layer(features, one_hot(range(n)).shape[1], (n,))
        outputs.append(int(softmax_layer(tf.ones((1, features)), weight, bias).shape[1]))
    return SoftmaxAndOneHot(
        softmax=weights,
        softmax_sum=float(tf.reduce_sum(weights)),
        weight_of_largest=float(weights[np.argmax(vector)]),
        one_hot=one_hot(classes),
        one_hot_of_probabilities=highest_to_one(np.array([probabilities]))[0],
        three_neuron_sums=tf.reduce_sum(tf.nn.softmax(tf.constant(net_inputs)), axis=1).numpy(),
        sigmoids=Sigmoids(sum=sigmoid_sum, sum_is_one=bool(abs(sigmoid_sum - 1) < 1e-6)),
        neurons=outputs,
    )
