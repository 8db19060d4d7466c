"""Words of verdicts, names of places, and the list of errors that all views share."""

from typing import get_args

from tests.toy import claims as toy
from tests.toy.records import measured_as
from workshop.ledger import ledger
from workshop.values import brief, for_json
from workshop.verification.verdicts import Verdict
from workshop.wording.pairs import pair_of, stated_rows, witness
from workshop.wording.places import label, place, title
from workshop.wording.words import HOLDS, NO_DATA, WORD_OF, WORDS, WRONG


def test_every_verdict_has_a_word():
    """Words, signs and keys tell them apart, on a terminal that shows ASCII only, too."""
    assert set(WORD_OF) == set(get_args(Verdict))
    assert set(WORD_OF.values()) == set(WORDS)
    for part in ("name", "sign", "ascii", "key", "phrase"):
        assert len({getattr(word, part) for word in WORDS}) == len(WORDS)
    assert all(word.ascii.isascii() and len(word.ascii) == len(word.sign) == 1 for word in WORDS)


def test_phrases_agree_with_their_number():
    assert [HOLDS.counted(n) for n in (1, 2)] == ["1 holds as printed", "2 hold as printed"]
    assert [WRONG.counted(n) for n in (1, 2)] == ["1 is wrong in print", "2 are wrong in print"]
    assert NO_DATA.counted(1) == "1 has no data"


def test_units_are_named_as_readers_know_them():
    book = ledger()
    names = [label(unit, book) for unit in ("ch05.ex03", "ch05.act01", "ch05.text07", "ch01.text01")]
    assert names == ["Exercise 5.03", "Activity 5.01", "After 5.03", "Opening"]
    assert title(book.units["ch05.ex03"]) == book.units["ch05.ex03"].title.partition(": ")[2]
    assert place(book.claims["ch02.act01.log"], book) == "Activity 2.01"


def test_what_is_only_checked_is_not_compared_with_the_book():
    """The run's value is the printed quantity alone, and `same` where it is written alike."""
    split = toy.claim([1885, 629], also={"gap": {"at_most": {"bound": 1e-12}}})
    same, other = (pair_of(split, measured_as({"c": c, "gap": 0.0})) for c in ([1885, 629], [1884, 630]))

    assert (same.label, same.same, same.written()) == ("book", True, ("1885, 629", "same"))
    assert other.written()[1] == "1884, 630"
    assert pair_of(split, None).written()[1] == ""


def test_book_stands_only_before_what_it_prints():
    """A value of ours is shown as such, next to the sentence of the book that it makes testable."""
    claims = ledger().claims
    column, rows = claims["ch05.ex01.ts_shape"], claims["ch05.text07.n_train_val"]

    assert stated_rows(column, 60) == [
        ("book", column.statement),
        ("test", column.test),
        ("tested as", "2514, 1"),
    ]
    assert stated_rows(rows, 60) == [
        ("book", "samples 1696, 189"),
        ("", rows.statement),
        ("test", rows.test),
        ("tested as", "validated 1696, 1884"),
    ]
    assert stated_rows(claims["ch02.ex05.first_epoch_at_1"], 60)[0] == ("notebook", "680")
    assert stated_rows(claims["ch05.text07.mean_rmse"], 60)[0] == ("tested as", "0.242103, 0.296558")

    pair = pair_of(column, measured_as([2514, 1]))
    assert pair.label == "book"
    assert pair.written(60) == (column.statement, "2514, 1")
    assert pair_of(rows, measured_as({"samples": [1696, 189], "validated": [0, 0]})).same
    mean = pair_of(claims["ch05.text07.mean_rmse"], None)
    assert (mean.label, mean.written(60)) == ("tested as", ("0.242103, 0.296558", ""))


def test_no_claim_gives_the_book_a_value_of_ours():
    """Nothing of what is marked as ours stands behind the book's name, and each mark has the book's words."""
    marked = [claim for claim in ledger().claims.values() if claim.tested_as is not None]

    for claim in marked:
        shown = [text for label, text in stated_rows(claim, 10_000) if label in {"book", "notebook", ""}]
        own = brief(for_json(claim.tested_as), 10_000)
        assert own not in shown
        assert {pair_of(claim, measured_as(claim.documented)).written(10_000)[0], claim.statement} <= {*shown}
    assert len(marked) > 100
    for claim in ledger().claims.values():
        assert (witness(claim) == "book") == (not claim.ours and claim.source == "book")
