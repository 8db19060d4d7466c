"""One training step, which every loop repeats: loss, metric and gradients of a batch, and the update."""

from __future__ import annotations

from typing import Any, Callable, Optional, Sequence, Tuple

import numpy as np

from workshop.training.backend import tf
from workshop.training.optimizers import Optimizer, as_tensor, by_name
from workshop.training.versions import loss_named, metric_named

Sums = Tuple[Any, ...]  # the number of rows, and sums over them (*lanes): of losses, and of a metric


class Updates:
    """The updates of a network: its forward pass, its variables, and the optimizer's state.

    Parameters
    ----------
    forward : `forward(inputs, training, keys, update)` gives the outputs for (*lanes, rows, …).
    variables : the trained `tf.Variable`s.
    optimizer : class of the optimizer.
    loss, metric : names in `keras.losses` and `keras.metrics`.
    lanes : () for one network; (lanes,) for several at once, whose variables have this leading axis.
    """

    def __init__(
        self,
        forward: Callable[..., Any],
        variables: Sequence[Any],
        optimizer: type,
        *,
        loss: str,
        metric: Optional[str],
        lanes: tuple[int, ...] = (),
    ) -> None:
        self.forward = forward
        self.variables = variables
        self.measured = [loss_named(loss)] + ([] if metric is None else [metric_named(metric)])
        self.lanes = lanes
        self.dtype = variables[0].dtype
        self.optimizer = optimizer
        self.update = optimizer().update
        self.slots = [optimizer().slots(v) for v in variables]
        self.state = [slot for slots in self.slots for slot in slots]

    def settings(self, optimizer: Optimizer) -> Any:
        """Return the optimizer's settings as one tensor of the variables' dtype, which `named` splits."""
        return as_tensor(optimizer, self.dtype)

    def named(self, values: Any) -> dict[str, Any]:
        """Return the settings by name."""
        return by_name(self.optimizer, values)

    def zero_state(self) -> list[np.ndarray]:
        """Return the values of `state` before the first update."""
        return [np.zeros(slot.shape, slot.dtype.as_numpy_dtype) for slot in self.state]

    def step(self, inputs: Any, targets: Any, done: Any, sums: Sums, settings: Any, keys: Any) -> Any:
        """Make one update on a batch; return the number of updates and the sums so far."""
        done = done + 1
        with tf.GradientTape() as tape:
            scores = self.scores(inputs, targets, True, keys, done)
            # each lane's loss depends only on its own variables, so the sum gives the gradients of all
            total = tf.reduce_sum(scores[0])
        applied = [
            self.update(variable, slots, gradient, done, settings)
            for variable, slots, gradient in zip(
                self.variables, self.slots, tape.gradient(total, self.variables)
            )
        ]
        with tf.control_dependencies(applied):
            return tf.identity(done), self.added(sums, scores, inputs)

    def evaluate(self, inputs: Any, targets: Any, sums: Sums) -> Sums:
        """Return the sums with the loss and metric of validation rows added."""
        return self.added(sums, self.scores(inputs, targets, False, None, None), inputs)

    def scores(self, inputs: Any, targets: Any, training: bool, keys: Any, update: Any) -> list[Any]:
        """Return the means of loss, and of the metric if there is one, over the rows, of shape `lanes`."""
        outputs = self.forward(inputs, training, keys, update)
        return [self._mean(tf.cast(score(targets, outputs), self.dtype)) for score in self.measured]

    def zeros(self) -> Sums:
        """Return the sums over no rows."""
        return (tf.constant(0), *(tf.zeros(self.lanes, self.dtype) for _ in self.measured))

    def added(self, sums: Sums, scores: Sequence[Any], inputs: Any) -> Sums:
        """Return the sums with a batch's means added, weighted by its number of rows."""
        count = int(inputs.shape[len(self.lanes)])
        weighted = (total + score * count for total, score in zip(sums[1:], scores))
        return (sums[0] + count, *weighted)

    def means(self, sums: Sums) -> tuple[Any, Any]:
        """Return loss and metric over all rows; NaN without a metric."""
        rows = tf.cast(sums[0], self.dtype)
        means = [total / rows for total in sums[1:]]
        return (
            means[0],
            means[1] if len(means) > 1 else tf.fill(self.lanes, tf.constant(np.nan, self.dtype)),
        )

    def _mean(self, values: Any) -> Any:
        return tf.reduce_mean(values, list(range(len(self.lanes), len(values.shape))))
