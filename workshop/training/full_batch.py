"""Full-batch gradient descent in one compiled loop."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Callable, Iterable, Iterator, Mapping, Sequence, Tuple

import numpy as np

from workshop.training.backend import tf
from workshop.training.optimizers import Optimizer, as_tensor, by_name, from_tensor

Arrays = Tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Descent:
    """The result of a descent: float32 `variables`, and their `snapshots` after chosen steps.

    `steps` and `optimizer` are read back from what ran.
    """

    variables: Arrays
    snapshots: Mapping[int, Arrays]
    steps: int
    optimizer: Optimizer


def minimise(
    loss: Callable[..., Any],
    start: Sequence[Any],
    *,
    optimizer: Optimizer,
    steps: int,
    data: Sequence[Any] = (),
    keep: Iterable[int] = (),
) -> Descent:
    """Descend from `start` by `steps` updates of all variables together.

    All updates run in one compiled loop, whose graph is run as written. XLA's fusions and the graph optimizer
    would change float32 digits, and with them the printed results.

    Parameters
    ----------
    loss : `loss(variables, *data)` gives a tensor; the gradient is that of the sum of its elements.
    start : initial values of the variables, taken as float32.
    optimizer : settings of the update.
    steps : number of updates.
    data : arrays of any dtype, given to the loss.
    keep : numbers of updates after which a snapshot of the variables is taken; 0 is the start.

    Raises
    ------
    ValueError
        If `keep` has a number outside the descent.
    """
    stops = sorted(set(keep))
    if steps < 0 or (stops and not 0 <= stops[0] <= stops[-1] <= steps):
        raise ValueError(f"can't keep steps {stops} of {steps}: ask for steps from 0 to the last")
    variables = tuple(tf.Variable(np.array(value, dtype=np.float32)) for value in start)
    slots = tuple(optimizer.slots(variable) for variable in variables)

    values = as_tensor(optimizer)
    settings = by_name(type(optimizer), values)
    arrays = tuple(tf.convert_to_tensor(array) for array in data)

    def update(done: Any) -> tuple[Any, ...]:
        with tf.GradientTape() as tape:
            value = loss(variables, *arrays)
        step = done + 1
        applied = []
        for index, gradient in enumerate(tape.gradient(value, variables)):
            dense = tf.convert_to_tensor(gradient)
            applied.append(optimizer.update(variables[index], slots[index], dense, step, settings))
        with tf.control_dependencies(applied):
            return (tf.identity(step),)

    def run(done: Any, until: Any) -> Any:
        (done,) = tf.while_loop(lambda step: step < until, update, (done,))
        return done

    count = tf.TensorSpec((), tf.int64)
    compiled = tf.function(run, autograph=False).get_concrete_function(count, count)
    done = tf.constant(0, tf.int64)
    snapshots: dict[int, Arrays] = {}
    with graph_as_written():
        for stop in [*stops, steps]:
            done = compiled(done, tf.constant(stop, tf.int64))
            if stop in stops:
                snapshots[int(done)] = _values(variables)
    return Descent(_values(variables), snapshots, int(done), from_tensor(type(optimizer), values))


def minimise_layer(
    loss: Callable[[Any, Any], Any],
    x: np.ndarray,
    y: np.ndarray,
    *,
    optimizer: Optimizer,
    steps: int,
    keep: Iterable[int] = (),
) -> Descent:
    """Descend from zeros as `minimise` does for a layer of net inputs x W + b, but faster.

    The weights of a feature that is 0 in every example stay 0, so such features are left out of the descent;
    a twelfth of the pixels of MNIST are. The examples lie in columns, in which both products with the
    features take less time.

    Parameters
    ----------
    loss : `loss(net_inputs, y)` gives a tensor; the gradient is that of the sum of its elements.
    x : features (n, features), float32.
    y : labels (n, units).
    optimizer, steps, keep : as for `minimise`.

    Returns
    -------
    The descent, whose variables and snapshots are a weight (features, units) and a bias (units,).
    """
    used = x.any(axis=0)

    def loss_of_columns(variables: Sequence[Any], columns: Any, y: Any) -> Any:
        weight, bias = variables
        return loss(tf.transpose(tf.matmul(weight, columns, transpose_a=True)) + bias, y)

    def whole(variables: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
        weight = np.zeros((x.shape[1], y.shape[1]), np.float32)
        weight[used], bias = variables
        return weight, bias

    descent = minimise(
        loss_of_columns,
        (np.zeros((int(used.sum()), y.shape[1])), np.zeros((y.shape[1],))),
        optimizer=optimizer,
        steps=steps,
        data=(np.ascontiguousarray(x.T[used]), y),
        keep=keep,
    )
    snapshots = {step: whole(variables) for step, variables in descent.snapshots.items()}
    return replace(descent, variables=whole(descent.variables), snapshots=snapshots)


@contextmanager
def graph_as_written() -> Iterator[None]:
    """Run compiled functions without TensorFlow's graph optimizer; its options are restored afterwards."""
    before = tf.config.optimizer.get_experimental_options().get("disable_meta_optimizer", False)
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": before})


def _values(variables: Iterable[Any]) -> Arrays:
    return tuple(np.array(variable.numpy()) for variable in variables)
