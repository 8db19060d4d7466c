"""A convolution as Python loops over pixels: what NumPy saves."""

from __future__ import annotations

import numpy as np

from benchmarks.harness.jobs import Convolution, Prepared


def convolution(job: Convolution) -> Prepared:
    """Sum window times kernel at each position, number by number, on lists."""
    images, kernel = job.images.tolist(), job.kernel.tolist()
    rows, columns, channels, filters = job.kernel.shape
    _, height, width, _ = job.images.shape

    def at(image: list[list[list[float]]], top: int, left: int) -> list[float]:
        sums = [0.0] * filters
        for row in range(rows):
            for column in range(columns):
                pixel, weights = image[top + row][left + column], kernel[row][column]
                for channel in range(channels):
                    for number in range(filters):
                        sums[number] += pixel[channel] * weights[channel][number]
        return sums

    def call() -> list[list[list[list[float]]]]:
        return [
            [
                [at(image, top, left) for left in range(width - columns + 1)]
                for top in range(height - rows + 1)
            ]
            for image in images
        ]

    return Prepared(call, lambda: [np.array(call(), np.float32)])
