"""Exercise 6.02: LSTM-Based Sentiment Classification Model, unlike its mutants."""

from functools import cache, partial

import numpy as np
import pytest

from workshop.datasets import ReviewIds
from workshop.measures.ch06_sentiment import _data, _training
from workshop.measures.ch06_sentiment.ex02_lstm import exercise_6_02, exercise_6_02_earlier
from workshop.training.fitting import predict
from workshop.training.optimizers import RMSprop, rmsprop_at_hand

pytestmark = pytest.mark.usefixtures("tensorflow", "without_xla")


@pytest.fixture(scope="module")
def made_up():
    """Reviews of two kinds of words, in the form of the data set: 600 to train, 600 to test."""
    rng = np.random.default_rng(8)
    parts = []
    for _ in ("train", "test"):
        labels = rng.integers(0, 2, size=600)
        lengths = rng.integers(5, 12, size=600)
        words = [
            np.where(rng.random(length) < 0.3, rng.integers(50, 60, length) + 10 * label,
                     rng.integers(1, 50, length))
            for length, label in zip(lengths, labels, strict=True)
        ]  # fmt: skip
        parts += [words, labels]
    return ReviewIds.of(*parts)


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """Let reviews be padded to twelve words, which are all of those made up here."""
    monkeypatch.setattr(_data, "padded", partial(_data.padded, maxlen=12))


def trained(data, seed=1, **changed):
    """Return the outcome of a short training of the LSTM."""
    return exercise_6_02(data, seed, epochs=4, batch_size=32, **changed)


@pytest.fixture(scope="module")
def sound(made_up):
    """Return a function that gives the outcome of the first seed, which is trained once."""
    return cache(lambda: trained(made_up))


def shuffled_labels(data):
    """Return the reviews with their training labels in another order."""
    order = np.random.default_rng(2).permutation(len(data.y_train))
    return data._replace(y_train=data.y_train[order])


def test_a_training_learns_and_one_of_shuffled_labels_does_not(made_up, sound):
    right, wrong = sound(), trained(shuffled_labels(made_up))

    assert right.test_accuracy > 0.9
    assert right.ran.least_move > 1e-4
    # 600 guesses have a standard error of 0.02
    assert abs(wrong.test_accuracy - 0.5) < 0.15


def test_outcome_is_of_the_seed_and_the_arguments(made_up, sound):
    first, again, other = sound(), trained(made_up), trained(made_up, seed=2)

    assert first.history.loss.tolist() == again.history.loss.tolist()
    assert first.test_accuracy == again.test_accuracy
    assert first.history.loss.tolist() != other.history.loss.tolist()


def test_test_reviews_are_judged_without_dropout(made_up, monkeypatch):
    asked = {}

    def spying(network, weights, x, **settings):
        asked.update(network=network, weights=weights, x=x)
        return predict(network, weights, x, **settings)

    monkeypatch.setattr(_training, "predict", spying)
    found = trained(made_up)

    model = asked["network"].model
    model.set_weights(asked["weights"])
    data = _data.prepared(made_up)
    theirs = np.asarray(model(data.x_test, training=False))
    assert found.test_accuracy == np.mean((theirs > 0.5) == data.y_test)
    assert np.array_equal(asked["x"], data.x_test)


def test_last_rows_validate(made_up, sound):
    spoiled = made_up.y_train.copy()
    order = np.random.RandomState(_data.LOADER_SEED).permutation(600)
    spoiled[order[480:]] = 1 - spoiled[order[480:]]

    right, wrong = sound(), trained(made_up._replace(y_train=spoiled))

    assert right.history.loss.tolist() == wrong.history.loss.tolist()
    np.testing.assert_allclose(right.history.val_accuracy, 1 - wrong.history.val_accuracy, rtol=0, atol=1e-6)
    assert right.ran.n_train_val == (480, 120)


def test_earlier_rmsprop_starts_alike_and_goes_elsewhere(made_up):
    today = exercise_6_02(made_up, 1, epochs=1, batch_size=600)

    earlier = exercise_6_02_earlier(made_up, 1, epochs=1, batch_size=600)

    assert today.history.loss.tolist() == earlier.history.loss.tolist()  # of the start: one step is made
    same = today.history.val_loss.tolist() == earlier.history.val_loss.tolist()
    assert same == (type(rmsprop_at_hand()) is RMSprop)
