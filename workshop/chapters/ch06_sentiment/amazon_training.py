"""Activity 6.01: the model of Amazon reviews, two LSTMs and two hidden layers, as built and as trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence

import numpy as np

from workshop.chapters.ch06_sentiment.amazon import MAXLEN, VOCABULARY, encoded
from workshop.chapters.ch06_sentiment.networks import Model, sentiment
from workshop.chapters.ch06_sentiment.trainings import History, Ran, ran
from workshop.training.fitting import Network, fit, predict, validation_split
from workshop.training.initialisers import initial_weights, shuffled
from workshop.training.optimizers import rmsprop_at_hand
from workshop.training.summaries import built_layers, layer_table, parameter_totals
from workshop.units import unit

PRINTED = ((10226, 1931), (1603, 11240))
_AT_ONCE = 500  # reviews per pass of the evaluation


def amazon_network(*recurrent: str) -> Network:
    """Return the model of the activity with these recurrent layers."""
    return Network(sentiment, (VOCABULARY, 32, 0.4, recurrent, 64, 0.4, ((32, 0.5), (32, 0.5))))


def amazon_model() -> Model:
    """Return the model of the activity. Both LSTMs run in one loop, which is twice as fast."""
    return Model(amazon_network("LSTM", "LSTM"), amazon_network("two LSTMs in one loop"))


@dataclass(frozen=True)
class ActivityModel601:
    """The model as built. `layers` : settings of its layers by the book's names."""

    summary: List[List[Any]]
    total_params: Dict[str, int]
    layers: Dict[str, Any]


@unit("ch06.act01", uses=("tensorflow",))
def activity_6_01_model() -> ActivityModel601:
    """Build the model and read its summary. Source: chapter 6, activity 6.01, Figure 6.30."""
    model = amazon_model().network.model
    return ActivityModel601(layer_table(model), parameter_totals(model), layer_settings(model))


def layer_settings(model: Any) -> Dict[str, Any]:
    """Return the settings of a built model's layers, as lists for kinds of which there can be several."""
    built = [(type(layer).__name__, layer.get_config()) for layer in built_layers(model)]

    def of(kind: str, key: str) -> List[Any]:
        return [config[key] for name, config in built if name == kind]

    def rates_behind(kind: str) -> List[float]:
        behind = [config for (before, _), (_, config) in zip(built, built[1:]) if before == kind]
        return [config["rate"] for config in behind if "rate" in config]

    (vocabulary,), (dimension,) = of("Embedding", "input_dim"), of("Embedding", "output_dim")
    (spatial,) = of("SpatialDropout1D", "rate")
    return {
        "vocabulary": vocabulary,
        "embedding_dim": dimension,
        "spatial_dropout": spatial,
        "lstm_units": of("LSTM", "units"),
        "dropout_after_lstm": rates_behind("LSTM"),
        "dense_units": of("Dense", "units")[:-1],
        "dropout_after_dense": rates_behind("Dense"),
    }


@dataclass(frozen=True)
class Rates:
    """Shares of a confusion matrix: correct of all, correct of each class, and predicted as each class."""

    accuracy: float
    recalls: Dict[str, float]
    predicted: Dict[str, float]


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


def confusion_of(labels: np.ndarray, positive: np.ndarray) -> List[List[int]]:
    """Return the confusion matrix of labels 0 and 1 and of predictions, each (n, 1)."""
    found = np.zeros((2, 2), np.int64)
    np.add.at(found, (labels[:, 0].astype(np.int64), positive[:, 0].astype(np.int64)), 1)
    return found.tolist()


@dataclass(frozen=True)
class PrintedConfusion:
    """Shares that follow from the printed confusion matrix."""

    acc_from_confusion: float
    printed_recalls: Dict[str, float]


@unit("ch06.act01")
def judge_printed(confusion: Sequence[Sequence[int]] = PRINTED) -> PrintedConfusion:
    """Compute accuracy and recalls from the printed confusion matrix. Source: chapter 6, activity 6.01."""
    printed = rates(confusion)
    return PrintedConfusion(printed.accuracy, printed.recalls)


@dataclass(frozen=True)
class ActivityTraining601:
    """Results of the training, and the last weights' predictions for the test reviews.

    `batch_size` : smallest and largest size that gives the counted number of updates per epoch. `maxlen` :
    number of ranks of each training review. `confusion` : rows true, columns predicted, negative before
    positive. `recalls`, `predicted` : its shares by class. `ranked` : share of pairs of a positive and a
    negative review in which the positive one has the higher probability.
    """

    history: History
    ran: Ran
    batch_size: List[int]
    maxlen: int
    confusion: List[List[int]]
    recalls: Dict[str, float]
    predicted: Dict[str, float]
    test_acc: float
    ranked: float
    mishap: str


@unit("ch06.act01", uses=("tensorflow", "nltk", "pandas"), first_steps=True)
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
) -> ActivityTraining601:
    """Train the model on Amazon reviews, and evaluate it on others. Source: chapter 6, activity 6.01.

    Parameters
    ----------
    amazon_reviews : `ReviewTables` with columns `review_text` and `label`.
    share : share of the training reviews used for validation, the last ones.
    n_reviews : number of training and of test reviews to use; None uses all.
    """
    model = amazon_model()
    data = encoded(amazon_reviews, nltk_punkt, nltk_stopwords, maxlen=maxlen, n_reviews=n_reviews)
    x, y = data.x_train, data.y_train
    train, _ = validation_split(len(x), share)
    rng = np.random.default_rng(seed)
    start = initial_weights(model.network.model, rng)
    done = fit(
        model.computed,
        start,
        x[:train],
        y[:train],
        shuffled(rng, epochs=epochs, n=train),
        optimizer=rmsprop_at_hand(),
        loss="binary_crossentropy",
        metric="binary_accuracy",
        batch_size=batch_size,
        validation=(x[train:], y[train:]),
        seed=seed,
        xla=True,
    )
    outputs = predict(model.computed, done.weights, data.x_test, batch_size=_AT_ONCE, xla=True)
    confusion = confusion_of(data.y_test, outputs > 0.5)
    judged = rates(confusion)
    return ActivityTraining601(
        history=History(done.loss, done.metric, done.val_loss, done.val_metric),
        ran=ran(start, done, len(x)),
        batch_size=batch_sizes(int(done.rows[0]), int(done.steps[0])),
        maxlen=x.shape[1],
        confusion=confusion,
        recalls=judged.recalls,
        predicted=judged.predicted,
        test_acc=judged.accuracy,
        ranked=share_in_order(outputs[data.y_test == 0], outputs[data.y_test == 1]),
        mishap="" if np.isfinite(done.loss).all() else "diverged: the loss is not finite",
    )


def share_in_order(low: np.ndarray, high: np.ndarray) -> float:
    """Return the share of pairs in which `high` (n,) is above `low` (m,), with ties as half."""
    ordered = np.sort(low)
    below = [np.searchsorted(ordered, high, side=side) for side in ("left", "right")]
    return float(np.mean(below) / len(low))


def batch_sizes(rows: int, steps: int) -> List[int]:
    """Return the smallest and largest batch size with which this many rows take this many updates."""
    fitting = [size for size in range(1, rows + 1) if -(-rows // size) == steps]
    return [fitting[0], fitting[-1]]
