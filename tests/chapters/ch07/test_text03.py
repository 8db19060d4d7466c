"""The text of chapter 7: real and fake samples."""

import numpy as np
import pytest

from workshop.chapters.ch07_gans.ex02_generator import exercise_7_02_generator
from workshop.measures.ch07_gans import text03_samples as samples
from workshop.training.fitting import Network
from workshop.training.initialisers import initial_weights


@pytest.mark.usefixtures("tensorflow")
def test_fake_points_are_the_generators_of_fresh_noise():
    network = Network(exercise_7_02_generator)
    weights = initial_weights(network.model, np.random.default_rng(2))
    keras_model = exercise_7_02_generator()
    keras_model.set_weights(weights)
    noise = np.random.default_rng(3).standard_normal((128, 10), dtype=np.float32)

    rng = np.random.default_rng(3)
    first, _ = samples.fake_samples(rng, network, weights, 128)
    second, _ = samples.fake_samples(rng, network, weights, 128)

    np.testing.assert_allclose(first, keras_model.predict(noise, verbose=0), rtol=1e-5, atol=1e-6)
    assert np.abs(first - second).max() > 0.1
