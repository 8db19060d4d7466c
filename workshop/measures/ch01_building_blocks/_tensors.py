"""Rank and shape of tensors, as Python numbers."""

from __future__ import annotations

from typing import Any

from workshop.training.backend import tf


def rank_of(tensor: Any) -> int:
    """Return the number of a tensor's axes."""
    return int(tf.rank(tensor).numpy())


def shape_of(tensor: Any) -> list[int]:
    """Return the number of elements along each axis of a tensor."""
    return [int(size) for size in tf.shape(tensor).numpy()]
