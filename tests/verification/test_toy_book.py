"""The toy book: each rule and each kind of plan is on it, and a run decides all of its claims."""

from typing import get_args

import pytest

from tests.toy import book as toy
from workshop.ledger.rules import vocabulary
from workshop.verification.engine import Engine
from workshop.verification.plans import ClaimPlanner, Plan

pytestmark = pytest.mark.usefixtures("toy_book")
CLAIMS = tuple(toy.LEDGER.claims.values())


def test_it_has_each_rule_and_each_kind_of_plan():
    """So that what reads claims, plans or verdicts meets all of them."""
    assert {claim.rule.name for claim in CLAIMS} == {*vocabulary()}
    assert {plan for _, plan in toy.DECIDED.values()} == {kind.__name__ for kind in get_args(Plan)}


def test_a_run_decides_it(tmp_path):
    """Each claim by its kind of plan; a second run gives the same from the store."""
    engine = Engine(toy.BOOK, store=tmp_path)
    planner = ClaimPlanner("default", engine._planner(CLAIMS), engine.recordings, engine._at_hand)
    plans = [type(planner.plan(claim)).__name__ for claim in CLAIMS]
    first, again = (Engine(toy.BOOK, store=tmp_path).verify(CLAIMS).claims for _ in range(2))

    assert {
        record.id: (record.verdict, plan) for record, plan in zip(first, plans, strict=True)
    } == toy.DECIDED
    assert [(r.id, r.verdict, r.measured, r.margin, r.reason) for r in first] == [
        (r.id, r.verdict, r.measured, r.margin, r.reason) for r in again
    ]
