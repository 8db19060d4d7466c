"""Optimizers as settings, applied by TensorFlow's own fused kernels.

The kernels are those behind the optimizers of TensorFlow 2.1, so that a descent gives the same float32 digits
on every later TensorFlow; Keras 3 composes Adam of single operations and differs in the last digits.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Dict, Mapping, Tuple, Union

import numpy as np

from workshop.training.backend import tf

Tensors = Mapping[str, Any]


@dataclass(frozen=True)
class SGD:
    """Gradient descent: θ ← θ − η·g. Source: chapter 2, text on the training process in TensorFlow."""

    learning_rate: float = 0.01

    def slots(self, variable: Any) -> Tuple[Any, ...]:
        """Return the optimizer's state for one variable: none."""
        return ()

    def update(
        self,
        variable: Any,
        slots: Tuple[Any, ...],
        gradient: Any,
        step: Any,
        settings: Tensors,
    ) -> Any:
        """Apply a gradient to a variable in place; return the operation."""
        return tf.raw_ops.ResourceApplyGradientDescent(
            var=variable.handle, alpha=settings["learning_rate"], delta=gradient
        )


@dataclass(frozen=True)
class Adam:
    """Adam with ε outside the bias correction, as TensorFlow has it.

    m ← m + (g − m)(1 − β₁);  v ← v + (g² − v)(1 − β₂);  θ ← θ − η·√(1 − β₂ᵗ)/(1 − β₁ᵗ)·m/(√v + ε).
    Source: chapter 1, exercise 1.06; chapter 2, exercise 2.03.
    """

    learning_rate: float = 0.01
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    def slots(self, variable: Any) -> Tuple[Any, ...]:
        """Return the optimizer's state for one variable: first and second moment, zeros."""
        return tf.Variable(tf.zeros_like(variable)), tf.Variable(tf.zeros_like(variable))

    def update(
        self, variable: Any, slots: Tuple[Any, ...], gradient: Any, step: Any, settings: Tensors
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
            grad=gradient,
        )


Optimizer = Union[Adam, SGD]


def as_tensors(optimizer: Optimizer, dtype: Any = "float32") -> Dict[str, Any]:
    """Return the settings by name as the scalars that the kernels take, of the variables' dtype."""
    return {f.name: tf.constant(getattr(optimizer, f.name), dtype) for f in fields(optimizer)}


def from_tensors(kind: type, tensors: Tensors) -> Any:
    """Read the settings back from the tensors: the shortest decimals that are these float32 numbers."""
    return kind(**{name: float(str(np.float32(tensor.numpy()))) for name, tensor in tensors.items()})
