"""Exercise 4.05: Vectors for Phrases (page 201).

The vectors of two phrases, get happy and make merry, are made from their words and compared.
"""

from __future__ import annotations


def exercise_4_05_in_gensim(text8: str, seed: int) -> float:
    """Train word2vec on text8 as the text before does; return the cosine of the two phrases.

    The book has neither seed nor number of threads. With more than one thread, gensim's vectors differ from
    run to run.

    `text8` : path of the corpus.
    """
    from gensim.models import word2vec

    model = word2vec.Word2Vec(word2vec.Text8Corpus(text8), seed=seed, workers=1)

    get_happy = (model.wv["get"] + model.wv["happy"]) / 2
    make_merry = (model.wv["make"] + model.wv["merry"]) / 2
    return float(model.wv.cosine_similarities(get_happy, [make_merry])[0])
