"""What is measured of activity 4.02.

Own sentences, as lists of words, go in the place of activity 4.01's outcome. Own phrases are a setting.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Tuple

from workshop.training.embeddings import Neighbours, neighbours, phrase_cosine, train_word2vec, vector_of
from workshop.units import unit

from ._tokens import tokens_of
from ._word_vectors import vectors_of

Phrases = Tuple[Tuple[str, str], ...]
PHRASES = (("white", "rabbit"), ("mad", "hatter"))


@unit("ch04.act02", value="first3")
def activity_4_02_data(ch04_act01: Any, count: int = 3) -> list[list[str]]:
    """Take the sentences without stop words.

    Returns the words of the first three sentences. Source: chapter 4, activity 4.02.
    """
    return tokens_of(ch04_act01)[:count]


@dataclass(frozen=True)
class Best:
    """The highest cosine under each setting."""

    cbow: float
    window_2: float
    skip_gram: float


@dataclass(frozen=True)
class AliceVectors:
    """Words nearest to rabbit under three settings, ten each, with their cosines.

    `rabbit_default` : by CBOW with a window of 5. `rabbit_window2` : with a window of 2. `rabbit_sg` : by
    skip-gram. `phrase_own` : cosine of two phrases by the skip-gram vectors.
    """

    rabbit_default: Neighbours
    rabbit_window2: Neighbours
    rabbit_sg: Neighbours
    best: Best
    phrase_own: float


@unit("ch04.act02", uses="gensim")
def activity_4_02(
    ch04_act01: Any, seed: int, word: str = "rabbit", phrases: Phrases = PHRASES
) -> AliceVectors:
    """Train word2vec on Alice three times, and list the neighbours of a word each time.

    Raises ValueError if the word, or one of the phrases, occurs fewer than five times.
    Source: chapter 4, activity 4.02.
    """
    sentences = tokens_of(ch04_act01)
    models = [
        train_word2vec(sentences, seed=seed),
        train_word2vec(sentences, seed=seed, window=2),
        train_word2vec(sentences, seed=seed, window=5, skip_gram=True),
    ]
    vector_of(models[0], word)  # raises the error where the word is missing
    lists = [neighbours(found, [word], count=10) for found in models]
    best = Best(*(rows[0][1] for rows in lists))
    return AliceVectors(*lists, best, phrase_cosine(models[2], *phrases))


@unit("ch04.act02", value="phrase_glove", uses="gensim")
def activity_4_02_glove(glove_6b_100d: Any, phrases: Phrases = PHRASES) -> float:
    """Compare the phrases by pretrained vectors.

    Returns the cosine of the two phrases by GloVe's vectors. Source: chapter 4, activity 4.02.
    """
    return phrase_cosine(vectors_of(glove_6b_100d), *phrases)


@unit("ch04.act02", value="adjacent")
def activity_4_02_phrases(nltk_gutenberg: str, phrases: Phrases = PHRASES) -> dict[str, dict[str, int]]:
    """Count two phrases in the text in lower case, where a word is a sequence of letters.

    Returns how often the words of each phrase are adjacent in Alice, and how often each occurs. Source:
    chapter 4, activity 4.02.
    """
    words = re.findall("[a-z]+", nltk_gutenberg.lower())
    single, pairs = Counter(words), Counter(zip(words, words[1:]))
    return {
        "_".join(phrase): {"together": pairs[phrase], **{word: single[word] for word in phrase}}
        for phrase in phrases
    }
