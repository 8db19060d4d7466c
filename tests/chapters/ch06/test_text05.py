"""Texts as numbers, compared with Keras' legacy text functions, the loader's ids, and a model by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from workshop.chapters.ch06_sentiment.ex01_plain_rnn import exercise_6_01_model
from workshop.measures.ch06_sentiment import _data, _tokenizer, text05_predictions
from workshop.measures.ch06_sentiment.text14_tokenizer import TOY_TEXTS
from workshop.numerics.recurrent import unroll
from workshop.training.initialisers import initial_weights

TEXTS = [
    text05_predictions.POSITIVE,
    text05_predictions.NEGATIVE,
    text05_predictions.NEGATIVE.replace("-", "\u2013"),
    "",
    " .,;  ",
    "It's GOOD -- isn't it?\tYes:\nno_one 'quoted' it's",
    "non\u00a0breaking\r\nline \u2018curly\u2019",
    "\u00c5m\u00e5l AM\u00c9LIE \u0130",
    "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~a'b",
]
INDEX = {"awful": 5, "the": 1, "movie": 2, "good": 4, "bad": 3}


@pytest.fixture
def legacy(keras):
    """Return Keras' text functions, or skip a test that can't run without them."""
    found = getattr(keras.preprocessing, "text", None)
    if found is None:
        pytest.skip("this Keras has no text functions any more")
    return found


@pytest.fixture(scope="module")
def data(book_data):
    """Return reviews and word index."""
    return book_data("imdb", "imdb_word_index")


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_words_are_those_of_keras(legacy, text) -> None:
    assert _tokenizer.words_of(text) == legacy.text_to_word_sequence(text)


def random_texts(seed, n=60):
    """Return texts of random words, many of them equally frequent."""
    rng = np.random.default_rng(seed)
    return [" ".join(f"W{word}," for word in rng.integers(0, 50, rng.integers(0, 9))) for _ in range(n)]


@pytest.mark.parametrize("num_words", [None, 1, 2, 10, 50, 1000])
@pytest.mark.parametrize("texts", [list(TOY_TEXTS), TEXTS, random_texts(1)], ids=["toy", "hard", "random"])
def test_ranks_are_those_of_keras(legacy, texts, num_words) -> None:
    theirs = legacy.Tokenizer(num_words=num_words)
    theirs.fit_on_texts(texts)

    index = _tokenizer.word_index(texts)

    new = [*texts, *random_texts(2), "never seen"]
    assert index == theirs.word_index
    assert _tokenizer.sequences(new, index, num_words) == theirs.texts_to_sequences(new)


def test_ranks_by_hand() -> None:
    index = _tokenizer.word_index(["b a", "c, a", "c d"])

    assert index == {"a": 1, "c": 2, "b": 3, "d": 4}
    assert _tokenizer.sequences(["a b c d e"], index, 3) == [[1, 2]]
    assert _tokenizer.sequences(["a b c d e"], index) == [[1, 3, 2, 4]]


def test_encodings_by_hand() -> None:
    text = "The movie: good, AWFUL, odd!"

    mapping = text05_predictions.limited_mapping(INDEX, 4)
    assert text05_predictions.book_encoded(text, mapping) == [
        1,
        2,
        4,
        None,
        None,
    ]
    assert text05_predictions.encoded_as_trained(text, INDEX, 8).tolist() == [1, 4, 5, 7, 2, 2]
    assert text05_predictions.encoded_as_trained(text, INDEX, 100).tolist() == [1, 4, 5, 7, 8, 2]


def test_encoded_texts_of_reviews_are_the_loaded_reviews(data) -> None:
    imdb, index = data
    word = {rank: word for word, rank in index.items()}
    loaded = _data.loaded(imdb)
    rng = np.random.RandomState(113)

    for part, given in (("train", loaded.train), ("test", loaded.test)):
        order, ranks = np.arange(25000), imdb.reviews(part)
        rng.shuffle(order)
        for place in range(1000):
            text = " ".join(word[rank] for rank in ranks[order[place]].tolist())
            assert text05_predictions.encoded_as_trained(text, index).tolist() == given[place].tolist()


@pytest.mark.usefixtures("keras")
def test_predictions_are_those_of_the_recurrence_by_hand() -> None:
    rng = np.random.default_rng(6)
    weights = tuple(4 * value for value in initial_weights(exercise_6_01_model(), rng))
    texts = {"positive": "A good movie!", "negative": "The bad, awful movie."}

    found = text05_predictions.predictions(SimpleNamespace(weights=weights), INDEX, **texts)

    ids = {
        "pred_positive": {"as_trained": [1, 2, 7, 5], "book": [2, 4, 2]},
        "pred_negative": {"as_trained": [1, 4, 6, 8, 5], "book": [1, 3, 5, 2]},
    }
    table, kernel, recurrent, bias, dense, shift = weights
    for name, encodings in ids.items():
        for way, numbers in encodings.items():
            hidden = unroll(table[numbers][np.newaxis], kernel=kernel, recurrent=recurrent, bias=bias)
            expected = 1 / (1 + np.exp(-(hidden[0, -1] @ dense + shift)))
            judged = getattr(found, name)[way]
            assert judged.probability == pytest.approx(expected[0], abs=1e-5)
            assert judged.shape == [1, 1]


def test_own_texts_and_word_index() -> None:
    found = text05_predictions.indices(INDEX, "Good!", "A bad movie", vocabulary=4)

    assert found.word_index_size == 5
    assert vars(found.vocab_map_size) == {"entries": 4, "first": ["the", 1], "last": ["good", 4]}
    assert found.negative_indices["returned"] == [None, 3, 2]
