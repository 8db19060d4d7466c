"""First steps are the beginning of the whole training, and see changes of the procedure."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.toy.networks import sequential
from workshop.training import backend, pipeline_fit
from workshop.training.adversarial import Draws, GanState, NetworkState, train_adversarially
from workshop.training.augmentation import Augmentation
from workshop.training.first_steps import (
    UPDATES,
    Stepped,
    Training,
    active,
    draw_checksum,
    first_steps,
    order_checksum,
    outcome_of,
    suspended,
)
from workshop.training.fitting import Fit, Network, fit
from workshop.training.initialisers import initial_weights, shuffled
from workshop.training.optimizers import Adam
from workshop.training.pipeline_fit import features, fit_pipeline
from workshop.training.pipelines import drawn

ROWS, BATCH, EPOCHS = 204, 8, 3  # 25 full batches an epoch, and one of 4 rows
LOSS, METRIC = "binary_crossentropy", "binary_accuracy"
ADAM = Adam(learning_rate=0.01)


pytestmark = pytest.mark.usefixtures("tensorflow")


def small(units: int = 6, rate: float = 0.5) -> Any:
    """Build a small classifier with dropout."""
    layers = backend.keras.layers
    return sequential(
        (5,),
        layers.Dense(units, activation="relu"),
        layers.Dropout(rate),
        layers.Dense(1, activation="sigmoid"),
    )


def examples(units: int = 6, rate: float = 0.5, epochs: int = EPOCHS) -> Any:
    """Return a network with its first weights, made-up rows and labels, and the order of each epoch."""
    network = Network(small, (units, rate))
    rng = np.random.default_rng(4)
    x = rng.normal(size=(ROWS, 5)).astype(np.float32)
    start = initial_weights(network.model, rng)
    return network, start, x, (x[:, :1] > 0).astype(np.float32), shuffled(rng, epochs=epochs, n=ROWS)


def trained(
    units: int = 6, epochs: int = EPOCHS, optimizer: Adam = ADAM, rate: float = 0.5, shuffles: int = EPOCHS
) -> Fit:
    """Train on made-up rows and validate after each epoch."""
    network, start, x, y, order = examples(units, rate)
    order = order[:epochs]
    order[shuffles:] = np.arange(ROWS)
    validation = (x[:20], y[:20])
    return fit(
        network, start, x, y, order, optimizer=optimizer, loss=LOSS, metric=METRIC, batch_size=BATCH,
        validation=validation, seed=3,
    )  # fmt: skip


def stepped(**settings: Any) -> tuple[Fit, Training]:
    """Return the result of a training in first steps, and what was traced of it."""
    with first_steps() as trainings:
        done = trained(**settings)
    (only,) = trainings
    return done, only


def test_they_are_the_first_updates_of_the_training():
    done, traced = stepped()
    network, start, x, y, order = examples()
    batches = order[0, : UPDATES * BATCH].reshape(UPDATES, BATCH)
    alone = fit(
        network, start, x, y, batches, optimizer=ADAM, loss=LOSS, metric=METRIC, batch_size=BATCH,
        validation=(x[:20], y[:20]), seed=3,
    )  # fmt: skip
    np.testing.assert_array_equal(traced.losses, alone.loss)
    for ours, theirs in zip(done.weights, alone.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_allclose(done.val_loss, alone.val_loss[-1], rtol=1e-6)
    assert traced.length == pytest.approx(np.sqrt(sum(np.sum(w.astype(float) ** 2) for w in done.weights)))
    distances = [np.linalg.norm(b - a) for a, b in zip(start, done.weights, strict=True)]
    np.testing.assert_allclose(traced.moved, distances, rtol=1e-5)


def test_counts_are_those_of_the_whole_training():
    """Epochs, updates and rows are what the whole training would count; each epoch repeats the same."""
    whole, (done, traced) = trained(), stepped()
    np.testing.assert_array_equal(done.steps, whole.steps)
    np.testing.assert_array_equal(done.rows, whole.rows)
    assert done.optimizer == whole.optimizer
    assert {key: traced.plan[key] for key in ("epochs", "rows", "batch_size", "validation")} == {
        "epochs": EPOCHS, "rows": ROWS, "batch_size": BATCH, "validation": 20,
    }  # fmt: skip
    for name in ("loss", "metric", "val_loss", "val_metric"):
        values = getattr(done, name)
        assert values.shape == (EPOCHS,)
        assert len(set(values.tolist())) == 1
    assert not active()
    np.testing.assert_array_equal(trained().loss, whole.loss)


@pytest.mark.parametrize(
    "change",
    [{"optimizer": Adam(learning_rate=0.011)}, {"optimizer": replace(ADAM, epsilon=1e-4)}, {"rate": 0.4}],
    ids=["a tenth more of the rate", "epsilon", "dropout"],
)
def test_a_change_of_the_procedure_shows_far_above_rounding(change):
    _, as_it_is = stepped()
    _, changed = stepped(**change)
    assert np.max(np.abs(changed.losses / as_it_is.losses - 1)) > 100 * np.finfo(np.float32).eps
    assert np.max(np.abs(np.divide(changed.moved, as_it_is.moved) - 1)) > 100 * np.finfo(np.float32).eps


def test_an_epoch_fewer_shows_in_the_plan_alone():
    (_, whole), (_, shorter) = stepped(), stepped(epochs=EPOCHS - 1)
    np.testing.assert_array_equal(whole.losses, shorter.losses)
    assert (whole.plan["epochs"], shorter.plan["epochs"]) == (EPOCHS, EPOCHS - 1)


def test_batches_unshuffled_after_the_first_epoch_show_in_the_plan_alone():
    (_, whole), (_, lazy) = stepped(), stepped(shuffles=1)
    np.testing.assert_array_equal(whole.losses, lazy.losses)
    assert {key for key in whole.plan if whole.plan[key] != lazy.plan[key]} == {"order"}


def test_other_draws_after_the_first_updates_of_a_gan_show():
    numbers = np.random.default_rng(2).normal(size=(40, 8)).astype(np.float32)
    again = numbers.copy()
    again[30:] = again[30:][::-1]
    assert abs(draw_checksum(numbers) - draw_checksum(again)) > 1e-3


def test_a_continued_fit_makes_no_more_updates():
    network, start, x, y, order = examples(epochs=2)
    settings = {"optimizer": ADAM, "loss": LOSS, "batch_size": BATCH, "seed": 3}
    with first_steps() as trainings:
        first = fit(network, start, x, y, order[:1], **settings)
        second = fit(network, first.weights, x, y, order[1:], after=first, **settings)
    assert [len(each.losses) for each in trainings] == [UPDATES, 0]
    assert np.isnan(second.loss).all()
    for before, after in zip(first.weights, second.weights, strict=True):
        np.testing.assert_array_equal(before, after)


def images() -> Any:
    """Build a small classifier of images."""
    layers = backend.keras.layers
    return sequential((6, 6, 3), layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(1, activation="sigmoid"))


def test_on_a_pipeline_they_are_those_on_its_arrays():
    rng = np.random.default_rng(3)
    pictures, labels = rng.integers(0, 256, (100, 6, 6, 3)).astype(np.uint8), rng.integers(0, 2, (100, 1))
    varied = Augmentation(30.0, 0.1, 0.1, 5.0, 0.2, horizontal_flip=True)
    training, held = (
        drawn(rng, pictures, labels.astype(np.float32), passes=2, rows=rows, augmentation=varied)
        for rows in (96, 16)
    )
    network = Network(images)
    start = initial_weights(network.model, rng)
    settings = {"optimizer": ADAM, "loss": LOSS, "metric": METRIC, "batch_size": 4}
    with first_steps() as trainings:
        done = fit_pipeline(network, start, training, held, **settings)
    place = (slice(0, 1), slice(0, UPDATES * 4))
    short = replace(training, order=training.order[place], variants=training.variants[place])
    first_pass = replace(held, order=held.order[:1], variants=held.variants[:1])
    alone = fit_pipeline(network, start, short, first_pass, **settings)
    for ours, theirs in zip(done.weights, alone.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert trainings[0].losses.mean() == pytest.approx(float(alone.loss[0]), rel=1e-6)
    assert done.val_loss.tolist() == [alone.val_loss[0]] * 2
    assert (done.rows.tolist(), done.steps.tolist()) == ([96, 96], [24, 24])
    assert trainings[0].plan["variants"] == [draw_checksum(training.variants), draw_checksum(held.variants)]
    assert trainings[0].plan["order"] == [order_checksum(training.order), order_checksum(held.order)]


def test_features_of_later_batches_are_left_out(monkeypatch):
    monkeypatch.setattr(pipeline_fit, "UPDATES", 3)
    rng = np.random.default_rng(3)
    pictures, labels = rng.integers(0, 256, (40, 6, 6, 3)).astype(np.uint8), np.zeros(40)
    model = Network(images).model
    passes, single = (drawn(rng, pictures, labels, passes=n, rows=40) for n in (2, 1))
    whole = [outputs for outputs, _ in features(model, passes, 4)]
    alone = [outputs for outputs, _ in features(model, single, 4)]
    with first_steps():
        some = [outputs for outputs, _ in features(model, passes, 4)]
        every = [outputs for outputs, _ in features(model, single, 4)]
    np.testing.assert_array_equal(some[0][:12], whole[0][:12])
    assert not some[0][12:].any()
    assert not some[1].any()
    np.testing.assert_array_equal(every[0], alone[0])


def generator() -> Any:
    """Build a small generator of points."""
    layers = backend.keras.layers
    return sequential((3,), layers.Dense(4, activation="relu"), layers.Dense(2))


def discriminator() -> Any:
    """Build a small discriminator of points."""
    layers = backend.keras.layers
    return sequential((2,), layers.Dense(4, activation="relu"), layers.Dense(1, activation="sigmoid"))


def both_networks() -> Any:
    """Return the networks of a GAN, their first state, and the generator of numbers that drew it."""
    networks, rng = (Network(generator), Network(discriminator)), np.random.default_rng(8)
    start = GanState(*(NetworkState(initial_weights(each.model, rng)) for each in networks))
    return networks, start, rng


@pytest.mark.parametrize("joined", [True, False])
def test_a_gan_makes_its_first_iterations_in_however_many_calls(joined):
    networks, start, _ = both_networks()

    def draws(first: int, count: int) -> Draws:
        drawn_ = np.random.default_rng(first)
        sizes = ((count, 6, 2), (count, 6, 3), (count, 12, 3))
        return Draws(*(drawn_.normal(size=size).astype(np.float32) for size in sizes))

    def run(counts: list[int]) -> GanState:
        now, done = start, 0
        for count in counts:
            now = train_adversarially(
                *networks, now, draws(done, count), optimizers=(ADAM, ADAM), joined=joined
            )
            done += count
        return now

    with first_steps() as trainings:
        done = run([1, 30, 40])
    rest = draws(1, 30)
    begun = run([1])
    few = Draws(*(feed[: UPDATES - 1] for feed in vars(rest).values()))
    expected = train_adversarially(*networks, begun, few, optimizers=(ADAM, ADAM), joined=joined)
    for ours, theirs in zip(
        (*done.generator.weights, *done.discriminator.weights),
        (*expected.generator.weights, *expected.discriminator.weights),
        strict=True,
    ):
        np.testing.assert_array_equal(ours, theirs)
    each = 1 if joined else 2
    assert (done.generator.updates, done.discriminator.updates) == (71, 71 * each)
    (only,) = trainings
    assert only.plan["iterations"] == 71
    each_call = [[draw_checksum(f) for f in draws(*call).feeds] for call in ((0, 1), (1, 30), (31, 40))]
    assert only.plan["drawn"] == pytest.approx(np.sum(each_call, axis=0))
    assert only.losses.shape == (UPDATES, each + 1)
    assert only.plan["trainable"] == [4, 4]


@pytest.mark.parametrize("calls", [(20,), (1, 19), (7, 6, 7), (19, 1), (5, 30)])
def test_losses_of_several_calls_are_in_the_order_of_the_updates(calls):
    networks, start, rng = both_networks()
    feeds = [rng.normal(size=(35, *rows)).astype(np.float32) for rows in ((6, 2), (6, 3), (12, 3))]

    def losses(counts: tuple[int, ...]) -> Any:
        now, done = start, 0
        with first_steps() as trainings:
            for count in counts:
                draws = Draws(*(feed[done : done + count] for feed in feeds))
                now = train_adversarially(*networks, now, draws, optimizers=(ADAM, ADAM), joined=True)
                done += count
        (only,) = trainings
        return only.losses

    together = losses((35,))
    assert len({*together[:, 0].tolist()}) == UPDATES  # each update has its own
    np.testing.assert_array_equal(losses(calls), together)


def test_a_frozen_network_of_a_gan_shows():
    networks, start, rng = both_networks()
    feeds = [rng.normal(size=size).astype(np.float32) for size in ((5, 6, 2), (5, 6, 3))]
    with first_steps() as trainings:
        train_adversarially(*networks, start, Draws(*feeds, None), optimizers=(ADAM, ADAM), joined=True)
    assert trainings[0].moved[:4] == (0, 0, 0, 0)
    assert min(trainings[0].moved[4:]) > 0


def test_the_outcome_is_the_same_however_it_ran():
    assert outcome_of(Stepped("outcome", ())) == "outcome"
    assert outcome_of("outcome") == "outcome"


def test_a_training_is_whole_where_first_steps_are_suspended():
    with first_steps() as trainings:
        with suspended():
            assert not active()
            inside = trained()
        assert active()

    assert trainings == []
    assert inside.loss.tolist() == trained().loss.tolist()
