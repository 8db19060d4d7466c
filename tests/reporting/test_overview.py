"""The top of the page: state, sentence and totals of a run."""

import re
from collections.abc import Sequence
from dataclasses import replace

from tests.golden import Golden
from tests.toy.claims import book as made_up_book
from tests.toy.records import record
from workshop.ledger import Ledger, ledger
from workshop.reporting.report.overview import MARKS, facts, overview, repeated_text, when_and_with
from workshop.verification.results import Record, Results


def made_up(units: Sequence[str], book: int = 8, own: int = 0) -> Ledger:
    """Return a ledger with this many claims of the book and of our own in each unit."""
    return made_up_book(
        *(
            {"id": f"{unit}.{who}{n}", "ours": who == "o"}
            for unit in units
            for who, numbers in (("c", book), ("o", own))
            for n in range(numbers)
        ),
        units={unit: {"title": "one"} for unit in units},
    )


def records(
    unit: str, book: Sequence[str], own: Sequence[str] = (), evidence: str = ""
) -> tuple[Record, ...]:
    """Return records with these verdicts."""
    return tuple(
        record(f"{unit}.{who}{n}", verdict, ours=who == "o", evidence=evidence)
        for who, verdicts in (("c", book), ("o", own))
        for n, verdict in enumerate(verdicts)
    )


ALL = ["reproduced", "corrected", "corrected", "refuted", "changed", "supported", "deferred", "unavailable"]
# verdicts of the book's claims, and of our own
RUNS: list[tuple[list[str], list[str]]] = [
    (ALL, ["changed", "reproduced"]),
    (["refuted"], []),
    (["reproduced", "failed"], ["failed"]),
    (["failed"], []),
    (["deferred", "unavailable"], []),
]
# units of a run, which says what it is a part of
PARTS = [
    ["ch09.ex01"],
    ["ch09.text01"],
    ["ch09.text02"],
    ["ch09.ex01", "ch09.text02"],
    ["ch08.act01"],
    ["ch08.act01", "ch09.ex01"],
]


def said(results: Sequence[Record], whole: Ledger) -> str:
    """Return the state, the sentence and the counts of a run."""
    top = overview(Results({}, tuple(results)), whole)
    assert top.run.total == sum(top.run.counts.values())
    return f"{top.state}: {''.join(text for text, _ in top.sentence)} {sum(top.run.own.values())} of our own"


def repeated() -> str:
    """Return what is said of claims that are printed twice, or in the notebook alone; not of ours."""
    claims = [
        claim.model_copy(update={"same_as": "ch09.ex01.c0"})
        for claim in made_up(["ch09.ex01"], book=3, own=1).claims.values()
    ]
    claims[0] = claims[0].model_copy(update={"same_as": None, "source": "notebook"})
    return f"{repeated_text(claims)}\n{repeated_text([])}"


HERE = {"date": "2026-01-02T03:04:05+00:00", "tensorflow": "2.21.0", "device": "cpu", "threads": 1}


def test_a_run_in_a_word_and_a_sentence_reads_as_written(golden: Golden) -> None:
    """Failures come first, our own included; all other numbers are of the book's claims alone."""
    unit, whole = "ch09.ex01", made_up(["ch08.act01", "ch09.text01", "ch09.ex01", "ch09.text02"], 2)
    runs = [said(records(unit, book, own), made_up([unit], len(book), len(own))) for book, own in RUNS]
    first, second = records(unit, ["reproduced", "undecided"])
    parts = [said([r for unit in units for r in records(unit, ["reproduced"] * 2)], whole) for units in PARTS]
    book = [record(claim, "deferred") for claim in ledger().claims.values()]
    golden(
        "overview.txt",
        {
            "runs": "\n".join(runs),
            "a result is lost": said([first, replace(second, lost="reproduced")], made_up([unit], 2)),
            "parts of the book": "\n".join(parts),
            "one of two results": said(records(unit, ["reproduced", "deferred"]), whole),
            "one result": said(records(unit, ["reproduced"]), made_up([unit], 2)),
            "repeated": repeated(),
            "when and where": "\n".join(
                f"{when_and_with(made)} {facts(made)}" for made in (HERE, {**HERE, "memory": 2100}, {})
            ),
            "the whole book": re.sub(r"\d+", "N", said(book, ledger())),
        },
    )


def test_evidence_of_decided_results_alone() -> None:
    """A deferred claim has no evidence yet, and a setting is worth as little as print."""
    book = ["reproduced", "failed", "deferred"]
    top = overview(Results({}, records("ch09.ex01", book, evidence="built")), made_up(["ch09.ex01"]))

    assert top.evidence == (("built", 2),)
    assert MARKS["setting"] == MARKS["printed"] == 0
