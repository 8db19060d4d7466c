"""A reader's own number: how it is read and judged, and that the page says the same word for word."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from workshop.errors import WorkshopError
from workshop.ledger import ledger
from workshop.reporting import report
from workshop.reporting.report.reader_number import (
    NoSuchNumber,
    Printed,
    Sampled,
    answer_mine,
    assess,
    read,
    reader_numbers,
)
from workshop.samples.recorded import Recordings
from workshop.verification.printed_vs_recorded import answer
from workshop.verification.sample_summaries import SampleSummaries
from workshop.wording.numbers import four_digits

SCRIPT = Path(report.__file__).with_name("reader_number.js.j2")
NEEDS_NODE = pytest.mark.skipif(
    shutil.which("node") is None, reason="node is not installed: apt-get install nodejs"
)
ANSWERS = ["compatible", "inconclusive", "excluded"]  # the better first
FIRST_WORDS = {"compatible": "Normal", "inconclusive": "Unusual", "excluded": "No"}

TEN = Sampled(tuple(float(v) for v in range(10, 20)), made="keras 3")
HUNDRED = replace(TEN, runs=tuple(v / 100 for v in range(100, 200)), bounds=(0.5, 2.5))
ALIKE = replace(TEN, runs=(7.0,) * 4)
CRASHED = replace(TEN, runs=(*TEN.runs, None, None))
SHARE = replace(HUNDRED, printed=(1.5, 1.45, 1.55))
BOOK = replace(HUNDRED, printed=(3.0, 2.95, 3.05), book="The book's 3 is above all of them.", scale="log")

# typed, what it is compared with, the answer, and parts of the lines
AMONG_RUNS: list[tuple[str, Sampled, str, list[str]]] = [
    ("14.5", TEN, "compatible", ["Normal. It is well inside the 10 recorded runs, 10 to 19."]),
    ("10", TEN, "compatible", ["Normal. 1 of 10 recorded runs is at least as far out on that side."]),
    ("1.005", HUNDRED, "compatible", ["Normal, but at the edge: only 1 of 100 recorded runs is as far out"]),
    ("1.1", HUNDRED, "compatible", ["Normal. 16 of 100 recorded runs are at least as far out on that side."]),
    ("25", TEN, "inconclusive", ["Unusual: 25 is above all 10 recorded runs, by 5.5.", "in 5", "keras 3"]),
    ("-5", TEN, "inconclusive", ["Unusual: -5 is below all 10 recorded runs, by 14.5.", "run another seed"]),
    ("2.1", HUNDRED, "inconclusive", ["by 0.06. By chance about one run in 50 is beyond all others"]),
    ("2.6", HUNDRED, "excluded", ["No. 2.6 is above all 100 recorded runs, by 0.56. Fewer than one run in"]),
    ("0.4", HUNDRED, "excluded", ["No. 0.4 is below all 100", "1,000 is so far out: look for", "keras 3"]),
    ("2.9", BOOK, "excluded", ["so far out, judged on the log scale", "The book's 3 is above all of them."]),
    ("3.0", BOOK, "excluded", ["No. 3.0 is above all 100 recorded runs, by 0.96"]),
    ("3", BOOK, "excluded", ["by 0.96"]),  # the printed number stands for what the book's digits stand for
    ("1.5", replace(SHARE, statement="excluded"), "excluded", ["No. 1.5 is what the book prints"]),
    ("1.5", replace(SHARE, statement="inconclusive"), "inconclusive", ["runs can't decide on it."]),
    ("1.5", replace(SHARE, statement="compatible"), "compatible", ["Normal. It is well inside"]),
    ("1.6", replace(SHARE, statement="excluded"), "compatible", ["Normal. It is well inside"]),
    ("5", ALIKE, "inconclusive", ["all 4 recorded runs give 7. Seeds do not move this number"]),
    ("7.0000001", ALIKE, "compatible", ["Normal."]),  # another processor's last digit
    ("99", CRASHED, "compatible", ["Normal. 2 of 12 recorded runs are", "2 of 12 recorded runs crashed."]),
    ("3", Sampled((None,) * 5), "inconclusive", ["Unusual: all 5 recorded runs crashed. Find out why."]),
    ("3", Sampled(()), "inconclusive", ["Open. Too few runs are recorded to compare with."]),
    ("15", replace(TEN, naive=10.0), "compatible", ["The naive forecast has 10; yours is 1.5 times that."]),
    ("15", replace(TEN, naive=15.0), "compatible", ["The naive forecast has 15, too."]),
    ("15", replace(TEN, naive=-1.0), "compatible", ["The naive forecast has -1; yours is above it."]),
    (" 1,5e1 ", TEN, "compatible", ["Normal."]),
    ("1,121", TEN, "inconclusive", ["1,121 was read as 1121; for a decimal fraction type 1.121."]),
    ("1300%", TEN, "compatible", ["Normal."]),
    ("13%", replace(TEN, percent=True), "compatible", ["Normal."]),
]  # fmt: skip

ACCURACY = Printed(
    0.9304, 5e-5, 0.93035, 0.93045, False, None, "0.9304", "the book prints",
    "The book prints 0.9304, and so does this run", "", "",
)  # fmt: skip
LARGEST = Printed(
    75, 0.5, 75, 75, False, (90, 0.5), "75", "the book prints", "The book prints 75", "",
    "90 is right, and the book prints 75",
)  # fmt: skip
BOUND = replace(ACCURACY, low=0.9, high=None, accepts="anything from 0.9")
NO_SEED = "No seed is involved: look for what differs in data, settings, versions."
AGAINST_PRINT: list[tuple[str, Printed, str, list[str]]] = [
    ("0.9304", ACCURACY, "compatible", ["Normal. The book prints 0.9304, and so does this run."]),
    ("93,04 %", ACCURACY, "compatible", ["Normal. The book prints 0.9304"]),
    ("0.93041", ACCURACY, "compatible", ["Normal. 0.93041 rounds to the 0.9304 that the book prints."]),
    ("0.93", ACCURACY, "compatible", ["Normal. 0.93 is what the book prints, rounded: 0.9304."]),
    ("0.91", ACCURACY, "excluded", ["and so does this run; 0.91 is 0.0204 away.", NO_SEED]),
    ("75", LARGEST, "excluded", ["No. 90 is right, and the book prints 75."]),
    ("90", LARGEST, "compatible", ["Normal. 90 is right, and the book prints 75."]),
    ("80", LARGEST, "excluded", ["No. 90 is right, and the book prints 75; 80 is neither.", NO_SEED]),
    ("0.95", BOUND, "compatible", ["Normal. The book prints 0.9304", "anything from 0.9 agrees with it."]),
    ("0.89", BOUND, "excluded", ["0.89 is 0.0404 away."]),
]
CASES = [*AMONG_RUNS, *AGAINST_PRINT]


@pytest.mark.parametrize(("typed", "known", "expected", "parts"), CASES)
def test_judgement(typed: str, known: Sampled | Printed, expected: str, parts: list[str]) -> None:
    """The answer is the first word: what runs or print include is normal, what they exclude is not."""
    assessment = assess(typed, known)

    assert assessment.answer == expected
    assert assessment.lines[0].startswith((FIRST_WORDS[expected], "Open."))
    for part in parts:
        assert part in " ".join(assessment.lines)


def test_the_printed_number_gets_the_verdicts_answer(no_simulation: None) -> None:
    """Each printed number of all claims of the ledger; of several numbers the worst answer is the claim's."""
    book, recordings = ledger(), Recordings({"device": "cpu"})
    summaries, found = SampleSummaries(recordings, book), Counter[str]()
    for claim in book.claims.values():
        if not claim.rule.needs_sample:
            continue
        known = reader_numbers(claim, summaries.of(claim), None, {})
        placed = [one for one in known.values() if isinstance(one, Sampled) and one.printed]
        if placed:
            answers = [assess(repr(one.printed[0]), one).answer for one in placed if one.printed]
            worst = max(answers, key=ANSWERS.index)
            assert worst == answer(recordings.of(claim), claim.documented).answer, claim.id
            found[worst] += 1
    assert min(found[each] for each in ANSWERS) > 10
    assert sum(found.values()) > 100


def test_a_printed_number_without_runs_is_normal_if_the_book_is_right() -> None:
    """Over all claims: a number that the ledger corrects is refused, each other one is accepted."""
    wrong = 0
    for claim in ledger().claims.values():
        if claim.rule.needs_sample:
            continue
        for name, known in reader_numbers(claim, None, None, {}).items():
            assert isinstance(known, Printed)
            assessment = assess(repr(known.value), known)
            expected = "compatible" if known.right is None else "excluded"
            assert assessment.answer == expected, (claim.id, name)
            if known.right is not None:
                assert assess(repr(known.right[0]), known).answer == "compatible"
                wrong += 1
    assert wrong > 50


# typed, the number, half a unit of the last digit
READ = [
    ("0.846", 0.846, 5e-4), ("0.8460", 0.846, 5e-5), ("1e3", 1000, 500), ("1.5e-3", 0.0015, 5e-5),
    (".5", 0.5, 0.05), ("12.", 12, 0.5), ("-3.25", -3.25, 5e-3), ("+7", 7, 0.5), ("−3.25", -3.25, 5e-3),
    ("0,846", 0.846, 5e-4), ("84.6%", 0.846, 5e-4), ("84,6 %", 0.846, 5e-4), ("8.46e-1", 0.846, 5e-4),
    ("8,46e-1", 0.846, 5e-4), ("1,121", 1121, 0.5), ("-1,121", -1121, 0.5), ("1,121.5", 1121.5, 0.05),
    ("1,234,567", 1234567, 1e-6 * 1234567), ("1,12", 1.12, 5e-3), ("12,3456", 12.3456, 5e-5),
    ("0,5", 0.5, 0.05), ("1121,5", 1121.5, 0.05), (",5", 0.5, 0.05),
]  # fmt: skip
AMBIGUOUS = {"1,121": "1.121", "-1,121": "-1.121"}
REFUSED = [
    "", "nan", "inf", "1e999", "0x10", "1_0", "٣", "1 2", ".", ",", "%", "1,2,3", "1.121,5", "1,12.5", "5%%",
    "1.2.3", "0,121,000",
]  # fmt: skip


@pytest.mark.parametrize(("typed", "value", "half"), READ)
def test_a_typed_number_stands_for_its_digits(typed: str, value: float, half: float) -> None:
    """Half a unit of the last digit to both sides, trailing zeros and powers of ten included."""
    number = read(typed)

    assert (number.value, number.half) == (value, pytest.approx(half))
    assert bool(number.note) == (typed in AMBIGUOUS)
    assert number.note.endswith(f"{AMBIGUOUS.get(typed, '')}." if number.note else "")


@pytest.mark.parametrize("typed", REFUSED)
def test_no_number(typed: str) -> None:
    """What is no number is named, with one that would do."""
    with pytest.raises(ValueError, match=r"is no number: type it like 0\.846"):
        assess(typed, TEN)


def test_percents_where_the_numbers_are_percents() -> None:
    """The percent sign changes nothing there."""
    assert read("84.6%", percent=True).value == 84.6
    known = reader_numbers(ledger().claims["ch06.ex03.test_acc_percent"], None, None, {})
    assert known[""].percent


def test_numbers_of_a_claim_without_runs() -> None:
    """One number is asked alone, several by name; words have none; the last run's number is quoted."""
    claims = ledger().claims
    accuracy, rows = claims["ch02.ex04.accuracy"], claims["ch01.ex05.axis1_values"]

    same, other = (
        answer_mine(accuracy, "0.91", {"measured": {"accuracy": v}}, None) for v in (0.9304, 0.9126)
    )
    assert "The book prints 0.9304, and so does this run; 0.91 is" in same.lines[0]
    assert "The book prints 0.9304, this run gives 0.9126; 0.91 is" in other.lines[0]
    assert answer_mine(rows, "[2]=90", None, None).answer == "compatible"
    assert answer_mine(rows, "[2]=75", None, None).answer == "excluded"
    with pytest.raises(NoSuchNumber, match=r"names none of the numbers of .*: --mine '\[0\]=…', --mine"):
        answer_mine(rows, "90", None, None)
    with pytest.raises(NoSuchNumber, match=r"ch06\.text02\.types has no number to compare: the book prints"):
        answer_mine(claims["ch06.text02.types"], "1", None, None)


def _random_cases() -> list[tuple[str, Sampled]]:
    """Return cases of many sizes: samples with ties and crashes, numbers inside, at the edge and far out."""
    rng = random.Random(0)
    cases = []
    for _ in range(500):
        scale = 10.0 ** rng.randint(-7, 6)
        n = rng.choice([5, 44, 128])
        runs = [round(rng.gauss(1, 0.2), rng.choice([1, 2, 9])) * scale for _ in range(n)]
        crashed = [None] * rng.choice([0, 0, 0, 2])
        mine = rng.gauss(1, rng.choice([0.1, 0.5, 5])) * scale
        naive = rng.choice([None, 1.1 * scale, -scale])
        bounds = rng.choice([None, (0.1 * scale, 1.9 * scale)])
        known = Sampled(
            (*runs, *crashed), bounds, rng.choice(["identity", "log"]), naive=naive, made="keras 3"
        )
        cases.append((f"{mine:.{rng.randint(1, 9)}{rng.choice('eg')}}", known))
    return cases


NUMBERS = [
    0.0, 1.0, -1.5, 2.0625, 1.00005, 9999.5, 99995.0, 0.00012345, 0.00001, 1e-9, 123456.0, 1e22, 0.1 + 0.2,
]  # fmt: skip

_PROGRAM = """
const {cases, numbers} = JSON.parse(require("fs").readFileSync(0, "utf-8"));
console.log(JSON.stringify({
  answers: cases.map(([typed, known]) => assess(typed, known)),
  digits: numbers.map(fourDigits),
}));
"""


def _python(typed: str, known: Sampled | Printed) -> dict[str, Any]:
    """Return what Python answers, in the form of the script."""
    try:
        assessment = assess(typed, known)
    except ValueError as error:
        return {"answer": None, "lines": [str(error)]}
    return {"answer": assessment.answer, "lines": list(assessment.lines)}


@NEEDS_NODE
def test_the_page_says_the_same() -> None:
    """The script of the page gives the answers of Python, word for word, also where there is no number."""
    everything = [typed for typed, *_ in READ] + REFUSED
    cases: list[tuple[str, Any]] = [(typed, known) for typed, known, *_ in CASES] + _random_cases()
    cases += [(typed, known) for typed in everything for known in (TEN, ACCURACY, replace(TEN, percent=True))]
    given = {"cases": [(typed, asdict(known)) for typed, known in cases], "numbers": NUMBERS}

    output = subprocess.run(
        ["node", "-e", SCRIPT.read_text("utf-8") + _PROGRAM],
        input=json.dumps(given), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    content = json.loads(output)
    assert content["digits"] == [four_digits(number) for number in NUMBERS]
    for (typed, known), answered in zip(cases, content["answers"], strict=True):
        assert answered == _python(typed, known), (typed, known)
    assert {each["answer"] for each in content["answers"]} == {None, *ANSWERS}


def test_recorded_runs_that_are_damaged_are_named(no_simulation: None) -> None:
    """Where a claim's recorded runs can't be used, the message says why."""
    claim = ledger().claims["ch05.text07.test_rmse"]
    sample = SampleSummaries(Recordings({"device": "cpu"}), ledger()).of(claim)
    assert sample is not None
    with pytest.raises(WorkshopError, match="it is broken"):
        answer_mine(claim, "0.03", None, replace(sample, problem="it is broken"))
