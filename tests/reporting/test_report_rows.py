"""The columns of a claim's row on the report's page: book and run, missing data, and what is noticed."""

from dataclasses import replace
from typing import Any

import pytest

from tests.reporting.made_up_page import made_up
from tests.reporting.package_samples import with_samples
from tests.toy.pages import unpacked
from tests.toy.records import record, sums
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
OTHERS = ("resnet50_imagenet: another network",)
FIGURE = {"x": ["1/25/2010", "1/17/2020"], "y": [126.12, 138.31]}
# a claim, its verdict and its measured value
ROWS: list[tuple[str, Verdict, Any]] = [
    ("ch01.text02.scalar_rank", "corrected", 1),
    ("ch06.ex03.test_acc_percent", "corrected", None),
    (FIRST2, "deferred", None),
    (FIRST2, "changed", MEASURED),
    ("ch05.text07.test_rmse", "reproduced", sums(0.0256, 0.02, 0.04, 3)),
    ("ch05.text07.epoch1", "reproduced", LOSSES),
    ("ch05.text07.no_better_than_naive", "reproduced", NUMBERS),
    ("ch05.text05.formula_parts", "reproduced", {"input": 160, "output": 96, "recurrent": 1024}),
    ("ch05.ex01.fig5_6", "reproduced", {**FIGURE, "off_the_mirror": 3, "days_back": 0}),
    ("ch02.ex05.first_epoch_at_1", "reproduced", 680),
    ("ch07.ex02.params", "reproduced", {"total": 6722, "trainable": 6722, "non_trainable": 0}),
    ("ch01.ex01.label", "unavailable", "bread"),
    ("ch01.ex01.label", "supported", "pizza"),
    ("ch01.ex01.label", "unavailable", None),
]
ENVIRONMENT = {"device": "cpu", "profile": "default"}


def recorded(name: str, verdict: Verdict, measured: Any) -> Record:
    """Return a record of a claim of the package, with its recorded runs."""
    others = OTHERS if verdict in {"unavailable", "supported"} else ()
    reason = "made up; substitute for resnet50_imagenet: another network"
    made = record(ledger().claims[name], verdict, measured, reason=reason, substitutes=others)
    return with_samples(Results(ENVIRONMENT, (made,)), ledger()).claims[0]


def cell(it: ValueCell) -> str:
    """Return a cell of a row in a line."""
    lines = "; ".join(f"{name} {text}".strip() for name, text in it.lines)
    return f"{lines} [{it.note}]{' same' * it.same}"


def test_columns_read_as_written(golden):
    said = {}
    for number, (name, verdict, measured) in enumerate(ROWS, 1):
        made, claim = recorded(name, verdict, measured), ledger().claims[name]
        book, run = columns(claim, made)
        missing = missing_for(claim, made)
        said[f"{number}: {name} {verdict}"] = f"book {cell(book)}\nrun {cell(run)}\nmissing {missing}"
        assert not missing or missing in unpacked(page(Results(ENVIRONMENT, (made,)), ledger()))
    golden("rows.txt", said)


def test_a_row_says_what_the_book_states_and_what_we_ask():
    results, book = made_up()
    (small,) = (each for each in results.claims if each.id == "ch09.ex02.small")

    rows = claim_row(book.claims[small.id], small, book, ENVIRONMENT).rows

    assert [row for row in rows if row[0] in {"statement", "test"}] == [
        ("statement", "ten are enough"),
        ("test", "more than nine"),
    ]
    assert "more than nine" in unpacked(page(results, book))


ANY_VERDICT: tuple[Verdict, ...] = (
    *("failed", "reproduced", "corrected", "changed", "refuted"),
    *("undecided", "deferred", "unavailable", "supported"),
)


@pytest.mark.parametrize("name", [FIRST2, "ch03.ex03.train_accuracy"])
def test_a_row_has_the_verdict_of_this_run(name):
    """Whatever the ledger has found or corrected: elsewhere, or today, it may be another."""
    book = ledger()
    claim, any_run = book.claims[name], recorded(name, "failed", None)
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


def test_a_margin_of_nothing_is_room_and_no_margin_is_not_shown():
    name = "ch02.ex05.first_epoch_at_1"
    any_run = recorded(name, "failed", 0.03)
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
def test_what_is_noticed(name, measured, notices, expected):
    made = replace(recorded(name, "reproduced", measured), notices=notices)

    assert claim_row(ledger().claims[name], made, ledger(), ENVIRONMENT).notices[0] == expected
