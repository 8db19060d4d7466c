"""Real samples, noise and fake samples of chapter 7: against Keras, and mutants that the claims refuse."""

from __future__ import annotations

import numpy as np
import pytest

from workshop.chapters.ch07_gans import text03_samples as samples
from workshop.chapters.ch07_gans.ex02_generator import exercise_7_02_generator
from workshop.ledger import ledger
from workshop.paths import follow
from workshop.training.fitting import Network
from workshop.training.initialisers import initial_weights

MADE = {name: getattr(samples, name) for name in ("real_samples", "fake_inputs", "fake_samples")}


def holds(claim_id, outcome):
    """Return whether a claim's rule accepts an outcome."""
    claim = ledger().claims[claim_id]
    values = {name: follow(getattr(outcome, m.field), m.steps) for name, m in claim.measures().items()}
    return claim.rule.decide(claim.documented, values.get("", values)).holds


def ranged(loc, batch):
    """Return real samples built of float ranges, of which only the right one is cut, as the book does."""
    half = 0.1 * batch / 2
    x = np.concatenate([np.arange(loc - half, loc, 0.1), np.arange(loc, loc + half, 0.1)[: batch // 2]])
    return np.column_stack([x, np.sin(x)]), np.ones((batch, 1))


def with_points(change):
    """Return real samples whose points are changed."""

    def made(loc, batch):
        points, labels = MADE["real_samples"](loc, batch)
        return change(points), labels

    return made


def with_labels(name, change):
    """Return a function of samples whose labels are changed."""

    def made(*arguments):
        points, labels = MADE[name](*arguments)
        return points, change(labels)

    return made


REAL_MUTANTS = {
    "label of fakes": (with_labels("real_samples", np.zeros_like), ["real_label"]),
    "one fake label": (with_labels("real_samples", lambda y: np.where(np.arange(len(y)) == 3, 0, y.T).T),
                       ["real_label"]),
    "flat labels": (with_labels("real_samples", np.ravel), ["real_label"]),
    "always 128": (lambda loc, batch: MADE["real_samples"](loc, 128),
                   ["real_label", "real_shape", "real_points"]),
    "a point twice": (with_points(lambda p: np.vstack([p, p[-1:]])), ["real_shape", "real_points"]),
    "float ranges": (ranged, ["real_shape", "real_points"]),
    "cosine": (with_points(lambda p: np.column_stack([p[:, 0], np.cos(p[:, 0])])), ["real_points"]),
    "a step to the right": (with_points(lambda p: np.column_stack([p[:, 0] + 0.1, np.sin(p[:, 0] + 0.1)])),
                            ["real_points"]),
    "half the spacing": (with_points(lambda p: np.column_stack([p[:, 0] / 2, np.sin(p[:, 0] / 2)])),
                         ["real_points"]),
}  # fmt: skip
REAL_CLAIMS = ("real_label", "real_shape", "real_points")


@pytest.mark.parametrize("mutant", REAL_MUTANTS)
def test_real_samples_made_otherwise_are_refused(monkeypatch: pytest.MonkeyPatch, mutant: str) -> None:
    """Other labels, sizes and points are refused by the claims on them."""
    made, refused = REAL_MUTANTS[mutant]
    monkeypatch.setattr(samples, "real_samples", made)

    outcome = samples.real(seed=5)

    assert [name for name in REAL_CLAIMS if not holds(f"ch07.text03.{name}", outcome)] == refused


def test_draws_without_odd_numbers_do_not_decide_the_shape() -> None:
    """Where no float range is too long the shape proves little."""
    assert not holds("ch07.text03.real_shape", samples.real(seed=5, odd=()))


FAKE_MUTANTS = {
    "label of real samples": ("fake_samples", with_labels("fake_samples", np.ones_like), ["fake_label"]),
    "one real label": ("fake_samples",
                       with_labels("fake_samples", lambda y: np.where(np.arange(len(y)) == 3, 1, y.T).T),
                       ["fake_label"]),
    "flat labels": ("fake_samples", with_labels("fake_samples", np.ravel), ["fake_label"]),
    "noise of a row more": ("fake_inputs", lambda rng, batch, n=10: MADE["fake_inputs"](rng, batch + 1, n),
                            ["fake_input_shape", "fake_shape"]),
    "uniform noise": ("fake_inputs", lambda rng, batch, n=10: rng.uniform(-3**0.5, 3**0.5, (batch, n)),
                      ["fake_inputs"]),
    "noise around 3": ("fake_inputs", lambda rng, batch, n=10: rng.normal(3, 1, (batch, n)),
                       ["fake_inputs"]),
    "noise too narrow": ("fake_inputs", lambda rng, batch, n=10: rng.normal(0, 0.9, (batch, n)),
                         ["fake_inputs"]),
}  # fmt: skip
FAKE_CLAIMS = ("fake_label", "fake_input_shape", "fake_inputs", "fake_shape")


@pytest.mark.parametrize("mutant", FAKE_MUTANTS)
@pytest.mark.usefixtures("tensorflow")
def test_fake_samples_made_otherwise_are_refused(monkeypatch: pytest.MonkeyPatch, mutant: str) -> None:
    """Other labels, and noise of another shape or distribution, are refused by the claims on them."""
    name, made, refused = FAKE_MUTANTS[mutant]
    monkeypatch.setattr(samples, name, made)

    outcome = samples.fake(seed=5)

    assert [name for name in FAKE_CLAIMS if not holds(f"ch07.text03.{name}", outcome)] == refused


def test_noise_of_another_width_or_repeated_is_refused() -> None:
    """Features and rows exchanged are not noise for the generator."""
    claim = ledger().claims["ch07.text03.fake_input_shape"]
    noise = [samples.fake_inputs(np.random.default_rng(1), batch) for batch in samples.BATCHES]

    def accepted(of):
        return claim.rule.decide(claim.documented, [[list(samples._different(of(one)))] for one in noise])

    assert accepted(np.array).holds
    assert not accepted(np.transpose).holds
    assert not accepted(lambda one: np.repeat(one[:1], len(one), axis=0)).holds
    assert not accepted(lambda one: np.repeat(one[:, :1], one.shape[1], axis=1)).holds


@pytest.mark.usefixtures("tensorflow")
def test_fake_points_are_the_generators_of_fresh_noise() -> None:
    """Keras' own prediction on the same noise gives the points; the next batch is another one."""
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
