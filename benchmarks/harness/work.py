"""What a computation can't do without: operations and bytes, and so the least time on a machine.

Counted are, for float32 (4 bytes):

- operations: 2 for each multiplication with its addition, of dense products, convolutions and gates; what
  activations, pooling and losses cost is left out. A training step costs three forward passes: the pass
  itself, the gradient for the inputs of each layer, and that for its weights.
- bytes, forward: weights read once; each layer's output written once and read once by the next; the inputs
  read. Backward: outputs read and their gradients written and read once more. The optimizer: gradient written
  and read, weights read and written, and for Adam both moments read and written; of an embedding the rows
  looked up.

The floor is the longer of operations at the machine's float32 GEMM rate and bytes at its memory bandwidth.
What fits into the caches moves faster than that, so that a fraction of the limit above 1 means: out of cache.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from benchmarks.harness.networks import RECURRENT, Network, Shaped, shaped
from workshop.training.summaries import built_layers


@dataclass(frozen=True)
class Limits:
    """What a machine reached in this session: FLOP/s of a float32 GEMM, bytes/s of a copy, and how."""

    flops: float
    bandwidth: float
    note: str


@dataclass(frozen=True)
class Work:
    """Operations and bytes of one unit of work."""

    flops: float
    bytes: float

    def __add__(self, other: Work) -> Work:
        return Work(self.flops + other.flops, self.bytes + other.bytes)

    def floor(self, limits: Limits) -> float:
        """Return its least time on a machine in seconds: that of the arithmetic or of the memory."""
        return max(self.flops / limits.flops, self.bytes / limits.bandwidth)


# of a pass over 128 images: 128 fakes, and updates of both networks on 256 rows; its bytes are not counted
DCGAN = Work(18.6e9, 0.0)


def convolution(images: tuple[int, ...], kernel: tuple[int, ...]) -> Work:
    """Return the work of a convolution without padding, (n, height, width, channels) by its kernel."""
    n, height, width, channels = images
    rows, columns, _, filters = kernel
    made = n * (height - rows + 1) * (width - columns + 1) * filters
    return Work(2 * made * rows * columns * channels, 4.0 * (math.prod(images) + math.prod(kernel) + made))


def inference(network: Network, rows: int) -> Work:
    """Return the work of one forward pass over this many rows."""
    layers = shaped(network)
    outputs = 2 * sum(math.prod(layer.made) for layer in layers)
    moved = rows * (math.prod(network.shape) + outputs) + sum(_weights_read(la, rows) for la in layers)
    return Work(rows * sum(_flops(layer) for layer in layers), 4.0 * moved)


def training_step(network: Network, rows: int, *, moments: int) -> Work:
    """Return the work of one update on a batch; `moments` is 2 for Adam, 0 for gradient descent."""
    forward, layers = inference(network, rows), shaped(network)
    outputs = rows * sum(math.prod(layer.made) for layer in layers)
    updated = sum(_weights_read(layer, rows) for layer in layers)
    return Work(3 * forward.flops, forward.bytes + 4 * (3 * outputs + (4 + 2 * moments) * updated))


def products(model: Any, trained: float, judged: float = 0, *, shape: tuple[int, ...] = ()) -> float:
    """Return the operations of a Keras model's products for rows to train on and rows to judge.

    `shape` is that of a row, where the model leaves it open. The gradient for a row itself is not needed.
    """
    taken, flops = shape or tuple(model.input_shape[1:]), []
    for layer in built_layers(model):
        made = tuple(layer.compute_output_shape((1, *taken)))[1:]
        weights = tuple(tuple(weight.shape) for weight in layer.weights)
        if weights:
            flops.append(_flops(Shaped(type(layer).__name__, (), taken, made, weights)))
        taken = made
    return trained * (3 * sum(flops) - flops[0]) + judged * sum(flops)


def _flops(layer: Shaped) -> float:
    """Return the operations for one row."""
    if layer.kind == "Dense" or layer.kind.startswith("Conv"):
        places = layer.taken if layer.kind.endswith("Transpose") else layer.made
        return 2.0 * math.prod(places[:-1]) * math.prod(layer.weights[0])
    if layer.kind in (*RECURRENT, "RNN", "Bidirectional", "BidirectionalLSTM"):
        kernels = (
            layer.weights[0::3] + layer.weights[1::3]
        )  # of each direction or cell; the third is its bias
        return 2.0 * layer.taken[0] * sum(math.prod(shape) for shape in kernels)
    return 0.0


def _weights_read(layer: Shaped, rows: int) -> int:
    """Return how many weights a forward pass reads: of an embedding one row a word."""
    if layer.kind == "Embedding":
        return min(rows * math.prod(layer.made), math.prod(layer.weights[0]))
    return sum(math.prod(shape) for shape in layer.weights)
