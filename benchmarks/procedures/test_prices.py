"""Chapter 5's trainings against Keras' `fit` with batches of one, and `predict`; one seed on each side."""

from __future__ import annotations

import pytest

from benchmarks.harness.book import Side
from benchmarks.harness.work import products
from workshop.chapters.ch05_sequences import act01_ibm_prices as ibm
from workshop.chapters.ch05_sequences import ex03_plain_rnn as plain
from workshop.chapters.ch05_sequences import ex04_convolution as convolution
from workshop.chapters.ch05_sequences import ex05_hybrid as hybrid
from workshop.measures.ch05_sequences import act01_ibm_prices, ex03_plain_rnn, ex04_convolution, ex05_hybrid
from workshop.measures.ch05_sequences._data import prepared_examples

# the network, the book's calls, our unit, data set, and the book's epochs
UNITS = {
    "ch05.text07": (
        plain.exercise_5_03_model, plain.exercise_5_03_in_keras, ex03_plain_rnn.exercise_5_03_training,
        "aapl_csv", 3,
    ),
    "ch05.ex04": (
        convolution.exercise_5_04_model, convolution.exercise_5_04_in_keras, ex04_convolution.exercise_5_04,
        "aapl_csv", 5,
    ),
    "ch05.ex05": (
        hybrid.exercise_5_05_model, hybrid.exercise_5_05_in_keras, ex05_hybrid.exercise_5_05, "aapl_csv", 3,
    ),
    "ch05.act01": (
        ibm.activity_5_01_model, ibm.activity_5_01_in_keras, act01_ibm_prices.activity_5_01, "ibm_csv", 5,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNITS)
def test_fitting_prices(book, loaded, name):
    """All of ours with its eight lanes for one seed, and in Keras an epoch of some days for all."""
    model, calls, unit, data_set, epochs = UNITS[name]
    prices = loaded(data_set)

    def theirs(rows):
        calls(prices[: rows * 4 // 3], epochs=1)  # three quarters are trained on

    def ours(_):
        unit(prices, [1], epochs=epochs)

    whole = epochs * len(prepared_examples(prices).x_train)

    sides = Side(ours, (whole,), whole), Side(theirs, (150, 1500), whole)
    assert book(name, *sides, products(model(), whole, len(prices) / 4)) >= 10
