"""What is measured of exercise 2.03.

With the text that leads to it, text 2.03: Multiclass classifier, Softmax, one-hot encoding (page
67).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.training.backend import tf
from workshop.training.optimizers import SGD, Adam
from workshop.units import unit

from ._by_hand import own_parameters
from ._data import one_hot
from ._perceptron import (
    all_changed,
    doubled_softmax_loss,
    net_input,
    rounded,
    softmax_layer,
    subset_accuracy,
    train,
    zero_layer,
)


@dataclass(frozen=True)
class SoftmaxAndOneHot:
    """Softmax of a vector, sums of softmax and sigmoid outputs, one-hot forms.

    `sigmoids` : sum of the sigmoids of the vector, and whether it is 1. `neurons` : in a layer for each
    number of classes, numbers of classes that one larger bias makes the most probable.
    """

    softmax: np.ndarray
    softmax_sum: float
    weight_of_largest: float
    one_hot: np.ndarray
    one_hot_of_probabilities: np.ndarray
    three_neuron_sums: np.ndarray
    sigmoids: dict[str, Any]
    neurons: list[int]


def highest_to_one(probabilities: np.ndarray) -> np.ndarray:
    """Return rows with 1 for the highest probability and 0 for the others."""
    return tf.one_hot(tf.argmax(probabilities, axis=1), probabilities.shape[1]).numpy()


@unit("ch02.text03", uses="tensorflow")
def softmax_and_one_hot(
    *,
    vector: tuple[float, ...] = (3, 1, 7, 2, 4, 5),
    classes: tuple[int, ...] = (1, 2, 3),
    probabilities: tuple[float, ...] = (0.3, 0.4, 0.3),
    net_inputs: tuple[tuple[float, ...], ...] = (
        (0.0, 0.0, 0.0),
        (-3.5, 1.25, 2.0),
        (40.0, -7.0, 0.5),
        (1e-3, 5.0, 4.75),
    ),
    label_sets: tuple[int, ...] = (3, 10),
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
        raised = [softmax_layer(tf.ones((1, features)), weight, bias + tf.one_hot(k, n)) for k in range(n)]
        outputs.append(len({int(tf.argmax(probabilities[0])) for probabilities in raised}))
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


# The file's names are swapped: its column "petallength" contains the length of the sepal, and so on.
MEASURES = ["petallength", "petalwidth", "sepallength", "sepalwidth"]


@unit("ch02.ex03", value="dummies_dtype", uses="pandas")
def exercise_2_03_dummies(labels: tuple[int, ...] = (0, 1, 2)) -> str:
    """Make one-hot columns as the book does.

    Returns the NumPy dtype of the columns. Source: chapter 2, exercise 2.03.

    This is a demonstration. The exercises of this package make their labels with NumPy, as numbers.
    """
    import pandas as pd

    return str(pd.get_dummies(pd.Series(labels)).to_numpy().dtype)


@dataclass(frozen=True)
class Classifier:
    """The flowers' table and scatter plot, and the layer trained to distinguish the species.

    `scatter` : the species' positions in the plot, x and y of each quantity, or one value per species.
    `parameter_shapes` : of its weight, and of its bias as a matrix of one row.
    """

    head: list[list[float]]
    columns: list[str]
    class_counts: list[int]
    scatter: dict[str, list[float]]
    changed: bool
    parameter_shapes: list[list[int]]
    parameters: dict[str, int]
    weight: np.ndarray
    bias: np.ndarray
    accuracy: float


@unit("ch02.ex03", uses="tensorflow pandas")
def exercise_2_03(iris: Any, learning_rate: float = 0.01, steps: int = 1000) -> Classifier:
    """Train three perceptrons to distinguish the species, with the softmax applied twice.

    Raises ValueError if there are fewer than three species.

    Parameters
    ----------
    iris : table of four measures, under the file's swapped names, and the species, such as 0, 1 and 2.

    Source: chapter 2, exercise 2.03.
    """
    species, counts = np.unique(iris["species"], return_counts=True)
    if len(species) < 3:
        raise ValueError(f"the column species has {len(species)} values: the exercise needs three species")
    x = iris[MEASURES].to_numpy().astype(np.float32)
    y = one_hot(iris["species"])
    start = np.zeros((4, y.shape[1])), np.zeros((y.shape[1],))
    optimizer = Adam(learning_rate)
    descent = train(doubled_softmax_loss, start, x, y, optimizer=optimizer, steps=steps, keep=(0,))
    weight, bias = descent.variables
    return Classifier(
        head=iris.head().values.tolist(),
        columns=columns_by_content(iris),
        class_counts=[len(counts), *(int(n) for n in np.unique(counts))],
        scatter=species_scatter(iris),
        changed=all_changed(descent),
        parameter_shapes=[list(weight.shape), list(np.atleast_2d(bias).shape)],
        parameters=own_parameters(net_input, weight, bias, x),
        weight=weight,
        bias=bias,
        accuracy=subset_accuracy(y, rounded(softmax_layer(x, weight, bias))),
    )


@unit("ch02.ex03", value="loss_by_optimizer", uses="tensorflow pandas")
def exercise_2_03_optimizers(iris: Any, rate: float = 0.01, updates: int = 1000) -> dict[str, float]:
    """Train the exercise's layer with Adam and with plain gradient descent.

    Returns the book's loss after equally many steps from the same start and with the same rate, by optimizer.
    Source: chapter 2, exercise 2.03, step 9.
    """
    x, y = iris[MEASURES].to_numpy().astype(np.float32), one_hot(iris["species"])
    start = np.zeros((x.shape[1], y.shape[1])), np.zeros((y.shape[1],))
    losses = {}
    for optimizer in (Adam(rate), SGD(rate)):
        descent = train(doubled_softmax_loss, start, x, y, optimizer=optimizer, steps=updates)
        loss = doubled_softmax_loss(net_input(x, *descent.variables), y)
        losses[type(descent.optimizer).__name__] = float(loss)
    return losses


def columns_by_content(iris: Any) -> list[str]:
    """Return the contents of the columns, whatever their names are.

    A setosa (the first species) has sepals longer than wide, and both above its petals, which are longer than
    wide.
    """
    setosa = iris.loc[iris["species"] == iris["species"].min(), MEASURES]
    order = np.argsort(-setosa.to_numpy().mean(axis=0))
    contents = ("sepallength", "sepalwidth", "petallength", "petalwidth")
    names = dict(zip(setosa.columns[order], contents))
    return [names.get(column, column) for column in iris.columns]


def species_scatter(iris: Any, x: str = "sepallength", y: str = "sepalwidth") -> dict[str, list[float]]:
    """Return where the three species are in the plot of the columns x and y.

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
