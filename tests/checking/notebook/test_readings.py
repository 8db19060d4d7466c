"""What a value must be to be taken for a claim's, and in which form it is taken."""

from __future__ import annotations

from typing import Any

import pytest

from tests.toy.claims import book
from workshop.checking.notebook import readings
from workshop.checking.notebook.cells import Cell
from workshop.checking.notebook.code import CellCode
from workshop.checking.notebook.gathering import Gathered
from workshop.checking.notebook.keras_text import SummaryRow, SummaryTable
from workshop.checking.notebook.recognising import KnownCode
from workshop.checking.notebook.values import Shown, read_values
from workshop.ledger import ledger
from workshop.ledger.rules import Equal, Within
from workshop.ledger.values import named_leaves


@pytest.mark.parametrize(
    ("text", "enough"),
    [
        ("3", False), ("0.12345", True), ("-1234.5", True), ("0.01234", False), ("1.2345e-05", True),
        ("1.234e-05", False), ("12000", False), ("[1, 2]", False), ("[1, 2, 3]", True), ("[1, 1, 2]", False),
        ("[1, 1, 1, 1, 1, 2]", True), ("[1, 1, 1, 1, 2]", False), ("[1, 1, 1, 1, 1, 1]", False),
        ("'one two three'", False), ("'one two three four'", True), ("['a', 'b', 'c']", True),
        ("[True, False, None]", False),
    ],
)  # fmt: skip
def test_what_is_equal_by_no_chance(text: str, enough: bool) -> None:
    """Three numbers or words that differ, two of six, four words, or five digits."""
    (value,) = read_values(text)
    assert readings._says_enough(tuple(named_leaves(value))) == enough


@pytest.mark.parametrize(
    ("mine", "theirs", "tolerance", "equal"),
    [
        ("3", 3, None, True), ("3.0", 3, None, True), ("3.1", 3, None, False),
        ("0.12", 0.123, None, True), ("0.13", 0.123, None, False), ("0.1234", 0.12, None, True),
        ("0.126", 0.12, None, False), ("1.2e-1", 0.123, None, False),
        ("1e-3", 0.4, None, False), ("0.126", 0.12, 0.01, True),
        ("'a'", "a", None, True), ("'b'", "a", None, False), ("True", 1, None, False),
        ("True", True, None, True), ("3", "3", None, False),
    ],
)  # fmt: skip
def test_when_a_leaf_equals_the_print(mine: str, theirs: Any, tolerance: float | None, equal: bool) -> None:
    """To the digits of both, or within the rule's tolerance; whole numbers are equal or not."""
    rule = Equal() if tolerance is None else Within(atol=tolerance)
    value = {"True": True}.get(mine, (read_values(mine) or [None])[0])
    assert readings._leaf_equals(value, theirs, rule) == equal


def test_a_value_equals_a_print_leaf_by_leaf() -> None:
    """The order of a mapping does not count, the number of leaves does."""

    def leaves(text: str) -> readings.Leaves:
        return tuple(named_leaves(read_values(text)[0]))

    def equals(mine: str, theirs: Any) -> bool:
        return readings._equals(leaves(mine), tuple(named_leaves(theirs)), Equal())

    assert equals("{'b': 2, 'a': 1}", {"a": 1, "b": 2})
    assert not equals("{'b': 2, 'c': 1}", {"a": 1, "b": 2})
    assert not equals("[1, 2, 3]", [1, 2])
    assert not equals("[1, 2]", [1, 3])
    assert not equals("[]", [])
    assert readings._same_form(leaves("[1, 'a']"), leaves("[2, 'b']"))
    assert not readings._same_form(leaves("[1, 'a']"), leaves("[2, 3]"))
    assert not readings._same_form(leaves("[1, 'a']"), leaves("[2]"))


@pytest.mark.parametrize(
    ("text", "together", "apart"),
    [
        ("1", [], []), ("1 2", [[1, 2], []], []), ("1 'a' 'b'", [[1, "a", "b"], ["a", "b"]], []),
        ("'a' 'b'", [["a", "b"]], []), ("1 2 3 4 5 6", [[1, 2, 3, 4, 5, 6], []], []),
        ("1 2 3 4 5 6 7", [], []),
        ("[1, [2, 3]]", [], [1, [2, 3]]), ("[1, 2]", [], []), ("[[1], [2]]", [], []),
        ("[1, 2, 3, 4, 5, [6]]", [], [1, 2, 3, 4, 5, [6]]), ("[1, 2, 3, 4, 5, 6, [7]]", [], []),
    ],
)  # fmt: skip
def test_values_may_be_one_and_one_may_be_several(text: str, together: list[Any], apart: list[Any]) -> None:
    """Two to six values of a cell, and up to six of different sizes that a function returned."""
    values = read_values(text)
    assert list(readings._together(values)) == together
    assert list(readings._apart(values)) == apart


def rows(*kinds: str, cut: bool = False) -> SummaryTable:
    """Return a summary with a row for each class."""
    layers = (SummaryRow(f"row_{n}", kind, (None, n), n, cut) for n, kind in enumerate(kinds))
    return SummaryTable(tuple(layers), {"total": 3, "trainable": 2, "non_trainable": 1})


@pytest.mark.parametrize(
    ("kinds", "cut", "printed", "read"),
    [
        (("Dense",), False, "DenseOther", "Dense"), (("Dense",), True, "DenseOther", "DenseOther"),
        (("GRU",), True, "DenseOther", "GRU"), (("Functional",), False, "vgg (Model)", "vgg (Model)"),
        (("Model",), False, "any", "any"), (("Dense",), False, "row_0 other", "row_0 other"),
        (("Dense",), False, "row_0 (Dense)", "row_0 (Dense)"),
        (("Dense",), False, "my (Dense)", "my (Dense)"),
    ],
)  # fmt: skip
def test_a_layer_has_the_class_of_the_print(kinds: Any, cut: bool, printed: str, read: str) -> None:
    """Where it is the same one, cut off or named otherwise."""
    assert readings.layers_of(rows(*kinds, cut=cut), [[printed, [None, 0], 0]])[0][0] == read


def test_the_rows_of_a_summary_have_the_form_of_the_print() -> None:
    """A list without the input's row, or by name; of another length as it is."""
    print_of_two = [["GRU", [None, 1], 1], ["Dense", [None, 2], 2]]
    by_name = {"first": [[None, 0], 0], "second": [[None, 1], 1]}
    assert readings.layers_of(rows("InputLayer", "GRU", "Dense"), print_of_two) == print_of_two
    assert len(readings.layers_of(rows("Other", "GRU", "Dense"), print_of_two)) == 3
    assert len(readings.layers_of(rows("InputLayer", "GRU"), print_of_two)) == 2
    assert readings.layers_of(rows("A", "B"), by_name) == by_name
    assert readings.layers_of(rows("A"), by_name) == [["A", [None, 0], 0]]
    assert readings._totals(rows(), {}) == {"total": 3, "trainable": 2, "non_trainable": 1}
    assert readings._totals(rows(), []) == [3, 2, 1]
    assert readings._totals(SummaryTable((), {"total": 3}), []) is None


def test_cells_with_outputs_are_counted() -> None:
    """Those that have code, too, whether anything was found or not."""
    cells = [Cell(1, "a", "1"), Cell(2, "b", result="2"), Cell(3, "c", " \n"), Cell(4, " ", "3")]
    assert readings.read_claims(cells) == readings.Readings((), 2, 2)


def test_only_what_notebooks_show_is_read() -> None:
    """No claim of ours, and none that is said in the text alone, but for those that a pattern names."""
    for unit, known in readings.known_units().items():
        for form in [form for forms in readings.forms_of(unit) for form in forms]:
            assert readings.is_shown(form.claim) or form.claim.name in known.reads
    shown = [claim for claim in ledger().claims.values() if readings.is_shown(claim)]
    assert all(claim.notebook is not None and not claim.ours for claim in shown)


def test_a_named_number_has_its_digits() -> None:
    """The only item of a list is taken where one value is printed."""
    assert readings._alone([Shown("3")], alone=True) == 3
    assert readings._alone([Shown("3")], alone=False) == [3]
    assert readings._alone([1, 2], alone=True) == [1, 2]


LIST, MANY = [1.5, 2.5, 3.5], "[1.5, 2.5, 3.5]"
# the prints of claims of two units by name, what a cell prints, the code of each value that it shows, what is
# found; the code that names a claim begins with its name
SHOWS: list[tuple[dict[str, Any], str, list[list[str]], dict[str, Any]]] = [
    ({"c": LIST}, MANY, [["x"]], {"c": LIST}), ({"c": LIST}, "1.5 2.5\n3.5", [["x"]], {"c": LIST}),
    ({"c": 0.12345}, "0.12345", [["x"]], {"c": 0.12345}),
    ({"c": 0.12345}, "[0.12345]", [["x"]], {"c": 0.12345}),
    ({"c": "four words in it"}, " four words in it \n", [["x"]], {"c": "four words in it"}),
    ({"c": ["u", "v", "w"]}, "'u' 1 'v' 'w'", [["x"]], {"c": ["u", "v", "w"]}),
    # what is short must be named
    ({"c": 0.5}, "0.5", [["x"]], {}), ({"c": 0.5}, "0.5", [["c"]], {"c": 0.5}),
    ({"c": 0.5}, "0.5", [["xc"]], {}), ({"c": 0.12}, "0.12345", [["x"]], {}),
    ({"c": 0.5}, "[0.5]", [["c"]], {"c": 0.5}), ({"c": 3}, "3", [["c"]], {"c": 3}),
    ({"c": 3, "d": 4}, "3 4", [["c"], ["d"]], {"c": 3, "d": 4}),
    ({"c": 3, "d": 4}, "3 4", [["d"], ["c"]], {}), ({"c": 3, "d": 4}, "3 4", [["d", "c"]], {"c": 3, "d": 4}),
    ({"c": 3, "d": 3}, "3 3", [["c"], ["d"]], {"c": 3, "d": 3}),
    # what is named may differ, but for whole numbers and other forms
    ({"c": 0.5}, "0.75", [["c"]], {"c": 0.75}), ({"c": 0.5}, "0.75", [["x"]], {}),
    ({"c": 0.5}, "0.75 1", [["c"]], {"c": 1}),  # 0.5 to its digits
    ({"c": 3}, "4", [["c"]], {}), ({"c": [3, 0.5]}, "[4, 0.75]", [["c"]], {"c": [4, 0.75]}),
    ({"c": [0.5, 0.25]}, "[0.75]", [["c"]], {}), ({"c": 0.5}, "'a'", [["c"]], {}),
    # what a function returns in parts
    ({"c": LIST}, f"[0.5, {MANY}]", [["x"]], {"c": LIST}),
    ({"c": 0.5, "d": 0.25}, "[0.75, 0.125]", [["x", "c", "d"]], {"c": 0.75, "d": 0.125}),
    ({"c": 0.5, "d": 0.25}, "[0.75, 0.125]", [["x", "c"]], {}),
    # a unit that was not the last
    ({"c": 1, "ch09.ex02.d": LIST}, MANY, [["x"]], {"d": LIST}),
    ({"c": 1, "ch09.ex02.d": 0.5}, "0.5", [["d"]], {"d": 0.5}),
    ({"c": 1, "ch09.ex02.d": 0.5}, "0.75", [["d"]], {}),
    ({"c": 1, "ch09.ex02.d": 0.5}, "[0.75, 1]", [["x", "d", "y"]], {"d": 0.75}),
    ({"c": LIST, "ch09.ex02.d": LIST}, MANY, [["x"]], {"c": LIST}), ({"taken": LIST}, MANY, [["x"]], {}),
    ({"taken": 0.5}, "0.75", [["taken"]], {}), ({"c": LIST}, f"{MANY}\n" + "7\n" * 99, [["x"]], {"c": LIST}),
    ({"c": LIST}, f"{MANY}\n" + "7\n" * 100, [["x"]], {}),
    ({"c": LIST}, f"{MANY}\n" + "a\n" * 100, [["x"]], {}),
]  # fmt: skip


@pytest.mark.parametrize(("claims", "printed", "shows", "found"), SHOWS)
def test_which_values_are_those_of_claims(
    claims: Any, printed: str, shows: Any, found: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that equal a print by no chance, and those that the code names, where they have its form."""
    made = book(*({"id": name, "documented": its, "notebook": its} for name, its in claims.items()))

    def forms(unit: str) -> tuple[list[readings._Form], list[readings._Form]]:
        return [readings._form(each, each.documented) for each in made.units[unit].claims], []

    monkeypatch.setattr(readings, "forms_of", forms)
    units = [
        KnownCode(unit, reads={each.name: f"^{each.name}" for each in its.claims})
        for unit, its in made.units.items()
    ]
    code, cell = CellCode(words={"x"}, shows=shows), Cell(1, "", printed)
    read = list(readings.shown_values(cell, code, units, {"ch09.ex01.taken"}))
    assert {claim.name: value for claim, value in read} == found
    assert len(read) == len(found)
    assert list(readings.shown_values(cell, code, [], set())) == []
    assert list(readings.shown_values(cell, CellCode(shows=shows), units, set())) == []


def test_a_claim_may_have_several_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    """The prints of all units come before what else the ledger has."""
    made = book(*({"id": name, "documented": n, "notebook": n} for n, name in enumerate("cd")))
    first, second = ([readings._form(made.claims[f"ch09.ex01.{name}"], LIST)] for name in "cd")
    for forms, name in (((first, second), "c"), (([], second), "d"), (([], []), "")):
        monkeypatch.setattr(readings, "forms_of", lambda _, forms=forms: forms)
        cell, code = Cell(1, "", MANY), CellCode(words={"x"}, shows=[["x"]])
        found = list(readings.shown_values(cell, code, [KnownCode("ch09.ex01")], set()))
        assert [claim.name for claim, _ in found] == [*name]


SET = {"epochs": 7, "loss": 8, "m": 9}
ORDERED, PART = {"reference": {"order": "paired"}}, {"reference": {"documents": "b"}}
AMONG, TWO = "reference", {"a": "x", "b": "y"}
RAN = {"ran": {"samples": [80, 20], "n_train_val": [80, 20]}, "sizes": {"train": 80}, "steps": {"train": 8}}
# a claim's name, print and other keys, what is gathered by field, the value and the field that it is from
VALUES: list[tuple[str, Any, dict[str, Any], dict[str, Any], Any, str]] = [
    ("c", 1, {}, {"c": 7}, 7, "c"), ("c", 1, {}, {"d": 7}, None, ""), ("c", 1, {}, {"c": []}, None, ""),
    ("c", 1, {"measure": "x.a[1]"}, {"x": {"a": [7, 8]}}, 8, "x"),
    ("c", 1, {"measure": "x.a[2]"}, {"x": {"a": [7, 8]}}, None, ""),
    ("c", 1, {"measure": "ch09.ex02.c"}, {"c": 7}, None, ""),
    ("c", 1, {"measure": "fresh.x"}, {"x": 7}, 7, "x"),
    ("c", 1, {"measure": "fresh[0]"}, {"fresh": [7]}, 7, "fresh"),
    ("c", {"a": 1, "b": 2}, {"measure": TWO}, {"x": 7, "y": 8}, {"a": 7, "b": 8}, "y"),
    ("c", {"a": 1, "b": 2}, {"measure": TWO}, {"x": 7}, None, ""),
    ("c", {"a": 1, "b": 2}, {"measure": TWO, "rule": AMONG}, {"x": 7}, {"a": 7}, "x"),
    ("c", 1, {"measure": TWO, "rule": PART}, {"x": 7, "y": 8}, 8, "y"),
    ("c", 1, {"measure": TWO, "rule": PART}, {"x": 7}, None, ""),
    ("c", ["a", "b"], {"measure": TWO, "rule": ORDERED}, {"x": 7, "y": 8}, None, ""),
    ("training_setup", {"epochs": 1, "loss": "a", "n": 2}, {}, {"settings": SET}, {"epochs": 7}, "settings"),
    ("training_setup", {"epochs": 1}, {}, {"settings": {"m": 9}}, None, "settings"),
    ("training_setup", {"epochs": 1}, {}, {}, None, "settings"),
    ("steps", {"train": 1}, {}, RAN, {"train": 8}, "steps"),
    ("n_train_val", [1, 2], {}, RAN, [80, 20], "ran"), ("n_train_val", [1, 2], {}, {}, None, "ran"),
    ("n_train_val", {"samples": [1, 2]}, {}, RAN, {"samples": [80, 20]}, "ran"),
    ("n_train_val", {"samples": [1, 2]}, {}, {}, None, "ran"),
    ("split_sizes", {"train": 1}, {}, RAN, {"train": 80}, "sizes"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "printed", "other", "outcome", "value", "field"), VALUES)
def test_what_is_gathered_of_a_claim(
    name: str, printed: Any, other: dict[str, Any], outcome: dict[str, Any], value: Any, field: str
) -> None:
    """The field that it measures, all of them if it is not about single numbers; and those of a training."""
    claim, _ = book({"id": name, "documented": printed, **other}, {"id": "ch09.ex02.d"}).claims.values()
    assert readings._value_of(claim, Gathered(outcome)) == (value, field)
    cells = dict.fromkeys(outcome, 4)
    reading = readings._of_model(claim, Gathered(outcome, cells=cells, edits=("e",)))
    shown = field != "settings"  # which are in the code
    expected = readings.Reading(claim, value, 4, ("e",), code="other", shown=shown)
    assert reading == (None if value is None else expected)


def test_a_summary_is_read_for_its_claims() -> None:
    """Of layers, and of numbers of parameters."""
    tables = {"summary": rows("Dense"), "total_params": rows()}
    prints = {"summary": [["Dense", [None, 0], 0]], "total_params": [3, 2, 1]}
    made = book(*({"id": name, "documented": its} for name, its in prints.items())).claims.values()
    for claim in made:
        assert readings._value_of(claim, Gathered(tables=tables)) == (prints[claim.name], claim.name)
