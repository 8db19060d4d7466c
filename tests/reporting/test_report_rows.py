"""The columns of a claim's row on the report's page: book and run, missing data, and what is noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.records import record_of, sums
from tests.reporting.made_up_page import made_up, unpacked
from tests.reporting.package_samples import with_samples
from workshop.ledger import ledger
from workshop.reporting.report.missing_data import missing_for
from workshop.reporting.report.page import page
from workshop.reporting.report.view import ValueCell, chapters, claim_row, columns, failures
from workshop.verification.results import Notices, Record, Results
from workshop.verification.verdicts import Verdict
from workshop.wording.words import WORD_OF

FIRST2 = "ch04.act01.first2"
PRINTED = ledger().claims[FIRST2].documented
MEASURED = [[word for word in PRINTED[0] if word != "'and"], PRINTED[1]]
NUMBERS = sums({"train": 1.3258, "test": 1.108}, [1.059, 1.047], [1.992, 1.576], 15)
LOSSES = sums({"loss": 0.0033, "val_loss": 0.00078}, [0.003, 0.0007], [0.004, 0.0009], 15)
FETCH = (
    "resnet50_imagenet: workshop data fetch resnet50_imagenet, or set WORKSHOP_MIRROR to a folder that has it"
)
NOTHING: ValueCell = ValueCell()
OTHERS = ("resnet50_imagenet: another network",)
FIGURE = {"x": ["1/25/2010", "1/17/2020"], "y": [126.12, 138.31]}


def one(text: str, note: str = "") -> ValueCell:
    """Return the cell of a single value."""
    return ValueCell((("", text),), note)


# a claim, its verdict, its measured value, the cells of book and run, and its missing data
ROWS: list[tuple[str, str, Any, ValueCell, ValueCell, str]] = [
    ("ch01.text02.scalar_rank", "corrected", 1, one("0"), one("1"), ""),
    ("ch06.ex03.test_acc_percent", "corrected", None, one("87.15"),
     one("87.16", "right, from other printed values"), ""),
    (FIRST2, "deferred", None,
     one("alice, 's, adventures, wonderland, lewis, carroll and 54 more"), NOTHING, ""),
    ("ch05.text07.test_rmse", "reproduced", sums(0.0256, 0.02, 0.04, 3),
     one("0.03"), one("0.0256", "median of 3 seeds"), ""),
    ("ch05.text07.epoch1", "reproduced", LOSSES, ValueCell((("loss", "0.0036"), ("val_loss", "0.0016"))),
     ValueCell((("loss", "0.0033"), ("val_loss", "0.00078")), "median of 15 seeds"), ""),
    ("ch05.text07.no_better_than_naive", "reproduced", NUMBERS,
     one("no better than tomorrow = today", "tested as"),
     one("train 1.326, test 1.108", "median of 15 seeds"), ""),
    ("ch05.text05.formula_parts", "reproduced", {"input": 160, "output": 96, "recurrent": 1024},
     one("input n x m, output n x k, recurrent n x n"),
     ValueCell((("input", "160"), ("output", "96"), ("recurrent", "1024"))), ""),
    ("ch05.ex01.fig5_6", "reproduced", {**FIGURE, "off_the_mirror": 3, "days_back": 0},
     ValueCell((("x", "1/25/2010, 1/17/2020"), ("y", "126.12, 138.31"))), ValueCell(same=True), ""),
    ("ch02.ex05.first_epoch_at_1", "reproduced", 680, one("680", "notebook"), ValueCell(same=True), ""),
    ("ch07.ex02.params", "reproduced", {"total": 6722, "trainable": 6722, "non_trainable": 0},
     ValueCell((("total", "6722"), ("trainable", "6722"), ("non_trainable", "0"))), ValueCell(same=True), ""),
    ("ch01.ex01.label", "unavailable", "bread", one("pizza"),
     one("bread", "on a substitute: another network"), FETCH),
    ("ch01.ex01.label", "supported", "pizza", one("pizza"),
     ValueCell((), "on a substitute: another network", same=True), ""),
    ("ch01.ex01.label", "unavailable", None, one("pizza"), NOTHING, FETCH),
]  # fmt: skip
ENVIRONMENT = {"device": "cpu", "profile": "default"}


def record(name: str, verdict: str, measured: Any) -> Record:
    """Return the record of a claim of the ledger."""
    claim = ledger().claims[name]
    reason = "made up; substitute for resnet50_imagenet: another network"
    made = record_of(
        id=name, unit=claim.unit, ours=claim.ours, verdict=verdict, documented=claim.documented,
        measured=measured, beside={}, rule="equal", margin=None, seeds=(), seconds=0.0, reason=reason,
        substitutes=OTHERS if verdict in {"unavailable", "supported"} else (),
    )  # fmt: skip
    return with_samples(Results(ENVIRONMENT, (made,)), ledger()).claims[0]


@pytest.mark.parametrize(("name", "verdict", "measured", "book", "run", "missing"), ROWS)
def test_columns(
    name: str, verdict: str, measured: Any, book: ValueCell, run: ValueCell, missing: str
) -> None:
    """Book and run have the same form, "same" where they are equal, names of numbers, and a note."""
    made, claim = record(name, verdict, measured), ledger().claims[name]

    assert columns(claim, made) == (book, run)
    assert missing_for(claim, made) == missing
    assert missing in unpacked(page(Results(ENVIRONMENT, (made,)), ledger()))


def test_a_row_says_what_the_book_states_and_what_we_ask() -> None:
    """Each behind its own word, and on the page."""
    results, book = made_up()
    (small,) = (each for each in results.claims if each.id == "ch09.ex02.small")

    rows = claim_row(book.claims[small.id], small, book, ENVIRONMENT).rows

    assert [row for row in rows if row[0] in {"statement", "test"}] == [
        ("statement", "ten are enough"),
        ("test", "more than nine"),
    ]
    assert "more than nine" in unpacked(page(results, book))


def test_long_values_are_cut_where_they_differ() -> None:
    """Of two long values both columns show the first place where they differ."""
    claim, changed = ledger().claims[FIRST2], record(FIRST2, "changed", MEASURED)

    book, run = columns(claim, changed)

    assert book.lines[0][1] == "row 1 of 2, 26 of 33: 'and"
    assert run.lines[0][1] == "row 1 of 2, 26 of 33: use"


ANY_VERDICT: tuple[Verdict, ...] = (
    *("failed", "reproduced", "corrected", "changed", "refuted"),
    *("undecided", "deferred", "unavailable", "supported"),
)


@pytest.mark.parametrize("name", [FIRST2, "ch03.ex03.train_accuracy"])
def test_a_row_has_the_verdict_of_this_run(name: str) -> None:
    """Whatever the ledger has found or corrected: elsewhere, or today, it may be another."""
    book = ledger()
    claim, any_run = book.claims[name], record(name, "failed", None)
    assert claim.finding is not None or claim.correct is not None
    for verdict in ANY_VERDICT:
        made = replace(any_run, verdict=verdict, reason="so it is")

        row = claim_row(claim, made, book, ENVIRONMENT)
        (chapter,) = chapters(Results(ENVIRONMENT, (made,)), book, {})

        assert (row.verdict, row.word) == (verdict, WORD_OF[verdict])
        assert dict(row.details)["verdict"].endswith(": so it is")
        assert dict(row.details)["verdict"].startswith(verdict)
        assert ("finding" in dict(row.details)) == (claim.finding is not None)
        assert {word for word, count in chapter.counted.counts.items() if count} == {WORD_OF[verdict]}
        assert len(failures(Results(ENVIRONMENT, (made,)), book)) == (verdict == "failed")


MARGINS = [
    (None, "", ""),
    (0.0, "room 0", ""),
    (0.25, "room 0.25", ""),
    (-0.25, "missed by 0.25", "Missed by 0.25: "),
]


def test_a_margin_of_nothing_is_room_and_no_margin_is_not_shown() -> None:
    """A rule that is just met says so; it is missed below 0 alone."""
    name = "ch02.ex05.first_epoch_at_1"
    any_run = record(name, "failed", 0.03)
    for margin, shown, missed in MARGINS:
        made = replace(any_run, margin=margin, reason="so it is")

        row = claim_row(ledger().claims[name], made, ledger(), ENVIRONMENT)
        (failure,) = failures(Results(ENVIRONMENT, (made,)), ledger())

        assert dict(row.details).get("margin", "") == shown
        assert failure.why == (f"{missed}{made.rule}" if missed else "so it is")


# what a claim's check notices, in a word or two
NOTICED = [
    ("ch01.text02.scalar_rank", 1, None, "exact"),
    ("ch01.text02.scalar_rank", None, None, ""),
    ("ch05.text07.test_rmse", 0.03, None, ""),
    ("ch05.text07.test_rmse", 0.03, Notices(2e-5, None), "any change shows"),
    ("ch05.text07.test_rmse", 0.03, Notices(None, 1e-3), "any change shows"),
    ("ch05.text07.test_rmse", 0.03, Notices(0.5, None), "sees ±0.0028"),
    ("ch05.text07.test_rmse", 0.03, Notices(None, None), ""),
    ("ch05.text07.epoch1", 0.03, Notices(0.5, None), ""),
]


@pytest.mark.parametrize(("name", "measured", "notices", "expected"), NOTICED)
def test_what_is_noticed(name: str, measured: Any, notices: Notices | None, expected: str) -> None:
    """An exact rule notices everything; recorded seeds any change, or one of some size."""
    made = replace(record(name, "reproduced", measured), notices=notices)

    assert claim_row(ledger().claims[name], made, ledger(), ENVIRONMENT).notices[0] == expected
