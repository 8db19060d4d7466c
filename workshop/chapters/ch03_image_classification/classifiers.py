"""The classifier that the chapter's exercises share: two convolutions, two dense layers, its training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from workshop.chapters.ch03_image_classification.steps import steps_per_epoch
from workshop.training.augmentation import Augmentation
from workshop.training.backend import keras
from workshop.training.epochs import Fit
from workshop.training.fitting import Network, evaluate
from workshop.training.initialisers import initial_weights
from workshop.training.optimizers import Adam
from workshop.training.pipeline_fit import fit_pipeline
from workshop.training.pipelines import drawn
from workshop.training.summaries import layer_table, parameter_totals

ADAM = Adam(learning_rate=0.001)
EPOCHS = 5
MANY_CLASSES = ("sparse_categorical_crossentropy", "sparse_categorical_accuracy")
TWO_CLASSES = ("binary_crossentropy", "binary_accuracy")

Labelled = Tuple[np.ndarray, np.ndarray]  # images (n, height, width, channels) and labels (n, …)


@dataclass(frozen=True)
class Summary:
    """A network as built: [type, output shape, parameters] of its layers, and its total parameters."""

    summary_layers: List[List[Any]]
    params_total: Dict[str, int]


@dataclass(frozen=True)
class History:
    """Loss and accuracy of every epoch on training and validation images, each of shape (epochs,)."""

    loss: np.ndarray
    accuracy: np.ndarray
    val_loss: np.ndarray
    val_accuracy: np.ndarray


@dataclass(frozen=True)
class Ran:
    """Facts about a training, counted while it ran.

    `steps` : updates and validation batches per epoch. `samples` : training and validation images per epoch.
    `fall` : the first epoch's loss minus the last one's. `least_move` : the smallest change of a weight
    array, relative to its start. `mishap` : what went wrong, '' if nothing did.
    """

    epochs: int
    batch_size: float
    steps: Dict[str, int]
    samples: Dict[str, int]
    learning_rate: float
    fall: float
    least_move: float
    mishap: str


def classifier(
    shape: Tuple[int, int, int], filters: Tuple[int, int], outputs: int, activation: str, dense: int = 128
) -> Any:
    """Build the network: convolutions of 3×3 with ReLU, each followed by max pooling of 2×2."""
    layers = keras.layers
    stack = [layers.InputLayer(shape)]
    for count in filters:
        stack += [layers.Conv2D(count, (3, 3), activation="relu"), layers.MaxPooling2D(2, 2)]
    return keras.models.Sequential(
        [
            *stack,
            layers.Flatten(),
            layers.Dense(dense, activation="relu"),
            layers.Dense(outputs, activation=activation),
        ]
    )


def summary_of(network: Network) -> Summary:
    """Build a network and read its summary."""
    return Summary(layer_table(network.model), parameter_totals(network.model))


def train(
    network: Network,
    training: Labelled,
    held: Labelled,
    seed: int,
    *,
    objective: Tuple[str, str],
    epochs: int,
    batch_size: int,
    steps: Optional[int],
    validation_steps: Optional[int],
    augmentations: Sequence[Optional[Augmentation]],
) -> Tuple[Fit, History, Ran]:
    """Train from one start on full batches that are drawn again each epoch, and validate after each.

    Returns the fit, its history, and facts about the training.

    Parameters
    ----------
    network : description of the classifier.
    training, held : images, uint8 (n, height, width, channels), and labels (n, …).
    objective : names of loss and metric.
    steps, validation_steps : batches per epoch; None takes all full ones.
    augmentations : of the training and of the validation images; None leaves the images unchanged.

    Raises
    ------
    ValueError
        If there is no full batch, or more steps are requested than there are batches.

    Source: chapter 3, exercises 3.03 and 3.04, activity 3.01.
    """
    rng = np.random.default_rng(seed)
    start = initial_weights(network.model, rng)
    pipelines = []
    for (images, labels), count, augmentation in zip(
        (training, held), (steps, validation_steps), augmentations
    ):
        rows = (steps_per_epoch(len(images), batch_size) if count is None else count) * batch_size
        pipelines.append(drawn(rng, images, labels, passes=epochs, rows=rows, augmentation=augmentation))
    loss, metric = objective
    done = fit_pipeline(
        network, start, *pipelines, optimizer=ADAM, loss=loss, metric=metric, batch_size=batch_size
    )
    return done, history_of(done), ran(start, done, pipelines[1].order.shape[1])


def history_of(done: Fit) -> History:
    """Return the history of a fit in the form of the book's logs."""
    return History(done.loss, done.metric, done.val_loss, done.val_metric)


def gap_of(history: History) -> float:
    """Return the last training accuracy minus the last validation accuracy, positive for overfitting."""
    return float(history.accuracy[-1] - history.val_accuracy[-1])


def ran(start: Sequence[np.ndarray], done: Fit, held: int) -> Ran:
    """Return facts about a fit from its initial weights, given the number of validation images per epoch."""
    batch_size = float(done.rows[0] / done.steps[0])
    return Ran(
        epochs=len(done.loss),
        batch_size=batch_size,
        steps={"train": int(done.steps[0]), "validation": int(np.ceil(held / batch_size))},
        samples={"train": int(done.rows[0]), "validation": held},
        learning_rate=done.optimizer.learning_rate,
        fall=float(done.loss[0] - done.loss[-1]),
        least_move=least_move(start, done.weights),
        mishap="" if np.isfinite(done.loss).all() else "diverged: the loss is not finite",
    )


def scaled(images: np.ndarray) -> np.ndarray:
    """Return uint8 images as float32 from 0 to 1."""
    return images.astype(np.float32) / np.float32(255)


def evaluated(
    network: Network, weights: Sequence[np.ndarray], images: np.ndarray, labels: np.ndarray, rows: int = 1000
) -> Tuple[float, float]:
    """Return mean loss and accuracy on all images, uint8 (n, height, width, channels), in batches."""
    loss, metric = MANY_CLASSES
    parts = np.split(np.arange(len(images)), range(rows, len(images), rows))
    scores = [
        evaluate(network, weights, scaled(images[part]), labels[part], loss=loss, metric=metric)
        for part in parts
    ]
    mean_loss, accuracy = np.average(scores, axis=0, weights=[len(part) for part in parts])
    return float(mean_loss), float(accuracy)


def with_channel(images: np.ndarray) -> np.ndarray:
    """Return grey images (n, height, width) with a channel axis: (n, height, width, 1)."""
    return images.reshape((*images.shape, 1))


def kept_pixels(images: np.ndarray, reshaped: np.ndarray) -> float:
    """Return the share of pixels that keep their position in the reshaped images (n, height, width, 1)."""
    return float(np.mean(reshaped[..., 0] == images))


def least_move(start: Sequence[np.ndarray], end: Sequence[np.ndarray]) -> float:
    """Return the smallest change of a weight array as a share of its start's norm (of 1 if that is 0)."""
    lengths = [float(np.linalg.norm(value)) or 1.0 for value in start]
    return min(float(np.linalg.norm(b - a)) / length for a, b, length in zip(start, end, lengths))
