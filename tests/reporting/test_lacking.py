"""What an unavailable claim lacks, and how to get it."""

from __future__ import annotations

import pytest

from workshop.ledger import ledger
from workshop.reporting.report.lacking import lacks
from workshop.verification.results import Record

REVIEWS = "ch06.act01.sequence_first"  # needs Amazon reviews and lists of NLTK
FETCH = "workshop data fetch amazon_reviews, or set WORKSHOP_MIRROR to a folder that has it"
LIBRARY = "tensorflow is not installed; pip install 'workshop[cpu]' (or 'workshop[gpu]')"
# a claim, its verdict, the reason that the results hold, and what it lacks
LACKS = [
    (REVIEWS, "unavailable", "the substitute gives 2; substitute for amazon_reviews: 6,459 others",
     f"amazon_reviews: {FETCH}"),
    (REVIEWS, "unavailable", f"amazon_reviews: it is neither in the mirror nor in the cache; {FETCH}",
     f"amazon_reviews: {FETCH}"),
    ("ch01.ex01.audio_file", "unavailable", "gtts_service: this run is offline; pip install gTTS",
     "gtts_service: pip install gTTS, and run on a machine that reaches translate.google.com"),
    (REVIEWS, "unavailable", LIBRARY, LIBRARY),
    (REVIEWS, "supported", "equal; on a substitute for amazon_reviews: 6,459 others", ""),
    (REVIEWS, "deferred", "only the full procedure decides it", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "verdict", "reason", "expected"), LACKS)
def test_lacks(name: str, verdict: str, reason: str, expected: str) -> None:
    """The data set that the reason names, of all that a claim needs, with the command; else the reason."""
    claim = ledger().claims[name]
    record = Record(claim.id, claim.unit, False, verdict, 1, None, {}, "equal", None, (), 0.0, reason)

    assert lacks(claim, record) == expected
