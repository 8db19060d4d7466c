"""Chapter 5's trainings against Keras' `fit` with batches of one, and `predict`; one seed on each side."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.harness.book import Side
from workshop import datasets
from workshop.chapters.ch05_sequences import act01_ibm_prices, ex03_plain_rnn, ex04_convolution, ex05_hybrid
from workshop.chapters.ch05_sequences._data import prepared_examples

# network and unit, data set, and the book's epochs
UNITS = {
    "ch05.text07": (ex03_plain_rnn.exercise_5_03_model, ex03_plain_rnn.exercise_5_03_training, "aapl_csv", 3),
    "ch05.ex04": (ex04_convolution.exercise_5_04_model, ex04_convolution.exercise_5_04, "aapl_csv", 5),
    "ch05.ex05": (ex05_hybrid.exercise_5_05_model, ex05_hybrid.exercise_5_05, "aapl_csv", 3),
    "ch05.act01": (act01_ibm_prices.activity_5_01_model, act01_ibm_prices.activity_5_01, "ibm_csv", 5),
}


@pytest.mark.parametrize("name", UNITS)
def test_fitting_prices(book, name):
    """All of ours with its eight lanes for one seed, and in Keras an epoch of some days for all."""
    pytest.importorskip("tensorflow")
    builder, unit, data_set, epochs = UNITS[name]
    found = datasets.find(data_set)
    if not isinstance(found, datasets.Found):
        pytest.skip(f"{found.reason}: {found.remedy}")
    prices = datasets.load(found)

    def theirs():
        data = prepared_examples(prices)
        model = builder()
        model.compile(loss="mean_squared_error", optimizer="adam")
        x, y, test = (a.astype(np.float32) for a in (data.x_train, data.y_train, data.x_test))

        def run(rows):
            model.fit(x[:rows], y[:rows], epochs=1, batch_size=1, validation_split=0.1, verbose=0)
            model.predict(x, verbose=0)
            model.predict(test, verbose=0)

        return run

    def ours():
        return lambda _: unit(prices, [1], epochs=epochs)

    whole = epochs * len(prepared_examples(prices).x_train)

    assert book(name, Side(ours, (whole,), whole), Side(theirs, (100, 500), whole)) >= 10
