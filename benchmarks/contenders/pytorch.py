"""PyTorch, eager, with weights that lie as in Keras: images channels-last, gates in its own order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks.harness.jobs import Arrays, Convolution, Inference, Prepared, Training
from benchmarks.harness.networks import Network, Shaped, reordered, shaped

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
# columns of Keras' gates in PyTorch's order
GATES = {"SimpleRNN": [0], "LSTM": [0, 1, 2, 3], "GRU": [1, 0, 2]}
ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "softmax": nn.Softmax, "linear": nn.Identity}
LOSSES = {
    "binary_crossentropy": nn.BCEWithLogitsLoss,
    "sparse_categorical_crossentropy": nn.CrossEntropyLoss,
    "mean_squared_error": nn.MSELoss,
}


def tensor(array: np.ndarray) -> Any:
    """Return a tensor on the device; whole numbers as PyTorch indexes with."""
    made = torch.from_numpy(array).to(DEVICE)
    return made if made.is_floating_point() else made.long()


def convolution(job: Convolution) -> Prepared:
    """`conv2d` on images whose channels lie last, as they do in the array."""
    kernel = tensor(job.kernel).permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)

    @torch.inference_mode()
    def call() -> Any:
        images = tensor(job.images).permute(0, 3, 1, 2)
        return nn.functional.conv2d(images, kernel).permute(0, 2, 3, 1).cpu().numpy()

    return Prepared(call, lambda: [call()])


def inference(job: Inference) -> Prepared:
    """The model in inference mode."""
    model = Model(job.network)
    model.load(job.weights)
    last = nn.Sigmoid() if job.network.outputs == 1 else nn.Softmax(-1)

    @torch.inference_mode()
    def call() -> Any:
        return last(model(tensor(job.x))).cpu().numpy()

    return Prepared(call, lambda: [call()])


def training(job: Training) -> Prepared:
    """The usual loop: zero_grad, forward, loss, backward, step."""
    loss, model = LOSSES[job.loss](), Model(job.network)
    model.load(job.weights)
    parameters = [p for p in model.parameters() if p.requires_grad]
    adam = job.optimizer == "adam"
    optimizer = (torch.optim.Adam if adam else torch.optim.SGD)(parameters, job.learning_rate)
    batches = [(tensor(x), tensor(y)) for x, y in job.batches()]

    def run(epochs: int) -> Arrays:
        for epoch in range(epochs):
            for number, (x, y) in enumerate(batches, start=1 + epoch * len(batches)):
                if adam:  # Keras has ε outside the bias correction
                    optimizer.param_groups[0]["eps"] = 1e-7 / math.sqrt(1 - 0.999**number)
                optimizer.zero_grad()
                loss(model(x), y).backward()
                optimizer.step()
        return model.saved()

    return Prepared(lambda: run(job.by_step), lambda: run(1), job.by_step * job.steps)


class Model(nn.Module):
    """A network without its last activation, which the losses of PyTorch take in."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        *layers, _ = (module for layer in shaped(network) for module in _modules(layer))
        self.layers = nn.Sequential(*layers).to(DEVICE, memory_format=torch.channels_last)

    def forward(self, x: Any) -> Any:
        """Return logits, or the forecast, (rows, units)."""
        return self.layers(x)

    @torch.no_grad()
    def load(self, weights: Arrays) -> None:
        """Set all weights from arrays that lie as in Keras."""
        rest = list(weights)
        for layer in self.layers:
            rest = layer.load(rest) if hasattr(layer, "load") else rest

    def saved(self) -> Arrays:
        """Return all weights as Keras lays them."""
        return [array for layer in self.layers if hasattr(layer, "load") for array in layer.saved()]


def _modules(layer: Shaped) -> list[nn.Module]:
    """Return a layer's modules; its activation comes last."""
    kind, arguments, inputs = layer.kind, layer.arguments, layer.taken[-1]
    if kind == "Dense":
        units, activation = arguments
        return [Dense(inputs, units), ACTIVATIONS[activation]()]
    if kind == "Conv2D":
        filters, size, activation = arguments
        first = [] if inputs > 3 else [ChannelsFirst()]
        return [*first, Convolutions(inputs, filters, size), ACTIVATIONS[activation]()]
    if kind == "MaxPooling2D":
        return [nn.MaxPool2d(*arguments)]
    if kind == "Flatten":
        return [Flattened()]
    if kind == "Reshape":
        return [nn.Unflatten(1, *arguments)]
    if kind == "Embedding":
        return [Words(*arguments)]
    two_ways = kind == "BidirectionalLSTM"
    units, every_step = (*arguments, False)[:2]
    return [Recurrent("LSTM" if two_ways else kind, inputs, units, every_step, two_ways)]


class ChannelsFirst(nn.Module):
    """Turn images (n, height, width, channels) to PyTorch's order of axes, where they lie."""

    def forward(self, x: Any) -> Any:
        """Return (n, channels, height, width) in memory of the format channels-last."""
        return x.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


class Flattened(nn.Module):
    """Flatten rows; images in the order (height, width, channels)."""

    def forward(self, x: Any) -> Any:
        """Return (n, numbers)."""
        return (x.permute(0, 2, 3, 1) if x.dim() == 4 else x).flatten(1)


class AsInKeras:
    """A layer some views of whose weights lie as in Keras."""

    def load(self, weights: Arrays) -> Arrays:
        """Take its weights; return the others."""
        views = self.views()
        for view, array in zip(views, weights, strict=False):
            view.copy_(tensor(array))
        return weights[len(views) :]

    def saved(self) -> Arrays:
        """Return its weights."""
        return [view.detach().cpu().numpy() for view in self.views()]


class Dense(AsInKeras, nn.Linear):
    """A dense layer; Keras has its kernel transposed."""

    def views(self) -> list[Any]:
        """Return kernel and bias."""
        return [self.weight.T, self.bias]


class Convolutions(AsInKeras, nn.Conv2d):
    """A convolution; Keras has its kernel as (height, width, channels, filters)."""

    def views(self) -> list[Any]:
        """Return kernel and bias."""
        return [self.weight.permute(2, 3, 1, 0), self.bias]


class Words(AsInKeras, nn.Embedding):
    """An embedding."""

    def views(self) -> list[Any]:
        """Return the table."""
        return [self.weight]


class Recurrent(nn.Module):
    """A recurrent layer with one bias as in Keras, but GRU, which has two there, too."""

    def __init__(self, kind: str, inputs: int, units: int, every_step: bool, two_ways: bool) -> None:
        super().__init__()
        self.kind, self.every_step, self.two_ways = kind, every_step, two_ways
        cell = {"SimpleRNN": nn.RNN}.get(kind) or getattr(nn, kind)
        self.cell = cell(inputs, units, batch_first=True, bidirectional=two_ways)
        if kind != "GRU":
            for direction in self._directions():
                direction[3].requires_grad_(requires_grad=False)

    def forward(self, x: Any) -> Any:
        """Return the outputs of every step, or what each direction ends with."""
        outputs, state = self.cell(x)
        if self.every_step:
            return outputs
        hidden = state[0] if self.kind == "LSTM" else state
        return torch.cat([hidden[0], hidden[1]], -1) if self.two_ways else hidden[0]

    def load(self, weights: Arrays) -> Arrays:
        """Take kernel, recurrent kernel and bias of each direction; return the other weights."""
        for kernel, recurrent, of_input, of_hidden in self._directions():
            for parameter, array in zip((kernel, recurrent), weights, strict=False):
                parameter.copy_(tensor(self._gates(array).T))
            both = weights[2] if self.kind == "GRU" else np.stack([weights[2], np.zeros_like(weights[2])])
            for parameter, array in zip((of_input, of_hidden), both, strict=True):
                parameter.copy_(tensor(self._gates(array)))
            weights = weights[3:]
        return weights

    def saved(self) -> Arrays:
        """Return kernel, recurrent kernel and bias of each direction."""
        arrays = []
        for direction in self._directions():
            kernel, recurrent, of_input, of_hidden = (p.detach().cpu().numpy() for p in direction)
            biases = [self._gates(of_input), self._gates(of_hidden)]
            bias = np.stack(biases) if self.kind == "GRU" else biases[0]
            arrays += [self._gates(kernel.T), self._gates(recurrent.T), bias]
        return arrays

    def _directions(self) -> list[tuple[Any, Any, Any, Any]]:
        found = list(self.cell.parameters())
        return [tuple(found[first : first + 4]) for first in range(0, len(found), 4)]

    def _gates(self, array: np.ndarray) -> np.ndarray:
        """Return the gates' columns in the other library's order; doing it twice gives them back."""
        return reordered(array, GATES[self.kind])
