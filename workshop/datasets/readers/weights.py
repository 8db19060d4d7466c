"""Pretrained networks: their weights and the names of their classes."""

import json
from pathlib import Path
from typing import Any, Mapping, NamedTuple, Tuple

from workshop.datasets.readers.pickles import load_torch_state
from workshop.errors import DataError


class PretrainedFiles(NamedTuple):
    """A network trained on ImageNet.

    `architecture`: "ResNet50", "VGG16" or "EfficientNetLite0". `weights`: for Keras the path of its HDF5
    file, for EfficientNetLite0 a mapping of names to float32 arrays, convolutions as (out, in, height, width)
    and dense layers as (out, in).
    `class_names`: 1,000 labels by class number, or none for a network without its top.
    """

    architecture: str
    weights: Any
    class_names: Tuple[str, ...]


def read_keras_weights(paths: Mapping[str, Path], *, architecture: str) -> PretrainedFiles:
    """Return the HDF5 file of `keras.applications`, with labels if the edition has the class index."""
    (name,) = (name for name in paths if name.endswith(".h5"))
    labels = ()  # type: Tuple[str, ...]
    if "imagenet_class_index.json" in paths:
        index = json.loads(paths["imagenet_class_index.json"].read_text(encoding="utf-8"))
        labels = tuple(index[str(number)][1] for number in range(len(index)))
    return PretrainedFiles(architecture, paths[name], labels)


def read_efficientnet_lite0(paths: Mapping[str, Path]) -> PretrainedFiles:
    """Return EfficientNet-Lite0's state dictionary, read without PyTorch.

    The label of a class is the first of its names.
    """
    (name,) = (name for name in paths if name.endswith(".pth"))
    index = json.loads(paths["imagenet1k_label_to_names.json"].read_text(encoding="utf-8"))
    if sorted(index, key=int) != [str(number) for number in range(len(index))]:
        raise DataError(
            "imagenet1k_label_to_names.json does not number its classes from 0; run: workshop data check"
        )
    labels = tuple(index[str(number)].split(", ")[0] for number in range(len(index)))
    return PretrainedFiles("EfficientNetLite0", load_torch_state(paths[name]), labels)
