"""Activity 4.02: Text Representation for Alice in Wonderland (page 210).

Word vectors are trained on Alice in Wonderland, and phrases such as white rabbit and mad hatter are compared.
"""

from __future__ import annotations

import string
from typing import Sequence

from workshop.training.embeddings import Neighbours


def activity_4_02_in_gensim(
    nltk_gutenberg: str, nltk_stopwords: Sequence[str], seed: int
) -> tuple[list[Neighbours], float]:
    """Train word2vec on Alice three times as the book does, after activity 4.01's steps.

    The book has neither seed nor number of threads. With more than one thread, gensim's vectors differ from
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
