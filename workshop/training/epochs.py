"""The compiled loop: all epochs of a fit in one graph, for one network or several at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Optional, Sequence, Tuple

import numpy as np

from workshop.training.backend import tf
from workshop.training.optimizers import Optimizer, from_tensor
from workshop.training.train_step import Updates
from workshop.training.versions import traced

Arrays = Tuple[np.ndarray, ...]
_VALIDATION_ROWS = 256  # rows of one forward pass
_CACHED = 1 << 20  # bytes of an epoch's rows that stay in a processor's cache


@dataclass(frozen=True)
class Fit:
    """The result of a fit.

    `weights` are in the order of `get_weights`. `loss` and `metric` of every epoch are those that Keras
    reports, means over batches before their update. `val_loss` and `val_metric` are those of the validation
    rows after every epoch, NaN without validation. `steps` and `rows` are the numbers of updates, counted in
    the loop, and of rows of each epoch. `optimizer` is read back from the tensors.
    """

    weights: Arrays
    loss: np.ndarray
    metric: np.ndarray
    val_loss: np.ndarray
    val_metric: np.ndarray
    steps: np.ndarray
    rows: np.ndarray
    optimizer: Optimizer
    moments: Arrays
    updates: int


@dataclass(frozen=True)
class KerasHistory:
    """Loss and accuracy of every epoch on training and validation rows, each of shape (epochs,)."""

    loss: np.ndarray
    accuracy: np.ndarray
    val_loss: np.ndarray
    val_accuracy: np.ndarray


def history_of(done: Fit) -> KerasHistory:
    """Return the history of a fit in the form of the book's logs."""
    return KerasHistory(done.loss, done.metric, done.val_loss, done.val_metric)


def least_move(start: Sequence[np.ndarray], end: Sequence[np.ndarray]) -> float:
    """Return the smallest change of a weight array as a share of its start's norm (of 1 if that is 0)."""
    lengths = [float(np.linalg.norm(value)) or 1.0 for value in start]
    return min(float(np.linalg.norm(b - a)) / length for a, b, length in zip(start, end, lengths))


@dataclass(frozen=True)
class History:
    """The results of one run of the loop: losses and metrics (epochs, *lanes), counts (epochs,)."""

    loss: np.ndarray
    metric: np.ndarray
    val_loss: np.ndarray
    val_metric: np.ndarray
    steps: np.ndarray
    rows: np.ndarray
    optimizer: Optimizer


class Epochs:
    """One compiled fit: the graph that runs all epochs over data that stays on the device.

    Parameters
    ----------
    updates : the updates of one network, or of several at once.
    batch_size : rows of one update.
    xla : whether XLA compiles the graph.
    """

    def __init__(self, updates: Updates, *, batch_size: int, xla: bool) -> None:
        self.updates = updates
        self.batch_size = batch_size
        self.lanes = updates.lanes
        self.graph = traced(self._epochs, xla=xla)
        self.validate = traced(self._validate, xla=xla)

    def run(
        self,
        x: np.ndarray,
        y: np.ndarray,
        order: np.ndarray,
        *,
        optimizer: Optimizer,
        before: int,
        keys: np.ndarray,
        validation: Optional[tuple[np.ndarray, np.ndarray]],
    ) -> History:
        """Run the epochs of `order` (epochs, *lanes, rows) after `before` earlier updates."""
        values = self.updates.settings(optimizer)
        validating = () if validation is None else tuple(tf.constant(part) for part in validation)
        done, *means = self.graph(
            tf.constant(x),
            tf.constant(y),
            tf.constant(order),
            values,
            tf.constant(before),
            tf.constant(keys),
            *validating,
        )
        epochs = len(order)
        columns = [np.array(mean.numpy()) for mean in means]
        columns += [np.full_like(columns[0], np.nan)] * (4 - len(columns))
        return History(
            *columns,
            steps=np.full(epochs, (int(done) - before) // max(epochs, 1), np.int32),
            rows=np.full(epochs, order.shape[-1], np.int32),
            optimizer=from_tensor(type(optimizer), values),
        )

    def _epochs(
        self, x: Any, y: Any, order: Any, values: Any, before: Any, keys: Any, *validation: Any
    ) -> Any:
        """Return the number of updates so far, and two or four means of each epoch, (epochs, *lanes)."""
        updates = self.updates
        settings = updates.named(values)
        epochs, n = int(order.shape[0]), int(order.shape[-1])
        size = x.shape[1:].num_elements() * n * x.dtype.size
        at_once = size <= _CACHED and not self.lanes  # XLA would round the losses of lanes otherwise
        array = tf.TensorArray(updates.dtype, size=epochs, element_shape=self.lanes)
        empty = (array,) * (4 if validation else 2)

        def epoch(number: Any, done: Any, histories: Any) -> Any:
            rows = order[number]
            gathered = [tf.gather(x, rows), tf.gather(y, rows)] if at_once else []

            def train(start: Any, count: int, state: Any) -> Any:
                if gathered:
                    batch = [self._batch(part, start, count) for part in gathered]
                else:
                    taken = self._batch(rows, start, count)
                    batch = [tf.gather(x, taken), tf.gather(y, taken)]
                return updates.step(*batch, *state, settings, keys)

            done, sums = self._batches(n, self.batch_size, train, (done, updates.zeros()))
            means = updates.means(sums)
            if validation:
                with tf.control_dependencies([done]):
                    means += self._validate(*validation)
            return number + 1, done, tuple(h.write(number, mean) for h, mean in zip(histories, means))

        _, done, histories = tf.while_loop(
            lambda number, *_: number < epochs, epoch, (tf.constant(0), before, empty), parallel_iterations=1
        )
        return (done, *(history.stack() for history in histories))

    def _batch(self, rows: Any, start: Any, count: int) -> Any:
        """Return `count` rows from row `start` of (*lanes, rows, …)."""
        begin, size = [0] * len(rows.shape), [int(n) for n in rows.shape]
        begin[len(self.lanes)], size[len(self.lanes)] = start, count
        return tf.slice(rows, begin, size)

    def _batches(self, n: int, size: int, step: Callable[..., Any], state: Any) -> Any:
        """Apply `step(first row, number of rows, state)` to all batches; the last one may be smaller."""
        full, rest = divmod(n, size)
        if full == 1:
            state = step(0, size, state)
        elif full > 1:
            _, state = tf.while_loop(
                lambda index, _: index < full,
                lambda index, state: (index + 1, step(index * size, size, state)),
                (tf.constant(0), state),
                parallel_iterations=1,
            )
        return step(full * size, rest, state) if rest else state

    def _validate(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Return mean loss and metric of the validation rows."""

        def score(start: Any, count: int, sums: Any) -> Any:
            rows = tf.broadcast_to(tf.range(count) + start, [*self.lanes, count])
            return self.updates.evaluate(tf.gather(x, rows), tf.gather(y, rows), sums)

        rows = int(x.shape[0])
        return self.updates.means(self._batches(rows, _VALIDATION_ROWS, score, self.updates.zeros()))


def as_order(order: Any, x: np.ndarray, y: np.ndarray, axes: int) -> np.ndarray:
    """Return row numbers as int32, checked against the data.

    Raises
    ------
    ValueError
        If there are none, they don't have `axes` axes, or they don't index the rows.
    """
    order = np.asarray(order, dtype=np.int32)
    if order.ndim != axes or order.size == 0 or order.min() < 0 or order.max() >= len(x) or len(x) != len(y):
        form = "(epochs, rows)" if axes == 2 else "(replicas, epochs, rows)"
        raise ValueError(
            f"order {order.shape} does not index {len(x)} rows of x and {len(y)} of y: give {form}"
        )
    return order
