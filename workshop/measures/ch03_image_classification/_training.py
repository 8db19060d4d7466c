"""How the chapter's classifiers are trained: on full batches that are drawn again each epoch, with Adam."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Sequence

import numpy as np

from workshop.training.augmentation import Augmentation
from workshop.training.epochs import Fit, KerasHistory, history_of, least_move
from workshop.training.fitting import Network, evaluate
from workshop.training.initialisers import initial_weights
from workshop.training.optimizers import Adam
from workshop.training.pipeline_fit import fit_pipeline
from workshop.training.pipelines import drawn

from ._data import Labelled, labelled, number_of_classes, scaled, steps_per_epoch

ADAM = Adam(learning_rate=0.001)
EPOCHS = 5
LOSS, METRIC = "sparse_categorical_crossentropy", "sparse_categorical_accuracy"


@dataclass(frozen=True)
class Ran:
    """Facts about a training, counted while it ran.

    `steps` : updates and validation batches per epoch. `samples` : training and validation images per epoch.
    `fall` : the first epoch's loss minus the last one's. `least_move` : the smallest change of a weight
    array, relative to its start. `mishap` : what went wrong, '' if nothing did.
    """

    epochs: int
    batch_size: float
    steps: dict[str, int]
    samples: dict[str, int]
    learning_rate: float
    fall: float
    least_move: float
    mishap: str


@dataclass(frozen=True)
class AugmentedTraining:
    """Results of one training on augmented images. `gap` : last training accuracy minus the validation one.

    The history's validation images are augmented, too, as in the book's code. `plain_loss` and
    `plain_accuracy` are those of the last weights on all test images without augmentation, as the book's text
    describes.
    """

    history: KerasHistory
    ran: Ran
    gap: float
    plain_loss: float
    plain_accuracy: float
    mishap: str


def train(
    network: Network,
    training: Labelled,
    validation: Labelled,
    seed: int,
    *,
    loss: str = LOSS,
    metric: str = METRIC,
    augmentation: Optional[Augmentation] = None,
    epochs: int,
    batch_size: int,
) -> tuple[Fit, KerasHistory, Ran]:
    """Train from one start on full batches that are drawn again each epoch, and validate after each.

    Returns the fit, its history, and facts about the training.

    Parameters
    ----------
    training, validation : images, uint8 (n, height, width, channels), and labels (n, …).
    augmentation : of the images of both; None leaves them unchanged.

    Raises
    ------
    ValueError
        If there is no full batch.

    Source: chapter 3, exercises 3.03 and 3.04, activity 3.01.
    """
    rng = np.random.default_rng(seed)
    start = initial_weights(network.model, rng)
    pipelines = []
    for images, labels in (training, validation):
        rows = steps_per_epoch(len(images), batch_size) * batch_size
        pipelines.append(drawn(rng, images, labels, passes=epochs, rows=rows, augmentation=augmentation))
    done = fit_pipeline(
        network, start, *pipelines, optimizer=ADAM, loss=loss, metric=metric, batch_size=batch_size
    )
    return done, history_of(done), ran(start, done, pipelines[1].order.shape[1])


def train_on_variants(
    model: Any, data: Any, seed: int, augmentation: Augmentation, *, epochs: int, batch_size: int
) -> AugmentedTraining:
    """Train and validate on variants of the images, and evaluate on the unchanged test images.

    Parameters
    ----------
    model : function of the images' shape and the number of classes that builds the network.
    data : as for `image_arrays`.
    """
    training, test = labelled(data)
    network = Network(model, (training[0].shape[1:], number_of_classes(training, test)))
    done, history, facts = train(
        network, training, test, seed, augmentation=augmentation, epochs=epochs, batch_size=batch_size
    )
    plain_loss, plain_accuracy = evaluated(network, done.weights, *test)
    return AugmentedTraining(history, facts, gap_of(history), plain_loss, plain_accuracy, facts.mishap)


def gap_of(history: KerasHistory) -> float:
    """Return the last training accuracy minus the last validation accuracy, positive for overfitting."""
    return float(history.accuracy[-1] - history.val_accuracy[-1])


def ran(start: Sequence[np.ndarray], done: Fit, validated: int) -> Ran:
    """Return facts about a fit from its initial weights, given the number of validation images per epoch."""
    batch_size = float(done.rows[0] / done.steps[0])
    return Ran(
        epochs=len(done.loss),
        batch_size=batch_size,
        steps={"train": int(done.steps[0]), "validation": int(np.ceil(validated / batch_size))},
        samples={"train": int(done.rows[0]), "validation": validated},
        learning_rate=done.optimizer.learning_rate,
        fall=float(done.loss[0] - done.loss[-1]),
        least_move=least_move(start, done.weights),
        mishap="" if np.isfinite(done.loss).all() else "diverged: the loss is not finite",
    )


def evaluated(
    network: Network, weights: Sequence[np.ndarray], images: np.ndarray, labels: np.ndarray, rows: int = 1000
) -> tuple[float, float]:
    """Return mean loss and accuracy on all images, uint8 (n, height, width, channels), in batches."""
    parts = np.split(np.arange(len(images)), range(rows, len(images), rows))
    scores = [
        evaluate(network, weights, scaled(images[part]), labels[part], loss=LOSS, metric=METRIC)
        for part in parts
    ]
    mean_loss, accuracy = np.average(scores, axis=0, weights=[len(part) for part in parts])
    return float(mean_loss), float(accuracy)
