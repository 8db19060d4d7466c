"""Activity 4.02: word vectors of Alice under three settings, and phrases compared with GloVe's."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Dict, List

from workshop.chapters.ch04_text_embeddings.alice import Preprocessed
from workshop.training.embeddings import Neighbours, keyed_vectors, neighbours, phrase_cosine, train_word2vec
from workshop.units import unit

PHRASES = (("white", "rabbit"), ("mad", "hatter"))


@dataclass(frozen=True)
class Sentences:
    """`first3` : the words of the first three sentences."""

    first3: List[List[str]]


@unit("ch04.act02")
def look_at_alice(ch04_act01: Preprocessed, count: int = 3) -> Sentences:
    """Take the sentences without stop words. Source: chapter 4, activity 4.02."""
    return Sentences(ch04_act01.cleaned[:count])


@dataclass(frozen=True)
class AliceVectors:
    """Words nearest to rabbit under three settings, ten each, with their cosines.

    `rabbit_default` : by CBOW with a window of 5. `rabbit_window2` : with a window of 2. `rabbit_sg` : by
    skip-gram. `best` : the highest cosine by setting. `phrase_own` : cosine of two phrases by the skip-gram
    vectors.
    """

    rabbit_default: Neighbours
    rabbit_window2: Neighbours
    rabbit_sg: Neighbours
    best: Dict[str, float]
    phrase_own: float


@unit("ch04.act02", uses=("gensim",))
def activity_4_02(ch04_act01: Preprocessed, seed: int, word: str = "rabbit") -> AliceVectors:
    """Train word2vec on Alice three times, and list the neighbours of a word each time.

    Source: chapter 4, activity 4.02.
    """
    settings: Dict[str, Dict[str, Any]] = {
        "cbow": {},
        "window_2": {"window": 2},
        "skip_gram": {"window": 5, "skip_gram": True},
    }
    models = {name: train_word2vec(ch04_act01.cleaned, seed=seed, **one) for name, one in settings.items()}
    lists = {name: neighbours(found, [word], count=10) for name, found in models.items()}
    return AliceVectors(
        rabbit_default=lists["cbow"],
        rabbit_window2=lists["window_2"],
        rabbit_sg=lists["skip_gram"],
        best={name: rows[0][1] for name, rows in lists.items()},
        phrase_own=phrase_cosine(models["skip_gram"], *PHRASES),
    )


@dataclass(frozen=True)
class GlovePhrases:
    """`phrase_glove` : the cosine of the two phrases by GloVe's vectors."""

    phrase_glove: float


@unit("ch04.act02", uses=("gensim",))
def compare_phrases(glove_6b_100d: Any) -> GlovePhrases:
    """Compare the phrases by pretrained vectors. Source: chapter 4, activity 4.02."""
    return GlovePhrases(phrase_cosine(keyed_vectors(*glove_6b_100d), *PHRASES))


@dataclass(frozen=True)
class Together:
    """`adjacent` : how often the words of each phrase are adjacent in Alice, and how often each occurs."""

    adjacent: Dict[str, Dict[str, int]]


@unit("ch04.act02")
def count_phrases(nltk_gutenberg: str) -> Together:
    """Count two phrases in the text in lower case, where a word is a sequence of letters.

    Source: chapter 4, activity 4.02.
    """
    words = re.findall("[a-z]+", nltk_gutenberg.lower())
    single, pairs = Counter(words), Counter(zip(words, words[1:]))
    return Together(
        {
            "_".join(phrase): {"together": pairs[phrase], **{word: single[word] for word in phrase}}
            for phrase in PHRASES
        }
    )
