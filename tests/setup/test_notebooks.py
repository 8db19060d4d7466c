"""The notebooks of docs/ are run, and give what they show."""

import json
import re
from importlib import import_module
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


def shown(path: Path) -> list[Any]:
    """Return what the cells of a notebook show: text without numbers, and the kinds of pages."""
    outputs = [
        each for cell in json.loads(path.read_text("utf-8"))["cells"] for each in cell.get("outputs", ())
    ]
    texts = ("".join(each.get("text") or each["data"]["text/plain"]) for each in outputs)
    return [(outline(text), sorted(each.get("data", ()))) for text, each in zip(texts, outputs, strict=True)]


@pytest.mark.nightly  # and in `nox -s docs`
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_gives_what_it_shows(path, tmp_path, with_data, monkeypatch):
    """Its cells run in order, and what they print or return is what the file has, up to the numbers."""
    pytest.importorskip("nbclient", reason="needs the group docs: pip install --group docs")
    with_data(*DATA[path.name])
    monkeypatch.setenv("WORKSHOP_STORE", str(tmp_path))

    import_module("scripts.execute_notebook").execute(path, tmp_path / path.name)

    assert shown(tmp_path / path.name) == shown(path)


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
