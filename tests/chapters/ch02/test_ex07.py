"""Exercise 2.07: Deep Neural Network on MNIST Using Keras."""

import pytest

from workshop.measures.ch02_neural_networks.ex07_deep_network import exercise_2_07

pytestmark = pytest.mark.usefixtures("tensorflow", "pandas", "without_xla")


def test_own_images_are_classified(images):
    deep = exercise_2_07(images, seed=0, epochs=60)

    assert (deep.image_shape, deep.probabilities.shape) == ([8, 8], (1, 4))
    assert deep.label == images.y_test[-1]
    assert deep.history.loss[-1] < deep.history.loss[0]
