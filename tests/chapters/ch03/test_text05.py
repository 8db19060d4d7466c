"""The text of chapter 3: Convolutional Neural Networks (activation of the last layer)."""

import numpy as np
import pytest

from workshop.measures.ch03_image_classification import text05_last_layer as last_layers

pytestmark = pytest.mark.usefixtures("tensorflow")

SUMS = np.float32([[-2.0, 0.0, 3.0], [50.0, -50.0, 0.5]])


@pytest.mark.parametrize(
    ("problem", "formula"),
    [
        ("regression", lambda z: z),
        ("binary classification", lambda z: 1 / (1 + np.exp(-z))),
        (
            "multi-class classification",
            lambda z: (
                np.exp(z - z.max(axis=1, keepdims=True))
                / np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)
            ),
        ),
    ],
)
def test_the_activation_is_its_formula(tensorflow, problem, formula):
    activation = last_layers.last_layer(problem, classes=3).activation

    np.testing.assert_allclose(activation(tensorflow.constant(SUMS)), formula(np.float64(SUMS)), atol=1e-6)
