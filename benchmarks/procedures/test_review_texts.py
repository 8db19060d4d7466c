"""The texts of activity 6.01 against the loop of the activity: NLTK's calls for each text and each token."""

from __future__ import annotations

import csv
import io
import lzma
import os
from pathlib import Path

import pytest

from workshop import datasets
from workshop.chapters.ch06_sentiment.act01_amazon_reviews import stems_in_nltk
from workshop.measures.ch06_sentiment._amazon_texts import stem_texts


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


@pytest.mark.parametrize(("reviews", "rounds"), [(amazon_reviews, 5), (film_reviews, 1)])
def test_reviews_as_texts_of_stems(ratio, benchmark, punkt, reviews, rounds) -> None:
    """The same stems of all reviews, at least five times as fast in one process."""
    texts, stop_words = reviews(), loaded("nltk_stopwords")
    assert stem_texts(texts, punkt, stop_words) == stems_in_nltk(texts, stop_words)

    def ours():
        return stem_texts(texts, punkt, stop_words)

    def theirs():
        return stems_in_nltk(texts, stop_words)

    assert ratio(ours, theirs, rounds=rounds) >= 5
    benchmark.extra_info.update(reviews=len(texts), reviews_per_second=len(texts) / benchmark.stats["median"])
