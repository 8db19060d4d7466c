"""What is measured of exercise 4.06.

An own corpus goes in the place of the Brown corpus as lists of words, and that of the reviews as texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Iterator, Sequence

from workshop.datasets.readers.sentences import Lines, TaggedCorpus
from workshop.training.embeddings import Neighbours, neighbours, train_word2vec, vector_of
from workshop.units import unit

_LETTER_OR_DIGIT = re.compile("[A-Za-z0-9]")


@dataclass(frozen=True)
class Corpus:
    """Numbers of topics and samples in a corpus, of words, and of words and signs together."""

    topics: int
    samples: int
    words: int
    tokens: int


def is_word(token: str) -> bool:
    """Return whether a token is not punctuation: it has a letter or a digit."""
    return _LETTER_OR_DIGIT.search(token) is not None


@unit("ch04.ex06", value="brown_corpus")
def exercise_4_06_data(nltk_brown: TaggedCorpus) -> Corpus:
    """Count the corpus's topics, samples and words. Source: chapter 4, exercise 4.06."""
    return Corpus(
        topics=len(nltk_brown.categories),
        samples=sum(map(len, nltk_brown.categories.values())),
        words=sum(is_word(token) for sentence in nltk_brown.sentences for token in sentence),
        tokens=sum(map(len, nltk_brown.sentences)),
    )


def review_sentences(reviews: Sequence[str], punkt: Any) -> Iterator[list[str]]:
    """Yield the sentences of texts as in NLTK's plain-text corpora, with words and signs separated.

    Raises ValueError if the reviews are a single text.
    """
    from nltk.tokenize import WordPunctTokenizer

    if isinstance(reviews, str):
        raise ValueError('give the reviews as a list of texts: ["a review", "another one"]')  # noqa: TRY004
    words = WordPunctTokenizer()
    for review in reviews:
        for paragraph in re.split(r"\n\s*\n", review):
            for sentence in punkt.tokenize(paragraph):
                yield words.tokenize(sentence)


@dataclass(frozen=True)
class TwoCorpora:
    """Words nearest to money by the vectors of each corpus, ten each, with their cosines.

    `differ` : how many of the first five are in both lists.
    """

    brown_money: Neighbours
    movie_money: Neighbours
    differ: int


@unit("ch04.ex06", first_steps=True, uses="gensim nltk")
def exercise_4_06(
    nltk_brown: Any,
    nltk_movie_reviews: Sequence[str],
    nltk_punkt: Any,
    seed: int,
    epochs: int = 5,
    word: str = "money",
) -> TwoCorpora:
    """Train skip-gram on the Brown corpus and on film reviews, and compare the neighbours of a word.

    `nltk_brown` : the corpus, or the words of each sentence. Raises ValueError if the word occurs fewer than
    five times in one of them.
    Source: chapter 4, exercise 4.06.
    """
    models = [
        train_word2vec(sentences, seed=seed, skip_gram=True, epochs=epochs)
        for sentences in (
            getattr(nltk_brown, "sentences", nltk_brown),
            Lines(review_sentences(nltk_movie_reviews, nltk_punkt)),
        )
    ]
    for found in models:
        vector_of(found, word)  # raises the error where the word is missing
    brown, movies = (neighbours(found, [word], count=10) for found in models)
    return TwoCorpora(brown, movies, len({row[0] for row in brown[:5]} & {row[0] for row in movies[:5]}))
