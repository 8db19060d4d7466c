"""Exercise 5.02: Implementing the Forward Pass of a Simple RNN Using TensorFlow."""

import numpy as np
import pytest

from workshop.chapters.ch05_sequences.ex02_forward_pass import XT0, XT1
from workshop.measures.ch05_sequences import ex02_forward_pass as ex02
from workshop.measures.ch05_sequences.ex02_forward_pass import exercise_5_02

pytestmark = pytest.mark.usefixtures("tensorflow")


def test_own_steps_go_through_the_forward_pass(tensorflow):
    outcome = exercise_5_02(np.ones((4, 5)), np.zeros((4, 5), int), neurons=2)

    assert outcome.yt1_shape == [4, 2]
    assert outcome.weight_shapes["Wf"] == [5, 2]


WF = np.float32([[1.51106262, 0.422922045, -0.41969493], [-1.03603721, -1.23682785, 0.470273018]])
WR = np.float32(
    [
        [1.06688023, 0.194549292, -0.530828953],
        [0.091900818, -0.177537084, -0.919308841],
        [-2.07775569, 2.03919029, 0.802899659],
    ]
)


XT0, XT1 = np.float32(XT0), np.float32(XT1)


def test_forward_pass_of_given_weights_is_numpys():
    """With the weights as constants the outputs are those of float64 NumPy within 1e-6."""
    y0 = np.tanh(np.float64(XT0) @ WF)
    y1 = np.tanh(y0 @ WR + np.float64(XT1) @ WF)

    yt0, yt1 = ex02.forward_pass(XT0, XT1, WF, WR, np.zeros((1, 3), np.float32))

    np.testing.assert_allclose(yt0.numpy(), y0, atol=1e-6)
    np.testing.assert_allclose(yt1.numpy(), y1, atol=1e-6)


def test_weights_are_those_that_the_seed_gave_the_book():
    """The seeded draw gives the weights from which the printed outputs follow."""
    outcome = ex02.exercise_5_02()

    np.testing.assert_allclose(outcome.yt0, np.tanh(np.float64(XT0) @ WF), atol=1e-6)
    np.testing.assert_allclose(outcome.yt1, np.tanh(np.tanh(XT0 @ WF) @ WR + XT1 @ WF), atol=1e-6)


def test_without_the_hidden_state_the_claim_would_fail():
    """Leaving out the recurrent term moves the second output by over ten times the claim's 1e-6."""
    _, without = ex02.forward_pass(XT0, XT1, WF, 0 * WR, np.zeros((1, 3), np.float32))

    assert np.abs(without.numpy() - ex02.exercise_5_02().yt1).max() > 1e-5


@pytest.mark.parametrize("seeded_before", [True, False])
def test_the_global_generator_is_left_as_it_was(tensorflow, seeded_before):
    """Draws after the exercise are those that would have come without it."""
    drawn = []
    for exercise in (lambda: None, ex02.exercise_5_02):
        tensorflow.random.set_seed(5)
        if seeded_before:
            tensorflow.random.normal([2])
        exercise()
        drawn.append(tensorflow.random.normal([3]).numpy())

    np.testing.assert_array_equal(*drawn)


def test_the_exercise_is_the_same_each_time():
    """What was drawn before does not change it."""
    first, second = ex02.exercise_5_02(), ex02.exercise_5_02()

    np.testing.assert_array_equal(first.yt0, second.yt0)
    np.testing.assert_array_equal(first.yt1, second.yt1)
