"""Missing data: which claims need them, and how to get them."""

from dataclasses import replace

from tests.toy.records import record
from workshop.ledger import ledger
from workshop.reporting.report.missing_data import missing, missing_for
from workshop.verification.results import Record, Results
from workshop.verification.verdicts import Verdict

REVIEWS = "ch06.act01.sequence_first"  # needs Amazon reviews and lists of NLTK
LIBRARY = "tensorflow is not installed; pip install 'workshop[cpu]' (or 'workshop[gpu]')"
# a claim, its verdict, and the reason in the results
MISSING: list[tuple[str, Verdict, str]] = [
    (REVIEWS, "unavailable", "the substitute gives 2; substitute for amazon_reviews: 6,459 others"),
    (REVIEWS, "unavailable", "amazon_reviews: it is neither in the mirror nor in the cache; fetch it"),
    ("ch01.ex01.audio_file", "unavailable", "gtts_service: this run is offline; pip install gTTS"),
    (REVIEWS, "unavailable", LIBRARY),
    (REVIEWS, "supported", "equal; on a substitute for amazon_reviews: 6,459 others"),
    (REVIEWS, "deferred", "only the full procedure decides it"),
]


def recorded(name: str, verdict: Verdict, reason: str) -> Record:
    """Return a record of a claim of the book."""
    return record(name, verdict, reason=reason)


def test_what_is_missing_reads_as_written(golden):
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

    needed = "\n".join(
        f"{it.name}: {it.title}; {it.remedy}; {it.size}; {it.unavailable} {it.supported}" for it in found
    )
    asked = "\n".join(missing_for(ledger().claims[row[0]], recorded(*row)) for row in MISSING)
    golden("missing.txt", {"data sets by need": needed, "what a claim misses": asked})


def test_claims_of_our_own_are_left_out():
    own = next(claim for claim in ledger().claims.values() if claim.ours and claim.needs)
    made = recorded(own.id, "unavailable", f"{own.needs[0]}: it is not here")

    assert missing(Results({}, (made,)), ledger()) != []
    assert missing(Results({}, (replace(made, ours=True),)), ledger()) == []
