"""Convolution by hand, compared with sums worked out on paper and with Keras' layer."""

import numpy as np
import pytest

from workshop.numerics import convolution1d


def test_a_window_longer_than_the_sequence_is_refused():
    with pytest.raises(ValueError, match="a window of 4 does not fit into 3 pixels"):
        convolution1d.windows(np.zeros((1, 3, 1)), 4)


def test_convolution_by_hand():
    x = np.array([[[1.0], [2.0], [3.0], [4.0]]])

    found = convolution1d.convolve(x, np.array([[[1.0]], [[10.0]]]), np.array([0.5]))

    assert found.tolist() == [[[21.5], [32.5], [43.5]]]


@pytest.mark.parametrize(("size", "stride"), [(3, 1), (5, 1), (5, 2)])
def test_convolution_equals_keras(size, stride):
    layers = pytest.importorskip("tensorflow").keras.layers
    rng = np.random.default_rng(size * 10 + stride)
    x = rng.normal(size=(2, 10, 3)).astype(np.float32)
    kernel, bias = rng.normal(size=(size, 3, 4)).astype(np.float32), rng.normal(size=4).astype(np.float32)
    layer = layers.Conv1D(4, size, strides=stride)
    layer.build(x.shape)
    layer.set_weights([kernel, bias])

    by_hand = convolution1d.convolve(x, kernel, bias, stride=stride)

    np.testing.assert_allclose(by_hand, layer(x).numpy(), rtol=1e-5, atol=1e-5)
