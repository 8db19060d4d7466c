"""The texts of activity 6.01 against the loop of the activity: NLTK's calls for each text and each token."""

from __future__ import annotations

import csv
import io
import lzma
import os
import string
from pathlib import Path

import pytest

from benchmarks.harness.book import Side
from workshop import datasets
from workshop.chapters.ch06_sentiment._amazon_texts import review_tokens, stem_texts


def loaded(name):
    """Load a data set, or skip with the way to get it."""
    found = datasets.find(name)
    if not isinstance(found, datasets.Found):
        pytest.skip(f"{found.reason}: {found.remedy}")
    return datasets.load(found)


@pytest.fixture
def punkt(monkeypatch):
    """Return the sentence tokenizer, which word_tokenize takes, too, instead of looking for its own."""
    nltk = pytest.importorskip("nltk")
    found = loaded("nltk_punkt")
    monkeypatch.setattr(nltk.tokenize, "sent_tokenize", lambda text, *_: found.tokenize(text))
    return found


def amazon_reviews():
    """Return all Amazon reviews: 6,459 of the substitute, or the authors' 50,000."""
    return [text for table in loaded("amazon_reviews") for text in table["review_text"]]


def film_reviews():
    """Return the 25,000 film reviews of the mirror's table, which are three times as long."""
    path = Path(os.environ.get("WORKSHOP_MIRROR", ""), "imdb", "aclimdb_train.csv.xz")
    if not path.is_file():
        pytest.skip("there are no film reviews as texts in the mirror")
    with lzma.open(path) as packed:
        return [row["text"] for row in csv.DictReader(io.TextIOWrapper(packed, "utf-8", newline=""))]


def literal_tokens(texts):
    """Return the tokens of each text in small letters."""
    from nltk.tokenize import word_tokenize

    return [word_tokenize(text.lower()) for text in texts]


def literal_texts(tokens, stop_words):
    """Drop what is in a list of stop words and signs, and stem and join the rest."""
    from nltk.stem import PorterStemmer

    stop, stemmer = [*string.punctuation, *stop_words], PorterStemmer()
    words = [[token for token in text if token not in stop] for text in tokens]
    return [" ".join([stemmer.stem(token) for token in text]) for text in words]


@pytest.mark.parametrize("unit", ["ch06.act01, texts"])
def test_reviews_against_the_loop_of_the_activity(book, unit, punkt) -> None:
    """Activity 6.01: some reviews in the book's loop, and all that are here in ours."""
    texts, stop_words = amazon_reviews(), loaded("nltk_stopwords")

    def theirs():
        return lambda n: literal_texts(literal_tokens(texts[:n]), stop_words)

    def ours():
        return lambda n: stem_texts(texts[:n], punkt, stop_words)

    steps, whole = (len(texts) // 2, len(texts)), 50_000

    assert book(unit, Side(ours, steps, whole), Side(theirs, (200, 1000), whole)) >= 5


@pytest.mark.parametrize(("reviews", "rounds"), [(amazon_reviews, 5), (film_reviews, 1)])
def test_reviews_as_texts_of_stems(ratio, benchmark, punkt, reviews, rounds) -> None:
    """The same tokens and stems of all reviews, at least five times as fast in one process."""
    texts, stop_words = reviews(), loaded("nltk_stopwords")
    tokens = literal_tokens(texts)
    assert list(review_tokens(texts, punkt)) == tokens
    assert stem_texts(texts, punkt, stop_words) == literal_texts(tokens, stop_words)
    del tokens

    def ours():
        return stem_texts(texts, punkt, stop_words)

    def theirs():
        return literal_texts(literal_tokens(texts), stop_words)

    assert ratio(ours, theirs, rounds=rounds) >= 5
    benchmark.extra_info.update(reviews=len(texts), reviews_per_second=len(texts) / benchmark.stats["median"])
