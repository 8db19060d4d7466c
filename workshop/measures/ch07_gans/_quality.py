"""Quality of generated images, by a classifier of the real ones and by the brightness of regions.

Two sets of images are compared by the Fréchet distance of the features in the classifier's last but one
layer. A distance has a meaning only in comparison with its anchors, which are the distance of real images
from other real ones and that of noise from real ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Tuple

import numpy as np

from workshop.training.backend import keras
from workshop.training.fitting import Network, fit, predict
from workshop.training.initialisers import initial_weights, shuffled
from workshop.training.optimizers import Adam

from ._images import require, scaled

LOSS = "sparse_categorical_crossentropy"
RATE = 0.003  # Adam's; a tenth of it in the last epoch
BATCH = 128
CLASSES = 10
FEATURES = 32
SURE = 0.8  # a top probability above it counts as sure
NEAR_WHITE = -0.8  # a pixel below it counts as nearly white
MARGIN = 4  # rings around the central square of 20×20, which contains MNIST's digits
TILES = 25  # images per grid
_ROWS = 500  # images per forward pass
Arrays = Tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Judge:
    """A trained classifier of ten kinds of images, its results for the test images, and each epoch's loss.

    `weights` : the last two arrays are kernel and bias of the output layer. `test_sure` : share of test
    images whose top probability is above 0.8.
    """

    weights: Arrays
    test_accuracy: float
    test_sure: float
    loss: np.ndarray


@dataclass(frozen=True)
class Quality:
    """A judge's results for n images.

    `confidence` : mean of the top probabilities. `sure` : share of top probabilities above 0.8. `classes` :
    number of kinds that are the top one of some image. `counts` : number of images for which each of the ten
    is the top one, (10,). `features` : outputs of the last but one layer, float32 (n, 32).
    """

    confidence: float
    sure: float
    classes: int
    counts: np.ndarray
    features: np.ndarray


@dataclass(frozen=True)
class Anchors:
    """Fréchet distances to compare others with, all for samples of equal size.

    `real` : of real images from other real ones. `noise` : of uniform noise from real ones. `features` :
    features of the real images used for both distances, (rows, 32).
    """

    real: float
    noise: float
    features: np.ndarray


@dataclass(frozen=True)
class Pixels:
    """Brightness of images as shown in the book, from 0 (black, pixel 1) to 1 (white, pixel −1).

    `near_white_share` : share of pixels below −0.8. `centre_brightness` : of the central square of 20×20
    pixels. `border_brightness` : of the four rings around it. `contrast` : this minus that of the centre.
    `correlation` : of neighbouring pixels in the first 25 images, those of a grid. It is near 0 for noise
    and 1 for plain grey.
    """

    mean_brightness: float
    near_white_share: float
    border_brightness: float
    centre_brightness: float
    contrast: float
    correlation: float


def body() -> Any:
    """Return the judge without its output layer: images (n, 28, 28, 1) → features (n, 32)."""
    return keras.models.Sequential(_layers())


def classifier() -> Any:
    """Return the judge for training: images (n, 28, 28, 1) → ten probabilities."""
    return keras.models.Sequential([*_layers(), keras.layers.Dense(CLASSES, activation="softmax")])


def _layers() -> list[Any]:
    layers = keras.layers
    return [
        layers.InputLayer((28, 28, 1)),
        layers.Conv2D(16, 5, strides=2, padding="same", activation="relu"),
        layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
        layers.Flatten(),
        layers.Dense(FEATURES, activation="relu"),
    ]


def require_judgeable(data: Any) -> None:
    """Raise ValueError if a data set does not suffice to train a judge, and to take two samples of it."""
    require(data, "x_train", "y_train", "x_test", "y_test")
    labels = np.unique(data.y_train)
    if labels[0] < 0 or labels[-1] >= CLASSES:
        raise ValueError(f"labels from {labels[0]} to {labels[-1]}: the judge knows 0 to {CLASSES - 1}")
    if len(data.x_test) < 2 * (FEATURES + 1):
        raise ValueError(f"{len(data.x_test)} test images: give {2 * (FEATURES + 1)} or more")


def train_judge(
    images: np.ndarray,
    labels: np.ndarray,
    seed: int,
    *,
    held: tuple[np.ndarray, np.ndarray],
    rows: int = 30000,
    epochs: int = 3,
) -> Judge:
    """Train a classifier on random real images. Its test accuracy says how far it can be trusted.

    Parameters
    ----------
    images, labels : training images as loaded, uint8 (n, 28, 28), and their classes from 0 to 9, (n,).
    held : test images and labels, in the same form.
    rows : number of images to train on, drawn without replacement; all if there are fewer.
    epochs : two or more; the last one uses small steps.
    """
    network = Network(classifier)
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(images))[:rows]
    x, y = scaled(images[chosen]), labels[chosen].astype(np.int64)
    order = shuffled(rng, epochs=epochs, n=len(chosen))
    weights, done, losses = initial_weights(network.model, rng), None, []
    # small steps at the end; without them the accuracy on articles of fashion varies more between seeds
    # (6 seeds each: 0.869, standard deviation 0.006, without; 0.879 and 0.002 with them)
    for rate, part in ((RATE, order[:-1]), (RATE / 10, order[-1:])):
        done = fit(
            network, weights, x, y, part, optimizer=Adam(rate), loss=LOSS, batch_size=BATCH, after=done
        )  # fmt: skip
        weights = done.weights
        losses.append(done.loss)
    x_test, y_test = held
    found = probabilities(weights, features_of(weights, scaled(x_test)))
    return Judge(
        weights,
        test_accuracy=float(np.mean(found.argmax(axis=1) == y_test)),
        test_sure=_sure(found),
        loss=np.concatenate(losses),
    )


def judged(judge: Judge, images: np.ndarray) -> Quality:
    """Return a judge's results for images.

    Parameters
    ----------
    images : float (n, 28, 28, 1) in [−1, 1].

    Raises
    ------
    ValueError
        If pixels lie outside [−1, 1].
    """
    if not (np.abs(images) <= 1).all():
        raise ValueError(f"pixels from {images.min():g} to {images.max():g}: scale the images to [-1, 1]")
    features = features_of(judge.weights, images)
    given = probabilities(judge.weights, features)
    counts = np.bincount(given.argmax(axis=1), minlength=given.shape[1])
    return Quality(
        confidence=float(given.max(axis=1).mean()),
        sure=_sure(given),
        classes=int(np.count_nonzero(counts)),
        counts=counts,
        features=features,
    )


def features_of(weights: Arrays, images: np.ndarray) -> np.ndarray:
    """Return the last but one layer's features of images in [−1, 1]; float32 (n, 32)."""
    return predict(Network(body), weights[:-2], images.astype(np.float32), batch_size=_ROWS)


def probabilities(weights: Arrays, features: np.ndarray) -> np.ndarray:
    """Return the output layer's softmax of features; float64 (n, 10)."""
    kernel, bias = weights[-2:]
    sums = features.astype(np.float64) @ kernel + bias
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def frechet(features_a: np.ndarray, features_b: np.ndarray) -> float:
    """Return the Fréchet distance of the normal distributions fitted to two sets of features.

    |μ_a − μ_b|² + tr(C_a + C_b − 2·(√C_a·C_b·√C_a)^½), where all matrices under a root are symmetric.

    Parameters
    ----------
    features_a, features_b : (n, d) and (m, d); n and m well above d.

    Raises
    ------
    ValueError
        If they have different numbers of features, or no more rows than features.
    """
    a, b = features_a.astype(np.float64), features_b.astype(np.float64)
    if a.shape[1] != b.shape[1] or min(len(a), len(b)) <= a.shape[1]:
        raise ValueError(f"features of shapes {a.shape} and {b.shape}: give as many, each of more rows")
    cov_a, cov_b = (np.cov(rows, rowvar=False) for rows in (a, b))
    root = _root(cov_a)
    shift = a.mean(axis=0) - b.mean(axis=0)
    return float(shift @ shift + np.trace(cov_a + cov_b - 2.0 * _root(root @ cov_b @ root)))


def anchors(judge: Judge, real: np.ndarray, seed: int, rows: int = 500) -> Anchors:
    """Return the distances of real images and of noise from real images, for samples of `rows` rows.

    Parameters
    ----------
    real : real images in [−1, 1], float32 (n, 28, 28, 1); n at least twice `rows`.

    Raises
    ------
    ValueError
        If there are too few images for two disjoint samples.
    """
    if len(real) < 2 * rows:
        raise ValueError(f"{len(real)} images are too few for two samples of {rows}")
    rng = np.random.default_rng(seed)
    first, second = np.split(rng.permutation(len(real))[: 2 * rows], 2)
    noise = rng.uniform(-1.0, 1.0, size=(rows, *real.shape[1:]))
    near, far, from_ = (judged(judge, images).features for images in (real[second], noise, real[first]))
    return Anchors(real=frechet(near, from_), noise=frechet(far, from_), features=from_)


def pixels_of(images: np.ndarray) -> Pixels:
    """Return the brightness of regions of images in [−1, 1]; float (n, height, width, 1)."""
    brightness = (1.0 - images[..., 0].astype(np.float64)) / 2.0
    inside = np.zeros(brightness.shape[1:], bool)
    inside[MARGIN:-MARGIN, MARGIN:-MARGIN] = True
    border, centre = float(brightness[:, ~inside].mean()), float(brightness[:, inside].mean())
    return Pixels(
        mean_brightness=float(brightness.mean()),
        near_white_share=float(np.mean(images < NEAR_WHITE)),
        border_brightness=border,
        centre_brightness=centre,
        contrast=border - centre,
        correlation=float(np.mean([_correlation(image) for image in brightness[:TILES]])),
    )


def _correlation(image: np.ndarray) -> float:
    """Return the correlation of neighbours in rows or in columns, the larger one, so that stripes count."""
    pairs = [(rows[:, :-1].ravel(), rows[:, 1:].ravel()) for rows in (image, image.T)]
    return max(float(np.corrcoef(a, b)[0, 1]) if np.ptp(a) and np.ptp(b) else 1.0 for a, b in pairs)


def _sure(given: np.ndarray) -> float:
    return float(np.mean(given.max(axis=1) > SURE))


def _root(matrix: np.ndarray) -> np.ndarray:
    """Return the symmetric root of a symmetric matrix whose negative eigenvalues are rounding errors."""
    values, vectors = np.linalg.eigh(matrix)
    root: np.ndarray = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return root
