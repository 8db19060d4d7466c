"""The book's own calls as text: it has all that it needs. tests/reporting/test_notebook.py runs them."""

from __future__ import annotations

import ast

import pytest

from workshop.ledger import ledger
from workshop.reporting.book_calls import PACKAGE, book_calls, short_program


@pytest.mark.parametrize("unit", book_calls())
def test_a_short_program_has_no_more_than_its_code(unit: str) -> None:
    """It is printed, and holds neither docstrings nor imports that nothing uses."""
    text = short_program(unit) or ""
    tree = ast.parse(text)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

    assert text.splitlines()[-1].startswith("print(")
    assert text.count("\n") <= 60
    assert '"""' not in text
    for node in tree.body:
        assert {(each.asname or each.name) for each in getattr(node, "names", [])} <= names


@pytest.mark.parametrize("unit", book_calls())
def test_a_text_has_all_that_it_uses(unit: str) -> None:
    """Nothing of the package is imported; the data come from the registry; what is unused is not there."""
    text = book_calls()[unit].text
    tree = ast.parse(text)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    bound = {ast.unparse(target) for node in assigned for target in node.targets}
    *_, call = tree.body
    assert isinstance(call, ast.Assign)
    assert isinstance(call.value, ast.Call)
    assert {ast.unparse(each) for each in call.value.args} <= bound  # the registry's lines load the data
    assert "workshop" not in text
    assert unit in ledger().units
    for node in tree.body:
        for alias in getattr(node, "names", []):
            assert (alias.asname or alias.name) in used | {"annotations"}


def test_no_unit_reaches_the_calls() -> None:
    """Only they seed TensorFlow by Keras, and nothing else in the package names them."""
    for path in PACKAGE.glob("**/*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            own = isinstance(node, ast.FunctionDef) and "_in_" in node.name and "chapters" in path.parts
            names = {getattr(each, "id", getattr(each, "attr", "")) for each in ast.walk(node)}
            calls = {name for name in names if name.startswith(("exercise_", "activity_")) and "_in_" in name}
            assert own or not calls | {"set_random_seed"} & names, path
