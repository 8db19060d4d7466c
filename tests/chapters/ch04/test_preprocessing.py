"""Preprocessing of texts, held against small cases by hand, NLTK's own functions and its older rule."""

from __future__ import annotations

import re
from typing import Any

import pytest
from packaging.version import Version

from workshop.ledger import ledger
from workshop.measures.ch04_text_embeddings import _tokens, act01_alice, ex01_cleaning, ex02_stemming


class AtSigns:
    """A sentence tokenizer that needs no data: a sentence ends at each of its signs."""

    def tokenize(self, text: str) -> list[str]:
        """Return the sentences."""
        return re.split(r"(?<=[.!?])\s+", text)


def _documented(claim: str) -> Any:
    return ledger().claims[claim].documented


def test_words_are_split_sentence_by_sentence(nltk) -> None:
    text = "We'll go. You can't stay!"

    assert _tokens.word_tokens(text, AtSigns()) == (["We", "'ll", "go", ".", "You", "ca", "n't", "stay", "!"])
    assert _tokens.word_tokens(text, _OneSentence())[2:4] == ["go.", "You"]


class _OneSentence:
    def tokenize(self, text: str) -> list[str]:
        return [text]


class _Bars:
    """A sentence tokenizer that notes what it is asked: a sentence ends at each bar."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def tokenize(self, text: str) -> list[str]:
        self.asked.append(text)
        return [part.strip() for part in text.split("|")]


def test_sentences_are_split_before_words(nltk) -> None:
    """The tokenizer gets the whole text first, in lower case where the book lowers it, then each sentence.

    Words keep a period within a sentence; words that are split first would lose the sentences' ends.
    """
    text = "Mr. Fox ran. | The hen\nslept."
    words = [["mr.", "fox", "ran", "."], ["the", "hen", "slept", "."]]
    for made, whole in (
        (lambda punkt: ex01_cleaning.tokenize(punkt, text).words, text),
        (lambda punkt: ex01_cleaning.exercise_4_01(punkt, (), text).cleaned, text.lower()),
        (lambda punkt: act01_alice.activity_4_01(punkt, (), text, ()).cleaned, text.lower()),
    ):
        punkt = _Bars()
        found = [[word.lower() for word in sentence if word != "."] for sentence in made(punkt)]
        assert punkt.asked[0] == whole
        assert found == [[word for word in sentence if word != "."] for sentence in words]


def test_words_are_those_of_word_tokenize(nltk, book_data, monkeypatch) -> None:
    punkt, text = book_data("nltk_punkt", "nltk_gutenberg")
    monkeypatch.setattr(nltk.tokenize, "sent_tokenize", lambda text, language="english": punkt.tokenize(text))

    assert _tokens.word_tokens(text, punkt) == nltk.tokenize.word_tokenize(text)


class _AtCapitals(AtSigns):
    def tokenize(self, text: str) -> list[str]:
        return re.split(r"(?<=[.!?])\s+(?=[A-Z])", text)


def test_the_order_of_lower_casing_can_be_seen(nltk) -> None:
    first = ex01_cleaning.tokenize(AtSigns(), "One. Two!")
    same = ex01_cleaning.lower_case(AtSigns(), first, "One. Two!")
    other = ex01_cleaning.lower_case(_AtCapitals(), first, "One. Two!")

    assert same.words == [["one", "."], ["two", "!"]]
    assert (same.n_tokens, same.n_differing) == (4, 0)
    assert (other.n_tokens, other.n_differing) == (3, 7)  # "one." is one token in a sentence of three


@pytest.mark.parametrize(
    ("stop", "left"),
    [
        ([], ["us", "The", "bus", "us", "."]),
        (["us"], ["The", "bus", "."]),  # no part of a token
        (["the"], ["us", "The", "bus", "us", "."]),  # no capitals
        (["u", "s", "bu"], ["us", "The", "bus", "us", "."]),
        (["us.", "bus", "."], ["us", "The", "us"]),
        (iter(["us", "bus"]), ["The", "."]),
    ],
)
def test_whole_tokens_are_left_out(stop, left) -> None:
    assert _tokens.without(["us", "The", "bus", "us", "."], stop) == left


def test_stop_words_are_left_out_of_small_letters(nltk) -> None:
    done = ex01_cleaning.exercise_4_01(AtSigns(), ("the", "we"), "The fox! WE'LL see the fox.")

    assert done.sentences == ["the fox!", "we'll see the fox."]
    assert done.cleaned == [["fox"], ["'ll", "see", "fox"]]


# term: by Porter's stemmer as NLTK extends it; by its Lancaster and by its English Snowball stemmer
STEMMERS = {
    "suddenly": ("suddenli", "sud", "sudden"),
    "skies": ("sky", "ski", "sky"),
    "dying": ("die", "dying", "die"),
    "sky": ("sky", "sky", "sky"),
    "generous": ("gener", "gen", "generous"),
    "maximum": ("maximum", "maxim", "maximum"),
}


@pytest.mark.parametrize("term", STEMMERS)
def test_stems_are_those_of_the_porter_stemmer(term, nltk) -> None:
    porter, lancaster, snowball = STEMMERS[term]
    stem = nltk.stem

    assert _tokens.stems([term]) == [porter]
    assert stem.LancasterStemmer().stem(term) == lancaster
    assert stem.SnowballStemmer("english").stem(term) == snowball


def test_own_texts_and_own_stop_words(nltk) -> None:
    cleaned = ex01_cleaning.exercise_4_01(AtSigns(), ["the", "are"], text="The prices are rising. Sell?")
    alice = act01_alice.activity_4_01(AtSigns(), ["the", "are"], "The prices are rising. Sell?", ("sell",))

    assert cleaned.cleaned == [["prices", "rising"], ["sell"]]
    assert ex02_stemming.exercise_4_02(cleaned) == ex02_stemming.exercise_4_02(cleaned.cleaned)
    assert (alice.stemmed, alice.context_stop) == ([["price", "rise"], []], ["sell"])


def test_the_printed_stems_keep_their_capital_where_the_stemmer_is_asked_to(nltk, book_data) -> None:
    """The only change since is that of the case."""
    if Version(nltk.__version__) < Version("3.6"):
        pytest.skip("the argument came with NLTK 3.6")
    stemmer = nltk.stem.PorterStemmer()
    tokens = _tokens.word_tokens(ex02_stemming.SENTENCE, *book_data("nltk_punkt"))

    kept = [stemmer.stem(token, to_lowercase=False) for token in tokens]

    assert kept == _documented("ch04.text05.sentence")
    assert _tokens.stems(tokens) in (kept, [token.lower() for token in kept])


def test_an_activity_on_a_few_sentences_by_hand(nltk) -> None:
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
def test_the_printed_lists_of_alice_come_out_of_the_older_quote_rule(whole) -> None:
    done = whole()

    assert done.cleaned[:2] == _documented("ch04.act01.first2")
    assert done.stemmed[:5] == _documented("ch04.act01.stem5")
    assert [len(sentence) for sentence in done.stemmed[:5]] == [33, 27, 11, 2, 2]


@pytest.mark.usefixtures("older_quotes")
def test_the_whole_text_under_the_older_quote_rule(nltk, whole) -> None:
    if Version(nltk.__version__) < Version("3.9"):
        pytest.skip("contractions at the end of a line are split since NLTK 3.9")

    assert whole().whole_text == {"sentences": 1623, "empty": 7, "tokens": 13128}


def test_the_whole_text_under_the_quote_rule_of_today(nltk, whole) -> None:
    if Version(nltk.__version__) < Version("3.10.1"):
        pytest.skip("the rule changed with NLTK 3.10.1")
    done = whole()

    assert done.whole_text == {"sentences": 1623, "empty": 32, "tokens": 12516}
    assert [len(sentence) for sentence in done.stemmed] == [len(sentence) for sentence in done.cleaned]
    assert not any(re.match(r"'\w{3}", token) for sentence in done.cleaned for token in sentence)
