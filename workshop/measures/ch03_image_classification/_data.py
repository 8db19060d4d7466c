"""What the chapter's exercises share of their data: image arrays, photographs in folders, full batches."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Sequence, Tuple

import numpy as np

from workshop.datasets.readers.folders import read_image_zip
from workshop.datasets.readers.images import ImageArrays

Labelled = Tuple[np.ndarray, np.ndarray]  # images (n, height, width, channels) and labels (n, …)
SMALLEST = 10  # height and width that two convolutions of 3×3 and two poolings of 2×2 need


def image_arrays(data: Any) -> ImageArrays:
    """Return images and labels for training and test as they are, with labels of shape (n,).

    Parameters
    ----------
    data : with `x_train`, `y_train`, `x_test`, `y_test`, or Keras' ((x_train, y_train), (x_test, y_test)).
        Images are uint8 (n, height, width) or (n, height, width, channels), and labels are numbers from 0.

    Raises
    ------
    ValueError
        If the arrays are none of these, or too small for the chapter's networks.
    """
    if all(hasattr(data, name) for name in ImageArrays._fields):
        x_train, y_train, x_test, y_test = (getattr(data, name) for name in ImageArrays._fields)
    else:
        try:
            (x_train, y_train), (x_test, y_test) = data
        except (TypeError, ValueError):
            raise ValueError("no images and labels: give ((x_train, y_train), (x_test, y_test))") from None
    x_train, y_train = _labelled_images(x_train, y_train)
    x_test, y_test = _labelled_images(x_test, y_test)
    if x_train.shape[1:] != x_test.shape[1:]:
        raise ValueError(
            f"training images of shape {x_train.shape[1:]} and test images of {x_test.shape[1:]}: "
            "give images of one shape"
        )
    return ImageArrays(x_train, y_train, x_test, y_test)


def _labelled_images(images: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    images, labels = np.asarray(images), np.asarray(labels)
    if images.ndim not in (3, 4) or images.dtype != np.uint8:
        raise ValueError(
            f"images of shape {images.shape} and type {images.dtype}: give uint8 from 0 to 255 of shape "
            "(n, height, width) or (n, height, width, channels)"
        )
    height, width = images.shape[1:3]
    if min(height, width) < SMALLEST:
        raise ValueError(f"images of {height}×{width} pixels: give {SMALLEST}×{SMALLEST} or more")
    if not 0 < labels.size == len(images) or labels.dtype.kind not in "iu" or labels.min() < 0:
        raise ValueError(
            f"labels of shape {labels.shape} and type {labels.dtype} for {len(images)} images: "
            "give one class number from 0 per image"
        )
    return images, labels.reshape(-1)


def with_channel(images: np.ndarray) -> np.ndarray:
    """Return grey images (n, height, width) with a channel axis, and images that have one as they are."""
    return images.reshape((*images.shape, 1)) if images.ndim == 3 else images


@dataclass(frozen=True)
class Reshaped:
    """Shapes of images, and with a channel axis. `same_pixels` : share of pixels that it does not move."""

    train_shape: list[int]
    test_shape: list[int]
    reshaped: dict[str, list[int]]
    same_pixels: float


def reshaped(images: ImageArrays) -> Reshaped:
    """Give grey images a channel axis."""
    train, test = with_channel(images.x_train), with_channel(images.x_test)
    return Reshaped(
        train_shape=list(images.x_train.shape),
        test_shape=list(images.x_test.shape),
        reshaped={"train": list(train.shape), "test": list(test.shape)},
        same_pixels=float(np.mean(train[..., 0] == images.x_train.reshape((*train.shape[:3], -1))[..., 0])),
    )


def scaled(images: np.ndarray) -> np.ndarray:
    """Return uint8 images as float32 from 0 to 1."""
    return images.astype(np.float32) / np.float32(255)


def labelled(data: Any) -> tuple[Labelled, Labelled]:
    """Return training and test images with a channel axis, each with its int64 labels; see `image_arrays`."""
    arrays = image_arrays(data)
    return (
        (with_channel(arrays.x_train), arrays.y_train.astype(np.int64)),
        (with_channel(arrays.x_test), arrays.y_test.astype(np.int64)),
    )


def number_of_classes(*parts: Labelled) -> int:
    """Return the number of classes, which are numbered from 0."""
    return 1 + max(int(labels.max()) for _, labels in parts)


def image_archive(source: Any) -> Any:
    """Return an archive of photographs, PART/CLASS/FILE, as it is or read from the path of a zip."""
    return read_image_zip({"photographs": Path(source)}) if isinstance(source, (str, Path)) else source


def class_folders(archive: Any, part: str) -> Mapping[str, Sequence[str]]:
    """Return the names of a part's images by class, in label order.

    Raises
    ------
    ValueError
        If the archive has no such part.
    """
    if part not in archive.members:
        raise ValueError(f"no images of part {part!r}: take one of {', '.join(archive.members)}")
    folders: Mapping[str, Sequence[str]] = archive.members[part]
    return folders


def read_images(
    archive: Any, part: str, size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Return a part's images resized to (height, width), their labels, and the classes in label order.

    Images are uint8 (n, height, width, 3), resized as by Keras' generator (nearest pixels). Labels are int64
    (n,), the position of an image's folder among the part's folders in alphabetical order.

    Parameters
    ----------
    archive : with `members`, part → class → names of the images, and `images(names, size)`, to read them.

    Raises
    ------
    ValueError
        If the archive has no such part.

    Source: chapter 3, text on data generators.
    """
    classes = class_folders(archive, part)
    names = [name for members in classes.values() for name in members]
    images = np.empty((len(names), *size, 3), dtype=np.uint8)
    for place, image in zip(images, archive.images(names, size)):
        place[...] = image
    labels = np.repeat(np.arange(len(classes), dtype=np.int64), [len(own) for own in classes.values()])
    return images, labels, tuple(classes)


def read_parts(source: Any, parts: tuple[str, str], size: tuple[int, int]) -> tuple[list[Labelled], int]:
    """Return images and labels of two parts as by `read_images`, and the number of classes.

    `source` : an archive, or the path of a zip.

    Raises
    ------
    ValueError
        If a part is missing, or the parts have different classes.
    """
    archive = image_archive(source)
    both = [read_images(archive, part, size) for part in parts]
    (_, _, classes), (_, _, others) = both
    if classes != others:
        raise ValueError(
            f"{parts[0]} has the folders {', '.join(classes)}, and {parts[1]} {', '.join(others)}: "
            "give the same classes in both"
        )
    return [(images, labels) for images, labels, _ in both], len(classes)


def steps_per_epoch(images: int, batch_size: int) -> int:
    """Return the number of full batches. The remaining images are not used in that epoch.

    Raises
    ------
    ValueError
        If there is no full batch.

    Source: chapter 3, text on data generators, exercises 3.03 and 3.04, activities 3.01 and 3.02.
    """
    if not 1 <= batch_size <= images:
        raise ValueError(
            f"{images} images make no batch of {batch_size}: take a batch size from 1 to {images}"
        )
    return images // batch_size


def steps_of(train: int, validation: int, batch_size: int) -> dict[str, int]:
    """Return the numbers of full batches of training and validation images."""
    return {
        "train": steps_per_epoch(train, batch_size),
        "validation": steps_per_epoch(validation, batch_size),
    }
