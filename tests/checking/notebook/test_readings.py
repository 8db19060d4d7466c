"""What a value must be to be taken for a claim's, and in which form it is taken."""

from __future__ import annotations

from typing import Any

import pytest

from workshop.checking.notebook import readings
from workshop.checking.notebook.keras_text import SummaryRow, SummaryTable
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
        ("0.126", 0.12, None, False), ("1.2e-1", 0.123, None, False), ("0.126", 0.12, 0.01, True),
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
