"""Text: Generating Handwritten Images Using DCGANs (chapter 7, page 365).

The digits that a DCGAN imitates, and the labels of a batch that joins real and generated images. The training
itself is in the module of exercise 7.05.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.units import unit

from ._images import require, with_channel


def joined_labels(batch: int) -> np.ndarray:
    """Return the labels of a batch: ones for its real images, then zeros for as many generated ones.

    float32 (2·batch, 1). Source: chapter 7, text on the training process.
    """
    return np.repeat(np.array([[1], [0]], np.float32), batch, axis=0)


@unit("ch07.text07", value="labels")
def labels(batch: int = 128) -> dict[str, dict[str, Any]]:
    """Label a joined batch.

    Returns the labels of the first and the last `batch` rows of a joined batch, and the number of rows.
    Source: chapter 7, text on the training process.
    """
    given = joined_labels(batch)
    halves = {"real": given[:batch], "fake": given[batch:]}
    return {name: {"labels": np.unique(half).tolist(), "rows": len(half)} for name, half in halves.items()}


@dataclass(frozen=True)
class Digits:
    """The training set, and its shape with the channel axis.

    `mnist_classes` : the distinct labels.
    """

    mnist_train_size: int
    mnist_classes: list[int]
    channel_axis: list[int]


@unit("ch07.text07")
def digits(mnist: Any) -> Digits:
    """Read the training digits and add the channel axis.

    Parameters
    ----------
    mnist : x_train uint8 (n, height, width), y_train (n,).

    Source: chapter 7, text on generating handwritten images with DCGANs.
    """
    require(mnist, "x_train", "y_train")
    return Digits(
        mnist_train_size=len(mnist.x_train),
        mnist_classes=np.unique(mnist.y_train).tolist(),
        channel_axis=list(with_channel(mnist.x_train).shape),
    )
