"""The forward pass by hand, and the probes of recurrent and convolutional layers with mutants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workshop.chapters.ch05_sequences.ex02_forward_pass import XT0, XT1
from workshop.measures.ch05_sequences import ex02_forward_pass as ex02
from workshop.measures.ch05_sequences import text02_recurrence as text02
from workshop.measures.ch05_sequences._probes import arrangement
from workshop.measures.ch05_sequences._training import ADAM
from workshop.numerics.recurrent import unroll

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
    """With the weights as constants the outputs are those of float64 NumPy within 1e-6."""
    y0 = np.tanh(np.float64(XT0) @ WF)
    y1 = np.tanh(y0 @ WR + np.float64(XT1) @ WF)

    yt0, yt1 = ex02.forward_pass(XT0, XT1, WF, WR, np.zeros((1, 3), np.float32))

    np.testing.assert_allclose(yt0.numpy(), y0, atol=1e-6)
    np.testing.assert_allclose(yt1.numpy(), y1, atol=1e-6)


def test_weights_are_those_that_the_seed_gave_the_book() -> None:
    """The seeded draw gives the weights from which the printed outputs follow."""
    outcome = ex02.exercise_5_02()

    np.testing.assert_allclose(outcome.yt0, np.tanh(np.float64(XT0) @ WF), atol=1e-6)
    np.testing.assert_allclose(outcome.yt1, np.tanh(np.tanh(XT0 @ WF) @ WR + XT1 @ WF), atol=1e-6)


def test_without_the_hidden_state_the_claim_would_fail() -> None:
    """Leaving out the recurrent term moves the second output by over ten times the claim's 1e-6."""
    _, without = ex02.forward_pass(XT0, XT1, WF, 0 * WR, np.zeros((1, 3), np.float32))

    assert np.abs(without.numpy() - ex02.exercise_5_02().yt1).max() > 1e-5


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


def test_the_exercise_is_the_same_each_time() -> None:
    """What was drawn before does not change it."""
    first, second = ex02.exercise_5_02(), ex02.exercise_5_02()

    np.testing.assert_array_equal(first.yt0, second.yt0)
    np.testing.assert_array_equal(first.yt1, second.yt1)


def test_a_layer_that_forgets_its_state_is_noticed_by_the_equation(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the unrolling does not carry the hidden state over, it is far from Keras' layer."""

    def forgetful(x: Any, *, kernel: Any, recurrent: Any, bias: Any, activation: Any = np.tanh) -> Any:
        return activation(x @ kernel + 0 * recurrent[0, 0] + bias)

    monkeypatch.setattr(text02, "unroll", forgetful)

    assert min(text02.recurrence().equation_gap.values()) > 0.1


def test_last_step_is_distinguished_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The step whose state is handed on is the last; with the unrolled steps turned round it is the first."""
    forwards = text02.read_term_by_term(["a", "b", "c", "d"])
    monkeypatch.setattr(text02, "unroll", lambda x, **weights: unroll(x, **weights)[:, ::-1])

    backwards = text02.read_term_by_term(["a", "b", "c", "d"])

    assert (forwards.classified_after_t, backwards.classified_after_t) == (3, 0)


def test_arrangement_names_the_steps_that_reach_each_output(tensorflow: Any) -> None:
    """Of a filter of two, the first output sees steps 0 and 1, the next steps 1 and 2."""
    found = arrangement(np.ones((1, 3, 2), np.float32), tensorflow.keras.layers.Conv1D(4, 2))

    assert (found.shape, found.sees) == ([1, 2, 4], [[0, 1], [1, 2]])


def test_adam_has_the_defaults_of_keras(tensorflow: Any) -> None:
    """The settings that the networks are trained with are those of `compile(optimizer="adam")`."""
    config = tensorflow.keras.optimizers.Adam().get_config()

    for name in ("learning_rate", "beta_1", "beta_2", "epsilon"):
        assert getattr(ADAM, name) == pytest.approx(config[name], rel=1e-6)
