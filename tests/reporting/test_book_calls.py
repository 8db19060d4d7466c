"""The book's own calls as text: it has all that it needs. tests/reporting/test_notebook.py runs them."""

import ast
import hashlib
import re
from pathlib import Path

import pytest

from workshop.datasets.model import registry
from workshop.ledger import ledger
from workshop.reporting.book_calls import PACKAGE, book_calls, fetched, short_program


@pytest.mark.parametrize("unit", book_calls())
def test_a_short_program_has_no_more_than_its_code(unit):
    text = short_program(unit) or ""
    tree = ast.parse(text)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

    assert text.splitlines()[-1].startswith("print(")
    assert text.count("\n") <= 63
    assert '"""' not in text
    for node in tree.body:
        assert {(each.asname or each.name) for each in getattr(node, "names", [])} <= names


@pytest.mark.parametrize("unit", book_calls())
def test_a_text_has_all_that_it_uses(unit):
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
    assert {each.arg for each in call.value.keywords} == {"seed"} & {*book_calls()[unit].settings}
    assert ("fetched(" in text) == ("def fetched(" in text)
    assert "workshop" not in text
    assert unit in ledger().units
    for node in tree.body:
        for alias in getattr(node, "names", []):
            assert (alias.asname or alias.name) in used | {"annotations"}


def test_no_unit_reaches_the_calls():
    """Only they seed TensorFlow by Keras, and nothing else in the package names them."""
    for path in PACKAGE.glob("**/*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            own = isinstance(node, ast.FunctionDef) and "_in_" in node.name and "chapters" in path.parts
            names = {getattr(each, "id", getattr(each, "attr", "")) for each in ast.walk(node)}
            calls = {name for name in names if name.startswith(("exercise_", "activity_")) and "_in_" in name}
            assert own or not calls | {"set_random_seed"} & names, path


def test_a_fetched_file_is_the_one_of_the_registry(tmp_path, monkeypatch):
    """Each call has the checksum; another file is refused, and not left under its name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "x.csv").write_bytes(b"a,b\n")
    address = (tmp_path / "server" / "x.csv").as_uri()
    git = hashlib.sha1(b"blob 4\0a,b\n").hexdigest()

    for wrong in ("sha256:" + "0" * 64, "md5:" + "0" * 32, "git_blob:" + "0" * 40):
        with pytest.raises(FileNotFoundError, match=r"has another file now: put x\.csv into this folder"):
            fetched(address, wrong)
        assert not Path("x.csv").exists()
    assert fetched(address, f"git_blob:{git}") == "x.csv"
    assert Path("x.csv").read_bytes() == b"a,b\n"
    for data in registry().values():
        for line in data.editions[0].loading.splitlines():
            for call in re.findall(r"fetched\('([^']+)', '([^']*)'\)", line):
                known = {file.checksum for file in data.editions[0].files}
                assert call[1] in known or (call[0].endswith("text8.zip") and not call[1])
            assert line.count("fetched(") == len(re.findall(r"fetched\('[^']+', '[^']*'\)", line))
