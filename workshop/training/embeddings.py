"""Word vectors with gensim 3.8 or 4: word2vec, pretrained vectors, and nearest neighbours."""

from __future__ import annotations

import inspect
import zlib
from typing import Any, Iterable, Iterator, List, Sequence

import numpy as np

from workshop.training import first_steps, watching

Neighbours = List[List[Any]]  # pairs of a word and its cosine, the highest cosine first
# what gensim is about to do, as its model names it
_PLANNED = (
    "corpus_count", "corpus_total_words", "epochs", "vector_size", "window", "sg", "cbow_mean", "hs",
    "negative", "alpha", "min_alpha",
)  # fmt: skip


def train_word2vec(
    sentences: Iterable[list[str]],
    *,
    seed: int,
    vector_size: int = 100,
    window: int = 5,
    skip_gram: bool = False,
    epochs: int = 5,
    workers: int = 1,
) -> Any:
    """Return the `KeyedVectors` that gensim trains with its defaults.

    In first steps, an update is one of gensim's jobs, 10,000 words with one learning rate. The vocabulary is
    that of all sentences.

    Parameters
    ----------
    sentences : lists of words, which must be restartable: read once for the vocabulary and once per epoch. If
        they have `word_counts`, a function that returns the number of sentences and a dictionary of counts in
        the order of first occurrence, the vocabulary is made of these.
    seed : of the initial vectors, the windows' sizes and the negative samples.
    workers : one gives the same vectors for the same seed; with more, vectors differ from run to run, because
        the threads update them in a random order.

    Raises
    ------
    ValueError
        If the sentences can be read only once, are texts, or no word occurs five times.
    """
    if iter(sentences) is sentences:
        raise ValueError("the sentences can be read only once: give a list, or an object with __iter__")
    if isinstance(next(iter(sentences), None), str):
        raise ValueError('give each sentence as a list of words: [["a", "sentence"], ["another", "one"]]')  # noqa: TRY004
    from gensim.models.word2vec import Word2Vec

    named = {"vector_size": vector_size, "epochs": epochs}
    if not gensim_4():
        named = {"size": vector_size, "iter": epochs}
    model = Word2Vec(
        seed=seed,
        window=window,
        sg=int(skip_gram),
        workers=workers,
        # gensim 3 starts from a hash of each word, and Python's own hash differs between processes
        hashfxn=_hash,
        **named,
    )
    try:
        if hasattr(sentences, "word_counts"):
            n_sentences, counts = sentences.word_counts()
            model.build_vocab_from_freq(dict(counts), corpus_count=n_sentences)
            model.corpus_total_words = sum(counts.values())  # gensim leaves it out
        else:
            model.build_vocab(sentences)
        if first_steps.active():
            take_first_steps(model, sentences)
        else:
            model.train(sentences, total_examples=model.corpus_count, epochs=model.epochs)
    except RuntimeError as error:
        raise ValueError(f"nothing to learn from ({error}): each word must occur five times") from error
    watching.trained(model)
    return model.wv


def take_first_steps(model: Any, sentences: Iterable[list[str]]) -> None:
    """Train a model with its vocabulary on the words of the first updates, as the first epoch does."""
    plan = {name: getattr(model, name) for name in _PLANNED}
    hidden = model if gensim_4() else model.trainables

    def steps(count: int) -> tuple[np.ndarray]:
        model.train(
            _First(sentences, count * model.batch_words),
            total_examples=model.corpus_count,
            epochs=1,
            end_alpha=model.alpha - (model.alpha - model.min_alpha) / model.epochs,
            compute_loss=True,
        )
        return (np.array([model.get_latest_training_loss()]),)

    start = model.wv.vectors.copy(), hidden.syn1neg.copy()
    first_steps.take(
        steps, start, lambda: (model.wv.vectors, hidden.syn1neg), plan, of=first_steps.UPDATES
    )  # fmt: skip


class _First:
    """The fewest first sentences of a corpus that contain at least n words."""

    def __init__(self, sentences: Iterable[list[str]], words: int) -> None:
        self._sentences, self._words = sentences, words

    def __iter__(self) -> Iterator[list[str]]:
        words = 0
        for sentence in self._sentences:
            yield sentence
            words += len(sentence)
            if words >= self._words:
                return


def default_setting(name: str) -> Any:
    """Return the default of a setting of gensim's `Word2Vec`, e.g. `sg`."""
    from gensim.models.word2vec import Word2Vec

    return inspect.signature(Word2Vec.__init__).parameters[name].default


def keyed_vectors(words: Sequence[str], vectors: np.ndarray) -> Any:
    """Return gensim's `KeyedVectors` of words and vectors (n words, d) float32, which are not copied."""
    from gensim.models.keyedvectors import KeyedVectors

    found = KeyedVectors(vectors.shape[1])
    index_of = {word: index for index, word in enumerate(words)}
    if gensim_4():
        found.index_to_key, found.key_to_index = list(words), index_of
    else:
        from gensim.models.keyedvectors import Vocab

        found.index2word = list(words)
        found.vocab = {word: Vocab(index=index, count=len(words) - index) for word, index in index_of.items()}
    found.vectors = vectors
    return found


def words_of(vectors: Any) -> tuple[str, ...]:
    """Return the words of gensim's `KeyedVectors`, in the order of their rows."""
    return tuple(vectors.index_to_key if gensim_4() else vectors.index2word)


def neighbours(
    vectors: Any, positive: Sequence[str], negative: Sequence[str] = (), count: int = 5
) -> Neighbours:
    """Return the `count` words nearest to the mean of some words' directions, and their cosines.

    Directions of `negative` are negated. The result does not contain these words, and is empty if one of them
    has no vector.
    """
    if any(word not in vectors for word in (*positive, *negative)):
        return []
    found = vectors.most_similar(positive=list(positive), negative=list(negative), topn=count)
    return [[word, float(cosine)] for word, cosine in found]


def ranks(
    vectors: Any, words: Iterable[str], positive: Sequence[str], negative: Sequence[str] = ()
) -> dict[str, int]:
    """Return the ranks of words among all neighbours, 1 for the nearest; a word without a vector is last."""
    total = len(words_of(vectors))
    rows = neighbours(vectors, positive, negative, count=total)
    found = {row[0]: rank for rank, row in enumerate(rows, start=1)}
    return {word: found.get(word, total) for word in words}


def vector_of(vectors: Any, word: str) -> np.ndarray:
    """Return the vector of a word (d,). Raises ValueError if it has none."""
    if word not in vectors:
        raise ValueError(f"there is no vector of {word!r}: take another word, or a corpus with it five times")
    return vectors[word]


def phrase_cosine(vectors: Any, first: Sequence[str], second: Sequence[str]) -> float:
    """Return the cosine of two phrases, each the mean of its words' vectors.

    Raises ValueError for a word without a vector.
    """
    one, other = (
        np.mean([vector_of(vectors, word) for word in phrase], axis=0) for phrase in (first, second)
    )
    return float(vectors.cosine_similarities(one, other[np.newaxis])[0])


def gensim_4() -> bool:
    """Return whether gensim is version 4 or later, which renamed sizes, epochs and the words of vectors."""
    import gensim

    return int(gensim.__version__.split(".")[0]) >= 4


def _hash(text: str) -> int:
    return zlib.crc32(text.encode("utf-8"))
