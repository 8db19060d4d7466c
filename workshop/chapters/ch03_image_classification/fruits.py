"""Activity 3.02: a new head on a frozen network, trained on ImageNet, classifies fruits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from workshop.chapters.ch03_image_classification.augmented import ALL_BUT_UPSIDE_DOWN
from workshop.chapters.ch03_image_classification.classifiers import (
    ADAM,
    EPOCHS,
    History,
    Ran,
    history_of,
    ran,
)
from workshop.chapters.ch03_image_classification.generators import read_images
from workshop.chapters.ch03_image_classification.steps import steps_per_epoch
from workshop.chapters.ch03_image_classification.transfer import head
from workshop.training.epochs import Fit
from workshop.training.fitting import Network, fit
from workshop.training.initialisers import initial_weights
from workshop.training.pipeline_fit import features
from workshop.training.pipelines import Pipeline, drawn
from workshop.training.pretrained import feature_base
from workshop.units import unit

BATCH_SIZE = 16
SIZE = (100, 100)
LOSS, METRIC = "categorical_crossentropy", "categorical_accuracy"


@dataclass(frozen=True)
class FruitFolders:
    """Numbers of photographs in each part and in both, and of class folders, in the archive."""

    counts: Dict[str, int]
    subset_bound: int
    classes: int


@unit("ch03.act02")
def activity_3_02_folders(fruits360: Any) -> FruitFolders:
    """Count photographs and classes. Source: chapter 3, activity 3.02.

    Parameters
    ----------
    fruits360 : archive with `members`, part → class → names of the photographs.
    """
    counts = {part: sum(map(len, classes.values())) for part, classes in fruits360.members.items()}
    return FruitFolders(
        counts={"train": counts["Training"], "validation": counts["Test"]},
        subset_bound=sum(counts.values()),
        classes=len(fruits360.members["Training"]),
    )


@dataclass(frozen=True)
class FruitTraining:
    """Results of one training of the head. `base_passes` : number of images that went through the base."""

    history: History
    ran: Ran
    base_passes: int
    mishap: str


@unit(
    "ch03.act02",
    uses=("tensorflow", "PIL"),
    first_steps=True,
)
def activity_3_02(
    fruits360: Any,
    vgg16_imagenet: Any,
    seed: int,
    size: Tuple[int, int] = SIZE,
    epochs: int = EPOCHS,
    batch_size: int = BATCH_SIZE,
    steps: Optional[int] = None,
    validation_steps: Optional[int] = None,
) -> FruitTraining:
    """Train the head on augmented photographs, and validate on the unchanged others after each epoch.

    As in the book, the photographs are scaled to 0 … 1, and not preprocessed as for the network's training.

    Parameters
    ----------
    fruits360 : archive with `members`, part → class → names of the photographs.
    vgg16_imagenet : the published files of the network without its top.
    size : height and width to which the photographs are resized by nearest pixels.
    steps, validation_steps : batches per epoch; None takes all full ones.

    Source: chapter 3, activity 3.02.
    """
    rng = np.random.default_rng(seed)
    pipelines = []
    for part, count, passes, augmentation in (
        ("Training", steps, epochs, ALL_BUT_UPSIDE_DOWN),
        ("Test", validation_steps, 1, None),
    ):
        images, labels, names = read_images(fruits360, part, size)
        rows = (steps_per_epoch(len(images), batch_size) if count is None else count) * batch_size
        one_hot = np.eye(len(names), dtype=np.float32)[labels]
        pipelines.append(drawn(rng, images, one_hot, passes=passes, rows=rows, augmentation=augmentation))
    base = feature_base(vgg16_imagenet, (*size, 3))
    network = Network(head, (tuple(base.output_shape[1:]), pipelines[0].labels.shape[1]))
    start = initial_weights(network.model, rng)
    done, history, seen = train_head(base, network, start, *pipelines, batch_size=batch_size)
    did = ran(start, done, pipelines[1].order.shape[1])
    return FruitTraining(history, did, seen, did.mishap)


def train_head(
    base: Any,
    network: Network,
    start: Tuple[np.ndarray, ...],
    training: Pipeline,
    held: Pipeline,
    *,
    batch_size: int,
) -> Tuple[Fit, History, int]:
    """Train a head on a frozen base's features of the training images, one pass per epoch.

    The base does not change, so each variant goes through it once. The validation images have no variants and
    go through it once for all epochs. Returns the fit over all epochs, its history, and the number of images
    that went through the base.
    Source: chapter 3, activity 3.02.
    """
    ((held_features, held_labels),) = features(base, held, batch_size)
    fits: List[Fit] = []
    for inputs, labels in features(base, training, batch_size):
        done = fit(
            network,
            fits[-1].weights if fits else start,
            inputs,
            labels,
            np.arange(len(inputs))[np.newaxis],
            optimizer=ADAM,
            loss=LOSS,
            metric=METRIC,
            batch_size=batch_size,
            validation=(held_features, held_labels),
            after=fits[-1] if fits else None,
        )
        fits.append(done)
    joined = {
        name: np.concatenate([getattr(one, name) for one in fits])
        for name in ("loss", "metric", "val_loss", "val_metric", "steps", "rows")
    }
    done = replace(fits[-1], **joined)
    return done, history_of(done), int(done.rows.sum()) + len(held_features)
