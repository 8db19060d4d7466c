"""JAX: Keras' layers under `jax.jit`, and a jitted convolution."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from benchmarks.contenders.keras_models import built
from benchmarks.harness.jobs import Convolution, Inference, Prepared


def convolution(job: Convolution) -> Prepared:
    """`lax.conv_general_dilated` under `jax.jit`."""
    kernel = jax.numpy.asarray(job.kernel)
    layout = ("NHWC", "HWIO", "NHWC")
    convolve = jax.jit(
        lambda x: jax.lax.conv_general_dilated(x, kernel, (1, 1), "VALID", dimension_numbers=layout)
    )
    return Prepared(lambda: np.asarray(convolve(job.images)), lambda: [np.asarray(convolve(job.images))])


def inference(job: Inference) -> Prepared:
    """A Keras model's stateless call under `jax.jit`."""
    model = built(job.network, job.weights)
    trained = [variable.value for variable in model.trainable_variables]
    others = [variable.value for variable in model.non_trainable_variables]
    forward = jax.jit(lambda x: model.stateless_call(trained, others, x, training=False)[0])

    def call() -> Any:
        return np.asarray(forward(job.x))

    return Prepared(call, lambda: [call()])
