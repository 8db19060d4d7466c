"""The texts for readers: each result that does not hold as printed has one, in a reader's words."""

from __future__ import annotations

import re

import pytest

from workshop.ledger import Claim, ledger

DIFFER = [c for c in ledger().claims.values() if c.correct is not None or c.finding is not None]
WRONG = [c for c in DIFFER if c.same_error_as is None]
# words of the suite and of how it was made, and idioms that a reader need not know
FORBIDDEN = re.compile(r"\b(OCR|replicas?|WRONG|scan\w*|witness|seeds?|claims?|margins?|verdicts?|refuted)\b")


@pytest.mark.parametrize("claim", WRONG, ids=lambda claim: claim.id)
def test_text_is_for_readers(claim: Claim) -> None:
    """A short title, at most two sentences on what it means, and no word of the suite."""
    reader = claim.reader
    assert reader is not None
    assert claim.consequence in (1, 2, 3)

    sentences = re.findall(r"[.!?](?=\s|$)", reader.sentence)
    assert len(reader.title.split()) <= 8
    assert not reader.title.endswith(".")
    assert 1 <= len(sentences) <= 2, reader.sentence
    assert reader.sentence.endswith(".")
    assert reader.proof.endswith(".")
    assert reader.printed != reader.right
    assert not FORBIDDEN.search(" ".join(reader.model_dump().values()))


def test_titles_differ() -> None:
    """No two results of a chapter have the same title, so that a list of titles says which is which."""
    titles = [(claim.id[:4], claim.reader.title) for claim in WRONG if claim.reader is not None]

    assert len(titles) == len(set(titles))


def test_one_claim_of_each_error_has_the_text() -> None:
    """Claims with the same error name the one that has its text, and have none of their own."""
    others = [claim for claim in DIFFER if claim.same_error_as is not None]

    assert others
    for claim in others:
        first = ledger().first_of(claim)
        assert first is not claim
        assert first.reader is not None
        assert (claim.reader, claim.consequence) == (None, None)


def test_only_what_differs_has_a_text() -> None:
    """A result that holds as printed has neither a text for readers nor a consequence."""
    wrong = {claim.id for claim in WRONG}
    others = [claim for claim in ledger().claims.values() if claim.id not in wrong]

    assert others
    assert not [claim.id for claim in others if claim.reader is not None or claim.consequence is not None]
