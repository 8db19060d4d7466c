"""The text of chapter 5: recurrence equations."""

from typing import Any

import numpy as np
import pytest

from workshop.measures.ch05_sequences import text02_recurrence as text02
from workshop.numerics.recurrent import unroll

pytestmark = pytest.mark.usefixtures("tensorflow")


def test_a_layer_that_forgets_its_state_is_noticed_by_the_equation(monkeypatch):
    """If the unrolling does not carry the hidden state over, it is far from Keras' layer."""

    def forgetful(x: Any, *, kernel: Any, recurrent: Any, bias: Any, activation: Any = np.tanh) -> Any:
        return activation(x @ kernel + 0 * recurrent[0, 0] + bias)

    monkeypatch.setattr(text02, "unroll", forgetful)

    assert min(text02.recurrence().equation_gap.values()) > 0.1


def test_last_step_is_distinguished_from_the_others(monkeypatch):
    """The step whose state is handed on is the last; with the unrolled steps turned round it is the first."""
    forwards = text02.read_term_by_term(["a", "b", "c", "d"])
    monkeypatch.setattr(text02, "unroll", lambda x, **weights: unroll(x, **weights)[:, ::-1])

    backwards = text02.read_term_by_term(["a", "b", "c", "d"])

    assert (forwards["classified_after_t"], backwards["classified_after_t"]) == (3, 0)
