"""The answer with which an exercise opens: true of each verdict, and in words."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.reporting.package_samples import with_samples
from tests.reporting.test_report_rows import recorded
from tests.toy.records import sums
from workshop.ledger import ledger
from workshop.reporting.report.answer import answer, main_row
from workshop.reporting.report.view import chapters, claim_row
from workshop.verification.results import Results
from workshop.verification.verdicts import Verdict
from workshop.wording.words import WORDS

MEDIAN = sums(0.8615, 0.7998, 0.8766, 64)
ENVIRONMENT = {"tensorflow": "2.21.0", "device": "cpu"}
# a claim, its verdict, what was measured, and the answer
ANSWERS: list[tuple[str, Verdict, Any, str]] = [
    ("ch01.ex02.result", "reproduced", 42, "Value of the equation for X=3, Y=4, is 42, as in the book."),
    (
        "ch06.ex02.test_acc",
        "reproduced",
        MEDIAN,
        "Test accuracy is 0.8615 in the median of 64 runs. The book's 0.87032 is an ordinary run.",
    ),
    (
        "ch06.ex02.test_acc",
        "undecided",
        MEDIAN,
        (
            "Test accuracy is 0.8615 in the median of 64 runs. These runs can't decide whether "
            "the book's 0.87032 is such a run."
        ),
    ),
    (
        "ch06.ex02.test_acc",
        "deferred",
        None,
        "Test accuracy is 0.87032 in the book. Only the long training decides it.",
    ),
    (
        "ch06.ex02.test_acc",
        "failed",
        MEDIAN,
        (
            "Test accuracy is 0.8615 in the median of 64 runs. The book has 0.87032, and "
            "nothing recorded explains the "
            "difference."
        ),
    ),
    (
        "ch01.ex06.w",
        "changed",
        -1.00370991,
        "Trained w is -1.00370991. With Keras ≥ 2.11 it is no longer the book's -1.00371706.",
    ),
    (
        "ch04.act01.stem5",
        "changed",
        None,
        "First five sentences, stemmed, are no longer what the book prints, with NLTK ≥ 3.10.1.",
    ),
    (
        "ch05.ex02.recurrent_name",
        "corrected",
        "Wr",
        "Name of the recurrent weight matrix in the text of step 6 is Wr. The book's Wf is wrong.",
    ),
    (
        "ch03.ex03.val_accuracy",
        "corrected",
        None,
        (
            "Validation accuracy after five epochs as the text states it is 0.7113 in the "
            "book. Other printed numbers "
            "contradict it: 0.6512."
        ),
    ),
    (
        "ch01.ex01.label",
        "supported",
        "pizza",
        "Top-1 label predicted for the pizza image is pizza on substitute data, as in the book.",
    ),
    (
        "ch01.ex01.label",
        "unavailable",
        "bread",
        (
            "Top-1 label predicted for the pizza image is bread. That is on substitute data, "
            "and says nothing of the "
            "book's pizza."
        ),
    ),
    (
        "ch01.ex01.label",
        "unavailable",
        None,
        "Top-1 label predicted for the pizza image is pizza in the book. What it needs is not here.",
    ),
    (
        "ch07.ex04.plot_18000",
        "reproduced",
        {"median": 0.2},
        "The book says: “most fakes lie on the real curve”. This run agrees.",
    ),
    (
        "ch07.text05.doubling",
        "reproduced",
        {"in": [3, 3], "out": [6, 6]},
        "The book says: “upsampling doubles height and width”. This run agrees.",
    ),
    (
        "ch06.text13.intro_date",
        "corrected",
        None,
        'The book says: “attention models were introduced in "late 2015"”. It is wrong.',
    ),
    (
        "ch06.text12.sequence_unit",
        "corrected",
        {"terms": 200},
        "The book says: “the sequences are of 200 characters”. This run refutes it.",
    ),
    (
        "ch07.ex02.summary",
        "reproduced",
        {"summary": [["Dense", [None, 32], 352]], "relative_gap": 0.0},
        "The network has 6 layers, 6,722 parameters, as in the book.",
    ),
    (
        "ch04.text17.king",
        "reproduced",
        [["queen", 0.5], ["monarch", 0.4], ["prince", 0.3]],
        (
            "Five nearest to king - man + woman are queen 0.5, monarch 0.4, prince 0.3. The book's queen "
            "0.769854128, monarch 0.684338093 and 3 more agrees."
        ),
    ),
    (
        "ch06.ex02.test_acc",
        "not testable",
        None,
        "Test accuracy is 0.87032 in the book. No run can test it.",
    ),
]
# an answer that is about a statement or a clause, which has a verb of its own
_TWO_VERBS = re.compile(
    r"(?!The book says)(?:(?:Statement|Text)\b|(?:(?!which|what|that|after|whose)[^.,(])* "
    r"(?:is|are|has|holds|doubles|passes) (?:[^.]* )?(?:is|are) )",
    re.IGNORECASE,
)


@pytest.mark.parametrize(("name", "verdict", "measured", "expected"), ANSWERS)
def test_an_answer_says_what_is_measured_and_what_that_means(
    name: str, verdict: Verdict, measured: Any, expected: str
) -> None:
    """It has the book's value, the run's, and where the print lies among the recorded runs."""
    results = Results(ENVIRONMENT, (recorded(name, verdict, measured),))
    if measured is MEDIAN:
        results = with_samples(results, ledger())

    assert answer(claim_row(ledger().claims[name], results.claims[0], ledger(), ENVIRONMENT)) == expected


def test_a_long_value_is_left_to_the_table() -> None:
    claim = ledger().claims["ch04.text06.alice_800"]
    same = claim_row(claim, recorded(claim.id, "reproduced", claim.documented), ledger(), ENVIRONMENT)

    assert answer(same) == "First 800 characters of the Alice text are as in the book."


def test_every_exercise_has_an_answer_whatever_its_verdict() -> None:
    """A sentence or two, of one verb; those that a unit names are claims of the book in it."""
    book = ledger()
    records = tuple(recorded(name, "failed", None) for name in book.claims)
    for unit in [u for chapter in chapters(Results(ENVIRONMENT, records), book, {}) for u in chapter.units]:
        main = main_row(unit.claims, unit.strip, unit.unit.main)
        assert unit.unit.main in {"", *(row.claim.name for row in unit.claims if not row.claim.ours)}
        assert main is not None
        for word in WORDS:
            said = answer(replace(main, word=word))
            assert re.fullmatch(r"[^{}]+[.]", said), (unit.unit.id, word.name)
            assert not _TWO_VERBS.match(said), said


def test_without_a_name_the_claim_of_the_strip_is_the_main_one() -> None:
    book = ledger()
    rows = [
        claim_row(claim, recorded(claim.id, "reproduced", None), book, ENVIRONMENT)
        for claim in book.units["ch02.ex02"].claims
    ]

    assert main_row(rows, rows[0], "bias").claim.name == "bias"  # type: ignore[union-attr]
    assert main_row(rows, rows[0], "") is rows[0]
    assert main_row(rows, None, "").claim.evidence == "measured"  # type: ignore[union-attr]
    assert main_row([], None, "") is None
