"""Chapter 4's counts and distances by hand, and lists that the claims must refuse."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.chapters.deciding import failing
from workshop.book import package_book
from workshop.ledger import ledger
from workshop.measures.ch04_text_embeddings import _checks, act01_alice
from workshop.measures.ch04_text_embeddings import text12_word_vectors as text12
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


def test_another_list_is_at_no_distance_by_hand() -> None:
    """A list of other words, and one without words, is infinitely far; a wrong cosine is as far as it is."""
    words, vectors = ("a", "b", "c"), np.array([[1.0, 0], [1, 1], [0, 1]])

    def gap(rows):
        return _checks.gap_by_hand(rows, words, vectors, vectors[0], ["a"])

    assert gap([["b", 0.5**0.5], ["c", 0.0]]) == pytest.approx(0)
    assert gap([["b", 0.5**0.5 - 0.1], ["c", 0.0]]) == pytest.approx(0.1)
    assert gap([["c", 0.0], ["b", 0.5**0.5]]) == gap([]) == float("inf")


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
        "context_stop", "context_counts",
    ]  # fmt: skip
    monkeypatch.setattr(act01_alice, "count_in_text", lambda word, text: text.count(word))
    done = act01_alice.activity_4_01(AtSigns(), (), "He said! Aforesaid -- he said.")
    assert failing(claim, done) == ["context_gap"]


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

    monkeypatch.setattr(text12, "literal", literal)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    found = text12.check_seeds()

    assert found.seeds_of_vectors == named
    assert (failing("ch04.text12.numpy_seed", found) == []) == (named == ["gensim's"])
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002
