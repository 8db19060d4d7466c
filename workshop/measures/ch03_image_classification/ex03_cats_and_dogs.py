"""What is measured of exercise 3.03.

Photographs are read from folders and scaled. The network has one output, the probability of a dog.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Iterable

import numpy as np

from workshop.chapters.ch03_image_classification.ex03_cats_and_dogs import SIZE, exercise_3_03_model
from workshop.training.epochs import KerasHistory
from workshop.training.fitting import Network
from workshop.training.summaries import NetworkSummary, network_summary
from workshop.units import unit

from ._data import class_folders, image_archive, read_parts, steps_of
from ._training import EPOCHS, Ran, gap_of, train

BATCH_SIZE = 16
PARTS = ("train", "validation")
ORIGINAL = {"cat": 12500, "dog": 12500}  # photographs of Kaggle's training set, cat.0.jpg, cat.1.jpg, …


@dataclass(frozen=True)
class Data:
    """The photographs in the archive, counted by folder; `by_class` of each part in label order.

    `not_of_original` : number of photographs without one of the original set's names, or with a name that
    another one has, too.
    """

    total_train: int
    total_val: int
    classes: list[str]
    by_class: dict[str, list[int]]
    subset_size: int
    not_of_original: int
    steps: dict[str, int]


@unit("ch03.ex03")
def exercise_3_03_data(cats_and_dogs_filtered: Any, batch_size: int = BATCH_SIZE) -> Data:
    """Count the photographs of the four folders. Source: chapter 3, exercise 3.03.

    Parameters
    ----------
    cats_and_dogs_filtered : archive with `members`, part → class → names of the photographs, or the path of a
        zip with folders `train` and `validation`.
    """
    archive = image_archive(cats_and_dogs_filtered)
    folders = {part: class_folders(archive, part) for part in PARTS}
    counts = {part: [len(names) for names in classes.values()] for part, classes in folders.items()}
    total_train, total_val = (sum(counts[part]) for part in PARTS)
    photographs = [name for part in PARTS for names in folders[part].values() for name in names]
    return Data(
        total_train=total_train,
        total_val=total_val,
        classes=list(folders["train"]),
        by_class=counts,
        subset_size=total_train + total_val,
        not_of_original=total_train + total_val - len(originals(photographs)),
        steps=steps_of(total_train, total_val, batch_size),
    )


def originals(names: Iterable[str]) -> set[str]:
    """Return the different file names of the original set among an archive's names."""
    found = (re.search(r"(?:^|/)((cat|dog)\.(0|[1-9]\d*)\.jpg)$", name) for name in names)
    return {one.group(1) for one in found if one and int(one.group(3)) < ORIGINAL[one.group(2)]}


@unit("ch03.ex03", uses="tensorflow")
def exercise_3_03_summary() -> NetworkSummary:
    """Build the network and read its summary. Source: chapter 3, exercise 3.03."""
    return network_summary(exercise_3_03_model())


@dataclass(frozen=True)
class Training:
    """Results of one training. `gap` : last training accuracy minus last validation accuracy."""

    history: KerasHistory
    ran: Ran
    gap: float
    mishap: str


@unit("ch03.ex03", uses="tensorflow PIL", first_steps=True)
def exercise_3_03(
    cats_and_dogs_filtered: Any,
    seed: int,
    size: tuple[int, int] = SIZE,
    epochs: int = EPOCHS,
    batch_size: int = BATCH_SIZE,
) -> Training:
    """Train on the photographs, scaled to 0 … 1, and validate on the others after each epoch.

    Parameters
    ----------
    cats_and_dogs_filtered : archive with `members`, part → class → names of the photographs, or the path of a
        zip with folders `train` and `validation` of two classes each.
    size : height and width to which the photographs are resized by nearest pixels.

    Raises
    ------
    ValueError
        If the photographs are not of two classes, the same in both parts.

    Source: chapter 3, exercise 3.03.
    """
    parts, classes = read_parts(cats_and_dogs_filtered, PARTS, size)
    if classes != 2:
        raise ValueError(f"photographs of {classes} classes: the network needs two")
    training, validation = ((images, labels[:, np.newaxis].astype(np.float32)) for images, labels in parts)
    _, history, facts = train(
        Network(exercise_3_03_model, (tuple(size),)),
        training,
        validation,
        seed,
        loss="binary_crossentropy",
        metric="binary_accuracy",
        epochs=epochs,
        batch_size=batch_size,
    )
    return Training(history, facts, gap_of(history), facts.mishap)
