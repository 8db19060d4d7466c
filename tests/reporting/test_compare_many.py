"""More than two results files: where claims stand, since when and why, claims × environments on screen."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from tests.reporting.comparison_files import (
    BOTH,
    COMMON,
    ERROR,
    FROZEN,
    LEDGER,
    LOSS,
    STEM,
    file,
    held,
    of,
    record,
)
from workshop.reporting.compare.agreement import (
    STANDINGS,
    Standing,
    by_standing,
    environments,
    sentences,
    standing,
    undecided,
)
from workshop.reporting.compare.causes import causes, stories, unexplained
from workshop.reporting.compare.grid import CLOSED, OPEN, matrix_tables
from workshop.reporting.compare.model import Comparison, compare_files
from workshop.reporting.conditions import in_words

pytestmark = pytest.mark.usefixtures("made_up_ledger")

KERAS = ("2.2.4", "2.9.0", "2.10.0", "3.0.0", "3.15.1")


def over_keras(**claims: list[str | None]) -> Comparison:
    """Compare five environments with one Keras each; claims of exercise 9.03 have these verdicts in them."""
    files = []
    for place, keras in enumerate(KERAS):
        own = [
            r for name, v in claims.items() for r in of(f"ch09.ex03.{name}", v[place], reason=f"at {keras}")
        ]
        files.append(file(f"k{keras}", COMMON, *own, keras=keras))
    return compare_files(tuple(files), LEDGER)


# Where claims stand

# the verdict in each environment (None: not there), what each measured, and where the claim stands
STANDS: list[tuple[list[str | None], list[Any], Standing]] = [
    (["reproduced"] * 3, [1.0] * 3, "same"),
    (["changed"] * 3, [1.0] * 3, "same"),
    (["reproduced"] * 3, [1.0, 1.0, 1.001], "same"),
    (["reproduced"] * 3, [1.0, 1.0, 2.0], "moved"),
    (["reproduced", "undecided", "reproduced"], [1.0, 1.0, 2.0], "moved"),
    (["reproduced", "undecided", "reproduced"], [1.0] * 3, "partly"),
    (["deferred", "deferred", "corrected"], [None, None, 1.0], "partly"),
    (["reproduced", None, "reproduced"], [1.0] * 3, "partly"),
    (["reproduced", "changed", "reproduced"], [1.0, 2.0, 1.0], "differs"),
    (["deferred", "changed", "refuted"], [None, 1.0, 1.0], "differs"),
    (["supported", "reproduced", "supported"], [1.0] * 3, "differs"),
    (["failed", "reproduced", "reproduced"], [1.0] * 3, "differs"),
    (["failed"] * 3, [1.0, 2.0, 3.0], "fails"),
    (["undecided", "failed", None], [1.0] * 3, "fails"),
    (["undecided", "unavailable", "deferred"], [1.0, 2.0, None], "nowhere"),
    (["not testable", "pending", None], [None] * 3, "nowhere"),
]


@pytest.mark.parametrize(("verdicts", "measured", "expected"), STANDS)
def test_standing(verdicts: list[str | None], measured: list[Any], expected: Standing) -> None:
    """A claim is decided where it is verified or failed; a difference of verdicts counts before others."""
    files = [(COMMON, *of(LOSS, v, measured=m)) for v, m in zip(verdicts, measured, strict=True)]

    (row,) = (row for row in held(*files).rows if row.id == LOSS)

    assert standing(row) == expected


def every_standing() -> Comparison:
    """Compare three environments in which a claim stands in each way, our own among those that differ."""
    names = [f"ch09.ex01.c{number}" for number in range(len(STANDS))]
    files = [
        [
            r
            for name, (v, m, _) in zip(names, STANDS, strict=True)
            for r in of(name, v[place], measured=m[place])
        ]
        for place in range(3)
    ]
    ours = [record("ch09.ex01.ours", ours=True, verdict=verdict) for verdict in ("reproduced", "changed")]
    return held((*files[0], ours[0]), (*files[1], ours[1]), (*files[2], ours[1]))


def test_each_claim_stands_in_one_place() -> None:
    """The groups are all claims, each once, and every way to stand is shown in an open or a closed table."""
    comparison = every_standing()

    groups = by_standing(comparison.rows)

    assert sorted(row.id for own in groups.values() for row in own) == sorted(r.id for r in comparison.rows)
    assert all(groups.values())
    assert sorted((*OPEN, *CLOSED)) == sorted(STANDINGS) == sorted(get_args(Standing))


def test_sentences() -> None:
    """They count what holds, changed, failed, moved and was not decided, with our own claims apart."""
    comparison = every_standing()

    told = sentences(comparison, unexplained(comparison))

    assert told == [
        (
            "8 of 16 + 1 claims hold: the same verified verdict in every environment that decides them, "
            "4 of them in all 3."
        ),
        "4 + 1 changed verdict between environments, 4 + 1 of them unexplained.",
        "3 moved in value only; 0 more only slightly.",
        "2 failed in every environment that decides them: ch09.ex01.c12, ch09.ex01.c13.",
        "8 were not decided somewhere, 2 of them nowhere:",
    ]


def test_sentences_of_nothing() -> None:
    """Where all is the same there is nothing that failed, and no list to come."""
    told = sentences(held((COMMON,), (COMMON,), (COMMON,)), [])

    assert told == [
        (
            "1 of 1 claims hold: the same verified verdict in every environment that decides them, "
            "1 of them in all 3."
        ),
        "0 changed verdict between environments.",
        "0 moved in value only; 0 more only slightly.",
        "0 were not decided somewhere, 0 of them nowhere.",
    ]


def test_why_claims_were_not_decided() -> None:
    """A line a verdict: what it means, and where, the most frequent places first, the fourth not named."""
    places = ((0,), (1,), (1,), (1,), (2,), (2,), (0, 1, 2))
    files = [
        [
            COMMON,
            *(
                record(f"ch09.ex01.c{n}", verdict="deferred" if own in where else "reproduced")
                for n, where in enumerate(places)
            ),
            *of("ch09.ex01.rare", None if own == 2 else "pending", ours=True),
        ]
        for own in range(3)
    ]

    told = undecided(held(*map(tuple, files)))

    assert told == [
        (
            "7 deferred (only the full procedure decides it, and this was a default run): "
            "3 in f1; 2 in f2; 1 in f0; 1 in others"
        ),
        "0 + 1 pending (its unit is not implemented yet): in all but f2",
        "0 + 1 absent (the results don't have it): in f2",
    ]


@pytest.mark.parametrize(
    ("labels", "places", "told"),
    [
        ("abcdefg", (0, 1, 2, 3, 4, 5, 6), "all 7"),
        ("abcdefg", (1, 2, 3, 4, 5, 6), "all but a"),
        ("abcdefg", (1, 3, 5, 6), "all but a, c, e"),
        ("abcdefghi", (1, 3, 5, 6, 8), "b, d, f, g, i"),
        ("abcdefg", (0, 6), "a, g"),
        ("abcdefg", (6, 1, 0), "a, b, g"),
    ],
)
def test_environments_by_name(labels: str, places: tuple[int, ...], told: str) -> None:
    """All of them, all but three at most where these are fewer, or each in the order of the files."""
    assert environments(places, labels) == told


# Since when and why


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"keras": ">=3.0"}, "Keras ≥ 3.0"),
        ({"nltk": ">=3.6, <3.9"}, "NLTK ≥ 3.6 and < 3.9"),
        ({"nltk": "<=3.5", "numpy": "!=2.0"}, "NLTK ≤ 3.5, NumPy ≠ 2.0"),
        ({"tensorflow": "==2.15.*", "python": ">3.7"}, "TensorFlow = 2.15.*, Python > 3.7"),
        ({"gensim": "~=4.0"}, "gensim ~= 4.0"),
        ({"scikit-learn": ">=1.3"}, "scikit-learn ≥ 1.3"),
    ],
)
def test_conditions_in_words(when: dict[str, str], words: str) -> None:
    """Libraries have the names of their projects, conditions the signs of mathematics."""
    assert in_words(when) == words


_R, _C = "reproduced", "changed"
# claim of exercise 9.03, its verdicts under KERAS, whether its finding explains them
EXPLAINED: list[tuple[str, list[str | None], bool]] = [
    ("error", [_R, _R, _R, _C, _C], True),
    ("error", ["corrected", "corrected", "corrected", _C, _C], True),
    ("error", ["undecided", _R, None, _C, "deferred"], True),
    ("error", [_C, _C, _C, _R, _R], False),
    ("error", [_R, _R, _C, _C, _C], False),
    ("error", [_R, _R, _R, _R, _C], False),
    ("error", ["corrected", _R, _R, _C, _C], False),
    ("error", ["failed", "failed", "failed", _C, _C], False),
    ("error", [_R, _R, _R, "failed", "failed"], False),
    ("error", [_R, _R, _R, "refuted", "refuted"], False),
    ("error", [None, None, "deferred", _C, _R], False),
    ("wrong", [_R, _R, _R, "refuted", "refuted"], False),
    ("unknown", [_R, _R, _R, _C, _C], False),
]


@pytest.mark.parametrize(("name", "verdicts", "explained"), EXPLAINED)
def test_what_explains_a_difference(name: str, verdicts: list[str | None], explained: bool) -> None:
    """A finding does, if its verdict stands just where its condition is met, and one other one elsewhere."""
    comparison = over_keras(**{name: verdicts})

    found = [row.id for cause in causes(comparison) for row in cause.rows]

    assert found == ([f"ch09.ex03.{name}"] if explained else [])
    assert [row.id for row in unexplained(comparison)] == ([] if explained else [f"ch09.ex03.{name}"])


def test_claims_that_do_not_differ_need_no_explanation() -> None:
    """What is the same everywhere, failed everywhere or was decided once needs no finding."""
    comparison = over_keras(error=[_C] * 5, frozen=["failed"] * 5, wrong=[_R, *["deferred"] * 4])

    assert (causes(comparison), unexplained(comparison), stories(comparison)) == ([], [], [])


def test_stories_by_condition() -> None:
    """What is unexplained comes first; claims with one condition are together, versions on both sides."""
    comparison = over_keras(
        both=["failed", "failed", _R, _R, _R],
        stem=[_R, _R, _R, _C, _C],
        frozen=[_R, _R, _R, _C, _C],
        error=[_R, _R, _R, _C, _C],
    )

    riddles, keras = stories(comparison)

    assert (riddles.title, riddles.sides) == (
        "Unexplained: 2 claims, whose verdicts differ as no finding says",
        (),
    )
    assert riddles.lines == (
        (
            BOTH,
            (
                "failed in k2.2.4, k2.9.0 (at 2.2.4); reproduced in all but k2.2.4, k2.9.0 (at 2.10.0); "
                "its finding speaks of Keras ≥ 3.0, NumPy ≥ 2"
            ),
        ),
        (
            STEM,
            (
                "reproduced in all but k3.0.0, k3.15.1 (at 2.2.4); changed in k3.0.0, k3.15.1 (at 3.0.0); "
                "its finding speaks of NLTK ≥ 3.6 and < 3.9"
            ),
        ),
    )
    assert riddles.alarming
    assert (keras.title, keras.alarming) == ("Keras ≥ 3.0: 2 claims", False)
    assert keras.sides == (
        "Met by Keras 3.0.0 (k3.0.0); Keras 3.15.1 (k3.15.1)",
        "Not met by Keras 2.2.4 (k2.2.4); Keras 2.9.0 (k2.9.0); Keras 2.10.0 (k2.10.0)",
    )
    assert keras.lines == (
        (FROZEN, "changed where met, else reproduced: Keras 3 asks later what is trainable"),
        (ERROR, "changed where met, else reproduced: Keras 3 refuses arguments that it does not know"),
    )


def test_a_condition_on_two_libraries_names_both_versions() -> None:
    """Environments with the same versions are together; a library that is not installed is the oldest."""
    verdicts = [_R, _R, _C, _C]
    versions = [{}, {"numpy": "2.10.0", "keras": "2.15.0"}, *[{"numpy": "2.10.0", "keras": "3.0"}] * 2]
    files = [
        file(f"f{n}", *of(BOTH, verdict), **own)
        for n, (verdict, own) in enumerate(zip(verdicts, versions, strict=True))
    ]

    (story,) = stories(compare_files(tuple(files), LEDGER))

    assert story.title == "Keras ≥ 3.0, NumPy ≥ 2: 1 claims"
    assert story.sides == (
        "Met by Keras 3.0, NumPy 2.10.0 (f2, f3)",
        "Not met by Keras none, NumPy none (f0); Keras 2.15.0, NumPy 2.10.0 (f1)",
    )


def test_conditions_of_the_most_claims_come_first() -> None:
    """Claims of one condition and one reason share a line."""
    files = [
        file(
            f"f{n}",
            *of(BOTH, verdict), *of(ERROR, verdict), *of(FROZEN, verdict),
            keras=keras, numpy="2.0",
        )
        for n, (verdict, keras) in enumerate([(_R, "2.15"), (_R, "2.15"), (_C, "3.0")])
    ]  # fmt: skip

    told = stories(compare_files(tuple(files), LEDGER))

    assert [story.title for story in told] == ["Keras ≥ 3.0: 2 claims", "Keras ≥ 3.0, NumPy ≥ 2: 1 claims"]


# Claims × environments


def cells(
    *measured: Any, name: str = "ch09.ex01.x", verdicts: tuple[str, ...] = ("reproduced",) * 3
) -> list[str]:
    """Return what stands under the verdicts of a claim in its row, wherever that is."""
    files = [(COMMON, *of(name, v, measured=m)) for v, m in zip(verdicts, measured, strict=True)]
    tables = matrix_tables(held(*files), (*OPEN, *CLOSED))
    (row,) = (row for table in tables for row in table.rows if row[0].text == name)
    return [cell.note for cell in row[1:]]


LONG = [["alice", "beginning", "get", "tired"], ["sister", "bank"]]
# what three environments measured, and what their cells show of it
SHOWN: list[tuple[list[Any], list[str]]] = [
    ([0.25, 0.25, 0.25], ["0.25", "0.25", "0.25"]),
    ([0.25, 0.5, 0.2500001], ["0.25", "0.5 (+0.25, +100%)", "0.25"]),
    ([None, 2, 3], ["", "2", "3 (+1, +50%)"]),
    ([{"a": 1, "b": 2}, {"a": 1, "b": 5}, {"a": 1, "b": 2}], ["2", "5 (+3, +150%)", "2"]),
    (["none", "ValueError", "none"], ["none", "ValueError", "none"]),
    ([[1.0], [None], [1.0]], ["1", "no number", "1"]),
    ([LONG, LONG, LONG], ["", "", ""]),
    ([[1, 2], [1, 2, 3], [1, 2]], ["[1, 2]", "[1, 2, 3]", "[1, 2]"]),
    ([{"seeds": 5, "median": 1.5, "minimum": 1, "maximum": 2}] * 3, ["1.5"] * 3),
    ([{"seeds": 5, "first": "cat"}] * 3, ["cat"] * 3),
]  # fmt: skip


@pytest.mark.parametrize(("measured", "shown"), SHOWN)
def test_cells(measured: list[Any], shown: list[str]) -> None:
    """The number that moved farthest, and how far if that is not slight; else the value, if it is short."""
    assert cells(*measured) == shown


def test_cells_of_long_values_show_where_they_differ() -> None:
    """Values of different lengths are cut around the first place where they differ."""
    longer = [[*LONG[0], "and"], LONG[1]]

    told = cells(LONG, longer, LONG)

    assert told[0] == told[2] != told[1]
    assert max(map(len, told)) <= 28
    assert "and" in told[1]


def test_cells_in_standard_deviations() -> None:
    """Where a reference sample is there, it is the yardstick."""
    assert cells(2.0, 5.0, 2.001, name=LOSS) == ["2", "5 (+3.00 sd)", "2.001"]


def test_heads_of_rows_say_what_is_shown() -> None:
    """A claim's row says what the claim is, and which of several numbers its cells show."""
    measured = [{"a": 1.0, "b": 2.0}, {"a": 1.5, "b": 9.0}, {"a": 1.0, "b": 2.0}]
    named = [record("ch09.ex01.both", measured=value) for value in measured]
    other = [record("ch09.ex04.x", rule=rule, verdict=v) for rule, v in (("a", _R), ("b", _C), ("a", _R))]
    comparison = held(*((r, s) for r, s in zip(named, other, strict=True)))

    heads = [row[0] for table in matrix_tables(comparison, OPEN) for row in table.rows]

    assert [(head.text, head.note) for head in heads] == [
        ("ch09.ex04.x (other rule)", ""),
        ("ch09.ex01.both", "made up; shown: a, and 1 more differ"),
    ]


def test_rows_in_order() -> None:
    """What is unexplained stands on top, then condition by condition; of moves the farthest."""
    verdicts: dict[str, list[str | None]] = {
        "frozen": [_R, _R, _R, _C, _C],
        "error": [_R, _R, _R, _C, _C],
        "stem": ["failed", _R, _R, _R, _R],
    }
    comparison = over_keras(**verdicts)
    moved = held(
        *(
            (record("ch09.ex04.a", measured=near), record("ch09.ex04.b", measured=far))
            for near, far in ((1, 1), (2, 5), (1, 1))
        )
    )

    (differ,) = matrix_tables(comparison, OPEN)
    (moves,) = matrix_tables(moved, OPEN)

    assert differ.title == "Verdicts that differ: 3 claims"
    assert [row[0].text for row in differ.rows] == [STEM, FROZEN, ERROR]
    assert [cell.mark for cell in differ.rows[0][1:]] == ["failed", *[_R] * 4]
    assert [row[0].text[-1] for row in moves.rows] == ["b", "a"]
