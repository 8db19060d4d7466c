"""The names of a claim's numbers, and the naive forecast's."""

from dataclasses import replace

from tests.reporting.package_samples import CPU, with_samples
from tests.toy.records import record, sums
from workshop.ledger import ledger
from workshop.reporting.samples import naive, names_of
from workshop.verification.results import Record, Results
from workshop.wording.pairs import Today


def measured(name: str, **beside: object) -> Record:
    """Return the record of a claim with its recorded runs."""
    made = record(name, documented=0, beside=beside)
    return with_samples(Results({}, (made,)), ledger(), CPU).claims[0]


def test_numbers_have_the_names_of_recorded_runs_or_of_the_print():
    """Those of runs only where runs decide the claim."""
    name = "ch05.text07.no_better_than_naive"
    claim, sample = ledger().claims[name], measured(name).sample

    assert names_of(claim, sample) == ("train", "test")
    assert names_of(claim, None) == ()
    assert names_of(ledger().claims["ch01.ex01.image_size"], sample) == ("[0]", "[1]")


def test_the_naive_forecast_stands_beside_a_run():
    record = measured("ch05.text07.test_rmse", usd=2.5, naive_rmse=sums(0.3, 0.3, 0.4))

    assert naive(record) == {"": Today(0.3, 0.3, 0.4)}
    assert naive(replace(record, beside={})) == naive(None) == {}
