"""What is measured of activity 3.02.

Two new dense layers on a frozen network that was trained on ImageNet classify fruits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workshop.chapters.ch03_image_classification.act02_fruits import activity_3_02_model
from workshop.training.augmentation import Augmentation
from workshop.training.backend import keras
from workshop.training.epochs import KerasHistory, history_of
from workshop.training.fitting import Network
from workshop.training.initialisers import initial_weights
from workshop.training.pipeline_fit import fit_on_features
from workshop.training.pipelines import drawn
from workshop.training.pretrained import feature_base, vgg16
from workshop.training.summaries import NetworkSummary, network_summary
from workshop.units import unit

from ._data import class_folders, image_archive, read_parts, steps_of, steps_per_epoch
from ._training import ADAM, EPOCHS, Ran, ran

BATCH_SIZE = 16
SIZE = (100, 100)
PARTS = ("Training", "Test")
AUGMENTATION = Augmentation(
    rotation_range=40.0,
    width_shift_range=0.1,
    height_shift_range=0.1,
    shear_range=0.2,
    zoom_range=0.2,
    horizontal_flip=True,
)


@dataclass(frozen=True)
class Data:
    """Numbers of photographs in each part and in both, and of class folders, in the archive.

    `in_one_part` : number of classes of which only one part has photographs.
    """

    counts: dict[str, int]
    subset_bound: int
    classes: int
    in_one_part: int


@unit("ch03.act02")
def activity_3_02_data(fruits360: Any) -> Data:
    """Count photographs and classes. Source: chapter 3, activity 3.02.

    Parameters
    ----------
    fruits360 : archive with `members`, part → class → names of the photographs, or the path of a zip with
        folders `Training` and `Test`.
    """
    archive = image_archive(fruits360)
    folders = [class_folders(archive, part) for part in PARTS]
    train, validation = (sum(map(len, classes.values())) for classes in folders)
    return Data(
        counts={"train": train, "validation": validation},
        subset_bound=train + validation,
        classes=len(set(folders[0]) | set(folders[1])),
        in_one_part=len(set(folders[0]) ^ set(folders[1])),
    )


def activity_3_02_head(feature_shape: tuple[int, ...], classes: int = 120) -> Any:
    """Build the network's new layers alone: features (n, *feature_shape) to class probabilities."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer(feature_shape),
            layers.Flatten(),
            layers.Dense(1000, activation="relu"),
            layers.Dense(classes, activation="softmax"),
        ]
    )


@dataclass(frozen=True)
class Summary:
    """The frozen base and the whole model as built, with the layers of `summary_rows`; batches per epoch."""

    base: NetworkSummary
    model: NetworkSummary
    steps: dict[str, int]


@unit("ch03.act02", uses="tensorflow")
def activity_3_02_summary(
    input_shape: tuple[int, int, int] = (*SIZE, 3),
    classes: int = 120,
    batch_size: int = BATCH_SIZE,
    images: tuple[int, int] = (11398, 4752),
) -> Summary:
    """Build the network on frozen VGG16 with random weights, read both summaries, and count the steps.

    `images` : numbers of training and validation images. Source: chapter 3, activity 3.02.
    """
    base = vgg16(include_top=False, input_shape=input_shape)
    model = built_model(base, classes)
    return Summary(
        base=replace(network_summary(base), layers=summary_rows(base)),
        model=replace(network_summary(model), layers=summary_rows(model)),
        steps=steps_of(*images, batch_size),
    )


def built_model(base: Any, classes: int) -> Any:
    """Build the network; Keras 3.0 leaves one that begins with another network unbuilt until it is called."""
    model = activity_3_02_model(base, classes)
    if not model.built:
        model.build((None, *base.input_shape[1:]))
    return model


def summary_rows(model: Any) -> list[list[Any]]:
    """Return [name, output shape, parameters] of every layer of a built model, including the input layer.

    A name is written as in a summary, `block1_conv1 (Conv2D)`. Only the type is given if the name contains a
    session's counter, and only the name is given for a network, because each Keras calls its type
    differently.
    """
    return [
        [
            _row_name(layer),
            [None if size is None else int(size) for size in tuple(layer.output.shape)],
            int(layer.count_params()),
        ]
        for layer in model.layers
    ]


def _row_name(layer: Any) -> str:
    if isinstance(layer, keras.Model):
        return str(layer.name)
    kind = type(layer).__name__
    return f"{layer.name} ({kind})" if layer.name.startswith("block") else kind


@dataclass(frozen=True)
class Training:
    """Results of one training of the head. `base_passes` : number of images that went through the base."""

    history: KerasHistory
    ran: Ran
    base_passes: int
    mishap: str


@unit("ch03.act02", uses="tensorflow PIL", first_steps=True)
def activity_3_02(
    fruits360: Any,
    vgg16_imagenet: Any,
    seed: int,
    size: tuple[int, int] = SIZE,
    epochs: int = EPOCHS,
    batch_size: int = BATCH_SIZE,
) -> Training:
    """Train the head on augmented photographs, and validate on the unchanged others after each epoch.

    As in the book, the photographs are scaled to 0 … 1, and not preprocessed as for the network's training.

    Parameters
    ----------
    fruits360 : archive with `members`, part → class → names of the photographs, or the path of a zip with
        folders `Training` and `Test` of the same classes.
    vgg16_imagenet : the published files of the network without its top.
    size : height and width to which the photographs are resized by nearest pixels.

    Raises
    ------
    ValueError
        If a part is missing, or the parts have different classes.

    Source: chapter 3, activity 3.02.
    """
    parts, classes = read_parts(fruits360, PARTS, size)
    rng = np.random.default_rng(seed)
    pipelines = []
    for (images, labels), passes, augmentation in zip(parts, (epochs, 1), (AUGMENTATION, None)):
        rows = steps_per_epoch(len(images), batch_size) * batch_size
        one_hot = np.eye(classes, dtype=np.float32)[labels]
        pipelines.append(drawn(rng, images, one_hot, passes=passes, rows=rows, augmentation=augmentation))
    base = feature_base(vgg16_imagenet, (*size, 3))
    network = Network(activity_3_02_head, (tuple(base.output_shape[1:]), classes))
    start = initial_weights(network.model, rng)
    done, base_passes = fit_on_features(
        base,
        network,
        start,
        *pipelines,
        optimizer=ADAM,
        loss="categorical_crossentropy",
        metric="categorical_accuracy",
        batch_size=batch_size,
        kept=getattr(vgg16_imagenet, "kept", None),
    )
    facts = ran(start, done, pipelines[1].order.shape[1])
    return Training(history_of(done), facts, base_passes, facts.mishap)
