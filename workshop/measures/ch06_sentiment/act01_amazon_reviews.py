"""What is measured of activity 6.01.

Reviews as read, as tokens and stems, and as sequences of one length; then the model, two LSTMs and two hidden
layers, and its training.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Sequence

import numpy as np

from workshop.chapters.ch06_sentiment.act01_amazon_reviews import VOCABULARY, activity_6_01_model
from workshop.training.epochs import KerasHistory
from workshop.training.optimizers import rmsprop_at_hand
from workshop.training.summaries import NetworkSummary, network_summary
from workshop.units import unit

from ._amazon_texts import MAXLEN, encoded, review_tokens, signs_and, stem_texts, tables_of
from ._tokenizer import words_of
from ._training import Ran, trained

FIRST_REVIEW = (
    "Stuning even for the non-gamer: This sound track was beautiful! It paints the senery in your mind so "
    "well I would recomend it even to people who hate vid. game music! I have played the game Chrono Cross "
    "but out of all of the games I have ever played it has the best music! It backs away from crude "
    "keyboarding and takes a fresher step with grate guitars and soulful orchestras. It would impress anyone "
    "who cares to listen! ^_^"
)
UNKNOWN_STEMS = ("stune", "seneri")  # in the first review, and too rare among the authors' reviews
NOTEBOOK_BINS = (2.0, 126.0)  # range of the ten bins of lengths in the notebook's figure
SHOWN = 50  # characters of a text shown by pandas, with a leading blank


@dataclass(frozen=True)
class Data:
    """The tables as read.

    `shapes_printed` : shape of the training table, twice. `head` : its first rows as pandas shows them.
    `test_class_counts` : numbers of negative and positive reviews. `sample_size` : reviews in both tables.
    """

    shapes_printed: list[list[int]]
    head: list[list[Any]]
    raw_first_two: list[str]
    test_class_counts: list[int]
    sample_size: int


@unit("ch06.act01", uses="pandas")
def activity_6_01_data(amazon_reviews: Any, rows: int = 5) -> Data:
    """Read the reviews and show the first ones. Source: chapter 6, activity 6.01, Figures 6.26 and 6.27.

    Parameters
    ----------
    amazon_reviews : `ReviewTables` with columns `review_text` and `label`.
    """
    train, test = tables_of(amazon_reviews)
    top = train.head(rows)
    return Data(
        shapes_printed=[list(train.shape), list(train.shape)],
        head=[[shown(text), int(label)] for text, label in zip(top["review_text"], top["label"])],
        raw_first_two=train["review_text"].tolist()[:2],
        test_class_counts=np.bincount(test["label"], minlength=2).tolist(),
        sample_size=len(train) + len(test),
    )


def shown(text: str) -> str:
    """Return a text as shown by pandas in a table, truncated if it is too long."""
    return text if len(text) < SHOWN else text[: SHOWN - 4] + "..."


@unit("ch06.act01", value="tokens_first", uses="nltk")
def activity_6_01_tokens(nltk_punkt: Any, review: str = FIRST_REVIEW) -> list[str]:
    """Split the first review into tokens. Source: chapter 6, activity 6.01."""
    (tokens,) = review_tokens([review], nltk_punkt)
    return tokens


@dataclass(frozen=True)
class Stems:
    """The first review without stop words and signs, as stems and as the text of these stems.

    `sequence_structure` : number of words in its sequence, and the positions of repeated words.
    """

    no_stop_first: list[str]
    stems_first: list[str]
    text_first: str
    sequence_structure: dict[str, Any]


@unit("ch06.act01", uses="nltk")
def activity_6_01_stems(
    nltk_punkt: Any,
    nltk_stopwords: Sequence[str],
    review: str = FIRST_REVIEW,
    unknown: tuple[str, ...] = UNKNOWN_STEMS,
) -> Stems:
    """Drop stop words and signs from the first review, and stem the rest. Source: chapter 6, activity 6.01.

    Parameters
    ----------
    unknown : stems that are missing from the vocabulary.
    """
    left_out = signs_and(nltk_stopwords)
    (tokens,) = review_tokens([review], nltk_punkt)
    (text,) = stem_texts([review], nltk_punkt, nltk_stopwords)
    words = [word for word in words_of(text) if word not in unknown]
    return Stems(
        no_stop_first=[token for token in tokens if token not in left_out],
        stems_first=text.split(" "),
        text_first=text,
        sequence_structure={"length": len(words), "repeated": repeated(words)},
    )


def repeated(items: Sequence[Any]) -> list[list[int]]:
    """Return the positions of each item that occurs more than once, ordered by first position."""
    places: dict[Any, list[int]] = {}
    for place, item in enumerate(items):
        places.setdefault(item, []).append(place)
    return [found for found in places.values() if len(found) > 1]


@dataclass(frozen=True)
class Histogram:
    """The histogram of lengths.

    `range` : the shortest and the longest. `highest` : the edges of the highest of ten bins between them.
    `peaks` : number of bins higher than both neighbours. `shares` : in the notebook's ten bins. `longer` :
    share longer than the rows of the model's input.
    """

    range: list[float]
    highest: list[float]
    peaks: int
    skewness: float
    shares: list[float]
    longer: float


@dataclass(frozen=True)
class Sequences:
    """Properties of the sequences.

    `vocab_size` : ranks up to the largest that occurs, plus one for padding. `histogram` : of the training
    reviews' lengths.
    """

    vocab_size: int
    sequence_first: list[int]
    histogram: Histogram
    x_train_shape: list[int]


@unit("ch06.act01", uses="nltk pandas")
def activity_6_01_sequences(
    amazon_reviews: Any,
    nltk_punkt: Any,
    nltk_stopwords: Sequence[str],
    vocabulary: int = VOCABULARY,
    maxlen: int = MAXLEN,
) -> Sequences:
    """Make sequences of the reviews and examine their lengths. Source: chapter 6, activity 6.01, Figure 6.29.

    Parameters
    ----------
    amazon_reviews : `ReviewTables` with columns `review_text` and `label`.
    """
    done = encoded(amazon_reviews, nltk_punkt, nltk_stopwords, vocabulary=vocabulary, maxlen=maxlen)
    return Sequences(
        vocab_size=1 + max((rank for sequence in [*done.train, *done.test] for rank in sequence), default=0),
        sequence_first=done.train[0],
        histogram=histogram([len(sequence) for sequence in done.train], maxlen),
        x_train_shape=list(done.x_train.shape),
    )


def histogram(lengths: Sequence[int], maxlen: int, bins: int = 10) -> Histogram:
    """Describe the histogram of lengths with matplotlib's bins and with those of the notebook's figure."""
    counts, edges = np.histogram(lengths, bins)
    around = np.concatenate([[0], counts, [0]])
    highest = int(counts.argmax())
    centred = np.asarray(lengths, np.float64) - np.mean(lengths)
    shares = np.histogram(lengths, bins, range=NOTEBOOK_BINS)[0] / len(lengths)
    return Histogram(
        range=edges[[0, -1]].tolist(),
        highest=edges[highest : highest + 2].tolist(),
        peaks=int(((counts > around[:-2]) & (counts > around[2:])).sum()),
        skewness=float(np.mean(centred**3) / np.mean(centred**2) ** 1.5),
        shares=shares.tolist(),
        longer=float(np.mean(np.asarray(lengths) > maxlen)),
    )


@dataclass(frozen=True)
class Model(NetworkSummary):
    """The model as built. `rates` : of the layers that drop; lists behind the LSTM and the hidden layers."""

    rates: dict[str, Any]


@unit("ch06.act01", uses="tensorflow")
def activity_6_01_summary() -> Model:
    """Build the model and read its summary. Source: chapter 6, activity 6.01, Figure 6.30."""
    built = network_summary(activity_6_01_model())
    behind = built.settings["Dropout"]["rate"]
    rates = {
        "spatial_dropout": built.settings["SpatialDropout1D"]["rate"][0],
        "dropout_after_lstm": behind[:1],
        "dropout_after_dense": behind[1:],
    }
    return Model(**vars(built), rates=rates)


@dataclass(frozen=True)
class Rates:
    """Shares of a confusion matrix: correct of all, correct of each class, and predicted as each class."""

    accuracy: float
    recalls: dict[str, float]
    predicted: dict[str, float]


def rates(confusion: Sequence[Sequence[int]]) -> Rates:
    """Return the shares of a confusion matrix. Rows are true, columns predicted, negative before positive."""
    counts = np.asarray(confusion)
    names = ("negative", "positive")
    recalls, predicted = np.diag(counts) / counts.sum(axis=1), counts.sum(axis=0) / counts.sum()
    return Rates(
        accuracy=float(np.trace(counts) / counts.sum()),
        recalls=dict(zip(names, recalls.tolist())),
        predicted=dict(zip(names, predicted.tolist())),
    )


def confusion_of(labels: np.ndarray, positive: np.ndarray) -> list[list[int]]:
    """Return the confusion matrix of labels 0 and 1 and of predictions, each (n, 1)."""
    found = np.zeros((2, 2), np.int64)
    np.add.at(found, (labels[:, 0].astype(np.int64), positive[:, 0].astype(np.int64)), 1)
    return found.tolist()


@dataclass(frozen=True)
class Training:
    """Results of the training, and the last weights' predictions for the test reviews.

    `batch_size` : smallest and largest size that gives the counted number of updates per epoch. `maxlen` :
    number of ranks of each training review. `confusion` : rows true, columns predicted, negative before
    positive. `recalls`, `predicted` : its shares by class. `ranked` : share of pairs of a positive and a
    negative review in which the positive one has the higher probability.
    """

    history: KerasHistory
    ran: Ran
    batch_size: list[int]
    maxlen: int
    confusion: list[list[int]]
    recalls: dict[str, float]
    predicted: dict[str, float]
    test_acc: float
    ranked: float
    mishap: str


@unit("ch06.act01", uses="tensorflow nltk pandas", first_steps=True)
def activity_6_01(
    amazon_reviews: Any,
    nltk_punkt: Any,
    nltk_stopwords: Sequence[str],
    seed: int,
    epochs: int = 5,
    batch_size: int = 128,
    share: float = 0.2,
    maxlen: int = MAXLEN,
    n_reviews: Optional[int] = None,
) -> Training:
    """Train the model on Amazon reviews, and evaluate it on others. Source: chapter 6, activity 6.01.

    Parameters
    ----------
    amazon_reviews : `ReviewTables` with columns `review_text` and `label`.
    share : share of the training reviews used for validation, the last ones.
    n_reviews : number of training and of test reviews to use; None uses all.
    """
    data = encoded(amazon_reviews, nltk_punkt, nltk_stopwords, maxlen=maxlen, n_reviews=n_reviews)
    done = trained(activity_6_01_model, data, rmsprop_at_hand(), seed, epochs, batch_size, share)
    confusion = confusion_of(data.y_test, done.outputs > 0.5)
    judged = rates(confusion)
    return Training(
        history=done.training.history,
        ran=done.training.ran,
        batch_size=batch_sizes(int(done.fit.rows[0]), int(done.fit.steps[0])),
        maxlen=data.x_train.shape[1],
        confusion=confusion,
        recalls=judged.recalls,
        predicted=judged.predicted,
        test_acc=judged.accuracy,
        ranked=share_in_order(done.outputs[data.y_test == 0], done.outputs[data.y_test == 1]),
        mishap="" if np.isfinite(done.fit.loss).all() else "diverged: the loss is not finite",
    )


def share_in_order(low: np.ndarray, high: np.ndarray) -> float:
    """Return the share of pairs in which `high` (n,) is above `low` (m,), with ties as half."""
    ordered = np.sort(low)
    below = [np.searchsorted(ordered, high, side=side) for side in ("left", "right")]
    return float(np.mean(below) / len(low))


def batch_sizes(rows: int, steps: int) -> list[int]:
    """Return the smallest and largest batch size with which this many rows take this many updates."""
    fitting = [size for size in range(1, rows + 1) if -(-rows // size) == steps]
    return [fitting[0], fitting[-1]]
