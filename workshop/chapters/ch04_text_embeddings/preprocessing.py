"""Sentences and words of the toy text: case, punctuation, stop words, stems and lemmas."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Sequence, Tuple

from workshop.units import unit

TOY_TEXT = (
    "Welcome to the world of Deep Learning for NLP! "
    "We're in this together, and we'll learn together. "
    "NLP is amazing, and Deep Learning makes it even more fun. "
    "Let's learn!"
)
EXERCISE_TEXT = TOY_TEXT.replace("Deep Learning", "deep learning")
DUMMY = ("let", ".", "us", ".", "go", "!")
STEMMED_SENTENCE = "I mustered all my drive, drove to the driving school!"
# term, its ending, and the replacement in the table of rules
PORTER_RULES = (
    ("cats", "s", ""),
    ("trophies", "ies", "i"),
    ("drives", "es", "e"),
    ("driving", "ing", "e"),
)


def word_tokens(text: str, punkt: Any) -> List[str]:
    """Return the words and signs of a text, as NLTK's word_tokenize defines them.

    NLTK looks for `punkt` on its search path. Here the sentence tokenizer is an argument.
    """
    from nltk.tokenize.destructive import NLTKWordTokenizer

    words = NLTKWordTokenizer()
    return [token for sentence in punkt.tokenize(text) for token in words.tokenize(sentence)]


def punctuation() -> List[str]:
    """Return the signs that count as punctuation."""
    return list(string.punctuation)


def without(tokens: Iterable[str], stop: Iterable[str]) -> List[str]:
    """Return the tokens that are not among `stop`, in order. Only whole tokens count."""
    left_out = frozenset(stop)
    return [token for token in tokens if token not in left_out]


def stems(tokens: Iterable[str]) -> List[str]:
    """Return the stem of each token by NLTK's Porter stemmer."""
    from nltk.stem import PorterStemmer

    stemmer = PorterStemmer()
    return [stemmer.stem(token) for token in tokens]


def places(tokens: Sequence[Sequence[str]]) -> List[Tuple[int, int, str]]:
    """Return each token of each sentence with its position."""
    return [(i, k, token) for i, sentence in enumerate(tokens) for k, token in enumerate(sentence)]


def differing(tokens: Sequence[Sequence[str]], others: Sequence[Sequence[str]]) -> int:
    """Count the tokens of two lists of sentences that the other list does not have at the same position."""
    return len(set(places(tokens)) ^ set(places(others)))


@dataclass(frozen=True)
class Tokenized:
    """Sentences and the words of each.

    `sentences_type` : type and length. `words_type` : types of the list and of its first element.
    """

    sentences: List[str]
    sentences_type: List[Any]
    words: List[List[str]]
    words_type: List[str]


@unit("ch04.text01", uses=("nltk",))
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
    same position.
    """

    sentences: List[str]
    words: List[List[str]]
    n_tokens: int
    n_differing: int


@unit("ch04.text02", uses=("nltk",))
def lower_case(nltk_punkt: Any, ch04_text01: Any, text: str = TOY_TEXT) -> LowerCased:
    """Convert the sentences to lower case before splitting them into words, and also the whole text.

    Source: chapter 4, text on normalizing case.
    """
    sentences = [sentence.lower() for sentence in ch04_text01.sentences]
    words = [word_tokens(sentence, nltk_punkt) for sentence in sentences]
    lower_first = [word_tokens(sentence, nltk_punkt) for sentence in nltk_punkt.tokenize(text.lower())]
    return LowerCased(sentences, words, len(places(lower_first)), differing(words, lower_first))


@dataclass(frozen=True)
class PunctuationSigns:
    """The signs, and a few tokens without them."""

    list_punct: List[str]
    dummy: List[str]


@unit("ch04.text03")
def list_punctuation(tokens: Tuple[str, ...] = DUMMY) -> PunctuationSigns:
    """List the signs and drop them from a few tokens. Source: chapter 4, text on removing punctuation."""
    return PunctuationSigns(punctuation(), without(tokens, punctuation()))


@dataclass(frozen=True)
class WithoutPunctuation:
    """The words of each sentence without punctuation."""

    words: List[List[str]]


@unit("ch04.text03")
def drop_punctuation(ch04_text02: Any) -> WithoutPunctuation:
    """Drop the signs from the toy text. Source: chapter 4, text on removing punctuation."""
    return WithoutPunctuation([without(words, punctuation()) for words in ch04_text02.words])


@dataclass(frozen=True)
class StopWords:
    """The list of stop words in the order of its file, and its length."""

    stop_words: List[str]
    count: int


@unit("ch04.text04")
def look_at_stop_words(nltk_stopwords: Sequence[str]) -> StopWords:
    """Read the list of stop words. Source: chapter 4, text on removing stop words."""
    return StopWords(list(nltk_stopwords), len(nltk_stopwords))


@dataclass(frozen=True)
class StopWordsToday:
    """Length of today's list, the words only in it, and the words only in the older one."""

    today_count: int
    added: List[str]
    dropped: List[str]


@unit("ch04.text04")
def compare_stop_words(nltk_stopwords: Sequence[str], nltk_stopwords_today: Sequence[str]) -> StopWordsToday:
    """Compare today's list with the older one. Source: ours."""
    then, today = set(nltk_stopwords), set(nltk_stopwords_today)
    return StopWordsToday(len(nltk_stopwords_today), sorted(today - then), sorted(then - today))


@dataclass(frozen=True)
class Cleaned:
    """Sentences in lower case, and the words of each without punctuation and stop words."""

    sentences: List[str]
    cleaned: List[List[str]]


@unit("ch04.ex01", uses=("nltk",))
def exercise_4_01(nltk_punkt: Any, nltk_stopwords: Sequence[str], text: str = EXERCISE_TEXT) -> Cleaned:
    """Convert a text to lower case, split it, and drop punctuation and stop words.

    Source: chapter 4, exercise 4.01.
    """
    sentences = nltk_punkt.tokenize(text.lower())
    stop = [*punctuation(), *nltk_stopwords]
    return Cleaned(sentences, [without(word_tokens(sentence, nltk_punkt), stop) for sentence in sentences])


@dataclass(frozen=True)
class ToyTextToday:
    """Numbers of the toy text's tokens left by today's stop words, and left by only one of the two lists."""

    n_toy_today: int
    n_toy_differing: int


@unit("ch04.text04", uses=("nltk",))
def clean_toy_text_today(
    nltk_punkt: Any,
    nltk_stopwords: Sequence[str],
    nltk_stopwords_today: Sequence[str],
    text: str = EXERCISE_TEXT,
) -> ToyTextToday:
    """Repeat exercise 4.01 with today's stop words. Source: ours."""
    then = exercise_4_01(nltk_punkt, nltk_stopwords, text).cleaned
    today = exercise_4_01(nltk_punkt, nltk_stopwords_today, text).cleaned
    return ToyTextToday(len(places(today)), differing(then, today))


@dataclass(frozen=True)
class Stems:
    """Stems of single terms.

    `porter_table` : terms in the table of rules, stemmed by the stemmer and by the table's own replacement.
    """

    porter_table: Dict[str, Dict[str, str]]
    driving: str
    ponies_stem: str
    drove: str


def with_ending(term: str, ending: str, instead: str) -> str:
    """Return a term with another ending. Raises ValueError if it does not end with the given ending."""
    if not term.endswith(ending):
        raise ValueError(f"{term!r} does not end in {ending!r}")
    return term[: len(term) - len(ending)] + instead


@unit("ch04.text05", uses=("nltk",))
def stem_terms(rules: Tuple[Tuple[str, str, str], ...] = PORTER_RULES) -> Stems:
    """Stem single terms. Source: chapter 4, text on stemming and lemmatization, Figure 4.3."""
    terms = [term for term, _, _ in rules]
    driving, ponies, drove = stems(["driving", "ponies", "drove"])
    return Stems(
        porter_table={
            "stemmer": dict(zip(terms, stems(terms))),
            "rule": {term: with_ending(term, ending, instead) for term, ending, instead in rules},
        },
        driving=driving,
        ponies_stem=ponies,
        drove=drove,
    )


@dataclass(frozen=True)
class StemmedSentence:
    """Stems of the tokens of a sentence."""

    sentence: List[str]


@unit("ch04.text05", uses=("nltk",))
def stem_sentence(nltk_punkt: Any, sentence: str = STEMMED_SENTENCE) -> StemmedSentence:
    """Stem a sentence's tokens. Source: chapter 4, text on stemming and lemmatization."""
    return StemmedSentence(stems(word_tokens(sentence, nltk_punkt)))


@dataclass(frozen=True)
class Lemma:
    """The lemma of a noun."""

    ponies_lemma: str


@unit("ch04.text05", uses=("nltk",))
def lemmatize(nltk_wordnet: Any, noun: str = "ponies") -> Lemma:
    """Look up a noun's lemma in WordNet. A word that is missing there is its own lemma.

    Source: chapter 4, text on stemming and lemmatization.
    """
    return Lemma(nltk_wordnet.morphy(noun, "n") or noun)


@dataclass(frozen=True)
class StemmedText:
    """Stems of the words of each sentence."""

    stems: List[List[str]]


@unit("ch04.ex02", uses=("nltk",))
def exercise_4_02(ch04_ex01: Any) -> StemmedText:
    """Stem the words that exercise 4.01 leaves of the toy text. Source: chapter 4, exercise 4.02."""
    return StemmedText([stems(sentence) for sentence in ch04_ex01.cleaned])
