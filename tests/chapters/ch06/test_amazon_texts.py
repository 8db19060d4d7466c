"""Activity 6.01: tokens and stems, compared with NLTK's own loop."""

from __future__ import annotations

import string
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from workshop.chapters.ch06_sentiment import _amazon_texts

TESTED = ("workshop/chapters/ch06_sentiment",)
# what NLTK's rules look at: quotes, signs, ends of sentences, contractions, numbers, blanks of many kinds
UNITS = (
    *"\"'`()[]{}<>.!?,:;-—“”‘’«»$#&%*/_ab5\t\n\x85\u00a0\u2003\ue000",
    *("''", "``", "..", "...", "--", "it", "can", "cannot", "gonna", "wanna", "don't", "i'm", "he's"),
    *("we'll", "they've", "'tis", "'twas", "d'ye", "more'n", "n't", "'s", "'ll", "dogs'", "1,000", "3:30"),
    *("p.m", "u.s", "mr", "etc", "no", "e.g", "é", "x²", "wow", "The end", "vs", "s", "bach"),
    *" " * 12,
)
ENDS = (*"])}>\"'»”’ .", "x.")


@pytest.fixture(scope="module")
def word_tokenize(nltk, data):
    """Return NLTK's word_tokenize, with the sentence tokenizer that is here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            nltk.tokenize, "sent_tokenize", lambda text, language="english": data.punkt.tokenize(text)
        )
        yield nltk.tokenize.word_tokenize


@cache
def made_up(number, word_tokenize):
    """Return texts of what NLTK's rules look at, set together at random, and their tokens."""
    rng = np.random.default_rng(3)
    texts = [
        "".join([*rng.choice(UNITS, size=rng.integers(1, 16)), *rng.choice(ENDS, size=rng.integers(0, 7))])
        for _ in range(number)
    ]
    return texts, [word_tokenize(text.lower()) for text in texts]


@pytest.fixture
def random_texts(word_tokenize, draws):
    """Return random texts and their tokens."""
    return made_up(draws(10_000), word_tokenize)


def literal(texts, word_tokenize, stop_words):
    """Return texts of stems by the loop of the activity: lists, and a call for each token."""
    from nltk.stem import PorterStemmer

    stop, stemmer = [*string.punctuation, *stop_words], PorterStemmer()
    tokens = [word_tokenize(text.lower()) for text in texts]
    words = [[token for token in text if token not in stop] for text in tokens]
    return [" ".join([stemmer.stem(token) for token in text]) for text in words]


def test_reviews_have_the_tokens_of_word_tokenize(data, word_tokenize, draws) -> None:
    """The first 1,500 training reviews, in small letters: sentence by sentence, word by word."""
    texts = data.reviews.train["review_text"].tolist()[: draws(1500)]

    tokens = list(_amazon_texts.review_tokens(texts, data.punkt))

    assert tokens == [word_tokenize(text.lower()) for text in texts]


def test_reviews_have_the_stems_of_the_literal_loop(data, word_tokenize, draws, monkeypatch) -> None:
    """The last 1,000 test reviews as text of stems; they are more than are tokenized at once."""
    monkeypatch.setattr(_amazon_texts, "_AT_ONCE", draws(1000))
    texts = data.reviews.test["review_text"].tolist()[-draws(1000) - 10 :]

    stems = _amazon_texts.stem_texts(texts, data.punkt, data.stop_words)

    assert stems == literal(texts, word_tokenize, data.stop_words)


def test_random_texts_have_the_tokens_of_word_tokenize(data, random_texts) -> None:
    """Quotes, brackets, periods and contractions at edges of sentences and everywhere else."""
    texts, expected = random_texts

    assert list(_amazon_texts.review_tokens(texts, data.punkt)) == expected


PIECES = _amazon_texts.pieces
MUTANTS = {
    "no edges": ("pieces", lambda sentence: sentence.split(" ")),
    "no rules for the end": ("pieces", lambda sentence: [(sentence, True, False)]),
    "no rules for the beginning": ("pieces", lambda sentence: [(sentence, False, True)]),
    "split at all white space": ("pieces", lambda sentence: sentence.split()),
    "no sentences": ("_quick", lambda punkt: SimpleNamespace(tokenize=lambda text: [text])),
    "fewer closing signs": ("_CLOSING", '"'),
    "quotes inside": ("_QUOTES", ()),
    "no eye for the mark": ("pieces", lambda text: PIECES(text) if "\ue000" not in text else text.split(" ")),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_random_texts_tell_mutants(data, random_texts, monkeypatch, mutant) -> None:
    """Whatever of the splitting is left out shows in some of them."""
    texts, expected = random_texts
    monkeypatch.setattr(_amazon_texts, *MUTANTS[mutant])

    assert list(_amazon_texts.review_tokens(texts, data.punkt)) != expected


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("it ran. it won", 2),
        ("by dr. who. it won", 2),  # an abbreviation
        ("a. b. jones won", 1),  # initials
        ("no. 5 won", 2),
        ("in 1987. business won", 1),  # a collocation
        ("it was st. john", 1),
        ("it ran.\nit won", 2),
    ],
)
def test_sentences_end_where_punkt_ends_them(data, text, sentences) -> None:
    """Deciding ordinary words at once, and others once, changes nothing."""
    quick = _amazon_texts._quick(data.punkt)

    assert quick.tokenize(text) == data.punkt.tokenize(text)
    assert len(data.punkt.tokenize(text)) == sentences


@pytest.mark.parametrize("table", ["abbrev_types", "collocations"])
def test_words_of_the_tables_are_looked_at(nltk, untrained, table) -> None:
    """A word that is an abbreviation, or that begins a collocation, ends no sentence by itself."""
    ordinary = _amazon_texts._quick(untrained).tokenize("by doctor. who won")
    getattr(untrained._params, table).add("doctor" if table == "abbrev_types" else ("doctor", "who"))

    assert ordinary == ["by doctor.", "who won"]
    assert _amazon_texts._quick(untrained).tokenize("by doctor. who won") == ["by doctor. who won"]


def test_sentence_tokenizer_is_not_changed(data) -> None:
    """The quick copy leaves the one that is given as it was."""
    before = dict(vars(data.punkt))

    list(_amazon_texts.review_tokens(["one. two."], data.punkt))

    assert vars(data.punkt) == before


def test_stems_are_those_of_small_letters(untrained) -> None:
    """Capitals are small before stop words are dropped: Porter's own stems would keep those of some."""
    texts = ["The DYING skies! IT IS", "", "the ."]

    assert _amazon_texts.stem_texts(texts, untrained, ("the", "it", "is")) == ["die sky", "", ""]
