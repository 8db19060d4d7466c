"""Word vectors by gensim: seeds and settings reach it, neighbours are those of the cosine by hand."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from workshop.numerics.similarity import cosine_similarity, direction, nearest
from workshop.training import embeddings, first_steps
from workshop.training.embeddings import (
    default_setting,
    keyed_vectors,
    neighbours,
    phrase_cosine,
    ranks,
    train_word2vec,
    words_of,
)

WORDS = ("a", "b", "c", "d", "e")


pytestmark = pytest.mark.usefixtures("gensim")


@pytest.fixture(scope="module")
def sentences() -> list[list[str]]:
    """Return sentences of made-up words, in which the words of one group occur together."""
    rng = np.random.default_rng(1)
    groups = [[f"{letter}{i}" for i in range(12)] for letter in "abcd"]
    return [rng.choice(groups[rng.integers(4)], 12).tolist() for _ in range(400)]


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Vectors of very unlike lengths, so that length matters where it should not."""
    rng = np.random.default_rng(2)
    return (rng.normal(size=(5, 4)) * 10.0 ** np.arange(5)[:, np.newaxis]).astype(np.float32)


def trained(sentences, **settings) -> np.ndarray:
    """Return the vectors of a training, rows by word."""
    found = train_word2vec(sentences, seed=7, **settings)
    return np.stack([found[word] for word in sorted(words_of(found))])


def test_one_seed_gives_one_answer(sentences):
    one, again = trained(sentences), trained(sentences)
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - trained(sentences, epochs=6)).max() > 1e-4
    other = train_word2vec(sentences, seed=8)
    assert np.abs(one[0] - other["a0"]).max() > 1e-4


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_are_what_was_asked_for(sentences, monkeypatch, workers):
    from gensim.models import word2vec

    asked = []

    class Listening(word2vec.Word2Vec):
        def __init__(self, *arguments, **settings) -> None:
            asked.append((settings["workers"], settings["sg"], settings["window"]))
            super().__init__(*arguments, **settings)

    monkeypatch.setattr(word2vec, "Word2Vec", Listening)
    train_word2vec(sentences, seed=1)
    train_word2vec(sentences, seed=1, workers=workers, window=2, skip_gram=True)
    assert asked == [(1, 0, 5), (workers, 1, 2)]


def test_settings_are_gensims_defaults(sentences):
    if not embeddings.gensim_4():
        pytest.skip("gensim 3 hashes words, differently in each process: pip install -U gensim")
    from gensim.models.word2vec import Word2Vec

    plain = Word2Vec(sentences, seed=7, workers=1).wv
    np.testing.assert_array_equal(trained(sentences), np.stack([plain[w] for w in sorted(words_of(plain))]))
    assert default_setting("sg") == 0
    assert default_setting("min_count") == 5


def test_each_setting_matters(sentences):
    usual = trained(sentences)
    for settings in ({"window": 4}, {"skip_gram": True}, {"epochs": 4}):
        assert np.abs(usual - trained(sentences, **settings)).max() > 1e-4
    assert trained(sentences, vector_size=30).shape == (48, 30)


@pytest.mark.parametrize("skip_gram", [False, True])
def test_first_steps_are_the_beginning_of_the_whole_training(sentences, *, skip_gram):
    from gensim.models.callbacks import CallbackAny2Vec
    from gensim.models.word2vec import Word2Vec

    epochs: list[np.ndarray] = []

    class Snapshot(CallbackAny2Vec):
        def on_epoch_end(self, model: Any) -> None:
            epochs.append(model.wv.vectors.copy())

    settings = {"sg": int(skip_gram), "hashfxn": embeddings._hash, "callbacks": [Snapshot()]}
    Word2Vec(sentences, seed=7, workers=1, **settings)
    with first_steps.first_steps() as trainings:
        found = train_word2vec(sentences, seed=7, skip_gram=skip_gram)

    np.testing.assert_array_equal(found.vectors, epochs[0])
    (training,) = trainings
    assert training.plan == {
        "corpus_count": 400, "corpus_total_words": 4800, "epochs": 5, "vector_size": 100, "window": 5,
        "sg": int(skip_gram), "cbow_mean": 1, "hs": 0, "negative": 5, "alpha": 0.025, "min_alpha": 0.0001,
    }  # fmt: skip
    assert training.losses.shape == (1,)
    assert training.losses[0] > 0
    assert training.length > np.linalg.norm(epochs[0])  # the weights of the output are in it, too
    assert len(training.moved) == 2
    assert min(training.moved) > 0


@pytest.mark.parametrize("only_first_steps", [False, True])
def test_counted_words_give_what_counting_them_gives(sentences, *, only_first_steps):
    class Counted(list):  # type: ignore[type-arg]
        def word_counts(self) -> tuple[int, dict[str, int]]:
            return len(self), dict(Counter(word for sentence in self for word in sentence))

    def made(given: Any) -> tuple[Any, Any]:
        if not only_first_steps:
            return train_word2vec(given, seed=3), None
        with first_steps.first_steps() as found:
            return train_word2vec(given, seed=3), found[0]

    # each word five times or more, some equally often, and one too rarely
    words = [*sentences, *[["once", "upon", "a", "time"]] * 7, ["rare"]]
    (one, seen), (other, seen_too) = made(list(words)), made(Counted(words))
    assert words_of(one) == words_of(other)
    np.testing.assert_array_equal(one.vectors, other.vectors)
    if only_first_steps:
        assert seen.plan == seen_too.plan
        assert seen.plan["corpus_total_words"] == sum(map(len, words))
        np.testing.assert_array_equal(seen.losses, seen_too.losses)
        assert (seen.length, seen.moved) == (seen_too.length, seen_too.moved)


def test_first_steps_end_after_their_words(sentences, monkeypatch):
    from gensim.models.word2vec import Word2Vec

    monkeypatch.setattr(first_steps, "UPDATES", 0.06)
    late = [*sentences, *[["late", "later"]] * 5]
    with first_steps.first_steps():
        found = train_word2vec(late, seed=7)
    model = Word2Vec(seed=7, workers=1, hashfxn=embeddings._hash)
    model.build_vocab(late)
    start = model.wv["late"].copy()
    model.train(sentences[:50], total_examples=405, epochs=1, start_alpha=0.025, end_alpha=0.02002)

    np.testing.assert_array_equal(found["late"], start)
    np.testing.assert_array_equal(found.vectors, model.wv.vectors)


def test_words_that_stand_together_end_together(sentences):
    found = train_word2vec(sentences, seed=3, skip_gram=True, epochs=20)
    own = [row[0][0] == word[0] for word in words_of(found) for row in neighbours(found, [word], count=5)]
    assert np.mean(own) > 0.9


def test_sentences_that_can_be_read_only_once_are_refused(sentences):
    """A generator would be empty from the second pass on, and nothing would be learnt."""
    with pytest.raises(ValueError, match="can be read only once"):
        train_word2vec(iter(sentences), seed=1)
    with pytest.raises(ValueError, match="each word must occur five times"):
        train_word2vec([["once"]], seed=1)
    with pytest.raises(ValueError, match="give each sentence as a list of words"):
        train_word2vec(["a text", "another one"], seed=1)


@pytest.mark.parametrize(("positive", "negative"), [(["a"], []), (["a", "b"], ["c"]), (["e", "a"], ["d"])])
def test_neighbours_by_hand(vectors, positive, negative):
    found = keyed_vectors(WORDS, vectors)
    rows = neighbours(found, positive, negative)
    place = {word: i for i, word in enumerate(WORDS)}
    query = direction([vectors[place[w]] for w in positive], [vectors[place[w]] for w in negative])
    expected = nearest(vectors, query, exclude=[place[w] for w in positive + negative])
    assert [word for word, _ in rows] == [WORDS[i] for i, _ in expected]
    np.testing.assert_allclose([c for _, c in rows], [c for _, c in expected], atol=1e-6)


def test_neighbours_of_unknown_words():
    found = keyed_vectors(WORDS, np.eye(5, dtype=np.float32) + 0.1)
    assert neighbours(found, ["a", "x"]) == []
    assert neighbours(found, ["a"], ["x"]) == []
    assert len(neighbours(found, ["a"], count=9)) == 4
    near = keyed_vectors(WORDS, np.float32([[1, 0], [1, 0.1], [1, 0.2], [0, 1], [-1, 0]]))
    assert ranks(near, ["b", "d", "x", "a"], ["a"]) == {"b": 1, "d": 3, "x": 5, "a": 5}


def test_phrases(vectors):
    found = keyed_vectors(WORDS, vectors)
    expected = cosine_similarity(vectors[[0, 1]].mean(axis=0), vectors[[2, 3]].mean(axis=0))
    assert phrase_cosine(found, ["a", "b"], ["c", "d"]) == pytest.approx(expected, abs=1e-6)
    with pytest.raises(ValueError, match=r"^there is no vector of 'x': take another word"):
        phrase_cosine(found, ["a"], ["x"])


def test_pretrained_vectors_are_not_copied(vectors):
    found = keyed_vectors(WORDS, vectors)
    assert found.vectors is vectors
    assert words_of(found) == WORDS
    np.testing.assert_array_equal(found["c"], vectors[2])
