"""What contenders are given: the same weights and inputs, as arrays, and the settings of one path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.harness.networks import Network

Arrays = list[np.ndarray]


@dataclass(frozen=True)
class Convolution:
    """A convolution without padding: images (n, height, width, channels), kernel (rows, columns, channels,
    filters).
    """

    images: np.ndarray
    kernel: np.ndarray


@dataclass(frozen=True)
class Inference:
    """One forward pass of a network over all rows of x."""

    network: Network
    weights: Arrays
    x: np.ndarray


@dataclass(frozen=True)
class Training:
    """Updates of a network on all batches of x and y, epoch after epoch.

    `optimizer` is "adam" or "sgd", with the learning rate; `epochs` are those of one call of a contender that
    takes all of them at once, `by_step` those of one that returns to Python after each step; `xla` whether
    XLA makes the network's loop faster.
    """

    network: Network
    weights: Arrays
    x: np.ndarray
    y: np.ndarray
    loss: str
    optimizer: str
    learning_rate: float
    batch_size: int
    epochs: int
    by_step: int
    xla: bool

    @property
    def steps(self) -> int:
        """Updates of an epoch."""
        return len(self.x) // self.batch_size

    def batches(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return x and y of each update of an epoch."""
        firsts = range(0, self.steps * self.batch_size, self.batch_size)
        return [(self.x[i : i + self.batch_size], self.y[i : i + self.batch_size]) for i in firsts]


@dataclass(frozen=True)
class Adversarial:
    """Iterations of a GAN of chapter 7: "sine" or "image" networks with their weights.

    `real` (iterations, batch, …), `faked` and `noise` (iterations, rows, features) are what the discriminator
    and the generator are fed with; `by_call` are the iterations of one call of a contender that returns to
    Python after each step; `joined` whether real samples and fakes make one update.
    """

    networks: str
    weights: tuple[Arrays, Arrays]
    real: np.ndarray
    faked: np.ndarray
    noise: np.ndarray
    by_call: int
    learning_rate: float
    beta_1: float
    joined: bool
    xla: bool


@dataclass(frozen=True)
class Product:
    """The product of two square float32 matrices: what limits arithmetic."""

    side: int


@dataclass(frozen=True)
class Copy:
    """A copy of this many bytes: what limits memory."""

    size: int


@dataclass(frozen=True)
class Errand:
    """Something the package does apart from running units, by name."""

    name: str


Job = Convolution | Inference | Training | Adversarial | Product | Copy | Errand


@dataclass(frozen=True)
class Prepared:
    """A contender that is ready: what one call does, how many units of work it is, and its results.

    `call` returns when everything is computed; `result` gives arrays that all contenders must agree on, none
    where there is nothing to compare.
    """

    call: Callable[[], Any]
    result: Callable[[], Arrays] = list
    units: int = 1
