"""More than two results files: agreement, explanations of differences, and grids."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import pytest

from tests.golden import Golden
from tests.reporting.comparison_files import (
    BOTH,
    COMMON,
    ERROR,
    FROZEN,
    LEDGER,
    LOSS,
    SORTED,
    compared,
    file,
    of,
    record,
)
from tests.toy.records import sums
from workshop.reporting.compare.agreement import (
    TITLES,
    Group,
    by_group,
    causes,
    environments,
    group,
)
from workshop.reporting.compare.model import Comparison, compare_files
from workshop.reporting.compare.sections import (
    Chip,
    about,
    bisect_command,
    cells,
    grid,
    lines,
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

# the verdict in each environment (None: absent), the value of each, and the claim's group
CASES: list[tuple[list[str | None], list[Any], Group]] = [
    (["reproduced"] * 3, [1.0] * 3, "same"),
    (["changed"] * 3, [1.0] * 3, "same"),
    (["reproduced"] * 3, [1.0, 1.0, 1.001], "same"),
    (["reproduced"] * 3, [1.0, 1.0, 2.0], "moved"),
    (["reproduced", "undecided", "reproduced"], [1.0, 1.0, 2.0], "moved"),
    (["reproduced", "undecided", "reproduced"], [1.0] * 3, "partly"),
    (["deferred", "deferred", "corrected"], [None, None, 1.0], "partly"),
    (["reproduced", None, "reproduced"], [1.0] * 3, "partly"),
    (["reproduced", "changed", "reproduced"], [1.0, 2.0, 1.0], "unexplained"),
    (["deferred", "changed", "refuted"], [None, 1.0, 1.0], "unexplained"),
    (["supported", "reproduced", "supported"], [1.0] * 3, "data"),
    (["failed", "reproduced", "reproduced"], [1.0] * 3, "unexplained"),
    (["failed"] * 3, [1.0, 2.0, 3.0], "failed"),
    (["undecided", "failed", None], [1.0] * 3, "failed"),
    (["undecided", "unavailable", "deferred"], [1.0, 2.0, None], "partly"),
    (["not testable", "not testable", None], [None] * 3, "nowhere"),
]


@pytest.mark.parametrize(("verdicts", "measured", "expected"), CASES)
def test_agreement(verdicts: list[str | None], measured: list[Any], expected: Group) -> None:
    """A claim is decided where it is verified or failed, and different verdicts come first."""
    files = [(COMMON, *of(LOSS, v, measured=m)) for v, m in zip(verdicts, measured, strict=True)]

    comparison = compared(*files)
    (row,) = (row for row in comparison.rows if row.id == LOSS)

    assert group(row, comparison.files) == expected


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
    assert (row in by_group(comparison)["data"]) is (expected == "data")
    assert (row in by_group(comparison)["unexplained"]) is (expected == "unexplained")


def told(comparison: Comparison) -> str:
    """Return the sections of a comparison: titles, notes, and of each claim what differs where."""
    lines_ = []
    for section in sections(comparison):
        lines_ += [f"{section.group}: {section.title}", *(f"  {note}" for note in section.notes)]
        for row in section.rows:
            lines_.append(f"    {row.id}: {about(row)}; {bisect_command(row, comparison)}")
            lines_ += [
                f"      {each.cell.text} in {each.where}: {each.reason}"
                for each in lines(row, comparison.labels)
            ]
    return "\n".join(lines_)


def of_files(
    *verdicts: str, claims: Sequence[str] = (BOTH,), versions: Sequence[Mapping[str, str]]
) -> Comparison:
    """Compare files in which these claims have a verdict each, with these versions."""
    rows = enumerate(zip(verdicts, versions, strict=True))
    files = [file(f"f{n}", *(r for name in claims for r in of(name, v)), **own) for n, (v, own) in rows]
    return compare_files(tuple(files), LEDGER)


def undecided() -> Comparison:
    """Compare three files, each of which leaves other claims undecided."""
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
    return compared(*map(tuple, files))


def described() -> Comparison:
    """Compare files in which numbers of a claim moved, and the rule of another one."""
    measured = [{"a": 1.0, "b": 2.0}, {"a": 1.5, "b": 9.0}, {"a": 1.0, "b": 2.0}]
    named = [record("ch09.ex01.both", measured=value) for value in measured]
    other = [record("ch09.ex04.x", rule=rule, verdict=v) for rule, v in (("a", _R), ("b", _C), ("a", _R))]
    return compared(*((r, s) for r, s in zip(named, other, strict=True)))


def test_sections_read_as_written(golden: Golden) -> None:
    late = [_R, _R, _R, _C, _C]
    keras = [{"keras": version, "numpy": "2.0"} for version in ("2.15", "2.15", "3.0")]
    two = [{}, {"numpy": "2.10.0", "keras": "2.15.0"}, *[{"numpy": "2.10.0", "keras": "3.0"}] * 2]
    used = [
        {"numpy": "1.26.4", "keras": "2.15", "instructions": it} for it in ("none", "avx2", "avx2 avx512")
    ]
    both = ["failed", "failed", _R, _R, _R]
    first, own = record(), record("ch09.ex01.own", ours=True)
    comparisons = {
        "five versions": over_keras(both=both, stem=late, frozen=late, error=late),
        "rows in order": over_keras(stem=[*both[1:], _R], frozen=late, wrong=[*both[2:], _R, "failed"]),
        "two libraries": of_files(_R, _R, _C, _C, versions=two),
        "instructions": of_files(_R, _R, _C, claims=(SORTED,), versions=used),
        "conditions of the most claims first": of_files(
            _R, _R, _C, claims=(BOTH, ERROR, FROZEN), versions=keras
        ),
        "not decided": undecided(),
        "numbers and rules": described(),
        "an extra": compared((first, own), (first,)),
    }
    golden("sections.txt", {name: told(comparison) for name, comparison in comparisons.items()})


# The grid of environments and chapters


def test_the_grid_counts_what_differs_by_word() -> None:
    """Each other environment has its verdicts and moved values by chapter, with the claim to go to."""
    first = [record(f"ch0{n % 3}.ex01.c{n}") for n in range(7)]
    verdicts = ("reproduced", "failed", "supported", "unavailable", "failed", "reproduced", "reproduced")
    other = [record(r.id, verdict=v) for r, v in zip(first, verdicts, strict=True)]
    other[6] = record("ch00.ex01.c6", measured=9.0)
    own = [record("ch00.ex01.own", ours=True, verdict=verdict) for verdict in ("changed", "reproduced")]

    columns, found = grid(compared((*first, own[1]), (*other, own[0]), (*first, own[1])))

    assert [*columns] == ["ch00", "ch01", "ch02", "extra"]
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

    found = [row.id for cause in causes(by_group(comparison)["explained"]) for row in cause.rows]

    assert found == ([f"ch09.ex03.{name}"] if explained else [])
    assert [row.id for row in by_group(comparison)["unexplained"]] == (
        [] if explained else [f"ch09.ex03.{name}"]
    )


def test_claims_that_do_not_differ_need_no_explanation() -> None:
    """Claims that are the same, failed everywhere, or were decided once need no finding."""
    comparison = over_keras(error=[_C] * 5, frozen=["failed"] * 5, wrong=[_R, *["deferred"] * 4])

    assert (causes(by_group(comparison)["explained"]), by_group(comparison)["unexplained"]) == ([], [])


def test_substitutes_do_not_hide_what_a_finding_explains() -> None:
    comparison = over_keras(error=["supported", _R, _R, _C, "supported"])

    assert [row.id for cause in causes(by_group(comparison)["explained"]) for row in cause.rows] == [ERROR]


def test_the_grid_counts_a_claim_if_one_of_its_numbers_moved() -> None:
    values = [{"a": 1.0, "b": 2.0}, {"a": 1.5, "b": 2.0}, {"a": 1.0, "b": 2.5}, {"a": 1.0, "b": 2.0}]
    _, found = grid(compared(*((record("ch09.ex04.x", measured=each),) for each in values)))
    assert found == [[[Chip(None, 1, "ch09.ex04.x")]], [[Chip(None, 1, "ch09.ex04.x")]], [[]]]


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
    longer = [[*LONG[0], "and"], LONG[1]]

    found = texts(LONG, longer, LONG)

    assert found[0] == found[2] != found[1]
    assert max(map(len, found)) <= 28
    assert "and" in found[1]


def test_cells_in_standard_deviations() -> None:
    assert texts(2.0, 5.0, 2.001, name=LOSS) == ["2", "5 +3.00 sd", "2.001"]


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
