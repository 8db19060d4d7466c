"""Text: 1D Convolutions for Sequence Processing (chapter 5).

With the text that follows exercise 5.04, Performance of 1D Convnets (ch05.text09): pooling loses the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable

import numpy as np

from workshop.chapters.ch05_sequences.ex04_convolution import exercise_5_04_model
from workshop.numerics.dense import dense
from workshop.numerics.similarity import distance
from workshop.training.backend import keras
from workshop.training.summaries import built_layers
from workshop.units import unit

from ._probes import arrangement, sequence_model, with_drawn_weights


@dataclass(frozen=True)
class Convolutions:
    """Terms used by each output of a filter, by its size, and lengths after other strides and by pooling."""

    ngram: dict[int, list[list[str]]]
    stride_reduces: dict[int, int]
    pooling_reduces: dict[str, int]


@unit("ch05.text08", uses="tensorflow")
def convolutions(
    text: str = "life is good",
    sizes: tuple[int, ...] = (2, 3),
    length: int = 10,
    kernel_size: int = 5,
    strides: tuple[int, ...] = (1, 2, 3),
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
        pooling_reduces={
            "unpooled": int(filtered.shape[1]),
            "max": int(layers.MaxPooling1D(kernel_size)(filtered).shape[1]),
            "average": int(layers.AveragePooling1D(kernel_size)(filtered).shape[1]),
        },
    )


@dataclass(frozen=True)
class Elsewhere:
    """Where a filter responds most to a subsequence, by the place at which the subsequence begins.

    `response_gap` : largest difference of these responses from each other.
    """

    recognised_elsewhere: dict[int, int]
    response_gap: float


@unit("ch05.text08", uses="tensorflow")
def recognise_elsewhere(
    places: tuple[int, ...] = (0, 4, 9), length: int = 12, kernel_size: int = 3
) -> Elsewhere:
    """Put the subsequence that a filter looks for at several places of a sequence.

    Source: chapter 5, text on 1-D convolutions.
    """
    model = with_drawn_weights(sequence_model((length, 1), keras.layers.Conv1D(1, kernel_size)))
    sought = model.get_weights()[0][:, 0, 0]
    x = np.zeros((len(places), length, 1), np.float32)
    for row, place in zip(x, places):
        row[place : place + kernel_size, 0] = sought
    responses = np.array(model(x))[:, :, 0]
    highest = responses.max(axis=1)
    return Elsewhere(
        recognised_elsewhere={place: int(row.argmax()) for place, row in zip(places, responses)},
        response_gap=float(highest.max() - highest.min()),
    )


@dataclass(frozen=True)
class OrderLost:
    """The network of exercise 5.04 when its patches are permuted after the convolution.

    `pooled` : largest change of its output. `unpooled` : that of a Dense layer which reads the patches
    themselves. `by_maximum` : difference of its output from a Dense layer on each filter's largest patch.
    """

    pooled: float
    unpooled: float
    by_maximum: float


@unit("ch05.text09", uses="tensorflow")
def order_lost(rows: int = 8, pooled: int = 5) -> OrderLost:
    """Permute the patches that the pooling of exercise 5.04 reads.

    Of the convolution's six outputs these are the first `pooled`; its window does not reach the sixth.
    Source: chapter 5, text on the performance of 1-D convnets.
    """
    model = with_drawn_weights(exercise_5_04_model())
    reshape, convolution, *rest = built_layers(model)
    x = np.random.default_rng(7).normal(size=(rows, *model.input_shape[1:])).astype(np.float32)
    patches = convolution(reshape(x)).numpy()
    permuted = patches.copy()
    permuted[:, :pooled] = np.roll(patches[:, :pooled], 2, axis=1)
    without = sequence_model(patches.shape[1:], keras.layers.Flatten(), keras.layers.Dense(1))
    before, after = (through(rest, part) for part in (patches, permuted))
    by_hand = dense(patches[:, :pooled].max(axis=1), *model.get_weights()[-2:])
    return OrderLost(
        pooled=distance(after, before),
        unpooled=distance(without(permuted), without(patches)),
        by_maximum=distance(before, by_hand),
    )


def through(layers: Iterable[Any], values: Any) -> np.ndarray:
    """Return what layers make of values, one after the other."""
    for layer in layers:
        values = layer(values)
    return np.array(values)
