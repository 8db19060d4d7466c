"""A claim's line on the report's page, and its finding: printed, measured or right, and missing data."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reporting.package_samples import with_samples
from workshop.ledger import ledger
from workshop.reporting.report import view
from workshop.reporting.report.findings import finding
from workshop.reporting.report.page import page
from workshop.verification.results import Record, Results

FIRST2 = "ch04.act01.first2"
PRINTED = ledger().claims[FIRST2].documented
MEASURED = [[word for word in PRINTED[0] if word != "'and"], PRINTED[1]]
NUMBERS = {"seeds": 15, "median": [1.3258, 1.108], "minimum": [1.059, 1.047], "maximum": [1.992, 1.576]}
ALIKE = "[[alice, 's, … eyes, ran, close]]"
BY_NAME = "train 1.326 (1.059 to 1.992), test 1.108 (1.047 to 1.576) over 15 seeds"
FETCH = (
    "resnet50_imagenet: workshop data fetch resnet50_imagenet, or set WORKSHOP_MIRROR to a folder that has it"
)
# a claim, its verdict, its measured value, its line, and its missing data
ROWS: list[tuple[str, str, Any, str, str]] = [
    ("ch01.text02.scalar_rank", "corrected", 1, "0 → 1", ""),
    ("ch06.ex03.test_acc_percent", "corrected", None, "87.15 → right: 87.16", ""),
    ("ch04.text12.happiness_members", "corrected", None,
     "… righteousness, compassion] → right: … righteousness]", ""),
    (FIRST2, "changed", PRINTED, f"{ALIKE} → {ALIKE}", ""),
    (FIRST2, "reproduced", MEASURED, f"{ALIKE} → {ALIKE}", ""),
    (FIRST2, "changed", MEASURED,
     "… conversations, 'and, use, book, thought, … → … conversations, use, book, thought, alice …", ""),
    (FIRST2, "deferred", None, ALIKE, ""),
    ("ch05.text07.no_better_than_naive", "reproduced", NUMBERS,
     f"no better than tomorrow = today → median {BY_NAME}", ""),
    ("ch01.ex01.weights_bytes", "unavailable", 7, "102967424 → 7 on a substitute", FETCH),
    ("ch01.ex01.weights_bytes", "unavailable", None, "102967424", FETCH),
]  # fmt: skip
ENVIRONMENT = {"device": "cpu", "profile": "default"}
pytestmark = pytest.mark.usefixtures("no_simulation")


def record(name: str, verdict: str, measured: Any) -> Record:
    """Return the record of a claim of the ledger."""
    claim = ledger().claims[name]
    reason = "made up; substitute for resnet50_imagenet: another network"
    made = Record(
        name, claim.unit, claim.ours, verdict, claim.documented, measured, {}, "equal", None, (), 0.0, reason
    )
    return with_samples(Results(ENVIRONMENT, (made,)), ledger()).claims[0]


@pytest.mark.parametrize(("name", "verdict", "measured", "short", "missing"), ROWS)
def test_rows(name: str, verdict: str, measured: Any, short: str, missing: str) -> None:
    """The line has the right value, names of several numbers, differences and missing data."""
    results = Results(ENVIRONMENT, (record(name, verdict, measured),))

    ((card,),) = [unit.claims for chapter in view.chapters(results, ledger(), {}) for unit in chapter.units]

    assert (card.short, card.missing) == (short, missing)
    assert (f'<span class="missing">missing {missing}' in page(results, ledger())) == (missing != "")


# a claim, its verdict, its measured value, and parts of the printed value and of the one instead
INSTEAD: list[tuple[str, str, Any, str, str]] = [
    (FIRST2, "changed", MEASURED, "conversations, 'and, use, book", "measured: … "),
    (FIRST2, "changed", MEASURED, "conversations, 'and, use, book", "conversations, use, book"),
    (
        "ch05.text07.no_better_than_naive",
        "refuted",
        NUMBERS,
        "no better",
        "measured, median: train 1.326, test 1.108",
    ),
    ("ch06.ex03.test_acc_percent", "corrected", None, "87.15", "right: 87.16"),
    (FIRST2, "deferred", None, "[[alice, 's, adventures", ""),
]


@pytest.mark.parametrize(("name", "verdict", "measured", "printed", "instead"), INSTEAD)
def test_findings_show_where_values_differ(
    name: str, verdict: str, measured: Any, printed: str, instead: str
) -> None:
    """A finding shows the first place where two long values differ, and names of several numbers."""
    found = finding(ledger().claims[name], record(name, verdict, measured), ENVIRONMENT)

    assert printed in found.printed
    assert instead in found.instead
    assert (found.instead == "") == (instead == "")
