"""The trainings of chapter 6 against the same procedure in Keras' own calls: `fit`, then `predict`.

An epoch of some reviews stands for all epochs of all; a share of the test reviews is judged with it, because
the book judges them once. The goal is at most 0.65 of the time. That both give the same weights and outputs
is tested by tests/chapters/test_ch06_training.py.
"""

from __future__ import annotations

import pytest

from benchmarks.harness.book import Side
from workshop import datasets
from workshop.chapters.ch06_sentiment import (
    act01_amazon_reviews,
    ex01_plain_rnn,
    ex02_lstm,
    ex03_gru,
    ex04_bidirectional_lstm,
    ex05_stacked_lstm,
)
from workshop.chapters.ch06_sentiment._amazon_texts import encoded
from workshop.chapters.ch06_sentiment._data import Padded, prepared
from workshop.chapters.ch06_sentiment._training import trained
from workshop.training.optimizers import rmsprop_at_hand

GOAL = 1 / 0.65
REVIEWS = 25_000  # in the book to train on, and as many to judge
STEPS = (640, 2560)  # 4 and 16 batches of 128, and a fifth to validate
# the network, and the book's epochs
EXERCISES = {
    "ch06.ex01": (ex01_plain_rnn.exercise_6_01_model, 10),
    "ch06.ex02": (ex02_lstm.exercise_6_02_model, 5),
    "ch06.ex03": (ex03_gru.exercise_6_03_model, 4),
    "ch06.ex04": (ex04_bidirectional_lstm.exercise_6_04_model, 4),
    "ch06.ex05": (ex05_stacked_lstm.exercise_6_05_model, 4),
}


def loaded(name):
    """Load a data set, or skip with the way to get it."""
    found = datasets.find(name)
    if not isinstance(found, datasets.Found):
        pytest.skip(f"{found.reason}: {found.remedy}")
    return datasets.load(found)


@pytest.fixture(scope="module")
def imdb():
    """Load the reviews, or skip with the way to get them."""
    pytest.importorskip("tensorflow")
    return loaded("imdb")


def sides(builder, optimizer, epochs, prepare):
    """Return our training and Keras' on the data that `prepare` returns."""

    def theirs():
        data = prepare()
        model = builder()
        model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])

        def run(rows):
            x, y = data.x_train[:rows], data.y_train[:rows]
            model.fit(x, y, validation_split=0.2, batch_size=128, verbose=0)
            judged = rows // epochs
            return (model.predict(data.x_test[:judged], verbose=0) > 0.5) == data.y_test[:judged]

        return run

    def ours():
        data = prepare()

        def run(rows):
            train = data.x_train[:rows], data.y_train[:rows]
            test = data.x_test[: rows // epochs], data.y_test[: rows // epochs]
            return trained(builder, Padded(*train, *test), rmsprop_at_hand(), 1, 1, 128, 0.2)

        return run

    whole = epochs * REVIEWS
    return Side(ours, STEPS, whole), Side(theirs, STEPS, whole)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_epoch_against_keras(book, imdb, exercise):
    """Preparing the reviews, training with validation, and judging the test reviews."""
    builder, epochs = EXERCISES[exercise]

    assert book(exercise, *sides(builder, "rmsprop", epochs, lambda: prepared(imdb))) >= GOAL


@pytest.mark.parametrize("unit", ["ch06.act01, training"])
def test_training_on_amazon_reviews(book, unit):
    """Activity 6.01 from the sequences on; test_review_texts.py measures how they are made."""
    pytest.importorskip("tensorflow")
    needed = [loaded(name) for name in ("amazon_reviews", "nltk_punkt", "nltk_stopwords")]
    done = encoded(*needed, n_reviews=STEPS[-1])
    data = Padded(done.x_train, done.y_train, done.x_test, done.y_test)
    builder = act01_amazon_reviews.activity_6_01_model

    assert book(unit, *sides(builder, "rmsprop", 5, lambda: data)) >= 1
