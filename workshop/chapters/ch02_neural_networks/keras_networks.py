"""Exercises 2.05 to 2.07: networks in Keras, and the text's last layers and ReLU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np

from workshop.chapters.ch02_neural_networks.perceptron import point_clouds
from workshop.training.backend import keras, tf
from workshop.training.fitting import Fit, Network, evaluate, fit, predict
from workshop.training.initialisers import initial_weights, shuffled
from workshop.training.optimizers import Adam
from workshop.training.versions import output_shape
from workshop.units import unit

BINARY = ("binary_crossentropy", "binary_accuracy")
SPARSE = ("sparse_categorical_crossentropy", "sparse_categorical_accuracy")
ADAM = Adam(learning_rate=0.001)


@dataclass(frozen=True)
class History:
    """Loss and accuracy of every epoch as Keras reports them, shape (epochs,)."""

    loss: np.ndarray
    accuracy: np.ndarray


def dense_network(shape: Sequence[int], layers: Sequence[Tuple[int, str]]) -> Any:
    """Build Dense layers of (units, activation), which flatten inputs of more than one axis."""
    stack = [keras.layers.InputLayer(tuple(shape))]
    if len(shape) > 1:
        stack.append(keras.layers.Flatten())
    stack += [keras.layers.Dense(units, activation=activation) for units, activation in layers]
    return keras.models.Sequential(stack)


def output_layer(classes: int) -> Tuple[int, str]:
    """Return units and activation of a classifier's last layer, a sigmoid for two classes, else a softmax."""
    return (1, "sigmoid") if classes == 2 else (classes, "softmax")


SINGLE = Network(dense_network, ((2,), ((1, "sigmoid"),)))
MULTILAYER = Network(dense_network, ((2,), ((50, "relu"), (20, "relu"), (1, "sigmoid"))))
MULTILAYER_SIGMOID = Network(dense_network, ((2,), ((50, "sigmoid"), (20, "sigmoid"), (1, "sigmoid"))))
DEEP = Network(dense_network, ((28, 28), ((50, "relu"), (20, "relu"), (10, "softmax"))))


def dense_layers(model: Any) -> List[List[Any]]:
    """Return [units, activation] of the Dense layers of a built model."""
    configs = [layer.get_config() for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    return [[int(config["units"]), config["activation"]] for config in configs]


def layer_table(model: Any, names: Sequence[str]) -> Dict[str, List[Any]]:
    """Return [output shape, parameters] of a built model's layers, under the given names in order.

    Raises
    ------
    ValueError
        If the numbers of names and layers differ.
    """
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    if len(layers) != len(names):
        raise ValueError(f"the model has {len(layers)} layers, not {len(names)}")
    return {name: [output_shape(layer), int(layer.count_params())] for name, layer in zip(names, layers)}


def parameter_totals(model: Any) -> List[int]:
    """Return the numbers of all, trainable and other parameters of a built model."""
    counts = [
        sum(int(np.prod(tuple(v.shape))) for v in variables)
        for variables in (model.trainable_variables, model.non_trainable_variables)
    ]
    return [sum(counts), *counts]


def history_of(done: Fit) -> History:
    """Return the history of a fit with accuracy as its metric."""
    return History(done.loss, done.metric)


def first_epoch_at_1(accuracy: np.ndarray) -> int:
    """Return the first epoch, from 1, with an accuracy of 1.0. Without one, return the epochs plus 1."""
    perfect = np.flatnonzero(accuracy >= 1.0)
    return int(perfect[0]) + 1 if len(perfect) else len(accuracy) + 1


def epoch_lines(history: History, epochs: Sequence[int]) -> Dict[int, List[float]]:
    """Return [loss, accuracy] of chosen epochs, numbered from 1."""
    return {
        e: [float(history.loss[e - 1]), float(history.accuracy[e - 1])]
        for e in epochs
        if e <= len(history.loss)
    }


def features_and_labels(table: Any) -> Tuple[np.ndarray, np.ndarray]:
    """Return x (n, 2) and y (n, 1), float32, of the table of points."""
    return table[["x1", "x2"]].to_numpy().astype(np.float32), table[["label"]].to_numpy().astype(np.float32)


def fit_points(network: Network, table: Any, seed: int, epochs: int) -> Tuple[Fit, Tuple[float, float]]:
    """Train on all points from a fresh start, and evaluate on them; return the fit and (loss, accuracy)."""
    x, y = features_and_labels(table)
    rng = np.random.default_rng(seed)
    start = initial_weights(network.model, rng)
    order = shuffled(rng, epochs=epochs, n=len(x))
    done = fit(network, start, x, y, order, optimizer=ADAM, loss=BINARY[0], metric=BINARY[1], xla=True)
    loss, _ = evaluate(network, done.weights, x, y, loss=BINARY[0], metric=BINARY[1])
    # predicted from the table itself and compared with its labels, to detect a mix-up before the fit
    ones = predict(network, done.weights, table[["x1", "x2"]].to_numpy(np.float32))[:, 0] > 0.5
    return done, (loss, float(np.mean(ones == (table["label"].to_numpy() == 1))))


@dataclass(frozen=True)
class LayersAndActivation:
    """Last layers as built, ReLU's values, and its deviations from zero and from the identity."""

    last_layer: Dict[str, List[Any]]
    relu: np.ndarray
    relu_minimum: float
    relu_curve: Dict[str, float]


@unit("ch02.text05", uses=("tensorflow",))
def last_layer_and_relu(
    values: Sequence[float] = (1.0, -2.0, 0.0, 0.3, -1.5), classes: Sequence[int] = (2, 3, 10)
) -> LayersAndActivation:
    """Build last layers for numbers of classes, and apply ReLU to the example and to a grid around zero.

    Source: chapter 2, text on Keras' building blocks and activation functions.
    """
    built = {f"{n} classes": dense_layers(dense_network((4,), (output_layer(n),)))[-1] for n in classes}
    grid = np.linspace(-5, 5, 1001, dtype=np.float32)
    curve = tf.nn.relu(tf.constant(grid)).numpy()
    deviations = {
        "negative": float(np.abs(curve[grid <= 0]).max()),
        "positive minus x": float(np.abs(curve - grid)[grid > 0].max()),
    }
    relu = tf.nn.relu(tf.constant(values, tf.float32)).numpy()
    return LayersAndActivation(built, relu, float(curve.min()), deviations)


@dataclass(frozen=True)
class ReluAgainstSigmoid:
    """Loss after the last epoch with each activation of the hidden layers, from the same start."""

    loss: Dict[str, float]


@unit("ch02.text05", uses=("tensorflow",))
def relu_against_sigmoid(two_class_points: Any, seed: int, epochs: int = 50) -> ReluAgainstSigmoid:
    """Train the network of exercise 2.06 with ReLU and with sigmoid hidden layers from the same weights.

    Source: chapter 2, text on the ReLU activation function.
    """
    networks = {"relu": MULTILAYER, "sigmoid": MULTILAYER_SIGMOID}
    losses = {name: fit_points(net, two_class_points, seed, epochs)[1][0] for name, net in networks.items()}
    return ReluAgainstSigmoid(losses)


@dataclass(frozen=True)
class Model205:
    """The model as built."""

    summary: Dict[str, List[Any]]
    params_total: List[int]


@unit("ch02.ex05", uses=("tensorflow",))
def exercise_2_05_model() -> Model205:
    """Build the single-layer binary classifier and read its summary. Source: chapter 2, exercise 2.05."""
    return Model205(layer_table(SINGLE.model, ["dense"]), parameter_totals(SINGLE.model))


@dataclass(frozen=True)
class Data205:
    """The data as loaded."""

    head: List[List[float]]
    scatter: Dict[str, Dict[str, Any]]


@unit("ch02.ex05")
def exercise_2_05_data(two_class_points: Any) -> Data205:
    """Look at the points. Source: chapter 2, exercise 2.05."""
    return Data205(two_class_points.head().values.tolist(), point_clouds(two_class_points))


@dataclass(frozen=True)
class Exercise205:
    """Results of training and evaluation. `log` : [loss, accuracy] of the first and last seven epochs."""

    history: History
    log: Dict[int, List[float]]
    n_samples: int
    first_epoch_at_1: int
    eval_loss: float
    eval_accuracy: float


@unit("ch02.ex05", uses=("tensorflow",))
def exercise_2_05(two_class_points: Any, seed: int, epochs: int = 1000) -> Exercise205:
    """Train one sigmoid unit with Adam on the full batch. Source: chapter 2, exercise 2.05."""
    done, (loss, accuracy) = fit_points(SINGLE, two_class_points, seed, epochs)
    history = history_of(done)
    return Exercise205(
        history=history,
        log=epoch_lines(history, [1, *range(len(done.loss) - 6, len(done.loss) + 1)]),
        n_samples=int(done.rows[0]),
        first_epoch_at_1=first_epoch_at_1(done.metric),
        eval_loss=loss,
        eval_accuracy=accuracy,
    )


@dataclass(frozen=True)
class Model206:
    """The model as built."""

    summary: Dict[str, List[Any]]
    params_total: List[int]


@unit("ch02.ex06", uses=("tensorflow",))
def exercise_2_06_model() -> Model206:
    """Build the multilayer binary classifier and read back its summary. Source: chapter 2, exercise 2.06."""
    table = layer_table(MULTILAYER.model, ["dense", "dense_1", "dense_2"])
    return Model206(table, parameter_totals(MULTILAYER.model))


@dataclass(frozen=True)
class Data206:
    """The data as loaded."""

    head: List[List[float]]
    scatter: Dict[str, Dict[str, Any]]


@unit("ch02.ex06")
def exercise_2_06_data(two_class_points: Any) -> Data206:
    """Look at the points again. Source: chapter 2, exercise 2.06."""
    return Data206(two_class_points.head().values.tolist(), point_clouds(two_class_points))


@dataclass(frozen=True)
class Exercise206:
    """Results of training and evaluation. `log` : [loss, accuracy] of every epoch."""

    history: History
    log: Dict[int, List[float]]
    first_epoch_at_1: int
    best_accuracy: float
    eval_loss: float
    eval_accuracy: float


@unit("ch02.ex06", uses=("tensorflow",))
def exercise_2_06(two_class_points: Any, seed: int, epochs: int = 50) -> Exercise206:
    """Train 50 and 20 ReLU units and a sigmoid with Adam, full batch. Source: chapter 2, exercise 2.06."""
    done, (loss, accuracy) = fit_points(MULTILAYER, two_class_points, seed, epochs)
    history = history_of(done)
    return Exercise206(
        history=history,
        log=epoch_lines(history, range(1, epochs + 1)),
        first_epoch_at_1=first_epoch_at_1(done.metric),
        best_accuracy=float(done.metric.max()),
        eval_loss=loss,
        eval_accuracy=accuracy,
    )


@dataclass(frozen=True)
class Model207:
    """The model as built."""

    summary: Dict[str, List[Any]]
    params_total: List[int]
    losses_agree: Dict[str, float]


@unit("ch02.ex07", uses=("tensorflow",))
def exercise_2_07_model(classes: int = 10, rows: int = 100) -> Model207:
    """Build the deep classifier, and compare both cross-entropies on its outputs, as ratios to −mean log p.

    Source: chapter 2, exercise 2.07.
    """
    rng = np.random.default_rng(0)
    outputs = predict(DEEP, initial_weights(DEEP.model, rng), rng.random((rows, 28, 28)).astype(np.float32))
    labels = rng.integers(0, classes, rows)
    given = tf.constant(outputs)
    one_hot = np.eye(classes, dtype=np.float32)[labels]
    losses = {
        "sparse_categorical, integers": keras.losses.sparse_categorical_crossentropy(labels, given),
        "categorical, one-hot": keras.losses.categorical_crossentropy(one_hot, given),
    }
    means = {name: float(np.mean(values.numpy())) for name, values in losses.items()}
    direct = float(-np.mean(np.log(outputs[np.arange(rows), labels])))
    table = layer_table(DEEP.model, ["flatten", "dense_a", "dense_b", "dense_c"])
    ratios = {name: mean / direct for name, mean in means.items()}
    return Model207(table, parameter_totals(DEEP.model), ratios)


@dataclass(frozen=True)
class Exercise207:
    """Results of training, evaluation and the chosen test image. `log` : [loss, accuracy] of every epoch."""

    history: History
    log: Dict[int, List[float]]
    n_train: int
    normalised_range: Dict[str, List[float]]
    test_loss: float
    test_accuracy: float
    image: np.ndarray
    image_shape: List[int]
    batch_shape: List[int]
    probabilities: np.ndarray
    predicted: int
    label: int


@unit("ch02.ex07", uses=("tensorflow",), first_steps=True)
def exercise_2_07(mnist: Any, seed: int, epochs: int = 50, chosen: int = 200) -> Exercise207:
    """Train 50 and 20 ReLU units and a softmax on the digits in batches of 32, and predict one test image.

    Source: chapter 2, exercise 2.07.
    """
    x_train, x_test = scaled(mnist.x_train), scaled(mnist.x_test)
    rng = np.random.default_rng(seed)
    start = initial_weights(DEEP.model, rng)
    order = shuffled(rng, epochs=epochs, n=len(x_train))
    labels = mnist.y_train.astype(np.int32)
    done = fit(
        DEEP, start, x_train, labels, order, optimizer=ADAM, loss=SPARSE[0], metric=SPARSE[1], xla=True
    )
    loss, accuracy = evaluate(
        DEEP, done.weights, x_test, mnist.y_test.astype(np.int32), loss=SPARSE[0], metric=SPARSE[1]
    )
    image = x_test[chosen]
    batch = image[np.newaxis]
    probabilities = predict(DEEP, done.weights, batch)
    history = history_of(done)
    return Exercise207(
        history=history,
        log=epoch_lines(history, range(1, epochs + 1)),
        n_train=int(done.rows[0]),
        normalised_range={
            "before": [int(mnist.x_train.min()), int(mnist.x_train.max())],
            "after": [float(x_train.min()), float(x_train.max())],
        },
        test_loss=loss,
        test_accuracy=accuracy,
        image=mnist.x_test[chosen],
        image_shape=list(image.shape),
        batch_shape=list(batch.shape),
        probabilities=probabilities,
        predicted=int(probabilities.argmax()),
        label=int(mnist.y_test[chosen]),
    )


def scaled(images: np.ndarray) -> np.ndarray:
    """Return grey values of 0 to 255 as float32 from 0 to 1."""
    return (np.arange(256) / 255.0).astype(np.float32)[images]
