"""The networks of chapter 6 as run and as trained: claims refuse networks that only look like the book's."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from workshop.chapters.ch06_sentiment import _networks_by_hand, _training
from workshop.chapters.ch06_sentiment import act01_amazon_reviews as act01
from workshop.chapters.ch06_sentiment.ex01_plain_rnn import exercise_6_01_model
from workshop.chapters.ch06_sentiment.ex02_lstm import exercise_6_02_model
from workshop.chapters.ch06_sentiment.ex03_gru import exercise_6_03_model
from workshop.chapters.ch06_sentiment.ex04_bidirectional_lstm import exercise_6_04_model
from workshop.chapters.ch06_sentiment.ex05_stacked_lstm import exercise_6_05_model
from workshop.ledger import ledger
from workshop.numerics.reference_network import bidirectional, gru, lstm, rnn
from workshop.paths import follow
from workshop.training import backend
from workshop.training.fitting import Network
from workshop.training.one_loop import in_one_loop

pytestmark = pytest.mark.usefixtures("tensorflow")

KINDS = {
    "ch06.ex01": (rnn(),),
    "ch06.ex02": (lstm(),),
    "ch06.ex03": (gru(),),
    "ch06.ex04": (bidirectional(lstm(every_step=True)),),
    "ch06.ex05": (lstm(every_step=True), lstm()),
    "ch06.act01": (lstm(every_step=True), lstm()),
}
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


def built(*between, head=None, **embedding):
    """Return a network of a vocabulary of 8000 with these layers between embedding and output."""
    layers = backend.keras.layers
    return backend.keras.models.Sequential(
        [
            layers.InputLayer((None,)),
            layers.Embedding(embedding.pop("vocabulary", 8000), 32, **embedding),
            layers.SpatialDropout1D(0.4),
            *between,
            layers.Dropout(0.4),
            head or layers.Dense(1, activation="sigmoid"),
        ]
    )


def documented_model(unit):
    """Return the built network of a unit."""
    models = dict(zip(KINDS, DROPPED, strict=True))
    return models[unit]()


def run(unit, model):
    """Return a network's run, compared with the layers that the unit's network has in the book."""
    return SimpleNamespace(
        network_run=_networks_by_hand.run_of(model, *KINDS[unit], hidden=2 * (unit == "ch06.act01"))
    )


def decided(claim_id, run, **known):
    """Return whether a claim accepts a run; what else it asks for is `known`, by its name."""
    claim = ledger().claims[claim_id]
    values = {
        name: known[name] if name in known else follow(getattr(run, m.field), m.steps)
        for name, m in claim.measures().items()
    }
    return claim.rule.decide(claim.documented, values.get("", values)).holds


def summary_holds(unit, run, **changed):
    """Return whether the claim on a unit's summary accepts a run, if table and rates are the printed ones."""
    known = {"summary": ledger().claims[f"{unit}.summary"].documented}
    if unit == "ch06.act01":
        known.update(spatial_dropout=0.4, dropout_after_lstm=[0.4], dropout_after_dense=[0.5, 0.5])
    return decided(f"{unit}.summary", run, **{**known, **changed})


def totals_hold(unit, run):
    """Return whether the claim on a unit's parameters accepts a run, if the totals are the printed ones."""
    return decided(f"{unit}.total_params", run, **ledger().claims[f"{unit}.total_params"].documented)


OTHER_RATES = {"spatial_dropout": 0.5, "dropout_after_lstm": [0.5], "dropout_after_dense": [0.5, 0.4]}


@pytest.mark.parametrize("place", OTHER_RATES)
def test_other_rates_of_dropout_are_refused_without_the_reviews(place) -> None:
    """The summary's claim asks for the rates in the activity's text, layer by layer."""
    found = SimpleNamespace(network_run=SimpleNamespace(gap=0.0, spread=0.5, idle=0))
    layers = vars(act01.activity_6_01_summary().layers)

    assert summary_holds("ch06.act01", found, **{name: layers[name] for name in OTHER_RATES})
    assert not summary_holds("ch06.act01", found, **{place: OTHER_RATES[place]})


def test_other_sizes_of_the_embedding_are_noticed() -> None:
    """A word more, and the claims on the embedding's weights are refused."""
    found = run("ch06.ex01", built(backend.keras.layers.SimpleRNN(32), vocabulary=8001))

    assert found.network_run.embedding == 8001 * 32
    assert not decided("ch06.ex01.mostly_embedding", found, share=0.99)
    found.params = 8000 * 32  # as the book builds it
    assert not decided("ch06.text04.params", found)


def test_weights_of_recurrent_layers_are_counted() -> None:
    """The GRU with a second bias has more of them than the table prints."""
    claim = ledger().claims["ch06.text12.rnn_params"]
    counts = dict(claim.documented)
    layer = backend.keras.layers.GRU(32, reset_after=True)

    assert claim.rule.decide(claim.documented, counts).holds
    model = built(layer)
    counts["GRU"] = sum(int(w.size) for w in layer.get_weights())
    assert counts["GRU"] == 6336
    assert len(model.layers) >= 5
    assert not claim.rule.decide(claim.documented, counts).holds


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
