"""Activity 4.02: Text Representation for Alice in Wonderland (chapter 4, page 210).

Own sentences, as lists of words, go in the place of activity 4.01's outcome. Own phrases are a setting.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from dataclasses import dataclass
from typing import Any, Sequence, Tuple

from workshop.training.embeddings import Neighbours, neighbours, phrase_cosine, train_word2vec, vector_of
from workshop.units import unit

from ._tokens import tokens_of
from ._word_vectors import vectors_of


def activity_4_02_in_gensim(
    nltk_gutenberg: str, nltk_stopwords: Sequence[str], seed: int
) -> tuple[list[Neighbours], float]:
    """Train word2vec on Alice three times as the book does, after activity 4.01's steps.

    The print has neither seed nor number of threads. With more than one thread, gensim's vectors differ from
    run to run.

    `nltk_gutenberg` : the text of Alice. Returns the five words nearest to rabbit by each training, and the
    cosine of the phrases by skip-gram.
    """
    from gensim.models import word2vec
    from nltk.tokenize import sent_tokenize, word_tokenize

    left_out = [*string.punctuation, *nltk_stopwords, "--", "said"]
    tokens = [word_tokenize(sentence) for sentence in sent_tokenize(nltk_gutenberg.lower())]
    sentences = [[word for word in sentence if word not in left_out] for sentence in tokens]
    default = word2vec.Word2Vec(sentences, seed=seed, workers=1)
    window_2 = word2vec.Word2Vec(sentences, window=2, seed=seed, workers=1)
    skip_gram = word2vec.Word2Vec(sentences, window=5, sg=1, seed=seed, workers=1)
    white_rabbit = (skip_gram.wv["white"] + skip_gram.wv["rabbit"]) / 2
    mad_hatter = (skip_gram.wv["mad"] + skip_gram.wv["hatter"]) / 2
    return (
        [model.wv.most_similar("rabbit", topn=5) for model in (default, window_2, skip_gram)],
        float(skip_gram.wv.cosine_similarities(white_rabbit, [mad_hatter])[0]),
    )


# The book's part ends here. What follows measures it.

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
