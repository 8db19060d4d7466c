"""What the tests of activity 6.01 share."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from workshop.datasets import Missing, find, load


@pytest.fixture(scope="module")
def data(nltk):
    """Return sentence tokenizer, stop words and reviews, or skip a test that can't run without them."""
    found = [find(name, progress=False) for name in ("nltk_punkt", "nltk_stopwords", "amazon_reviews")]
    for one in found:
        if isinstance(one, Missing):
            pytest.skip(f"{one.id}: {one.reason}; {one.remedy}")
    punkt, stop_words, reviews = (load(one) for one in found)
    return SimpleNamespace(punkt=punkt, stop_words=stop_words, reviews=reviews)


@pytest.fixture
def untrained(nltk):
    """Return a sentence tokenizer that needs no data: it knows no abbreviations."""
    return nltk.tokenize.punkt.PunktSentenceTokenizer()
