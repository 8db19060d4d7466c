"""Exercise 3.02: a convolutional network classifies handwritten digits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional

import numpy as np

from workshop.chapters.ch03_image_classification.classifiers import (
    ADAM,
    EPOCHS,
    MANY_CLASSES,
    History,
    Ran,
    Summary,
    classifier,
    evaluated,
    gap_of,
    history_of,
    kept_pixels,
    ran,
    scaled,
    summary_of,
    with_channel,
)
from workshop.training.fitting import Network, fit, validation_split
from workshop.training.initialisers import initial_weights, shuffled
from workshop.units import unit


def digit_network() -> Network:
    """Return the network of exercise 3.02."""
    return Network(classifier, ((28, 28, 1), (64, 64), 10, "softmax"))


@unit("ch03.ex02", uses=("tensorflow",))
def exercise_3_02_model() -> Summary:
    """Build the network and read its summary. Source: chapter 3, exercise 3.02."""
    return summary_of(digit_network())


@dataclass(frozen=True)
class DigitData:
    """The digits as loaded and reshaped.

    `same_pixels` : share of pixels that keep their position in the reshape. `scaled` : smallest and largest
    input value of the network.
    """

    label_train: Dict[str, Any]
    train_shape: List[int]
    test_shape: List[int]
    reshaped: Dict[str, List[int]]
    same_pixels: float
    classes: Dict[str, int]
    scaled: List[float]


@unit("ch03.ex02")
def exercise_3_02_data(mnist: Any) -> DigitData:
    """Look at the digits and add the channel axis.

    Parameters
    ----------
    mnist : x_train (60000, 28, 28), y_train (60000,), x_test, y_test in uint8.

    Source: chapter 3, exercise 3.02.
    """
    labels = np.unique(mnist.y_train)
    x_train, x_test = with_channel(mnist.x_train), with_channel(mnist.x_test)
    seen = scaled(x_train[:1000])
    return DigitData(
        label_train={
            "first": mnist.y_train[:3].tolist(),
            "last": mnist.y_train[-3:].tolist(),
            "dtype": str(mnist.y_train.dtype),
        },
        train_shape=list(mnist.x_train.shape),
        test_shape=list(mnist.x_test.shape),
        reshaped={"train": list(x_train.shape), "test": list(x_test.shape)},
        same_pixels=kept_pixels(mnist.x_train, x_train),
        classes={"count": len(labels), "min": int(labels.min()), "max": int(labels.max())},
        scaled=[float(seen.min()), float(seen.max())],
    )


@dataclass(frozen=True)
class DigitTraining:
    """Results of one training. `gap` : last training accuracy minus last validation accuracy."""

    history: History
    ran: Ran
    gap: float
    test_loss: float
    test_accuracy: float
    mishap: str


@unit("ch03.ex02", uses=("tensorflow",), first_steps=True)
def exercise_3_02(
    mnist: Any,
    seed: int,
    epochs: int = EPOCHS,
    batch_size: int = 32,
    validation_share: float = 0.2,
    steps: Optional[int] = None,
) -> DigitTraining:
    """Train on the first four fifths of the digits, validate on the last fifth, evaluate on the test images.

    Parameters
    ----------
    mnist : x_train (60000, 28, 28), y_train (60000,), x_test, y_test in uint8.
    steps : updates per epoch; None takes all rows.

    Source: chapter 3, exercise 3.02.
    """
    network, (loss, metric) = digit_network(), MANY_CLASSES
    x, y = scaled(with_channel(mnist.x_train)), mnist.y_train.astype(np.int64)
    n_fitted, _ = validation_split(len(x), validation_share)
    rng = np.random.default_rng(seed)
    start = initial_weights(network.model, rng)
    order = shuffled(rng, epochs=epochs, n=n_fitted)[:, : None if steps is None else steps * batch_size]
    done = fit(
        network,
        start,
        x[:n_fitted],
        y[:n_fitted],
        order,
        optimizer=ADAM,
        loss=loss,
        metric=metric,
        batch_size=batch_size,
        validation=(x[n_fitted:], y[n_fitted:]),
    )
    test = evaluated(network, done.weights, with_channel(mnist.x_test), mnist.y_test.astype(np.int64))
    did = ran(start, done, len(x) - n_fitted)
    history = history_of(done)
    return DigitTraining(history, did, gap_of(history), *test, mishap=did.mishap)
