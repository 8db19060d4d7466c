"""Files of a reader: which are taken, in which order, and what lines of numbers are."""

from pathlib import Path
from typing import Any

import pytest

from workshop.checking import files
from workshop.checking.files import check_file, list_files
from workshop.errors import UsageError


def written(folder: Path, *names: str) -> list[Path]:
    """Write empty files."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", "utf-8")
    return [folder / name for name in names]


def test_files_of_a_folder_are_named_by_their_paths(tmp_path):
    folder = tmp_path / "class"
    others = [f"{letter}.txt" for letter in "gcbfade"]
    written(
        folder, *others, "b10/x.ipynb", "b9/y.ZIP", "B9/deep/z.ipynb", "a.ipynb", "c/essay.pdf",
        "grades.xlsx", ".DS_Store", ".ipynb_checkpoints/a.ipynb", "b9/notes.txt",
    )  # fmt: skip
    (folder / "link.ipynb").symlink_to(folder / "a.ipynb")
    found, left_out = list_files([folder])
    assert [*found.values()] == ["a.ipynb", "B9/deep/z.ipynb", "b9/y.ZIP", "b10/x.ipynb", "c/"]
    first, *_, last = found
    assert (first, last) == (folder / "a.ipynb", folder / "c")
    assert left_out == {
        "links are not followed": ["link.ipynb"],
        "neither .ipynb nor .zip": [*sorted(others), "grades.xlsx"],
    }


def test_files_that_are_named_keep_their_order(tmp_path):
    first, second, third = written(tmp_path, "b/x.ipynb", "a/x.ipynb", "a/y.csv")
    assert list_files([third, first, second]) == (
        {third: "y.csv", first: str(first), second: str(second)},
        {},
    )
    with pytest.raises(UsageError, match="no notebook is in it: name a folder"):
        list_files([*written(tmp_path, "n/essay.pdf"), tmp_path / "n"])


def test_too_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_FILES", 2)
    paths = written(tmp_path, "1.ipynb", "2.ipynb", "3.ipynb")
    assert len(list_files(paths[:2])[0]) == 2
    with pytest.raises(UsageError, match="3 files, and at most 2 are checked at once"):
        list_files(paths)


LINES = {
    "a1,2\nb1, 3 \n": ([("a1", "2"), ("b1", "3")], ["line 1", "line 2"], []),
    "name,value\na1,2": ([("a1", "2")], ["line 2"], []),
    "# a,1\n\n , \na1,2": ([("a1", "2")], ["line 4"], []),
    "a1,0,93\nb1,-1,5\nc1,x,5\nd1,1,x": (
        [("a1", "0,93"), ("b1", "-1,5")], ["line 1", "line 2"], ["line 3", "line 4"],
    ),
    "a1,\n,2\na1\na1,1,2,3": ([], [], ["line 1", "line 2", "line 3", "line 4"]),
    "a1,1\nname,value": ([("a1", "1"), ("name", "value")], ["line 1", "line 2"], []),
}  # fmt: skip


@pytest.mark.parametrize("text", LINES)
def test_lines_of_numbers(text, tmp_path, monkeypatch):
    given: list[Any] = []
    monkeypatch.setattr(files, "check_numbers", lambda *its: given.append(its) or files.Report("", ()))
    path = tmp_path / "mine.csv"
    path.write_text(text, "utf-8")
    assert check_file(path, "called").name == "called"
    ((name, found, where, unread),) = given
    assert (name, found, where, [each.where for each in unread]) == (str(path), *LINES[text])


def test_a_file_of_numbers_that_is_not_there(tmp_path):
    for name in ("a.csv", "a.json"):
        with pytest.raises(UsageError, match=rf"{name}: .*no such file"):
            check_file(tmp_path / name)


def test_files_of_numbers_have_a_largest_size(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "check_numbers", lambda *its: files.Report("", ()))
    monkeypatch.setattr(files, "_MOST_ROWS", 2)
    monkeypatch.setattr(files, "_MOST_BYTES", 16)
    path = tmp_path / "mine.csv"
    for text, why in (
        ("a1,1\nb1,2\n", ""), ("a1,1\nb1,2\nc1,3\n", "too many numbers"), ("# 1\n# 2\n", "no numbers"),
        ("a1,1\nb1,2\n\n\n\n\n\n", "too many"), ("a" * 17, "it has 0 MB"),
    ):  # fmt: skip
        path.write_text(text, "utf-8")
        problem = check_file(path, "called", alone=False).problem
        assert why in problem
        assert bool(problem) == bool(why)
        assert problem.startswith("called: " * bool(why))
        if why:
            with pytest.raises(UsageError, match=why):
                check_file(path)
