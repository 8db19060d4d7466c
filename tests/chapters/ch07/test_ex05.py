"""Exercise 7.05 and activity 7.01: what feeds the trainings, checkpoints, and outcomes that are refused."""

from __future__ import annotations

import dataclasses
import warnings
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.chapters.ch07.controls import failing, failing_shares
from workshop.ledger import ledger
from workshop.measures.ch07_gans import _dcgan_training as training
from workshop.measures.ch07_gans import _gan, ex05_dcgan
from workshop.measures.ch07_gans import act01_fashion_dcgan as activity
from workshop.measures.ch07_gans._dcgan_results import results_of
from workshop.measures.ch07_gans._dcgan_training import DcganTraining, Log, train_dcgan
from workshop.measures.ch07_gans.act01_fashion_dcgan import activity_7_01
from workshop.measures.ch07_gans.ex05_dcgan import NETWORKS
from workshop.training import adversarial
from workshop.training.optimizers import Adam
from workshop.training.versions import keras_version

pytestmark = pytest.mark.usefixtures("tensorflow")

SEED = 7
REAL = np.random.default_rng(1).uniform(-1, 1, (40, 28, 28, 1)).astype(np.float32)
SMALL = {"interval": 2, "batch": 4}


def weights_of(gan):
    """Return all weights of both networks."""
    return [*gan.generator.weights, *gan.discriminator.weights]


def test_a_killed_training_goes_on_to_the_same_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a checkpoint the log, the images and the weights are those of an undisturbed training."""
    monkeypatch.setattr(training, "_SAVED_EVERY", 2)
    whole = train_dcgan(NETWORKS, REAL, SEED, iterations=7, shown=(0, 4), **SMALL)
    train_dcgan(NETWORKS, REAL, SEED, iterations=5, shown=(0, 4), checkpoint=tmp_path, **SMALL)

    resumed = train_dcgan(NETWORKS, REAL, SEED, iterations=7, shown=(0, 4), checkpoint=tmp_path, **SMALL)

    np.testing.assert_equal(vars(resumed.log), vars(whole.log))
    np.testing.assert_equal(resumed.galleries, whole.galleries)
    np.testing.assert_equal(weights_of(resumed.after), weights_of(whole.after))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut short"])
def test_a_damaged_checkpoint_is_noticed(tmp_path: Path, content: Any) -> None:
    """The file and the remedy are named."""
    (tmp_path / "state.npz").write_bytes(content)

    with pytest.raises(ValueError, match=r"state\.npz is damaged: remove it, and the training starts again$"):
        train_dcgan(NETWORKS, REAL, SEED, iterations=3, shown=(), checkpoint=tmp_path, **SMALL)


def test_a_finished_training_is_not_trained_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All comes from the checkpoint: no iteration is run."""
    whole = train_dcgan(NETWORKS, REAL, SEED, iterations=3, shown=(2,), checkpoint=tmp_path, **SMALL)
    monkeypatch.setattr(training, "train_adversarially", None)

    again = train_dcgan(NETWORKS, REAL, SEED, iterations=3, shown=(2,), checkpoint=tmp_path, **SMALL)

    np.testing.assert_equal(vars(again.log), vars(whole.log))
    np.testing.assert_equal(again.galleries, whole.galleries)


def test_a_shorter_training_is_the_beginning_of_a_longer_one() -> None:
    """The first prints are the same bits."""
    short, long = (
        train_dcgan(NETWORKS, REAL, SEED, iterations=count, shown=(), **SMALL).log for count in (3, 5)
    )

    np.testing.assert_equal(short.together, long.together[:2])
    assert len(long.together) == 3


def test_prints_and_images_are_of_the_weights_after_the_iteration() -> None:
    """What the last iteration prints and shows is what the trained networks give."""
    done = train_dcgan(NETWORKS, REAL, SEED, iterations=3, shown=(2,), **SMALL)

    images = training.generated(NETWORKS, done.after, np.random.default_rng([SEED, 2, 2]), training.SHOWN)
    together, *_ = training._judged(NETWORKS, done.after, REAL, np.random.default_rng([SEED, 2, 1]))

    np.testing.assert_array_equal(done.galleries[2], images)
    assert done.log.together[-1] == together


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


def test_a_perfect_discriminator_is_not_near_one_half() -> None:
    """Its printed mean is 0.5 by construction: it stands still, and that is refused."""
    perfect = dcgan_of(printed(0.5, 1.0, 0.0))

    assert failing_shares("ch07.act01.expected_probability", ch07_act01=perfect) == ["apart", "spread"]
    assert "last_spread" in failing("ch07.act01.probability_log", ch07_act01=perfect)


WAVE = np.sin(np.arange(100))
# what a discriminator prints, and its means of real images and of fakes
NOT_NEAR_HALF = {
    "wavering but perfect": ((0.5 + 0.06 * WAVE, 0.97, 0.03), ["apart"]),
    "dead": ((0.5, 0.5, 0.5), ["spread"]),
    "at 0.3": ((0.3 + 0.06 * WAVE, 0.35, 0.25), ["mean", "near"]),
    "at 0.7": ((0.7 + 0.06 * WAVE, 0.75, 0.65), ["mean", "near"]),
    "at 0.56": ((0.56 + 0.03 * WAVE, 0.6, 0.52), ["mean"]),
    "at 0 or 1": ((np.round(0.5 + 0.4 * WAVE), 0.6, 0.4), ["near", "spread"]),
}


@pytest.mark.parametrize("name", NOT_NEAR_HALF)
def test_a_discriminator_that_is_not_confused_is_refused(name: str) -> None:
    """A mean of 0.5 alone is not confusion, and a mean elsewhere is not around 0.5."""
    values, where = NOT_NEAR_HALF[name]

    outcome = dcgan_of(printed(*values))

    assert failing_shares("ch07.act01.expected_probability", ch07_act01=outcome) == where
    for unit in ("ch07_ex05", "ch07_act01"):
        claim = unit.replace("_", ".") + ".probability_log_full"
        assert set(where) <= set(failing(claim, **{unit: outcome}))


def test_every_round_of_iterations_has_its_own_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Images and noise of one round never come in another, and another seed draws others."""
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


def test_a_discriminator_that_prefers_fakes_is_refused() -> None:
    """Means apart the wrong way round show labels swapped."""
    wavering = 0.5 + 0.06 * np.sin(np.arange(100))

    swapped = dcgan_of(printed(wavering, wavering - 0.1, wavering + 0.1))
    right = dcgan_of(printed(wavering, wavering + 0.1, wavering - 0.1))

    assert failing_shares("ch07.act01.expected_probability", ch07_act01=swapped) == ["apart"]
    assert failing_shares("ch07.act01.expected_probability", ch07_act01=right) == []


def test_each_iteration_has_its_own_draws() -> None:
    """Rows are drawn anew with replacement, noise never comes twice, and is uniform on [−1, 1)."""
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


def test_the_combined_model_is_fed_twice_the_batch() -> None:
    """The generator is updated on as many rows as the discriminator."""
    draws = training.draws_of(REAL, np.random.default_rng(SEED), 2, 6)

    assert [part.shape[:2] for part in (draws.real, draws.faked, draws.noise)] == [(2, 6), (2, 6), (2, 12)]


def test_probabilities_are_those_of_ten_real_and_ten_fakes() -> None:
    """The printed number is the mean of both means; accuracy counts the twenty."""
    log = train_dcgan(NETWORKS, REAL, SEED, iterations=3, shown=(), optimizer=Adam(0.002, 0.5), **SMALL).log

    np.testing.assert_allclose(log.together, (log.real + log.fake) / 2, atol=1e-6)
    np.testing.assert_allclose(log.accuracy * 20, np.round(log.accuracy * 20), atol=1e-9)
    assert list(log.iterations) == [0, 2]


def test_means_and_accuracy_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real images are found real with 0.9, fakes with 0.2 but one of ten that is taken for real."""
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


def test_the_second_half_of_the_prints() -> None:
    """Statistics are those of the last 50 of 100 prints, and of the last seven."""
    values = np.where(np.arange(100) < 50, 0.9, 0.5 + 0.004 * (np.arange(100) - 75))

    late = dcgan_of(printed(values, values, values - 0.1)).late

    np.testing.assert_allclose([late.low, late.high], [0.4, 0.596])
    np.testing.assert_allclose([late.mean, late.near, late.apart], [0.498, 1.0, 0.1])
    np.testing.assert_allclose(late.last, values[-7:])
    np.testing.assert_allclose([late.last_mean, late.last_spread], [0.584, 0.024])


@pytest.mark.parametrize(("value", "near"), [(0.399, 0), (0.401, 1), (0.599, 1), (0.601, 0)])
def test_prints_are_near_one_half_from_04_to_06(value: float, near: int) -> None:
    """Both ends count: a print just outside is not near."""
    assert dcgan_of(printed(value, value, value)).late.near == near


def own_data(count=80, shape=(28, 28)):
    """Return images and labels as a reader would bring them."""
    rng = np.random.default_rng(3)
    images = rng.integers(0, 256, (count, *shape)).astype(np.uint8)
    labels = rng.integers(0, 10, count)
    return SimpleNamespace(x_train=images, y_train=labels, x_test=images, y_test=labels)


OWN = {"iterations": 5, **SMALL}


@pytest.mark.parametrize("exercise", [ex05_dcgan.exercise_7_05, activity_7_01])
def test_own_images_are_trained_on(exercise: Any) -> None:
    """Few images are enough; iterations to show that do not come are left out."""
    found = exercise(own_data(), SEED, None, shown=(2, 300), **OWN)

    assert list(found.log.iterations) == [0, 2, 4]
    assert list(found.pixels) == list(found.quality) == ["i2", "after"]
    assert len(found.progress.white) == len(found.progress.distance) == 1
    assert np.isnan(found.progress.white_gained)


def test_images_alone_are_trained_on_without_a_classifier() -> None:
    """Labels and test images are needed for the classifier only."""
    data = SimpleNamespace(x_train=own_data().x_train)

    found = ex05_dcgan.exercise_7_05(data, SEED, None, shown=(), judging=False, **OWN)

    assert (found.quality, found.judge, list(found.pixels)) == ({}, None, ["after"])


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (own_data(shape=(32, 32)), {}, r"images of shape \(32, 32, 1\): the generator makes \(28, 28, 1\)"),
        (SimpleNamespace(x_train=own_data().x_train), {}, "the data set has no y_train: it needs x_train"),
        (own_data(), {"shown": (3,)}, "images of iteration 3: show multiples of the interval, 2"),
        (own_data(), {"iterations": 2}, "2 iterations print once: give more, or an interval below 2"),
    ],
)
def test_data_and_settings_that_do_not_fit_are_refused(data: Any, options: Any, message: str) -> None:
    """One line says what is wanted, before anything is trained."""
    with pytest.raises(ValueError, match=f"^{message}"):
        ex05_dcgan.exercise_7_05(data, SEED, None, **{**OWN, "shown": (), **options})


def test_first_iterations_need_more_than_50() -> None:
    """The message says how many are needed."""
    with pytest.raises(ValueError, match=r"^31 iterations: give more than 50"):
        ex05_dcgan.exercise_7_05_first_iterations(own_data(), SEED, iterations=31)


class Heeding:
    """An optimizer that takes the old name of the learning rate for the new one, with a warning."""

    def __init__(self, learning_rate=0.001, beta_1=0.9, **others) -> None:
        if "lr" in others:
            warnings.warn("The `lr` argument is deprecated", stacklevel=2)
        self.rate = others.get("lr", learning_rate)

    def get_config(self):
        """Return the settings."""
        return {"learning_rate": self.rate}


class Ignoring(Heeding):
    """An optimizer that takes the old name and forgets its value."""

    def __init__(self, learning_rate=0.001, beta_1=0.9, lr=None) -> None:
        super().__init__(learning_rate)


class Refusing(Heeding):
    """An optimizer that does not know the old name."""

    def __init__(self, learning_rate=0.001, beta_1=0.9, **others) -> None:
        if others:
            raise ValueError(f"Argument(s) not recognized: {others}")


RATES = {
    Heeding: ex05_dcgan.LiteralRate("none", 0.0002, True),
    Ignoring: ex05_dcgan.LiteralRate("none", 0.001, False),
    Refusing: ex05_dcgan.LiteralRate("ValueError", None, False),
}


@pytest.mark.parametrize("optimizer", RATES)
def test_what_comes_of_the_old_name_of_the_rate(monkeypatch: pytest.MonkeyPatch, optimizer: Any) -> None:
    """The rate is read back from the optimizer, an error is given by its name, a warning stays inside."""
    optimizers = SimpleNamespace(Adam=optimizer)
    monkeypatch.setattr(ex05_dcgan, "keras", SimpleNamespace(optimizers=optimizers))

    assert ex05_dcgan.exercise_7_05_literal_rate() == RATES[optimizer]


def test_the_old_name_of_the_rate_with_the_keras_at_hand() -> None:
    """Heeded up to 2.10, ignored up to 2.15, an error since 3.0."""
    version = keras_version()
    kind = Heeding if version < (2, 11) else Ignoring if version < (3, 0) else Refusing

    found = ex05_dcgan.exercise_7_05_literal_rate()

    assert (found.lr_error, found.lr_heeded) == (RATES[kind].lr_error, RATES[kind].lr_heeded)
    assert found.lr_rate == (None if kind is Refusing else pytest.approx(RATES[kind].lr_rate, rel=1e-6))


@pytest.mark.parametrize(
    ("changed", "failing"),
    [
        ({}, []),
        ({"iterations": 50, "interval": 25, "batch": 8}, ["epochs", "params_setup", "print_interval"]),
    ],
)
def test_the_activitys_settings_are_read_without_its_data(
    monkeypatch: pytest.MonkeyPatch, changed: Any, failing: Any
) -> None:
    """Other defaults of its training are noticed, by its first updates on made-up images."""
    monkeypatch.setattr(activity, "activity_7_01", partial(activity_7_01, **changed))
    settings = activity.activity_7_01_settings()
    asked = {"epochs": settings.iterations, "params_setup": settings.fed}
    asked["print_interval"] = {"interval": settings.interval, "prints": settings.prints}
    claims = {name: ledger().claims[f"ch07.act01.{name}"] for name in asked}

    assert [
        name for name, claim in claims.items() if not claim.rule.decide(claim.documented, asked[name]).holds
    ] == failing
