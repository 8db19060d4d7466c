"""What is measured of exercise 4.01.

The texts before it take its steps one by one: ch04.text01 (tokenization), ch04.text02 (normalizing case),
ch04.text03 (removing punctuation) and ch04.text04 (removing stop words).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from workshop.chapters.ch04_text_embeddings.ex01_cleaning import EXERCISE_TEXT, TOY_TEXT
from workshop.units import unit

from ._tokens import (
    differing,
    lower_case_sentences,
    places,
    punctuation,
    sentences_of,
    tokens_of,
    with_punctuation,
    without,
    word_tokens,
    words_by_sentence,
)

DUMMY = ("let", ".", "us", ".", "go", "!")


@dataclass(frozen=True)
class Tokenized:
    """Sentences and the words of each.

    `sentences_type` : type and length. `words_type` : types of the list and of its first element.
    """

    sentences: list[str]
    sentences_type: list[Any]
    words: list[list[str]]
    words_type: list[str]


@unit("ch04.text01", uses="nltk")
def tokenize(nltk_punkt: Any, text: str = TOY_TEXT) -> Tokenized:
    """Split a text into sentences, and the sentences into words. Source: chapter 4, text on tokenization."""
    sentences = nltk_punkt.tokenize(text)
    words = [word_tokens(sentence, nltk_punkt) for sentence in sentences]
    return Tokenized(
        sentences=sentences,
        sentences_type=[type(sentences).__name__, len(sentences)],
        words=words,
        words_type=[type(words).__name__, type(words[0]).__name__],
    )


@dataclass(frozen=True)
class LowerCased:
    """Sentences in lower case, and the words of each.

    `n_tokens` : number of tokens of the text that was converted to lower case before it was split.
    `n_differing` : number of these tokens and of the sentences' words that the other way does not give at the
    same position. `n_changed` : number of words that differ from those of the sentences as they were.
    """

    sentences: list[str]
    words: list[list[str]]
    n_tokens: int
    n_differing: int
    n_changed: int


@unit("ch04.text02", uses="nltk")
def lower_case(nltk_punkt: Any, ch04_text01: Any, text: str = TOY_TEXT) -> LowerCased:
    """Convert the sentences to lower case before splitting them into words, and also the whole text.

    Source: chapter 4, text on normalizing case.
    """
    with_capitals = sentences_of(ch04_text01)
    sentences = [sentence.lower() for sentence in with_capitals]
    words = [word_tokens(sentence, nltk_punkt) for sentence in sentences]
    words_before = [word_tokens(sentence, nltk_punkt) for sentence in with_capitals]
    lower_first = words_by_sentence(text, nltk_punkt)
    return LowerCased(
        sentences=sentences,
        words=words,
        n_tokens=len(places(lower_first)),
        n_differing=differing(words, lower_first),
        n_changed=len(set(places(words)) - set(places(words_before))),
    )


@dataclass(frozen=True)
class PunctuationSigns:
    """A few tokens without punctuation. `list_punct` : the ASCII characters that are dropped."""

    list_punct: list[str]
    dummy: list[str]


@unit("ch04.text03")
def list_punctuation(tokens: tuple[str, ...] = DUMMY) -> PunctuationSigns:
    """Find the signs that are dropped, and drop them from a few tokens.

    Source: chapter 4, text on removing punctuation.
    """
    ascii_characters = [chr(code) for code in range(128)]
    left = without(ascii_characters, punctuation())
    return PunctuationSigns(
        list_punct=[sign for sign in ascii_characters if sign not in left],
        dummy=without(tokens, punctuation()),
    )


@unit("ch04.text03", value="words")
def drop_punctuation(ch04_text02: Any) -> list[list[str]]:
    """Drop the signs from the toy text. Source: chapter 4, text on removing punctuation."""
    return [without(words, punctuation()) for words in tokens_of(ch04_text02, "words")]


@dataclass(frozen=True)
class StopWords:
    """The list of stop words in the order of its file, and its length."""

    stop_words: list[str]
    count: int


@unit("ch04.text04")
def look_at_stop_words(nltk_stopwords: Sequence[str]) -> StopWords:
    """Read the list of stop words. Source: chapter 4, text on removing stop words."""
    return StopWords(list(nltk_stopwords), len(nltk_stopwords))


@dataclass(frozen=True)
class StopWordsToday:
    """Length of today's list, the words only in it, and the words only in the older one."""

    today_count: int
    added: list[str]
    dropped: list[str]


@unit("ch04.text04")
def compare_stop_words(nltk_stopwords: Sequence[str], nltk_stopwords_today: Sequence[str]) -> StopWordsToday:
    """Compare today's list with the older one. Source: ours."""
    then, today = set(nltk_stopwords), set(nltk_stopwords_today)
    return StopWordsToday(len(nltk_stopwords_today), sorted(today - then), sorted(then - today))


@dataclass(frozen=True)
class Cleaned:
    """Sentences in lower case, and the words of each without punctuation and stop words."""

    sentences: list[str]
    cleaned: list[list[str]]


@unit("ch04.ex01", uses="nltk")
def exercise_4_01(nltk_punkt: Any, nltk_stopwords: Sequence[str], text: str = EXERCISE_TEXT) -> Cleaned:
    """Convert a text to lower case, split it, and drop punctuation and stop words.

    Source: chapter 4, exercise 4.01.
    """
    sentences = lower_case_sentences(text, nltk_punkt)
    stop = with_punctuation(nltk_stopwords)
    return Cleaned(sentences, [without(word_tokens(sentence, nltk_punkt), stop) for sentence in sentences])


@dataclass(frozen=True)
class Today:
    """Numbers of the toy text's tokens left by today's stop words, and left by only one of the two lists."""

    n_toy_today: int
    n_toy_differing: int


@unit("ch04.text04", uses="nltk")
def exercise_4_01_today(
    nltk_punkt: Any,
    nltk_stopwords: Sequence[str],
    nltk_stopwords_today: Sequence[str],
    text: str = EXERCISE_TEXT,
) -> Today:
    """Repeat exercise 4.01 with today's stop words. Source: ours."""
    then = exercise_4_01(nltk_punkt, nltk_stopwords, text).cleaned
    today = exercise_4_01(nltk_punkt, nltk_stopwords_today, text).cleaned
    return Today(len(places(today)), differing(then, today))
