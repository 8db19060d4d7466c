"""What a search is told in: one line each, and nothing that was not measured."""

# ruff: noqa: E501  a case is a line
from __future__ import annotations

import pytest

from workshop.bisect.evaluate import Answer
from workshop.bisect.messages import changed, holds_alike, line, measures_alike, unchanged
from workshop.bisect.search import Change

LONG = "word " * 80


def answer(
    version: str, holds: bool, measured: object = 1.5, reason: str = "1 against 2", **others: str
) -> Answer:
    """Return an answer of a version of nltk on Python 3.12, or others."""
    return Answer(holds, measured, reason, {"nltk": version, "python": "3.12.1", **others})


LINES = [
    ("3.9", answer("3.9", True), "nltk 3.9           Python 3.12.1    holds: 1.5"),
    ("3.9", answer("3.9.0", False), "nltk 3.9.0         Python 3.12.1    does not hold: 1.5 (1 against 2)"),
    ("3.9", "can't be installed: no wheel", "nltk 3.9           can't be installed: no wheel"),
    (
        "3.9",
        answer("3.9", True, {"seeds": 5, "median": 2.0, "minimum": 1.0, "maximum": 3.0}),
        "nltk 3.9           Python 3.12.1    holds: 1 to 3, median 2, of 5 seeds",
    ),
]


@pytest.mark.parametrize(("version", "told", "expected"), LINES)
def test_a_version_is_a_line(version: str, told: Answer | str, expected: str) -> None:
    """It has the installed version, the Python, and what was decided, or why nothing was."""
    assert line("nltk", version, told) == expected


@pytest.mark.parametrize("told", [LONG, answer("3.9", False, LONG, LONG), answer("3.9", True, [LONG, LONG])])
def test_a_line_is_not_too_long(told: Answer | str) -> None:
    """Long values and reasons are cut."""
    assert len(line("nltk", "3.9", told)) < 320


# two answers; whether they hold alike, and whether they measure alike
PAIRS = [
    (answer("1", True, 0.5), answer("2", True, 0.5), True, True),
    (answer("1", True, 0.5), answer("2", False, 0.5), False, False),
    (answer("1", True, 0.0593947843), answer("2", True, 0.0593947917), True, False),
    (answer("1", True, 0.05939478431), answer("2", True, 0.05939478432), True, True),
    (answer("1", True, [1, {"a": "x"}]), answer("2", True, [1, {"a": "y"}]), True, False),
    (answer("1", True, [1, 2]), answer("2", True, [1]), True, False),
    (answer("1", True, [*range(200)]), answer("2", True, [*range(99), -1, *range(100, 200)]), True, False),
]


@pytest.mark.parametrize(("before", "after", "hold", "measure"), PAIRS)
def test_alike(before: Answer, after: Answer, hold: bool, measure: bool) -> None:
    """Values are compared to the nine digits that are told, all of them however long the value."""
    assert holds_alike(before, after) is hold
    assert measures_alike(before, after) is measure


def test_no_change_is_no_find() -> None:
    """It says what both ends have."""
    told = unchanged("nltk", answer("3.5", True), answer("3.9", True))

    assert not told.found
    assert (
        told.text
        == "no change between the ends: with both nltk 3.5 and 3.9 it holds: 1.5; one that was undone between them is not seen"
    )


def change(before: Answer, after: Answer, *untold: str) -> Change[Answer]:
    """Return a change between two answers."""
    return Change(before.versions["nltk"], after.versions["nltk"], before, after, untold)


OLD, NEW = answer("3.8", True, numpy="1.0"), answer("3.9", False, numpy="1.0", pillow="9.0")
OTHER = answer("3.9", False, numpy="2.0")
# the change, the last version's answer, both neighbours side by side; whether it was found, and in what words
CHANGES = {
    "holds no more": (
        change(OLD, NEW), NEW, None, holds_alike, True,
        "changed between nltk 3.8 and 3.9: it held, and does not since (1 against 2); nothing else differs",
    ),
    "holds since": (
        change(answer("3.8", False, reason="0 against 2"), answer("3.9", True)), answer("4", True), None,
        holds_alike, True,
        "changed between nltk 3.8 and 3.9: it did not hold, and does since (0 against 2); nothing else differs",
    ),
    "some can't tell": (
        change(OLD, NEW, "3.8.1", "3.8.2"), NEW, None, holds_alike, True,
        "changed between nltk 3.8 and 3.9 (3.8.1, 3.8.2 between them can't tell): it held, and does not since (1 against 2); nothing else differs",
    ),
    "a value": (
        change(answer("3.8", True, [1, 0.25]), answer("3.9", True, [1, 0.5])), answer("4", True, [1, 0.5]), None,
        measures_alike, True,
        "changed between nltk 3.8 and 3.9: it measured [1] 0.25 → 0.5, and holds with both; nothing else differs",
    ),
    "a value that changes again": (
        change(answer("3.8", True, 1), answer("3.9", True, 2)), answer("4", True, 3), None, measures_alike, True,
        "changed between nltk 3.8 and 3.9: it measured 1 → 2, and holds with both; nothing else differs; it changed again up to nltk 4, which holds: 3",
    ),
    "something else differs": (
        change(OLD, OTHER), NEW, None, holds_alike, True,
        "changed between nltk 3.8 and 3.9: it held, and does not since (1 against 2); also different: numpy 1.0 → 2.0",
    ),
    "side by side nothing else does": (
        change(OLD, OTHER), NEW, (OLD, NEW), holds_alike, True,
        "changed between nltk 3.8 and 3.9: it held, and does not since (1 against 2); nothing else differs",
    ),
    "side by side they are alike": (
        change(OLD, OTHER), NEW, (answer("3.8", True), answer("3.9", True)), holds_alike, False,
        "it can't be told: nltk 3.8 and 3.9 differ together with numpy 1.0 → 2.0; with all else the same it holds: 1.5 with both",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("found", "last", "together", "same", "is_found", "text"), CHANGES.values(), ids=CHANGES
)
def test_a_change_is_told_in_one_line(found, last, together, same, is_found, text) -> None:
    """It names the neighbours, what changed, and whatever else differs between them."""
    told = changed("nltk", found, last, together, same)

    assert told.text == text
    assert told.found is is_found
