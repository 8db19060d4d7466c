"""A small text8, and word vectors to choose."""

import numpy as np

from workshop.measures.ch04_text_embeddings import text12_word_vectors as text12

SEED = 5


class Corpus:
    """text8 in small: sentences that can be read again, and a size."""

    size = 17
    words = "king queen man woman uncle aunt animal happiness get happy make merry oeuvre".split()  # noqa: SIM905
    words += "doctor nurse smart steel engine northern river tax law opera".split()  # noqa: SIM905

    def __iter__(self):
        rng = np.random.default_rng(0)
        return iter([rng.choice(self.words, 12).tolist() for _ in range(300)])


def made(**vectors) -> text12.WordVectors:
    """Return an outcome with chosen vectors."""
    rows = np.array(list(vectors.values()), np.float32)
    return text12.WordVectors(tuple(vectors), rows, rows[0], rows.shape[1], [], [])
