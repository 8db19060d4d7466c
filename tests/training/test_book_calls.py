"""The book's own calls train what the compiled units train, from the same start over the same batches."""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from workshop.chapters.ch04_text_embeddings import act01_alice, act02_alice_vectors, ex06_two_corpora
from workshop.chapters.ch05_sequences import _training as prices
from workshop.chapters.ch05_sequences import ex03_plain_rnn
from workshop.chapters.ch06_sentiment import _training as reviews
from workshop.chapters.ch06_sentiment import (
    act01_amazon_reviews,
    ex01_plain_rnn,
    ex02_lstm,
    ex03_gru,
    ex04_bidirectional_lstm,
    ex05_stacked_lstm,
)
from workshop.chapters.ch06_sentiment._data import loaded
from workshop.datasets import ReviewIds
from workshop.datasets.readers.tables import ReviewTables
from workshop.training.initialisers import initial_weights

pytestmark = pytest.mark.skipif(
    find_spec("tensorflow") is None, reason="needs TensorFlow: pip install 'workshop[cpu]'"
)

SEED = 11

Prepare = Callable[[Any, str], None]


@pytest.fixture
def same_start(monkeypatch: pytest.MonkeyPatch) -> Prepare:
    """Return a function that lets a module's calls start where its unit does with SEED, rows in order."""

    def prepare(module: Any, name: str) -> None:
        build = getattr(module, name)

        def started(*arguments: Any) -> Any:
            model = build(*arguments)
            model.set_weights(initial_weights(model, np.random.default_rng(SEED)))
            model.fit = functools.partial(model.fit, shuffle=False)
            return model

        monkeypatch.setattr(module, name, started)

    return prepare


def in_order(rng: Any, epochs: int, n: int) -> np.ndarray:
    """Return an order that shows the rows one after another."""
    return np.tile(np.arange(n), (epochs, 1))


# module, its network, its calls and its unit
PRICES = {
    "5.03": (ex03_plain_rnn, "exercise_5_03_model", "exercise_5_03_in_keras", "exercise_5_03_training"),
}


@pytest.mark.parametrize("exercise", PRICES)
def test_prices(same_start: Prepare, monkeypatch: pytest.MonkeyPatch, exercise: str) -> None:
    """Losses, errors and forecasts are those of `fit` with validation_split, row after row.

    So a validation part from the front, another rate or batch size, or shuffled targets would show.
    """
    pandas = pytest.importorskip("pandas")
    module, network, calls, unit = PRICES[exercise]
    closes = 100 + np.cumsum(np.random.default_rng(8).normal(size=80))
    dates = pandas.date_range("2020-01-01", periods=80)
    table = pandas.DataFrame({"Date": dates, "Close": closes})[::-1].reset_index(drop=True)
    monkeypatch.setattr(prices, "shuffled", in_order)

    (outcome,) = getattr(module, unit)(table, [SEED], epochs=2)
    same_start(module, network)
    history, errors, forecasts = getattr(module, calls)(table, SEED, epochs=2)

    np.testing.assert_allclose(outcome.log, np.stack([history["loss"], history["val_loss"]], 1), rtol=5e-3)
    assert [outcome.train_rmse, outcome.test_rmse] == pytest.approx(errors, rel=5e-3)
    np.testing.assert_allclose(outcome.curves["forecasts"][70:], forecasts[10:, 0], rtol=5e-3)


# module, and how far apart both may end: rounding grows over the 200 steps of a plain RNN
REVIEWS = {
    "6_01": (ex01_plain_rnn, 5e-4),
    "6_02": (ex02_lstm, 1e-5),
    "6_03": (ex03_gru, 1e-5),
    "6_04": (ex04_bidirectional_lstm, 1e-5),
    "6_05": (ex05_stacked_lstm, 1e-5),
}


def without_dropout(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Let a module's network have rates of zero, so that neither side draws masks."""
    build = getattr(module, name)

    def built() -> Any:
        model = build()
        for layer in model.layers:
            if hasattr(layer, "rate"):
                layer.rate = 0.0
        return model

    monkeypatch.setattr(module, name, built)


def assert_same_history(ours: Any, history: dict[str, list[float]], within: float = 1e-5) -> None:
    """Compare losses and accuracies by epoch."""
    for name, theirs in history.items():
        np.testing.assert_allclose(getattr(ours, name), theirs, rtol=0, atol=within)


def made_up_reviews(count: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Return reviews of two kinds of words as ranks, some longer than the models read, and their labels."""
    rng = np.random.default_rng(count)
    labels = rng.integers(0, 2, size=count)
    lengths = rng.integers(5, 30, size=count) + 300 * (rng.random(count) < 0.05)
    return [rng.integers(1, 500, length) + 400 * label for length, label in zip(lengths, labels)], labels  # noqa: B905 - runs on Python 3.7, too


@pytest.mark.parametrize("exercise", REVIEWS)
def test_film_reviews(same_start: Prepare, monkeypatch: pytest.MonkeyPatch, exercise: str) -> None:
    """History and test accuracy are those of `fit` and `predict` of the documented model."""
    (module, within), network = REVIEWS[exercise], f"exercise_{exercise}_model"
    data = ReviewIds.of(*made_up_reviews(400), *made_up_reviews(300))
    by_loader = loaded(data)
    without_dropout(monkeypatch, module, network)
    monkeypatch.setattr(reviews, "shuffled", in_order)

    ours = getattr(module, f"exercise_{exercise}")(data, SEED, epochs=2)
    same_start(module, network)
    history, accuracy = getattr(module, f"exercise_{exercise}_in_keras")(
        ((by_loader.train, by_loader.y_train), (by_loader.test, by_loader.y_test)), SEED, epochs=2
    )

    assert_same_history(ours.history, history, within)
    assert ours.test_accuracy == pytest.approx(accuracy, abs=1e-9)
    assert ours.ran.n_train_val == (320, 80)


def sentences_split_at_periods(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a sentence tokenizer that needs no data, which NLTK's calls take, too."""
    nltk = pytest.importorskip("nltk")
    untrained = nltk.tokenize.punkt.PunktSentenceTokenizer()
    monkeypatch.setattr(nltk.tokenize, "sent_tokenize", lambda text, *_: untrained.tokenize(text))
    return untrained


def test_amazon_reviews(same_start: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    """From texts to the confusion matrix, with NLTK's and Keras' calls and ours."""
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("sklearn")
    punkt = sentences_split_at_periods(monkeypatch)
    rng = np.random.default_rng(3)
    kinds = [["good", "fine", "nice"], ["bad", "poor", "slow"]]
    others = ["The", "book,", "was", "reading.", "It", "seems;", "running", "don't"]
    tables = []
    for count in (400, 300):
        labels = rng.integers(0, 2, size=count)
        words = [[*rng.choice(kinds[k], 3), *rng.choice(others, rng.integers(2, 150))] for k in labels]
        texts = [" ".join(rng.permutation(each)) for each in words]
        tables.append(pandas.DataFrame({"review_text": texts, "label": labels}))
    data = ReviewTables(*tables)
    without_dropout(monkeypatch, act01_amazon_reviews, "activity_6_01_model")
    monkeypatch.setattr(reviews, "shuffled", in_order)

    ours = act01_amazon_reviews.activity_6_01(data, punkt, ("the", "was"), SEED, epochs=2)
    same_start(act01_amazon_reviews, "activity_6_01_model")
    history, confusion = act01_amazon_reviews.activity_6_01_in_keras(data, ("the", "was"), SEED, epochs=2)

    assert_same_history(ours.history, history)
    assert ours.confusion == confusion
    assert (ours.ran.epochs, ours.ran.n_train_val, ours.maxlen) == (2, (320, 80), 100)


def made_up_sentences(*, seed: int) -> list[list[str]]:
    """Return sentences of words that word vectors are asked for, and others."""
    words = ["white", "rabbit", "mad", "hatter", "money", *(f"word{i}" for i in range(40))]
    return [np.random.default_rng([seed, i]).choice(words, 12).tolist() for i in range(300)]


def test_two_corpora(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both list the same words with the same cosines."""
    pytest.importorskip("gensim")
    punkt = sentences_split_at_periods(monkeypatch)
    brown, movies = made_up_sentences(seed=1), made_up_sentences(seed=2)
    texts = [" ".join(words) for words in movies]

    ours = ex06_two_corpora.exercise_4_06(brown, texts, punkt, SEED)
    theirs = ex06_two_corpora.exercise_4_06_in_gensim(brown, movies, SEED)

    for mine, own in zip((ours.brown_money, ours.movie_money), theirs):  # noqa: B905 - runs on Python 3.7, too
        assert [tuple(row) for row in mine[:5]] == own


def test_alice(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the text to neighbours and phrases by three trainings."""
    pytest.importorskip("gensim")
    punkt = sentences_split_at_periods(monkeypatch)
    text = " ".join(f"{' '.join(words).capitalize()} the said -- ." for words in made_up_sentences(seed=3))

    prepared = act01_alice.activity_4_01(punkt, ["the"], text)
    ours = act02_alice_vectors.activity_4_02(prepared, SEED)
    lists, cosine = act02_alice_vectors.activity_4_02_in_gensim(text, ["the"], SEED)

    assert lists == [
        [tuple(row) for row in mine[:5]]
        for mine in (ours.rabbit_default, ours.rabbit_window2, ours.rabbit_sg)
    ]
    assert ours.phrase_own == pytest.approx(cosine, abs=1e-6)
