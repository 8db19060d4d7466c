"""Activity 4.02: Text Representation for Alice in Wonderland."""

from types import SimpleNamespace

import numpy as np
import pytest

from tests.chapters.ch04.corpora import SEED
from workshop.measures.ch04_text_embeddings import act02_alice_vectors as act02
from workshop.training.embeddings import neighbours, train_word2vec

pytestmark = pytest.mark.usefixtures("gensim")


ALICE = [["white", "rabbit", "mad", "hatter", *"abcd"][i % 3 :: 2] for i in range(60)] * 3


def test_alice_under_three_settings():
    """Defaults, a window of two, and skip-gram, each trained anew; phrases by the last."""
    outcome = act02.activity_4_02(SimpleNamespace(cleaned=ALICE), SEED)
    models = {
        "rabbit_default": train_word2vec(ALICE, seed=SEED),
        "rabbit_window2": train_word2vec(ALICE, seed=SEED, window=2),
        "rabbit_sg": train_word2vec(ALICE, seed=SEED, skip_gram=True, window=5),
    }
    for name, found in models.items():
        assert getattr(outcome, name) == neighbours(found, ["rabbit"], count=10)
    best = [outcome.rabbit_default[0][1], outcome.rabbit_window2[0][1], outcome.rabbit_sg[0][1]]
    assert [outcome.best.cbow, outcome.best.window_2, outcome.best.skip_gram] == best
    assert len(set(best)) == 3
    found = models["rabbit_sg"]
    phrases = [(found["white"] + found["rabbit"]) / 2, (found["mad"] + found["hatter"]) / 2]
    assert outcome.phrase_own == pytest.approx(
        phrases[0] @ phrases[1] / np.prod(np.linalg.norm(phrases, axis=1)), abs=1e-6
    )
    assert act02.activity_4_02_data(SimpleNamespace(cleaned=ALICE)) == ALICE[:3]


def test_own_sentences_under_three_settings():
    """A reader's words and phrases, without an outcome; a rare word is one clear line."""
    own = [["hot", "tea"], ["cold", "milk"]] * 9
    phrases = (("hot", "tea"), ("cold", "milk"))
    outcome = act02.activity_4_02(own, SEED, word="tea", phrases=phrases)
    assert len(outcome.rabbit_default) == len(outcome.rabbit_sg) == 3
    assert outcome.best.cbow == outcome.rabbit_default[0][1]
    assert act02.activity_4_02_data(own, count=1) == [["hot", "tea"]]
    assert act02.activity_4_02_phrases("Hot tea, cold tea", phrases)["hot_tea"]["together"] == 1
    with pytest.raises(ValueError, match=r"^there is no vector of 'rabbit': take another word"):
        act02.activity_4_02(own, SEED)


def test_phrases_are_counted_as_words_side_by_side():
    """In small letters; words between others' letters do not count, nor does the order turned round."""
    found = act02.activity_4_02_phrases("The White\nRabbit; white rabbits, rabbit white. Mad-Hatter mad")
    assert found == {
        "white_rabbit": {"together": 1, "white": 3, "rabbit": 2},
        "mad_hatter": {"together": 1, "mad": 2, "hatter": 1},
    }
