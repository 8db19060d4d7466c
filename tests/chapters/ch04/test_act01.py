"""Activity 4.01: Text Preprocessing of the 'Alice in Wonderland' Text."""

import re
from typing import Any

import pytest
from packaging.version import Version

from tests.chapters.ch04.sentences import AtSigns
from tests.chapters.deciding import failing
from workshop.ledger import ledger
from workshop.measures.ch04_text_embeddings import act01_alice


def test_contextual_stop_words_are_counted():
    """A part of a longer word does not count, nor does a word that stays."""
    pytest.importorskip("nltk")
    claim = "ch04.act01.context_stop"
    done = act01_alice.activity_4_01(AtSigns(), (), "He said! Aforesaid -- he said.")
    assert failing(claim, done) == []
    assert done.context_counts == {"--": 1, "said": 2}
    assert failing(claim, act01_alice.activity_4_01(AtSigns(), (), "He said! -- So.", ("said",))) == [
        "context_stop", "context_counts",
    ]  # fmt: skip


def _documented(claim: str) -> Any:
    return ledger().claims[claim].documented


def test_an_activity_on_a_few_sentences_by_hand(nltk):
    stop = ("this", "was", "because", "he")

    done = act01_alice.activity_4_01(AtSigns(), stop, "This was because -- He said! Cats ran.")

    assert done.cleaned == [[], ["cats", "ran"]]
    assert done.stemmed == [[], ["cat", "ran"]]
    assert done.context_stop == ["--", "said"]
    assert done.whole_text == {"sentences": 2, "empty": 1, "tokens": 2}


# NLTK before 3.10.1 splits a quote off a single letter only, if that can't be the end of a contraction
OLDER_QUOTE = re.compile(r"'(?=\w\b)(?![mtsdn])", re.IGNORECASE)


@pytest.fixture
def older_quotes(nltk, monkeypatch) -> None:
    """Put NLTK's older rule for a quote before a word back."""
    tokenizer = nltk.tokenize.destructive.NLTKWordTokenizer
    rules = [*tokenizer.STARTING_QUOTES[:-1], (OLDER_QUOTE, "' ")]
    monkeypatch.setattr(tokenizer, "STARTING_QUOTES", rules)


@pytest.fixture
def whole(nltk, book_data):
    """Give the function that preprocesses all of Alice."""
    given = book_data("nltk_punkt", "nltk_stopwords", "nltk_gutenberg")
    return lambda: act01_alice.activity_4_01(*given)


@pytest.mark.usefixtures("older_quotes")
def test_the_printed_lists_of_alice_come_out_of_the_older_quote_rule(whole):
    done = whole()

    assert done.cleaned[:2] == _documented("ch04.act01.first2")
    assert done.stemmed[:5] == _documented("ch04.act01.stem5")
    assert [len(sentence) for sentence in done.stemmed[:5]] == [33, 27, 11, 2, 2]


@pytest.mark.usefixtures("older_quotes")
def test_the_whole_text_under_the_older_quote_rule(nltk, whole):
    if Version(nltk.__version__) < Version("3.9"):
        pytest.skip("contractions at the end of a line are split since NLTK 3.9")

    assert whole().whole_text == {"sentences": 1623, "empty": 7, "tokens": 13128}


def test_the_whole_text_under_the_quote_rule_of_today(nltk, whole):
    if Version(nltk.__version__) < Version("3.10.1"):
        pytest.skip("the rule changed with NLTK 3.10.1")
    done = whole()

    assert done.whole_text == {"sentences": 1623, "empty": 32, "tokens": 12516}
    assert [len(sentence) for sentence in done.stemmed] == [len(sentence) for sentence in done.cleaned]
    assert not any(re.match(r"'\w{3}", token) for sentence in done.cleaned for token in sentence)
