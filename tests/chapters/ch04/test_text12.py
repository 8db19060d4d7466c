"""The text of chapter 4: Training Our Own Word Embeddings."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.chapters.ch04.corpora import SEED, Corpus, made
from tests.chapters.deciding import failing
from workshop.ledger import ledger
from workshop.measures.ch04_text_embeddings import text12_word_vectors as text12
from workshop.training.embeddings import neighbours, train_word2vec

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


@pytest.mark.usefixtures("gensim")
def test_own_vectors_solve_analogies_by_contexts_alone():
    """On a made-up corpus queen and aunt come first; if its words are shuffled, they do not."""
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
def test_the_seed_that_vectors_depend_on_is_found(seeds_used, named, monkeypatch):
    """If NumPy's seed decided the vectors, the printed value would hold; its state is left as it was."""

    def literal(sentences: Any, seed: int) -> Any:
        drawn = np.random.random(3) if "numpy" in seeds_used else np.zeros(3)  # noqa: NPY002
        return SimpleNamespace(vectors=drawn + (seed if "gensim" in seeds_used else 0))

    monkeypatch.setattr(text12, "literal", literal)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    found = text12.check_seeds()

    assert found.seeds_of_vectors == named
    assert (failing("ch04.text12.numpy_seed", found) == []) == (named == ["gensim's"])
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


@pytest.mark.usefixtures("gensim")
def test_text8_is_trained_with_gensims_defaults(vectors_of_text8):
    """CBOW, a window of five, 100 numbers: the very vectors of that call."""
    found = train_word2vec(Corpus(), seed=SEED, vector_size=100, window=5, skip_gram=False, epochs=5)
    np.testing.assert_array_equal(vectors_of_text8.vectors, found.vectors)
    np.testing.assert_array_equal(vectors_of_text8.animal_vector, found["animal"])
    assert vectors_of_text8.animal_vector.dtype == np.float32
    assert vectors_of_text8.vector_length == 100
    assert vectors_of_text8.animal == neighbours(found, ["animal"], count=10)
    assert vectors_of_text8.happiness == neighbours(found, ["happiness"], count=10)
    assert text12.look_at_text8(Corpus()) == 17
    rare = text12.train_vectors([["queen", "king"] * 5], SEED, epochs=1)  # without the word
    assert (rare.animal_vector.shape, rare.animal) == ((0,), [])


@pytest.mark.usefixtures("gensim")
def test_analogies_have_the_right_signs():
    """King less man plus woman is queen here, king plus man less woman a knave; the same for uncle."""
    outcome = text12.solve_analogies(
        made(
            king=[1, 1, 0, 0], man=[0, 1, 0, 0], woman=[0, 0, 1, 0], queen=[1, 0, 1, 0],
            knave=[1, 2, -1, 0], uncle=[0, 1, 0, 1], aunt=[0, 0, 1, 1], nephew=[0, 2, -1, 1],
        )
    )  # fmt: skip
    assert outcome.king[0][0] == "queen"
    assert outcome.uncle[0][0] == "aunt"
    assert outcome.ranks == {"queen": 1, "aunt": 1}
    assert outcome.uncle_feminine == 2  # aunt and queen


@pytest.mark.usefixtures("gensim")
def test_cosine_by_angle():
    """Of gensim, for vectors of unlike length: parallel 1, square 0, opposite -1."""
    found = text12.compare_angles((0, 60, 90, 180)).cosine_meaning
    assert found == pytest.approx({0: 1, 60: 0.5, 90: 0, 180: -1}, abs=1e-7)
