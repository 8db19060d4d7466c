"""Exercise 7.05 and activity 7.01: what feeds the trainings, checkpoints, and outcomes that are refused."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from workshop.measures.ch07_gans import _dcgan_training as training
from workshop.measures.ch07_gans import _gan, ex05_dcgan
from workshop.measures.ch07_gans._dcgan_results import results_of
from workshop.measures.ch07_gans._dcgan_training import DcganTraining, Log, train_dcgan
from workshop.measures.ch07_gans.act01_fashion_dcgan import activity_7_01
from workshop.measures.ch07_gans.ex05_dcgan import NETWORKS
from workshop.training import adversarial

pytestmark = pytest.mark.usefixtures("tensorflow")

SEED = 7
REAL = np.random.default_rng(1).uniform(-1, 1, (40, 28, 28, 1)).astype(np.float32)
SMALL = {"interval": 2, "batch": 4}


def weights_of(gan):
    """Return all weights of both networks."""
    return [*gan.generator.weights, *gan.discriminator.weights]


def test_a_killed_training_goes_on_to_the_same_end(tmp_path, monkeypatch):
    monkeypatch.setattr(training, "_SAVED_EVERY", 2)
    whole = train_dcgan(NETWORKS, REAL, SEED, iterations=7, shown=(0, 4), **SMALL)
    train_dcgan(NETWORKS, REAL, SEED, iterations=5, shown=(0, 4), checkpoint=tmp_path, **SMALL)

    resumed = train_dcgan(NETWORKS, REAL, SEED, iterations=7, shown=(0, 4), checkpoint=tmp_path, **SMALL)

    np.testing.assert_equal(vars(resumed.log), vars(whole.log))
    np.testing.assert_equal(resumed.galleries, whole.galleries)
    np.testing.assert_equal(weights_of(resumed.after), weights_of(whole.after))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut short"])
def test_a_damaged_checkpoint_is_noticed(tmp_path, content):
    (tmp_path / "state.npz").write_bytes(content)

    with pytest.raises(ValueError, match=r"state\.npz is damaged: remove it, and the training starts again$"):
        train_dcgan(NETWORKS, REAL, SEED, iterations=3, shown=(), checkpoint=tmp_path, **SMALL)


def test_a_finished_training_is_not_trained_again(tmp_path, monkeypatch):
    whole = train_dcgan(NETWORKS, REAL, SEED, iterations=3, shown=(2,), checkpoint=tmp_path, **SMALL)
    monkeypatch.setattr(training, "train_adversarially", None)

    again = train_dcgan(NETWORKS, REAL, SEED, iterations=3, shown=(2,), checkpoint=tmp_path, **SMALL)

    np.testing.assert_equal(vars(again.log), vars(whole.log))
    np.testing.assert_equal(again.galleries, whole.galleries)


def dcgan_of(done):
    """Return what the units tell of a training without images."""
    return results_of(NETWORKS, None, SEED, done, 3)


def printed(together, real, fake):
    """Return a training of living networks whose discriminator says this at 100 prints."""
    moved = NETWORKS.start(SEED)
    players = (
        dataclasses.replace(player, weights=tuple(value + 1 for value in player.weights))
        for player in (moved.generator, moved.discriminator)
    )
    numbers, ones = np.arange(100) * 50, np.ones(100)
    log = Log(numbers, ones * together, ones * real, ones * fake, ones)
    return DcganTraining(log, {}, {}, moved, adversarial.GanState(*players))


def test_every_round_of_iterations_has_its_own_draws(monkeypatch):
    rounds = []
    train = adversarial.train_adversarially

    def spy(generator, discriminator, now, draws, **options):
        rounds.append(draws)
        return train(generator, discriminator, now, draws, **options)

    monkeypatch.setattr(training, "train_adversarially", spy)
    for seed in (SEED, SEED + 1):
        train_dcgan(NETWORKS, REAL, seed, iterations=7, shown=(), **SMALL)

    assert [len(draws.real) for draws in rounds] == [1, 2, 2, 2] * 2
    noise = np.concatenate([part.reshape(-1, 100) for d in rounds for part in (d.faked, d.noise)])
    assert len(np.unique(noise, axis=0)) == len(noise)
    images = [one for draws in rounds for one in draws.real]
    assert all((a != b).any() for i, a in enumerate(images) for b in images[:i])


def test_each_iteration_has_its_own_draws():
    marked = np.arange(40, dtype=np.float32).reshape(-1, 1, 1, 1)
    blocks = [training.draws_of(marked, np.random.default_rng([SEED, d]), 50, 128) for d in (1, 51)]
    rows = np.concatenate([block.real for block in blocks]).reshape(100, 128)
    noise = np.concatenate([part.reshape(-1, 100) for b in blocks for part in (b.faked, b.noise)])

    assert len(np.unique(rows, axis=0)) == 100
    counts = np.bincount(rows.astype(int).ravel(), minlength=40)
    assert (np.abs(counts - 320) < 5 * np.sqrt(320)).all()
    assert len(np.unique(noise, axis=0)) == len(noise) == 100 * 3 * 128
    assert -1 <= noise.min() < -0.9999
    assert 0.9999 < noise.max() < 1
    assert abs(noise.mean(dtype=np.float64)) < 5 / np.sqrt(3 * noise.size)


def test_means_and_accuracy_by_hand(monkeypatch):
    fakes = np.full((training.JUDGED, 28, 28, 1), -1, np.float32)
    fakes[0] = 0
    given = {1.0: 0.9, -1.0: 0.2, 0.0: 0.7}
    monkeypatch.setattr(training, "generated", lambda *_: fakes)
    monkeypatch.setattr(
        _gan, "predict", lambda _, __, images: np.array([[given[x[0, 0, 0]]] for x in images])
    )

    found = training._judged(
        NETWORKS, NETWORKS.start(SEED), np.ones((5, 28, 28, 1)), np.random.default_rng(1)
    )

    np.testing.assert_allclose(found, [0.575, 0.9, 0.25, 0.95])


def test_the_second_half_of_the_prints():
    values = np.where(np.arange(100) < 50, 0.9, 0.5 + 0.004 * (np.arange(100) - 75))

    late = dcgan_of(printed(values, values, values - 0.1)).late

    np.testing.assert_allclose([late.low, late.high], [0.4, 0.596])
    np.testing.assert_allclose([late.mean, late.near, late.apart], [0.498, 1.0, 0.1])
    np.testing.assert_allclose(late.last, values[-7:])
    np.testing.assert_allclose([late.last_mean, late.last_spread], [0.584, 0.024])


def own_data(count=80, shape=(28, 28)):
    """Return images and labels as a reader would bring them."""
    rng = np.random.default_rng(3)
    images = rng.integers(0, 256, (count, *shape)).astype(np.uint8)
    labels = rng.integers(0, 10, count)
    return SimpleNamespace(x_train=images, y_train=labels, x_test=images, y_test=labels)


OWN = {"iterations": 5, **SMALL}


@pytest.mark.parametrize("exercise", [ex05_dcgan.exercise_7_05, activity_7_01])
def test_own_images_are_trained_on(exercise):
    found = exercise(own_data(), SEED, None, shown=(2, 300), **OWN)

    assert list(found.log.iterations) == [0, 2, 4]
    assert list(found.pixels) == list(found.quality) == ["i2", "after"]
    assert len(found.progress.white) == len(found.progress.distance) == 1
    assert np.isnan(found.progress.white_gained)


def test_images_alone_are_trained_on_without_a_classifier():
    data = SimpleNamespace(x_train=own_data().x_train)

    found = ex05_dcgan.exercise_7_05(data, SEED, None, shown=(), judging=False, **OWN)

    assert (found.quality, found.judge, list(found.pixels)) == ({}, None, ["after"])
