"""Text 2.06: Optimizers, hyperparameters, vanishing gradient, dropout (chapter 2).

Each statement of the text is tested.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.chapters.ch02_neural_networks.ex05_single_layer import exercise_2_05_model
from workshop.numerics.similarity import distance
from workshop.training.backend import keras, tf
from workshop.training.fitting import Fit, Network, evaluate, fit
from workshop.training.full_batch import minimise
from workshop.training.initialisers import he_uniform, initial_weights, shuffled, zeros
from workshop.training.optimizers import SGD
from workshop.training.summaries import built_layers
from workshop.units import unit

from ._by_hand import sigmoid_unit_by_hand
from ._data import image_arrays, scaled
from ._training import ADAM, SPARSE


def digit_network(*hidden: int) -> Any:
    """Return a classifier of digits with hidden layers of these numbers of ReLU units."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((28, 28)),
            layers.Flatten(),
            *(layers.Dense(units, activation="relu") for units in hidden),
            layers.Dense(10, activation="softmax"),
        ]
    )


@dataclass(frozen=True)
class Sizes:
    """Test accuracy by number of layers and of neurons, and training loss and accuracy by epochs."""

    layers: dict[str, float]
    neurons: dict[str, float]
    epochs: dict[str, dict[str, float]]


@unit("ch02.text06", uses="tensorflow")
def sizes_help(mnist: Any, seed: int, epochs: int = 5, short_epochs: int = 2, images: int = 20000) -> Sizes:
    """Train networks of other depth, width and time on digits. Source: chapter 2, text on hyperparameters."""
    x_train, y_train, x_test, y_test = image_arrays(mnist)
    x, y = scaled(x_train[:images]), y_train[:images].astype(np.int32)
    test, test_y = scaled(x_test), y_test.astype(np.int32)

    def trained(hidden: tuple[int, ...], count: int) -> tuple[Fit, float]:
        network = Network(digit_network, hidden)
        rng = np.random.default_rng(seed)
        start = initial_weights(network.model, rng)
        order = shuffled(rng, epochs=count, n=len(x))
        done = fit(network, start, x, y, order, optimizer=ADAM, **SPARSE)
        return done, evaluate(network, done.weights, test, test_y, **SPARSE)[1]

    deep, deep_accuracy = trained((50, 20), epochs)
    widths = {f"{units} neurons": trained((units,), short_epochs)[1] for units in (2, 50)}
    return Sizes(
        layers={"one layer": trained((), epochs)[1], "three layers": deep_accuracy},
        neurons=widths,
        epochs={
            "loss": {"1 epoch": float(deep.loss[0]), f"{epochs} epochs": float(deep.loss[-1])},
            "accuracy": {"1 epoch": float(deep.metric[0]), f"{epochs} epochs": float(deep.metric[-1])},
        },
    )


@dataclass(frozen=True)
class Vanishing:
    """Norms of the loss's gradient by the hidden kernels, first layer first, and the first by the last."""

    gradient_norms: dict[str, np.ndarray]
    first_to_last: dict[str, float]


@unit("ch02.text06", uses="tensorflow")
def vanishing_gradient(seed: int, layers: int = 10, units: int = 20, rows: int = 64) -> Vanishing:
    """Take the gradient through ten hidden layers, sigmoid (Glorot) and ReLU (He), at the start of training.

    Source: chapter 2, text on the vanishing gradient.
    """
    norms = {}
    for activation in ("sigmoid", "relu"):
        model = keras.models.Sequential(
            [
                keras.layers.InputLayer((units,)),
                *(keras.layers.Dense(units, activation=activation) for _ in range(layers)),
                keras.layers.Dense(1, activation="sigmoid"),
            ]
        )
        rng = np.random.default_rng(seed)
        weights = initial_weights(model, rng)
        if activation == "relu":
            weights = tuple(
                (he_uniform if w.ndim == 2 else zeros)(rng, w.shape).astype(w.dtype) for w in weights
            )
        model.set_weights(weights)
        x = tf.constant(rng.normal(size=(rows, units)).astype(np.float32))
        y = tf.constant(rng.integers(0, 2, size=(rows, 1)).astype(np.float32))
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.binary_crossentropy(y, model(x)))
        gradients = tape.gradient(loss, model.trainable_variables)[0 : 2 * layers : 2]
        norms[activation] = np.array([np.linalg.norm(g.numpy()) for g in gradients])
    return Vanishing(norms, {name: float(values[0] / values[-1]) for name, values in norms.items()})


@dataclass(frozen=True)
class Valley:
    """Each rate's final distance from the bottom as a share of the start's, and its number of crossings."""

    distance_left: dict[str, float]
    crossings: dict[str, int]


@unit("ch02.text06", uses="tensorflow")
def learning_rates(
    rates: Sequence[tuple[str, float]] = (("too_large", 1.0), ("moderate", 0.1), ("too_small", 1e-4)),
    steps: int = 100,
    watched: int = 20,
) -> Valley:
    """Descend into the valley (x − 5)² from zero with three rates, counting crossings in the first steps.

    Source: chapter 2, text on the learning rate.
    """
    left, crossings = {}, {}
    for name, rate in rates:
        done = minimise(
            lambda variables: (variables[0] - 5.0) ** 2,
            (0.0,),
            optimizer=SGD(learning_rate=rate),
            steps=steps,
            keep=range(steps + 1),
        )
        path = np.array([done.snapshots[step][0] for step in range(steps + 1)], np.float64) - 5.0
        left[name] = float(abs(path[-1] / path[0]))
        crossings[name] = int(np.sum(path[1 : watched + 1] * path[:watched] < 0))
    return Valley(left, crossings)


@dataclass(frozen=True)
class Steps:
    """Updates made in one epoch, by batch size.

    `distance_by_hand` : of the trained weights from those of one step after all examples, or after each.
    """

    steps_per_epoch: dict[str, int]
    distance_by_hand: dict[str, float]


@unit("ch02.text06", uses="tensorflow")
def steps_per_epoch(n: int = 21) -> Steps:
    """Count the updates of an epoch over 21 examples, and make them by hand.

    Source: chapter 2, text on gradient descent.
    """
    network = Network(exercise_2_05_model)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(n, 2)).astype(np.float32), rng.integers(0, 2, size=(n, 1)).astype(np.float32)
    counted, distances = {}, {}
    for name, batch_size in (("batch", n), ("stochastic", 1)):
        start, order = initial_weights(network.model, rng), shuffled(rng, epochs=1, n=n)
        done = fit(
            network, start, x, y, order, optimizer=SGD(), loss="binary_crossentropy", batch_size=batch_size
        )
        counted[name] = int(done.steps[0])
        batches = order[:1] if name == "batch" else order[0][:, np.newaxis]
        by_hand = sigmoid_unit_by_hand(start, x, y, batches, SGD().learning_rate)
        distances[name] = max(distance(*pair) for pair in zip(done.weights, by_hand))
    return Steps(counted, distances)


@dataclass(frozen=True)
class DropoutMasks:
    """Shares of activations zeroed at one step and at both of two, and the number changed at test time."""

    dropout_share: float
    dropped_twice: float
    changed_at_test: int


@unit("ch02.text06", uses="tensorflow")
def dropout_masks(seed: int, rate: float = 0.2, activations: int = 100000) -> DropoutMasks:
    """Apply Dropout to ones, twice in training and once at test time. Source: chapter 2, text on dropout."""
    layer = keras.layers.Dropout(rate, seed=seed)
    ones = tf.ones((1, activations))
    first, second = (layer(ones, training=True).numpy() == 0 for _ in range(2))
    test = layer(ones, training=False).numpy()
    return DropoutMasks(float(np.mean(first)), float(np.mean(first & second)), int(np.sum(test != 1)))


@dataclass(frozen=True)
class DropoutExample:
    """Sizes and rate in the order of the layers, number of the dropped layer, and number of hidden layers.

    `dropped_shares` : of the active outputs of each hidden layer, the share that is 0 for the next layer, in
    training and at test time.
    """

    dropout_example: list[float]
    dropout_position: list[int]
    dropped_shares: dict[str, list[float]]


@unit("ch02.text06", uses="tensorflow")
def dropout_example(inputs: int = 60, rows: int = 1000) -> DropoutExample:
    """Build three hidden layers with Dropout after the second, read its structure back, and run it.

    Source: chapter 2, text on dropout.
    """
    layers = keras.layers
    stack = [
        layers.InputLayer((inputs,)),
        layers.Dense(300, activation="relu"),
        layers.Dense(200, activation="relu"),
        layers.Dropout(0.2, seed=0),
        layers.Dense(100, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
    model = keras.models.Sequential(stack)
    built = built_layers(model)
    configs = [layer.get_config() for layer in built]
    sizes = [config["units"] if "units" in config else config["rate"] for config in configs]
    dropped = [index for index, config in enumerate(configs) if "rate" in config]
    rng = np.random.default_rng(0)
    model.set_weights(initial_weights(model, rng))
    x = rng.normal(size=(rows, inputs)).astype(np.float32)
    return DropoutExample(
        dropout_example=sizes[:-1],
        dropout_position=[*dropped, sum("units" in config for config in configs[:-1])],
        dropped_shares={
            "training": _dropped_shares(built, x, training=True),
            "test": _dropped_shares(built, x, training=False),
        },
    )


def _dropped_shares(built: Sequence[Any], x: np.ndarray, training: bool) -> list[float]:
    """Return for each hidden layer the share of its active outputs that the next layer gets as 0."""
    shares, active = [], np.ones(x.shape, bool)
    for layer in built:
        if isinstance(layer, keras.layers.Dense):
            shares.append(float(np.mean(x[active] == 0)))
            x = layer(x).numpy()
            active = x > 0
        else:
            x = layer(x, training=training).numpy()
    return shares[1:]
