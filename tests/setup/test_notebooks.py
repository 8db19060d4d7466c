"""The notebooks of docs/ are run, and give what they show."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "docs").glob("*.ipynb"))
DATA = {"own_prices.ipynb": ("aapl_csv", "ibm_csv")}
_NUMBER = re.compile(r"-?\d[\d,.]*(?:e[-+]?\d+)?")
_LARGEST = 300_000  # bytes; figures are drawings, no photographs


def outline(text: str) -> str:
    """Return a text without numbers, whose last digits differ between machines, and without blanks."""
    return re.sub(r"\s+", " ", _NUMBER.sub("#", text)).strip()


def play(source: str, names: dict[str, Any]) -> tuple[str, Any]:
    """Run a cell; return what it prints, and the value of its last expression, or None."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(tree, "cell", "exec"), names)
        value = None if last is None else eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    return printed.getvalue(), value


@pytest.mark.nightly  # and in `nox -s docs`
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_gives_what_it_shows(path, tmp_path, with_data, monkeypatch):
    """Its cells run in order, and what they print or return is what the file has, up to the numbers."""
    with_data(*DATA[path.name])
    for name in ("WORKSHOP_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    monkeypatch.setenv("WORKSHOP_STORE", str(tmp_path))
    names: dict[str, Any] = {"__name__": "__main__"}

    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            printed, value = play("".join(cell["source"]), names)
            shown = "".join("".join(each.get("text", "")) for each in cell["outputs"])
            assert outline(printed) == outline(shown)
            returned = ["".join(each["data"]["text/plain"]) for each in cell["outputs"] if "data" in each]
            assert [outline(text) for text in returned] == [outline(repr(value))] * (value is not None)
            pages = ["".join(each["data"].get("text/html", "")) for each in cell["outputs"] if "data" in each]
            assert all(not page or hasattr(value, "_repr_html_") for page in pages)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_small_and_has_been_run(path):
    """All its cells were run once, in order, without an error; nothing is large or of one machine."""
    text = path.read_text("utf-8")
    code = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]

    assert len(text) < _LARGEST
    assert [cell["execution_count"] for cell in code] == [*range(1, len(code) + 1)]
    assert all(each["output_type"] != "error" for cell in code for each in cell["outputs"])
    assert "/home/" not in text
    assert str(ROOT) not in text
    assert all(not cell["metadata"] for cell in json.loads(text)["cells"])
