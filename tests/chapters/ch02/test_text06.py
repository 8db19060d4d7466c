"""The text of chapter 2: Optimizers, hyperparameters, vanishing gradient, dropout."""

from typing import Any

import numpy as np
import pytest

from tests.chapters.ch02.pictures import images_of
from workshop.datasets.readers.images import ImageArrays
from workshop.measures.ch02_neural_networks import text06_practice

pytestmark = pytest.mark.usefixtures("tensorflow", "pandas")


def test_sizes_are_judged_on_test_images():
    """Where the test labels are others than those trained on, no depth and no width is right on any image."""
    pixels, labels = images_of(np.arange(100) % 10, np.arange(100) % 10)
    moved = ImageArrays(pixels, labels, pixels, (labels + 1) % 10)

    sizes = text06_practice.sizes_help(moved, seed=0, epochs=60, short_epochs=60, images=100)

    assert sizes.epochs["accuracy"]["60 epochs"] > 0.9
    for accuracy in (*sizes.layers.values(), sizes.neurons["50 neurons"]):
        assert accuracy < 0.1


def test_gradients_that_vanish_are_those_of_the_kernels(monkeypatch):
    """The norms are those of the hidden kernels, first layer first, by a gradient derived by hand."""
    models: list[Any] = []
    build = text06_practice.keras.models.Sequential
    monkeypatch.setattr(
        text06_practice.keras.models, "Sequential", lambda s: models.append(build(s)) or models[-1]
    )

    found = text06_practice.vanishing_gradient(3, layers=3, units=5, rows=8)

    rng = np.random.default_rng(3)
    weights = [np.array(w, float) for w in models[0].get_weights()]
    for w in weights:
        if w.ndim == 2:
            _initial(rng, w.shape)
    x = rng.normal(size=(8, 5)).astype(np.float32)
    y = rng.integers(0, 2, size=(8, 1))
    outputs = [x]
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        outputs.append(1 / (1 + np.exp(-(outputs[-1] @ kernel + bias))))
    upstream, norms = (outputs[-1] - y) / len(x), []
    for layer in (3, 2, 1, 0):
        norms.insert(0, np.linalg.norm(outputs[layer].T @ upstream))
        upstream = (upstream @ weights[2 * layer].T) * outputs[layer] * (1 - outputs[layer])
    np.testing.assert_allclose(found.gradient_norms["sigmoid"], norms[:3], rtol=1e-4)


def _initial(rng: np.random.Generator, shape: tuple[int, ...]) -> None:
    """Draw a Glorot kernel, so that the generator goes on as in the exercise."""
    rng.uniform(size=shape)
