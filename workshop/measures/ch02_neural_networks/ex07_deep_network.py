"""What is measured of exercise 2.07.

A network with two hidden layers learns the digits and predicts one test image.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.chapters.ch02_neural_networks.ex07_deep_network import exercise_2_07_model
from workshop.training.backend import keras, tf
from workshop.training.fitting import Network, evaluate, fit, predict
from workshop.training.initialisers import initial_weights, shuffled
from workshop.units import unit

from ._data import image_arrays, scaled
from ._networks import Summary, summary_of
from ._training import ADAM, SPARSE, History, epoch_lines


@unit("ch02.ex07", uses="tensorflow")
def exercise_2_07_summary() -> Summary:
    """Build the model and read back its summary. Source: chapter 2, exercise 2.07."""
    return summary_of(exercise_2_07_model(), ["flatten", "dense_a", "dense_b", "dense_c"])


@unit("ch02.ex07", value="losses_agree", uses="tensorflow")
def exercise_2_07_losses(classes: int = 10, rows: int = 100) -> dict[str, float]:
    """Compare the sparse cross-entropy with that of one-hot labels.

    Returns both cross-entropies on outputs of the untrained network, as ratios to −mean log p. Source:
    chapter 2, exercise 2.07.
    """
    rng = np.random.default_rng(0)
    network = Network(exercise_2_07_model, ((28, 28), classes))
    start = initial_weights(network.model, rng)
    outputs = predict(network, start, rng.random((rows, 28, 28)).astype(np.float32))
    labels = rng.integers(0, classes, rows)
    given = tf.constant(outputs)
    one_hot = np.eye(classes, dtype=np.float32)[labels]
    losses = {
        "sparse_categorical, integers": keras.losses.sparse_categorical_crossentropy(labels, given),
        "categorical, one-hot": keras.losses.categorical_crossentropy(one_hot, given),
    }
    direct = float(-np.mean(np.log(outputs[np.arange(rows), labels])))
    return {name: float(np.mean(values.numpy())) / direct for name, values in losses.items()}


@dataclass(frozen=True)
class Training:
    """Results of training, evaluation and the chosen test image. `log` : [loss, accuracy] of every epoch."""

    history: History
    log: dict[int, list[float]]
    n_train: int
    normalised_range: dict[str, list[float]]
    test_loss: float
    test_accuracy: float
    image: np.ndarray
    image_shape: list[int]
    batch_shape: list[int]
    probabilities: np.ndarray
    predicted: int
    label: int


@unit("ch02.ex07", uses="tensorflow", first_steps=True)
def exercise_2_07(mnist: Any, seed: int, epochs: int = 50, chosen: int = 200) -> Training:
    """Train 50 and 20 ReLU units and a softmax on the digits in batches of 32, and predict one test image.

    Parameters
    ----------
    mnist : x_train (60000, 28, 28), y_train (60000,), x_test, y_test in uint8.
    chosen : number of the test image, from 0; the last one if there are fewer.

    Source: chapter 2, exercise 2.07.
    """
    x_train, y_train, x_test, y_test = image_arrays(mnist)
    x, test = scaled(x_train), scaled(x_test)
    y, test_y = y_train.astype(np.int32), y_test.astype(np.int32)
    network = Network(exercise_2_07_model, (x.shape[1:], int(max(y.max(), test_y.max())) + 1))
    rng = np.random.default_rng(seed)
    start = initial_weights(network.model, rng)
    order = shuffled(rng, epochs=epochs, n=len(x))
    done = fit(network, start, x, y, order, optimizer=ADAM, xla=True, **SPARSE)
    loss, accuracy = evaluate(network, done.weights, test, test_y, **SPARSE)
    chosen = min(chosen, len(test) - 1)
    image = test[chosen]
    batch = image[np.newaxis]
    probabilities = predict(network, done.weights, batch)
    history = History(done.loss, done.metric)
    return Training(
        history=history,
        log=epoch_lines(history, range(1, epochs + 1)),
        n_train=int(done.rows[0]),
        normalised_range={
            "before": [int(x_train.min()), int(x_train.max())],
            "after": [float(x.min()), float(x.max())],
        },
        test_loss=loss,
        test_accuracy=accuracy,
        image=x_test[chosen],
        image_shape=list(image.shape),
        batch_shape=list(batch.shape),
        probabilities=probabilities,
        predicted=int(probabilities.argmax()),
        label=int(test_y[chosen]),
    )
