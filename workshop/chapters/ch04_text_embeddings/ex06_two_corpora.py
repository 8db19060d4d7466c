"""Exercise 4.06: Training Word Vectors on Different Datasets (page 205).

Word vectors are trained on two collections of text, and the words nearest to money are compared.
"""

from __future__ import annotations

from typing import Sequence

from workshop.training.embeddings import Neighbours


def exercise_4_06_in_gensim(
    nltk_brown: Sequence[list[str]], nltk_movie_reviews: Sequence[list[str]], seed: int
) -> tuple[Neighbours, Neighbours]:
    """Train skip-gram on both corpora as the book does, and list the five words nearest to money.

    The book has neither seed nor number of threads. With more than one thread, gensim's vectors differ from
    run to run.

    `nltk_brown`, `nltk_movie_reviews` : the words of each sentence, as `sents()` of NLTK's corpora returns
    them.
    """
    from gensim.models import word2vec

    brown, movies = (
        word2vec.Word2Vec(sentences, sg=1, seed=seed, workers=1)
        for sentences in (nltk_brown, nltk_movie_reviews)
    )
    return brown.wv.most_similar("money", topn=5), movies.wv.most_similar("money", topn=5)
