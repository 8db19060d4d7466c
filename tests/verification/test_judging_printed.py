"""Verdicts that need no run: printed values against each other, and statements of literature."""

from tests.toy.claims import book
from workshop.verification.judging import judge_printed


def test_printed_values_decide_without_a_run():
    """By numbers and by paths to other printed values; a statement of literature is not testable."""
    ledger = book(
        {"id": "parts", "documented": [0.25, 0.5], "measure": "x"},
        {
            "id": "sum",
            "documented": 1.0,
            "rule": {"consistency": {"operation": "sum", "of": ["parts", 0.25]}},
        },
        {
            "id": "half",
            "documented": 0.75,
            "rule": {"consistency": {"operation": "sum", "of": ["parts", 0.25]}},
        },
        {
            "id": "slip",
            "documented": 2.0,
            "correct": 0.75,
            "rule": {"consistency": {"operation": "sum", "of": ["ch09.ex01.parts"]}},
        },
        {
            "id": "history",
            "documented": "it is old",
            "rule": {"literature": {"reason": "a view of the past"}},
        },
    )
    judged = {
        name.rpartition(".")[2]: judge_printed(one, ledger)
        for name, one in ledger.claims.items()
        if name[-5:] != "parts"
    }
    assert {name: (one.verdict, one.margin) for name, one in judged.items()} == {
        "sum": ("reproduced", 0.0),
        "half": ("failed", -0.25),
        "slip": ("corrected", 0.0),
        "history": ("not testable", None),
    }
    assert judged["history"].reason == "a view of the past"
