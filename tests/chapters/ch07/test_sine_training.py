"""Exercises 7.03 and 7.04: what feeds the trainings, and what is counted of them."""

import numpy as np
import pytest

from workshop.measures.ch07_gans import _gan, _sine_training
from workshop.measures.ch07_gans import ex03_discriminator as ex03
from workshop.measures.ch07_gans import ex04_gan as ex04
from workshop.measures.ch07_gans.ex04_gan import NETWORKS
from workshop.training import adversarial

pytestmark = pytest.mark.usefixtures("tensorflow", "without_xla")

SEED = 5
FEW = {"iterations": 5, "interval": 2, "batch": 6}


def test_each_iteration_has_its_own_draws():
    blocks = [_sine_training.draws_of(np.random.default_rng([SEED, done]), 50, 128, True) for done in (1, 51)]
    locs = np.concatenate([block.real[:, 64, 0] for block in blocks])
    noise = np.concatenate([part.reshape(-1, 10) for block in blocks for part in (block.faked, block.noise)])

    assert len(np.unique(locs)) == len(locs) == 100
    assert len(np.unique(noise, axis=0)) == len(noise) == 4 * 50 * 128


@pytest.mark.parametrize(("module", "fresh"), [(ex03, False), (ex04, True)])
def test_fakes_are_judged_as_the_exercise_says(monkeypatch, module, fresh):
    judged = []
    evaluate = module.evaluated

    def spy(gan, prints, noise):
        judged.extend((one, noise(one)) for one in prints)
        return evaluate(gan, prints, noise)

    monkeypatch.setattr(module, "evaluated", spy)
    exercise = module.exercise_7_04 if fresh else module.exercise_7_03

    found = exercise(SEED, **FEW)

    assert [one.number for one, _ in judged] == [0, 2, 4]
    assert [np.array_equal(noise, one.noise) for one, noise in judged] == [not fresh] * 3
    if fresh:
        fakes = [ex04.NETWORKS.fakes(one.state, one.noise) for one, _ in judged]
        assert (np.abs(found.scatter[:, 1] - np.stack(fakes)).max(axis=(1, 2)) > 1e-3).all()


def test_locations_and_noise_are_distributed_as_documented():
    draws = _sine_training.draws_of(np.random.default_rng(SEED), 2000, 128, True)
    locs = draws.real[:, 64, 0].astype(np.float64)

    assert abs(locs.mean() - 3) < 5 / np.sqrt(2000)
    assert abs(locs.std() - 1) < 5 / np.sqrt(4000)
    for noise in (draws.faked, draws.noise):
        assert abs(noise.mean(dtype=np.float64)) < 5 / np.sqrt(noise.size)
        assert abs(noise.std(dtype=np.float64) - 1) < 5 / np.sqrt(2 * noise.size)
    np.testing.assert_allclose(draws.real[..., 1], np.sin(draws.real[..., 0]), atol=1e-6)
    np.testing.assert_allclose(np.diff(draws.real[..., 0], axis=1), 0.1, atol=1e-5)


def test_accuracies_by_hand(monkeypatch):
    given = {1: 0.9, 2: 0.4, 3: 0.1, 4: 0.5}
    monkeypatch.setattr(
        _gan, "predict", lambda _, __, points: np.array([[given[int(x)]] for x in points[:, 0]])
    )
    player = adversarial.NetworkState(())
    match = adversarial.GanState(player, player)

    real, fakes = np.array([[1, 0], [1, 0], [1, 0], [2, 0]]), np.array([[3, 0], [4, 0], [1, 0], [3, 0]])

    np.testing.assert_allclose(_sine_training._judged(NETWORKS, match, real, fakes), [0.75, 0.75, 0.775, 0.4])
