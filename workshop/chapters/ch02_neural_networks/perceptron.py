"""The perceptron: its structure, its training on the OR table, and its use as a binary classifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np

from workshop.training.backend import tf
from workshop.training.full_batch import Descent, minimise
from workshop.training.optimizers import SGD
from workshop.units import unit

TruthTable = Tuple[Tuple[int, int], ...]
INPUTS = ((0, 0), (0, 1), (1, 0), (1, 1))


def or_table(inputs: TruthTable = INPUTS) -> Tuple[np.ndarray, np.ndarray]:
    """Return features (4, 2) and labels (4, 1) of the OR table in float32."""
    x = np.array(inputs, dtype=np.float32)
    return x, np.logical_or(x[:, :1], x[:, 1:]).astype(np.float32)


def zero_layer(features: int, units: int, bias_shape: Sequence[int]) -> Tuple[Any, Any]:
    """Return float32 zeros as a layer's parameters: weight (features, units), bias of the given shape."""
    return tf.Variable(tf.zeros([features, units])), tf.Variable(tf.zeros(list(bias_shape)), dtype=tf.float32)


def net_input(x: Any, weight: Any, bias: Any) -> Any:
    """Return x W + b for examples in rows."""
    return tf.add(tf.matmul(x, weight), bias)


def perceptron(x: Any, weight: Any, bias: Any) -> Any:
    """Return the sigmoid of the net input, (n, units)."""
    return tf.sigmoid(net_input(x, weight, bias))


def threshold(output: Any) -> Any:
    """Return class 1 where an output is 0.5 or more, else 0. This is the text's rule, not the code's."""
    return tf.cast(tf.greater_equal(output, 0.5), tf.int32)


def doubled_sigmoid_loss(variables: Sequence[Any], x: Any, y: Any) -> Any:
    """Return the book's loss, the mean cross-entropy with the output, already a sigmoid, as the logit."""
    output = perceptron(x, *variables)
    return tf.abs(tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=output)))


def single_sigmoid_loss(variables: Sequence[Any], x: Any, y: Any) -> Any:
    """Return the mean cross-entropy with the net input as the logit, as the function is intended."""
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=net_input(x, *variables)))


def rounded(output: Any) -> np.ndarray:
    """Return outputs rounded to 0 or 1, halves to even, as the book turns probabilities into classes."""
    return tf.round(output).numpy()


def subset_accuracy(labels: np.ndarray, predictions: np.ndarray) -> float:
    """Return the share of examples whose whole row is right, as `accuracy_score` has it for 2-D arrays."""
    return float(np.mean(np.all(np.equal(labels, predictions), axis=1)))


def confusion_matrix(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """Count examples by true class (rows) and predicted class (columns), (classes, classes)."""
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (labels.astype(int).ravel(), predictions.astype(int).ravel()), 1)
    return counts


def all_changed(descent: Descent) -> bool:
    """Return whether every parameter differs from its start value (step 0)."""
    return all(bool(np.all(end != start)) for end, start in zip(descent.variables, descent.kept[0]))


@dataclass(frozen=True)
class SigmoidCurve:
    """Sigmoid on an even grid, at its centre and far out, and the largest deviation from G(−z) = 1 − G(z)."""

    z: np.ndarray
    values: np.ndarray
    centre: float
    limits: List[float]
    symmetry_defect: float


@dataclass(frozen=True)
class PerceptronStructure:
    """A perceptron's parameters, its net input against the formula, its activation and its threshold."""

    or_table: np.ndarray
    n_weights: int
    weight_shape: List[int]
    bias: np.ndarray
    net_input_above_bias_at_zero: List[float]
    net_input_deviation: float
    sigmoid_extremes: List[float]
    sigmoid_curve: SigmoidCurve
    sigmoid_derivative_deviation: Dict[str, float]
    thresholded: np.ndarray
    rounded: np.ndarray


@unit("ch02.text01", uses=("tensorflow",))
def perceptron_structure(
    inputs: TruthTable = INPUTS,
    example: Tuple[float, float] = (1.5, -2.0),
    weights: Tuple[float, float] = (0.25, 3.0),
    biases: Tuple[float, ...] = (-0.75, 0.5, 2.0),
    outputs: Tuple[float, ...] = (0.49, 0.5, 0.51),
) -> PerceptronStructure:
    """Examine a perceptron's inputs, weights, bias, net input and activation.

    The example's numbers are binary fractions, so the formula is exact in float32.
    Source: chapter 2, text "Neural networks and the structure of perceptrons".
    """
    x, y = or_table(inputs)
    weight, bias = zero_layer(x.shape[1], y.shape[1], (1, 1))
    some_weight = tf.constant(weights, shape=(2, 1))
    at_zero = [float(net_input(tf.zeros((1, 2)), some_weight, [[b]]).numpy().item()) - b for b in biases]
    (x1, x2), (w1, w2) = example, weights
    deviations = [
        net_input([example], some_weight, [[b]]).numpy().item() - (x1 * w1 + x2 * w2 + b) for b in biases
    ]
    wide = tf.sigmoid(tf.linspace(-15.0, 15.0, 61)).numpy()
    return PerceptronStructure(
        or_table=np.concatenate([x, y], axis=1),
        n_weights=int(tf.size(weight)),
        weight_shape=list(weight.shape.as_list()),
        bias=bias.numpy(),
        net_input_above_bias_at_zero=at_zero,
        net_input_deviation=max(abs(d) for d in deviations),
        sigmoid_extremes=[float(wide.min()), float(wide.max())],
        sigmoid_curve=_sigmoid_curve(),
        sigmoid_derivative_deviation=_sigmoid_derivative_deviation(),
        thresholded=threshold(tf.constant(outputs)).numpy(),
        rounded=rounded(tf.constant(outputs)),
    )


def _sigmoid_curve() -> SigmoidCurve:
    z = np.linspace(-8, 8, 33, dtype=np.float32)
    values = tf.sigmoid(z).numpy()
    return SigmoidCurve(
        z=z,
        values=values,
        centre=float(values[z == 0][0]),
        limits=[float(v) for v in tf.sigmoid([-15.0, 15.0]).numpy()],
        symmetry_defect=float(np.abs(tf.sigmoid(-z).numpy() - (1 - values)).max()),
    )


def _sigmoid_derivative_deviation(step: float = 1e-4) -> Dict[str, float]:
    """Return the largest relative distances of the tape's derivative and of differences from G(1 − G)."""
    z = tf.constant(np.linspace(-8, 8, 33))
    with tf.GradientTape() as tape:
        tape.watch(z)
        output = tf.sigmoid(z)
    formula = (output * (1 - output)).numpy()
    by_tape = tape.gradient(output, z).numpy()
    by_differences = (tf.sigmoid(z + step) - tf.sigmoid(z - step)).numpy() / (2 * step)
    found = {"automatic": by_tape, "differences": by_differences}
    return {name: float(np.abs(value / formula - 1).max()) for name, value in found.items()}


@dataclass(frozen=True)
class Exercise201:
    """Data, parameters and predictions (float32) of an untrained perceptron, and sizes of a layer of ten."""

    x: np.ndarray
    x_shape: List[int]
    y: np.ndarray
    num_features: int
    output_size: int
    weight: np.ndarray
    bias: np.ndarray
    predictions: np.ndarray
    ten_neurons_weight_shape: List[int]
    ten_neurons_bias_size: int
    ten_neurons_output_shape: List[int]


@unit("ch02.ex01", uses=("tensorflow",))
def exercise_2_01(inputs: TruthTable = INPUTS, neurons: int = 1, neurons_of_layer: int = 10) -> Exercise201:
    """Build a perceptron for the OR table and let it predict before any training.

    Source: chapter 2, exercise 2.01.
    """
    table, labels = or_table(inputs)
    x = tf.Variable(table, dtype=tf.float32)
    y = tf.reshape(tf.Variable(labels[:, 0], dtype=tf.float32), (4, 1))
    weight, bias = zero_layer(x.shape[1], neurons, (neurons, 1))
    # the exercise's bias shape (neurons, 1) fits only one neuron, and ten need one number each
    layer_weight, layer_bias = zero_layer(x.shape[1], neurons_of_layer, (neurons_of_layer,))
    return Exercise201(
        x=x.numpy(),
        x_shape=list(x.shape.as_list()),
        y=y.numpy(),
        num_features=int(x.shape[1]),
        output_size=int(weight.shape[1]),
        weight=weight.numpy(),
        bias=bias.numpy(),
        predictions=perceptron(x, weight, bias).numpy(),
        ten_neurons_weight_shape=list(layer_weight.shape.as_list()),
        ten_neurons_bias_size=int(tf.size(layer_bias)),
        ten_neurons_output_shape=list(perceptron(x, layer_weight, layer_bias).shape.as_list()),
    )


@dataclass(frozen=True)
class SingleActivation:
    """Parameters (float32) and accuracy of the same descent when the activation is applied once."""

    weight: np.ndarray
    bias: np.ndarray
    accuracy: float


def single_sigmoid(x: np.ndarray, y: np.ndarray, start: Sequence[np.ndarray], steps: int) -> SingleActivation:
    """Train with the net input as the logit, with the settings of the exercises."""
    weight, bias = minimise(
        single_sigmoid_loss, start, optimizer=SGD(0.01), steps=steps, data=(x, y)
    ).variables
    return SingleActivation(weight, bias, subset_accuracy(y, rounded(perceptron(x, weight, bias))))


@dataclass(frozen=True)
class OrPerceptron:
    """The perceptron trained on the OR table, and the effect of updates about which the text is wrong."""

    weight: np.ndarray
    bias: np.ndarray
    weight_difference: float
    changed: bool
    predictions: np.ndarray
    accuracy: float
    learning_rate: float
    steps: int
    rises: int
    share_updated_after_rise: float
    distance_of_one_pass: Dict[str, float]
    single_sigmoid: SingleActivation


@unit("ch02.text02", uses=("tensorflow",))
def training_a_perceptron(
    inputs: TruthTable = INPUTS,
    learning_rate: float = 0.01,
    epochs: int = 1000,
    too_large_rate: float = 100.0,
) -> OrPerceptron:
    """Train the perceptron on the OR table with the sigmoid applied twice, by full-batch descent.

    Source: chapter 2, text "Perceptron training process in TensorFlow".
    """
    x, y = or_table(inputs)
    start = np.zeros((2, 1)), np.zeros((1, 1))
    descent = minimise(
        doubled_sigmoid_loss, start, optimizer=SGD(learning_rate), steps=epochs, data=(x, y), keep=(0, 1)
    )
    weight, bias = descent.variables
    predictions = rounded(perceptron(x, weight, bias))
    rises, updated = _updates_after_rises(x, y, descent.variables, too_large_rate)
    return OrPerceptron(
        weight=weight,
        bias=bias,
        weight_difference=float(abs(weight[0, 0] - weight[1, 0])),
        changed=all_changed(descent),
        predictions=predictions,
        accuracy=subset_accuracy(y, predictions),
        learning_rate=descent.optimizer.learning_rate,
        steps=descent.steps,
        rises=rises,
        share_updated_after_rise=updated / rises if rises else float("nan"),
        distance_of_one_pass=_distance_of_one_pass(descent.kept[1], x, y, start, learning_rate),
        single_sigmoid=single_sigmoid(x, y, start, epochs),
    )


def _updates_after_rises(
    x: np.ndarray, y: np.ndarray, start: Sequence[np.ndarray], rate: float, steps: int = 20
) -> Tuple[int, int]:
    """Count the steps in which the loss rose, and how many of these were followed by a parameter change."""
    descent = minimise(
        doubled_sigmoid_loss, start, optimizer=SGD(rate), steps=steps, data=(x, y), keep=range(steps + 1)
    )
    path = [descent.kept[step] for step in range(steps + 1)]
    losses = [float(doubled_sigmoid_loss(variables, x, y)) for variables in path]
    risen = [step for step in range(1, steps) if losses[step] > losses[step - 1]]
    updated = [step for step in risen if any(np.any(a != b) for a, b in zip(path[step], path[step + 1]))]
    return len(risen), len(updated)


def _distance_of_one_pass(
    reached: Sequence[np.ndarray],
    x: np.ndarray,
    y: np.ndarray,
    start: Sequence[np.ndarray],
    learning_rate: float,
) -> Dict[str, float]:
    """Return the parameters' distances after a pass from one update on all examples, and from one on each."""
    orders = {
        "one update a pass": [slice(None)],
        "one update an example": [slice(i, i + 1) for i in range(len(x))],
    }
    distances = {}
    for name, batches in orders.items():
        variables = [tf.Variable(np.array(value, dtype=np.float32)) for value in start]
        for batch in batches:
            with tf.GradientTape() as tape:
                loss = doubled_sigmoid_loss(variables, x[batch], y[batch])
            for variable, gradient in zip(variables, tape.gradient(loss, variables)):
                variable.assign_sub(learning_rate * gradient)
        distances[name] = max(float(np.abs(v.numpy() - r).max()) for v, r in zip(variables, reached))
    return distances


@dataclass(frozen=True)
class Exercise202:
    """The points' table and clouds, the trained perceptron, and how it classifies the points."""

    head: List[List[float]]
    clouds: Dict[str, Dict[str, Any]]
    class_counts: List[int]
    weight: np.ndarray
    bias: np.ndarray
    accuracy: float
    confusion: np.ndarray
    single_sigmoid: SingleActivation


def point_clouds(two_class_points: Any) -> Dict[str, Dict[str, Any]]:
    """Return how many points each class of the scatter plot has, and their lowest and highest x1."""
    clouds = {}
    for label, points in two_class_points.groupby("label"):
        clouds["class_%d" % label] = {
            "points": len(points),
            "x1": [float(points["x1"].min()), float(points["x1"].max())],
        }
    return clouds


@unit("ch02.ex02", uses=("tensorflow", "pandas"))
def exercise_2_02(two_class_points: Any, learning_rate: float = 0.01, steps: int = 1000) -> Exercise202:
    """Train a perceptron to distinguish two classes of points, with the sigmoid applied twice.

    Parameters
    ----------
    two_class_points : table with columns label, x1, x2.

    Source: chapter 2, exercise 2.02.
    """
    x = two_class_points[["x1", "x2"]].values.astype(np.float32)
    y = two_class_points[["label"]].values.astype(np.float32)
    start = np.zeros((2, 1)), np.zeros((1,))
    descent = minimise(doubled_sigmoid_loss, start, optimizer=SGD(learning_rate), steps=steps, data=(x, y))
    weight, bias = descent.variables
    predictions = rounded(perceptron(x, weight, bias))
    return Exercise202(
        head=two_class_points.head().values.tolist(),
        clouds=point_clouds(two_class_points),
        class_counts=[int(n) for n in np.unique(y, return_counts=True)[1]],
        weight=weight,
        bias=bias,
        accuracy=subset_accuracy(y, predictions),
        confusion=confusion_matrix(y, predictions, 2),
        single_sigmoid=single_sigmoid(x, y, start, steps),
    )
