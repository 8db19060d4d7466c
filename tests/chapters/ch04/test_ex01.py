"""Exercise 4.01: Tokenizing, Case Normalization, Punctuation, and Stop Word Removal."""

import re

import pytest

from tests.chapters.ch04.sentences import AtSigns
from workshop.chapters.ch04_text_embeddings.ex01_cleaning import EXERCISE_TEXT
from workshop.measures.ch04_text_embeddings import act01_alice, ex01_cleaning
from workshop.measures.ch04_text_embeddings.act01_alice import activity_4_01_today
from workshop.measures.ch04_text_embeddings.ex01_cleaning import exercise_4_01_today


class _Bars:
    """A sentence tokenizer that notes what it is asked: a sentence ends at each bar."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def tokenize(self, text: str) -> list[str]:
        self.asked.append(text)
        return [part.strip() for part in text.split("|")]


def test_sentences_are_split_before_words(nltk):
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


class _AtCapitals(AtSigns):
    def tokenize(self, text: str) -> list[str]:
        return re.split(r"(?<=[.!?])\s+(?=[A-Z])", text)


def test_the_order_of_lower_casing_can_be_seen(nltk):
    first = ex01_cleaning.tokenize(AtSigns(), "One. Two!")
    same = ex01_cleaning.lower_case(AtSigns(), first, "One. Two!")
    other = ex01_cleaning.lower_case(_AtCapitals(), first, "One. Two!")

    assert same.words == [["one", "."], ["two", "!"]]
    assert (same.n_tokens, same.n_differing) == (4, 0)
    assert (other.n_tokens, other.n_differing) == (3, 7)  # "one." is one token in a sentence of three


def test_stop_words_are_left_out_of_small_letters(nltk):
    done = ex01_cleaning.exercise_4_01(AtSigns(), ("the", "we"), "The fox! WE'LL see the fox.")

    assert done.sentences == ["the fox!", "we'll see the fox."]
    assert done.cleaned == [["fox"], ["'ll", "see", "fox"]]


@pytest.fixture
def whole(nltk, book_data):
    """Give the function that preprocesses all of Alice."""
    given = book_data("nltk_punkt", "nltk_stopwords", "nltk_gutenberg")
    return lambda: act01_alice.activity_4_01(*given)


def test_a_word_that_only_todays_list_has_is_left_out():
    pytest.importorskip("nltk")
    stop, word = ["the", "of", "to"], "learn"
    same, longer = ([*stop], [*stop, word])
    times = len(re.findall(rf"\b{word}\b", EXERCISE_TEXT.lower()))
    toy = [exercise_4_01_today(AtSigns(), stop, today) for today in (same, longer)]
    alice = [activity_4_01_today(AtSigns(), stop, today, EXERCISE_TEXT) for today in (same, longer)]

    assert times == toy[0].n_toy_today - toy[1].n_toy_today == alice[0].n_alice_today - alice[1].n_alice_today
    assert toy[0].n_toy_differing == alice[0].n_alice_differing == 0
    assert toy[1].n_toy_differing >= times <= alice[1].n_alice_differing
