"""More than two results files: agreement, explanations of differences, and grids."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from tests.records import sums
from tests.reporting.comparison_files import (
    BOTH,
    COMMON,
    ERROR,
    FROZEN,
    LEDGER,
    LOSS,
    SORTED,
    STEM,
    compared,
    file,
    of,
    record,
)
from workshop.reporting.compare.agreement import (
    TITLES,
    Agreement,
    Group,
    agreement,
    by_group,
    causes,
    count_text,
    environments,
    group,
    other_data,
    unexplained,
)
from workshop.reporting.compare.model import Comparison, compare_files
from workshop.reporting.compare.sections import (
    Chip,
    about,
    bisect_command,
    cells,
    grid,
    lines,
    patterns,
    sections,
    verdict_rows,
)
from workshop.wording.words import CHANGED, FAILED, HOLDS, NO_DATA, SUPPORTED

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
    (["not testable", "not testable", None], [None] * 3, "nowhere"),
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
    """The groups have all claims, each once, and so have the sections of the page."""
    comparison = every_agreement()

    groups = by_group(comparison)
    listed = [row.id for section in sections(comparison) for row in section.rows]

    assert sorted(row.id for own in groups.values() for row in own) == sorted(r.id for r in comparison.rows)
    assert sorted(listed) == sorted(row.id for row in comparison.rows)
    assert list(groups) == list(TITLES) == list(get_args(Group))


# the verdict in each environment, and the group of the claim
GROUPS: list[tuple[list[str | None], Group]] = [
    (["reproduced", "supported", "supported"], "data"),
    (["reproduced", "unavailable", None], "data"),
    (["corrected", "supported", "unavailable"], "data"),
    (["deferred", "unavailable", "unavailable"], "partly"),
    (["deferred", "supported", "supported"], "partly"),
    (["supported", "unavailable", "supported"], "data"),
    (["reproduced", "refuted", "unavailable"], "unexplained"),
    (["reproduced", "refuted", "supported"], "unexplained"),
    (["failed", "supported", "supported"], "unexplained"),
    (["failed", "unavailable", "unavailable"], "failed"),
    (["reproduced", "deferred", "unavailable"], "partly"),
    (["supported", "supported", "supported"], "same"),
    (["unavailable", "unavailable", "unavailable"], "nowhere"),
]


@pytest.mark.parametrize(("verdicts", "expected"), GROUPS)
def test_other_data_is_apart_from_what_is_unexplained(verdicts: list[str | None], expected: Group) -> None:
    """Missing or substituted data explains a difference; it hides no failure and no other verdict."""
    comparison = compared(*((COMMON, *of(LOSS, verdict)) for verdict in verdicts))

    (row,) = (row for row in comparison.rows if row.id == LOSS)

    assert group(row, comparison.files) == expected
    assert (row in other_data(comparison)) is (expected == "data")
    assert (row in unexplained(comparison)) is (expected == "unexplained")


def test_extras_are_counted_apart() -> None:
    """They are never added to the results of the book."""
    book, own = compared((record(), record("ch09.ex01.own", ours=True)), (record(),)).rows

    texts = [count_text(rows) for rows in ([book], [own], [book, book, own], [own, own], [])]

    assert texts == ["1 result", "1 extra", "2 results and 1 extra", "2 extras", "0 results"]


def test_where_claims_were_not_decided() -> None:
    """Claims of one pattern share a line, the most frequent pattern first."""
    where = ((0,), (1,), (1,), (1,), (2,), (2,), (0, 1, 2))
    files = [
        [
            COMMON,
            *(
                record(f"ch09.ex01.c{n}", verdict="deferred", reason="too slow")
                if own in indices
                else record(f"ch09.ex01.c{n}")
                for n, indices in enumerate(where)
            ),
            *of("ch09.ex01.rare", None if own == 2 else "not testable", ours=True),
            *of("ch09.ex01.new", "reproduced" if own == 1 else None),
        ]
        for own in range(3)
    ]

    comparison = compared(*map(tuple, files))

    assert patterns([row for row in comparison.rows if row.id != COMMON.id], comparison.labels) == [
        "3 results: deferred in f1, e.g. ch09.ex01.c1: too slow",
        "2 results: deferred in f2, e.g. ch09.ex01.c4: too slow",
        "1 result: deferred in f0, e.g. ch09.ex01.c0: too slow",
        "1 result: deferred in all 3, e.g. ch09.ex01.c6: too slow",
        "1 extra: not testable in all but f2; absent in f2, e.g. ch09.ex01.rare: as printed",
        "1 result: absent in all but f1.",
    ]


# The grid of environments and chapters


def test_the_grid_counts_what_differs_by_word() -> None:
    """Each other environment has its verdicts and moved values by chapter, with the claim to go to."""
    first = [record(f"ch0{n % 3}.ex01.c{n}") for n in range(7)]
    verdicts = ("reproduced", "failed", "supported", "unavailable", "failed", "reproduced", "reproduced")
    other = [record(r.id, verdict=v) for r, v in zip(first, verdicts, strict=True)]
    other[6] = record("ch00.ex01.c6", measured=9.0)
    own = [record("ch00.ex01.own", ours=True, verdict=verdict) for verdict in ("changed", "reproduced")]

    columns, found = grid(compared((*first, own[1]), (*other, own[0]), (*first, own[1])))

    assert columns == ("ch00", "ch01", "ch02", "extra")
    assert verdict_rows(compared((*first, own[1]), (*other, own[0]), (*first, own[1]))) == [
        (FAILED, [(0, 0), (2, 0), (0, 0)]),
        (HOLDS, [(7, 1), (3, 0), (7, 1)]),
        (CHANGED, [(0, 0), (0, 1), (0, 0)]),
        (SUPPORTED, [(0, 0), (1, 0), (0, 0)]),
        (NO_DATA, [(0, 0), (1, 0), (0, 0)]),
    ]
    assert found == [
        [
            [Chip(NO_DATA, 1, "ch00.ex01.c3"), Chip(None, 1, "ch00.ex01.c6")],
            [Chip(FAILED, 2, "ch01.ex01.c1")],
            [Chip(SUPPORTED, 1, "ch02.ex01.c2")],
            [Chip(CHANGED, 1, "ch00.ex01.own")],
        ],
        [[], [], [], []],
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

    assert (causes(comparison), unexplained(comparison)) == ([], [])


def test_substitutes_do_not_hide_what_a_finding_explains() -> None:
    """On substitute data a claim is supported on either side of the finding's condition."""
    comparison = over_keras(error=["supported", _R, _R, _C, "supported"])

    assert [row.id for cause in causes(comparison) for row in cause.rows] == [ERROR]


def test_sections_by_condition() -> None:
    """Unexplained claims come first; claims of one condition are together, with versions on both sides."""
    comparison = over_keras(
        both=["failed", "failed", _R, _R, _R],
        stem=[_R, _R, _R, _C, _C],
        frozen=[_R, _R, _R, _C, _C],
        error=[_R, _R, _R, _C, _C],
    )

    first, keras, _ = found = sections(comparison)

    assert [one.key for one in found] == ["unexplained", "explained-1", "same"]
    assert (first.group, first.title) == ("unexplained", "Unexplained: 2 results")
    assert [row.id for row in first.rows] == [BOTH, STEM]
    assert [
        (line.cell.text, line.where, line.reason) for line in lines(first.rows[0], comparison.labels)
    ] == [
        ("failed", "k2.2.4, k2.9.0", "at 2.2.4"),
        ("holds", "all but k2.2.4, k2.9.0", "at 2.10.0"),
    ]
    assert about(first.rows[0]) == "made up; its finding is about Keras ≥ 3.0, NumPy ≥ 2"
    assert bisect_command(first.rows[0], comparison) == f"workshop bisect {BOTH} --library keras"
    assert (keras.group, keras.title) == ("explained", "Explained by Keras ≥ 3.0: 2 results")
    assert keras.notes == (
        "Met by Keras 3.0.0 (k3.0.0); Keras 3.15.1 (k3.15.1)",
        "Not met by Keras 2.2.4 (k2.2.4); Keras 2.9.0 (k2.9.0); Keras 2.10.0 (k2.10.0)",
    )
    assert [row.id for row in keras.rows] == [FROZEN, ERROR]


def test_a_condition_on_two_libraries_names_both_versions() -> None:
    """Environments with the same versions are together, those without a library first."""
    verdicts = [_R, _R, _C, _C]
    versions = [{}, {"numpy": "2.10.0", "keras": "2.15.0"}, *[{"numpy": "2.10.0", "keras": "3.0"}] * 2]
    files = [
        file(f"f{n}", *of(BOTH, verdict), **own)
        for n, (verdict, own) in enumerate(zip(verdicts, versions, strict=True))
    ]

    (explained,) = sections(compare_files(tuple(files), LEDGER))

    assert explained.title == "Explained by Keras ≥ 3.0, NumPy ≥ 2: 1 result"
    assert explained.notes == (
        "Met by Keras 3.0, NumPy 2.10.0 (f2, f3)",
        "Not met by Keras none, NumPy none (f0); Keras 2.15.0, NumPy 2.10.0 (f1)",
    )


def test_the_grid_counts_a_claim_if_one_of_its_numbers_moved() -> None:
    """In each file by itself, whichever number it is there."""
    values = [{"a": 1.0, "b": 2.0}, {"a": 1.5, "b": 2.0}, {"a": 1.0, "b": 2.5}, {"a": 1.0, "b": 2.0}]
    _, found = grid(compared(*((record("ch09.ex04.x", measured=each),) for each in values)))
    assert found == [[[Chip(None, 1, "ch09.ex04.x")]], [[Chip(None, 1, "ch09.ex04.x")]], [[]]]


def test_a_condition_on_instructions_names_them() -> None:
    """Of one version only the processor that has them meets it."""
    used = ["none", "avx2", "avx2 avx512"]
    versions = [{"numpy": "1.26.4", "keras": "2.15", "instructions": each} for each in used]
    files = [
        file(f"f{n}", *of(SORTED, verdict), **own)
        for n, (verdict, own) in enumerate(zip([_R, _R, _C], versions, strict=True))
    ]

    (explained,) = sections(compare_files(tuple(files), LEDGER))

    assert explained.title == "Explained by Keras ≥ 2, NumPy ≥ 1.25 with AVX-512 or ≥ 2.0 with AVX2: 1 result"
    assert explained.notes == (
        "Met by Keras 2.15, NumPy 1.26.4, instructions avx2 avx512 (f2)",
        "Not met by " + "; ".join(f"Keras 2.15, NumPy 1.26.4, instructions {used[n]} (f{n})" for n in (0, 1)),
    )


def test_conditions_of_the_most_claims_come_first() -> None:
    """The others follow."""
    files = [
        file(
            f"f{n}",
            *of(BOTH, verdict), *of(ERROR, verdict), *of(FROZEN, verdict),
            keras=keras, numpy="2.0",
        )
        for n, (verdict, keras) in enumerate([(_R, "2.15"), (_R, "2.15"), (_C, "3.0")])
    ]  # fmt: skip

    found = sections(compare_files(tuple(files), LEDGER))

    assert [section.title for section in found] == [
        "Explained by Keras ≥ 3.0: 2 results",
        "Explained by Keras ≥ 3.0, NumPy ≥ 2: 1 result",
    ]


# Claims × environments


def texts(
    *measured: Any, name: str = "ch09.ex01.x", verdicts: tuple[str, ...] = ("reproduced",) * 3
) -> list[str]:
    """Return the value and change of a claim in each environment."""
    files = [(COMMON, *of(name, v, measured=m)) for v, m in zip(verdicts, measured, strict=True)]
    (row,) = (row for row in compared(*files).rows if row.id == name)
    return [" ".join(filter(None, (cell.value, cell.change))) for cell in cells(row)]


LONG = [["alice", "beginning", "get", "tired"], ["sister", "bank"]]
# the values of three environments, and the text of their cells
SHOWN: list[tuple[list[Any], list[str]]] = [
    ([0.25, 0.25, 0.25], ["0.25", "0.25", "0.25"]),
    ([0.25, 0.5, 0.2500001], ["0.25", "0.5 +0.25, +100%", "0.25"]),
    ([None, 2, 3], ["", "2", "3 +1, +50%"]),
    ([{"a": 1, "b": 2}, {"a": 1, "b": 5}, {"a": 1, "b": 2}], ["2", "5 +3, +150%", "2"]),
    (["none", "ValueError", "none"], ["none", "ValueError", "none"]),
    ([[1.0], [None], [1.0]], ["1", "no number", "1"]),
    ([LONG, LONG, LONG], ["", "", ""]),
    (["x" * 28] * 3, ["x" * 28] * 3),
    (["x" * 29] * 3, [""] * 3),
    ([[1, 2], [1, 2, 3], [1, 2]], ["1, 2", "1, 2, 3", "1, 2"]),
    ([sums(1.5, 1, 2)] * 3, ["1.5"] * 3),
    ([{"seeds": 5, "first": "cat"}] * 3, ["cat"] * 3),
]  # fmt: skip


@pytest.mark.parametrize(("measured", "shown"), SHOWN)
def test_cells(measured: list[Any], shown: list[str]) -> None:
    """A cell has the number that moved farthest and how far, or else the value if it is short."""
    assert texts(*measured) == shown


def test_cells_of_long_values_show_where_they_differ() -> None:
    """Values of different lengths are cut around the first place where they differ."""
    longer = [[*LONG[0], "and"], LONG[1]]

    found = texts(LONG, longer, LONG)

    assert found[0] == found[2] != found[1]
    assert max(map(len, found)) <= 28
    assert "and" in found[1]


def test_cells_in_standard_deviations() -> None:
    """Claims with a reference sample have differences in its standard deviations."""
    assert texts(2.0, 5.0, 2.001, name=LOSS) == ["2", "5 +3.00 sd", "2.001"]


def test_a_claim_is_described() -> None:
    """It has its title, which of several numbers is shown, and whether the runs decide it otherwise."""
    measured = [{"a": 1.0, "b": 2.0}, {"a": 1.5, "b": 9.0}, {"a": 1.0, "b": 2.0}]
    named = [record("ch09.ex01.both", measured=value) for value in measured]
    other = [record("ch09.ex04.x", rule=rule, verdict=v) for rule, v in (("a", _R), ("b", _C), ("a", _R))]
    comparison = compared(*((r, s) for r, s in zip(named, other, strict=True)))

    assert [about(row) for row in comparison.rows] == [
        "made up; shown: a, and 1 more differ",
        "the runs decide it by other rules or printed values",
    ]


def test_verdicts_that_share_a_word_are_named() -> None:
    """Corrected and refuted are both `book wrong`: if a claim has both, each is named, else neither."""
    both, one = (
        next(row for row in compared(*((COMMON, *of(LOSS, v)) for v in verdicts)).rows if row.id == LOSS)
        for verdicts in (("corrected", "refuted"), ("corrected", _R))
    )

    assert [(cell.text, cell.verdict) for cell in cells(both)] == [
        ("book wrong", "corrected"),
        ("book wrong", "refuted"),
    ]
    assert [(cell.text, cell.verdict) for cell in cells(one)] == [("book wrong", ""), ("holds", "")]


def test_rows_in_order() -> None:
    """Newly failed claims come first among the unexplained ones, and far moves before near ones."""
    comparison = over_keras(
        stem=["failed", _R, _R, _R, _R], frozen=[_R, _R, _R, _C, _C], wrong=[_R, _R, _R, _R, "failed"]
    )
    moved = compared(
        *(
            (record("ch09.ex04.a", measured=near), record("ch09.ex04.b", measured=far))
            for near, far in ((1, 1), (2, 5), (1, 1))
        )
    )

    differ, explained, _ = sections(comparison)
    (moves,) = sections(moved)

    assert [row.id for row in differ.rows] == ["ch09.ex03.wrong", STEM]
    assert [row.id for row in explained.rows] == [FROZEN]
    assert [row.id[-1] for row in moves.rows] == ["b", "a"]
