"""The generator of points before any training: its layers, and its points from noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List

import numpy as np

from workshop.chapters.ch07_gans.networks import SINE_NOISE, sine_generator
from workshop.chapters.ch07_gans.sine import LOC, from_curve, real_points
from workshop.training.fitting import predict
from workshop.training.initialisers import initial_weights
from workshop.training.summaries import built_layers, layer_table, parameter_totals
from workshop.units import unit


@dataclass(frozen=True)
class Generator:
    """The generator as built: rows of type, output shape and parameters, and sizes of the first two."""

    n_layers: int
    summary: List[List[Any]]
    params: Dict[str, int]
    first_layer_arithmetic: Dict[str, int]
    second_layer_arithmetic: Dict[str, int]


@unit("ch07.ex02", uses=("tensorflow",))
def generator() -> Generator:
    """Build the generator and read its summary. Source: chapter 7, exercise 7.02."""
    model = sine_generator().model
    first, second = built_layers(model)[:2]
    return Generator(
        n_layers=len(built_layers(model)),
        summary=layer_table(model),
        params=parameter_totals(model),
        first_layer_arithmetic=weights_and_biases(first),
        second_layer_arithmetic=weights_and_biases(second),
    )


def weights_and_biases(layer: Any) -> Dict[str, int]:
    """Return the numbers of weights and biases of a dense layer, and their total."""
    kernel, bias = layer.get_weights()
    return {"weights": kernel.size, "biases": bias.size, "sum": int(layer.count_params())}


@dataclass(frozen=True)
class Untrained:
    """Points that the untrained generator makes from noise.

    `fake` : float32 (batch, 2), one batch. `scatter` : for many points, the lowest number, the mean distance
    |y − sin x| from the curve, and the smaller spread of the two features. `far_from_real` : ten times that
    distance for a real batch, and the untrained points' distance.
    """

    noise_count: int
    input_shape: List[int]
    output_shape: List[int]
    fake: np.ndarray
    scatter: Dict[str, float]
    far_from_real: Dict[str, float]


@unit("ch07.ex02", uses=("tensorflow",))
def untrained(seed: int, batch: int = 128, points: int = 2000) -> Untrained:
    """Feed standard normal noise to an untrained generator. Source: chapter 7, exercise 7.02.

    Parameters
    ----------
    batch : points of the figure.
    points : number of points for measuring the figure's properties.
    """
    rng = np.random.default_rng(seed)
    network = sine_generator()
    weights = initial_weights(network.model, rng)
    numbers = rng.standard_normal(SINE_NOISE * batch)
    noise = numbers.reshape(batch, SINE_NOISE)
    fake = predict(network, weights, noise.astype(np.float32))
    many = predict(network, weights, rng.standard_normal((points, SINE_NOISE)).astype(np.float32))
    real = real_points(float(rng.normal(*LOC)), batch)
    gap = float(from_curve(many).mean())
    return Untrained(
        noise_count=numbers.size,
        input_shape=list(noise.shape),
        output_shape=list(fake.shape),
        fake=fake,
        scatter={
            "lowest": float(many.min()),
            "from_curve": gap,
            "spread": float(many.std(axis=0, dtype=np.float64).min()),
        },
        far_from_real={"ten_times_real": 10 * float(from_curve(real).mean()), "untrained": gap},
    )
