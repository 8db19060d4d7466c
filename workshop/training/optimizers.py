"""Optimizers as settings, applied by TensorFlow's own fused kernels.

These are the kernels of TensorFlow 2.1's optimizers, so that a descent gives the same float32 digits on every
later TensorFlow. Keras 3 composes Adam of single operations and differs in the last digits.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Mapping, Union

import numpy as np

from workshop.training.backend import tf
from workshop.training.versions import keras_3, keras_version

Tensors = Mapping[str, Any]


@dataclass(frozen=True)
class SGD:
    """Gradient descent: θ ← θ − η·g. Source: chapter 2, text on the training process in TensorFlow."""

    learning_rate: float = 0.01

    def slots(self, variable: Any) -> tuple[Any, ...]:
        """Return the optimizer's state for one variable, which is empty."""
        return ()

    def update(
        self,
        variable: Any,
        slots: tuple[Any, ...],
        gradient: Any,
        step: Any,
        settings: Tensors,
    ) -> Any:
        """Apply a gradient to a variable in place; return the operation."""
        return tf.raw_ops.ResourceApplyGradientDescent(
            var=variable.handle, alpha=settings["learning_rate"], delta=tf.convert_to_tensor(gradient)
        )


@dataclass(frozen=True)
class Adam:
    """Adam with ε outside the bias correction, as in TensorFlow.

    m ← m + (g − m)(1 − β₁);  v ← v + (g² − v)(1 − β₂);  θ ← θ − η·√(1 − β₂ᵗ)/(1 − β₁ᵗ)·m/(√v + ε).
    Source: chapter 1, exercise 1.06; chapter 2, exercise 2.03.
    """

    learning_rate: float = 0.01
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    def slots(self, variable: Any) -> tuple[Any, ...]:
        """Return the optimizer's state for one variable: first and second moment, zeros."""
        return tf.Variable(tf.zeros_like(variable)), tf.Variable(tf.zeros_like(variable))

    def update(
        self, variable: Any, slots: tuple[Any, ...], gradient: Any, step: Any, settings: Tensors
    ) -> Any:
        """Apply a gradient to a variable in place as update number `step`, from 1; return the operation."""
        first, second = slots
        count = tf.cast(step, variable.dtype)
        return tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=first.handle,
            v=second.handle,
            beta1_power=tf.pow(settings["beta_1"], count),
            beta2_power=tf.pow(settings["beta_2"], count),
            lr=settings["learning_rate"],
            beta1=settings["beta_1"],
            beta2=settings["beta_2"],
            epsilon=settings["epsilon"],
            grad=tf.convert_to_tensor(gradient),
        )


@dataclass(frozen=True)
class RMSprop:
    """RMSprop with ε outside the root, as in Keras up to 2.10.

    v ← ρ·v + (1 − ρ)·g²;  θ ← θ − η·g/(√v + ε). An embedding's row that is not in a batch has g = 0, so it
    stays and its v decays, as in Keras' sparse updates. Source: chapter 6, exercises 6.01 to 6.05.
    """

    learning_rate: float = 0.001
    rho: float = 0.9
    epsilon: float = 1e-7

    def slots(self, variable: Any) -> tuple[Any, ...]:
        """Return the optimizer's state for one variable: the mean of squared gradients, zeros."""
        return (tf.Variable(tf.zeros_like(variable)),)

    def update(
        self, variable: Any, slots: tuple[Any, ...], gradient: Any, step: Any, settings: Tensors
    ) -> Any:
        """Apply a gradient to a variable in place; return the operation."""
        (squares,) = slots
        rho = settings["rho"]
        mean = squares.assign(rho * squares + (1.0 - rho) * self.squared(gradient))
        divisor = self.divisor(mean, settings["epsilon"])
        change = settings["learning_rate"] * tf.convert_to_tensor(gradient) / divisor
        return variable.assign_sub(change, read_value=False)

    def squared(self, gradient: Any) -> Any:
        """Return g²."""
        return tf.square(tf.convert_to_tensor(gradient))

    def divisor(self, mean: Any, epsilon: Any) -> Any:
        """Return the divisor of a gradient, given v."""
        return tf.sqrt(mean) + epsilon


@dataclass(frozen=True)
class RMSpropUnderRoot(RMSprop):
    """RMSprop with ε under the root, as in Keras since 2.11: θ ← θ − η·g/√(v + ε).

    ε = 1e-7 under the root has the effect of 3e-4 outside it. Smaller gradients, such as those of a word's
    embedding in a batch, now change the weights much less than before.
    """

    def divisor(self, mean: Any, epsilon: Any) -> Any:
        """Return the divisor of a gradient, given v."""
        return tf.sqrt(mean + epsilon)


@dataclass(frozen=True)
class RMSpropOfKeras3(RMSpropUnderRoot):
    """RMSprop as in Keras 3 on TensorFlow, which adds the squares of a row that a batch looks up twice.

    Keras 2 first adds a row's gradients and then squares the sum. If the gradients of a word's occurrences
    cancel, v is now larger and the word learns more slowly; if they agree, v is smaller.
    """

    def squared(self, gradient: Any) -> Any:
        """Return g²; for an embedding's rows, the sum of the squares of their occurrences."""
        if isinstance(gradient, tf.IndexedSlices):
            gradient = tf.IndexedSlices(tf.square(gradient.values), gradient.indices, gradient.dense_shape)
            return tf.convert_to_tensor(gradient)
        return tf.square(gradient)


def rmsprop_at_hand() -> RMSprop:
    """Return RMSprop with default settings, as in the installed Keras."""
    if keras_version() < (2, 11):
        return RMSprop()
    return RMSpropOfKeras3() if keras_3() else RMSpropUnderRoot()


Optimizer = Union[Adam, RMSprop, SGD]


def as_tensor(optimizer: Optimizer, dtype: Any = "float32") -> Any:
    """Return the settings in their order as one tensor (settings,) of the variables' dtype."""
    return tf.constant([getattr(optimizer, f.name) for f in fields(optimizer)], dtype)


def by_name(kind: type, values: Any) -> dict[str, Any]:
    """Return the settings of `as_tensor` by name as scalar tensors."""
    return dict(zip((f.name for f in fields(kind)), tf.unstack(values)))


def from_tensor(kind: type, values: Any) -> Any:
    """Return the optimizer of settings, as the shortest decimals for these float32 numbers."""
    return kind(*(float(str(np.float32(value))) for value in values.numpy()))
