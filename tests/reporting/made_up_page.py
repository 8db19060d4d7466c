"""A small made-up run for the report's page."""

from collections.abc import Mapping
from typing import Any

from tests.reporting.package_samples import CPU, with_samples
from tests.toy.claims import book
from tests.toy.records import record, sums
from workshop.ledger import Ledger
from workshop.verification.results import Results

ENVIRONMENT = {
    "python": "3.12.1", "tensorflow": "2.21.0", "keras": "3.15.1", "device": "cpu", "threads": 1,
    "profile": "default", "date": "2026-01-02T03:04:05+00:00",
}  # fmt: skip
SUMMARY = sums(0.26, 0.24, 0.29)
NAIVE = sums(0.3, 0.3, 0.3)
EXACT = {"rule": "equal"}
# the claims of two units, each with its result
CLAIMS: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {
    "ch09.ex01": [
        (
            {"id": "loss", "what": "the loss", "documented": 0.25, "needs": ["iris"],
             "note": "unseen in the scan", "beside": {"naive": "naive"}, "notebook": 0.23,
             "rule": {"reference": {"decimals": 2}}},
            {"verdict": "reproduced", "measured": SUMMARY, "beside": {"naive": NAIVE},
             "seeds": (2, 4, 6, 8, 10)},
        ),
        (
            {"id": "shape", "what": "the shape", "documented": [2, 3], "correct": [3, 2], "page": 7, **EXACT},
            {"verdict": "corrected", "measured": [3, 2],
             "reason": "printed 2, 3 is wrong; measured 3, 2, the right value"},
        ),
        (
            {"id": "tags", "what": "a <script>alert(1)</script>", "documented": "</script><b>", **EXACT},
            {"verdict": "reproduced", "measured": "</script><b>"},
        ),
    ],
    "ch09.ex02": [
        (
            {"id": "small", "what": "a small slip", "documented": 10.0, "correct": 11.0,
             "statement": "ten are enough", "test": "more than nine", "rule": {"within": {"rtol": 1e-3}}},
            {"verdict": "corrected", "measured": 11.0},
        ),
        (
            {"id": "large", "what": "a large slip", "documented": 10.0, "correct": 40.0,
             "consequence": 3,
             "statement": "ten are plenty", "rule": {"within": {"rtol": 1e-3}}},
            {"verdict": "corrected", "measured": 40.0},
        ),
        (
            {"id": "wrong", "what": "an order", "documented": 1, "rule": "equal",
             "consequence": 1,
             "finding": {"verdict": "refuted", "reason": "it is the other way", "instead": 0}},
            {"verdict": "refuted", "measured": 0},
        ),
        (
            {"id": "later", "what": "a slow one", "documented": 1, "rule": "equal",
             "full_only": True,
             "finding": {"verdict": "refuted", "reason": "not with ours", "instead": 0}},
            {"verdict": "deferred", "measured": None},
        ),
        (
            {"id": "moved", "what": "an option", "documented": "yes", "ours": True, **EXACT,
             "finding": {"verdict": "changed", "reason": "Keras dropped it", "instead": "no",
                         "when": {"keras": ">=3"}}},
            {"verdict": "changed", "measured": "no", "ours": True},
        ),
        (
            {"id": "moved_too", "what": "its twin", "documented": "yes", **EXACT,
             "finding": {"verdict": "changed", "reason": "Keras dropped it", "instead": "no",
                         "when": {"keras": ">=3"}}},
            {"verdict": "unavailable", "measured": None},
        ),
    ],
}  # fmt: skip


def made_up(environment: Mapping[str, str] = CPU) -> tuple[Results, Ledger]:
    """Return results, with recorded runs of an environment, and the ledger that they are of."""
    texts = {
        "procedure": "A line is fitted.\nIt fits.\n",
        "pitfalls": "Take\nthe data.\n1. Fit\n   them.\n  - Twice.\n",
        "editor": "The scan shows no line.\n",
    }
    made = book(
        *({**claim, "id": f"{unit}.{claim['id']}"} for unit, claims in CLAIMS.items() for claim, _ in claims),
        units={unit: {"title": f"Exercise of {unit}", **texts} for unit in CLAIMS},
    )
    results = (result for claims in CLAIMS.values() for _, result in claims)
    records = tuple(
        record(c, seconds=0.5, **result) for c, result in zip(made.claims.values(), results, strict=True)
    )
    return with_samples(Results(ENVIRONMENT, records), made, environment), made
