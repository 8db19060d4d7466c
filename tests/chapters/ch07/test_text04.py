"""The generator step and the freeze of chapter 7, the literal calls, and the finding on them."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from workshop.ledger import ledger
from workshop.measures.ch07_gans import text04_freezing as freezing
from workshop.paths import follow
from workshop.training.versions import keras_3

pytestmark = pytest.mark.usefixtures("tensorflow", "without_xla")

STEP, COMBINED = freezing._step, freezing.exercise_7_04_gan


def measured(claim_id, outcome):
    """Return a claim, and what it measures of an outcome."""
    claim = ledger().claims[claim_id]
    values = {name: follow(getattr(outcome, m.field), m.steps) for name, m in claim.measures().items()}
    return claim, values.get("", values)


@pytest.mark.parametrize("probability", [0.01, 0.3, 0.9])
def test_losses_are_logarithms(probability: float) -> None:
    """With label 1 −ln p, with label 0 −ln(1 − p); the larger one is returned."""
    found = freezing.losses(probability)

    by_hand = [-np.log(1 - probability), -np.log(probability)]
    # Keras 2 adds 1e-7 to the probability
    assert [found.large_loss.label_0, found.large_loss.label_1] == pytest.approx(by_hand, rel=2e-5)
    assert found.fig711_probability["label"] == int(probability < 0.5)


def thawed(model, inputs, labels, generator, discriminator):
    """Make a step with nothing frozen."""
    discriminator.trainable = True
    return STEP(model, inputs, labels, generator, discriminator)


def of_both(generator, discriminator):
    """Return the combined model with generator and discriminator frozen."""
    generator.trainable = False
    return COMBINED(generator, discriminator)


def test_the_literal_program_spoils_the_discriminator_since_keras_3() -> None:
    """Its own step moves it up to Keras 2 and not at all since, which a warning tells that stays inside."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        outcome = freezing.literal_program(seed=5)

    moves = outcome.literal["discriminator_step"]["discriminator"]
    expected = 0.0 if keras_3() else 0.001
    assert moves == pytest.approx([expected] * 8, abs=1e-5)
    assert [len(words) > 0 for words in outcome.literal_warnings] == [True] * keras_3()


@pytest.mark.nightly
def test_a_discriminator_that_moves_contradicts_the_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """If Keras remembered again what was trainable, the finding would not hold any more."""
    monkeypatch.setattr(freezing, "_step", thawed)

    claim, values = measured("ch07.text04.literal", freezing.literal_program(seed=5))

    assert not claim.rule.refute(claim.documented, claim.finding.instead, [values]).holds


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
def test_a_generator_that_stands_still_contradicts_the_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """That the discriminator alone is lost is part of the finding."""
    if not keras_3():
        pytest.skip("written for a Keras that asks what is trainable when a step is made")
    monkeypatch.setattr(freezing, "exercise_7_04_gan", of_both)

    claim, values = measured("ch07.text04.literal", freezing.literal_program(seed=5))

    assert not claim.rule.refute(claim.documented, claim.finding.instead, [values]).holds
