"""Text: Building blocks of DCGANs, convolution, leaky ReLU and up-sampling (chapter 7, page 359).

The transposed convolution of the next text (unit ch07.text06, page 363) is here, too. It replaces
up-sampling.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.numerics.similarity import distance
from workshop.numerics.upsampling import repeat2d, transpose_convolve2d
from workshop.training.backend import keras, tf
from workshop.training.fitting import Network, predict
from workshop.training.initialisers import fans, initial_weights
from workshop.training.summaries import NetworkSummary, built_layers, network_summary
from workshop.units import unit

NUMBERS = ((1, 2, 3), (4, 5, 6), (7, 8, 9))
KERNEL = 4  # of the text's transposed convolution
STRIDE = 2
WEIGHT = -0.90538687  # the first number of the printed plane, from a pixel of 1


def convolution(stride: int = STRIDE) -> Any:
    """Return the text's convolution. Source: chapter 7, text on convolutional layers."""
    return keras.layers.Conv2D(64, kernel_size=(5, 5), strides=(stride, stride), padding="same")


def upsampling_model() -> Any:
    """Return the text's model of one up-sampling layer. Source: chapter 7, text on up-sampling."""
    return keras.models.Sequential([keras.layers.InputLayer((3, 3, 1)), keras.layers.UpSampling2D()])


def transposed_model(kernel: int = KERNEL, stride: int = STRIDE) -> Any:
    """Return the text's model of one transposed convolution. Source: chapter 7, text on it."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((3, 3, 1)),
            layers.Conv2DTranspose(1, (kernel, kernel), strides=(stride, stride), padding="same"),
        ]
    )


def example() -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers 1 to 9, integers (3, 3), and as one image (1, 3, 3, 1)."""
    x = np.array(NUMBERS)
    return x, x.reshape(1, 3, 3, 1)


def settings_of(layer: Any, size: int = 9, *, transposed: bool = False) -> dict[str, Any]:
    """Find a convolution's settings from its outputs for images of one lit pixel each.

    A convolution's pixel depends on as many input pixels as the kernel has. A transposed convolution's input
    pixel changes as many. Both move by the stride from one pixel to the next.

    Parameters
    ----------
    size : height and width of the images.
    """
    images = np.eye(size * size, dtype=np.float32).reshape(-1, size, size, 1)
    layer(images)
    kernel, bias = layer.get_weights()
    layer.set_weights([np.ones_like(kernel), np.zeros_like(bias)])
    lit = np.asarray(layer(images))
    _, *out, filters = lit.shape
    reached = (lit != 0).any(axis=-1).reshape(size, size, *out)  # outputs that a lit pixel changes
    fields = reached if transposed else reached.transpose(2, 3, 0, 1)
    row, column = fields.shape[0] // 2, fields.shape[1] // 2
    here, next_one = np.argwhere(fields[row, column]), np.argwhere(fields[row + 1, column + 1])
    strides = (next_one.min(axis=0) - here.min(axis=0)).tolist()
    kept = [size * stride if transposed else -(-size // stride) for stride in strides]
    return {
        "filters": filters,
        "kernel_size": (np.ptp(here, axis=0) + 1).tolist(),
        "strides": strides,
        "padding": "same" if out == kept else "valid",
    }


@dataclass(frozen=True)
class Blocks:
    """The text's convolution and leaky ReLU.

    `conv_example` : settings of the convolution, found from its outputs. `conv_same_size` : rows of input
    height and width, stride, output height and width. `leaky_relu` : by alpha, the outputs for −2, −1, 0 and
    1, and the gradient at −1.
    """

    conv_example: dict[str, Any]
    conv_same_size: list[list[Any]]
    leaky_relu: dict[str, dict[str, Any]]


@unit("ch07.text05", uses="tensorflow")
def blocks(
    sizes: tuple[tuple[int, int, int], ...] = ((28, 28, 2), (31, 27, 2), (28, 28, 1)),
    alphas: tuple[float, ...] = (0.2, 0.05),
) -> Blocks:
    """Build both, find the convolution's settings from its outputs, and apply both.

    Parameters
    ----------
    sizes : rows of an image's height and width, and the stride.
    alphas : slopes for negative inputs; the chapter's networks use 0.2.

    Source: chapter 7, building blocks of DCGANs.
    """
    return Blocks(
        conv_example=settings_of(convolution()),
        conv_same_size=[convolved(*size) for size in sizes],
        leaky_relu={str(alpha): leaky(alpha) for alpha in alphas},
    )


def convolved(height: int, width: int, stride: int) -> list[Any]:
    """Return an image's height and width, the convolution's stride, and the output's height and width."""
    layer = convolution(stride)
    image = np.zeros((1, height, width, 1), np.float32)
    out = layer(image).shape
    (own,) = set(layer.get_config()["strides"])
    return [list(image.shape[1:3]), int(own), [int(size) for size in out[1:3]]]


def leaky(alpha: float) -> dict[str, Any]:
    """Return the outputs of a leaky ReLU with this slope for some numbers, and its gradient below 0."""
    layer = keras.layers.LeakyReLU(alpha)
    x = tf.constant([-2.0, -1.0, 0.0, 1.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
    return {"outputs": y.numpy().tolist(), "gradient": float(tape.gradient(y, x).numpy()[1])}


@dataclass(frozen=True)
class UpSampling:
    """The text's up-sampling model, and its output for 1 to 9, float32 (6, 6).

    `x_shape` : numbers of different rows and columns of the output. `doubling` : input and output height and
    width, and the largest difference from repeated rows and columns.
    """

    upsampling: NetworkSummary
    x_shape: list[int]
    x_reshaped: list[int]
    upsampled: np.ndarray
    doubling: dict[str, Any]


@unit("ch07.text05", uses="tensorflow")
def up_sampled() -> UpSampling:
    """Apply the model to the numbers 1 to 9. Source: chapter 7, text on the up-sampling operation."""
    network = Network(upsampling_model)
    _, images = example()
    found = predict(network, (), images.astype(np.float32))
    plane = found[0, :, :, 0]
    return UpSampling(
        upsampling=network_summary(network.model),
        x_shape=[len(np.unique(plane, axis=0)), np.unique(plane, axis=1).shape[1]],
        x_reshaped=list(images.shape),
        upsampled=plane,
        doubling={
            "in": list(images.shape[1:3]),
            "out": list(found.shape[1:3]),
            "repeated": distance(found, repeat2d(images, 2)),
        },
    )


@dataclass(frozen=True)
class Transposed(NetworkSummary):
    """The text's transposed convolution as built, and its output for 1 to 9.

    `layer` : its settings, found from its outputs, and the shape of an image that it takes. `shape_rule` :
    stride, height and width of the input, and those of the output by the kernel's size. `by_hand` : over many
    starts, largest difference of the planes from those by hand, and number of their cells that are 0.
    """

    layer: dict[str, Any]
    shape_rule: dict[str, Any]
    x_shape: list[int]
    y_shape: list[int]
    by_hand: dict[str, float]


@unit("ch07.text06", uses="tensorflow")
def transposed_convolution(kernels: tuple[int, ...] = (1, 2, 4), starts: int = 20) -> Transposed:
    """Apply the untrained model to the numbers 1 to 9, from several starts.

    Parameters
    ----------
    kernels : sizes of further kernels to try in addition to the text's.
    starts : draws of the initial weights.

    Source: chapter 7, text on transposed convolution.
    """
    network = Network(transposed_model)
    (layer,) = built_layers(network.model)
    (other,) = built_layers(transposed_model())
    found = settings_of(other, transposed=True)
    images = example()[1].astype(np.float32)
    rng = np.random.default_rng(7)
    weights = [initial_weights(network.model, rng) for _ in range(starts)]
    planes = [predict(network, own, images) for own in weights]
    by_hand = [
        transpose_convolve2d(images, *own, strides=layer.strides, padding=layer.padding) for own in weights
    ]
    return Transposed(
        **vars(network_summary(network.model)),
        layer={**found, "input_shape": [int(size) for size in network.model.input_shape[1:]]},
        shape_rule={
            "strides": found["strides"],
            "input": list(images.shape[1:3]),
            "output": {f"{size}x{size}": _plane_size(_of_size(size), images) for size in kernels},
        },
        x_shape=list(images.shape),
        y_shape=list(planes[0].shape),
        by_hand={
            "distance": max(distance(*both) for both in zip(planes, by_hand)),
            "zeros": int((np.array(planes) == 0).sum()),
        },
    )


@dataclass(frozen=True)
class Solution:
    """The only kernel, (size, size), that gives a plane, and its bias.

    `distance` : difference of Keras' plane from the given one. `free` : number of free directions of kernel
    and bias. `largest` : largest weight. `bound` : largest weight that the initialiser can draw.
    """

    kernel: np.ndarray
    bias: float
    distance: float
    free: int
    largest: float
    bound: float


@dataclass(frozen=True)
class Origin:
    """The kernel that gives the printed plane.

    `plane` : output of a kernel with one weight, float32 (6, 6). `drawable` : sizes whose kernel is within
    the bound of its initial draw, and the parameters of such layers. `solved` : by size.
    """

    plane: np.ndarray
    drawable: dict[str, list[Any]]
    solved: dict[str, Solution]


@unit("ch07.text06", uses="tensorflow")
def origin(weight: float = WEIGHT, kernels: tuple[int, ...] = (1, 2, 3, 4)) -> Origin:
    """Solve for the kernels that map 1 to 9 to the printed plane.

    The plane is linear in kernel and bias, so there is one solution or none for each size. An untrained layer
    can have it only if its initialiser can draw it.

    Parameters
    ----------
    weight : weight of the kernel with one weight.
    kernels : sizes to try.

    Source: chapter 7, text on transposed convolution, Figure 7.23.
    """
    images = example()[1].astype(np.float32)
    plane = predict(_of_size(1), (np.full((1, 1, 1, 1), weight), np.zeros(1)), images)
    solved = {f"{size}x{size}": solution(_of_size(size), images, plane) for size in kernels}
    within = [size for size, found in zip(kernels, solved.values()) if found.largest <= found.bound]
    layers = [built_layers(_of_size(size).model)[0] for size in within]
    return Origin(
        plane=plane[0, :, :, 0],
        drawable={
            "kernel_sizes": [list(layer.kernel_size) for layer in layers],
            "params": [int(layer.count_params()) for layer in layers],
        },
        solved=solved,
    )


def solution(network: Network, images: np.ndarray, plane: np.ndarray) -> Solution:
    """Return the kernel of a transposed convolution of one filter that gives a plane, by least squares."""
    (layer,) = built_layers(network.model)
    shape = tuple(int(size) for size in layer.get_weights()[0].shape)
    units = np.eye(int(np.prod(shape))).reshape(-1, *shape)
    rows = [
        transpose_convolve2d(images, one, strides=layer.strides, padding=layer.padding).ravel()
        for one in units
    ]
    system = np.array([*rows, np.ones(plane.size)]).T  # the last column is the bias
    found, _, rank, _ = np.linalg.lstsq(system, plane.ravel().astype(np.float64), rcond=None)
    kernel, bias = found[:-1].reshape(shape), found[-1:]
    return Solution(
        kernel=kernel[:, :, 0, 0],
        bias=float(bias[0]),
        distance=distance(predict(network, (kernel, bias), images), plane),
        free=int(system.shape[1] - rank),
        largest=float(np.abs(kernel).max()),
        bound=float(np.sqrt(6.0 / sum(fans(shape)))),
    )


def _of_size(kernel: int) -> Network:
    return Network(transposed_model, (kernel,))


def _plane_size(network: Network, images: np.ndarray) -> list[int]:
    weights = initial_weights(network.model, np.random.default_rng(7))
    return list(predict(network, weights, images).shape[1:3])
