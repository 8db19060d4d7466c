"""Missing data: which claims need them, and how to get them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.toy.records import record
from workshop.ledger import ledger
from workshop.reporting.report.missing_data import missing, missing_for
from workshop.verification.results import Record, Results
from workshop.verification.verdicts import Verdict

REVIEWS = "ch06.act01.sequence_first"  # needs Amazon reviews and lists of NLTK
FETCH = "workshop data fetch amazon_reviews, or set WORKSHOP_MIRROR to a folder that has it"
LIBRARY = "tensorflow is not installed; pip install 'workshop[cpu]' (or 'workshop[gpu]')"
# a claim, its verdict, the reason in the results, and what is missing
MISSING = [
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


@pytest.mark.parametrize(("name", "verdict", "reason", "expected"), MISSING)
def test_missing_for(name: str, verdict: str, reason: str, expected: str) -> None:
    """The data set that the reason names is given with its command, or else the reason."""
    claim = ledger().claims[name]
    assert missing_for(claim, recorded(name, verdict, reason)) == expected


def recorded(name: str, verdict: Verdict, reason: str) -> Record:
    """Return a record of a claim of the book."""
    return record(name, verdict, reason=reason)


def test_missing() -> None:
    """Data sets are sorted by need, with the claims of substitutes; other requirements go by their reason."""
    without = "amazon_reviews: it is neither in the mirror nor in the cache"
    records = [
        recorded("ch01.ex01.audio_file", "unavailable", "gtts_service: this run is offline"),
        recorded("ch05.text07.n_train_val", "supported", "equal; substitute for aapl_csv: others"),
        recorded("ch06.act01.sequence_first", "unavailable", without),
        recorded("ch02.text01.threshold", "unavailable", LIBRARY),
        recorded("ch06.act01.head", "unavailable", without),
        recorded(
            "ch06.act01.shapes_printed", "supported", "equal; on a substitute for amazon_reviews: others"
        ),
        recorded("ch05.text07.test_rmse", "reproduced", "equal"),
    ]

    found = missing(Results({}, tuple(records)), ledger())

    assert [(one.name, one.unavailable, one.supported) for one in found] == [
        (
            "amazon_reviews",
            ("ch06.act01.sequence_first", "ch06.act01.head"),
            ("ch06.act01.shapes_printed",),
        ),
        ("gtts_service", ("ch01.ex01.audio_file",), ()),
        ("", ("ch02.text01.threshold",), ()),
        ("aapl_csv", (), ("ch05.text07.n_train_val",)),
    ]
    assert [found[0].remedy, found[2].remedy, found[2].title] == [FETCH, "", LIBRARY]
    assert [one.size for one in found] == ["25 MB", "online", "", found[3].size]


def test_claims_of_our_own_are_left_out() -> None:
    own = next(claim for claim in ledger().claims.values() if claim.ours and claim.needs)
    made = recorded(own.id, "unavailable", f"{own.needs[0]}: it is not here")

    assert missing(Results({}, (made,)), ledger()) != []
    assert missing(Results({}, (replace(made, ours=True),)), ledger()) == []
