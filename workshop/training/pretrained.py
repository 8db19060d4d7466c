"""Networks trained on ImageNet, rebuilt from published weights: ResNet50, VGG16, EfficientNet-Lite0."""

from __future__ import annotations

import contextlib
import sys
from typing import Any, Callable, Mapping, NamedTuple, Optional, Tuple
from unittest import mock

import numpy as np

from workshop.training.backend import keras

Shape = Tuple[int, int, int]
IMAGES = (224, 224, 3)  # height, width and channels of the training images of all three

# Stages of EfficientNet-Lite0: repeats, kernel size, first block's stride, expansion, filters in and out.
STAGES = (
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
)
_NORM = ("weight", "bias", "running_mean", "running_var")


class Pretrained(NamedTuple):
    """A network and the function that turns RGB images (0 to 255) into its inputs."""

    model: Any
    preprocess: Callable[[np.ndarray], np.ndarray]


def pretrained(files: Any) -> Pretrained:
    """Return the network of published files, with its preprocessing.

    Parameters
    ----------
    files : with `architecture`, "ResNet50", "VGG16" (without its top) or "EfficientNetLite0", and `weights`.

    Raises
    ------
    ValueError
        If the architecture is another one.
    """
    if files.architecture == "ResNet50":
        return Pretrained(resnet50(files.weights), keras.applications.resnet50.preprocess_input)
    if files.architecture == "VGG16":
        return Pretrained(feature_base(files), keras.applications.vgg16.preprocess_input)
    if files.architecture == "EfficientNetLite0":
        return Pretrained(efficientnet_lite0(files.weights), scale_pixels)
    raise ValueError(
        f"architecture {files.architecture!r} can't be rebuilt: use ResNet50, VGG16 or EfficientNetLite0"
    )


def feature_base(files: Any, input_shape: Shape = IMAGES) -> Any:
    """Return the network of published files without its top: images to maps of features.

    Parameters
    ----------
    files : with `architecture`, "VGG16" or "EfficientNetLite0", and `weights`.
    input_shape : height, width and 3 channels of the images, which must be preprocessed for this network.

    Raises
    ------
    ValueError
        If the architecture is another one.

    Source: chapter 3, activity 3.02.
    """
    builders: dict[str, Callable[..., Any]] = {"VGG16": vgg16, "EfficientNetLite0": efficientnet_lite0}
    if files.architecture not in builders:
        raise ValueError(
            f"architecture {files.architecture!r} can't be rebuilt without its top: "
            f"use {' or '.join(builders)}"
        )
    return builders[files.architecture](files.weights, include_top=False, input_shape=input_shape)


def resnet50(weights: Optional[Any] = None) -> Any:
    """Return ResNet50 with its top: images (n, 224, 224, 3) to probabilities of 1,000 classes.

    `weights` is the path of the published HDF5 file, or None for random ones.
    Source: chapter 1, exercise 1.01.
    """
    return keras.applications.ResNet50(weights=None if weights is None else str(weights))


class _Asked(Exception):
    """Raised instead of a download; the argument is the file's name."""


def asked_file(build: Callable[[], Any]) -> str:
    """Return the name of the file that one of Keras' builders would download or take from its cache.

    Raises ValueError if it asks for none.
    """

    def get_file(name: str, *_: Any, **__: Any) -> str:
        raise _Asked(name)

    usual = keras.utils.get_file
    with contextlib.ExitStack() as patches:
        for module in list(sys.modules.values()):  # versions take it from different modules
            if getattr(module, "__dict__", {}).get("get_file") is usual:
                patches.enter_context(mock.patch.object(module, "get_file", get_file))
        try:
            build()
        except _Asked as asked:
            return str(asked.args[0])
    raise ValueError("the builder asks for no file")


def hdf5_size(model: Any) -> int:
    """Return the size in bytes of an HDF5 file of a model's weights in the layout of Keras 2.

    Each layer is a group, with or without weights. The file is made in memory.
    """
    import h5py

    with h5py.File("weights.h5", "w", driver="core", backing_store=False, block_size=4096) as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
        for layer in model.layers:
            group = file.create_group(layer.name)
            names = [f"{layer.name}/{weight.name.split('/')[-1].split(':')[0]}:0" for weight in layer.weights]
            group.attrs["weight_names"] = [name.encode() for name in names]
            for name, array in zip(names, layer.get_weights()):
                group.create_dataset(name, data=array)
        file.flush()
        return int(file.id.get_filesize())


def vgg16(weights: Optional[Any] = None, *, include_top: bool, input_shape: Shape) -> Any:
    """Return VGG16: images (n, *input_shape) to probabilities of 1,000 classes, or to features.

    Parameters
    ----------
    weights : path of the published HDF5 file for this `include_top`, or None for random ones.
    include_top : whether the three dense layers follow; without them the output is
        (n, height // 32, width // 32, 512).
    input_shape : height, width (at least 32 each) and 3 channels of the images.

    Source: chapter 3, text on transfer learning and activity 3.02.
    """
    return keras.applications.VGG16(
        weights=None if weights is None else str(weights), include_top=include_top, input_shape=input_shape
    )


def scale_pixels(images: np.ndarray) -> np.ndarray:
    """Return RGB values 0 to 255 as (x − 127) / 128, on which EfficientNet-Lite was trained."""
    return (np.asarray(images, dtype=np.float32) - 127.0) / 128.0


def efficientnet_lite0(
    weights: Optional[Mapping[str, np.ndarray]] = None,
    *,
    include_top: bool = True,
    input_shape: Shape = IMAGES,
) -> Any:
    """Return EfficientNet-Lite0: scaled images to probabilities of 1,000 classes, or to features.

    Parameters
    ----------
    weights : float32 arrays by the names of the PyTorch edition, or None for random ones;
        convolutions (out, in, height, width), dense (out, in).
    include_top : whether average pooling and the dense layer follow; without them the output is
        (n, height / 32, width / 32, 1280).
    input_shape : height, width and 3 channels of the images.

    Raises
    ------
    KeyError
        If an array is missing.

    Source: Google's EfficientNet-Lite (Apache-2.0): inverted residuals with ReLU6, no squeeze-and-excitation.
    """
    build = _Builder()
    inputs = keras.layers.Input(shape=input_shape)
    x = build.convolution(inputs, "_conv_stem", "_bn0", filters=32, size=3, stride=2)
    block = 0
    for repeats, size, stride, expand, filters_in, filters in STAGES:
        for repeat in range(repeats):
            step, width = (stride, filters_in) if repeat == 0 else (1, filters)
            x = build.inverted_residual(
                x, f"_blocks.{block}.", size=size, stride=step, expand=expand, filters=(width, filters)
            )
            block += 1
    x = build.convolution(x, "_conv_head", "_bn1", filters=1280, size=1)
    if include_top:
        x = build.dense(keras.layers.GlobalAveragePooling2D()(x), "_fc", units=1000)
    model = keras.Model(inputs, x, name="efficientnet_lite0")
    if weights is not None:
        for layer, names, axes in build.made:
            layer.set_weights([np.transpose(weights[name], axes.get(weights[name].ndim)) for name in names])
    return model


class _Builder:
    """Builds layers, and lists the published arrays of each and the order of their axes in Keras."""

    def __init__(self) -> None:
        self.made = []  # type: list[tuple[Any, list[str], dict[int, tuple[int, ...]]]]

    def _apply(self, layer: Any, x: Any, names: list[str], axes: dict[int, tuple[int, ...]]) -> Any:
        self.made.append((layer, names, axes))
        return layer(x)

    def _normalise(self, x: Any, name: str, activate: bool) -> Any:
        layer = keras.layers.BatchNormalization(epsilon=1e-3)
        x = self._apply(layer, x, [f"{name}.{part}" for part in _NORM], {})
        return keras.layers.ReLU(max_value=6.0)(x) if activate else x

    def convolution(
        self, x: Any, name: str, norm: str, *, filters: int, size: int, stride: int = 1, activate: bool = True
    ) -> Any:
        """Add a convolution without bias, batch normalisation and, with `activate`, ReLU6."""
        layer = keras.layers.Conv2D(filters, size, strides=stride, padding="same", use_bias=False)
        return self._normalise(self._apply(layer, x, [f"{name}.weight"], {4: (2, 3, 1, 0)}), norm, activate)

    def depthwise(self, x: Any, name: str, norm: str, *, size: int, stride: int) -> Any:
        """Add a depthwise convolution without bias, batch normalisation and ReLU6."""
        layer = keras.layers.DepthwiseConv2D(size, strides=stride, padding="same", use_bias=False)
        return self._normalise(self._apply(layer, x, [f"{name}.weight"], {4: (2, 3, 0, 1)}), norm, True)

    def inverted_residual(
        self, x: Any, prefix: str, *, size: int, stride: int, expand: int, filters: tuple[int, int]
    ) -> Any:
        """Add a block that widens, filters each channel and narrows, plus its input if the shapes agree."""
        inputs = x
        if expand > 1:
            x = self.convolution(
                x, prefix + "_expand_conv", prefix + "_bn0", filters=expand * filters[0], size=1
            )
        x = self.depthwise(x, prefix + "_depthwise_conv", prefix + "_bn1", size=size, stride=stride)
        x = self.convolution(
            x, prefix + "_project_conv", prefix + "_bn2", filters=filters[1], size=1, activate=False
        )
        return keras.layers.Add()([inputs, x]) if stride == 1 and filters[0] == filters[1] else x

    def dense(self, x: Any, name: str, *, units: int) -> Any:
        """Add a dense layer with softmax."""
        layer = keras.layers.Dense(units, activation="softmax")
        return self._apply(layer, x, [f"{name}.weight", f"{name}.bias"], {2: (1, 0)})
