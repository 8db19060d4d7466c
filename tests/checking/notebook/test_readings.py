"""What a value must be to be taken for a claim's, and in which form it is taken."""

from typing import Any

import pytest

from tests.toy.claims import book
from workshop.checking.notebook import readings
from workshop.checking.notebook.cells import Cell
from workshop.checking.notebook.code import CellCode
from workshop.checking.notebook.gathering import Gathered
from workshop.checking.notebook.keras_text import SummaryRow, SummaryTable
from workshop.checking.notebook.recognising import KnownCode
from workshop.ledger import ledger


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
def test_a_layer_has_the_class_of_the_print(kinds, cut, printed, read):
    """Where it is the same one, cut off or named otherwise."""
    assert readings.layers_of(rows(*kinds, cut=cut), [[printed, [None, 0], 0]])[0][0] == read


def test_the_rows_of_a_summary_have_the_form_of_the_print():
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


def test_cells_with_outputs_are_counted():
    cells = [Cell(1, "a", "1"), Cell(2, "b", result="2"), Cell(3, "c", " \n"), Cell(4, " ", "3")]
    assert readings.read_claims(cells) == readings.Readings((), 2, 2)


def test_only_what_notebooks_show_is_read():
    for unit, known in readings.known_units().items():
        for form in [form for forms in readings.forms_of(unit) for form in forms]:
            assert readings.is_shown(form.claim) or form.claim.name in known.reads
    shown = [claim for claim in ledger().claims.values() if readings.is_shown(claim)]
    assert all(claim.notebook is not None and not claim.ours for claim in shown)


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
    ({"c": 12000}, "12000", [["x"]], {}), ({"c": 0.01234}, "0.01234", [["x"]], {}),
    ({"c": [1, 2]}, "[1, 2]", [["x"]], {}), ({"c": [1, 1, 2]}, "[1, 1, 2]", [["x"]], {}),
    ({"c": [1] * 4 + [2]}, "[1, 1, 1, 1, 2]", [["x"]], {}),
    ({"c": [1] * 5 + [2]}, "[1, 1, 1, 1, 1, 2]", [["x"]], {"c": [1] * 5 + [2]}),
    ({"c": [1] * 6}, "[1, 1, 1, 1, 1, 1]", [["x"]], {}),
    ({"c": "one two three"}, "'one two three'", [["x"]], {}),
    # to the digits of both; whole numbers are equal or not, and so is the number of leaves
    ({"c": [1.23, 2.5, 3.5]}, "[1.2, 2.5, 3.5]", [["x"]], {"c": [1.2, 2.5, 3.5]}),
    ({"c": [1.23, 2.5, 3.5]}, "[1.3, 2.5, 3.5]", [["x"]], {}), ({"c": [1, 2, 3]}, "[1, 2, 4]", [["x"]], {}),
    ({"c": [1, 2, 3]}, "[1, 2, 3, 4]", [["x"]], {}), ({"c": ["1", "2", "3"]}, "[1, 2, 3]", [["x"]], {}),
    # several values of a cell as one: two, six, and not seven
    ({"c": [1, 2, 3, 4, 5, 6]}, "1 2 3 4 5 6", [["x"]], {"c": [1, 2, 3, 4, 5, 6]}),
    ({"c": [1, 2, 3, 4, 5, 6, 7]}, "1 2 3 4 5 6 7", [["x"]], {}),
    ({"c": [0.12345, 2]}, "0.12345 2", [["x"]], {"c": [0.12345, 2]}),
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
def test_which_values_are_those_of_claims(claims, printed, shows, found, monkeypatch):
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
def test_what_is_gathered_of_a_claim(name, printed, other, outcome, value, field):
    claim, _ = book({"id": name, "documented": printed, **other}, {"id": "ch09.ex02.d"}).claims.values()
    assert readings._value_of(claim, Gathered(outcome)) == (value, field)
    cells = dict.fromkeys(outcome, 4)
    reading = readings._of_model(claim, Gathered(outcome, cells=cells, edits=("e",)))
    shown = field != "settings"  # which are in the code
    expected = readings.Reading(claim, value, 4, ("e",), code="other", shown=shown)
    assert reading == (None if value is None else expected)


def test_a_summary_is_read_for_its_claims():
    tables = {"summary": rows("Dense"), "total_params": rows()}
    prints = {"summary": [["Dense", [None, 0], 0]], "total_params": [3, 2, 1]}
    made = book(*({"id": name, "documented": its} for name, its in prints.items())).claims.values()
    for claim in made:
        assert readings._value_of(claim, Gathered(tables=tables)) == (prints[claim.name], claim.name)
