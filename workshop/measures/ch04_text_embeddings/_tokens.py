"""Sentences, words and stems of texts, from an earlier outcome or as a reader gives them."""

from __future__ import annotations

import string
from typing import Any, Iterable, Sequence


def word_tokens(text: str, punkt: Any) -> list[str]:
    """Return the words and signs of a text, as NLTK's word_tokenize defines them.

    NLTK looks for `punkt` on its search path. Here the sentence tokenizer is an argument.
    """
    from nltk.tokenize.destructive import NLTKWordTokenizer

    words = NLTKWordTokenizer()
    return [token for sentence in punkt.tokenize(text) for token in words.tokenize(sentence)]


def lower_case_sentences(text: str, punkt: Any) -> list[str]:
    """Return the sentences of a text in lower case. Raises ValueError if it is not one text."""
    if not isinstance(text, str):
        raise ValueError(f"give one text, not a {type(text).__name__}: join sentences by blanks")  # noqa: TRY004
    return list(punkt.tokenize(text.lower()))


def words_by_sentence(text: str, punkt: Any) -> list[list[str]]:
    """Return the words and signs of each sentence of a text in lower case."""
    return [word_tokens(sentence, punkt) for sentence in lower_case_sentences(text, punkt)]


def punctuation() -> list[str]:
    """Return the signs that count as punctuation."""
    return list(string.punctuation)


def with_punctuation(*lists: Sequence[str]) -> list[str]:
    """Return the signs and the words of some lists."""
    return [*punctuation(), *(word for words in lists for word in words)]


def without(tokens: Iterable[str], stop: Iterable[str]) -> list[str]:
    """Return the tokens that are not among `stop`, in order. Only whole tokens count."""
    left_out = frozenset(stop)
    return [token for token in tokens if token not in left_out]


def stems(tokens: Iterable[str]) -> list[str]:
    """Return the stem of each token by NLTK's Porter stemmer."""
    from nltk.stem import PorterStemmer

    stemmer = PorterStemmer()
    return [stemmer.stem(token) for token in tokens]


def places(tokens: Sequence[Sequence[str]]) -> list[tuple[int, int, str]]:
    """Return each token of each sentence with its position."""
    return [(i, k, token) for i, sentence in enumerate(tokens) for k, token in enumerate(sentence)]


def differing(tokens: Sequence[Sequence[str]], others: Sequence[Sequence[str]]) -> int:
    """Count the tokens of two lists of sentences that the other list does not have at the same position."""
    return len(set(places(tokens)) ^ set(places(others)))


def sentences_of(given: Any) -> list[str]:
    """Return the sentences of an outcome, or texts as they are. Raises ValueError if they are not texts."""
    sentences = getattr(given, "sentences", given)
    if isinstance(sentences, str) or not all(isinstance(sentence, str) for sentence in sentences):
        raise ValueError('give the sentences as a list of texts: ["a sentence", "another one"]')
    return list(sentences)


def tokens_of(given: Any, name: str = "cleaned") -> list[list[str]]:
    """Return the words of each sentence, from the field `name` of an outcome or from lists of words.

    Raises ValueError if a sentence is a text.
    """
    sentences = getattr(given, name, given)
    if isinstance(sentences, str) or any(isinstance(sentence, str) for sentence in sentences):
        raise ValueError('give each sentence as a list of words: [["a", "sentence"], ["another", "one"]]')
    return [list(words) for words in sentences]
