"""Exercise 4.06: Training Word Vectors on Different Datasets."""

from types import SimpleNamespace

import numpy as np
import pytest

from tests.chapters.ch04.corpora import SEED
from workshop.book import package_book
from workshop.datasets.readers.sentences import Lines, TaggedCorpus
from workshop.ledger import ledger
from workshop.measures.ch04_text_embeddings import ex06_two_corpora
from workshop.samples.recorded import Recordings
from workshop.training.embeddings import neighbours, train_word2vec
from workshop.verification.printed_vs_recorded import answer


def test_ransom_without_cash_is_noticed():
    """The reviews' vectors have cash and ransom first; other words, or those of Brown, are not like them."""
    claim = ledger().claims["ch04.ex06.movie_top2"]
    runs = Recordings(package_book(), {"device": "cpu"}).of(claim)

    assert answer(runs, ["cash", "ransom"]).answer == "compatible"
    assert answer(runs, ["record", "paid"]).answer != "compatible"
    assert answer(runs, ["job", "care"]).answer != "compatible"


@pytest.mark.usefixtures("gensim")
def test_two_corpora_by_skip_gram():
    """Each corpus has vectors of its own; the words that both lists begin with are counted."""
    pytest.importorskip("nltk")
    rng = np.random.default_rng(1)
    words = ["money", *"abcdefghijk"]
    brown = [rng.choice(words, 8).tolist() for _ in range(80)]
    reviews = [" . ".join(" ".join(rng.choice(words, 8)) for _ in range(5)) for _ in range(20)]

    class Punkt:
        @staticmethod
        def tokenize(text):
            return [text]

    outcome = ex06_two_corpora.exercise_4_06(
        TaggedCorpus({"news": ("ca01",)}, Lines(brown)), reviews, Punkt, SEED
    )
    ours = train_word2vec(brown, seed=SEED, skip_gram=True)
    theirs = train_word2vec([review.split() for review in reviews], seed=SEED, skip_gram=True)
    assert outcome.brown_money == neighbours(ours, ["money"], count=10)
    assert outcome.movie_money == neighbours(theirs, ["money"], count=10)
    first = [{word for word, _ in rows[:5]} for rows in (outcome.brown_money, outcome.movie_money)]
    assert outcome.differ == len(first[0] & first[1])


@pytest.mark.usefixtures("gensim")
def test_two_own_corpora():
    """Lists of words and texts of a reader's own; a rare word, or one text for many, is one clear line."""
    pytest.importorskip("nltk")
    words, texts = [["tea", "with", "milk"]] * 9, ["tea without milk"] * 9
    punkt = SimpleNamespace(tokenize=lambda text: [text])
    outcome = ex06_two_corpora.exercise_4_06(words, texts, punkt, SEED, word="tea")
    assert {word for word, _ in outcome.brown_money} == {"with", "milk"}
    assert {word for word, _ in outcome.movie_money} == {"without", "milk"}
    with pytest.raises(ValueError, match=r"^there is no vector of 'money': take another word"):
        ex06_two_corpora.exercise_4_06(words, texts, punkt, SEED)
    with pytest.raises(ValueError, match=r"^give the reviews as a list of texts: "):
        ex06_two_corpora.exercise_4_06(words, texts[0], punkt, SEED, word="tea")


@pytest.mark.usefixtures("gensim")
def test_sentences_of_reviews_are_those_of_nltk(tmp_path, monkeypatch):
    """As its reader of plain texts gives them: paragraphs, sentences, words and signs apart."""
    nltk = pytest.importorskip("nltk")
    from nltk.corpus.reader import PlaintextCorpusReader
    from nltk.tokenize.punkt import PunktSentenceTokenizer

    punkt = PunktSentenceTokenizer()
    texts = ["one 's .  two !\nthree\n\n \nfour-five ( six )\n", "\n\nseven . eight\n"]
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.txt").write_text(text)
    monkeypatch.setattr(nltk.data, "path", [str(tmp_path)])
    reader = PlaintextCorpusReader(str(tmp_path), r".*\.txt", sent_tokenizer=punkt)
    theirs = [list(sentence) for sentence in reader.sents()]
    assert list(ex06_two_corpora.review_sentences(texts, punkt)) == theirs
    assert len(theirs) > 4
