"""The text of chapter 6: LSTM versus Plain RNNs."""

import numpy as np
import pytest

from workshop.measures.ch06_sentiment import text07_lstm_versus_plain_rnn

pytestmark = pytest.mark.usefixtures("tensorflow")


def test_a_fifth_of_the_labels_is_wrong():
    x, y = text07_lstm_versus_plain_rnn.noisy_sequences(np.random.default_rng(0), 20000, 8, 3, 0.2)

    assert (x.shape, y.shape) == ((20000, 8, 3), (20000, 1))
    assert 0.19 < np.mean((x[:, :, 0].sum(axis=1) > 0) != (y[:, 0] == 1)) < 0.21
