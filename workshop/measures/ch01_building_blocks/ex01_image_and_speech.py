"""What is measured of exercise 1.01.

A pre-trained network labels a photograph, and a service speaks the label.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Sequence

import numpy as np

from workshop.chapters.ch01_building_blocks.ex01_image_and_speech import SIZE, Size
from workshop.training.backend import keras
from workshop.training.pretrained import asked_file, hdf5_size, pretrained, resnet50
from workshop.units import unit


@dataclass(frozen=True)
class Shapes:
    """One image as ResNet50's input, and what the network gives for it.

    `class_count` : number of probabilities. `unnormalised` : number of images whose probabilities do not add
    up to 1. `accepted_without_batch` : number of images accepted without the batch axis.
    `misplaced_pixels` : numbers of the batch that are not those of the image.
    """

    class_count: int
    unnormalised: int
    batch_shape: list[int]
    accepted_without_batch: int
    misplaced_pixels: int


@dataclass(frozen=True)
class Photograph:
    """The photograph as loaded: height and width in pixels, colour mode."""

    image_size: list[int]
    colour_mode: str


@dataclass(frozen=True)
class WeightsFile:
    """The published weights.

    `weights_file` : name of the file that Keras asks for. `weights_bytes` : size of a file of these weights.
    """

    weights_file: str
    weights_bytes: int


@dataclass(frozen=True)
class Recognition:
    """The label, the printed sentence and the sentence to speak."""

    label: str
    printed: str
    spoken_text: str


def load_photograph(path: Path, size: Size = SIZE) -> Any:
    """Return a file's RGB image resized to (height, width) by nearest pixels, ignoring the aspect ratio."""
    return keras.preprocessing.image.load_img(str(path), target_size=size)


def as_batch(image: Any) -> np.ndarray:
    """Return an RGB image as a batch of one, float32 of shape (1, height, width, 3), values 0 to 255."""
    array = keras.preprocessing.image.img_to_array(image)
    return array.reshape((1, *array.shape))


def top_label(probabilities: np.ndarray, class_names: Sequence[str]) -> tuple[str, float]:
    """Return the most probable class's name, written with underscores, and its probability.

    Parameters
    ----------
    probabilities : of one image, shape (classes,).
    class_names : by class number.

    Raises
    ------
    ValueError
        If the numbers of names and probabilities differ.
    """
    if len(class_names) != len(probabilities):
        raise ValueError(
            f"{len(class_names)} class names for {len(probabilities)} classes: give one for each"
        )
    number = int(np.argmax(probabilities))
    return class_names[number].replace(" ", "_"), float(probabilities[number])


def accepts(model: Any, image: np.ndarray) -> bool:
    """Whether a network takes an array of this shape."""
    try:
        model.predict_on_batch(image)  # a call raises another error on TensorFlow 2.1
    except ValueError:
        return False
    return True


@unit("ch01.ex01", uses="tensorflow")
def exercise_1_01_weights() -> WeightsFile:
    """Find what ResNet50 would download; nothing is. Source: chapter 1, exercise 1.01, Figure 1.4."""
    return WeightsFile(asked_file(keras.applications.ResNet50), hdf5_size(resnet50()))


@unit("ch01.ex01", uses="tensorflow PIL")
def exercise_1_01_photograph(pizza_image: Path, size: Size = SIZE) -> Photograph:
    """Load the photograph at the network's size. Source: chapter 1, exercise 1.01, Figure 1.5."""
    image = load_photograph(pizza_image, size)
    return Photograph(image_size=[image.height, image.width], colour_mode=image.mode)


@unit("ch01.ex01", uses="tensorflow")
def exercise_1_01_shapes(size: Size = SIZE) -> Shapes:
    """Give ResNet50 with random weights a made-up image, as a batch and as it is; neither needs a file.

    Source: chapter 1, exercise 1.01.
    """
    image = np.arange(size[0] * size[1] * 3).reshape((*size, 3)) % 251  # no two rows or columns are alike
    model, batch = resnet50(), as_batch(image)
    probabilities = np.asarray(model(batch, training=False))
    return Shapes(
        class_count=probabilities.shape[-1],
        unnormalised=int((abs(probabilities.sum(axis=-1) - 1) > 1e-4).sum()),
        batch_shape=list(batch.shape),
        accepted_without_batch=int(accepts(model, batch[0])),
        misplaced_pixels=int((batch[0] != image).sum()),
    )


@unit("ch01.ex01", uses="tensorflow PIL")
def exercise_1_01(pizza_image: Path, resnet50_imagenet: Any, size: Size = SIZE) -> Recognition:
    """Label the photograph, and compose the printed and the spoken sentence.

    Parameters
    ----------
    pizza_image : path of a photograph in any file format that Pillow reads.
    resnet50_imagenet : the published weights and class names.

    Source: chapter 1, exercise 1.01.
    """
    model, preprocess = pretrained(resnet50_imagenet)
    batch = preprocess(as_batch(load_photograph(pizza_image, size)))
    label, _ = top_label(model.predict_on_batch(batch)[0], resnet50_imagenet.class_names)
    return Recognition(
        label=label,
        printed="This is a : " + label,
        spoken_text="This is a " + label,
    )


@unit("ch01.ex01", value="audio_file")
def exercise_1_01_speech(
    gtts_service: Callable[[str, Path], Any],
    workdir: Path,
    text: str = "This is a pizza",
    file_name: str = "prediction.mp3",
) -> str:
    """Let the service speak a sentence into a file, and check the file.

    Returns the name of the speech service's file, empty if the file is missing or empty. Source: chapter 1,
    exercise 1.01.
    """
    gtts_service(text, Path(workdir) / file_name)
    written = [path.name for path in Path(workdir).iterdir() if path.stat().st_size > 0]
    return written[0] if len(written) == 1 else ""
