"""The chapter's Keras networks, run and compared with the same layers in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from workshop.chapters.ch02_neural_networks.act01_sonar import activity_2_01_model
from workshop.chapters.ch02_neural_networks.ex05_single_layer import exercise_2_05_model
from workshop.chapters.ch02_neural_networks.ex06_multilayer import exercise_2_06_model
from workshop.chapters.ch02_neural_networks.ex07_deep_network import exercise_2_07_model
from workshop.numerics.reference_network import dense, forward, reshape
from workshop.training.backend import keras
from workshop.training.network_checks import NetworkCheck, check_network
from workshop.units import unit

from ._networks import last_layer


def checked(model: Any, *activations: str, rows: int = 256) -> NetworkCheck:
    """Check a network of dense layers of these activations on drawn inputs.

    Biases are chosen so that each unit's net input is positive in half of the rows.
    """
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, *model.input_shape[1:])).astype(np.float32)

    def draw(_: Any) -> list[np.ndarray]:
        weights: list[np.ndarray] = []
        hidden = x.reshape(rows, -1)
        for (features, units), activation in zip([w.shape for w in model.get_weights()[::2]], activations):
            kernel = rng.normal(size=(features, units)) / np.sqrt(features)
            bias = -np.median(hidden @ kernel, axis=0)
            weights += [kernel.astype(np.float32), bias.astype(np.float32)]
            hidden = forward([dense(activation)], weights[-2:], hidden)
        return weights

    return check_network(model, [reshape(-1), *map(dense, activations)], x, draw)


@unit("ch02.ex05", value="network", uses="tensorflow")
def exercise_2_05_checked() -> NetworkCheck:
    """Check the network of one sigmoid unit. Source: chapter 2, exercise 2.05."""
    return checked(exercise_2_05_model(), "sigmoid")


@unit("ch02.ex06", value="network", uses="tensorflow")
def exercise_2_06_checked() -> NetworkCheck:
    """Check the network of two ReLU layers and a sigmoid. Source: chapter 2, exercise 2.06."""
    return checked(exercise_2_06_model(), "relu", "relu", "sigmoid")


@unit("ch02.ex07", value="network", uses="tensorflow")
def exercise_2_07_checked() -> NetworkCheck:
    """Check the network of two ReLU layers and a softmax. Source: chapter 2, exercise 2.07."""
    return checked(exercise_2_07_model(), "relu", "relu", "softmax")


@unit("ch02.act01", value="network", uses="tensorflow")
def activity_2_01_checked() -> NetworkCheck:
    """Check the network of three ReLU layers and a sigmoid. Source: chapter 2, activity 2.01."""
    return checked(activity_2_01_model(), "relu", "relu", "relu", "sigmoid")


@unit("ch02.text05", value="last_layer_deviation", uses="tensorflow")
def last_layers_computed(
    activations: tuple[tuple[int, str], ...] = ((2, "sigmoid"), (3, "softmax"), (10, "softmax")),
) -> dict[str, float]:
    """Compare last layers with a sigmoid for two classes, and a softmax for more.

    Returns the largest distance of built last layers' outputs from NumPy's, by number of classes. Source:
    chapter 2, text on the configuration of the last layer.
    """
    layers, found = keras.layers, {}
    for classes, activation in activations:
        units, chosen = last_layer(classes)
        model = keras.models.Sequential([layers.InputLayer((4,)), layers.Dense(units, activation=chosen)])
        found["%d classes" % classes] = checked(model, activation).gap
    return found
