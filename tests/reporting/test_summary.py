"""How much of the book a run decided, in sentences."""

from __future__ import annotations

from tests.made_up_claims import completed
from workshop.ledger import Chapter, Ledger
from workshop.reporting.report.summary import decided_text, repeated_text
from workshop.verification.results import Record

CLAIMS = [
    {"id": "c0"},
    {"id": "again", "same_as": "ch09.ex01.c0"},
    {"id": "noted", "source": "notebook"},
]
UNIT = {"id": "ch09.ex01", "title": "one", "procedure": "p", "pitfalls": "p"}
CLAIM = {"what": "w", "kind": "exact", "rule": "equal", "documented": 1}
MADE_UP = [completed({**CLAIM, **claim, "id": f"ch09.ex01.{claim['id']}"}) for claim in CLAIMS]
CHAPTER = {"chapter": 9, "title": "made up", "units": [{**UNIT, "claims": MADE_UP}]}
LEDGER = Ledger((Chapter.model_validate(CHAPTER),))


def test_sentences_say_what_verdicts_are_worth() -> None:
    """Measured claims lead, decided ones alone count, and repeated and notebook claims are counted."""
    verdicts = [("reproduced", "measured"), ("failed", "setting"), ("deferred", "measured")]
    records = tuple(
        Record(
            f"ch09.ex01.{name}", "ch09.ex01", False, verdict, 1, None, {}, "equal", None, (), 0.0, "made up",
            evidence=evidence,
        )
        for name, (verdict, evidence) in zip(["c0", "again", "noted"], verdicts, strict=True)
    )  # fmt: skip

    assert decided_text(records, "the book's ") == "2 of the book's 3 claims decided, 1 of them measured"
    repeated = repeated_text(LEDGER.claims[record.id] for record in records)
    assert repeated == "printed a second time: 1; printed in the authors' notebook only: 1"
    assert repeated_text([]) == ""
