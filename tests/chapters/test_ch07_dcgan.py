"""Exercise 7.05 and activity 7.01: what feeds the trainings, checkpoints, and broken trainings refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.chapters.ch07_controls import failing
from workshop.chapters.ch07_gans import dcgan, image_training
from workshop.chapters.ch07_gans.image_training import ADAM, DcganTraining, Log, initial_state, train_dcgan
from workshop.training import adversarial
from workshop.training.optimizers import Adam

pytestmark = pytest.mark.usefixtures("tensorflow")

SEED = 7
REAL = np.random.default_rng(1).uniform(-1, 1, (40, 28, 28, 1)).astype(np.float32)
SMALL = {"interval": 2, "batch": 4}


@pytest.fixture
def tensorflow():
    """Skip a test that can't run without TensorFlow."""
    return pytest.importorskip("tensorflow")


def weights_of(gan):
    """Return all weights of both networks."""
    return [*gan.generator.weights, *gan.discriminator.weights]


def test_a_killed_training_goes_on_to_the_same_end(tmp_path, monkeypatch) -> None:
    """From a checkpoint the log, the images and the weights are those of an undisturbed training."""
    monkeypatch.setattr(image_training, "_SAVED_EVERY", 2)
    whole = train_dcgan(REAL, SEED, iterations=7, shown=(0, 4), **SMALL)
    train_dcgan(REAL, SEED, iterations=5, shown=(0, 4), checkpoint=tmp_path, **SMALL)

    resumed = train_dcgan(REAL, SEED, iterations=7, shown=(0, 4), checkpoint=tmp_path, **SMALL)

    np.testing.assert_equal(vars(resumed.log), vars(whole.log))
    np.testing.assert_equal(resumed.galleries, whole.galleries)
    np.testing.assert_equal(weights_of(resumed.after), weights_of(whole.after))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut short"])
def test_a_damaged_checkpoint_is_noticed(tmp_path, content) -> None:
    """The file and the remedy are named."""
    (tmp_path / "state.npz").write_bytes(content)

    with pytest.raises(ValueError, match=r"state\.npz is damaged: remove it, and the training starts again$"):
        train_dcgan(REAL, SEED, iterations=3, shown=(), checkpoint=tmp_path, **SMALL)


def test_a_finished_training_is_not_trained_again(tmp_path, monkeypatch) -> None:
    """All comes from the checkpoint: no iteration is run."""
    whole = train_dcgan(REAL, SEED, iterations=3, shown=(2,), checkpoint=tmp_path, **SMALL)
    monkeypatch.setattr(image_training, "train_adversarially", None)

    again = train_dcgan(REAL, SEED, iterations=3, shown=(2,), checkpoint=tmp_path, **SMALL)

    np.testing.assert_equal(vars(again.log), vars(whole.log))
    np.testing.assert_equal(again.galleries, whole.galleries)


def test_a_shorter_training_is_the_beginning_of_a_longer_one() -> None:
    """The first prints are the same bits."""
    short, long = (train_dcgan(REAL, SEED, iterations=count, shown=(), **SMALL).log for count in (3, 5))

    np.testing.assert_equal(short.together, long.together[:2])
    assert len(long.together) == 3


def frozen(rates):
    """Return a short training in which generator and discriminator have these rates."""
    generator, discriminator = (dataclasses.replace(ADAM, learning_rate=rate) for rate in rates)
    train = adversarial.train_adversarially

    def trained(*args, optimizers, **options):
        return train(*args, optimizers=(generator, discriminator), **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(image_training, "train_adversarially", trained)
        return train_dcgan(REAL, SEED, iterations=3, shown=(), **SMALL)


@pytest.mark.parametrize(
    ("rates", "where"),
    [
        ((0.0002, 0.0), "discriminator_moved"),
        ((0.0, 0.0002), "generator_moved"),
        ((0.0, 0.0), "generator_moved"),
    ],
)
def test_a_frozen_network_is_refused(rates, where) -> None:
    """Liveness fails, whatever the printed probabilities are."""
    message = dcgan_of(frozen(rates))

    assert where in failing("ch07.ex05.probability_log_full", ch07_ex05=message)
    assert where in failing("ch07.act01.probability_log_full", ch07_act01=message)


def dcgan_of(done):
    """Return what the units tell of a training without images."""
    return dcgan._told(None, SEED, done, 3, judging=False)


def printed(together, real, fake):
    """Return a training of living networks whose discriminator says this at 100 prints."""
    moved = initial_state(SEED)
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

    assert failing("ch07.act01.expected_probability", ch07_act01=perfect) == ["spread"]
    assert "last_spread" in failing("ch07.act01.probability_log", ch07_act01=perfect)


def test_a_discriminator_that_prefers_fakes_is_refused() -> None:
    """Means apart the wrong way round show labels swapped."""
    wavering = 0.5 + 0.06 * np.sin(np.arange(100))

    swapped = dcgan_of(printed(wavering, wavering - 0.1, wavering + 0.1))
    right = dcgan_of(printed(wavering, wavering + 0.1, wavering - 0.1))

    assert failing("ch07.act01.expected_probability", ch07_act01=swapped) == ["apart"]
    assert failing("ch07.act01.expected_probability", ch07_act01=right) == []


def test_each_iteration_has_its_own_draws() -> None:
    """Rows are drawn anew with replacement, noise never comes twice, and is uniform on [−1, 1)."""
    marked = np.arange(40, dtype=np.float32).reshape(-1, 1, 1, 1)
    blocks = [image_training.draws_of(marked, np.random.default_rng([SEED, d]), 50, 128) for d in (1, 51)]
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
    draws = image_training.draws_of(REAL, np.random.default_rng(SEED), 2, 6)

    assert [part.shape[:2] for part in (draws.real, draws.faked, draws.noise)] == [(2, 6), (2, 6), (2, 12)]


def test_probabilities_are_those_of_ten_real_and_ten_fakes() -> None:
    """The printed number is the mean of both means; accuracy counts the twenty."""
    log = train_dcgan(REAL, SEED, iterations=3, shown=(), optimizer=Adam(0.002, 0.5), **SMALL).log

    np.testing.assert_allclose(log.together, (log.real + log.fake) / 2, atol=1e-6)
    np.testing.assert_allclose(log.accuracy * 20, np.round(log.accuracy * 20), atol=1e-9)
    assert list(log.iterations) == [0, 2]


def test_means_and_accuracy_by_hand(monkeypatch) -> None:
    """Real images are found real with 0.9, fakes with 0.2 but one of ten that is taken for real."""
    fakes = np.full((image_training.JUDGED, 28, 28, 1), -1, np.float32)
    fakes[0] = 0
    given = {1.0: 0.9, -1.0: 0.2, 0.0: 0.7}
    monkeypatch.setattr(image_training, "generated", lambda *_: fakes)
    monkeypatch.setattr(
        image_training, "predict", lambda _, __, images: np.array([[given[x[0, 0, 0]]] for x in images])
    )

    message = image_training._judged(np.ones((5, 28, 28, 1)), initial_state(SEED), np.random.default_rng(1))

    np.testing.assert_allclose(message, [0.575, 0.9, 0.25, 0.95])


def test_the_second_half_of_the_prints() -> None:
    """Statistics are those of the last 50 of 100 prints, and of the last seven."""
    values = np.where(np.arange(100) < 50, 0.9, 0.5 + 0.004 * (np.arange(100) - 75))

    late = dcgan_of(printed(values, values, values - 0.1)).late

    np.testing.assert_allclose([late["low"], late["high"]], [0.4, 0.596])
    np.testing.assert_allclose([late["mean"], late["near"], late["apart"]], [0.498, 1.0, 0.1])
    np.testing.assert_allclose(late["last"], values[-7:])
    np.testing.assert_allclose([late["last_mean"], late["last_spread"]], [0.584, 0.024])


def test_saved_grids(tmp_path) -> None:
    """25 tiles of 28 pixels in a folder that did not exist; the names are the book's."""
    saved = dcgan.grids_of_7_05(tmp_path, SEED)

    assert saved.folder == "handwritten"
    assert saved.files == ["GAN_MNIST_Training_Plot000.png", "GAN_MNIST_Training_Plot010.png"]
    assert saved.sizes == [[140, 140, 1]] * 2
