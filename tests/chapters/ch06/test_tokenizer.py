"""Words, ranks and sequences of the book's Tokenizer, as Keras' legacy text functions give them."""

import numpy as np
import pytest

from workshop.measures.ch06_sentiment import _tokenizer, text05_predictions
from workshop.measures.ch06_sentiment.text14_tokenizer import TOY_TEXTS

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


@pytest.fixture
def legacy(keras):
    """Return Keras' text functions, or skip a test that can't run without them."""
    found = getattr(keras.preprocessing, "text", None)
    if found is None:
        pytest.skip("this Keras has no text functions any more")
    return found


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_words_are_those_of_keras(legacy, text):
    assert _tokenizer.words_of(text) == legacy.text_to_word_sequence(text)


def random_texts(seed, n=60):
    """Return texts of random words, many of them equally frequent."""
    rng = np.random.default_rng(seed)
    return [" ".join(f"W{word}," for word in rng.integers(0, 50, rng.integers(0, 9))) for _ in range(n)]


@pytest.mark.parametrize("num_words", [None, 1, 2, 10, 50, 1000])
@pytest.mark.parametrize("texts", [list(TOY_TEXTS), TEXTS, random_texts(1)], ids=["toy", "hard", "random"])
def test_ranks_are_those_of_keras(legacy, texts, num_words):
    theirs = legacy.Tokenizer(num_words=num_words)
    theirs.fit_on_texts(texts)

    index = _tokenizer.word_index(texts)

    new = [*texts, *random_texts(2), "never seen"]
    assert index == theirs.word_index
    assert _tokenizer.sequences(new, index, num_words) == theirs.texts_to_sequences(new)


def test_ranks_by_hand():
    index = _tokenizer.word_index(["b a", "c, a", "c d"])

    assert index == {"a": 1, "c": 2, "b": 3, "d": 4}
    assert _tokenizer.sequences(["a b c d e"], index, 3) == [[1, 2]]
    assert _tokenizer.sequences(["a b c d e"], index) == [[1, 3, 2, 4]]
