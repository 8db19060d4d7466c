"""Activity 6.01: Sentiment Analysis of Amazon Product Reviews."""

import string
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from workshop.chapters.ch06_sentiment.act01_amazon_reviews import activity_6_01_model
from workshop.measures.ch06_sentiment import _amazon_texts, _training
from workshop.measures.ch06_sentiment import act01_amazon_reviews as act01
from workshop.training.fitting import fit, predict

SEED = 11


def tables(train, train_labels, test=("none",), test_labels=(0,)):
    """Return tables of reviews in the form of the data set."""
    from workshop.datasets.readers.tables import ReviewTables

    pandas = pytest.importorskip("pandas")
    return ReviewTables(
        *(
            pandas.DataFrame({"review_text": list(texts), "label": list(labels)})
            for texts, labels in ((train, train_labels), (test, test_labels))
        )
    )


def test_tables_are_shown_as_pandas_shows_them():
    texts = ["x" * length for length in (46, 48, 49, 50, 51, 5)]
    read = tables(texts, [1, 0, 1, 1, 0, 1], ["a", "b", "c"], [1, 1, 0])

    found = act01.activity_6_01_data(read)

    rows = [line.split() for line in str(read.train.head(5)).splitlines()[1:]]
    assert found.head == [[text, int(label)] for _, text, label in rows]
    assert [len(text) for text, _ in found.head] == [46, 48, 49, 49, 49]
    assert found.shapes_printed == [[6, 2], [6, 2]]
    assert found.raw_first_two == texts[:2]
    assert (found.test_class_counts, found.sample_size) == ([1, 2], 9)


TRAIN = ("Good, good; bad", "the good film", "bad good film")
TEST = ("film film film film new bad",)


def test_sequences_by_hand(untrained):
    read = tables(TRAIN, (1, 1, 0), TEST, (0,))

    found = _amazon_texts.encoded(read, untrained, ("the",), vocabulary=3, maxlen=2)

    assert (found.train, found.test) == ([[1, 1, 2], [1], [2, 1]], [[2]])  # good 4, bad 2, film 2
    assert found.x_train.tolist() == [[1, 2], [0, 1], [2, 1]]  # the last two, zeros in front
    assert found.x_test.tolist() == [[0, 2]]
    assert (found.y_train.tolist(), found.y_test.tolist()) == ([[1], [1], [0]], [[0]])
    assert found.y_train.dtype == np.float32
    shown = act01.activity_6_01_sequences(read, untrained, (), vocabulary=4, maxlen=2)
    assert (shown.vocab_size, shown.sequence_first, shown.x_train_shape) == (4, [1, 1, 2], [3, 2])


def test_sequences_are_those_of_keras(data, keras):
    legacy = getattr(keras.preprocessing, "text", None)
    if legacy is None:
        pytest.skip("this Keras has no text functions any more")
    texts = [
        _amazon_texts.stem_texts(part["review_text"][:200], data.punkt, data.stop_words)
        for part in data.reviews
    ]
    tokenizer = legacy.Tokenizer(num_words=500)
    tokenizer.fit_on_texts(texts[0])
    expected = [tokenizer.texts_to_sequences(part) for part in texts]

    found = _amazon_texts.encoded(
        data.reviews, data.punkt, data.stop_words, vocabulary=500, maxlen=20, n_reviews=200
    )

    assert [found.train, found.test] == expected
    for ours, theirs in zip((found.x_train, found.x_test), expected, strict=True):
        np.testing.assert_array_equal(ours, keras.utils.pad_sequences(theirs, maxlen=20))


def test_histogram_by_hand():
    stats = pytest.importorskip("scipy.stats")
    lengths = [10] * 2 + [20] * 7 + [30] * 3 + [50] * 1 + [110] * 2

    found = act01.histogram(lengths, 50)

    assert (found.range, found.highest) == ([10, 110], [20, 30])
    assert found.peaks == 3  # 20, 50 and 110
    assert found.skewness == pytest.approx(stats.skew(lengths))
    assert found.longer == pytest.approx(2 / 15)
    # bins of 12.4 from 2 on: 10 is in the first, 20 in the second, 30 in the third, 50 in the fourth
    assert found.shares == pytest.approx(np.array([2, 7, 3, 1, 0, 0, 0, 0, 2, 0]) / 15)


def test_confusion_and_ranks_are_those_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(5)
    labels = (rng.random((200, 1)) < 0.3).astype(np.float32)
    outputs = np.round(0.2 * labels + rng.random((200, 1)), 1).astype(np.float32)
    positive = outputs > 0.5

    confusion = act01.confusion_of(labels, positive)
    judged = act01.rates(confusion)

    assert confusion == metrics.confusion_matrix(labels[:, 0], positive[:, 0]).tolist()
    assert judged.accuracy == pytest.approx(metrics.accuracy_score(labels, positive))
    for label, name in enumerate(("negative", "positive")):
        recall = metrics.recall_score(labels[:, 0], positive[:, 0], pos_label=label)
        assert judged.recalls[name] == pytest.approx(recall)
        assert judged.predicted[name] == pytest.approx(np.mean(positive == label))
    ranked = act01.share_in_order(outputs[labels == 0], outputs[labels == 1])
    assert ranked == pytest.approx(metrics.roc_auc_score(labels[:, 0], outputs[:, 0]))


@pytest.fixture(scope="module")
def made_up():
    """Reviews of two kinds of words among others: 400 to train, 300 to test."""
    rng = np.random.default_rng(8)
    kinds = np.array([["awful", "broken", "boring"], ["great", "superb", "lovely"]])
    others = np.array(["book", "film", "sound", "story", "reader", "price", "box"])
    parts = []
    for count in (400, 300):
        labels = rng.integers(0, 2, size=count)
        texts = [
            " ".join(rng.permutation([*rng.choice(kinds[label], 3), *rng.choice(others, rng.integers(2, 9))]))
            for label in labels
        ]
        parts += [texts, labels]
    return tables(*parts)


def ran(made_up, untrained):
    """Return the outcome of a training on reviews of at most ten ranks."""
    return act01.activity_6_01(made_up, untrained, ("the",), SEED, maxlen=10, batch_size=16, epochs=5)


@pytest.fixture(scope="module")
def sound(nltk, made_up):
    """Return a function that gives what a training asks for, and its outcome; it is trained once."""

    @cache
    def watched():
        asked = {}

        def training(*arguments, **settings):
            asked.update(settings, order=arguments[4])
            return fit(*arguments, **settings)

        def predicting(network, weights, x, **settings):
            asked.update(weights=weights, outputs=predict(network, weights, x, **settings))
            return asked["outputs"]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_training, "fit", training)
            patch.setattr(_training, "predict", predicting)
            return asked, ran(made_up, nltk.tokenize.punkt.PunktSentenceTokenizer())

    return watched


@pytest.mark.usefixtures("keras", "without_xla")
def test_test_reviews_are_judged_without_dropout(made_up, untrained, sound):
    asked, found = sound()

    model = activity_6_01_model()
    model.set_weights(asked["weights"])
    data = _amazon_texts.encoded(made_up, untrained, ("the",), maxlen=10)
    theirs = np.asarray(model(data.x_test, training=False))
    np.testing.assert_allclose(asked["outputs"], theirs, rtol=0, atol=1e-5)
    assert found.test_acc == np.mean((theirs > 0.5) == data.y_test)
    assert found.ranked == act01.share_in_order(
        asked["outputs"][data.y_test == 0], asked["outputs"][data.y_test == 1]
    )
    assert (found.ran.epochs, found.ran.n_train_val, found.maxlen) == (5, (320, 80), 10)
    assert found.batch_size == [16, 16]


@pytest.mark.usefixtures("keras", "without_xla")
def test_it_learns_what_is_there_to_learn(made_up, untrained, sound):
    labels = made_up.train["label"].sample(frac=1.0, random_state=1).to_numpy()
    shuffled = made_up._replace(train=made_up.train.assign(label=labels))

    (_, right), wrong = sound(), ran(shuffled, untrained)

    assert right.ranked > 0.9
    assert right.ran.least_move > 1e-4
    assert abs(wrong.ranked - 0.5) < 0.3
    assert right.ranked - wrong.ranked > 0.2


def test_own_tables_of_other_columns_are_taken(untrained):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"stars": [1, 5], "label": [False, True], "review_text": ["bad", "good film"]})

    found = act01.activity_6_01_data((frame, frame[1:]))

    assert (found.head, found.test_class_counts) == ([["bad", 0], ["good film", 1]], [0, 1])
    assert _amazon_texts.encoded((frame, frame[1:]), untrained, ()).train == [[1], [2, 3]]
    with pytest.raises(ValueError, match="the test table has no column label: it needs review_text, label"):
        _amazon_texts.encoded((frame, frame[["review_text"]]), untrained, ())


"""What the tests of activity 6.01 share."""


@pytest.fixture(scope="module")
def data(nltk, book_data):
    """Return sentence tokenizer, stop words and reviews."""
    punkt, stop_words, reviews = book_data("nltk_punkt", "nltk_stopwords", "amazon_reviews")
    return SimpleNamespace(punkt=punkt, stop_words=stop_words, reviews=reviews)


@pytest.fixture
def untrained(nltk):
    """Return a sentence tokenizer that needs no data: it knows no abbreviations."""
    return nltk.tokenize.punkt.PunktSentenceTokenizer()


@pytest.fixture(scope="module")
def word_tokenize(nltk, data):
    """Return NLTK's word_tokenize, with the sentence tokenizer that is here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            nltk.tokenize, "sent_tokenize", lambda text, language="english": data.punkt.tokenize(text)
        )
        yield nltk.tokenize.word_tokenize


def literal(texts, word_tokenize, stop_words):
    """Return texts of stems by the loop of the activity: lists, and a call for each token."""
    from nltk.stem import PorterStemmer

    stop, stemmer = [*string.punctuation, *stop_words], PorterStemmer()
    tokens = [word_tokenize(text.lower()) for text in texts]
    words = [[token for token in text if token not in stop] for text in tokens]
    return [" ".join([stemmer.stem(token) for token in text]) for text in words]


def test_reviews_have_the_tokens_of_word_tokenize(data, word_tokenize, draws):
    texts = data.reviews.train["review_text"].tolist()[: draws(1500)]

    tokens = list(_amazon_texts.review_tokens(texts, data.punkt))

    assert tokens == [word_tokenize(text.lower()) for text in texts]


def test_reviews_have_the_stems_of_the_literal_loop(data, word_tokenize, draws):
    texts = data.reviews.test["review_text"].tolist()[-draws(1000) :]

    stems = _amazon_texts.stem_texts(texts, data.punkt, data.stop_words)

    assert stems == literal(texts, word_tokenize, data.stop_words)
