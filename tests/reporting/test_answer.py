"""The answer with which an exercise opens: true of each verdict, and in words."""

import re
from dataclasses import replace
from typing import Any

from tests.reporting.package_samples import with_samples
from tests.reporting.test_report_rows import recorded
from tests.toy.records import sums
from workshop.ledger import ledger
from workshop.reporting.report.answer import answer, main_row
from workshop.reporting.report.view import chapters, claim_row
from workshop.verification.results import Results
from workshop.verification.verdicts import Verdict
from workshop.wording.words import WORD_OF

MEDIAN = sums(0.8615, 0.7998, 0.8766, 64)
ENVIRONMENT = {"tensorflow": "2.21.0", "device": "cpu"}
# a claim, its verdict, and what was measured
ANSWERS: list[tuple[str, Verdict, Any]] = [
    ("ch01.ex02.result", "reproduced", 42),
    ("ch06.ex02.test_acc", "reproduced", MEDIAN),
    ("ch06.ex02.test_acc", "undecided", MEDIAN),
    ("ch06.ex02.test_acc", "deferred", None),
    ("ch06.ex02.test_acc", "failed", MEDIAN),
    ("ch01.ex06.w", "changed", -1.00370991),
    ("ch04.act01.stem5", "changed", None),
    ("ch05.ex02.recurrent_name", "corrected", "Wr"),
    ("ch03.ex03.val_accuracy", "corrected", None),
    ("ch01.ex01.label", "supported", "pizza"),
    ("ch01.ex01.label", "unavailable", "bread"),
    ("ch01.ex01.label", "unavailable", None),
    ("ch07.ex04.plot_18000", "reproduced", {"median": 0.2}),
    ("ch07.text05.doubling", "reproduced", {"in": [3, 3], "out": [6, 6]}),
    ("ch06.text13.intro_date", "corrected", None),
    ("ch06.text12.sequence_unit", "corrected", {"terms": 200}),
    ("ch07.ex02.summary", "reproduced", {"summary": [["Dense", [None, 32], 352]], "relative_gap": 0.0}),
    ("ch04.text17.king", "reproduced", [["queen", 0.5], ["monarch", 0.4], ["prince", 0.3]]),
    ("ch06.ex02.test_acc", "not testable", None),
]
# an answer that is about a statement or a clause, which has a verb of its own
_TWO_VERBS = re.compile(
    r"(?!The book says)(?:(?:Statement|Text)\b|(?:(?!which|what|that|after|whose)[^.,(])* "
    r"(?:is|are|has|holds|doubles|passes) (?:[^.]* )?(?:is|are) )",
    re.IGNORECASE,
)


def test_an_answer_says_what_is_measured_and_what_that_means(golden):
    """It has the book's value, the run's, and where the print lies among the recorded runs."""
    said = {}
    for name, verdict, measured in ANSWERS:
        results = Results(ENVIRONMENT, (recorded(name, verdict, measured),))
        if measured is MEDIAN:
            results = with_samples(results, ledger())
        row = claim_row(ledger().claims[name], results.claims[0], ledger(), ENVIRONMENT)
        said[f"{name} {verdict} {measured}"] = answer(row)
    golden("answers.txt", said)


def test_a_long_value_is_left_to_the_table():
    claim = ledger().claims["ch04.text06.alice_800"]
    same = claim_row(claim, recorded(claim.id, "reproduced", claim.documented), ledger(), ENVIRONMENT)

    assert answer(same) == "First 800 characters of the Alice text are as in the book."


def test_every_exercise_has_an_answer_whatever_its_verdict():
    """A sentence or two, of one verb; those that a unit names are claims of the book in it."""
    book = ledger()
    records = tuple(recorded(name, "failed", None) for name in book.claims)
    for unit in [u for chapter in chapters(Results(ENVIRONMENT, records), book, {}) for u in chapter.units]:
        main = main_row(unit.claims, unit.strip, unit.unit.main)
        assert unit.unit.main in {"", *(row.claim.name for row in unit.claims if not row.claim.ours)}
        assert main is not None
        for verdict, word in WORD_OF.items():
            said = answer(replace(main, verdict=verdict))
            assert re.fullmatch(r"[^{}]+[.]", said), (unit.unit.id, word.name)
            assert not _TWO_VERBS.match(said), said


def test_without_a_name_the_claim_of_the_strip_is_the_main_one():
    book = ledger()
    rows = [
        claim_row(claim, recorded(claim.id, "reproduced", None), book, ENVIRONMENT)
        for claim in book.units["ch02.ex02"].claims
    ]

    assert main_row(rows, rows[0], "bias").claim.name == "bias"  # type: ignore[union-attr]
    assert main_row(rows, rows[0], "") is rows[0]
    assert main_row(rows, None, "").claim.evidence == "measured"  # type: ignore[union-attr]
    assert main_row([], None, "") is None
