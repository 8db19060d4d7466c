"""Notebooks of other subjects, and broken or hostile ones: no match, nothing is run, no traceback."""

import ast
import doctest
import json
import sysconfig
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.checking.written import error, notebook, result, stdout
from workshop.checking.checks import check_notebook
from workshop.checking.notebook.cells import NotANotebook, read_notebook
from workshop.checking.notebook.readings import read_claims
from workshop.checking.page import report_page
from workshop.checking.views import as_json

LIBRARIES = ("numpy", "scipy", "sklearn", "pandas", "keras", "nltk", "matplotlib", "gensim")
MANY = 100
SCRIPT = "<script>alert('x')</script>"


def documented_notebooks(number: int) -> dict[str, dict[str, Any]]:
    """Return notebooks made of the examples in the documentation of installed libraries, by file."""
    found: dict[str, dict[str, Any]] = {}
    folder, parser = Path(sysconfig.get_path("purelib")), doctest.DocTestParser()
    turns = zip_longest(*(sorted((folder / library).rglob("*.py")) for library in LIBRARIES))
    for path in (path for turn in turns for path in turn if path is not None):
        if len(found) == number:
            break
        text = path.read_text("utf-8", errors="replace")
        if text.count(">>>") < 5:
            continue
        try:
            nodes = [
                node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.ClassDef)
            ]
            examples = [e for node in nodes for e in parser.get_examples(ast.get_docstring(node) or "")]
        except (SyntaxError, ValueError):
            continue
        cells = [(example.source, [stdout(example.want)] if example.want else []) for example in examples]
        if sum(bool(example.want) for example in examples) >= 3:
            found[str(path.relative_to(folder))] = notebook(cells)
    return found


def test_notebooks_of_other_subjects_give_no_match(tmp_path, draws):
    many = draws(MANY)
    others = documented_notebooks(many)
    matched = {}
    for name, content in others.items():
        path = tmp_path / "other.ipynb"
        path.write_text(json.dumps(content), "utf-8")
        read = read_claims(read_notebook(path))
        matched |= {name: [reading.claim.id for reading in read.readings]} if read.readings else {}

    assert len(others) == many
    assert matched == {}


def test_a_tutorial_on_the_same_data_gives_no_match(tmp_path):
    path = tmp_path / "tutorial.ipynb"
    cells = [
        ("from keras.datasets import mnist\n(x, y), (x_test, y_test) = mnist.load_data()", []),
        (
            "model = Sequential([layers.Flatten(), layers.Dense(512), layers.Dense(10)])",
            [],
        ),
        (
            "model.fit(x, y, epochs=1)",
            [stdout("Epoch 1/1\n1875/1875 - 3s - loss: 0.2181 - accuracy: 0.9351\n")],
        ),
        ("model.evaluate(x_test, y_test)", [result("[0.0971, 0.9718]")]),
    ]
    path.write_text(json.dumps(notebook(cells)), "utf-8")

    assert read_claims(read_notebook(path)).readings == ()


def checked(path: Path) -> str:
    """Check a notebook, and return the line that refuses it, "" if it is one."""
    try:
        report = check_notebook(path)
    except NotANotebook as error:
        refused = str(error)
    else:
        json.dumps(as_json(report), allow_nan=False)
        return ""
    assert refused.splitlines() == [refused]
    return refused


BROKEN = {
    "empty": "",
    "no JSON": "{",
    "a list": "[]",
    "a number": "3",
    "no cells": '{"nbformat": 4, "nbformat_minor": 2, "metadata": {}}',
    "cells of numbers": '{"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": [1, null, [], {}]}',
    "version of words": '{"nbformat": "four", "cells": []}',
    "version 99": '{"nbformat": 99, "nbformat_minor": 0, "cells": []}',
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_no_notebook_or_an_empty_one(name, tmp_path):
    path = tmp_path / "broken.ipynb"
    path.write_text(BROKEN[name], "utf-8")
    refused = checked(path)

    assert "broken.ipynb" in refused or read_notebook(path) == ()


def test_an_old_notebook_is_read(tmp_path):
    path = tmp_path / "old.ipynb"
    cell = {
        "cell_type": "code", "input": "print(1)", "language": "python", "collapsed": False, "metadata": {},
        "outputs": [{"output_type": "stream", "stream": "stdout", "text": "1\n"}],
    }  # fmt: skip
    worksheets = [{"cells": [cell], "metadata": {}}]
    content = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": worksheets}
    path.write_text(json.dumps(content), "utf-8")
    (read,) = read_notebook(path)

    assert (read.code, read.stdout) == ("print(1)", "1\n")


def test_nothing_in_a_notebook_is_run(tmp_path):
    """Code that would write a file does not."""
    path, trace = tmp_path / "hostile.ipynb", tmp_path / "trace"
    code = f"open({str(trace)!r}, 'w').write('x')\nlook_back = __import__('os').system('touch {trace}')"
    path.write_text(json.dumps(notebook([(code, [stdout("1\n")]), (f"!touch {trace}", [])])), "utf-8")
    check_notebook(path)

    assert not trace.exists()


def test_texts_of_a_notebook_are_escaped(tmp_path):
    path = tmp_path / "<b>reader.ipynb"
    cells = [
        ("df = pd.read_csv('iris.csv')\ndf.columns", [result(f"Index([{SCRIPT!r}, 'b', 'c', 'd', 'e'])")]),
        ("x = softmax(1)\noptimizer.minimize(x)", [error(SCRIPT, f"{SCRIPT}\x1b[31m")]),
    ]
    path.write_text(json.dumps(notebook(cells)), "utf-8")
    report = check_notebook(path)
    page = report_page(report)

    assert SCRIPT not in page
    assert "<b>reader" not in page
    assert "\x1b" not in json.dumps(as_json(report), ensure_ascii=False)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
OUTPUT = st.fixed_dictionaries(
    {},
    optional={
        "output_type": st.sampled_from(["stream", "execute_result", "error", "display_data"]) | JSON,
        "text": JSON, "name": JSON, "data": JSON, "ename": JSON, "evalue": JSON,
    },
)  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries(
            {"cell_type": st.just("code"), "source": JSON, "outputs": st.lists(OUTPUT, max_size=3) | JSON}
        ),
        max_size=4,
    )
)
def test_cells_of_any_kind_are_checked(tmp_path, cells):
    path = tmp_path / "any.ipynb"
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    path.write_text(json.dumps(content), "utf-8", errors="replace")

    assert checked(path) or check_notebook(path).units == ()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200), st.text(max_size=400))
def test_any_code_and_output_are_read(tmp_path, code, output):
    path = tmp_path / "any.ipynb"
    path.write_text(
        json.dumps(notebook([(code, [stdout(output), result(output)])])), "utf-8", errors="replace"
    )

    assert check_notebook(path).units == ()
