"""More than two results files: agreement, explanations of differences, and grids."""

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
    compared,
    file,
    of,
    record,
)
from workshop.reporting.compare.agreement import (
    AGREEMENTS,
    Agreement,
    agreement,
    by_agreement,
    environments,
    sentences,
    undecided,
)
from workshop.reporting.compare.causes import causes, explanations, unexplained
from workshop.reporting.compare.grid import CLOSED, OPEN, grid_tables
from workshop.reporting.compare.model import Comparison, compare_files

pytestmark = pytest.mark.usefixtures("made_up_ledger")

KERAS = ("2.2.4", "2.9.0", "2.10.0", "3.0.0", "3.15.1")


def over_keras(**claims: list[str | None]) -> Comparison:
    """Compare five environments with one Keras each; claims of exercise 9.03 have these verdicts in them."""
    files = []
    for index, keras in enumerate(KERAS):
        own = [
            r for name, v in claims.items() for r in of(f"ch09.ex03.{name}", v[index], reason=f"at {keras}")
        ]
        files.append(file(f"k{keras}", COMMON, *own, keras=keras))
    return compare_files(tuple(files), LEDGER)


# Agreement

# the verdict in each environment (None: absent), the value of each, and their agreement
CASES: list[tuple[list[str | None], list[Any], Agreement]] = [
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


@pytest.mark.parametrize(("verdicts", "measured", "expected"), CASES)
def test_agreement(verdicts: list[str | None], measured: list[Any], expected: Agreement) -> None:
    """A claim is decided where it is verified or failed, and different verdicts come first."""
    files = [(COMMON, *of(LOSS, v, measured=m)) for v, m in zip(verdicts, measured, strict=True)]

    (row,) = (row for row in compared(*files).rows if row.id == LOSS)

    assert agreement(row) == expected


def every_agreement() -> Comparison:
    """Compare three environments with claims of each agreement, and one of our own that differs."""
    names = [f"ch09.ex01.c{number}" for number in range(len(CASES))]
    files = [
        [
            r
            for name, (v, m, _) in zip(names, CASES, strict=True)
            for r in of(name, v[index], measured=m[index])
        ]
        for index in range(3)
    ]
    ours = [record("ch09.ex01.ours", ours=True, verdict=verdict) for verdict in ("reproduced", "changed")]
    return compared((*files[0], ours[0]), (*files[1], ours[1]), (*files[2], ours[1]))


def test_each_claim_is_in_one_group() -> None:
    """The groups have all claims, each once, and every group is in an open or a closed table."""
    comparison = every_agreement()

    groups = by_agreement(comparison.rows)

    assert sorted(row.id for own in groups.values() for row in own) == sorted(r.id for r in comparison.rows)
    assert all(groups.values())
    assert sorted((*OPEN, *CLOSED)) == sorted(AGREEMENTS) == sorted(get_args(Agreement))


def test_sentences() -> None:
    """They count claims that hold, changed, failed, moved or were not decided, our own apart."""
    comparison = every_agreement()

    lines = sentences(comparison, unexplained(comparison))

    assert lines == [
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
    """Where all is the same nothing failed, and no list follows."""
    lines = sentences(compared((COMMON,), (COMMON,), (COMMON,)), [])

    assert lines == [
        (
            "1 of 1 claims hold: the same verified verdict in every environment that decides them, "
            "1 of them in all 3."
        ),
        "0 changed verdict between environments.",
        "0 moved in value only; 0 more only slightly.",
        "0 were not decided somewhere, 0 of them nowhere.",
    ]


def test_why_claims_were_not_decided() -> None:
    """A line per verdict has its meaning and the three most frequent groups of environments."""
    groups = ((0,), (1,), (1,), (1,), (2,), (2,), (0, 1, 2))
    files = [
        [
            COMMON,
            *(
                record(f"ch09.ex01.c{n}", verdict="deferred" if own in where else "reproduced")
                for n, where in enumerate(groups)
            ),
            *of("ch09.ex01.rare", None if own == 2 else "pending", ours=True),
        ]
        for own in range(3)
    ]

    lines = undecided(compared(*map(tuple, files)))

    assert lines == [
        (
            "7 deferred (only the full procedure decides it, and this was a default run): "
            "3 in f1; 2 in f2; 1 in f0; 1 in others"
        ),
        "0 + 1 pending (its unit is not implemented yet): in all but f2",
        "0 + 1 absent (not in the results): in f2",
    ]


@pytest.mark.parametrize(
    ("labels", "indices", "text"),
    [
        ("abcdefg", (0, 1, 2, 3, 4, 5, 6), "all 7"),
        ("abcdefg", (1, 2, 3, 4, 5, 6), "all but a"),
        ("abcdefg", (1, 3, 5, 6), "all but a, c, e"),
        ("abcdefghi", (1, 3, 5, 6, 8), "b, d, f, g, i"),
        ("abcdefg", (0, 6), "a, g"),
        ("abcdefg", (6, 1, 0), "a, b, g"),
    ],
)
def test_environments_by_name(labels: str, indices: tuple[int, ...], text: str) -> None:
    """All of them, all but three or fewer, or each in the order of the files."""
    assert environments(indices, labels) == text


# Explanations


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
    """A finding does if its verdict is just where its condition is met, with one other verdict elsewhere."""
    comparison = over_keras(**{name: verdicts})

    found = [row.id for cause in causes(comparison) for row in cause.rows]

    assert found == ([f"ch09.ex03.{name}"] if explained else [])
    assert [row.id for row in unexplained(comparison)] == ([] if explained else [f"ch09.ex03.{name}"])


def test_claims_that_do_not_differ_need_no_explanation() -> None:
    """Claims that are the same, failed everywhere, or were decided once need no finding."""
    comparison = over_keras(error=[_C] * 5, frozen=["failed"] * 5, wrong=[_R, *["deferred"] * 4])

    assert (causes(comparison), unexplained(comparison), explanations(comparison)) == ([], [], [])


def test_explanations_by_condition() -> None:
    """Unexplained claims come first; claims of one condition are together, with versions on both sides."""
    comparison = over_keras(
        both=["failed", "failed", _R, _R, _R],
        stem=[_R, _R, _R, _C, _C],
        frozen=[_R, _R, _R, _C, _C],
        error=[_R, _R, _R, _C, _C],
    )

    first, keras = explanations(comparison)

    assert (first.title, first.sides) == (
        "Unexplained: 2 claims whose verdicts differ, and no finding explains it",
        (),
    )
    assert first.lines == (
        (
            BOTH,
            (
                "failed in k2.2.4, k2.9.0 (at 2.2.4); reproduced in all but k2.2.4, k2.9.0 (at 2.10.0); "
                "its finding is about Keras ≥ 3.0, NumPy ≥ 2"
            ),
        ),
        (
            STEM,
            (
                "reproduced in all but k3.0.0, k3.15.1 (at 2.2.4); changed in k3.0.0, k3.15.1 (at 3.0.0); "
                "its finding is about NLTK ≥ 3.6 and < 3.9"
            ),
        ),
    )
    assert first.alarming
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
    """Environments with the same versions are together, those without a library first."""
    verdicts = [_R, _R, _C, _C]
    versions = [{}, {"numpy": "2.10.0", "keras": "2.15.0"}, *[{"numpy": "2.10.0", "keras": "3.0"}] * 2]
    files = [
        file(f"f{n}", *of(BOTH, verdict), **own)
        for n, (verdict, own) in enumerate(zip(verdicts, versions, strict=True))
    ]

    (explanation,) = explanations(compare_files(tuple(files), LEDGER))

    assert explanation.title == "Keras ≥ 3.0, NumPy ≥ 2: 1 claims"
    assert explanation.sides == (
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

    found = explanations(compare_files(tuple(files), LEDGER))

    assert [explanation.title for explanation in found] == [
        "Keras ≥ 3.0: 2 claims",
        "Keras ≥ 3.0, NumPy ≥ 2: 1 claims",
    ]


# Grids of claims × environments


def cells(
    *measured: Any, name: str = "ch09.ex01.x", verdicts: tuple[str, ...] = ("reproduced",) * 3
) -> list[str]:
    """Return the notes below the verdicts of a claim in its row, in whichever table."""
    files = [(COMMON, *of(name, v, measured=m)) for v, m in zip(verdicts, measured, strict=True)]
    tables = grid_tables(compared(*files), (*OPEN, *CLOSED))
    (row,) = (row for table in tables for row in table.rows if row[0].text == name)
    return [cell.note for cell in row[1:]]


LONG = [["alice", "beginning", "get", "tired"], ["sister", "bank"]]
# the values of three environments, and the text of their cells
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
    """A cell has the number that moved farthest and how far, or else the value if it is short."""
    assert cells(*measured) == shown


def test_cells_of_long_values_show_where_they_differ() -> None:
    """Values of different lengths are cut around the first place where they differ."""
    longer = [[*LONG[0], "and"], LONG[1]]

    texts = cells(LONG, longer, LONG)

    assert texts[0] == texts[2] != texts[1]
    assert max(map(len, texts)) <= 28
    assert "and" in texts[1]


def test_cells_in_standard_deviations() -> None:
    """Claims with a reference sample have differences in its standard deviations."""
    assert cells(2.0, 5.0, 2.001, name=LOSS) == ["2", "5 (+3.00 sd)", "2.001"]


def test_heads_of_rows_name_the_number() -> None:
    """The head of a row has the claim's title, and which of several numbers its cells show."""
    measured = [{"a": 1.0, "b": 2.0}, {"a": 1.5, "b": 9.0}, {"a": 1.0, "b": 2.0}]
    named = [record("ch09.ex01.both", measured=value) for value in measured]
    other = [record("ch09.ex04.x", rule=rule, verdict=v) for rule, v in (("a", _R), ("b", _C), ("a", _R))]
    comparison = compared(*((r, s) for r, s in zip(named, other, strict=True)))

    heads = [row[0] for table in grid_tables(comparison, OPEN) for row in table.rows]

    assert [(head.text, head.note) for head in heads] == [
        ("ch09.ex04.x (other rule)", ""),
        ("ch09.ex01.both", "made up; shown: a, and 1 more differ"),
    ]


def test_rows_in_order() -> None:
    """Unexplained claims come first, then condition by condition, and far moves before near ones."""
    verdicts: dict[str, list[str | None]] = {
        "frozen": [_R, _R, _R, _C, _C],
        "error": [_R, _R, _R, _C, _C],
        "stem": ["failed", _R, _R, _R, _R],
    }
    comparison = over_keras(**verdicts)
    moved = compared(
        *(
            (record("ch09.ex04.a", measured=near), record("ch09.ex04.b", measured=far))
            for near, far in ((1, 1), (2, 5), (1, 1))
        )
    )

    (differ,) = grid_tables(comparison, OPEN)
    (moves,) = grid_tables(moved, OPEN)

    assert differ.title == "Verdicts that differ: 3 claims"
    assert [row[0].text for row in differ.rows] == [STEM, FROZEN, ERROR]
    assert [cell.mark for cell in differ.rows[0][1:]] == ["failed", *[_R] * 4]
    assert [row[0].text[-1] for row in moves.rows] == ["b", "a"]
