"""Chapter 4's counts and distances by hand, and lists that the claims must refuse."""

from typing import Any

import numpy as np
import pytest

from workshop.book import package_book
from workshop.ledger import ledger
from workshop.measures.ch04_text_embeddings.text12_word_vectors import gap_by_hand
from workshop.samples.recorded import Recordings
from workshop.verification.printed_vs_recorded import answer


def printed(claim_id: str) -> Any:
    """Return a printed value."""
    return ledger().claims[claim_id].documented


def test_another_list_is_at_no_distance_by_hand():
    """A list of other words, and one without words, is infinitely far; a wrong cosine is as far as it is."""
    words, vectors = ("a", "b", "c"), np.array([[1.0, 0], [1, 1], [0, 1]])

    def gap(rows):
        return gap_by_hand(rows, words, vectors, vectors[0], ["a"])

    assert gap([["b", 0.5**0.5], ["c", 0.0]]) == pytest.approx(0)
    assert gap([["b", 0.5**0.5 - 0.1], ["c", 0.0]]) == pytest.approx(0.1)
    assert gap([["c", 0.0], ["b", 0.5**0.5]]) == gap([]) == float("inf")


# claims on lists whose runs rest on the documented data, and a list that another training would give
OTHER_LISTS = {
    "ex06.brown_money": "ex06.movie_money",
    "ex06.movie_money": "ex06.brown_money",
    "act02.rabbit_default": "ex06.movie_money",
    "act02.rabbit_window2": "ex06.movie_money",
}


@pytest.mark.parametrize(("name", "other"), OTHER_LISTS.items())
def test_a_printed_list_is_like_the_recorded_ones(name, other):
    """So is the authors' other run; the list of another corpus is not, nor are its words in part."""
    claim = ledger().claims[f"ch04.{name}"]
    runs = Recordings(package_book(), {"device": "cpu"}).of(claim)
    foreign = printed(f"ch04.{other}")

    assert answer(runs, claim.documented).answer == "compatible"
    assert answer(runs, claim.notebook).answer == "compatible"
    assert answer(runs, foreign).answer != "compatible"
    assert answer(runs, [["other", 0.5], *foreign[1:]]).answer != "compatible"
