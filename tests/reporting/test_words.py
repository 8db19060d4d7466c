"""Words of verdicts, names of places, and the list of errors that all views share."""

from __future__ import annotations

from typing import get_args

from workshop.ledger import ledger
from workshop.reporting.errata import errata, unconfirmed
from workshop.reporting.formatting import book_and_run
from workshop.reporting.places import label, place, title
from workshop.reporting.words import HOLDS, NO_DATA, WORD_OF, WORDS, WRONG
from workshop.verification.verdicts import Verdict


def test_every_verdict_has_a_word() -> None:
    """Words, signs and keys tell them apart, on a terminal that shows ASCII only, too."""
    assert set(WORD_OF) == set(get_args(Verdict))
    assert set(WORD_OF.values()) == set(WORDS)
    for part in ("name", "sign", "ascii", "key", "phrase"):
        assert len({getattr(word, part) for word in WORDS}) == len(WORDS)
    assert all(word.ascii.isascii() and len(word.ascii) == len(word.sign) == 1 for word in WORDS)


def test_phrases_agree_with_their_number() -> None:
    """One holds, two hold."""
    assert [HOLDS.counted(n) for n in (1, 2)] == ["1 holds as printed", "2 hold as printed"]
    assert [WRONG.counted(n) for n in (1, 2)] == ["1 is wrong in print", "2 are wrong in print"]
    assert NO_DATA.counted(1) == "1 has no data"


def test_units_are_named_as_readers_know_them() -> None:
    """A text is named by the exercise before it."""
    book = ledger()
    names = [label(unit, book) for unit in ("ch05.ex03", "ch05.act01", "ch05.text07", "ch01.text01")]
    assert names == ["Exercise 5.03", "Activity 5.01", "After 5.03", "Opening"]
    assert title(book.units["ch05.ex03"]) == book.units["ch05.ex03"].title.partition(": ")[2]
    assert place(book.claims["ch02.act01.log"], book) == "Activity 2.01"


def test_the_errata_begin_with_the_worst() -> None:
    """They are the ledger's errors of the book, without what later versions changed."""
    found = errata(ledger())
    assert [one.consequence for one in found] == sorted((one.consequence for one in found), reverse=True)
    wrong = {c.id for c in ledger().claims.values() if c.correct is not None and not c.ours}
    assert wrong <= {name for one in [*found, *unconfirmed(ledger())] for name in one.names}
    assert all(one.claim.finding is None or one.claim.finding.verdict == "refuted" for one in found)


def test_what_is_only_checked_is_not_compared_with_the_book() -> None:
    """The run's value is the printed quantity alone, and `same` where it is written alike."""
    claim = ledger().claims["ch05.text04.split_lengths"]
    assert book_and_run(claim, {"split_lengths": [1885, 629], "by_pandas": 0.0}) == ("[1885, 629]", "same")
    assert book_and_run(claim, {"split_lengths": [1884, 630], "by_pandas": 0.0})[1] == "[1884, 630]"
    assert book_and_run(claim, None) == ("[1885, 629]", "")
