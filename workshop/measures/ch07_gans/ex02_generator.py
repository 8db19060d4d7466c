"""What is measured of exercise 7.02.

The generator makes points from noise. It is built and used, but not yet trained.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

import numpy as np

from workshop.chapters.ch07_gans.ex01_data_distribution import LOC
from workshop.chapters.ch07_gans.ex02_generator import NOISE, exercise_7_02_generator
from workshop.chapters.ch07_gans.ex03_discriminator import real_points
from workshop.training.fitting import Network, predict
from workshop.training.initialisers import initial_weights
from workshop.training.summaries import NetworkSummary, built_layers, network_summary
from workshop.units import unit

from ._sine import from_real, own_points


@dataclass(frozen=True)
class Model(NetworkSummary):
    """The generator as built, and sizes of its first two layers."""

    n_layers: int
    first_layer_arithmetic: dict[str, int]
    second_layer_arithmetic: dict[str, int]


@unit("ch07.ex02", uses="tensorflow")
def exercise_7_02() -> Model:
    """Build the generator and read its summary. Source: chapter 7, exercise 7.02."""
    model = Network(exercise_7_02_generator).model
    layers = built_layers(model)
    return Model(
        **vars(network_summary(model)),
        n_layers=len(layers),
        first_layer_arithmetic=weights_and_biases(layers[0]),
        second_layer_arithmetic=weights_and_biases(layers[1]),
    )


def weights_and_biases(layer: Any) -> dict[str, int]:
    """Return the numbers of weights and biases of a dense layer, and their total."""
    kernel, bias = layer.get_weights()
    return {"weights": kernel.size, "biases": bias.size, "sum": int(layer.count_params())}


@dataclass(frozen=True)
class Scatter:
    """Many points: the lowest coordinate, mean distance |y − sin x|, and smaller spread of both features."""

    lowest: float
    from_curve: float
    spread: float


@dataclass(frozen=True)
class Untrained:
    """Points that the untrained generator makes from noise.

    `fake` : float32 (batch, 2), one batch. `scatter` : of many points. `far_from_real` : ten times the mean
    distance of a real batch from the curve, and that of the untrained points.
    """

    noise_count: int
    input_shape: list[int]
    output_shape: list[int]
    fake: np.ndarray
    scatter: Scatter
    far_from_real: dict[str, float]


@unit("ch07.ex02", uses="tensorflow")
def exercise_7_02_untrained(
    seed: int, batch: int = 128, points: int = 2000, real: Optional[np.ndarray] = None
) -> Untrained:
    """Feed standard normal noise to an untrained generator. Source: chapter 7, exercise 7.02.

    Parameters
    ----------
    batch : points of the figure.
    points : number of points for measuring the figure's properties.
    real : your own points (n, 2) in place of those of the sine.
    """
    rng = np.random.default_rng(seed)
    generator = Network(exercise_7_02_generator)
    weights = initial_weights(generator.model, rng)
    numbers = rng.standard_normal(NOISE * batch)
    noise = numbers.reshape(batch, NOISE)
    fake = predict(generator, weights, noise.astype(np.float32))
    many = predict(generator, weights, rng.standard_normal((points, NOISE)).astype(np.float32))
    compared = real_points(float(rng.normal(*LOC)), batch) if real is None else own_points(real)
    gap = float(from_real(many, real).mean())
    return Untrained(
        noise_count=numbers.size,
        input_shape=list(noise.shape),
        output_shape=list(fake.shape),
        fake=fake,
        scatter=Scatter(
            lowest=float(many.min()),
            from_curve=gap,
            spread=float(many.std(axis=0, dtype=np.float64).min()),
        ),
        far_from_real={"ten_times_real": 10 * float(from_real(compared, real).mean()), "untrained": gap},
    )
