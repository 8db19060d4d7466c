"""Text: 1D Convolutions for Sequence Processing (chapter 5).

With the text that follows exercise 5.04, Performance of 1D Convnets (ch05.text09): pooling loses the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Tuple

import numpy as np

from workshop.chapters.ch05_sequences._networks import layer_settings
from workshop.chapters.ch05_sequences._probes import arrangement, sequence_model
from workshop.chapters.ch05_sequences.ex04_convolution import exercise_5_04_model
from workshop.training.backend import keras
from workshop.units import unit


@dataclass(frozen=True)
class Lengths:
    """Steps of a convolution's output as it is, and after both kinds of pooling."""

    unpooled: int
    max: int
    average: int


@dataclass(frozen=True)
class Convolutions:
    """Terms used by each output of a filter, by its size, and lengths after other strides and pooling."""

    ngram: Dict[int, List[List[str]]]
    stride_reduces: Dict[int, int]
    pooling_reduces: Lengths


@unit("ch05.text08", uses=("tensorflow",))
def convolutions(
    text: str = "life is good",
    sizes: Tuple[int, ...] = (2, 3),
    length: int = 10,
    kernel_size: int = 5,
    strides: Tuple[int, ...] = (1, 2, 3),
) -> Convolutions:
    """Slide filters over a sentence, and over a sequence with other strides and pooling.

    Source: chapter 5, text on 1-D convolutions.
    """
    layers = keras.layers
    terms = text.split()
    one_hot = np.eye(len(terms), dtype=np.float32)[np.newaxis]
    steps = {size: arrangement(one_hot, layers.Conv1D(1, size)).sees for size in sizes}
    x = np.zeros((1, length, 1), np.float32)
    filtered = layers.Conv1D(1, kernel_size)(x)
    return Convolutions(
        ngram={size: [[terms[step] for step in places] for places in steps[size]] for size in sizes},
        stride_reduces={
            stride: int(layers.Conv1D(1, kernel_size, strides=stride)(x).shape[1]) for stride in strides
        },
        pooling_reduces=Lengths(
            unpooled=int(filtered.shape[1]),
            max=int(layers.MaxPooling1D(kernel_size)(filtered).shape[1]),
            average=int(layers.AveragePooling1D(kernel_size)(filtered).shape[1]),
        ),
    )


@dataclass(frozen=True)
class OrderLost:
    """Changes of the outputs when the sequence's patches are permuted, pooled as a whole and not pooled."""

    pooled: float
    unpooled: float


@unit("ch05.text09", uses=("tensorflow",))
def order_lost(rows: int = 4, patches: int = 6) -> OrderLost:
    """Permute the adjacent patches that the convolution of exercise 5.04 reads.

    Source: chapter 5, text on the performance of 1-D convnets.
    """
    layers = keras.layers
    settings = layer_settings(exercise_5_04_model())
    size, filters = settings["kernel_size"], settings["filters"]
    rng = np.random.default_rng(7)
    x = rng.normal(size=(rows, patches, size, 1)).astype(np.float32)
    permuted = x[:, np.roll(rng.permutation(patches), 1)]
    moved = []
    for pooling in ([layers.MaxPooling1D(patches)], []):
        # the stride equals the filter's length, so the patches do not overlap and can be permuted
        model = sequence_model(
            (patches * size, 1), layers.Conv1D(filters, size, strides=size, activation="relu"), *pooling
        )
        outputs = [model(part.reshape(rows, -1, 1)).numpy() for part in (x, permuted)]
        moved.append(float(np.abs(outputs[0] - outputs[1]).max()))
    return OrderLost(*moved)
