"""Chapter 4's comparisons of two lists of stop words take both lists."""

from __future__ import annotations

import re

import pytest

from workshop.chapters.ch04_text_embeddings.ex01_cleaning import EXERCISE_TEXT
from workshop.measures.ch04_text_embeddings.act01_alice import activity_4_01_today
from workshop.measures.ch04_text_embeddings.ex01_cleaning import exercise_4_01_today


class AtSigns:
    """A sentence tokenizer that needs no data: a sentence ends at each of its signs."""

    def tokenize(self, text: str) -> list[str]:
        return re.split(r"(?<=[.!?])\s+", text)


def test_a_word_that_only_todays_list_has_is_left_out() -> None:
    pytest.importorskip("nltk")
    stop, word = ["the", "of", "to"], "learn"
    same, longer = ([*stop], [*stop, word])
    times = len(re.findall(rf"\b{word}\b", EXERCISE_TEXT.lower()))
    toy = [exercise_4_01_today(AtSigns(), stop, today) for today in (same, longer)]
    alice = [activity_4_01_today(AtSigns(), stop, today, EXERCISE_TEXT) for today in (same, longer)]

    assert times == toy[0].n_toy_today - toy[1].n_toy_today == alice[0].n_alice_today - alice[1].n_alice_today
    assert toy[0].n_toy_differing == alice[0].n_alice_differing == 0
    assert toy[1].n_toy_differing >= times <= alice[1].n_alice_differing
