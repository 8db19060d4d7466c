"""Word vectors of chapter 4: what a full run decides is held on small corpora here, and against mutants."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from workshop.datasets.readers.sentences import Lines, TaggedCorpus
from workshop.datasets.readers.vectors import WordVectors
from workshop.measures.ch04_text_embeddings import act02_alice_vectors as act02
from workshop.measures.ch04_text_embeddings import ex05_phrases, ex06_two_corpora
from workshop.measures.ch04_text_embeddings import text12_word_vectors as text12
from workshop.measures.ch04_text_embeddings import text14_parameters as text14
from workshop.measures.ch04_text_embeddings import text17_pretrained_vectors as text17
from workshop.numerics.similarity import direction, nearest
from workshop.training.embeddings import keyed_vectors, neighbours, train_word2vec

SEED = 5


pytestmark = pytest.mark.usefixtures("gensim")


class Corpus:
    """text8 in small: sentences that can be read again, and a size."""

    size = 17
    words = "king queen man woman uncle aunt animal happiness get happy make merry oeuvre".split()  # noqa: SIM905
    words += "doctor nurse smart steel engine northern river tax law opera".split()  # noqa: SIM905

    def __iter__(self):
        rng = np.random.default_rng(0)
        return iter([rng.choice(self.words, 12).tolist() for _ in range(300)])


@pytest.fixture(scope="module")
def vectors_of_text8():
    """Return the outcome of the text's training on the small corpus."""
    return text12.train_vectors(Corpus(), SEED)


def made(**vectors) -> text12.WordVectors:
    """Return an outcome with chosen vectors."""
    rows = np.array(list(vectors.values()), np.float32)
    return text12.WordVectors(tuple(vectors), rows, rows[0], rows.shape[1], [], [])


def rows_of(found, *arguments, **settings):
    """Return neighbours as an outcome holds them."""
    return neighbours(found, *arguments, **settings)


def test_text8_is_trained_with_gensims_defaults(vectors_of_text8) -> None:
    """CBOW, a window of five, 100 numbers: the very vectors of that call."""
    found = train_word2vec(Corpus(), seed=SEED, vector_size=100, window=5, skip_gram=False, epochs=5)
    np.testing.assert_array_equal(vectors_of_text8.vectors, found.vectors)
    np.testing.assert_array_equal(vectors_of_text8.animal_vector, found["animal"])
    assert vectors_of_text8.animal_vector.dtype == np.float32
    assert vectors_of_text8.vector_length == 100
    assert vectors_of_text8.animal == rows_of(found, ["animal"], count=10)
    assert vectors_of_text8.happiness == rows_of(found, ["happiness"], count=10)
    assert text12.look_at_text8(Corpus()) == 17


def test_analogies_have_the_right_signs() -> None:
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


def test_bias_asks_for_women(vectors_of_text8) -> None:
    """The analogies are from men to women."""
    outcome = text17.look_for_bias(vectors_of_text8)
    found = keyed_vectors(vectors_of_text8.words, vectors_of_text8.vectors)
    assert outcome.doctor == rows_of(found, ["doctor", "woman"], ["man"])
    assert outcome.smart == rows_of(found, ["smart", "woman"], ["man"])


def test_phrases_are_averaged() -> None:
    """By hand: (1, 1)/2 against (1, 0)/2 and so on."""
    zero = {word: [1e-3, -1] for word in ("steel", "engine", "northern", "river", "tax", "law")}
    outcome = ex05_phrases.exercise_4_05(made(get=[1, 0], happy=[0, 1], make=[1, 0], merry=[0, 0], **zero))
    assert outcome.cosine == pytest.approx(np.sqrt(0.5))
    assert outcome.unlike == pytest.approx(-np.sqrt(0.5), abs=1e-3)


def test_own_vectors_and_own_phrases() -> None:
    """Gensim's own vectors do without an outcome; a missing word, or no vectors at all, is one clear line."""
    own = keyed_vectors(("hot", "tea", "cold", "milk"), np.float32([[1, 0], [0, 1], [1, 0], [0, -1]]))
    phrases = (("hot", "tea"), ("cold", "milk"))
    outcome = ex05_phrases.exercise_4_05(own, phrases=phrases, others=(("tea",),))
    assert (outcome.cosine, outcome.unlike) == pytest.approx((0, np.sqrt(0.5)), abs=1e-6)
    with pytest.raises(ValueError, match=r"^there is no vector of 'get': take another word"):
        ex05_phrases.exercise_4_05(own)
    with pytest.raises(ValueError, match=r"^give gensim's KeyedVectors \(a model's wv\), or something with "):
        ex05_phrases.exercise_4_05(own.vectors)


def test_small_vectors() -> None:
    """Thirty numbers on the same sentences, asked for the same analogy."""
    outcome = text14.train_small_vectors(Corpus(), SEED)
    found = train_word2vec(Corpus(), seed=SEED, vector_size=30)
    rows = rows_of(found, ["king", "woman"], ["man"], count=99)
    assert outcome.size == 30
    assert outcome.king30 == rows[:5]
    assert outcome.queen == [word for word, _ in rows].index("queen") + 1


def test_skip_gram_beside_bag_of_words(vectors_of_text8) -> None:
    """Skip-gram is trained here, the bag of words is the text's; words of art are counted in both."""
    outcome = text14.train_skip_gram(Corpus(), SEED)
    bag = text14.look_at_bag_of_words(vectors_of_text8)
    found = train_word2vec(Corpus(), seed=SEED, skip_gram=True)
    vectors = keyed_vectors(vectors_of_text8.words, vectors_of_text8.vectors)
    assert outcome.sg == rows_of(found, ["oeuvre"], count=20)
    assert bag.cbow == rows_of(vectors, ["oeuvre"], count=20)
    assert outcome.sg_art == int("opera" in [word for word, _ in outcome.sg])
    assert bag.cbow_art == int("opera" in [word for word, _ in bag.cbow])
    assert text14.words_of_art([["opera", 0.5], ["law", 0.4], ["masterful", 0.3]]) == 2
    assert text14.look_at_default().default_sg == 0


def test_cosine_by_angle() -> None:
    """Of gensim, for vectors of unlike length: parallel 1, square 0, opposite -1."""
    found = text12.compare_angles((0, 60, 90, 180)).cosine_meaning
    assert found == pytest.approx({0: 1, 60: 0.5, 90: 0, 180: -1}, abs=1e-7)


def test_two_corpora_by_skip_gram() -> None:
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
    assert outcome.brown_money == rows_of(ours, ["money"], count=10)
    assert outcome.movie_money == rows_of(theirs, ["money"], count=10)
    first = [{word for word, _ in rows[:5]} for rows in (outcome.brown_money, outcome.movie_money)]
    assert outcome.differ == len(first[0] & first[1])


def test_two_own_corpora() -> None:
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


def test_sentences_of_reviews_are_those_of_nltk(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
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


ALICE = [["white", "rabbit", "mad", "hatter", *"abcd"][i % 3 :: 2] for i in range(60)] * 3


def test_alice_under_three_settings() -> None:
    """Defaults, a window of two, and skip-gram, each trained anew; phrases by the last."""
    outcome = act02.activity_4_02(SimpleNamespace(cleaned=ALICE), SEED)
    models = {
        "rabbit_default": train_word2vec(ALICE, seed=SEED),
        "rabbit_window2": train_word2vec(ALICE, seed=SEED, window=2),
        "rabbit_sg": train_word2vec(ALICE, seed=SEED, skip_gram=True, window=5),
    }
    for name, found in models.items():
        assert getattr(outcome, name) == rows_of(found, ["rabbit"], count=10)
    best = [outcome.rabbit_default[0][1], outcome.rabbit_window2[0][1], outcome.rabbit_sg[0][1]]
    assert [outcome.best.cbow, outcome.best.window_2, outcome.best.skip_gram] == best
    assert len(set(best)) == 3
    found = models["rabbit_sg"]
    phrases = [(found["white"] + found["rabbit"]) / 2, (found["mad"] + found["hatter"]) / 2]
    assert outcome.phrase_own == pytest.approx(
        phrases[0] @ phrases[1] / np.prod(np.linalg.norm(phrases, axis=1)), abs=1e-6
    )
    assert act02.activity_4_02_data(SimpleNamespace(cleaned=ALICE)) == ALICE[:3]


def test_own_sentences_under_three_settings() -> None:
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


def test_phrases_are_counted_as_words_side_by_side() -> None:
    """In small letters; words between others' letters do not count, nor does the order turned round."""
    found = act02.activity_4_02_phrases("The White\nRabbit; white rabbits, rabbit white. Mad-Hatter mad")
    assert found == {
        "white_rabbit": {"together": 1, "white": 3, "rabbit": 2},
        "mad_hatter": {"together": 1, "mad": 2, "hatter": 1},
    }


def test_pretrained_vectors() -> None:
    """Neighbours by the cosine of NumPy, phrases by their means, the extent as it is."""
    rng = np.random.default_rng(3)
    words = ("money", "king", "man", "woman", "white", "rabbit", "mad", "hatter", "funds", "queen")
    vectors = WordVectors(words, rng.normal(size=(10, 6)).astype(np.float32))
    outcome = text17.ask_glove(vectors)
    query = direction([vectors.vectors[1], vectors.vectors[3]], [vectors.vectors[2]])
    for rows, expected in (
        (outcome.money, nearest(vectors.vectors, vectors.vectors[0], exclude=[0])),
        (outcome.king, nearest(vectors.vectors, query, exclude=[1, 2, 3])),
    ):
        assert [word for word, _ in rows] == [words[i] for i, _ in expected]
        np.testing.assert_allclose([c for _, c in rows], [c for _, c in expected], atol=1e-6)
    assert text17.look_at_glove(vectors) == [10, 6]
    means = vectors.vectors[4:6].mean(axis=0), vectors.vectors[6:8].mean(axis=0)
    assert act02.activity_4_02_glove(vectors) == pytest.approx(
        means[0] @ means[1] / (np.linalg.norm(means[0]) * np.linalg.norm(means[1])), abs=1e-6
    )
