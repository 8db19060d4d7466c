"""The generator step and the freeze of chapter 7, the literal calls, and mutants that the claims refuse."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from workshop.chapters.ch07_gans import text04_freezing as freezing
from workshop.ledger import ledger
from workshop.paths import follow
from workshop.training.versions import keras_3

pytestmark = pytest.mark.usefixtures("tensorflow")

STEP, LOSS_NAMED, COMBINED = freezing._step, freezing.loss_named, freezing.exercise_7_04_gan


def measured(claim_id, outcome):
    """Return a claim, and what it measures of an outcome."""
    claim = ledger().claims[claim_id]
    values = {name: follow(getattr(outcome, m.field), m.steps) for name, m in claim.measures().items()}
    return claim, values.get("", values)


def holds(claim_id, outcome):
    """Return whether a claim's rule accepts an outcome."""
    claim, values = measured(claim_id, outcome)
    return claim.rule.decide(claim.documented, values).holds


@pytest.mark.parametrize("probability", [0.01, 0.3, 0.9])
def test_losses_are_logarithms(probability: float) -> None:
    """With label 1 −ln p, with label 0 −ln(1 − p); the larger one is returned."""
    found = freezing.losses(probability)

    by_hand = [-np.log(1 - probability), -np.log(probability)]
    # Keras 2 adds 1e-7 to the probability
    assert [found.large_loss.label_0, found.large_loss.label_1] == pytest.approx(by_hand, rel=2e-5)
    assert found.fig711_probability["label"] == int(probability < 0.5)


def test_a_loss_with_swapped_labels_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """If label 1 had the small loss the claims on the figure and on the losses are refused."""
    monkeypatch.setattr(
        freezing, "loss_named", lambda name: lambda label, given: LOSS_NAMED(name)(1 - label, given)
    )
    assert freezing.losses().fig711_probability["label"] == 0

    outcome = freezing.losses()

    assert not holds("ch07.text04.fig711_probability", outcome)
    assert not holds("ch07.text04.large_loss", outcome)


def test_another_probability_is_refused() -> None:
    """The figure's probability is read back of the loss."""
    assert not holds("ch07.text04.fig711_probability", freezing.losses(0.02))
    assert not holds("ch07.text04.large_loss", freezing.losses(0.02))


def thawed(model, inputs, labels, generator, discriminator):
    """Make a step with nothing frozen."""
    discriminator.trainable = True
    return STEP(model, inputs, labels, generator, discriminator)


def frozen(model, inputs, labels, generator, discriminator):
    """Make a step with the discriminator frozen."""
    discriminator.trainable = False
    return STEP(model, inputs, labels, generator, discriminator)


def with_other_labels(model, inputs, labels, generator, discriminator):
    """Make a step with the other label."""
    return STEP(model, inputs, 1 - labels, generator, discriminator)


def of_both(generator, discriminator):
    """Return the combined model with generator and discriminator frozen."""
    generator.trainable = False
    return COMBINED(generator, discriminator)


STEP_MUTANTS = {
    "freeze forgotten": ({"_step": thawed}, ["freeze", "mended"]),
    "freeze on both": ({"exercise_7_04_gan": of_both}, ["freeze", "mended"]),
    "freeze not lifted": ({"_step": frozen}, ["freeze", "mended", "unfrozen_updates_both"]),
    "label 0 in the generator step": ({"generator_step_labels": lambda batch: np.zeros((batch, 1))},
                                      ["gan_labels"]),
    "labels of another shape": ({"generator_step_labels": np.ones}, ["gan_labels"]),
    "label 1 stated, 0 used": ({"_step": with_other_labels}, ["gan_labels"]),
    "no Adam": ({"OPTIMIZER": "sgd"}, ["mended"]),
}  # fmt: skip
# one that freezes otherwise and one of another label; each traces its steps anew
EVERY_DAY = {"freeze not lifted", "label 1 stated, 0 used"}
MAKE_STEPS = ("workshop/chapters/ch07", "workshop/ledger", "workshop/training")
STEP_CLAIMS = ("gan_labels", "freeze", "mended", "unfrozen_updates_both")


@pytest.mark.parametrize(
    "mutant",
    [
        pytest.param(each, marks=[] if each in EVERY_DAY else pytest.mark.nightly(*MAKE_STEPS))
        for each in STEP_MUTANTS
    ],
)
@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
def test_steps_made_otherwise_are_refused(monkeypatch: pytest.MonkeyPatch, mutant: str) -> None:
    """What moves too much or too little, and another label, is refused by the claims on it."""
    if not keras_3():
        pytest.skip("written for a Keras that asks what is trainable when a step is made")
    changes, refused = STEP_MUTANTS[mutant]
    for name, change in changes.items():
        monkeypatch.setattr(freezing, name, change)

    outcome = freezing.steps(seed=5)

    assert [name for name in STEP_CLAIMS if not holds(f"ch07.text04.{name}", outcome)] == refused


def test_the_literal_program_spoils_the_discriminator_since_keras_3() -> None:
    """Its own step moves it up to Keras 2 and not at all since, which a warning tells that stays inside."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        outcome = freezing.literal_program(seed=5)

    moves = outcome.literal["discriminator_step"]["discriminator"]
    expected = 0.0 if keras_3() else 0.001
    assert moves == pytest.approx([expected] * 8, abs=1e-5)
    assert [len(words) > 0 for words in outcome.literal_warnings] == [True] * keras_3()


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
