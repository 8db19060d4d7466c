"""Exercise 3.03: photographs of cats and dogs, read from folders by data generators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from workshop.chapters.ch03_image_classification.classifiers import (
    EPOCHS,
    TWO_CLASSES,
    History,
    Ran,
    Summary,
    classifier,
    gap_of,
    summary_of,
    train,
)
from workshop.chapters.ch03_image_classification.generators import read_images
from workshop.chapters.ch03_image_classification.steps import steps_per_epoch
from workshop.training.fitting import Network
from workshop.units import unit

BATCH_SIZE = 16
SIZE = (100, 100)


def cats_and_dogs_network(size: Tuple[int, int] = SIZE) -> Network:
    """Return the network of exercise 3.03."""
    return Network(classifier, ((*size, 3), (64, 128), 1, "sigmoid"))


@unit("ch03.ex03", uses=("tensorflow",))
def exercise_3_03_model() -> Summary:
    """Build the network and read its summary. Source: chapter 3, exercise 3.03."""
    return summary_of(cats_and_dogs_network())


@dataclass(frozen=True)
class CatsAndDogsFolders:
    """The photographs in the archive, counted by folder; `by_class` of each part in label order."""

    total_train: int
    total_val: int
    classes: List[str]
    by_class: Dict[str, List[int]]
    subset_size: int
    steps: Dict[str, int]


@unit("ch03.ex03")
def exercise_3_03_folders(cats_and_dogs_filtered: Any, batch_size: int = BATCH_SIZE) -> CatsAndDogsFolders:
    """Count the photographs of the four folders. Source: chapter 3, exercise 3.03.

    Parameters
    ----------
    cats_and_dogs_filtered : archive with `members`, part → class → names of the photographs.
    """
    parts = cats_and_dogs_filtered.members
    counts = {part: [len(names) for names in classes.values()] for part, classes in parts.items()}
    train_, validation = sum(counts["train"]), sum(counts["validation"])
    return CatsAndDogsFolders(
        total_train=train_,
        total_val=validation,
        classes=list(parts["train"]),
        by_class=counts,
        subset_size=sum(map(sum, counts.values())),
        steps={
            "train": steps_per_epoch(train_, batch_size),
            "validation": steps_per_epoch(validation, batch_size),
        },
    )


@dataclass(frozen=True)
class CatsAndDogsTraining:
    """Results of one training. `gap` : last training accuracy minus last validation accuracy."""

    history: History
    ran: Ran
    gap: float
    mishap: str


@unit(
    "ch03.ex03",
    uses=("tensorflow", "PIL"),
    first_steps=True,
)
def exercise_3_03(
    cats_and_dogs_filtered: Any,
    seed: int,
    size: Tuple[int, int] = SIZE,
    epochs: int = EPOCHS,
    batch_size: int = BATCH_SIZE,
    steps: Optional[int] = None,
    validation_steps: Optional[int] = None,
) -> CatsAndDogsTraining:
    """Train on the photographs, scaled to 0 … 1, and validate on the others after each epoch.

    Parameters
    ----------
    cats_and_dogs_filtered : archive with `members`, part → class → names of the photographs.
    size : height and width to which the photographs are resized by nearest pixels.
    steps, validation_steps : batches per epoch; None takes all full ones.

    Source: chapter 3, exercise 3.03.
    """
    parts = []
    for part in ("train", "validation"):
        images, labels, _ = read_images(cats_and_dogs_filtered, part, size)
        parts.append((images, labels[:, np.newaxis].astype(np.float32)))
    _, history, did = train(
        cats_and_dogs_network(size),
        *parts,
        seed,
        objective=TWO_CLASSES,
        epochs=epochs,
        batch_size=batch_size,
        steps=steps,
        validation_steps=validation_steps,
        augmentations=(None, None),
    )
    return CatsAndDogsTraining(history, did, gap_of(history), did.mishap)
