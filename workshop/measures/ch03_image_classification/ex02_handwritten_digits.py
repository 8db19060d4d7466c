"""What is measured of exercise 3.02.

Two convolutions with poolings and two dense layers, trained on four fifths of the training images.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.chapters.ch03_image_classification.ex02_handwritten_digits import exercise_3_02_model
from workshop.training.epochs import KerasHistory, history_of
from workshop.training.fitting import Network, fit, validation_split
from workshop.training.initialisers import initial_weights, shuffled
from workshop.training.summaries import NetworkSummary, network_summary
from workshop.units import unit

from ._data import Reshaped, image_arrays, labelled, number_of_classes, reshaped, scaled
from ._training import ADAM, EPOCHS, LOSS, METRIC, Ran, evaluated, gap_of, ran


@dataclass(frozen=True)
class Data(Reshaped):
    """The digits as loaded and reshaped.

    `label_train` : first three and last three labels of the training images, and the labels' type. `classes`
    : their number, smallest and largest label.
    """

    label_train: dict[str, Any]
    classes: dict[str, int]


@unit("ch03.ex02")
def exercise_3_02_data(mnist: Any) -> Data:
    """Look at the digits and add the channel axis.

    Parameters
    ----------
    mnist : x_train (60000, 28, 28), y_train (60000,), x_test, y_test in uint8.

    Source: chapter 3, exercise 3.02.
    """
    digits = image_arrays(mnist)
    labels = np.unique(digits.y_train)
    return Data(
        **vars(reshaped(digits)),
        label_train={
            "first": digits.y_train[:3].tolist(),
            "last": digits.y_train[-3:].tolist(),
            "dtype": str(digits.y_train.dtype),
        },
        classes={"count": len(labels), "min": int(labels.min()), "max": int(labels.max())},
    )


@unit("ch03.ex02", uses="tensorflow")
def exercise_3_02_summary() -> NetworkSummary:
    """Build the network and read its summary. Source: chapter 3, exercise 3.02."""
    return network_summary(exercise_3_02_model())


@dataclass(frozen=True)
class Training:
    """Results of one training. `gap` : last training accuracy minus last validation accuracy."""

    history: KerasHistory
    ran: Ran
    gap: float
    test_loss: float
    test_accuracy: float
    mishap: str


@unit("ch03.ex02", uses="tensorflow", first_steps=True)
def exercise_3_02(
    mnist: Any,
    seed: int,
    epochs: int = EPOCHS,
    batch_size: int = 32,
    validation_share: float = 0.2,
) -> Training:
    """Train on the first four fifths of the digits, validate on the last fifth, evaluate on the test images.

    Parameters
    ----------
    mnist : x_train (60000, 28, 28), y_train (60000,), x_test, y_test in uint8, or images of other sizes and
        classes as for `image_arrays`.

    Source: chapter 3, exercise 3.02.
    """
    (images, y), test = labelled(mnist)
    x = scaled(images)
    network = Network(exercise_3_02_model, (x.shape[1:], number_of_classes((x, y), test)))
    n_fitted, n_validated = validation_split(len(x), validation_share)
    rng = np.random.default_rng(seed)
    start = initial_weights(network.model, rng)
    done = fit(
        network,
        start,
        x[:n_fitted],
        y[:n_fitted],
        shuffled(rng, epochs=epochs, n=n_fitted),
        optimizer=ADAM,
        loss=LOSS,
        metric=METRIC,
        batch_size=batch_size,
        validation=(x[n_fitted:], y[n_fitted:]),
    )
    history, facts = history_of(done), ran(start, done, n_validated)
    test_loss, test_accuracy = evaluated(network, done.weights, *test)
    return Training(history, facts, gap_of(history), test_loss, test_accuracy, facts.mishap)
