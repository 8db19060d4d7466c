"""Exercise 4.02: Stemming Our Data."""

from typing import Any

import pytest
from packaging.version import Version

from tests.chapters.ch04.sentences import AtSigns
from workshop.ledger import ledger
from workshop.measures.ch04_text_embeddings import _tokens, act01_alice, ex01_cleaning, ex02_stemming


def _documented(claim: str) -> Any:
    return ledger().claims[claim].documented


def test_own_texts_and_own_stop_words(nltk):
    cleaned = ex01_cleaning.exercise_4_01(AtSigns(), ["the", "are"], text="The prices are rising. Sell?")
    alice = act01_alice.activity_4_01(AtSigns(), ["the", "are"], "The prices are rising. Sell?", ("sell",))

    assert cleaned.cleaned == [["prices", "rising"], ["sell"]]
    assert ex02_stemming.exercise_4_02(cleaned) == ex02_stemming.exercise_4_02(cleaned.cleaned)
    assert (alice.stemmed, alice.context_stop) == ([["price", "rise"], []], ["sell"])


def test_the_printed_stems_keep_their_capital_where_the_stemmer_is_asked_to(nltk, book_data):
    """The only change since is that of the case."""
    if Version(nltk.__version__) < Version("3.6"):
        pytest.skip("the argument came with NLTK 3.6")
    stemmer = nltk.stem.PorterStemmer()
    tokens = _tokens.word_tokens(ex02_stemming.SENTENCE, *book_data("nltk_punkt"))

    kept = [stemmer.stem(token, to_lowercase=False) for token in tokens]

    assert kept == _documented("ch04.text05.sentence")
    assert _tokens.stems(tokens) in (kept, [token.lower() for token in kept])
