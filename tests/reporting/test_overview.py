"""The top of the page: state, sentence and totals of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.toy.claims import book as made_up_book
from workshop.ledger import Ledger, ledger
from workshop.reporting.report.overview import MARKS, facts, overview, repeated_text, when_and_with
from workshop.verification.results import Record, Results
from workshop.wording.places import printed_in


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
        Record(f"{unit}.{who}{n}", unit, who == "o", verdict, 1, None, {}, "equal", None, (), 0.0, "made up",
               evidence=evidence)
        for who, verdicts in (("c", book), ("o", own))
        for n, verdict in enumerate(verdicts)
    )  # fmt: skip


ALL = ["reproduced", "corrected", "corrected", "refuted", "changed", "supported", "deferred", "unavailable"]
DECIDED = "Of the book's {} printed results this run decided {}"
LACKING = "1 could not be decided, because their data are not here."
FINE = "Nothing disagrees without a known reason."
# verdicts of the book's claims, verdicts of our own, the state and the sentence
SENTENCES = [
    (
        ALL,
        ["changed", "reproduced"],
        "nothing disagrees",
        (
            f"{DECIDED.format(8, 6)}: 1 holds as printed, 3 are wrong in print, "
            f"1 was changed by later libraries, and 1 holds on substitute data. {LACKING} {FINE}"
        ),
    ),
    (["refuted"], [], "nothing disagrees", f"{DECIDED.format(1, 1)}: 1 is wrong in print. {FINE}"),
    (
        ["reproduced", "failed"],
        ["failed"],
        "2 failed",
        f"2 results disagree, and nothing recorded explains it. {DECIDED.format(2, 2)}: 1 holds as printed. ",
    ),
    (
        ["failed"],
        [],
        "1 failed",
        f"1 result disagrees, and nothing recorded explains it. {DECIDED.format(1, 1)}. ",
    ),
    (
        ["deferred", "unavailable"],
        [],
        "nothing decided",
        f"{DECIDED.format(2, 0)}. {LACKING} So this run shows nothing.",
    ),
]


@pytest.mark.parametrize(("book", "own", "state", "sentence"), SENTENCES)
def test_a_run_in_a_word_and_a_sentence(
    book: Sequence[str], own: Sequence[str], state: str, sentence: str
) -> None:
    """Failures come first, our own included; all other numbers are of the book's claims alone."""
    top = overview(Results({}, records("ch09.ex01", book, own)), made_up(["ch09.ex01"], len(book), len(own)))

    assert top.state == state
    assert top.total == len(book) == sum(number for _, number in top.counts)
    assert sum(number for _, number in top.own) == len(own)
    assert "".join(text for text, _ in top.sentence) == sentence


def test_lost_results_are_named_where_nothing_disagrees() -> None:
    """They stand before the last sentence, which is as ever."""
    book = records("ch09.ex01", ["reproduced", "undecided"], [])
    lost = replace(book[1], lost="reproduced")

    top = overview(Results({}, (book[0], lost)), made_up(["ch09.ex01"], 2, 0))

    said = f"1 result was decided in the last run here and is not now: {lost.id}."
    assert top.sentence[-3:] == ((said, True), (" ", False), (FINE, True))


# units of a run, and what it says it is a part of
PARTS = [
    (["ch09.ex01"], "exercise 9.01"),
    (["ch09.text01"], "the opening of chapter 9"),
    (["ch09.text02"], "the text after 9.01"),
    (["ch09.ex01", "ch09.text02"], "chapter 9"),
    (["ch08.act01"], "activity 8.01"),
    (["ch08.act01", "ch09.ex01"], "2 exercises"),
]


@pytest.mark.parametrize(("units", "part"), PARTS)
def test_a_partial_run_names_its_part(units: list[str], part: str) -> None:
    """The number of the whole book is that of the ledger."""
    whole = made_up(["ch08.act01", "ch09.text01", "ch09.ex01", "ch09.text02"], 2)

    top = overview(Results({}, tuple(r for unit in units for r in records(unit, ["reproduced"] * 2))), whole)

    n = 2 * len(units)
    assert top.sentence[0][0] == f"{n} of the {n} results of {part} were decided; the book has 8"


def test_a_run_of_one_result_names_it() -> None:
    """Its exercise has more of them."""
    whole = made_up(["ch09.ex01"], 2)

    top = overview(Results({}, records("ch09.ex01", ["reproduced"])), whole)

    assert top.sentence[0][0] == "1 of the 1 result of ch09.ex01.c0 was decided; the book has 2"


def test_evidence_of_decided_results_alone() -> None:
    """A deferred claim has no evidence yet, and a setting is worth as little as print."""
    book = ["reproduced", "failed", "deferred"]
    top = overview(Results({}, records("ch09.ex01", book, evidence="built")), made_up(["ch09.ex01"]))

    assert top.evidence == (("built", 2),)
    assert MARKS["setting"] == MARKS["printed"] == 0


def test_repeated_claims_are_counted() -> None:
    """Those that the book prints twice, and those of the authors' notebook alone; ours are left out."""
    book = made_up(["ch09.ex01"], book=3, own=1).claims
    claims = [claim.model_copy(update={"same_as": "ch09.ex01.c0"}) for claim in book.values()]
    claims[0] = claims[0].model_copy(update={"same_as": None, "source": "notebook"})

    assert repeated_text(claims) == "printed a second time: 2; printed in the authors' notebook only: 1"
    assert repeated_text([]) == ""


def test_when_and_where_a_run_was_made() -> None:
    """The day, TensorFlow and the machine are named as far as they are known."""
    environment = {"date": "2026-01-02T03:04:05+00:00", "tensorflow": "2.21.0", "device": "cpu", "threads": 1}

    assert when_and_with(environment) == " on 2 January 2026 with TensorFlow 2.21"
    assert when_and_with({}) == ""
    assert facts(environment) == "TensorFlow 2.21.0 · CPU, 1 thread · default profile · 2026-01-02"
    assert ", 1 thread, at most 2.1 GB a process (without stored outcomes) · " in facts(
        {**environment, "memory": 2100}
    )
    assert "default profile" in facts({})


def test_the_whole_ledger_is_no_part() -> None:
    """A run of all claims of the book names no part."""
    made = [
        Record(c.id, c.unit, c.ours, "deferred", c.documented, None, {}, "equal", None, (), 0.0, "later")
        for c in ledger().claims.values()
    ]

    top = overview(Results({}, tuple(made)), ledger())

    book, notebook = printed_in(ledger().claims.values())
    counted = f"the book's {book} printed results and {notebook} of its notebook"
    assert book + notebook == top.book
    assert top.sentence[0][0].startswith(f"Of {counted} this run decided 0")
