"""Exercise 5.02: Implementing the Forward Pass of a Simple RNN Using TensorFlow (page 230).

Two steps of a recurrent layer are computed with TensorFlow.
"""

from __future__ import annotations

from typing import Tuple

import numpy as np

from workshop.training.backend import tf

Step = Tuple[Tuple[float, float], ...]
XT0 = ((0.0, 1.0), (2.0, 3.0), (4.0, 5.0))
XT1 = ((100.0, 101.0), (102.0, 103.0), (104.0, 105.0))


def exercise_5_02_in_tensorflow(
    xt0: Step = XT0, xt1: Step = XT1, neurons: int = 3, global_seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the weights and compute two time steps, in TensorFlow's own calls."""
    tf.random.set_seed(global_seed)
    wf = tf.Variable(tf.random.normal([2, neurons]))
    wr = tf.Variable(tf.random.normal([neurons, neurons]))
    b = tf.zeros([1, neurons])
    yt0 = tf.tanh(tf.matmul(xt0, wf) + b)
    yt1 = tf.tanh(tf.matmul(yt0, wr) + tf.matmul(xt1, wf) + b)
    return yt0.numpy(), yt1.numpy()
