"""Loading and staging the reviews, compared with Keras' own loader and utility, review by review."""

import sys

import numpy as np
import pytest

from workshop.datasets import ReviewIds
from workshop.measures.ch06_sentiment import _data

NIGHTLY = pytest.mark.nightly


@pytest.fixture(scope="module")
def imdb(book_data):
    """Return the reviews."""
    (reviews,) = book_data("imdb")
    return reviews


def from_keras(keras, data, folder, **arguments):
    """Return what Keras' loader makes of the data, which are written as its own file has them."""
    arrays = {}
    for part in ("train", "test"):
        lists = [ranks.tolist() for ranks in data.reviews(part)]
        arrays["x_" + part] = np.empty(len(lists), object)
        arrays["x_" + part][:] = lists
        arrays["y_" + part] = getattr(data, "y_" + part)
    path = folder / "imdb.npz"
    np.savez(path, **arrays)
    loader = keras.datasets.imdb.load_data
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules[loader.__module__], "get_file", lambda *_, **__: str(path))
        return loader(num_words=arguments.pop("vocabulary", 8000), **arguments)


@pytest.fixture(scope="module")
def of_keras(keras, imdb, tmp_path_factory):
    """Return all reviews as Keras' loader gives them with a vocabulary of 8000."""
    return from_keras(keras, imdb, tmp_path_factory.mktemp("keras"))


def made_up(n_train=30, n_test=20, words=40):
    """Return a few reviews of random words, in the form of the data set."""
    rng = np.random.default_rng(3)
    parts = []
    for n in (n_train, n_test):
        lengths = rng.integers(1, 15, size=n)
        ids = rng.integers(1, words + 1, size=lengths.sum())
        parts += [np.split(ids, np.cumsum(lengths)[:-1]), rng.integers(0, 2, size=n)]
    return ReviewIds.of(*parts)


def differing(found, theirs):
    """Return how many reviews and labels are not those of Keras' loader, part by part."""
    (x_train, y_train), (x_test, y_test) = theirs
    pairs = [(found.train, x_train), (found.test, x_test), (found.y_train, y_train), (found.y_test, y_test)]
    assert [len(ours) for ours, _ in pairs] == [len(other) for _, other in pairs]
    return [
        sum(np.asarray(one).tolist() != np.asarray(other).tolist() for one, other in zip(*pair, strict=True))
        for pair in pairs
    ]


@NIGHTLY
def test_every_review_is_that_of_keras_loader(imdb, of_keras):
    assert differing(_data.loaded(imdb), of_keras) == [0, 0, 0, 0]


@pytest.mark.parametrize("vocabulary", [2, 5, 20, 44, 60])
def test_a_few_reviews_are_those_of_keras_loader(keras, tmp_path, vocabulary):
    data = made_up()

    theirs = from_keras(keras, data, tmp_path, vocabulary=vocabulary)

    assert differing(_data.loaded(data, vocabulary), theirs) == [0, 0, 0, 0]


@NIGHTLY
def test_every_padded_review_is_that_of_keras_utility(keras, imdb, of_keras):
    (x_train, _), (x_test, _) = of_keras
    staged = _data.prepared(imdb)

    for ours, theirs in ((staged.x_train, x_train), (staged.x_test, x_test)):
        np.testing.assert_array_equal(ours, keras.preprocessing.sequence.pad_sequences(theirs, maxlen=200))
        assert ours.dtype == np.int32


@pytest.mark.parametrize("maxlen", [1, 3, 5])
def test_padding_is_that_of_keras_utility(keras, maxlen):
    sequences = [[], [7], [4, 5, 6], [1, 2, 3, 4], list(range(1, 10))]

    theirs = keras.preprocessing.sequence.pad_sequences(sequences, maxlen=maxlen)

    np.testing.assert_array_equal(_data.padded(sequences, maxlen), theirs)
