"""Exercise 3.04 and activity 3.01: classifiers of CIFAR-10 and Fashion-MNIST, trained on augmented images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from workshop.chapters.ch03_image_classification.classifiers import (
    EPOCHS,
    MANY_CLASSES,
    History,
    Ran,
    Summary,
    classifier,
    evaluated,
    gap_of,
    kept_pixels,
    summary_of,
    train,
    with_channel,
)
from workshop.chapters.ch03_image_classification.steps import steps_per_epoch
from workshop.training.augmentation import Augmentation
from workshop.training.backend import keras
from workshop.training.fitting import Network
from workshop.training.summaries import built_layers
from workshop.units import unit

BATCH_SIZE = 16
SHIFTS_AND_FLIPS = Augmentation(width_shift_range=0.1, height_shift_range=0.1, horizontal_flip=True)
ALL_BUT_UPSIDE_DOWN = Augmentation(
    rotation_range=40.0,
    width_shift_range=0.1,
    height_shift_range=0.1,
    shear_range=0.2,
    zoom_range=0.2,
    horizontal_flip=True,
)


def cifar_network() -> Network:
    """Return the network of exercise 3.04."""
    return Network(classifier, ((32, 32, 3), (64, 128), 10, "softmax"))


def fashion_network() -> Network:
    """Return the network of activity 3.01 as in its solution, with 128 kernels in the second convolution."""
    return Network(classifier, ((28, 28, 1), (64, 128), 10, "softmax"))


@unit("ch03.ex04", uses=("tensorflow",))
def exercise_3_04_model() -> Summary:
    """Build the network and read its summary. Source: chapter 3, exercise 3.04."""
    return summary_of(cifar_network())


@dataclass(frozen=True)
class CifarData:
    """Shapes and counts of CIFAR-10, and the batches per epoch."""

    train_shape: List[int]
    dataset_size: Dict[str, int]
    steps: Dict[str, int]


@unit("ch03.ex04")
def exercise_3_04_data(cifar10: Any, batch_size: int = BATCH_SIZE) -> CifarData:
    """Look at the images. Source: chapter 3, exercise 3.04.

    Parameters
    ----------
    cifar10 : x_train (50000, 32, 32, 3), y_train (50000,), x_test, y_test in uint8.
    """
    labels = np.union1d(cifar10.y_train, cifar10.y_test)
    return CifarData(
        train_shape=list(cifar10.x_train.shape),
        dataset_size={
            "images": len(cifar10.x_train) + len(cifar10.x_test),
            "classes": len(labels),
        },
        steps=steps_of(cifar10, batch_size),
    )


def steps_of(data: Any, batch_size: int) -> Dict[str, int]:
    """Return the numbers of full batches of training and test images."""
    return {
        "train": steps_per_epoch(len(data.x_train), batch_size),
        "validation": steps_per_epoch(len(data.x_test), batch_size),
    }


@dataclass(frozen=True)
class FashionModel:
    """Kernels of the second convolution, read from the built network."""

    second_conv_kernels: int


@unit("ch03.act01", uses=("tensorflow",))
def activity_3_01_model() -> FashionModel:
    """Build the network and read its second convolution. Source: chapter 3, activity 3.01."""
    layers = built_layers(fashion_network().model)
    _, second = (layer for layer in layers if isinstance(layer, keras.layers.Conv2D))
    return FashionModel(int(second.get_config()["filters"]))


@dataclass(frozen=True)
class FashionData:
    """Shapes and counts of Fashion-MNIST. `same_pixels` : share of pixels that the reshape does not move."""

    train_shape: List[int]
    test_shape: List[int]
    reshaped: Dict[str, List[int]]
    same_pixels: float
    classes: int
    steps: Dict[str, int]


@unit("ch03.act01")
def activity_3_01_data(fashion_mnist: Any, batch_size: int = BATCH_SIZE) -> FashionData:
    """Look at the images and add the channel axis. Source: chapter 3, activity 3.01.

    Parameters
    ----------
    fashion_mnist : x_train (60000, 28, 28), y_train (60000,), x_test, y_test in uint8.
    """
    x_train, x_test = with_channel(fashion_mnist.x_train), with_channel(fashion_mnist.x_test)
    return FashionData(
        train_shape=list(fashion_mnist.x_train.shape),
        test_shape=list(fashion_mnist.x_test.shape),
        reshaped={"train": list(x_train.shape), "test": list(x_test.shape)},
        same_pixels=kept_pixels(fashion_mnist.x_train, x_train),
        classes=len(np.union1d(fashion_mnist.y_train, fashion_mnist.y_test)),
        steps=steps_of(fashion_mnist, batch_size),
    )


@dataclass(frozen=True)
class AugmentedTraining:
    """Results of one training on augmented images. `gap` : last training accuracy minus the validation one.

    The history's validation images are augmented, too, as in the book's code. `plain_loss` and
    `plain_accuracy` are those of the last weights on all test images without augmentation, as the book's text
    describes.
    """

    history: History
    ran: Ran
    gap: float
    plain_loss: float
    plain_accuracy: float
    mishap: str


@unit("ch03.ex04", uses=("tensorflow",), first_steps=True)
def exercise_3_04(
    cifar10: Any,
    seed: int,
    epochs: int = EPOCHS,
    batch_size: int = BATCH_SIZE,
    steps: Optional[int] = None,
    validation_steps: Optional[int] = None,
) -> AugmentedTraining:
    """Train on shifted and mirrored images, and validate on test images that are shifted and mirrored, too.

    Parameters
    ----------
    cifar10 : x_train (50000, 32, 32, 3), y_train (50000,), x_test, y_test in uint8.
    steps, validation_steps : batches per epoch; None takes all full ones.

    Source: chapter 3, exercise 3.04.
    """
    return trained_on_variants(
        cifar_network(),
        (cifar10.x_train, cifar10.y_train.astype(np.int64)),
        (cifar10.x_test, cifar10.y_test.astype(np.int64)),
        seed,
        SHIFTS_AND_FLIPS,
        epochs=epochs,
        batch_size=batch_size,
        steps=steps,
        validation_steps=validation_steps,
    )


@unit("ch03.act01", uses=("tensorflow",), first_steps=True)
def activity_3_01(
    fashion_mnist: Any,
    seed: int,
    epochs: int = EPOCHS,
    batch_size: int = BATCH_SIZE,
    steps: Optional[int] = None,
    validation_steps: Optional[int] = None,
) -> AugmentedTraining:
    """Train on rotated, shifted, sheared, zoomed and mirrored clothes, and validate on such variants, too.

    Parameters
    ----------
    fashion_mnist : x_train (60000, 28, 28), y_train (60000,), x_test, y_test in uint8.
    steps, validation_steps : batches per epoch; None takes all full ones.

    Source: chapter 3, activity 3.01.
    """
    return trained_on_variants(
        fashion_network(),
        (with_channel(fashion_mnist.x_train), fashion_mnist.y_train.astype(np.int64)),
        (with_channel(fashion_mnist.x_test), fashion_mnist.y_test.astype(np.int64)),
        seed,
        ALL_BUT_UPSIDE_DOWN,
        epochs=epochs,
        batch_size=batch_size,
        steps=steps,
        validation_steps=validation_steps,
    )


def trained_on_variants(
    network: Network,
    training: Tuple[np.ndarray, np.ndarray],
    held: Tuple[np.ndarray, np.ndarray],
    seed: int,
    augmentation: Augmentation,
    **settings: Any,
) -> AugmentedTraining:
    """Train and validate on variants of the images, and evaluate on the unchanged validation images."""
    done, history, did = train(
        network,
        training,
        held,
        seed,
        objective=MANY_CLASSES,
        augmentations=(augmentation, augmentation),
        **settings,
    )
    plain_loss, plain_accuracy = evaluated(network, done.weights, *held)
    return AugmentedTraining(history, did, gap_of(history), plain_loss, plain_accuracy, did.mishap)
