"""What today's runs gave of each of the recorded runs' numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.reporting.package_samples import CPU, with_samples
from workshop.ledger import Claim, ledger
from workshop.reporting.samples import RunNumbers, run_numbers
from workshop.verification.results import Record, Results


def sums(median: Any, low: Any, high: Any) -> dict[str, Any]:
    """Return what results have of five seeds."""
    return {"seeds": 5, "median": median, "minimum": low, "maximum": high}


# claims of the ledger: names of their documented keys, of their measures, of a field; and positions
NAMED = [
    ("ch05.text07.epoch1", sums([0.1, 0.2], [0.1, 0.2], [0.1, 0.2]), ["loss", "val_loss"]),
    ("ch02.act01.eval_loss", sums([0.1, 0.2], [0.1, 0.2], [0.1, 0.2]), ["fresh", "continued"]),
    ("ch05.text07.no_better_than_naive", sums([1.3, 1.1], [1.1, 1.0], [2.0, 1.6]), ["train", "test"]),
    ("ch02.act01.log_epoch10", sums([0.1, 0.2], [0.1, 0.2], [0.1, 0.2]), []),
    ("ch05.text07.test_rmse", sums(0.02, 0.01, 0.03), []),
    ("ch05.text07.epoch1", {"loss": 0.1, "val_loss": 0.2}, []),
    ("ch01.ex01.image_size", sums([1, 2], [1, 2], [1, 2]), []),
]


@pytest.mark.parametrize(("name", "measured", "names"), NAMED)
def test_the_names_of_several_seeds_numbers(name: str, measured: Any, names: list[str]) -> None:
    """Several numbers of several seeds have the names that the recorded runs have for them."""
    found = read(ledger().claims[name], measured_as(name, measured, CPU)).named

    assert list(found) == names
    assert [n.median for n in found.values()] == (measured["median"] if names else [])


def test_without_recorded_runs_there_are_no_names() -> None:
    """Where no runs were recorded, the numbers are as the results have them."""
    claim = ledger().claims[NAMED[0][0]]
    record = measured_as(claim.id, NAMED[0][1], {"device": "gpu"})

    assert read(claim, record).named == {}
    assert read(claim, replace(record, sample=None)) == RunNumbers(("loss", "val_loss"))


def test_recorded_runs_in_a_foreign_file_give_no_names_to_other_claims() -> None:
    """A file of others may have them on a claim that needs none."""
    foreign = measured_as(NAMED[0][0], NAMED[0][1], CPU)

    assert read(ledger().claims["ch01.ex01.image_size"], foreign).named == {}


def read(claim: Claim, record: Record) -> RunNumbers:
    """Return the numbers of a claim's record."""
    return run_numbers(claim, record.sample, record.measured, record.beside)


def measured_as(name: str, measured: Any, environment: Mapping[str, str]) -> Record:
    """Return the record of a claim with a measured value and the recorded runs of an environment."""
    made = Record(name, name[:9], False, "reproduced", 0, measured, {}, "", None, (), 0.0, "")
    return with_samples(Results({}, (made,)), ledger(), environment).claims[0]
