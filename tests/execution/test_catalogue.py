"""Claims, outcome fields and functions fit together, or one message says which do not."""

# ruff: noqa: E501  a case is a line
from __future__ import annotations

import re

import pytest

from workshop.execution.catalogue import Catalogue, WiringError, catalogue
from workshop.ledger import Claim, ledger

UNITS = """
@dataclass(frozen=True)
class Fitted:
    loss: float
    weights: list

@unit("ch09.ex01")
def fit(toy_data) -> Fitted:
    return Fitted(0.5, [1.0])

@dataclass(frozen=True)
class Score:
    accuracy: float

@unit("ch09.ex02")
def score(ch09_ex01) -> Score:
    return Score(sum(ch09_ex01.weights))
"""


def needed(units: Catalogue, claim: Claim) -> set[str]:
    """Return the data sets that a claim's quantities need."""
    return units.datasets(claim.measures().values(), claim.id)


def test_a_claim_whose_field_the_outcome_lacks_is_one_clear_error(bench):
    """The error names the claim, the unit, the field, what there is and the remedy."""
    bench.units(UNITS)
    bench.claims({"id": "ch09.ex01.lost"})
    with pytest.raises(WiringError) as caught:
        bench.verify()
    message = str(caught.value)
    assert "\n" not in message
    for part in ("ch09.ex01.lost", "ch09.ex01", "'lost'", "loss, weights", "`measure`"):
        assert part in message


def test_a_claim_on_a_unit_without_a_function_is_one_clear_error(bench):
    """The error names the claim and the declaration that is missing."""
    bench.units(UNITS)
    bench.claims({"id": "ch09.ex07.loss"})
    with pytest.raises(WiringError, match=r"ch09.ex07.loss: no function is declared @unit\('ch09.ex07'\)"):
        bench.verify()


def test_a_field_is_read_by_a_claim_or_another_unit_or_named_as_an_extra(bench):
    """Nothing is wrong as long as every field has a reader."""
    units = bench.units(UNITS)
    claims = [
        {"id": "ch09.ex01.loss", "needs": ["toy_data"]},
        {"id": "ch09.ex02.other", "measure": "ch09.ex01.loss"},
    ]
    assert units.unread(bench.claims(*claims, extras={"ch09.ex02": ["accuracy"]})) == []
    assert units.unread(bench.claims({"id": "ch09.ex01.loss"}, {"id": "ch09.ex02.accuracy"})) == []


def test_a_field_that_nothing_reads_is_told(bench):
    """The message names unit, field and remedies."""
    units = bench.units(UNITS)
    told = units.unread(bench.claims({"id": "ch09.ex02.accuracy"}))
    assert told == ["ch09.ex01: nothing reads field 'loss': drop it, or name it in the unit's `extras`"]


def test_an_extra_that_is_no_field_is_told(bench):
    """A stale name among the extras does not stay."""
    units = bench.units(UNITS)
    ledger = bench.claims(
        {"id": "ch09.ex01.loss"}, {"id": "ch09.ex02.accuracy"}, extras={"ch09.ex01": ["gone"]}
    )
    assert units.unread(ledger) == ["ch09.ex01: extra 'gone' is no field of its outcome: drop it"]


def test_a_field_that_two_parts_return_is_told(bench):
    """The fields of a unit's parts are disjoint."""
    units = bench.units(UNITS + '\n@unit("ch09.ex02")\ndef again() -> Score:\n    return Score(1.0)\n')
    told = units.unread(bench.claims({"id": "ch09.ex01.loss"}, {"id": "ch09.ex02.accuracy"}))
    assert told == ["ch09.ex02: field 'accuracy' is returned by two parts: keep one"]


def test_data_sets_are_resolved_through_the_units_taken(bench):
    """A claim needs what its unit takes, and what the units need that it takes."""
    units = bench.units(UNITS)
    ledger = bench.claims({"id": "ch09.ex02.accuracy"})
    assert needed(units, ledger.claims["ch09.ex02.accuracy"]) == {"toy_data"}


ONE = "@dataclass(frozen=True)\nclass A:\n    a: int\n"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (ONE + '@unit("ch09.ex01")\ndef f(ch09_ex02) -> A: ...\n@unit("ch09.ex02")\ndef g(ch09_ex01) -> A: ...\n',
         "units take each other's outcomes"),
        (ONE + '@unit("ch09.ex01")\ndef f(ch09_ex02) -> A: ...\n',
         "ch09.ex01 takes the outcome of ch09.ex02, which no function is declared to be: write it"),
    ],
)  # fmt: skip
def test_outcomes_that_can_not_be_had_are_a_clear_error(bench, source: str, message: str):
    """A circle of units and a unit that is missing are told before anything runs."""
    with pytest.raises(WiringError, match=re.escape(message)):
        bench.units(source)


IMPLEMENTED = ("ch01", "ch02", "ch03", "ch04", "ch05", "ch06", "ch07")


def test_every_outcome_field_of_the_package_has_a_reader():
    """Each field is read by a claim or a unit, or the ledger names it as an extra of ours."""
    assert catalogue(IMPLEMENTED).unread(ledger()) == []


@pytest.mark.parametrize(
    "claim",
    [pytest.param(c, id=c.id) for c in ledger().select(IMPLEMENTED) if c.rule.needs_run and not c.pending],
)
def test_the_needs_of_each_claim_are_what_its_function_resolves_to(claim):
    """A claim names exactly the data sets that decide it."""
    assert set(claim.needs) == needed(catalogue(IMPLEMENTED), claim)
