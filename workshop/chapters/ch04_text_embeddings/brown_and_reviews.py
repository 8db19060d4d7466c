"""Exercise 4.06: word vectors trained on two corpora, and the neighbours of the same word in each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Sequence

from workshop.datasets.readers.sentences import Lines, TaggedCorpus
from workshop.training.embeddings import Neighbours, neighbours, train_word2vec
from workshop.units import unit


@dataclass(frozen=True)
class BrownCorpus:
    """`brown_corpus` : numbers of topics, samples and words in the corpus."""

    brown_corpus: Dict[str, int]


@unit("ch04.ex06")
def look_at_brown(nltk_brown: TaggedCorpus) -> BrownCorpus:
    """Count the corpus's topics, samples and words. Source: chapter 4, exercise 4.06."""
    return BrownCorpus(
        {
            "topics": len(nltk_brown.categories),
            "samples": sum(map(len, nltk_brown.categories.values())),
            "words": sum(map(len, nltk_brown.sentences)),
        }
    )


def review_sentences(reviews: Sequence[str], punkt: Any) -> Iterator[List[str]]:
    """Yield the sentences of texts as in NLTK's plain-text corpora, with words and signs separated."""
    from nltk.tokenize import WordPunctTokenizer

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


@unit("ch04.ex06", uses=("gensim", "nltk"), short={"epochs": 1})
def exercise_4_06(
    nltk_brown: TaggedCorpus,
    nltk_movie_reviews: Sequence[str],
    nltk_punkt: Any,
    seed: int,
    epochs: int = 5,
    word: str = "money",
) -> TwoCorpora:
    """Train skip-gram on the Brown corpus and on film reviews, and compare the neighbours of a word.

    Source: chapter 4, exercise 4.06.
    """
    brown, movies = (
        neighbours(train_word2vec(sentences, seed=seed, skip_gram=True, epochs=epochs), [word], count=10)
        for sentences in (nltk_brown.sentences, Lines(review_sentences(nltk_movie_reviews, nltk_punkt)))
    )
    return TwoCorpora(brown, movies, len({row[0] for row in brown[:5]} & {row[0] for row in movies[:5]}))
