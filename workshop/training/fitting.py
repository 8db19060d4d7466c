"""Keras models trained by whole epochs inside one compiled graph.

Keras' `fit` returns to Python after every step, which costs a small network fifty times its arithmetic. Here
all epochs of a fit are one loop inside one graph, over data that stays on the device, with rows gathered by
an index matrix. The arithmetic is that of `fit`: the same losses, gradients, updates and running means.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Callable, Hashable, Optional, Sequence, Tuple

import numpy as np

from workshop.training.backend import keras, tf
from workshop.training.optimizers import Optimizer, as_tensors, from_tensors
from workshop.training.versions import resource, traced

Arrays = Tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Network:
    """A Keras model's recipe: a module-level function and its hashable arguments."""

    builder: Callable[..., Any]
    arguments: Tuple[Hashable, ...] = ()

    @property
    def model(self) -> Any:
        """The built model, one per process: a place for weights, which belong to no one between two calls."""
        return _model(self)


@dataclass(frozen=True)
class Fit:
    """What a fit ended with.

    `weights` in the order of `get_weights`; `loss` and `metric` of every epoch as Keras reports them, means
    over batches before their update; `steps` updates and `rows` seen in each epoch, counted as they ran;
    `optimizer` read back.
    """

    weights: Arrays
    loss: np.ndarray
    metric: np.ndarray
    steps: np.ndarray
    rows: np.ndarray
    optimizer: Optimizer
    moments: Arrays
    updates: int


def fit(
    network: Network,
    weights: Sequence[np.ndarray],
    x: np.ndarray,
    y: np.ndarray,
    order: np.ndarray,
    *,
    optimizer: Optimizer,
    loss: str,
    metric: Optional[str] = None,
    batch_size: int = 32,
    xla: bool = False,
    after: Optional[Fit] = None,
) -> Fit:
    """Train a network from given weights; the result depends on the arguments only.

    Layers that draw random numbers (Dropout) are not for this loop.

    Parameters
    ----------
    network : the model's recipe; compiled once per recipe, optimizer, loss, metric, batch size and shapes.
    weights : initial weights in the order of `get_weights`.
    x, y : all rows; (n, …).
    order : row numbers in the order in which every epoch takes them; integers of shape (epochs, rows).
    optimizer : settings of the updates.
    loss, metric : functions of `keras.losses` and `keras.metrics`; without a metric its history is NaN.
    batch_size : rows of one update; the last batch of an epoch may be smaller.
    xla : compile with XLA: faster for tiny dense networks, slower for others.
    after : an earlier fit with whose optimizer's state this one goes on; None starts afresh.

    Raises
    ------
    ValueError
        If weights or order don't fit network and data.
    """
    order = np.asarray(order, dtype=np.int32)
    if order.ndim != 2 or order.size == 0 or order.min() < 0 or order.max() >= len(x) or len(x) != len(y):
        raise ValueError(
            f"order {order.shape} does not index {len(x)} rows of x and {len(y)} of y: give (epochs, rows)"
        )
    program = _program(network, type(optimizer), loss, metric, int(batch_size), bool(xla))
    settings = as_tensors(optimizer, program.dtype)
    program.reset(weights, after)
    before = 0 if after is None else after.updates
    losses, metrics, steps, rows = program(
        tf.constant(x), tf.constant(y), tf.constant(order), settings, before
    )
    return Fit(
        weights=_values(network.model.weights),
        loss=losses,
        metric=metrics,
        steps=steps,
        rows=rows,
        optimizer=from_tensors(type(optimizer), settings),
        moments=_values(program.state),
        updates=before + int(steps.sum()),
    )


def evaluate(
    network: Network, weights: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray, *, loss: str, metric: str
) -> Tuple[float, float]:
    """Return mean loss and metric over all rows, as Keras' `evaluate` does."""
    _assign(network.model.weights, weights)
    score = _scorer(network, loss, metric)(tf.constant(x), tf.constant(y))
    return float(score[0].numpy()), float(score[1].numpy())


def predict(network: Network, weights: Sequence[np.ndarray], x: np.ndarray) -> np.ndarray:
    """Return the network's outputs for all rows."""
    _assign(network.model.weights, weights)
    return np.array(_predictor(network)(tf.constant(x)).numpy())


@lru_cache(maxsize=16)
def _model(network: Network) -> Any:
    return network.builder(*network.arguments)


class _Program:
    """One compiled fit: the model, the optimizer's state, and the graph that runs all epochs."""

    def __init__(
        self, network: Network, optimizer: type, loss: str, metric: Optional[str], batch_size: int, xla: bool
    ) -> None:
        self.model = _model(network)
        self.loss = getattr(keras.losses, loss)
        self.metric = getattr(keras.metrics, metric) if metric is not None else None
        self.batch_size = batch_size
        self.variables = [resource(v) for v in self.model.trainable_variables]
        self.dtype = self.variables[0].dtype
        self.settings = sorted(field.name for field in fields(optimizer))
        self.update = optimizer().update
        self.slots = [optimizer().slots(v) for v in self.variables]
        self.state = [slot for slots in self.slots for slot in slots]
        self.graph = traced(self._epochs, xla=xla)

    def __call__(self, x: Any, y: Any, order: Any, settings: Any, before: int) -> Arrays:
        """Run all epochs after `before` earlier updates; return loss, metric, updates and rows of each."""
        values = tf.stack([settings[name] for name in self.settings])
        history = self.graph(x, y, order, values, tf.constant(before))
        return tuple(np.array(tensor.numpy()) for tensor in history)

    def reset(self, weights: Sequence[np.ndarray], after: Optional[Fit]) -> None:
        """Set the initial weights, and the optimizer's state: cleared, or as an earlier fit left it."""
        _assign(self.model.weights, weights)
        _assign(self.state, [np.zeros(v.shape) for v in self.state] if after is None else after.moments)

    def _epochs(self, x: Any, y: Any, order: Any, values: Any, before: Any) -> Any:
        settings = dict(zip(self.settings, tf.unstack(values)))
        epochs, n = order.shape
        full, rest = divmod(int(n), self.batch_size)
        empty = tuple(
            tf.TensorArray(kind, size=int(epochs), element_shape=())
            for kind in (self.dtype, self.dtype, tf.int32, tf.int32)
        )

        def epoch(number: Any, done: Any, histories: Any) -> Any:
            rows = order[number]

            def batch(index: Any, done: Any, sums: Any) -> Any:
                taken = tf.slice(rows, [index * self.batch_size], [self.batch_size])
                return (index + 1, *self._step(taken, x, y, done, sums, settings))

            zero = tf.zeros((), self.dtype)
            start = done
            sums = (zero, zero, tf.constant(0))
            if full == 1:
                _, done, sums = batch(tf.constant(0), done, sums)
            elif full > 1:
                _, done, sums = tf.while_loop(
                    lambda index, *_: index < full, batch, (tf.constant(0), done, sums), parallel_iterations=1
                )
            if rest:
                done, sums = self._step(rows[full * self.batch_size :], x, y, done, sums, settings)
            seen = tf.cast(sums[2], self.dtype)
            values = (sums[0] / seen, sums[1] / seen, done - start, sums[2])
            return number + 1, done, tuple(h.write(number, v) for h, v in zip(histories, values))

        _, _, histories = tf.while_loop(
            lambda number, *_: number < int(epochs),
            epoch,
            (tf.constant(0), before, empty),
            parallel_iterations=1,
        )
        return tuple(history.stack() for history in histories)

    def _step(self, rows: Any, x: Any, y: Any, done: Any, sums: Any, settings: Any) -> Any:
        """Make one update on the rows; return the number of updates made and the epoch's sums so far."""
        inputs, targets = tf.gather(x, rows), tf.gather(y, rows)
        with tf.GradientTape() as tape:
            outputs = self.model(inputs, training=True)
            losses = self.loss(targets, outputs)
            mean = tf.reduce_mean(losses)
        scores = losses * np.nan if self.metric is None else self.metric(targets, outputs)
        done = done + 1
        gradients = tape.gradient(mean, self.variables)
        applied = [
            self.update(variable, slots, gradient, done, settings)
            for variable, slots, gradient in zip(self.variables, self.slots, gradients)
        ]
        with tf.control_dependencies(applied):
            seen = tf.size(rows)
            size = tf.cast(seen, self.dtype)
            score = tf.reduce_mean(tf.cast(scores, self.dtype))
            return tf.identity(done), (sums[0] + mean * size, sums[1] + score * size, sums[2] + seen)


@lru_cache(maxsize=16)
def _program(
    network: Network, optimizer: type, loss: str, metric: Optional[str], batch_size: int, xla: bool
) -> _Program:
    return _Program(network, optimizer, loss, metric, batch_size, xla)


@lru_cache(maxsize=16)
def _scorer(network: Network, loss: str, metric: str) -> Callable[..., Any]:
    model, losses, metrics = _model(network), getattr(keras.losses, loss), getattr(keras.metrics, metric)

    def score(x: Any, y: Any) -> Any:
        outputs = model(x, training=False)
        return tf.reduce_mean(losses(y, outputs)), tf.reduce_mean(metrics(y, outputs))

    return traced(score)


@lru_cache(maxsize=16)
def _predictor(network: Network) -> Callable[..., Any]:
    model = _model(network)
    return traced(lambda x: model(x, training=False))


def _assign(variables: Sequence[Any], values: Sequence[np.ndarray]) -> None:
    given, expected = [np.shape(value) for value in values], [tuple(v.shape) for v in variables]
    if given != expected:
        raise ValueError(f"weights of shapes {given} don't fit a network of {expected}")
    for variable, value in zip(variables, values):
        variable.assign(value)


def _values(variables: Sequence[Any]) -> Arrays:
    return tuple(np.array(variable.numpy()) for variable in variables)
