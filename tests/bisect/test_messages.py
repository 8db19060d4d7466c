"""What a search prints: one line each, and nothing that was not measured."""

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
    ("3.9", evaluation("3.9", True)),
    ("3.9", evaluation("3.9.0", False)),
    ("3.9", "can't be installed: no wheel"),
    ("3.9", seeded("3.9", 0.5)),
]


@pytest.mark.parametrize(
    "found", [LONG, evaluation("3.9", False, LONG, LONG), evaluation("3.9", True, [LONG, LONG])]
)
def test_a_line_is_not_too_long(found):
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
def test_alike(before, after, holds, measures):
    """Values are compared to the nine printed digits, all of them however long the value."""
    assert holds_alike(before, after) is holds
    assert measures_alike(before, after) is measures


def change(before: Evaluation, after: Evaluation, *undecided: str) -> Change[Evaluation]:
    """Return a change between two evaluations."""
    return Change(before.versions["nltk"], after.versions["nltk"], before, after, undecided)


OLD, NEW = evaluation("3.8", True, numpy="1.0"), evaluation("3.9", False, numpy="1.0", pillow="9.0")
OTHER = evaluation("3.9", False, numpy="2.0")
# the change, the last version's evaluation; the message
CHANGES = {
    "holds no more": (change(OLD, NEW), NEW),
    "holds since": (
        change(evaluation("3.8", False, reason="0 against 2"), evaluation("3.9", True)),
        evaluation("4", True),
    ),
    "some are undecided": (change(OLD, NEW, "3.8.1", "3.8.2"), NEW),
    "a value": (
        change(evaluation("3.8", True, [1, 0.25]), evaluation("3.9", True, [1, 0.5])),
        evaluation("4", True, [1, 0.5]),
    ),
    "a value that changes again": (
        change(evaluation("3.8", True, 1), evaluation("3.9", True, 2)),
        evaluation("4", True, 3),
    ),
    "a seed": (change(seeded("3.8", 0.5), seeded("3.9", 0.75, "b")), seeded("4", 0.75, "b")),
    "a seed that changes again": (change(seeded("3.8", 0.5), seeded("3.9", 0.5, "b")), seeded("4", 0.5, "c")),
    "something else differs": (change(OLD, OTHER), NEW),
}


def test_a_change_reads_as_written(golden):
    """It names the neighbours, what changed, and whatever else differs between them."""
    same = conclude_unchanged("nltk", evaluation("3.5", True), evaluation("3.9", True))
    changes = {name: conclude_changed("nltk", found, last) for name, (found, last) in CHANGES.items()}
    tried = "\n".join(describe_version("nltk", version, found) for version, found in LINES)
    golden("changes.txt", {"versions": tried, "no change": same, **changes})
