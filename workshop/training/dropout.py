"""Dropout masks as a function of seed, layer, update and position, the same on every TensorFlow."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Sequence

import numpy as np

from workshop.training.backend import keras, tf

_WORD = 0xFFFFFFFF
_MULTIPLIER = 0x45D9F3B
_GOLDEN = 0x9E3779B9
_SHARES = ("rate", "stddev", "dropout", "recurrent_dropout")


def keys_of(seeds: Sequence[int]) -> np.ndarray:
    """Return one 32-bit key per seed; int64 of shape (seeds,)."""
    return np.array([np.random.SeedSequence(int(s)).generate_state(1)[0] for s in seeds], dtype=np.int64)


def keep_mask(keys: Any, *, layer: int, update: Any, shape: Sequence[int], rate: float) -> Any:
    """Draw which activations stay.

    TensorFlow's own stateless draws differ under XLA and between versions. These are products of integers and
    the same everywhere.

    Parameters
    ----------
    keys : int64, one key or one per lane; () or (lanes,).
    layer, update : numbers of layer and update.
    shape : rows and features of one lane's activations.
    rate : the share of activations that are dropped.

    Returns
    -------
    True where an activation stays, of shape `shape` or (lanes, *shape).
    """
    axes = [1] * len(shape)
    state = _mixed(keys + _GOLDEN * (layer + 1))
    state = _mixed(state + tf.cast(update, tf.int64))
    state = tf.reshape(state, [*keys.shape, *axes])
    positions = tf.constant(np.arange(1, np.prod(shape) + 1, dtype=np.int64).reshape(shape))
    bits = _mixed(tf.bitwise.bitwise_xor(state, _mixed(positions)))
    return bits >= int(rate * 2**32)


def _mixed(bits: Any) -> Any:
    """Mix the lower 32 bits of int64 numbers by shifts and products of at most 63 bits."""
    bits = tf.bitwise.bitwise_and(bits, _WORD)
    for _ in range(2):
        bits = _folded(bits) * _MULTIPLIER
        bits = tf.bitwise.bitwise_and(bits, _WORD)
    return _folded(bits)


def _folded(bits: Any) -> Any:
    return tf.bitwise.bitwise_xor(bits, tf.bitwise.right_shift(bits, tf.constant(16, tf.int64)))


def dropped(layer: Any, x: Any, keys: Any, number: int, update: Any) -> Any:
    """Apply a Dropout or SpatialDropout1D layer, number `number` of its model, in training.

    `x` is (rows, …) or (lanes, rows, …). SpatialDropout1D takes (…, rows, steps, features) and drops a
    feature at all steps of a row or at none.

    Raises
    ------
    ValueError
        If the layer has a `noise_shape`.
    """
    rate = float(layer.rate)
    shape = tuple(int(size) for size in x.shape)[len(keys.shape) :]
    if type(layer) is keras.layers.SpatialDropout1D:
        shape = (shape[0], 1, shape[2])
    elif layer.noise_shape is not None:
        raise ValueError(f"{layer.name}: masks have the activations' shape: leave noise_shape out")
    stays = keep_mask(keys, layer=number, update=update, shape=shape, rate=rate)
    return tf.where(stays, x / (1.0 - rate), tf.zeros_like(x))


@lru_cache(maxsize=None)  # its layers' settings take long to read
def drawing(model: Any) -> tuple[Any, ...]:
    """Return the layers of a model that draw random numbers in training."""
    return tuple(layer for layer in model.layers if _draws(layer.get_config()))


def _draws(config: Any) -> bool:
    if isinstance(config, dict):
        return any(
            _draws(value) or (name in _SHARES and isinstance(value, (int, float)) and value > 0)
            for name, value in config.items()
        )
    return isinstance(config, (list, tuple)) and any(_draws(value) for value in config)
