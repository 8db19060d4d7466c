"""Exercises 7.03 and 7.04: what feeds the trainings, and what is counted of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.chapters.ch07.controls import failing
from workshop.ledger import ledger
from workshop.measures.ch07_gans import _gan, _sine_training
from workshop.measures.ch07_gans import ex03_discriminator as ex03
from workshop.measures.ch07_gans import ex04_gan as ex04
from workshop.measures.ch07_gans.ex03_discriminator import exercise_7_03
from workshop.measures.ch07_gans.ex04_gan import NETWORKS, described, exercise_7_04
from workshop.training import adversarial

pytestmark = pytest.mark.usefixtures("tensorflow", "without_xla")

SEED = 5
SHORT = {"iterations": 401, "interval": 200}
FEW = {"iterations": 5, "interval": 2, "batch": 6}


@cache
def sound():
    """Return the outcome of a training of both networks."""
    return exercise_7_04(SEED, **SHORT)


def test_one_seed_gives_one_outcome() -> None:
    """A training again gives the same bits, and other seeds others."""
    first, again, other = sound(), *(exercise_7_04(seed, **SHORT) for seed in (SEED, SEED + 1))

    np.testing.assert_equal(vars(again.log), vars(first.log))
    assert first.at == again.at
    assert other.at != first.at


def test_a_sound_training_is_accepted() -> None:
    """Both networks of 7.04 move; 7.03 moves the discriminator alone.

    Whether a short training tells real points from fakes depends on the processor: the mean here is made.
    """
    apart, confused = (
        replace(sound(), means=replace(sound().means, apart=distance)) for distance in (0.1, -0.1)
    )

    assert failing("ch07.ex04.accuracy_log", ch07_ex04=apart) == []
    assert failing("ch07.ex04.accuracy_log", ch07_ex04=confused) == ["apart"]
    assert failing("ch07.ex03.generator_untouched", ch07_ex03=exercise_7_03(SEED, **FEW)) == []


def test_other_batches_and_intervals_are_trained() -> None:
    """The log, the scatter and the points have one entry for each print."""
    found = exercise_7_04(SEED, **FEW)

    assert list(found.log.iterations) == [0, 2, 4]
    assert list(found.at) == ["p0", "p2", "p4"]
    assert (found.scatter.shape, found.ran.batch) == ((3, 2, 6, 2), 6)
    assert exercise_7_03(SEED, **FEW).ran.iterations == 5


def test_fakes_are_inside_between_the_ends_of_the_real_points() -> None:
    """Of the plotted points, by their first feature; a fake at an end is inside."""
    found = exercise_7_04(SEED, **FEW)
    by_hand = [
        sum(real[:, 0].min() <= x <= real[:, 0].max() for x in fakes[:, 0]) / len(fakes)
        for real, fakes in found.scatter
    ]
    real = np.array([0.0, 2.0])

    assert found.inside == by_hand
    assert ex04._inside(real, np.array([-0.1, 0.0, 1.0, 2.0])) == 0.75


@pytest.mark.parametrize(("share", "holds"), [(0.9, True), (1.0, True), (0.89, False), (0.5, False)])
def test_a_cloud_beyond_the_real_points_is_not_within_the_domain(share: float, holds: bool) -> None:
    """Nine of ten fakes are asked."""
    (check,) = ledger().claims["ch07.ex04.plot_2000_domain"].rule.shown

    assert check.decide(None, share).holds is holds


@pytest.mark.parametrize("exercise", [exercise_7_03, exercise_7_04])
def test_a_single_print_is_refused(exercise: Any) -> None:
    """The message says that the prints are compared, before anything is trained."""
    with pytest.raises(ValueError, match=r"^100 iterations print once: give more, or an interval below 1"):
        exercise(SEED, iterations=100, interval=100)


def test_a_rise_of_chance_is_no_worse_plot() -> None:
    """Distances that rise by less than the error of their means do not count as a worse plot."""
    (share,) = ledger().claims["ch07.ex04.plots_other"].rule.shares

    assert [share.rule.decide(None, rise).holds for rise in (-0.2, 1e-6, 0.09, 0.11)] == [
        *(False, False, False, True)
    ]


def test_each_iteration_has_its_own_draws() -> None:
    """No location or noise comes twice, neither in a block nor in two, nor in both networks' updates."""
    blocks = [_sine_training.draws_of(np.random.default_rng([SEED, done]), 50, 128, True) for done in (1, 51)]
    locs = np.concatenate([block.real[:, 64, 0] for block in blocks])
    noise = np.concatenate([part.reshape(-1, 10) for block in blocks for part in (block.faked, block.noise)])

    assert len(np.unique(locs)) == len(locs) == 100
    assert len(np.unique(noise, axis=0)) == len(noise) == 4 * 50 * 128


@pytest.mark.parametrize(("module", "fresh"), [(ex03, False), (ex04, True)])
def test_fakes_are_judged_as_the_exercise_says(
    monkeypatch: pytest.MonkeyPatch, module: Any, fresh: bool
) -> None:
    """Exercise 7.03 judges the fakes that were just trained on, exercise 7.04 new ones."""
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


def test_locations_and_noise_are_distributed_as_documented() -> None:
    """Locations are N(3, 1), noise standard normal, within 5 standard errors; points lie on the sine."""
    draws = _sine_training.draws_of(np.random.default_rng(SEED), 2000, 128, True)
    locs = draws.real[:, 64, 0].astype(np.float64)

    assert abs(locs.mean() - 3) < 5 / np.sqrt(2000)
    assert abs(locs.std() - 1) < 5 / np.sqrt(4000)
    for noise in (draws.faked, draws.noise):
        assert abs(noise.mean(dtype=np.float64)) < 5 / np.sqrt(noise.size)
        assert abs(noise.std(dtype=np.float64) - 1) < 5 / np.sqrt(2 * noise.size)
    np.testing.assert_allclose(draws.real[..., 1], np.sin(draws.real[..., 0]), atol=1e-6)
    np.testing.assert_allclose(np.diff(draws.real[..., 0], axis=1), 0.1, atol=1e-5)


def test_described_points() -> None:
    """Distances are |y − sin x|, on either side of x = 4; sides without points have none."""
    x = np.array([-1.5, 0.0, 3.0, 4.0, 6.0])
    away = np.array([0.1, 0.0, 0.2, 0.5, 0.7])
    points = described(np.column_stack([x, np.sin(x) + away]))

    assert points.n_right == 2
    np.testing.assert_allclose(
        [points.distance, points.median, points.left, points.right], [0.3, 0.2, 0.1, 0.6], atol=1e-12
    )
    assert points.within == 0.8
    assert np.isnan(described(np.array([[0.0, 1.0]])).right)
    assert np.isnan(described(np.array([[5.0, 1.0]])).left)


def test_accuracies_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real point above one half is right, and so is a fake that is not above it."""
    given = {1: 0.9, 2: 0.4, 3: 0.1, 4: 0.5}
    monkeypatch.setattr(
        _gan, "predict", lambda _, __, points: np.array([[given[int(x)]] for x in points[:, 0]])
    )
    player = adversarial.NetworkState(())
    match = adversarial.GanState(player, player)

    real, fakes = np.array([[1, 0], [1, 0], [1, 0], [2, 0]]), np.array([[3, 0], [4, 0], [1, 0], [3, 0]])

    np.testing.assert_allclose(_sine_training._judged(NETWORKS, match, real, fakes), [0.75, 0.75, 0.775, 0.4])
