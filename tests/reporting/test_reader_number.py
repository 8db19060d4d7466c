"""A reader's own number: the judgement, and that the page's script says the same word for word."""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workshop.reporting import report
from workshop.reporting.formatting import four_digits
from workshop.reporting.report.reader_number import assess, read
from workshop.statistics.placement import share_below

SCRIPT = Path(report.__file__).with_name("reader_number.js.j2")
TEN = [float(v) for v in range(10, 20)]
HUNDRED = [v / 100 for v in range(100, 200)]

# typed, recorded, naive baseline; whether it is worrying, and parts of the lines
CASES: list[tuple[str, list[float], float | None, str, list[str]]] = [
    ("14.5", TEN, None, "no", ["14.5 is at 50% of 10 recorded runs: 5 below it, 0 equal to its digits"]),
    ("15", TEN, None, "no", ["1 equal to its digits, 4 above. They go from 10 to 19, median 14."]),
    ("10", TEN, None, "no", ["10 is at 5% of", "Normal: 1 of 10 recorded runs lies at least as far out"]),
    ("1.005", HUNDRED, None, "hardly", ["At the edge, but 1 of 100 recorded runs lies at least as far out."]),
    ("1.99", HUNDRED, None, "hardly", ["is at 100% of"]),
    ("25", TEN, None, "perhaps", ["Above all 10 recorded runs by 5.5.", "about one run in 5", "keras 3"]),
    ("4.0", TEN, None, "perhaps", ["Below all 10 recorded runs by 5.95.", "about one run in 5"]),
    ("2.1", HUNDRED, None, "perhaps", ["about one run in 50"]),
    ("29", TEN, None, "yes", ["Above all 10 recorded runs by 9.5, although these span only 9", "keras 3"]),
    ("-5", TEN, None, "yes", ["Below all 10 recorded runs by 14.5, although these span only 9"]),
    ("5", [7.0] * 4, None, "yes", ["All 4 recorded runs give 7: seeds do not move this number"]),
    ("7.0000001", [7.0] * 4, None, "no", ["4 equal to its digits"]),  # another processor's last digit
    ("19", [*TEN, None, None], None, "no", ["1 of 10 recorded", "2 of 12 recorded runs crashed."]),
    ("99", [*TEN, None], None, "yes", ["Above all 10 recorded runs", "1 of 11 recorded runs crashed."]),
    ("3", [None] * 5, None, "perhaps", ["5 of 5 recorded runs crashed. Yours did not: find out why."]),
    ("15", TEN, 10.0, "no", ["The naive baseline gives 10: yours is above it, 1.5 times as much."]),
    ("15", TEN, 30.0, "no", ["The naive baseline gives 30: yours is below it, 0.5 times as much."]),
    ("15", TEN, 15.0, "no", ["The naive baseline gives 15 as well."]),
    ("15", TEN, -1.0, "no", ["The naive baseline gives -1: yours is above it."]),
    (" 1.5e1 ", TEN, None, "no", ["1.5e1 is at 55% of"]),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "recorded", "naive", "worry", "parts"), CASES)
def test_judgement(
    typed: str, recorded: list[float], naive: float | None, worry: str, parts: list[str]
) -> None:
    """A number among the runs is normal, one beyond them calls for another seed, a far one for worry."""
    answer = assess(typed, recorded, naive=naive, made="keras 3")

    assert answer.worry == worry
    for part in parts:
        assert part in " ".join(answer.lines)
    assert ("keras 3" in " ".join(answer.lines)) == (worry in {"perhaps", "yes"} and len(answer.lines) > 1)


DIGITS = ["0.846", "0.8460", "1e3", "1.5e-3", ".5", "12.", "-3.25", "+7"]
HALVES = [5e-4, 5e-5, 500, 5e-5, 0.05, 0.5, 5e-3, 0.5]


@pytest.mark.parametrize(("typed", "half"), list(zip(DIGITS, HALVES, strict=True)))
def test_a_typed_number_stands_for_its_digits(typed: str, half: float) -> None:
    """Half a unit of the last digit to both sides, trailing zeros and powers of ten included."""
    assert read(typed) == (float(typed), pytest.approx(half))


@pytest.mark.parametrize(
    "typed", ["", "0,846", "84.6%", "nan", "inf", "1e999", "0x10", "1_0", "٣", "1 2", "."]
)
def test_no_number(typed: str) -> None:
    """What is no number is named, with one that would do."""
    with pytest.raises(ValueError, match=r"is no number: type it like 0\.846"):
        assess(typed, TEN)


def test_place_is_that_of_a_printed_value() -> None:
    """Share and median are those by which verdicts place a printed value among the same runs."""
    rng = np.random.default_rng(0)
    for n in (5, 10, 44, 128):
        runs = rng.normal(0.8, 0.1, n).round(3)
        share = share_below(runs, (0.75 - 0.005, 0.75 + 0.005))
        median = float(np.quantile(runs, 0.5, method="nearest"))

        (place, *_) = assess("0.75", runs.tolist()).lines

        assert place.startswith(f"0.75 is at {math.floor(100 * share + 0.5)}% of {n} recorded runs")
        assert place.endswith(f"median {four_digits(median)}.")


def _random_cases() -> list[tuple[str, list[float | None], float | None]]:
    """Return cases of many sizes: samples with ties and crashes, numbers inside, at the edge and far out."""
    rng = random.Random(0)
    cases = []
    for _ in range(500):
        scale = 10.0 ** rng.randint(-7, 6)
        runs = [
            round(rng.gauss(1, 0.2), rng.choice([1, 2, 9])) * scale for _ in range(rng.choice([5, 44, 128]))
        ]
        runs += [None] * rng.choice([0, 0, 0, 2])
        mine = rng.gauss(1, rng.choice([0.1, 0.5, 5])) * scale
        naive = rng.choice([None, 1.1 * scale, -scale])
        cases.append((f"{mine:.{rng.randint(1, 9)}{rng.choice('eg')}}", runs, naive))
    return cases


NUMBERS = [
    0.0,
    1.0,
    -1.5,
    2.0625,
    1.00005,
    9999.5,
    99995.0,
    0.00012345,
    0.00001,
    1e-9,
    123456.0,
    1e22,
    0.1 + 0.2,
]

_PROGRAM = """
const {cases, numbers} = JSON.parse(require("fs").readFileSync(0, "utf-8"));
const runs = (values) => values.map((value) => value === null ? Infinity : value);
console.log(JSON.stringify({
  answers: cases.map(([typed, all, naive]) => assess(typed, runs(all), naive ?? undefined, "keras 3")),
  digits: numbers.map(fourDigits),
}));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed: apt-get install nodejs")
def test_the_page_says_the_same() -> None:
    """The script of the page gives the answers of Python, word for word, also where there is no number."""
    cases: list[tuple[Any, ...]] = [case[:3] for case in CASES] + _random_cases()
    given = {
        "cases": [
            (typed, [v if math.isfinite(v) else None for v in runs], naive) for typed, runs, naive in cases
        ],
        "numbers": NUMBERS,
    }

    output = subprocess.run(
        ["node", "-e", SCRIPT.read_text("utf-8") + _PROGRAM],
        input=json.dumps(given), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    answers = [assess(typed, runs, naive=naive, made="keras 3") for typed, runs, naive in cases]
    content = json.loads(output)
    assert content["digits"] == [four_digits(number) for number in NUMBERS]
    assert content["answers"] == [{"worry": a.worry, "lines": list(a.lines)} for a in answers]
    assert {a.worry for a in answers} == {"no", "hardly", "perhaps", "yes"}


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed: apt-get install nodejs")
@pytest.mark.parametrize("typed", ["0,846", "84.6%", "nan", "1e999", "0x10", "1_0", "٣", "."])
def test_the_page_refuses_the_same(typed: str) -> None:
    """What is no number for Python is none for the page, in the same words."""
    program = f"{SCRIPT.read_text('utf-8')}\nconsole.log(assess(process.argv[1], [1]).lines[0]);"

    output = subprocess.run(["node", "-e", program, typed], capture_output=True, text=True, check=True).stdout

    with pytest.raises(ValueError, match="no number") as error:
        assess(typed, TEN)
    assert output.strip() == str(error.value)
