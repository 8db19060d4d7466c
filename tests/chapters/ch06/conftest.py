"""What the tests of activity 6.01 share."""

from __future__ import annotations

from types import SimpleNamespace

import pytest


@pytest.fixture(scope="module")
def data(nltk, book_data):
    """Return sentence tokenizer, stop words and reviews."""
    punkt, stop_words, reviews = book_data("nltk_punkt", "nltk_stopwords", "amazon_reviews")
    return SimpleNamespace(punkt=punkt, stop_words=stop_words, reviews=reviews)


@pytest.fixture
def untrained(nltk):
    """Return a sentence tokenizer that needs no data: it knows no abbreviations."""
    return nltk.tokenize.punkt.PunktSentenceTokenizer()
