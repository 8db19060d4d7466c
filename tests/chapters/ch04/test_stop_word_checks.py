"""Chapter 4's comparisons of two lists of stop words: one that takes no second list must be noticed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from workshop.ledger import ledger
from workshop.measures.ch04_text_embeddings import _stop_word_checks as checks


class AtSigns:
    """A sentence tokenizer that needs no data: a sentence ends at each of its signs."""

    def tokenize(self, text: str) -> list[str]:
        """Return the sentences."""
        return re.split(r"(?<=[.!?])\s+", text)


@pytest.mark.parametrize(
    ("function", "claim", "gap"),
    [
        ("exercise_4_01_today", "ch04.text04.toy_text_today", "toy_gap"),
        ("activity_4_01_today", "ch04.text04.alice_today", "alice_gap"),
    ],
)
def test_a_list_that_is_not_used_is_noticed(
    function: str, claim: str, gap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens of the word that the longer list has more are left."""
    pytest.importorskip("nltk")
    right = getattr(checks, function)
    check = next(check for check in ledger().claims[claim].rule.checks if check.at == "one_word_more")

    def accepted() -> Any:
        found = checks.one_stop_word_more(AtSigns(), ["the", "of", "to"])
        return check.decide(None, {"one_word_more": getattr(found, gap)}).holds

    assert accepted()

    monkeypatch.setattr(checks, function, lambda punkt, stop, longer, *text: right(punkt, stop, stop, *text))

    assert not accepted()
