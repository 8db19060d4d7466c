"""The networks of chapter 6 as they are trained."""

from __future__ import annotations

import pytest

from workshop.chapters.ch06_sentiment import act01_amazon_reviews as act01
from workshop.chapters.ch06_sentiment.ex01_plain_rnn import exercise_6_01_model
from workshop.chapters.ch06_sentiment.ex02_lstm import exercise_6_02_model
from workshop.chapters.ch06_sentiment.ex03_gru import exercise_6_03_model
from workshop.chapters.ch06_sentiment.ex04_bidirectional_lstm import exercise_6_04_model
from workshop.chapters.ch06_sentiment.ex05_stacked_lstm import exercise_6_05_model
from workshop.measures.ch06_sentiment import _training
from workshop.training.fitting import Network
from workshop.training.one_loop import in_one_loop

pytestmark = pytest.mark.usefixtures("tensorflow")

# type and rate of each layer that drops something, as the book lists them
DROPPED = {
    exercise_6_01_model: [("SpatialDropout1D", 0.4), ("Dropout", 0.4)],
    exercise_6_02_model: [("SpatialDropout1D", 0.4), ("Dropout", 0.4)],
    exercise_6_03_model: [("SpatialDropout1D", 0.4), ("Dropout", 0.4)],
    exercise_6_04_model: [("SpatialDropout1D", 0.4), ("Dropout", 0.4)],
    exercise_6_05_model: [("SpatialDropout1D", 0.4), ("Dropout", 0.5)],
    act01.activity_6_01_model: [
        ("SpatialDropout1D", 0.4),
        ("Dropout", 0.4),
        ("Dropout", 0.5),
        ("Dropout", 0.5),
    ],
}


def rates(model):
    """Return type and rate of each layer that drops something."""
    return [(type(layer).__name__, layer.rate) for layer in model.layers if hasattr(layer, "rate")]


@pytest.mark.parametrize("builder", DROPPED, ids=lambda builder: builder.__name__)
def test_the_trained_form_drops_as_much_as_the_book_says(monkeypatch, builder) -> None:
    """What `fit` is given has the documented rates, layer by layer, also where two LSTMs run in one loop."""
    given = []

    class Stop(Exception):
        """Ends a training before it begins."""

    def spying(network, *_, **__):
        given.append(network)
        raise Stop

    monkeypatch.setattr(_training, "fit", spying)
    x = _training.np.zeros((10, 4), _training.np.int32)
    data = _training.Padded(x, x[:, :1], x, x[:, :1])

    with pytest.raises(Stop):
        _training.trained(builder, data, None, seed=1, epochs=1, batch_size=2, share=0.2)

    assert given == [Network(in_one_loop, (builder,))]
    assert rates(given[0].model) == rates(builder()) == DROPPED[builder]
