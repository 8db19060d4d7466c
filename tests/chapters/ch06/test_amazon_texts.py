"""Activity 6.01: tokens and stems, compared with NLTK's own loop."""

from __future__ import annotations

import string

import pytest

from workshop.measures.ch06_sentiment import _amazon_texts


@pytest.fixture(scope="module")
def word_tokenize(nltk, data):
    """Return NLTK's word_tokenize, with the sentence tokenizer that is here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            nltk.tokenize, "sent_tokenize", lambda text, language="english": data.punkt.tokenize(text)
        )
        yield nltk.tokenize.word_tokenize


def literal(texts, word_tokenize, stop_words):
    """Return texts of stems by the loop of the activity: lists, and a call for each token."""
    from nltk.stem import PorterStemmer

    stop, stemmer = [*string.punctuation, *stop_words], PorterStemmer()
    tokens = [word_tokenize(text.lower()) for text in texts]
    words = [[token for token in text if token not in stop] for text in tokens]
    return [" ".join([stemmer.stem(token) for token in text]) for text in words]


def test_reviews_have_the_tokens_of_word_tokenize(data, word_tokenize, draws) -> None:
    texts = data.reviews.train["review_text"].tolist()[: draws(1500)]

    tokens = list(_amazon_texts.review_tokens(texts, data.punkt))

    assert tokens == [word_tokenize(text.lower()) for text in texts]


def test_reviews_have_the_stems_of_the_literal_loop(data, word_tokenize, draws) -> None:
    texts = data.reviews.test["review_text"].tolist()[-draws(1000) :]

    stems = _amazon_texts.stem_texts(texts, data.punkt, data.stop_words)

    assert stems == literal(texts, word_tokenize, data.stop_words)
