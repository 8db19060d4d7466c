"""The trainings of chapter 6 against the same procedure in Keras' own calls: `fit`, then `predict`.

All 50,000 reviews, an epoch of each; the goal is that of all documented epochs: at most 0.65 of the time.
That both give the same weights and outputs is tested by tests/chapters/test_ch06_training.py.
"""

from __future__ import annotations

import pytest

from workshop import datasets
from workshop.chapters.ch06_sentiment import (
    ex01_plain_rnn,
    ex02_lstm,
    ex03_gru,
    ex04_bidirectional_lstm,
    ex05_stacked_lstm,
)
from workshop.chapters.ch06_sentiment._data import prepared

GOAL = 1 / 0.65
EXERCISES = {
    "6.01": (ex01_plain_rnn.exercise_6_01_model, ex01_plain_rnn.exercise_6_01),
    "6.02": (ex02_lstm.exercise_6_02_model, ex02_lstm.exercise_6_02),
    "6.03": (ex03_gru.exercise_6_03_model, ex03_gru.exercise_6_03),
    "6.04": (ex04_bidirectional_lstm.exercise_6_04_model, ex04_bidirectional_lstm.exercise_6_04),
    "6.05": (ex05_stacked_lstm.exercise_6_05_model, ex05_stacked_lstm.exercise_6_05),
}


@pytest.fixture(scope="module")
def imdb():
    """Load the reviews, or skip with the way to get them."""
    pytest.importorskip("tensorflow")
    found = datasets.find("imdb")
    if not isinstance(found, datasets.Found):
        pytest.skip(f"{found.reason}: {found.remedy}")
    return datasets.load(found)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_epoch_against_keras(ratio, benchmark, imdb, exercise):
    """Preparing the reviews, an epoch with its validation, and judging the test reviews."""
    builder, ours = EXERCISES[exercise]
    model = builder()
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])

    def theirs(rows=None):
        data = prepared(imdb)
        x, y = data.x_train[:rows], data.y_train[:rows]
        model.fit(x, y, validation_split=0.2, batch_size=128, verbose=0)
        return (model.predict(data.x_test[:rows], verbose=0) > 0.5) == data.y_test[:rows]

    theirs(256)
    ours(imdb, 0, epochs=1)

    found = ratio(lambda: ours(imdb, 0, epochs=1), theirs, rounds=2)

    benchmark.extra_info["share_of_literal"] = 1 / found
    assert found >= GOAL
