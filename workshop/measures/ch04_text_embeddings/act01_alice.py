"""What is measured of activity 4.01.

The text on downloading corpora (ch04.text06) leads to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from workshop.units import unit

from ._tokens import differing, places, stems, with_punctuation, without, words_by_sentence

CONTEXT_STOP = ("--", "said")


@unit("ch04.text06", value="alice_800")
def begin_to_read(nltk_gutenberg: str, n_characters: int = 800) -> str:
    """Read the beginning of Alice. Source: chapter 4, text on downloading text corpora."""
    return nltk_gutenberg[:n_characters]


@dataclass(frozen=True)
class Preprocessed:
    """Words of each sentence of a text. Some sentences have no words left.

    `cleaned` : without punctuation, stop words and contextual stop words. `stemmed` : their stems.
    `context_stop` : removed words that are neither punctuation nor on the list of stop words, sorted.
    `context_counts` : how often each of them was removed. `whole_text` : numbers of sentences, of those
    without a token, and of tokens.
    """

    cleaned: list[list[str]]
    stemmed: list[list[str]]
    context_stop: list[str]
    context_counts: dict[str, int]
    whole_text: dict[str, int]


@unit("ch04.act01", uses="nltk")
def activity_4_01(
    nltk_punkt: Any,
    nltk_stopwords: Sequence[str],
    nltk_gutenberg: str,
    contextual: tuple[str, ...] = CONTEXT_STOP,
) -> Preprocessed:
    """Split Alice into sentences and words, drop punctuation and stop words, and stem the rest.

    Source: chapter 4, activity 4.01.
    """
    stop = with_punctuation(nltk_stopwords, contextual)
    words = words_by_sentence(nltk_gutenberg, nltk_punkt)
    cleaned = [without(sentence, stop) for sentence in words]
    dropped = set().union(*words) - set().union(*cleaned)
    context_stop = sorted(dropped - set(with_punctuation(nltk_stopwords)))
    return Preprocessed(
        cleaned=cleaned,
        stemmed=[stems(sentence) for sentence in cleaned],
        context_stop=context_stop,
        context_counts={word: sum(sentence.count(word) for sentence in words) for word in context_stop},
        whole_text={
            "sentences": len(cleaned),
            "empty": sum(not sentence for sentence in cleaned),
            "tokens": sum(map(len, cleaned)),
        },
    )


@dataclass(frozen=True)
class Today:
    """Numbers of Alice's tokens left by today's stop words, and left by only one of the two lists."""

    n_alice_today: int
    n_alice_differing: int


# of the unit on the list, so that units that use the activity's outcome do not need today's list
@unit("ch04.text04", uses="nltk")
def activity_4_01_today(
    nltk_punkt: Any,
    nltk_stopwords: Sequence[str],
    nltk_stopwords_today: Sequence[str],
    nltk_gutenberg: str,
    contextual: tuple[str, ...] = CONTEXT_STOP,
) -> Today:
    """Repeat activity 4.01 with today's stop words. Source: ours."""
    words = words_by_sentence(nltk_gutenberg, nltk_punkt)
    then, today = (
        [without(sentence, with_punctuation(stop, contextual)) for sentence in words]
        for stop in (nltk_stopwords, nltk_stopwords_today)
    )
    return Today(len(places(today)), differing(then, today))
