"""The totals of a run in sentences."""

from __future__ import annotations

import pytest

from tests.made_up_claims import completed
from workshop.ledger import Chapter, Ledger
from workshop.reporting.report.summary import totals
from workshop.verification.results import Record, Results

FINE = "0 failed: nothing disagrees without a recorded reason"
CLAIMS = [{"id": f"c{n}"} for n in range(8)] + [
    {"id": "again", "same_as": "ch09.ex01.c0"},
    {"id": "noted", "source": "notebook"},
]
UNIT = {"id": "ch09.ex01", "title": "one", "procedure": "p", "pitfalls": "p"}
CLAIM = {"what": "w", "kind": "exact", "rule": "equal", "documented": 1}
MADE_UP = [completed({**CLAIM, **claim, "id": f"ch09.ex01.{claim['id']}"}) for claim in CLAIMS]
CHAPTER = {"chapter": 9, "title": "made up", "units": [{**UNIT, "claims": MADE_UP}]}
LEDGER = Ledger((Chapter.model_validate(CHAPTER),))
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
                "6 of the book's 8 claims decided: 1 reproduced, 3 do not hold as printed "
                "(2 corrected, 1 refuted), 1 changed by later versions of libraries, "
                "1 supported by substitute data"
            ),
            FINE,
            "Not decided: 1 deferred, 1 not testable",
            "Our own claims, also counted below: 1 reproduced, 1 changed, 1 deferred",
        ],
    ),
    (
        ["refuted"],
        [],
        ["1 of the book's 1 claims decided: 1 does not hold as printed (1 refuted)", FINE],
    ),
    (
        ["reproduced", "failed"],
        ["failed"],
        [
            "2 of the book's 2 claims decided: 1 reproduced",
            "2 failed: they disagree, and nothing recorded explains it",
            "Our own claims, also counted below: 1 failed",
        ],
    ),
    (
        ["failed"],
        [],
        ["1 of the book's 1 claims decided", "1 failed: it disagrees, and nothing recorded explains it"],
    ),
    (
        ["deferred", "unavailable"],
        [],
        [
            "0 of the book's 2 claims decided",
            "0 failed, but nothing was verified, so the run is red",
            "Not decided: 1 unavailable, 1 deferred",
        ],
    ),
    (
        [],
        ["reproduced"],
        ["0 of the book's 0 claims decided", FINE, "Our own claims, also counted below: 1 reproduced"],
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

    assert list(totals(Results({}, records), LEDGER)) == sentences


def test_totals_say_what_verdicts_are_worth() -> None:
    """Measured claims lead, decided ones alone count, and repeated and notebook claims are counted."""
    verdicts = [("reproduced", "measured"), ("failed", "setting"), ("deferred", "measured")]
    records = tuple(
        Record(
            f"ch09.ex01.{name}", "ch09.ex01", False, verdict, 1, None, {}, "equal", None, (), 0.0, "made up",
            evidence=evidence,
        )
        for name, (verdict, evidence) in zip(["c0", "again", "noted"], verdicts, strict=True)
    )  # fmt: skip

    lines = totals(Results({}, records), LEDGER)

    assert lines[0] == "2 of the book's 3 claims decided, 1 of them measured: 1 reproduced"
    assert "Evidence of the decided claims: 1 measured, 1 setting" in lines
    assert lines[-1] == "Printed a second time: 1; printed in the authors' notebook only: 1"
