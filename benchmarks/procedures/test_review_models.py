"""The trainings of chapter 6 against the book's own calls: `fit`, then `predict`.

An epoch of some reviews stands for all epochs of all; a share of the test reviews is judged with it, because
the book judges them once. The goal is at most 0.65 of the time. That both give the same losses and accuracies
is tested by tests/training/test_book_calls.py.
"""

from __future__ import annotations

from functools import cache, partial

import pytest

from benchmarks.harness.book import Side
from benchmarks.harness.work import products
from workshop.chapters.ch06_sentiment import (
    ex01_plain_rnn,
    ex02_lstm,
    ex03_gru,
    ex04_bidirectional_lstm,
    ex05_stacked_lstm,
)
from workshop.chapters.ch06_sentiment.act01_amazon_reviews import activity_6_01_in_keras, activity_6_01_model
from workshop.measures.ch06_sentiment import act01_amazon_reviews
from workshop.measures.ch06_sentiment._data import MAXLEN, Padded, prepared
from workshop.measures.ch06_sentiment._data import loaded as as_by_keras
from workshop.measures.ch06_sentiment._training import trained
from workshop.training.optimizers import rmsprop_at_hand

GOAL = 1 / 0.65
REVIEWS = 25_000  # in the book to train on, and as many to judge
STEPS = (640, 2560)  # 4 and 16 batches of 128, and a fifth to validate
# the network, the book's calls and its epochs
EXERCISES = {
    "ch06.ex01": (ex01_plain_rnn.exercise_6_01_model, ex01_plain_rnn.exercise_6_01_in_keras, 10),
    "ch06.ex02": (ex02_lstm.exercise_6_02_model, ex02_lstm.exercise_6_02_in_keras, 5),
    "ch06.ex03": (ex03_gru.exercise_6_03_model, ex03_gru.exercise_6_03_in_keras, 4),
    "ch06.ex04": (
        ex04_bidirectional_lstm.exercise_6_04_model,
        ex04_bidirectional_lstm.exercise_6_04_in_keras,
        4,
    ),
    "ch06.ex05": (ex05_stacked_lstm.exercise_6_05_model, ex05_stacked_lstm.exercise_6_05_in_keras, 4),
}


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_epoch_against_keras(book, loaded, exercise):
    """Preparing the reviews, training with validation, and judging the test reviews."""
    builder, calls, epochs = EXERCISES[exercise]
    imdb = loaded("imdb")

    their_data, our_data = cache(partial(as_by_keras, imdb)), cache(partial(prepared, imdb))  # once

    def theirs(rows):
        data, judged = their_data(), rows // epochs
        calls(
            ((data.train[:rows], data.y_train[:rows]), (data.test[:judged], data.y_test[:judged])),
            epochs=1,
        )

    def ours(rows):
        data, judged = our_data(), rows // epochs
        some = Padded(data.x_train[:rows], data.y_train[:rows], data.x_test[:judged], data.y_test[:judged])
        trained(builder, some, rmsprop_at_hand(), 1, 1, 128, 0.2)

    whole = epochs * REVIEWS

    flops = products(builder(), 0.8 * whole, 0.2 * whole + REVIEWS, shape=(MAXLEN,))

    assert book(exercise, Side(ours, STEPS, whole), Side(theirs, (640, 5120), whole), flops) >= GOAL


@pytest.mark.parametrize("unit", ["ch06.act01"])
def test_amazon_reviews(book, loaded, unit, monkeypatch):
    """Activity 6.01 from the texts on, with all its epochs, and with as many test reviews."""
    tokenize = pytest.importorskip("nltk.tokenize")
    reviews, punkt, stop_words = (loaded(n) for n in ("amazon_reviews", "nltk_punkt", "nltk_stopwords"))
    monkeypatch.setattr(tokenize, "sent_tokenize", lambda text, *_: punkt.tokenize(text))

    def theirs(rows):
        activity_6_01_in_keras([table.head(rows) for table in reviews], stop_words)

    def ours(rows):
        act01_amazon_reviews.activity_6_01(reviews, punkt, stop_words, 1, n_reviews=rows)

    model, epochs = activity_6_01_model(), 5
    flops = products(model, 0.8 * epochs * REVIEWS, (0.2 * epochs + 1) * REVIEWS, shape=(MAXLEN,))

    assert book(unit, Side(ours, STEPS, REVIEWS), Side(theirs, STEPS, REVIEWS), flops) >= 1
