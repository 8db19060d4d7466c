"""Loading and staging the reviews, compared with Keras' own loader and utility, review by review."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from workshop.datasets import ReviewIds
from workshop.ledger import ledger
from workshop.measures.ch06_sentiment import _data, text02_loading_reviews
from workshop.measures.ch06_sentiment.text12_all_models import sequence_unit

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


def as_lists(arrays):
    """Return reviews as lists of numbers."""
    return [list(map(int, array)) for array in arrays]


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
def test_every_review_is_that_of_keras_loader(imdb, of_keras) -> None:
    """All 50,000 reviews and labels are Keras', in its order."""
    assert differing(_data.loaded(imdb), of_keras) == [0, 0, 0, 0]


@pytest.mark.parametrize("vocabulary", [2, 5, 20, 44, 60])
def test_a_few_reviews_are_those_of_keras_loader(keras, tmp_path, vocabulary) -> None:
    """Made-up reviews too, whatever the vocabulary: smaller than the words, as many, larger."""
    data = made_up()

    theirs = from_keras(keras, data, tmp_path, vocabulary=vocabulary)

    assert differing(_data.loaded(data, vocabulary), theirs) == [0, 0, 0, 0]


def test_encoding_by_hand() -> None:
    """A start, each rank and 3, and 2 for ids of the vocabulary's size and more; int32."""
    found = _data.encoded([1, 7996, 7997, 88584])

    assert found.tolist() == [1, 4, 7999, 2, 2]
    assert found.dtype == np.int32


@NIGHTLY
def test_every_padded_review_is_that_of_keras_utility(keras, imdb, of_keras) -> None:
    """All 50,000 rows of 200 are those that Keras' utility makes of Keras' reviews."""
    (x_train, _), (x_test, _) = of_keras
    staged = _data.prepared(imdb)

    for ours, theirs in ((staged.x_train, x_train), (staged.x_test, x_test)):
        np.testing.assert_array_equal(ours, keras.preprocessing.sequence.pad_sequences(theirs, maxlen=200))
        assert ours.dtype == np.int32


@pytest.mark.parametrize("maxlen", [1, 3, 5])
def test_padding_is_that_of_keras_utility(keras, maxlen) -> None:
    """Empty sequences, shorter ones, one as long and longer ones."""
    sequences = [[], [7], [4, 5, 6], [1, 2, 3, 4], list(range(1, 10))]

    theirs = keras.preprocessing.sequence.pad_sequences(sequences, maxlen=maxlen)

    np.testing.assert_array_equal(_data.padded(sequences, maxlen), theirs)


def test_labels_are_a_column_of_the_loaders_labels() -> None:
    """They keep the order of the reviews; float32 (n, 1)."""
    data = made_up()
    loaded, staged = _data.loaded(data), _data.prepared(data)

    for ours, given in ((staged.y_train, loaded.y_train), (staged.y_test, loaded.y_test)):
        assert (ours.shape, ours.dtype) == ((len(given), 1), np.float32)
        assert ours[:, 0].tolist() == given.tolist()


def test_containers_are_those_of_keras_loader(keras, tmp_path) -> None:
    """The types of the training reviews and of one are what Python prints of Keras' own."""
    data = made_up()
    (x_train, _), _ = from_keras(keras, data, tmp_path)

    types = text02_loading_reviews.load_reviews(data).types

    assert [f"<class '{name}'>" for name in types] == [str(type(x_train)), str(type(x_train[5]))]


@pytest.mark.parametrize("vocabulary", [10, 20])
def test_vocabulary_size_and_words_are_counted(vocabulary) -> None:
    """Ids go up to the vocabulary's size less 1, and four of them are not words."""
    found = text02_loading_reviews.load_reviews(made_up(), vocabulary=vocabulary)

    assert (found.vocab_size, found.words_kept) == (vocabulary, vocabulary - 4)
    assert found.dataset_sizes == {"total": 50, "train": 30, "test": 20}


def test_staged_reviews_by_hand() -> None:
    """The shown review keeps its last ids; counts are those of reviews with their start."""
    data, maxlen = made_up(), 8
    whole = as_lists(_data.loaded(data).train)
    shown = whole[text02_loading_reviews.SHOWN]

    found = text02_loading_reviews.stage_reviews(data, maxlen=maxlen)

    zeros = max(maxlen - len(shown), 0)
    expected = {"zeros_in_front": zeros, "tokens": shown[-maxlen:], "length": maxlen}
    assert vars(found.x_train_5_padded) == expected
    assert found.all_length_200 == {"train": [30, maxlen], "test": [20, maxlen]}
    assert (found.maxlen, found.longer) == (maxlen, sum(len(review) > maxlen for review in whole))
    assert found.median_length == np.median([len(review) for review in whole])


def padded_behind(sequences, maxlen=200):
    """Pad at the end."""
    rows = np.zeros((len(sequences), maxlen), np.int32)
    for row, terms in zip(rows, sequences, strict=True):
        row[: min(len(terms), maxlen)] = terms[-maxlen:]
    return rows


def cut_behind(sequences, maxlen=200):
    """Keep the first terms of longer sequences."""
    return _data.padded([terms[:maxlen] for terms in sequences], maxlen)


def cut_short(sequences, maxlen=200):
    """Keep one term fewer than there is room for."""
    return _data.padded([terms[-maxlen + 1 :] for terms in sequences], maxlen)


LONGER, AS_LONG = "longer than the limit", "as long as the limit"


@pytest.mark.parametrize(
    ("utility", "padding", "truncating", "truncated", "kept"),
    [
        (_data.padded, "pre", "pre", [LONGER], 200),
        (padded_behind, "post", "pre", [LONGER], 200),
        (cut_behind, "pre", "post", [LONGER], 0),
        (cut_short, "pre", "neither", [AS_LONG, LONGER], 199),
    ],
)
def test_sides_are_noticed(monkeypatch, utility, padding, truncating, truncated, kept) -> None:
    """Padding or cutting at the other end, or cutting more, differs from what the book does."""
    monkeypatch.setattr(text02_loading_reviews, "padded", utility)

    found = text02_loading_reviews.lost(text02_loading_reviews.padded, 200)

    assert text02_loading_reviews.sides(utility) == {"padding": padding, "truncating": truncating}
    assert (found.truncated, found.last_terms_kept) == (truncated, kept)


def test_rows_are_read_as_text_again() -> None:
    """Rows that are full have as many terms and different numbers of characters; others do not count."""
    index = {"a": 1, "bb": 2, "ccc": 3}
    reviews = [[word] * length for word, length in zip([1, 2, 3, 1], [250, 250, 20, 199], strict=True)]
    data = ReviewIds.of(reviews, [0] * 4, [[1]], [0])

    found = sequence_unit(data, index)

    assert found.sequence_unit == {"terms": 200}
    assert found.characters == (2 * 200 - 1 + 3 * 200 - 1) / 2


def test_own_reviews_are_lists_of_ranks() -> None:
    """A few reviews of other lengths, as lists, are loaded, staged and prepared."""
    data = ReviewIds.of([[4, 1, 9], [2]], [1, 0], [[3, 3]], [1])

    found = text02_loading_reviews.load_reviews(data, vocabulary=20)

    assert found.dataset_sizes == {"total": 3, "train": 2, "test": 1}
    assert text02_loading_reviews.stage_reviews(data, maxlen=3).x_train_5_padded.length == 3
    assert _data.prepared(data).x_test[0, -3:].tolist() == [1, 6, 6]
    assert len(_data.prepared(data, n_reviews=1).x_train) == 1


def test_reviews_in_another_form_are_refused() -> None:
    """Arrays as Keras' loader returns them lead to a message that names what is wanted."""
    with pytest.raises(ValueError, match=r"^reviews of type tuple: give ReviewIds\.of\(train, "):
        _data.loaded((([[1, 2]], [0]), ([[1]], [1])))


@pytest.mark.parametrize("ignored", ["", "padding", "truncating"])
def test_an_argument_that_is_ignored_is_noticed(monkeypatch: pytest.MonkeyPatch, ignored: str) -> None:
    """Each of the two moves its own side alone."""
    claim = ledger().claims["ch06.text03.post_sides"]
    whole = text02_loading_reviews.utilities()["Keras"]

    def utility(sequences, maxlen, **given):
        return whole(sequences, maxlen, **{name: side for name, side in given.items() if name != ignored})

    monkeypatch.setattr(text02_loading_reviews, "utilities", lambda: {"Keras": utility})

    assert claim.rule.decide(claim.documented, text02_loading_reviews.post_sides()).holds is not bool(ignored)
