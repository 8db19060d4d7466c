"""The forward pass by hand, and the probes of recurrent and convolutional layers with mutants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workshop.chapters.ch05_sequences.ex02_forward_pass import XT0, XT1
from workshop.measures.ch05_sequences import ex02_forward_pass as ex02
from workshop.measures.ch05_sequences._training import ADAM

WF = np.float32([[1.51106262, 0.422922045, -0.41969493], [-1.03603721, -1.23682785, 0.470273018]])
WR = np.float32(
    [
        [1.06688023, 0.194549292, -0.530828953],
        [0.091900818, -0.177537084, -0.919308841],
        [-2.07775569, 2.03919029, 0.802899659],
    ]
)
XT0, XT1 = np.float32(XT0), np.float32(XT1)

pytestmark = pytest.mark.usefixtures("tensorflow")


def test_forward_pass_of_given_weights_is_numpys() -> None:
    y0 = np.tanh(np.float64(XT0) @ WF)
    y1 = np.tanh(y0 @ WR + np.float64(XT1) @ WF)

    yt0, yt1 = ex02.forward_pass(XT0, XT1, WF, WR, np.zeros((1, 3), np.float32))

    np.testing.assert_allclose(yt0.numpy(), y0, atol=1e-6)
    np.testing.assert_allclose(yt1.numpy(), y1, atol=1e-6)


def test_weights_are_those_that_the_seed_gave_the_book() -> None:
    outcome = ex02.exercise_5_02()

    np.testing.assert_allclose(outcome.yt0, np.tanh(np.float64(XT0) @ WF), atol=1e-6)
    np.testing.assert_allclose(outcome.yt1, np.tanh(np.tanh(XT0 @ WF) @ WR + XT1 @ WF), atol=1e-6)


@pytest.mark.parametrize("seeded_before", [True, False])
def test_the_global_generator_is_left_as_it_was(tensorflow: Any, seeded_before: bool) -> None:
    """Draws after the exercise are those that would have come without it."""
    drawn = []
    for exercise in (lambda: None, ex02.exercise_5_02):
        tensorflow.random.set_seed(5)
        if seeded_before:
            tensorflow.random.normal([2])
        exercise()
        drawn.append(tensorflow.random.normal([3]).numpy())

    np.testing.assert_array_equal(*drawn)


def test_adam_has_the_defaults_of_keras(tensorflow: Any) -> None:
    config = tensorflow.keras.optimizers.Adam().get_config()

    for name in ("learning_rate", "beta_1", "beta_2", "epsilon"):
        assert getattr(ADAM, name) == pytest.approx(config[name], rel=1e-6)
