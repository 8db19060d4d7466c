"""Cells of a notebook's file: code and outputs as text, and where a file is too large."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.checking.written import error as failed
from tests.checking.written import notebook, stdout
from workshop.checking.notebook import cells
from workshop.checking.notebook.cells import Cell, Failure, NotANotebook, read_notebook


def file_of(folder: Path, *written: tuple[Any, Any], name: str = "a.ipynb") -> Path:
    """Write a notebook of cells, each code and outputs, whatever these are."""
    path, content = folder / name, notebook([])
    content["cells"] = [
        {"cell_type": "code", "metadata": {}, "source": code, "outputs": its} for code, its in written
    ]
    path.write_text(json.dumps(content), "utf-8")
    return path


def stream(text: Any, **other: Any) -> dict[str, Any]:
    """Return an output of a stream."""
    return {"output_type": "stream", "text": text, **other}


def data(kind: str, content: Any, type_: str = "text/plain") -> dict[str, Any]:
    """Return an output with content of a type."""
    return {"output_type": kind, "metadata": {}, "data": {type_: content}}


OUTPUTS: list[tuple[list[Any], dict[str, Any]]] = [
    ([stream("a", name="stderr"), stream("b", name="stdout"), stream("c")], {"stderr": "a", "stdout": "bc"}),
    ([stream(["a", "b"]), stream({"a": 1})], {"stdout": "ab"}),
    ([data("execute_result", "1"), data("display_data", ["2"])], {"result": "1\n2"}),
    ([data("display_data", "1", "text/html"), data("execute_result", 3)], {"result": "\n"}),
    ([data("other", "1")], {}),
    ([failed("E\n", "a\nb")], {"failure": Failure("E\\n", "a\nb")}),
    ([failed("e" * 2001, "v" * 2001)], {"failure": Failure("e" * 2000, "v" * 2000)}),
]  # fmt: skip


@pytest.mark.parametrize(("outputs", "read"), OUTPUTS)
def test_outputs_are_text(outputs, read, tmp_path):
    path = file_of(tmp_path, ("a", outputs), (["b\n", "c"], []))
    assert read_notebook(path) == (Cell(1, "a", **read), Cell(2, "b\nc"))


SHOWN = {
    "a\r\nb": "a\nb", "1\r2": "2", "1\r \r": "1", "\r\r": "", "12\b\b3": "3",
    "a\n\n\nb\n\n\n\n\nc": "a\n\nb\n\nc", "\x1b[31mred\x1b[0m": "red", "a\x01\x00": "a\\x01",
    "12345678": "12345678", "123456789": "1234\n6789",
}  # fmt: skip


@pytest.mark.parametrize("text", SHOWN)
def test_a_text_is_as_a_terminal_leaves_it(text, tmp_path, monkeypatch):
    monkeypatch.setattr(cells, "MOST_TEXT", 100 if not text.startswith("12345") else 8)
    (cell,) = read_notebook(file_of(tmp_path, ("a", [stdout(text)])))
    assert cell.stdout == SHOWN[text]


@pytest.mark.parametrize(
    ("codes", "read"),
    [
        (("12345", "123456", "1"), ("12345", "", "")), (("12345", "123"), ("12345", "123")),
        (("12345", "1234"), ("12345", "")), (("", "123456", "12"), ("", "", "12")),
    ],
)  # fmt: skip
def test_long_code_is_not_read(codes, read, tmp_path, monkeypatch):
    monkeypatch.setattr(cells, "MOST_CODE", 5)
    monkeypatch.setattr(cells, "MOST_CODE_OF_ALL", 8)
    path = file_of(tmp_path, *((code, []) for code in codes))
    assert tuple(cell.code for cell in read_notebook(path)) == read


def test_only_code_cells_are_counted(tmp_path):
    path = file_of(tmp_path, ("a", []))
    content = json.loads(path.read_text("utf-8"))
    content["nbformat_minor"] = 5  # which has ids of cells
    content["cells"] = [{"cell_type": "markdown", "metadata": {}, "source": "a"}, *content["cells"]]
    path.write_text("\ufeff" + json.dumps(content), "utf-8")  # as Windows begins a file
    assert [(cell.number, cell.code) for cell in read_notebook(path)] == [(1, "a")]


def zipped(path: Path, compression: int) -> Path:
    """Write a zip file that has a notebook, and copies of it that are no notebooks."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name in ("x/a.IPYNB", "__MACOSX/a.ipynb", ".b/a.ipynb"):
            archive.writestr(name, path.read_bytes())
    found = path.with_name(f"{compression}.ZIP")
    found.write_bytes(file.getvalue())
    return found


def test_files_have_a_largest_size(tmp_path, monkeypatch):
    plain = file_of(tmp_path, ("a" * 9999, []))
    stored, deflated = (zipped(plain, kind) for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    size = plain.stat().st_size
    for name, path, most, why in (
        ("MOST_BYTES", plain, size, "it has 0 MB: clear outputs"),
        ("MOST_ZIPPED", stored, stored.stat().st_size, "it has 0 MB: zip the notebook alone"),
        ("MOST_ZIPPED", deflated, size, "its notebook has 0 MB: clear"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(cells, name, most)
            assert len(read_notebook(path)) == 1
            patch.setattr(cells, name, most - 1)
            with pytest.raises(NotANotebook, match=why):
                read_notebook(path)
    for path, why in ((tmp_path, "not a file"), (tmp_path / "a", "name a notebook that can be read")):
        with pytest.raises(NotANotebook, match=why):
            read_notebook(path)
