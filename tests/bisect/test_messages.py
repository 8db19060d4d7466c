"""What a search prints: one line each, and nothing that was not measured."""

# ruff: noqa: E501  a case is a line
from __future__ import annotations

import pytest

from workshop.bisect.evaluate import Evaluation, of_value
from workshop.bisect.messages import (
    conclude_changed,
    conclude_unchanged,
    describe_version,
    holds_alike,
    measures_alike,
)
from workshop.bisect.search import Change

LONG = "word " * 80


def evaluation(
    version: str, holds: bool, measured: object = 1.5, reason: str = "1 against 2", **others: str
) -> Evaluation:
    """Return the evaluation of a version of nltk on Python 3.12, or others."""
    return of_value(holds, measured, reason, {"nltk": version, "python": "3.12.1", **others})


def seeded(version: str, loss: float, words: str = "a", chaotic: float = 1.0) -> Evaluation:
    """Return the evaluation of a version that repeated seed 17 of a part."""
    numbers = {"x words": words, "x loss": loss, "x chaotic": chaotic}
    tolerances = {"x loss": 1e-3, "x chaotic": float("inf")}
    versions = {"nltk": version, "python": "3.12.1"}
    return Evaluation(None, "3 numbers of seed 17", "", versions, numbers, tolerances, (17,))


LINES = [
    ("3.9", evaluation("3.9", True), "nltk 3.9           Python 3.12.1    holds: 1.5"),
    (
        "3.9",
        evaluation("3.9.0", False),
        "nltk 3.9.0         Python 3.12.1    does not hold: 1.5 (1 against 2)",
    ),
    ("3.9", "can't be installed: no wheel", "nltk 3.9           can't be installed: no wheel"),
    ("3.9", seeded("3.9", 0.5), "nltk 3.9           Python 3.12.1    3 numbers of seed 17"),
]


@pytest.mark.parametrize(("version", "found", "expected"), LINES)
def test_a_version_is_a_line(version: str, found: Evaluation | str, expected: str) -> None:
    """It has the installed version, the Python, and what was decided, or why nothing was."""
    assert describe_version("nltk", version, found) == expected


@pytest.mark.parametrize(
    "found", [LONG, evaluation("3.9", False, LONG, LONG), evaluation("3.9", True, [LONG, LONG])]
)
def test_a_line_is_not_too_long(found: Evaluation | str) -> None:
    assert len(describe_version("nltk", "3.9", found)) < 320


# two evaluations; whether they hold alike, and whether they measure alike
PAIRS = [
    (evaluation("1", True, 0.5), evaluation("2", True, 0.5), True, True),
    (evaluation("1", True, 0.5), evaluation("2", False, 0.5), False, False),
    (evaluation("1", True, 0.0593947843), evaluation("2", True, 0.0593947917), True, False),
    (evaluation("1", True, 0.05939478431), evaluation("2", True, 0.05939478432), True, True),
    (evaluation("1", True, [1, {"a": "x"}]), evaluation("2", True, [1, {"a": "y"}]), True, False),
    (evaluation("1", True, [1, 2]), evaluation("2", True, [1]), True, False),
    (
        evaluation("1", True, [*range(200)]),
        evaluation("2", True, [*range(99), -1, *range(100, 200)]),
        True,
        False,
    ),
    (seeded("1", 0.5), seeded("2", 0.5009, chaotic=7.0), True, True),
    (seeded("1", 0.5), seeded("2", 0.5011), True, False),
    (seeded("1", 0.5), seeded("2", 0.5, "b"), True, False),
]


@pytest.mark.parametrize(("before", "after", "holds", "measures"), PAIRS)
def test_alike(before: Evaluation, after: Evaluation, holds: bool, measures: bool) -> None:
    """Values are compared to the nine printed digits, all of them however long the value."""
    assert holds_alike(before, after) is holds
    assert measures_alike(before, after) is measures


def test_no_change_is_no_find() -> None:
    conclusion = conclude_unchanged("nltk", evaluation("3.5", True), evaluation("3.9", True))

    assert (
        conclusion
        == "no change between the ends: nltk 3.5 and 3.9 give the same (holds: 1.5); a change that was undone in between would not be found"
    )


def change(before: Evaluation, after: Evaluation, *undecided: str) -> Change[Evaluation]:
    """Return a change between two evaluations."""
    return Change(before.versions["nltk"], after.versions["nltk"], before, after, undecided)


OLD, NEW = evaluation("3.8", True, numpy="1.0"), evaluation("3.9", False, numpy="1.0", pillow="9.0")
OTHER = evaluation("3.9", False, numpy="2.0")
# the change, the last version's evaluation; the message
CHANGES = {
    "holds no more": (
        change(OLD, NEW), NEW,
        "changed between nltk 3.8 and 3.9: it no longer holds (1 against 2); nothing else differs",
    ),
    "holds since": (
        change(evaluation("3.8", False, reason="0 against 2"), evaluation("3.9", True)), evaluation("4", True),
        "changed between nltk 3.8 and 3.9: it holds only since (0 against 2); nothing else differs",
    ),
    "some are undecided": (
        change(OLD, NEW, "3.8.1", "3.8.2"), NEW,
        "changed between nltk 3.8 and 3.9 (3.8.1, 3.8.2 in between can't be decided): it no longer holds (1 against 2); nothing else differs",
    ),
    "a value": (
        change(evaluation("3.8", True, [1, 0.25]), evaluation("3.9", True, [1, 0.5])), evaluation("4", True, [1, 0.5]),
        "changed between nltk 3.8 and 3.9: it measured [1] 0.25 → 0.5, and holds with both; nothing else differs",
    ),
    "a value that changes again": (
        change(evaluation("3.8", True, 1), evaluation("3.9", True, 2)), evaluation("4", True, 3),
        "changed between nltk 3.8 and 3.9: it measured 1 → 2, and holds with both; nothing else differs; it changed again up to nltk 4 (holds: 3)",
    ),
    "a seed": (
        change(seeded("3.8", 0.5), seeded("3.9", 0.75, "b")), seeded("4", 0.75, "b"),
        "changed between nltk 3.8 and 3.9: it measured x loss 0.5 → 0.75 (seed 17, tolerance 1.0e-03, 2 of 3 numbers differ); nothing else differs",
    ),
    "a seed that changes again": (
        change(seeded("3.8", 0.5), seeded("3.9", 0.5, "b")), seeded("4", 0.5, "c"),
        "changed between nltk 3.8 and 3.9: it measured x words a → b (seed 17, 1 of 3 numbers differ); nothing else differs; it changed again up to nltk 4 (x words b → c (seed 17, 1 of 3 numbers differ))",
    ),
    "something else differs": (
        change(OLD, OTHER), NEW,
        "changed between nltk 3.8 and 3.9: it no longer holds (1 against 2); also different: numpy 1.0 → 2.0",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("found", "last", "text"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_one_line(found: Change[Evaluation], last: Evaluation, text: str) -> None:
    """It names the neighbours, what changed, and whatever else differs between them."""
    assert conclude_changed("nltk", found, last) == text
