"""Chapter 2: gradients and facts by hand, and bounds that refuse naive results."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests import oracles
from tests.chapters.deciding import holds
from workshop.datasets.readers.images import ImageArrays
from workshop.measures.ch02_neural_networks import (
    _by_hand,
    ex04_digits,
    ex05_single_layer,
    ex06_multilayer,
    text06_practice,
)

pytestmark = pytest.mark.usefixtures("tensorflow", "pandas")


@pytest.fixture
def points(pandas: Any) -> Any:
    """Twenty-one points of two classes that do not overlap."""
    rng = np.random.default_rng(0)
    label = np.arange(21) % 2
    x = rng.uniform(1, 4, size=(21, 2)) + 4 * (1 - label[:, np.newaxis])
    return pandas.DataFrame({"label": label, "x1": x[:, 0], "x2": x[:, 1]})


def images_of(labels: Any, light: Any) -> Any:
    """Images of 28 × 28 pixels, in each of which one row is light."""
    pixels = np.zeros((len(light), 28, 28), np.uint8)
    pixels[np.arange(len(light)), light] = 255
    return pixels, np.asarray(labels, np.uint8)


def test_the_descent_by_hand_is_that_of_the_oracle() -> None:
    """Each step follows the gradient that the tests' oracle derives in another way; losses are its, too."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(7, 2)), (np.arange(7) % 2)[:, np.newaxis].astype(float)
    start = np.zeros((2, 1), np.float32), np.zeros((1,), np.float32)

    path = _by_hand.descent_by_hand(x, y, 0.01, 50)

    gradients = oracles.sigmoid_gradients(x, y, doubled=True)
    weight, bias = oracles.sgd_steps(gradients, start, steps=50)
    np.testing.assert_allclose(path[-1], [*weight[:, 0], *bias], rtol=1e-5)
    outputs = rng.random((7, 1))
    expected = oracles.sigmoid_cross_entropy(y, outputs).mean()
    assert _by_hand.sigmoid_loss_of_outputs(outputs, y) == pytest.approx(expected)
    rows, labels = oracles.softmax(rng.normal(size=(7, 3))), np.eye(3)[np.arange(7) % 3]
    expected = oracles.softmax_cross_entropy(labels, rows).mean()
    assert _by_hand.softmax_loss_of_outputs(rows, labels) == pytest.approx(expected)


def test_facts_of_the_digits_are_those_of_all_images() -> None:
    """Test images of another size, with other labels or other values are refused."""
    pixels, labels = images_of(np.arange(20) % 10, np.arange(20) % 10)
    claims = [f"ch02.text04.{name}" for name in ("image_shape", "pixel_range", "labels")]
    right = ex04_digits.mnist_case_study(ImageArrays(pixels, labels, pixels, labels))
    assert all(holds(claim, right) for claim in claims)

    other = ImageArrays(pixels, labels, pixels.astype(int) + 1, labels + 1)
    assert [holds(claim, ex04_digits.mnist_case_study(other)) for claim in claims] == [True, False, False]
    with pytest.raises(ValueError, match="dimension"):
        ex04_digits.mnist_case_study(ImageArrays(pixels, labels, pixels[:, 1:], labels))


def test_touching_clouds_are_not_two_classes(points: Any) -> None:
    """One triangle among the stars is refused, in all three exercises."""
    mixed = points.assign(x1=np.where(np.arange(21) == 1, 9.0, points["x1"]))

    for claim, look in (
        ("ch02.ex05.scatter", ex05_single_layer.exercise_2_05_data),
        ("ch02.ex06.scatter", ex06_multilayer.exercise_2_06_data),
    ):
        assert holds(claim, look(points))
        assert not holds(claim, look(mixed))


def test_sizes_are_judged_on_test_images() -> None:
    """Where the test labels are others than those trained on, no depth and no width is right on any image."""
    pixels, labels = images_of(np.arange(100) % 10, np.arange(100) % 10)
    moved = ImageArrays(pixels, labels, pixels, (labels + 1) % 10)

    sizes = text06_practice.sizes_help(moved, seed=0, epochs=60, short_epochs=60, images=100)

    assert sizes.epochs["accuracy"]["60 epochs"] > 0.9
    for accuracy in (*sizes.layers.values(), sizes.neurons["50 neurons"]):
        assert accuracy < 0.1


def test_gradients_that_vanish_are_those_of_the_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
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
