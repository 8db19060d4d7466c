"""Negative controls of chapter 4: wrong implementations and naive baselines that the claims must refuse."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.chapters.deciding import failing
from workshop.book import package_book
from workshop.chapters.ch04_text_embeddings import (
    _checks,
    act01_alice,
    ex06_two_corpora,
)
from workshop.chapters.ch04_text_embeddings import _word_vector_checks as vector_checks
from workshop.chapters.ch04_text_embeddings import act02_alice_vectors as act02
from workshop.chapters.ch04_text_embeddings import text10_representations as text10
from workshop.chapters.ch04_text_embeddings import text11_word2vec as text11
from workshop.chapters.ch04_text_embeddings import text12_word_vectors as text12
from workshop.chapters.ch04_text_embeddings import text14_parameters as text14
from workshop.chapters.ch04_text_embeddings import text17_pretrained_vectors as text17
from workshop.datasets import Missing, find, load
from workshop.datasets.readers.sentences import Lines, TaggedCorpus
from workshop.ledger import ledger
from workshop.samples.recorded import Recordings
from workshop.training.embeddings import train_word2vec
from workshop.verification.printed_vs_recorded import answer


def printed(claim_id: str) -> Any:
    """Return a printed value."""
    return ledger().claims[claim_id].documented


class AtSigns:
    """A sentence tokenizer that needs no data: a sentence ends at each of its signs."""

    def tokenize(self, text: str) -> list[str]:
        """Return the sentences."""
        return re.split(r"(?<=[.!?])\s+", text)


@pytest.fixture(scope="module")
def toy() -> Any:
    """Give the sentences and their words as the book prints them; no data set is needed."""
    return SimpleNamespace(
        sentences=printed("ch04.text08.txt_sents"),
        cleaned=printed("ch04.text07.input"),
    )


@pytest.fixture(scope="module")
def glove(tmp_path_factory) -> Any:
    """Give GloVe's vectors, or skip where they are not here."""
    pytest.importorskip("gensim")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKSHOP_CACHE", str(tmp_path_factory.mktemp("cache")))
        found = find("glove_6b_100d", progress=False)
        if isinstance(found, Missing):
            pytest.skip(f"glove_6b_100d: {found.reason}")
        yield load(found)


def test_words_that_are_not_in_the_matrix_are_noticed(toy, monkeypatch) -> None:
    """A sentence without entries makes a matrix sparser than its words are."""
    pytest.importorskip("sklearn")
    original = text10.represented
    assert "filled_gap" not in failing("ch04.text10.sparse", text10.represent_alice(toy))

    def emptied(documents):
        return {name: (v, matrix * [[0], *[[1]] * 3]) for name, (v, matrix) in original(documents).items()}

    monkeypatch.setattr(text10, "represented", emptied)

    assert "filled_gap" in failing("ch04.text10.sparse", text10.represent_alice(toy))


def test_a_control_that_loses_the_order_is_none(toy, monkeypatch) -> None:
    """Pairs of neighbours differ in another order; single words in their place do not."""
    pytest.importorskip("sklearn")
    assert failing("ch04.text10.order_lost", text10.change_order(toy)) == []

    monkeypatch.setattr(text10, "neighbouring", list)

    assert failing("ch04.text10.order_lost", text10.change_order(toy)) == ["pairs_gap"]


def test_directions_that_are_not_parallel_are_noticed(glove, monkeypatch) -> None:
    """The right panel's relation in the left one's place, a wrong sign, and a chance that is always 0."""
    claim = "ch04.text10.parallel_left"
    assert failing(claim, text10.compare_directions(glove)) == []
    assert failing(claim, text10.compare_directions(glove, left=text10.RIGHT)) == ["chance", "cosine"]

    with monkeypatch.context() as patch:
        cosine = text10.cosine_similarity
        patch.setattr(text10, "cosine_similarity", lambda a, b: -cosine(a, b))
        assert failing(claim, text10.compare_directions(glove)) == ["chance", "cosine"]
    monkeypatch.setattr(text10, "cosines_by_chance", lambda *_: np.full(9, -1.0))
    assert failing(claim, text10.compare_directions(glove)) == ["not_parallel"]


@pytest.mark.parametrize(
    ("hidden", "target", "parts"),
    [
        (None, "softmax", []),
        ("relu", "softmax", ["vectors_gap", "output_gap"]),
        (None, "sigmoid", ["output_gap"]),
    ],
)
def test_other_activations_of_the_network_are_noticed(monkeypatch, hidden, target, parts) -> None:
    """The hidden layer is linear, and the output is a softmax."""
    keras = pytest.importorskip("workshop.training.backend").keras

    def network(n_terms, dimensions):
        return keras.models.Sequential(
            [
                keras.layers.InputLayer((n_terms,)),
                keras.layers.Dense(dimensions, activation=hidden, use_bias=False, name="hidden"),
                keras.layers.Dense(n_terms, activation=target, name="target"),
            ]
        )

    monkeypatch.setattr(text11, "cbow_network", network)

    assert [p for p in failing("ch04.text11.hidden_dim", text11.look_at_network()) if p != "silent"] == parts


def test_a_weight_that_does_not_matter_is_counted() -> None:
    """A network that ignores its last hidden unit has as many silent weights as that unit has."""
    keras = pytest.importorskip("workshop.training.backend").keras
    network = text11.cbow_network(4, 2)
    weights = [text11.waves(array.shape) for array in network.get_weights()]
    weights[1][1] = 0

    network.set_weights(weights)

    assert text11.silent_weights(network, np.eye(4, dtype=np.float32)) == 4  # those into the unit
    del keras


@pytest.mark.parametrize(
    "settings", [{"window": 4}, {"epochs": 4}, {"vector_size": 99}, {"skip_gram": True}, {"seed": 2}]
)
def test_a_training_that_is_not_by_default_is_noticed(monkeypatch, settings) -> None:
    """Another window, number of epochs, length, approach or seed than that of gensim's own call."""
    pytest.importorskip("gensim")
    claim, of_text8 = "ch04.text12.vector_length", SimpleNamespace(vector_length=100)
    assert failing(claim, of_text8, text12.train_by_default()) == []

    monkeypatch.setattr(
        text12, "train_word2vec", lambda texts, **others: train_word2vec(texts, **{**others, **settings})
    )

    assert failing(claim, of_text8, text12.train_by_default()) == ["default_gap"]
    assert failing(claim, of_text8, text12.DefaultTraining(99, 0.0)) == ["default_length"]


@pytest.mark.parametrize(("shape", "parts"), [((3, 100), 0), ((3, 50), 1), ((100, 3), 2)])
def test_vectors_of_another_length_are_noticed(shape, parts) -> None:
    """Those of another file of the archive, and a table with rows and columns exchanged."""
    pytest.importorskip("gensim")
    vectors = np.ones(shape, dtype=np.float32)
    words = tuple(f"w{row}" for row in range(len(vectors)))

    found = text17.look_at_lengths(SimpleNamespace(words=words, vectors=vectors))

    assert len(failing("ch04.text17.dims", dims=found)) == parts


def test_products_in_the_place_of_cosines_are_noticed(monkeypatch) -> None:
    """Of vectors whose length is not one."""
    pytest.importorskip("gensim")
    claims = ("ch04.text12.cosine_meaning", "ch04.text12.most_similar_cosines")
    assert not any(failing(claim, text12.compare_angles()) for claim in claims)

    class Products:
        def __init__(self, words, vectors):
            self.words, self.vectors = words, vectors

        def cosine_similarities(self, one, others):
            return others @ one

    def by_product(found, positive, count):
        scores = found.vectors @ found.vectors[found.words.index(positive[0])]
        return [[found.words[i], float(scores[i])] for i in np.argsort(-scores)][1 : count + 1]

    monkeypatch.setattr(text12, "keyed_vectors", Products)
    monkeypatch.setattr(text12, "neighbours", by_product)

    assert all(failing(claim, text12.compare_angles()) for claim in claims)


def test_another_list_is_at_no_distance_by_hand() -> None:
    """A list of other words, and one without words, is infinitely far; a wrong cosine is as far as it is."""
    words, vectors = ("a", "b", "c"), np.array([[1.0, 0], [1, 1], [0, 1]])

    def gap(rows):
        return _checks.gap_by_hand(rows, words, vectors, vectors[0], ["a"])

    assert gap([["b", 0.5**0.5], ["c", 0.0]]) == pytest.approx(0)
    assert gap([["b", 0.5**0.5 - 0.1], ["c", 0.0]]) == pytest.approx(0.1)
    assert gap([["c", 0.0], ["b", 0.5**0.5]]) == gap([]) == float("inf")


def test_another_default_training_is_noticed(monkeypatch) -> None:
    """A setting read as skip-gram, and a call that trains by skip-gram though 0 is read."""
    word2vec = pytest.importorskip("gensim.models.word2vec")
    claim = "ch04.text16.default_sg"
    assert failing(claim, text14.look_at_default()) == []

    with monkeypatch.context() as patch:
        patch.setattr(text14, "default_setting", lambda name: 1)
        assert failing(claim, text14.look_at_default()) == ["default_sg", "same_gap", "other_gap"]
    original = word2vec.Word2Vec
    monkeypatch.setattr(
        word2vec, "Word2Vec", lambda *texts, sg=1, **settings: original(*texts, sg=sg, **settings)
    )
    monkeypatch.setattr(text14, "default_setting", lambda name: 0)
    assert failing(claim, text14.look_at_default()) == ["same_gap", "other_gap"]


def test_contextual_stop_words_are_counted_in_the_raw_text(monkeypatch) -> None:
    """A part of a longer word or of a longer row of signs does not count, nor does a word that stays."""
    pytest.importorskip("nltk")
    claim = "ch04.act01.context_stop"
    text = "He said -- aforesaid --- that! It said so."
    assert act01_alice.count_in_text("said", text) == 2
    assert act01_alice.count_in_text("--", text) == 1

    done = act01_alice.activity_4_01(AtSigns(), (), "He said! Aforesaid -- he said.")
    assert failing(claim, done) == []
    assert done.context_counts == {"--": 1, "said": 2}
    assert failing(claim, act01_alice.activity_4_01(AtSigns(), (), "He said! -- So.", ("said",))) == [
        "context_stop"
    ]
    monkeypatch.setattr(act01_alice, "count_in_text", lambda word, text: text.count(word))
    done = act01_alice.activity_4_01(AtSigns(), (), "He said! Aforesaid -- he said.")
    assert failing(claim, done) == ["context_gap"]


ALICE = "The White Rabbit met the Mad-eyed Hatter. The hatter was mad."


def test_pairs_that_are_never_counted_are_noticed(monkeypatch) -> None:
    """The control is white rabbit, which the text has; a text with mad hatter is not a zero."""
    claim = "ch04.act02.mad_hatter_together"
    assert failing(claim, adjacent=act02.activity_4_02_phrases(ALICE)) == []
    assert failing(claim, adjacent=act02.activity_4_02_phrases(ALICE + " Mad Hatter!")) == ["together"]

    monkeypatch.setattr(act02, "zip", lambda words, others: zip(words, words, strict=True), raising=False)

    assert failing(claim, adjacent=act02.activity_4_02_phrases(ALICE)) == ["adjacent_white_rabbit_together"]


def test_lists_of_glove_are_those_of_the_analogy(glove, monkeypatch) -> None:
    """Without the vector of man, with ranks that do not depend on the question, and by products."""
    outcomes = text17.ask_glove(glove), text17.ask_glove_by_hand(glove)
    assert [failing(f"ch04.text17.{name}", *outcomes) for name in ("money", "king")] == [[], []]
    original = text17.neighbours

    with monkeypatch.context() as patch:
        patch.setattr(text17, "neighbours", lambda found, words, *_: original(found, words))
        changed = text17.ask_glove(glove), text17.ask_glove_by_hand(glove)
        assert failing("ch04.text17.king", *changed) == ["king", "king_gap"]
    with monkeypatch.context() as patch:
        patch.setattr(text17, "ranks", lambda found, words, *_: dict.fromkeys(words, 1))
        changed = text17.ask_glove(glove), text17.ask_glove_by_hand(glove)
        assert failing("ch04.text17.king", *changed) == ["king_alone", "turned"]

    def by_product(found, positive, *_):
        scores = found.vectors @ found[positive[0]]
        best = [i for i in np.argsort(-scores) if glove.words[i] not in positive][:5]
        return [[glove.words[i], float(scores[i])] for i in best]

    monkeypatch.setattr(text17, "neighbours", by_product)
    changed = text17.ask_glove(glove), text17.ask_glove_by_hand(glove)
    assert failing("ch04.text17.money", *changed) == ["money", "money_gap"]


def test_punctuation_is_no_word_of_the_brown_corpus() -> None:
    """With its signs the corpus has 1.16 million tokens, which is not about a million words."""
    corpus = TaggedCorpus({"news": ("ca01",)}, Lines([["The", "2", "jurors'", "``", ",", "--"]]))
    found = ex06_two_corpora.exercise_4_06_data(corpus)
    assert (found.words, found.tokens) == (3, 6)

    def corpus_of(words):
        return SimpleNamespace(brown_corpus=ex06_two_corpora.Corpus(15, 500, words, 1_161_192))

    assert failing("ch04.ex06.brown_corpus", corpus_of(1_013_319)) == []
    assert failing("ch04.ex06.brown_corpus", corpus_of(1_161_192)) == ["words"]


# claims on lists whose runs rest on the documented data, and a list that another training would give
OTHER_LISTS = {
    "ex06.brown_money": "ex06.movie_money",
    "ex06.movie_money": "ex06.brown_money",
    "act02.rabbit_default": "ex06.movie_money",
    "act02.rabbit_window2": "ex06.movie_money",
}


@pytest.mark.parametrize(("name", "other"), OTHER_LISTS.items())
def test_a_printed_list_is_like_the_recorded_ones(name, other) -> None:
    """So is the authors' other run; the list of another corpus is not, nor are its words in part."""
    claim = ledger().claims[f"ch04.{name}"]
    runs = Recordings(package_book(), {"device": "cpu"}).of(claim)
    foreign = printed(f"ch04.{other}")

    assert answer(runs, claim.documented).answer == "compatible"
    assert answer(runs, claim.notebook).answer == "compatible"
    assert answer(runs, foreign).answer != "compatible"
    assert answer(runs, [["other", 0.5], *foreign[1:]]).answer != "compatible"


def test_ransom_without_cash_is_noticed() -> None:
    """The reviews' vectors have cash and ransom first; other words, or those of Brown, are not like them."""
    claim = ledger().claims["ch04.ex06.movie_top2"]
    runs = Recordings(package_book(), {"device": "cpu"}).of(claim)

    assert answer(runs, ["cash", "ransom"]).answer == "compatible"
    assert answer(runs, ["record", "paid"]).answer != "compatible"
    assert answer(runs, ["job", "care"]).answer != "compatible"


CONTEXTS = {"king": "royal he", "queen": "royal she", "man": "plain he", "woman": "plain she"}
CONTEXTS = {**CONTEXTS, "uncle": "kin he", "aunt": "kin she"}
KINDS = {kind: [f"{kind}{i}" for i in range(6)] for kind in ("royal", "plain", "kin", "he", "she")}


def sentences_about(words: Any) -> list[list[str]]:
    """Return 3,000 sentences: a word between words of its kind and words for its sex."""
    rng = np.random.default_rng(4)
    made = []
    for word in rng.choice(list(words), 3000):
        kinds = [rng.choice(KINDS[kind], 3) for kind in CONTEXTS[word].split()]
        made.append([*kinds[0], word, *kinds[1]])
    return made


def test_own_vectors_solve_analogies_by_contexts_alone() -> None:
    """On a made-up corpus queen and aunt come first; if its words are shuffled, they do not."""
    pytest.importorskip("gensim")
    sentences = sentences_about(CONTEXTS)
    words = np.random.default_rng(5).permutation(np.concatenate(sentences)).reshape(-1, 7).tolist()
    names = ledger().claims["ch04.text13.king_top"].rule.names

    def first(corpus):
        outcome = text12.solve_analogies(train_word2vec(corpus, seed=1, vector_size=20, epochs=20))
        return names(outcome.king) | names(outcome.uncle)

    assert first(sentences) == {"queen", "aunt"}
    assert not first(words) & {"queen", "aunt"}


@pytest.mark.parametrize(
    ("seeds_used", "named"),
    [
        (("numpy",), ["NumPy's"]),
        (("gensim",), ["gensim's"]),
        ((), []),
        (("numpy", "gensim"), ["NumPy's", "gensim's"]),
    ],
)
def test_the_seed_that_vectors_depend_on_is_found(
    seeds_used: tuple[str, ...], named: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If NumPy's seed decided the vectors, the printed value would hold; its state is left as it was."""

    def literal(sentences: Any, seed: int) -> Any:
        drawn = np.random.random(3) if "numpy" in seeds_used else np.zeros(3)  # noqa: NPY002
        return SimpleNamespace(vectors=drawn + (seed if "gensim" in seeds_used else 0))

    monkeypatch.setattr(vector_checks, "literal", literal)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    found = vector_checks.check_seeds()

    assert found.seeds_of_vectors == named
    assert (failing("ch04.text12.numpy_seed", found) == []) == (named == ["gensim's"])
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002
