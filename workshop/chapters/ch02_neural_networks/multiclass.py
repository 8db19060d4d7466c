"""Softmax, one-hot labels, and the layer of perceptrons as a classifier of flowers and of digits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np

from workshop.chapters.ch02_neural_networks.perceptron import (
    SingleActivation,
    all_changed,
    net_input,
    rounded,
    subset_accuracy,
    zero_layer,
)
from workshop.training.backend import tf
from workshop.training.full_batch import minimise
from workshop.training.optimizers import Adam
from workshop.units import unit


def softmax_layer(x: Any, weight: Any, bias: Any) -> Any:
    """Return the class probabilities softmax(x W + b), (n, classes)."""
    return tf.nn.softmax(net_input(x, weight, bias))


def doubled_softmax_loss(variables: Sequence[Any], x: Any, y: Any) -> Any:
    """Return the book's loss, the mean cross-entropy with the output, already a softmax, as the logits."""
    output = softmax_layer(x, *variables)
    return tf.abs(tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=output)))


def doubled_softmax_loss_of_columns(variables: Sequence[Any], columns: Any, y: Any) -> Any:
    """Return the book's loss of examples in columns (features, n).

    With many examples, both products with the features are faster in this layout.
    """
    weight, bias = variables
    output = tf.nn.softmax(tf.transpose(tf.matmul(weight, columns, transpose_a=True)) + bias)
    return tf.abs(tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=output)))


def single_softmax_loss(variables: Sequence[Any], x: Any, y: Any) -> Any:
    """Return the mean cross-entropy with the net input as the logits, as the function is intended."""
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=net_input(x, *variables)))


def one_hot(labels: Sequence[int]) -> np.ndarray:
    """Return rows with 1 in the column of the label's class, classes ascending, as `get_dummies` gives."""
    labels = np.asarray(labels)
    return (labels[:, np.newaxis] == np.unique(labels)).astype(np.float32)


def highest_to_one(probabilities: np.ndarray) -> np.ndarray:
    """Return rows with 1 for the highest probability and 0 for the others."""
    return tf.one_hot(tf.argmax(probabilities, axis=1), probabilities.shape[1]).numpy()


def argmax_accuracy(y: np.ndarray, probabilities: Any) -> float:
    """Return the share of examples whose most probable class is right. The book rounds instead."""
    return float(np.mean(np.argmax(y, axis=1) == np.argmax(probabilities, axis=1)))


@dataclass(frozen=True)
class SoftmaxAndOneHot:
    """Softmax of a vector, sums of softmax and sigmoid outputs, one-hot forms, widths of softmax layers."""

    softmax: np.ndarray
    softmax_sum: float
    weight_of_largest: float
    one_hot: np.ndarray
    one_hot_of_probabilities: np.ndarray
    three_neuron_sums: np.ndarray
    sigmoids: Dict[str, Any]
    neurons: List[int]


@unit("ch02.text03", uses=("tensorflow",))
def softmax_and_one_hot(
    *,
    vector: Tuple[float, ...] = (3, 1, 7, 2, 4, 5),
    classes: Tuple[int, ...] = (1, 2, 3),
    probabilities: Tuple[float, ...] = (0.3, 0.4, 0.3),
    net_inputs: Tuple[Tuple[float, ...], ...] = (
        (0.0, 0.0, 0.0),
        (-3.5, 1.25, 2.0),
        (40.0, -7.0, 0.5),
        (1e-3, 5.0, 4.75),
    ),
    label_sets: Tuple[int, ...] = (3, 10),
    features: int = 4,
) -> SoftmaxAndOneHot:
    """Turn numbers into probabilities, and classes and probabilities into one-hot form.

    Source: chapter 2, text "Multiclass classifier".
    """
    x = tf.constant(vector, dtype=tf.float32)
    weights = tf.nn.softmax(x).numpy()
    sigmoid_sum = float(tf.reduce_sum(tf.sigmoid(x)))
    outputs = []
    for n in label_sets:
        weight, bias = zero_layer(features, one_hot(range(n)).shape[1], (n,))
        outputs.append(int(softmax_layer(tf.ones((1, features)), weight, bias).shape[1]))
    return SoftmaxAndOneHot(
        softmax=weights,
        softmax_sum=float(tf.reduce_sum(weights)),
        weight_of_largest=float(weights[np.argmax(vector)]),
        one_hot=one_hot(classes),
        one_hot_of_probabilities=highest_to_one(np.array([probabilities]))[0],
        three_neuron_sums=tf.reduce_sum(tf.nn.softmax(tf.constant(net_inputs)), axis=1).numpy(),
        sigmoids={"sum": sigmoid_sum, "sum_is_one": bool(abs(sigmoid_sum - 1) < 1e-6)},
        neurons=outputs,
    )


@dataclass(frozen=True)
class Exercise203Layer:
    """Shapes of the flower classifier's parameters, the bias written as a matrix of one row."""

    parameter_shapes: List[List[int]]


@unit("ch02.ex03", uses=("tensorflow",))
def exercise_2_03_layer(features: int = 4, classes: int = 3) -> Exercise203Layer:
    """Build the layer of exercise 2.03. Source: chapter 2, exercise 2.03."""
    weight, bias = zero_layer(features, classes, (classes,))
    return Exercise203Layer([list(weight.numpy().shape), list(np.atleast_2d(bias.numpy()).shape)])


@dataclass(frozen=True)
class Exercise203:
    """The flowers' table and scatter plot, and the layer trained to distinguish the species."""

    head: List[List[float]]
    file_columns: List[str]
    columns: List[str]
    class_counts: List[int]
    scatter: Dict[str, List[float]]
    changed: bool
    weight: np.ndarray
    bias: np.ndarray
    accuracy: float
    misclassified: List[int]
    argmax_accuracy: float
    single_softmax: SingleActivation


def columns_by_content(iris: Any) -> List[str]:
    """Return the contents of the columns, whatever their names are.

    A setosa (species 0) has sepals longer than wide, and both above its petals, which are longer than wide.
    """
    measured = iris.loc[iris["species"] == 0].drop("species", axis=1)
    order = np.argsort(-measured.values.mean(axis=0))
    names = dict(zip(measured.columns[order], ("sepallength", "sepalwidth", "petallength", "petalwidth")))
    return [names.get(column, column) for column in iris.columns]


def species_scatter(iris: Any, x: str = "sepallength", y: str = "sepalwidth") -> Dict[str, List[float]]:
    """Return the three species' positions in the plot, x and y of each quantity or one value per species.

    The columns have the file's names, but contain petal length and width.
    """
    by_species = iris.groupby("species")[[x, y]]
    lowest, highest, mean = by_species.min().values, by_species.max().values, by_species.mean().values
    return {
        "setosa_highest": highest[0].tolist(),
        "others_lowest": lowest[1:].min(axis=0).tolist(),
        "overlap_of_others": (highest[1] - lowest[2]).tolist(),
        "x_means": mean[:, 0].tolist(),
        "y_means": mean[:, 1].tolist(),
    }


@unit("ch02.ex03", uses=("tensorflow", "pandas"))
def exercise_2_03(iris: Any, learning_rate: float = 0.01, steps: int = 1000) -> Exercise203:
    """Train three perceptrons to distinguish the species, with the softmax applied twice.

    Parameters
    ----------
    iris : table of four measures and the species coded 0, 1, 2; the swapped column names are kept.

    Source: chapter 2, exercise 2.03.
    """
    x = iris.values[:, :4].astype(np.float32)
    y = one_hot(iris["species"].values)
    start = np.zeros((4, 3)), np.zeros((3,))
    descent = minimise(
        doubled_softmax_loss, start, optimizer=Adam(learning_rate), steps=steps, data=(x, y), keep=(0,)
    )
    weight, bias = descent.variables
    probabilities = softmax_layer(x, weight, bias)
    predictions = rounded(probabilities)
    single = minimise(
        single_softmax_loss, start, optimizer=Adam(learning_rate), steps=steps, data=(x, y)
    ).variables
    _, counts = np.unique(iris["species"], return_counts=True)
    return Exercise203(
        head=iris.head().values.tolist(),
        file_columns=[str(column) for column in iris.columns],
        columns=columns_by_content(iris),
        class_counts=[len(counts), *(int(n) for n in np.unique(counts))],
        scatter=species_scatter(iris),
        changed=all_changed(descent),
        weight=weight,
        bias=bias,
        accuracy=subset_accuracy(y, predictions),
        misclassified=[int(row) for row in np.flatnonzero(np.any(predictions != y, axis=1))],
        argmax_accuracy=argmax_accuracy(y, probabilities),
        single_softmax=SingleActivation(
            *single, accuracy=subset_accuracy(y, rounded(softmax_layer(x, *single)))
        ),
    )


@dataclass(frozen=True)
class MnistCaseStudy:
    """Counts, shapes, values and labels of the digits, and the lightness of an image's extreme values."""

    total: int
    split: List[int]
    image_shape: List[int]
    pixel_range: List[int]
    labels: List[int]
    lightness: Dict[str, float]
    dark_corners: float


@unit("ch02.text04", uses=("tensorflow",))
def mnist_case_study(mnist: Any) -> MnistCaseStudy:
    """Describe the handwritten digits.

    Parameters
    ----------
    mnist : x_train (60000, 28, 28), y_train (60000,), x_test, y_test in uint8.

    Source: chapter 2, text "MNIST case study".
    """
    corners = mnist.x_train[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    return MnistCaseStudy(
        total=len(mnist.x_train) + len(mnist.x_test),
        split=[len(mnist.x_train), len(mnist.x_test)],
        image_shape=list(mnist.x_train.shape[1:]),
        pixel_range=[int(mnist.x_train.min()), int(mnist.x_train.max())],
        labels=[int(label) for label in np.unique(mnist.y_train)],
        lightness=lightness_of_extremes(mnist.x_train[:100]),
        dark_corners=float(np.mean(np.all(corners == 0, axis=1))),
    )


def lightness_of_extremes(images: np.ndarray) -> Dict[str, float]:
    """Return the lightness (0 black, 1 white) of a picture of the digits.

    It is given for pixels scaled to 0 and to 1, and as medians in the background (corners) and at the
    strongest strokes.
    """
    strip = images.reshape(-1, images.shape[-1], 1)
    png = tf.raw_ops.EncodePng(image=strip)  # tf.io.encode_png is not in TensorFlow 2.1
    picture = tf.io.decode_png(png, channels=3).numpy().mean(axis=-1).reshape(images.shape) / 255
    scaled = images / 255.0
    return {
        "of_0": float(picture[scaled == 0].mean()),
        "of_1": float(picture[scaled == 1].mean()),
        "background": float(np.median(picture[:, [0, 0, -1, -1], [0, -1, 0, -1]])),
        "stroke": float(np.median(picture.max(axis=(1, 2)))),
    }


@dataclass(frozen=True)
class Exercise204Layer:
    """Shapes of the digit classifier's parameters."""

    weight_shape: List[int]
    bias_shape: List[int]


@unit("ch02.ex04", uses=("tensorflow",))
def exercise_2_04_layer(pixels: int = 28 * 28, classes: int = 10) -> Exercise204Layer:
    """Build the layer of exercise 2.04. Source: chapter 2, exercise 2.04."""
    weight, bias = zero_layer(pixels, classes, (classes,))
    return Exercise204Layer(list(weight.numpy().shape), list(bias.numpy().shape))


@dataclass(frozen=True)
class Exercise204:
    """Shapes of the flattened images, and accuracies on the test images by rounding and by argmax."""

    x_shape: List[int]
    test_shape: List[int]
    accuracy: float
    accuracy_after: Dict[str, float]
    argmax_accuracy: float
    steps: int


def flattened(images: np.ndarray) -> np.ndarray:
    """Return images as float32 rows of pixels scaled to 0..1."""
    return images.reshape(len(images), -1).astype(np.float32) / np.float32(255)


@unit("ch02.ex04", uses=("tensorflow",))
def exercise_2_04(
    mnist: Any, learning_rate: float = 0.01, steps: int = 1000, on_the_way: Tuple[int, ...] = (100, 250, 500)
) -> Exercise204:
    """Train ten perceptrons on all handwritten digits at once, with the softmax applied twice.

    Parameters
    ----------
    mnist : x_train (60000, 28, 28), y_train (60000,), x_test, y_test in uint8.

    Source: chapter 2, exercise 2.04.
    """
    x, test = flattened(mnist.x_train), flattened(mnist.x_test)
    y, test_y = one_hot(mnist.y_train), one_hot(mnist.y_test)
    # weights of pixels that are 0 in every training image stay 0, which saves a twelfth of the work
    used = x.any(axis=0)
    start = np.zeros((int(used.sum()), y.shape[1])), np.zeros((y.shape[1],))
    descent = minimise(
        doubled_softmax_loss_of_columns,
        start,
        optimizer=Adam(learning_rate),
        steps=steps,
        data=(np.ascontiguousarray(x.T[used]), y),
        keep=on_the_way,
    )
    probabilities = softmax_layer(test[:, used], *descent.variables)
    return Exercise204(
        x_shape=list(x.shape),
        test_shape=list(test.shape),
        accuracy=subset_accuracy(test_y, rounded(probabilities)),
        accuracy_after={
            "step_%d" % step: subset_accuracy(test_y, rounded(softmax_layer(test[:, used], *variables)))
            for step, variables in descent.kept.items()
        },
        argmax_accuracy=argmax_accuracy(test_y, probabilities),
        steps=descent.steps,
    )
