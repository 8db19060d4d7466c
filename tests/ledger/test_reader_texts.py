"""The texts for readers: each result that does not hold as printed has one, in a reader's words."""

from __future__ import annotations

import re

import pytest

from workshop.ledger import Claim, ledger

WRONG = [c for c in ledger().claims.values() if c.correct is not None or c.finding is not None]
# words of the suite and of how it was made, and idioms that a reader need not know, except in code to type
FORBIDDEN = re.compile(
    r"(?<!\.)\b(OCR|replicas?|WRONG|scan\w*|witness|seeds?|claims?|margins?|verdicts?|refuted)\b(?!=)"
)


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


def one_character_apart(printed: str, right: str) -> bool:
    """Return whether a single character that is replaced, added or left out makes one text of the other."""
    short, long = sorted((printed, right), key=len)
    gap = len(long) - len(short)
    without = [(short[:i] + short[i + 1 - gap :], long[:i] + long[i + 1 :]) for i in range(len(long))]
    return gap <= 1 and any(one == other for one, other in without)


def test_slips_of_one_character_are_small() -> None:
    """An error that rests on one letter or digit of the text is a slip, and its text says so."""
    slips = {c.id: c for c in WRONG if c.reader and one_character_apart(c.reader.printed, c.reader.right)}

    assert one_character_apart("0.85", "0.815")
    assert not one_character_apart("75", "90")
    assert {"ch05.ex02.recurrent_name", "ch03.ex03.train_accuracy", "ch04.act02.phrase_glove"} <= set(slips)
    assert not [name for name, claim in slips.items() if claim.consequence != 1]
    for name, claim in slips.items():
        assert claim.reader is not None
        assert re.search(r"\b([Oo]ne|single) (\w+ )?(letter|digit)\b", claim.reader.sentence), name


def test_titles_differ() -> None:
    """No two results of a chapter have the same title, so that a list of titles says which is which."""
    titles = [(claim.id[:4], claim.reader.title) for claim in WRONG if claim.reader is not None]

    assert len(titles) == len(set(titles))


def test_only_what_differs_has_a_text() -> None:
    """A result that holds as printed has neither a text for readers nor a consequence."""
    wrong = {claim.id for claim in WRONG}
    others = [claim for claim in ledger().claims.values() if claim.id not in wrong]

    assert others
    assert not [claim.id for claim in others if claim.reader is not None or claim.consequence is not None]
