"""A reader's own number in words: the same from Python and from the page, for all claims and for nonsense."""

import contextlib
import json
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import workshop
from tests.golden import Golden
from tests.reporting.made_up_run import failed
from tests.reporting.package_samples import CPU, summary
from tests.selection import in_full
from tests.statistics.test_own_number import CASES, READ, REFUSED
from workshop.checking.checks import book
from workshop.checking.files import check_file
from workshop.errors import UsageError
from workshop.ledger import ledger
from workshop.paths import joined
from workshop.reporting import report
from workshop.reporting.own_number import (
    BEYOND,
    SENTENCES,
    NoSuchNumber,
    OwnNumber,
    answer_mine,
    lines,
    own_numbers,
)
from workshop.statistics.own_number import STATES, ok_of, place_number
from workshop.wording.numbers import four_digits

SCRIPT = Path(report.__file__).with_name("own_number.js.j2")
NEEDS_NODE = pytest.mark.skipif(
    shutil.which("node") is None, reason="node is not installed: apt-get install nodejs"
)
MOST = 10_000

TEN = OwnNumber(runs=tuple(float(v) for v in range(10, 20)), made="keras 3", reason="none")
CRASHED = replace(TEN, runs=(*(TEN.runs or ()), None, None))
LOGS = replace(TEN, bounds=(1.0, 30.0), scale=", judged on the log scale")
EARLIER = replace(TEN, earlier=((10, 25.0, 30.0, "keras 2.9"), (64, 40.0, 50.0, "keras 2")), made="")
PERCENTS = OwnNumber(legal="share", percent=True, runs=(86.5, 87.0, 87.5))
WRONG = OwnNumber(
    printed=(75, 75, 75),
    error=True,
    right=(90, 90, 90),
    accepts=(75, 75),
    says="the book prints 75",
    erratum="The largest is 90; 90 is right, and the book prints 75",
    correction="90 is right, and the book prints 75",
)
# typed, and what it is compared with
SAID: list[tuple[str, OwnNumber]] = [
    ("14.5", TEN),
    ("25", TEN),
    ("-5", TEN),
    ("99", CRASHED),
    ("nan", CRASHED),
    ("35", LOGS),
    ("28", EARLIER),
    ("45", EARLIER),
    ("75", WRONG),
    ("90", WRONG),
    ("80", WRONG),
    ("1,121", TEN),
    ("15", replace(TEN, naive=10.0)),
    ("15", replace(TEN, naive=15.0)),
    ("15", replace(TEN, naive=-1.0)),
    ("22.00", replace(TEN, others=((22.0, 22.0, "the training loss"),), made="")),
    ("0.871", PERCENTS),
    ("no", TEN),
    ("3", replace(TEN, runs=())),
]


def test_an_answer_reads_as_written(golden: Golden) -> None:
    """The answer comes first, then what else is known."""
    said = (lines(typed, place_number(typed, number), number) for typed, number in SAID)
    golden("said.txt", {f"{n}: {SAID[n][0]}": "\n".join(its) for n, its in enumerate(said)})


def test_every_answer_has_a_sentence() -> None:
    """Each with places that can be filled, and no answer is without one."""
    places = {
        name
        for said in SENTENCES.values()
        for text in said
        for _, name, _, _ in Formatter().parse(text)
        if name
    }

    assert set(STATES) <= set(SENTENCES)
    assert set(STATES) >= BEYOND
    assert places >= {"typed", "n", "least", "most", "gap", "side", "says", "erratum"}


# All claims


@cache
def everything() -> Mapping[str, Mapping[str, OwnNumber]]:
    """Return all numbers of all claims, with the recorded runs of the package."""
    book = ledger()
    return {each.id: own_numbers(each, book, summary(each.id, **CPU)) for each in book.claims.values()}


def test_each_print_equals_itself() -> None:
    """Whatever the runs say: ✔, or ≠ where it is an error of the book; each right value is ✔."""
    states = Counter[str]()
    for claim, numbers in everything().items():
        for name, number in numbers.items():
            if number.printed is not None:
                placed = place_number(repr(number.printed[0]), number)
                assert placed.answer in {
                    "equals the printed value", "equals a wrong print", "agrees with the book"
                }, (claim, name)  # fmt: skip
                assert (placed.state == "≠") == (number.error and not number.ours), (claim, name)
                states[placed.state] += 1
            if number.right is not None:
                assert place_number(repr(number.right[0]), number).answer == "equals the right value", claim
    assert states["≠"] > 50
    assert states["✔"] > 1000


def test_no_nonsense_is_ticked() -> None:
    """Each print × 1000 + 7, to each number that has recorded runs, is beyond them."""
    ticked = []
    for claim, numbers in everything().items():
        for name, number in numbers.items():
            if number.printed is not None and number.runs:
                placed = place_number(repr(number.printed[0] * 1000 + 7), number)
                if ok_of(placed.state):
                    ticked.append((claim, name))
    assert ticked == []


# what readers were told wrongly once
ISSUE = """
ch06.ex02.test_acc 0.5
ch06.ex02.test_acc 87
ch06.ex02.test_acc 0.0
ch06.ex02.test_acc 0.87032
ch02.ex04.accuracy 0.9099
ch02.act01.eval_loss fresh=0.003758653
ch05.text07.test_rmse 0.08
ch05.text07.test_rmse 30007
ch06.ex02.epoch5 loss=4000
ch04.ex06.brown_money best=0.841
ch04.ex06.brown_money common=4
ch04.ex06.brown_money best=0.86
ch05.text07.test_rmse -1
ch06.act01.test_acc 0.1
"""


def test_what_readers_were_told_wrongly(golden: Golden) -> None:
    said = {}
    for row in ISSUE.strip().splitlines():
        name, typed = row.split()
        claim = ledger().claims[name]
        placed, told = answer_mine(claim, typed, None, summary(name, **CPU), ledger())
        said[row] = "\n".join([placed.state, *told])
    golden("told.txt", said)


def test_numbers_of_a_claim_without_runs() -> None:
    """One number is asked alone, several by name; words have none; the last run's number is quoted."""
    book = ledger()
    accuracy, rows = book.claims["ch02.ex04.accuracy"], book.claims["ch01.ex05.axis1_values"]

    records = [failed(measured={"accuracy": value}) for value in (0.9304, 0.9126)]
    same, other = (answer_mine(accuracy, "0.92", last, None, book)[1] for last in records)
    assert "the book prints 0.9304, and so does this run; 0.92 is" in same[0]
    assert "the book prints 0.9304, this run gives 0.9126; 0.92 is" in other[0]
    assert answer_mine(rows, "[2]=90", None, None, book)[0].answer == "equals the right value"
    assert answer_mine(rows, "[2]=75", None, None, book)[0].answer == "equals a wrong print"
    with pytest.raises(NoSuchNumber, match=r"is not a number of .*: --mine '\[0\]=…', --mine"):
        answer_mine(rows, "90", None, None, book)
    with pytest.raises(NoSuchNumber, match=r"ch06\.text02\.types has no number to compare: the book prints"):
        answer_mine(book.claims["ch06.text02.types"], "1", None, None, book)
    with pytest.raises(NoSuchNumber, match="Not a number: 'x'"):
        answer_mine(accuracy, "x", None, None, book)


def test_percents_where_the_numbers_are_percents() -> None:
    book = ledger()
    percent = book.claims["ch06.ex03.test_acc_percent"]
    assert own_numbers(percent, book, None)[""].percent


def test_recorded_runs_that_are_damaged_are_named() -> None:
    """The print is compared, and the answer on any other number says why it is not."""
    claim = ledger().claims["ch05.text07.test_rmse"]
    sample = summary(claim.id, **CPU)
    assert sample is not None
    broken = replace(sample, problem="it is broken")

    assert answer_mine(claim, "0.03", None, broken, ledger())[0].state == "✔"
    assert "it is broken" in answer_mine(claim, "0.09", None, broken, ledger())[1][0]


# The page


def typed_numbers(most: int) -> Iterator[tuple[str, OwnNumber]]:
    """Yield typed numbers over all claims: prints, numbers near and far, and nonsense of all kinds."""
    rng = random.Random(49)
    numbers = [number for its in everything().values() for number in its.values()]
    rng.shuffle(numbers)
    for count in range(most):
        number = numbers[count % len(numbers)] if count < len(numbers) else rng.choice(numbers)
        runs = [value for value in number.runs or () if value is not None]
        around = rng.choice(
            [number.printed[0] if number.printed else 1.0, *rng.sample(runs, min(len(runs), 2))]
        )
        other = rng.choice(number.others)[0] if number.others else 0.5
        guess = rng.choice(number.guess[:2]) if number.guess else 0.5
        value = rng.choice(
            [around, around, 1000 * around + 7, 10 * around, around / 10, 100 * around, -around, 1 - around,
             rng.gauss(around, abs(around) / 10), rng.gauss(around, abs(around)), other, guess, 0.1, 0.6931,
             87.0]
        )  # fmt: skip
        text = f"{value:.{rng.randint(1, 9)}{rng.choice('eggg')}}"
        text = rng.choice([text, text, text, text.replace(".", ","), f"{text}%", f" {text} ", repr(value)])
        yield (rng.choice([*REFUSED, *(typed for typed, *_ in READ)]) if count % 20 == 0 else text), number


DIGITS = [
    0.0, 1.0, -1.5, 2.0625, 1.00005, 9999.5, 99995.0, 0.00012345, 0.00001, 1e-9, 123456.0, 1e22, 0.1 + 0.2,
]  # fmt: skip

_PROGRAM = """
const {cases, numbers, digits, SENTENCES, BEYOND} = JSON.parse(require("fs").readFileSync(0, "utf-8"));
console.log(JSON.stringify({
  answers: cases.map(([typed, index]) => {
    const placed = placeNumber(typed, numbers[index]);
    return [placed, linesOf(typed, placed, numbers[index])];
  }),
  digits: digits.map(fourDigits),
}));
"""


def in_javascript(cases: list[tuple[str, OwnNumber]]) -> dict[str, Any]:
    """Return what the page's script answers."""
    places: dict[int, int] = {}
    numbers: list[dict[str, Any]] = []
    for _, number in cases:
        if id(number) not in places:
            places[id(number)] = len(numbers)
            numbers.append(asdict(number))
    given = {
        "cases": [(typed, places[id(number)]) for typed, number in cases],
        "numbers": numbers,
        "digits": DIGITS,
        "SENTENCES": SENTENCES,
        "BEYOND": sorted(BEYOND),
    }
    output = subprocess.run(
        ["node", "-e", SCRIPT.read_text("utf-8") + _PROGRAM],
        input=json.dumps(given), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    content: dict[str, Any] = json.loads(output)
    return content


@NEEDS_NODE
def test_the_page_says_the_same(request: pytest.FixtureRequest) -> None:
    most = MOST if in_full(request.config) else MOST // 4
    named = [(typed, OwnNumber(**vars(known))) for typed, known, _ in CASES]  # each kind of answer
    cases = [*SAID, *named, *typed_numbers(most)]
    content = in_javascript(cases)

    assert content["digits"] == [four_digits(number) for number in DIGITS]
    found = Counter[str]()
    for (typed, number), (facts, said) in zip(cases, content["answers"], strict=True):
        placed = place_number(typed, number)
        assert facts == asdict(placed), (typed, number)
        assert said == list(lines(typed, placed, number)), (typed, number)
        found[placed.answer] += 1
    assert set(found) == set(STATES)
    assert len(cases) >= most


@NEEDS_NODE
def test_all_faces_give_the_same_mark(tmp_path: Path, draws: Callable[[int], int]) -> None:
    """10,000 drawn numbers, a tenth by day: Python, `--mine` on the terminal, the page, a CSV of numbers."""
    known = book()
    rows: list[tuple[str, str, str, OwnNumber]] = []
    rng = random.Random(63)
    named = [(claim, name) for claim, its in everything().items() for name in its]
    while len(rows) < draws(MOST):
        claim, name = rng.choice(named)
        number = known.of(known.ledger.claims[claim]).numbers.get(name)
        if number is None:
            continue
        runs = [run for run in number.runs or () if run is not None]
        around = rng.choice([number.printed[0] if number.printed else 0.5, *runs[:3], 0.5])
        value = rng.choice([around, 1000 * around + 7, 10 * around, -around, 0.0, 87.0, 0.5, 100 * around])
        rows.append((claim, name, f"{rng.gauss(value, abs(value) / 50):.{rng.randint(1, 7)}g}", number))
    pages = in_javascript([(typed, number) for *_, typed, number in rows])["answers"]
    files: list[dict[str, tuple[str, str]]] = [{}]
    for (claim, name, typed, number), (facts, _) in zip(rows, pages, strict=True):
        terminal = place_number(typed, number).state
        assert STATES[facts["answer"]] == terminal, (claim, name, typed)
        with contextlib.suppress(UsageError):  # a part of what is only compared as a whole
            python = workshop.check(joined(claim, name), typed)
            if python.placed.keys() == {name}:
                assert python.state == terminal, (claim, name, typed)
                file = next((each for each in files if claim not in each), None)
                if file is None:
                    files.append(file := {})
                file[claim] = (f'"{joined(claim, name)}","{typed}"', terminal)
    path = tmp_path / "mine.csv"
    for file in files:  # a claim is in each once, and as many as can be: their units are judged as a whole
        path.write_text("\n".join(line for line, _ in file.values()), "utf-8")
        found = {judgement.claim: judgement.state for judgement in check_file(path).judgements}
        assert found == {claim: state for claim, (_, state) in file.items()}
    assert sum(map(len, files)) > 0.5 * len(rows)
