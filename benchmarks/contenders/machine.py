"""What a machine can do at most: a float32 product of matrices, and a copy; by NumPy, TensorFlow or JAX."""

from __future__ import annotations

import numpy as np

from benchmarks.harness.jobs import Copy, Prepared, Product


def _matrix(side: int) -> np.ndarray:
    return np.random.default_rng(0).random((side, side), np.float32)


def numpy_product(job: Product) -> Prepared:
    """`np.matmul` into an array that is there."""
    a, b, out = _matrix(job.side), _matrix(job.side), np.empty((job.side, job.side), np.float32)
    return Prepared(lambda: np.matmul(a, b, out=out))


def numpy_copy(job: Copy) -> Prepared:
    """`np.copyto`."""
    source, target = np.ones(job.size, np.uint8), np.zeros(job.size, np.uint8)
    return Prepared(lambda: np.copyto(target, source))


def tensorflow_product(job: Product) -> Prepared:
    """`tf.matmul`; one number comes back, which waits for the device."""
    import tensorflow as tf

    a, b = tf.constant(_matrix(job.side)), tf.constant(_matrix(job.side))

    def call() -> None:
        tf.matmul(a, b)[0, 0].numpy()

    return Prepared(call)


def tensorflow_copy(job: Copy) -> Prepared:
    """`tf.identity` of an array on the device, as an addition of zero."""
    import tensorflow as tf

    source = tf.ones(job.size // 4)

    def call() -> None:
        (source + 0.0)[0].numpy()

    return Prepared(call)


def jax_product(job: Product) -> Prepared:
    """`jnp.matmul`."""
    import jax

    a, b = jax.numpy.asarray(_matrix(job.side)), jax.numpy.asarray(_matrix(job.side))

    def call() -> None:
        (a @ b).block_until_ready()

    return Prepared(call)


def jax_copy(job: Copy) -> Prepared:
    """A copy on the device."""
    import jax

    source = jax.numpy.ones(job.size // 4, np.float32)

    def call() -> None:
        (source + 0.0).block_until_ready()

    return Prepared(call)
