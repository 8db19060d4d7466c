"""Exercise 3.01: Implementing a Convolution Operation (page 113).

TensorFlow multiplies two small matrices entry by entry and adds up the products.
"""

from __future__ import annotations

from typing import Sequence

import numpy as np

from workshop.training.backend import tf

Matrix = Sequence[Sequence[int]]
IMAGE = ((1, 2, 3), (4, 5, 6), (7, 8, 9))
EDGES = ((1, 0, -1), (1, 0, -1), (1, 0, -1))


def exercise_3_01_in_tensorflow(a: Matrix = IMAGE, b: Matrix = EDGES) -> tuple[np.ndarray, int]:
    """Multiply two matrices element by element and sum the product, in TensorFlow's own calls."""
    image, kernel = tf.Variable(a), tf.Variable(b)
    product = tf.math.multiply(image, kernel)
    total = tf.math.reduce_sum(product)
    return product.numpy(), int(total)
