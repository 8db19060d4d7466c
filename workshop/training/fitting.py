"""Keras models trained for whole epochs inside one compiled graph.

Keras' `fit` returns to Python after every step, which takes fifty times as long as a small network's
arithmetic. Here all epochs of a fit are one loop in one graph, over data that stays on the device, with rows
gathered by an index matrix. Losses, gradients, updates and running means are computed as in `fit`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Callable, Hashable, Optional, Sequence

import numpy as np

from workshop.training import first_steps, watching
from workshop.training.backend import keras, tf
from workshop.training.dropout import drawing, dropped, keys_of
from workshop.training.epochs import Arrays, Epochs, Fit, as_order
from workshop.training.optimizers import Optimizer, from_tensor
from workshop.training.train_step import Updates
from workshop.training.versions import loss_named, metric_named, resource, traced


@dataclass(frozen=True)
class Network:
    """A Keras model's recipe: a module-level function and its hashable arguments."""

    builder: Callable[..., Any]
    arguments: tuple[Hashable, ...] = ()

    @property
    def model(self) -> Any:
        """The built model, one per process; each call assigns its own weights."""
        return _model(self)

    @property
    def weights(self) -> tuple[Any, ...]:
        """The model's `tf.Variable`s in the order of `get_weights`."""
        return _weights(self)


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
    validation: Optional[tuple[np.ndarray, np.ndarray]] = None,
    seed: Optional[int] = None,
    xla: bool = False,
    after: Optional[Fit] = None,
) -> Fit:
    """Train a network from given weights; the result depends only on the arguments.

    Parameters
    ----------
    network : the model's recipe; compiled once per recipe, optimizer, loss, metric, batch size and shapes.
    weights : initial weights in the order of `get_weights`.
    x, y : all rows; (n, …).
    order : row numbers of every epoch in their order; integers of shape (epochs, rows).
    optimizer : settings of the updates.
    loss, metric : functions of `keras.losses` and `keras.metrics`; without a metric its history is NaN.
    batch_size : rows of one update; the last batch of an epoch may be smaller.
    validation : x and y of rows that are evaluated after each epoch.
    seed : of the masks of Dropout and SpatialDropout1D, drawn for each layer and update; required if the
        network has such layers.
    xla : compile with XLA: faster for tiny dense networks and single recurrent layers, slower for others.
    after : an earlier fit, whose optimizer's state is continued; None starts afresh.

    Raises
    ------
    ValueError
        If weights or order don't fit network and data; if layers draw random numbers and there is no seed, or
        they are not Dropout layers of a Sequential; or if a layer adds to the loss.
    """
    order = as_order(order, x, y, axes=2)
    if seed is None and drawing(network.model):
        raise ValueError(f"{drawing(network.model)[0].name} draws random numbers: give a seed")
    program = _program(network, type(optimizer), loss, metric, int(batch_size), bool(xla))
    assign(network.weights, weights)
    assign(program.updates.state, program.updates.zero_state() if after is None else after.moments)
    before = 0 if after is None else after.updates
    (key,) = keys_of([seed or 0])
    run = partial(program.run, x, y, optimizer=optimizer, before=before, keys=key)
    if first_steps.active():

        def steps(count: int) -> Arrays:  # each update is an epoch of one batch
            size = min(batch_size, order.shape[1])
            begun = run(order[0, : count * size].reshape(count, size), validation=None)
            return begun.loss, begun.metric

        validated = [] if validation is None else [tf.constant(part) for part in validation]
        return begin(
            network, program, weights, steps, validated,
            shape=order.shape, optimizer=optimizer, objective=[loss, metric], before=before,
            validation=len(validated[0]) if validated else 0, order=first_steps.order_checksum(order),
        )  # fmt: skip
    history = run(order, validation=validation)
    watching.trained(network)
    return Fit(
        weights=values_of(network.weights),
        moments=values_of(program.updates.state),
        updates=before + int(history.steps.sum()),
        **vars(history),
    )


def begin(
    network: Network,
    program: Any,
    start: Sequence[np.ndarray],
    steps: Callable[[int], Arrays],
    validated: Sequence[Any],
    *,
    shape: tuple[int, int],
    optimizer: Optimizer,
    objective: list[Optional[str]],
    before: int = 0,
    **plan: Any,
) -> Fit:
    """Make the first updates of a fit, and validate once; each epoch has their means, NaN without updates.

    Parameters
    ----------
    network : the model's recipe.
    program : its `updates`, their `batch_size`, and the compiled `validate`.
    start : its weights before the updates.
    steps : makes a number of updates; returns their losses and metrics.
    validated : what `validate` takes; empty without validation.
    shape : numbers of epochs and of their rows.
    optimizer, objective : settings of the updates, and names of loss and metric.
    before : number of updates before these.
    plan : what else the whole fit does.
    """
    (epochs, rows), updates = shape, program.updates
    settings = from_tensor(type(optimizer), updates.settings(optimizer))
    whole = {
        "epochs": epochs,
        "rows": rows,
        "batch_size": program.batch_size,
        **plan,
        "arrays": len(network.weights),
        "trainable": len(network.model.trainable_variables),
        "optimizer": {"name": type(optimizer).__name__, **vars(settings)},
        "objective": objective,
    }
    full, every = max(1, rows // program.batch_size), -(-rows // program.batch_size)
    made = first_steps.take(steps, start, lambda: values_of(network.weights), whole, of=full, before=before)
    watching.trained(network)
    means = [values.mean() if values.size else np.nan for values in made]
    scores = program.validate(*validated) if validated else (np.nan, np.nan)
    return Fit(
        values_of(network.weights),
        *(np.full(epochs, value, made[0].dtype) for value in (*means, *scores)),
        *(np.full(epochs, count, np.int32) for count in (every, rows)),
        settings,
        values_of(updates.state),
        before + epochs * every,
    )


def validation_split(n: int, share: float) -> tuple[int, int]:
    """Return the numbers of training and validation rows; as in Keras, the last rows validate."""
    train = int(n * (1.0 - share))
    return train, n - train


def evaluate(
    network: Network, weights: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray, *, loss: str, metric: str
) -> tuple[float, float]:
    """Return the mean loss and metric over all rows, like Keras' `evaluate`."""
    assign(network.weights, weights)
    score = _scorer(network, loss, metric)(tf.constant(x), tf.constant(y))
    return float(score[0].numpy()), float(score[1].numpy())


def predict(
    network: Network,
    weights: Sequence[np.ndarray],
    x: np.ndarray,
    *,
    batch_size: Optional[int] = None,
    xla: bool = False,
) -> np.ndarray:
    """Return the network's outputs for all rows, `batch_size` rows at a time; None takes all at once."""
    assign(network.weights, weights)
    compiled = _predictor(network, bool(xla))
    size = batch_size or len(x)
    outputs = [compiled(tf.constant(x[first : first + size])).numpy() for first in range(0, len(x), size)]
    return np.concatenate(outputs)


def assign(variables: Sequence[Any], values: Sequence[np.ndarray]) -> None:
    """Set variables to values of the same shapes.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    given, expected = [np.shape(value) for value in values], [tuple(v.shape) for v in variables]
    if given != expected:
        raise ValueError(f"weights of shapes {given} don't fit a network of {expected}")
    for variable, value in zip(variables, values):
        # without Keras' own checks, which take longer than the training of a small network
        resource(variable).assign(value, read_value=False)


def values_of(variables: Sequence[Any]) -> Arrays:
    """Return copies of the variables' values."""
    return tuple(np.array(resource(variable).numpy()) for variable in variables)


def updates_of(network: Network, optimizer: type, loss: str, metric: Optional[str]) -> Updates:
    """Return the updates of a network.

    Raises
    ------
    ValueError
        If a layer is not built, adds to the loss, or draws random numbers and is not a Dropout layer of a
        Sequential.
    """
    model = network.model
    unbuilt = [layer.name for layer in model.layers if not layer.built]
    if unbuilt:  # its weights would be neither given nor trained
        raise ValueError(f"{unbuilt[0]} is not built: let the model begin with an InputLayer")
    if model.losses:
        raise ValueError(f"{model.name} adds to the loss: leave regularizers out")
    variables = [resource(v) for v in model.trainable_variables]
    return Updates(_forward(model), variables, optimizer, loss=loss, metric=metric)


@lru_cache(maxsize=None)  # compiled functions refer to this very model
def _model(network: Network) -> Any:
    return network.builder(*network.arguments)


@lru_cache(maxsize=None)  # Keras takes long to list them
def _weights(network: Network) -> tuple[Any, ...]:
    return tuple(resource(weight) for weight in network.model.weights)


@lru_cache(maxsize=16)
def _program(
    network: Network, optimizer: type, loss: str, metric: Optional[str], batch_size: int, xla: bool
) -> Epochs:
    return Epochs(updates_of(network, optimizer, loss, metric), batch_size=batch_size, xla=xla)


def _forward(model: Any) -> Callable[..., Any]:
    """Return the forward pass of a model, with our own masks for its Dropout layers."""
    layers = drawing(model)
    if not layers:
        return lambda inputs, training, *_: model(inputs, training=training)
    known = (keras.layers.Dropout, keras.layers.SpatialDropout1D)
    other = [layer.name for layer in layers if type(layer) not in known]
    if other or not isinstance(model, keras.models.Sequential):
        raise ValueError(
            f"{(other or [model.name])[0]} draws: only Dropout between a Sequential's layers can"
        )

    def forward(inputs: Any, training: bool, keys: Any, update: Any) -> Any:
        if not training:
            return model(inputs, training=False)
        for number, layer in enumerate(model.layers):
            if layer in layers:
                inputs = dropped(layer, inputs, keys, number, update)
            else:
                inputs = layer(inputs, training=True)
        return inputs

    return forward


@lru_cache(maxsize=16)
def _scorer(network: Network, loss: str, metric: str) -> Callable[..., Any]:
    model, losses, metrics = _model(network), loss_named(loss), metric_named(metric)

    def score(x: Any, y: Any) -> Any:
        outputs = model(x, training=False)
        return tf.reduce_mean(losses(y, outputs)), tf.reduce_mean(metrics(y, outputs))

    return traced(score)


@lru_cache(maxsize=16)
def _predictor(network: Network, xla: bool) -> Callable[..., Any]:
    model = _model(network)
    return traced(lambda x: model(x, training=False), xla=xla)
