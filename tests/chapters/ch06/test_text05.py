"""The text of chapter 6: Making Predictions on Unseen Data."""

from types import SimpleNamespace

import numpy as np
import pytest

from workshop.chapters.ch06_sentiment.ex01_plain_rnn import exercise_6_01_model
from workshop.measures.ch06_sentiment import _data, text05_predictions
from workshop.numerics.recurrent import unroll
from workshop.training.initialisers import initial_weights

INDEX = {"awful": 5, "the": 1, "movie": 2, "good": 4, "bad": 3}


@pytest.fixture(scope="module")
def data(book_data):
    """Return reviews and word index."""
    return book_data("imdb", "imdb_word_index")


def test_encodings_by_hand():
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


def test_encoded_texts_of_reviews_are_the_loaded_reviews(data):
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


def test_all_reviews_are_compared():
    reviews = SimpleNamespace(reviews=lambda part: [np.array([1, 2]), np.array([4])])

    found = text05_predictions.same_format(reviews, INDEX)

    assert (found.words_compared, found.same_format["shifts"]) == (3, [3])


@pytest.mark.usefixtures("keras")
def test_predictions_are_those_of_the_recurrence_by_hand():
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


def test_own_texts_and_word_index():
    found = text05_predictions.indices(INDEX, "Good!", "A bad movie", vocabulary=4)

    assert found.word_index_size == 5
    assert found.vocab_map_size == {"entries": 4, "first": ["the", 1], "last": ["good", 4]}
    assert found.negative_indices["returned"] == [None, 3, 2]
