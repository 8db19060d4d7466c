"""Many seeds of one small network, trained at once in one compiled call.

The weights of all seeds are stacked along a lane axis, and each operation works on all lanes. The number of
lanes is fixed: fewer seeds are padded, and more are trained in groups. So a seed gives the same bits,
whichever other seeds are computed with it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Callable, Optional, Sequence

import numpy as np

from workshop.training import watching
from workshop.training.backend import tf
from workshop.training.dropout import drawing, keys_of
from workshop.training.epochs import Arrays, Epochs, Fit, History, as_order
from workshop.training.fitting import Network, assign, values_of
from workshop.training.optimizers import Optimizer
from workshop.training.stacked_layers import apply_layers, check_layers
from workshop.training.train_step import Updates
from workshop.training.versions import traced

LANES = 8  # a multiple of vector registers, so that no lane is computed in a loop's remainder


def fit_replicas(
    network: Network,
    weights: Sequence[Sequence[np.ndarray]],
    x: np.ndarray,
    y: np.ndarray,
    orders: np.ndarray,
    *,
    optimizer: Optimizer,
    loss: str,
    metric: Optional[str] = None,
    batch_size: int = 32,
    validation: Optional[tuple[np.ndarray, np.ndarray]] = None,
    seeds: Optional[Sequence[int]] = None,
) -> tuple[Fit, ...]:
    """Train one network from several starts; each fit equals that of `fit`, up to rounding.

    Parameters
    ----------
    network : recipe of a Sequential of Dense, Conv1D, SimpleRNN, Dropout and layers without weights.
    weights : the initial weights of each replica in the order of `get_weights`.
    x, y : all rows, shared by the replicas; (n, …).
    orders : row numbers of every epoch in their order; (replicas, epochs, rows).
    optimizer, loss, metric, batch_size, validation : as for `fit`.
    seeds : of the masks of Dropout, one per replica; required if the network has such layers.

    Raises
    ------
    ValueError
        If the layers can't be stacked, or weights, orders and seeds don't fit.
    """
    orders = as_order(orders, x, y, axes=3)
    check_layers(network.model)
    if seeds is None and drawing(network.model):
        raise ValueError(f"{drawing(network.model)[0].name} draws random numbers: give seeds")
    keys = keys_of([0] * len(weights) if seeds is None else seeds)
    if not len(weights) == len(orders) == len(keys):
        raise ValueError(
            f"{len(weights)} starts, {len(orders)} orders and {len(keys)} seeds: give one of each per replica"
        )
    program = _program(network, type(optimizer), loss, metric, int(batch_size))
    fits: list[Fit] = []
    for group in _groups(len(weights)):
        assign(program.updates.variables, _stacked([weights[i] for i in group]))
        assign(program.updates.state, program.updates.zero_state())
        history = program.run(
            x, y, orders[group].swapaxes(0, 1),
            optimizer=optimizer, before=0, keys=keys[group], validation=validation,
        )  # fmt: skip
        trained, moments = values_of(program.updates.variables), values_of(program.updates.state)
        fits += [_fit_of(lane, history, trained, moments) for lane in range(LANES)]
    watching.trained(network, weights=fits[0].weights)
    return tuple(fits[: len(weights)])


def predict_replicas(network: Network, weights: Sequence[Sequence[np.ndarray]], x: np.ndarray) -> np.ndarray:
    """Return the outputs of each replica for all rows; (replicas, rows, …)."""
    check_layers(network.model)
    predictor = _predictor(network)
    outputs = []
    for group in _groups(len(weights)):
        stacked = [tf.constant(value) for value in _stacked([weights[i] for i in group])]
        outputs.append(np.array(predictor(tf.constant(x), *stacked).numpy()))
    return np.concatenate(outputs)[: len(weights)]


def _fit_of(lane: int, history: History, weights: Arrays, moments: Arrays) -> Fit:
    return Fit(
        weights=tuple(value[lane] for value in weights),
        loss=history.loss[:, lane],
        metric=history.metric[:, lane],
        val_loss=history.val_loss[:, lane],
        val_metric=history.val_metric[:, lane],
        steps=history.steps,
        rows=history.rows,
        optimizer=history.optimizer,
        moments=tuple(value[lane] for value in moments),
        updates=int(history.steps.sum()),
    )


def _groups(count: int) -> list[list[int]]:
    """Return the replicas of each group of lanes; the last group is filled up with its first replica."""
    groups = [list(range(first, min(first + LANES, count))) for first in range(0, count, LANES)]
    return [group + group[:1] * (LANES - len(group)) for group in groups]


def _stacked(weights: Sequence[Sequence[np.ndarray]]) -> Arrays:
    return tuple(np.stack(values) for values in zip(*weights))


@lru_cache(maxsize=16)
def _program(network: Network, optimizer: type, loss: str, metric: Optional[str], batch_size: int) -> Epochs:
    model = network.model
    variables = [tf.Variable(np.stack([value] * LANES)) for value in model.get_weights()]

    def forward(inputs: Any, training: bool, keys: Any, update: Any) -> Any:
        values = [tf.convert_to_tensor(variable) for variable in variables]
        return apply_layers(model, values, inputs, training, keys, update)

    updates = Updates(forward, variables, optimizer, loss=loss, metric=metric, lanes=(LANES,))
    return Epochs(updates, batch_size=batch_size, xla=True)


@lru_cache(maxsize=16)
def _predictor(network: Network) -> Callable[..., Any]:
    model = network.model

    def outputs(x: Any, *weights: Any) -> Any:
        return apply_layers(model, weights, tf.broadcast_to(x, [LANES, *x.shape]), False, None, None)

    return traced(outputs)
