"""The totals of a run in sentences."""

from __future__ import annotations

import pytest

from workshop.reporting.report.summary import totals
from workshop.verification.results import Record, Results

FINE = "0 failed: nothing disagrees without a recorded reason"
# verdicts of the book's claims, verdicts of our own, and the sentences
TOTALS = [
    (
        [
            "reproduced",
            "corrected",
            "corrected",
            "refuted",
            "changed",
            "supported",
            "deferred",
            "not testable",
        ],
        ["changed", "reproduced", "deferred"],
        [
            (
                "6 of the book's 8 claims verified: 1 reproduced, 3 do not hold as printed "
                "(2 corrected, 1 refuted), 1 changed by later versions of libraries, "
                "1 supported by substitute data"
            ),
            FINE,
            "Not verified: 1 deferred, 1 not testable",
            "Our own claims, also counted below: 1 reproduced, 1 changed, 1 deferred",
        ],
    ),
    (
        ["refuted"],
        [],
        ["1 of the book's 1 claims verified: 1 does not hold as printed (1 refuted)", FINE],
    ),
    (
        ["reproduced", "failed"],
        ["failed"],
        [
            "1 of the book's 2 claims verified: 1 reproduced",
            "2 failed: they disagree, and nothing recorded explains it",
            "Our own claims, also counted below: 1 failed",
        ],
    ),
    (
        ["failed"],
        [],
        ["0 of the book's 1 claims verified", "1 failed: it disagrees, and nothing recorded explains it"],
    ),
    (
        ["pending", "unavailable"],
        [],
        [
            "0 of the book's 2 claims verified",
            "0 failed, but nothing was verified, so the run is red",
            "Not verified: 1 unavailable, 1 pending",
        ],
    ),
    (
        [],
        ["reproduced"],
        ["0 of the book's 0 claims verified", FINE, "Our own claims, also counted below: 1 reproduced"],
    ),
]


@pytest.mark.parametrize(("book", "ours", "sentences"), TOTALS)
def test_totals(book: list[str], ours: list[str], sentences: list[str]) -> None:
    """Failures have a sentence of their own, and so have our own claims."""
    records = tuple(
        Record(
            f"ch09.ex01.c{number}", "ch09.ex01", own, verdict, 1, None, {}, "equal", None, (), 0.0, "made up"
        )
        for own, verdicts in ((False, book), (True, ours))
        for number, verdict in enumerate(verdicts)
    )

    assert list(totals(Results({}, records))) == sentences
