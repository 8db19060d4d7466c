"""Tokens, stop words and stems of chapter 4, as NLTK's own functions give them."""

import pytest

from tests.chapters.ch04.sentences import AtSigns
from workshop.measures.ch04_text_embeddings import _tokens


def test_words_are_split_sentence_by_sentence(nltk):
    text = "We'll go. You can't stay!"

    assert _tokens.word_tokens(text, AtSigns()) == (["We", "'ll", "go", ".", "You", "ca", "n't", "stay", "!"])
    assert _tokens.word_tokens(text, _OneSentence())[2:4] == ["go.", "You"]


class _OneSentence:
    def tokenize(self, text: str) -> list[str]:
        return [text]


def test_words_are_those_of_word_tokenize(nltk, book_data, monkeypatch):
    punkt, text = book_data("nltk_punkt", "nltk_gutenberg")
    monkeypatch.setattr(nltk.tokenize, "sent_tokenize", lambda text, language="english": punkt.tokenize(text))

    assert _tokens.word_tokens(text, punkt) == nltk.tokenize.word_tokenize(text)


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
def test_whole_tokens_are_left_out(stop, left):
    assert _tokens.without(["us", "The", "bus", "us", "."], stop) == left


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
def test_stems_are_those_of_the_porter_stemmer(term, nltk):
    porter, lancaster, snowball = STEMMERS[term]
    stem = nltk.stem

    assert _tokens.stems([term]) == [porter]
    assert stem.LancasterStemmer().stem(term) == lancaster
    assert stem.SnowballStemmer("english").stem(term) == snowball
