"""One training step, which every loop repeats: loss, metric and gradients of a batch, and the update."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Callable, Optional, Sequence, Tuple

import numpy as np

from workshop.training.backend import tf
from workshop.training.optimizers import Optimizer, as_tensors
from workshop.training.versions import loss_named, metric_named

Sums = Tuple[Any, Any, Any]  # sums of losses and metrics (*lanes) over rows, and the number of rows


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
        self.loss = loss_named(loss)
        self.metric = None if metric is None else metric_named(metric)
        self.lanes = lanes
        self.dtype = variables[0].dtype
        self.names = sorted(field.name for field in fields(optimizer))
        self.update = optimizer().update
        self.slots = [optimizer().slots(v) for v in variables]
        self.state = [slot for slots in self.slots for slot in slots]

    def settings(self, optimizer: Optimizer) -> tuple[Any, dict[str, Any]]:
        """Return the optimizer's settings as one tensor, which `named` splits, and by name."""
        settings = as_tensors(optimizer, self.dtype)
        return tf.stack([settings[name] for name in self.names]), settings

    def named(self, values: Any) -> dict[str, Any]:
        """Return the settings of a tensor by name."""
        return dict(zip(self.names, tf.unstack(values)))

    def step(self, inputs: Any, targets: Any, done: Any, sums: Sums, settings: Any, keys: Any) -> Any:
        """Make one update on a batch; return the number of updates and the sums so far."""
        done = done + 1
        with tf.GradientTape() as tape:
            losses, scores = self.scores(inputs, targets, True, keys, done)
            # each lane's loss depends only on its own variables, so the sum gives the gradients of all
            total = tf.reduce_sum(losses)
        applied = [
            self.update(variable, slots, gradient, done, settings)
            for variable, slots, gradient in zip(
                self.variables, self.slots, tape.gradient(total, self.variables)
            )
        ]
        with tf.control_dependencies(applied):
            return tf.identity(done), self.added(sums, losses, scores, inputs)

    def evaluate(self, inputs: Any, targets: Any, sums: Sums) -> Sums:
        """Return the sums with the loss and metric of validation rows added."""
        return self.added(sums, *self.scores(inputs, targets, False, None, None), inputs)

    def scores(self, inputs: Any, targets: Any, training: bool, keys: Any, update: Any) -> tuple[Any, Any]:
        """Return the means of loss and metric over the rows, of shape `lanes`."""
        outputs = self.forward(inputs, training, keys, update)
        losses = self.loss(targets, outputs)
        scores = losses * np.nan if self.metric is None else self.metric(targets, outputs)
        return self._mean(losses), self._mean(tf.cast(scores, self.dtype))

    def zeros(self) -> Sums:
        """Return the sums over no rows."""
        zeros = tf.zeros(self.lanes, self.dtype)
        return zeros, zeros, tf.constant(0)

    def added(self, sums: Sums, losses: Any, scores: Any, inputs: Any) -> Sums:
        """Return the sums with a batch's means added, weighted by its number of rows."""
        count = int(inputs.shape[len(self.lanes)])
        return sums[0] + losses * count, sums[1] + scores * count, sums[2] + count

    def means(self, sums: Sums) -> tuple[Any, Any]:
        """Return loss and metric over all rows."""
        rows = tf.cast(sums[2], self.dtype)
        return sums[0] / rows, sums[1] / rows

    def _mean(self, values: Any) -> Any:
        return tf.reduce_mean(values, list(range(len(self.lanes), len(values.shape))))
