"""A made-up ledger and records, for the tests of descriptions and of the terminal."""

from typing import Any

from tests.toy.claims import book
from tests.toy.records import record
from workshop.verification.results import Record

ENVIRONMENT = {
    "python": "3.12.1",
    "tensorflow": "2.21.0",
    "numpy": "2.4.0",
    "system": "Linux",
    "device": "cpu",
    "threads": 2,
    "profile": "default",
}
UNIT = {
    "title": "Exercise 9.01",
    "procedure": "A line is fitted.\nIt fits.\n",
    "pitfalls": "None known.\n",
    "editor": "The scan shows\nno line.\n",
}
LEDGER = book(
    {
        "id": "loss",
        "what": "the loss [mean]",
        "documented": 0.25,
        "statement": "a loss of a quarter",
        "test": "the mean of the last epoch",
        "measured_in": "dollars",
        "page": 7,
        "needs": ["iris"],
        "measure": "history.loss[-1]",
        "rule": "rounds",
        "note": "seen on every version",
    },
    {"id": "shape", "what": "the shape", "documented": [2, 3], "correct": [3, 2], "consequence": 1},
    {"id": "fame", "what": "the fame", "documented": "famous"},
    units={"ch09.ex01": UNIT},
)


def failed(**changes: Any) -> Record:
    """Return a record of a failed claim with fields exchanged."""
    blank = {
        "measured": 0.75, "rule": "rounds to the printed digits", "margin": -0.495, "seconds": 1.0,
        "reason": "0.75 against 0.25 ± 0.005", "verdict": "failed",
    }  # fmt: skip
    return record(LEDGER.claims[changes.pop("id", "ch09.ex01.loss")], **{**blank, **changes})
