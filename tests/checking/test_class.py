"""A class: the folder that a learning platform gives, as a table, a CSV and a page."""

import csv
import io
import json
import re
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.checking.test_written_notebooks import MISTAKES, NOTEBOOKS
from tests.checking.written import notebook, stdout
from tests.toy.commands import invoke
from workshop.checking.checks import Report
from workshop.checking.files import MOST_FILES, check_file
from workshop.checking.page import class_page
from workshop.checking.views import write_csv

STUDENTS = 30
# what a student has done: one of the notebooks of each of these exercises, some with a mistake
DONE = (*(f"ch02.ex0{number}" for number in (1, 2, 3, 4, 6)), "ch05.ex02", "ch05.ex04", "ch01.ex06")
STATES = ("fits", "unusual", "differs")


def zipped(content: str | bytes, *names: str, **options: Any) -> bytes:
    """Return a zip file with this content under each name, and what macOS and Jupyter put next to it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", options.pop("compression", zipfile.ZIP_DEFLATED)) as archive:
        for name in [*names, "__MACOSX/._x.ipynb", ".ipynb_checkpoints/x-checkpoint.ipynb", "data/AAPL.csv"]:
            archive.writestr(name, content)
    return file.getvalue()


def changed(content: bytes, place: int, value: bytes) -> bytes:
    """Return a zip file with other bytes in its list of members, whose entries begin with PK 1 2."""
    start = content.index(b"PK\x01\x02") + place
    return content[:start] + value + content[start + len(value) :]


SOUND = json.dumps(notebook([("print(1)", [stdout("1\n")])]))
ONE = zipped(SOUND, "x.ipynb")
BAD = {
    "none.zip": (zipped(SOUND), "it has no notebooks"),
    "two.zip": (zipped(SOUND, "a.ipynb", "b.ipynb"), "it has 2 notebooks"),
    "encrypted.zip": (changed(ONE, 8, b"\1\0"), "its notebook is encrypted"),
    "bomb.zip": (changed(ONE, 24, b"\0\0\0\x7f"), "its notebook has 2131 MB"),
    "lying.zip": (changed(zipped(b" " * 1_000_000, "x.ipynb"), 24, b"c\0\0\0"), "can't be unpacked"),
    "bzip2.zip": (zipped(SOUND, "x.ipynb", compression=zipfile.ZIP_BZIP2), "can't be unpacked"),
    "cut.zip": (ONE[: len(ONE) // 2], "can't be unpacked"),
    "zeros.zip": (zipped(b"\0" * 99, "x.ipynb"), "not a notebook"),
    "broken.ipynb": (b"{", "not a notebook"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_line(name, tmp_path):
    content, why = BAD[name]
    path = tmp_path / name
    path.write_bytes(content)
    report = check_file(path, f"a class/{name}", alone=False)

    assert report.problem.startswith(f"a class/{name}: ")
    assert why in report.problem
    assert "\n" not in report.problem
    assert [*tmp_path.iterdir()] == [path]


def submissions(folder: Path) -> dict[str, str | list[str]]:
    """Write what students give, as Moodle and Canvas name it.

    Return the mistakes of each file, by the numbers of the exercises, or why it can't be read.
    """
    variants = [sorted(NOTEBOOKS.glob(f"{unit}-*.ipynb")) for unit in DONE]
    bad = iter(BAD.items())
    made: dict[str, str | list[str]] = {}
    for student in range(STUDENTS):
        done = [its[student % len(its)] for its in variants[: len(DONE) - student % 3]]
        cells = [cell for path in done for cell in json.loads(path.read_text("utf-8"))["cells"]]
        text = json.dumps({**notebook([]), "cells": cells})
        moodle, canvas = f"Anna Ó {student}_{student}_assignsubmission_file_", f"anna{student}_{student}"
        if student % 3 == 2 and (wrong := next(bad, None)):
            end, (content, why) = wrong
            name = f"{canvas}_{end}"
        elif student % 3:
            name, content, why = f"{canvas}_exercises.ipynb", text.encode(), []
        elif student % 2:
            name, content, why = f"{moodle}/exercises.ipynb", text.encode(), []
        else:
            name, content, why = f"{moodle}/exercises.zip", zipped(text, "exercises.ipynb"), []
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        made[name] = why or [f"{path.name[3]}.{path.name[7:9]}" for path in done if path.stem in MISTAKES]
    empty = folder / "Ben_1_assignsubmission_file_"
    empty.mkdir()
    (empty / "essay.pdf").write_bytes(b"%PDF")
    (folder / "grades.xlsx").write_bytes(b"PK")
    (folder / ".DS_Store").write_bytes(b"")
    return made | {f"{empty.name}/": "no notebook is in it"}


run = partial(invoke, "check")


def test_a_folder_of_submissions(tmp_path):
    made = submissions(tmp_path / "submissions")
    table, page = tmp_path / "grades.csv", tmp_path / "class.html"
    result = run(tmp_path / "submissions", "--csv", table, "--html", page)
    rows = [*csv.DictReader(io.StringIO(table.read_text("utf-8-sig")))]
    by_file = {name: [row for row in rows if row["file"] == name] for name in made}
    html = page.read_text("utf-8")

    assert result.exit_code == 1, result.output
    assert "left out, because neither .ipynb nor .zip: grades.xlsx" in result.stderr
    assert sum(map(len, by_file.values())) == len(rows)
    for name, its in made.items():
        found = by_file[name]
        if isinstance(its, str):
            assert [(row["exercise"], row["found"]) for row in found] == [("", "0")]
            assert its in found[0]["cause"]
            continue
        assert len(found) == len(DONE)
        wrong = [row["exercise"] for row in found if row["cause"] not in {"", "not found"}]
        assert sorted(wrong) == sorted(its)
        assert all(int(row["found"]) >= sum(int(row[state]) for state in STATES) for row in found)
    assert html.count('<th scope="row" title=') == len(made)
    assert html.count("can’t be read") == sum(isinstance(its, str) for its in made.values())
    assert len(html) < 150_000


NAMES = ("=cmd|'/c calc'!A1", "+1", "-1", "@SUM(1)", "\t=1", "＝1", "<script>alert(1)</script>", 'Ó, "Anna"')


def test_names_are_of_strangers(tmp_path):
    table = tmp_path / "grades.csv"
    write_csv([Report(f"{name}.ipynb", (), problem=f"{name}: no notebook") for name in NAMES], table)
    rows = [*csv.reader(io.StringIO(table.read_text("utf-8-sig")))][1:]
    shown = class_page([Report(name, (), problem=name) for name in NAMES])

    assert [re.sub("'(?=[=+@＝-])", "", row[0]) for row in rows] == [f"{name}.ipynb" for name in NAMES]
    assert not [cell for row in rows for cell in row if cell.strip()[:1] in {*"=+-@＝"}]
    assert "<script>alert" not in shown


def test_too_many_files_and_none(tmp_path):
    (tmp_path / "essay.pdf").write_bytes(b"")
    nothing = run(tmp_path)
    for number in range(MOST_FILES + 1):
        (tmp_path / f"{number}.ipynb").write_bytes(b"")

    assert (nothing.exit_code, run(tmp_path).exit_code) == (2, 2)


HOSTILE = ("a;=1+1;", 'a";=1+1;"', "a|+1", "a\t@SUM(1)", "a; -1", "=1", "plain, name")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_no_cell_is_a_formula_whatever_separates_cells(separator, tmp_path):
    table = tmp_path / "grades.csv"
    write_csv([Report(f"{name}.ipynb", (), problem=f"{name}: no notebook") for name in HOSTILE], table)
    text = table.read_text("utf-8-sig")
    rows = [*csv.reader(io.StringIO(text), delimiter=separator)]

    assert not [cell for row in rows for cell in row if cell.strip()[:1] in {*"=+-@"}]
    assert all(line.startswith('"') and line.endswith('"') for line in text.splitlines())


def test_links_and_equal_looking_names_are_named(tmp_path):
    folder, elsewhere = tmp_path / "class", tmp_path / "elsewhere"
    for made in (folder, elsewhere):
        made.mkdir()
    for name in ("anna.ipynb", "an\x1b[31mna.ipynb", "ben.ipynb"):
        (folder / name).write_text("{", "utf-8")
    (elsewhere / "eve.ipynb").write_text(SOUND, "utf-8")
    (folder / "eve.ipynb").symlink_to(elsewhere / "eve.ipynb")
    (folder / "all").symlink_to(elsewhere)
    table = tmp_path / "grades.csv"
    result = run(folder, "--csv", table)
    (elsewhere / "only").mkdir()
    (elsewhere / "only" / "eve.ipynb").symlink_to(elsewhere / "eve.ipynb")
    empty = run(elsewhere / "only")

    rows = [row["file"] for row in csv.DictReader(io.StringIO(table.read_text("utf-8-sig")))]
    assert {*rows} == {"anna.ipynb", r"an\x1b[31mna.ipynb", "ben.ipynb"}
    assert "left out, because links are not followed: all and eve.ipynb" in result.stderr
    assert "no notebook is in it, but links, which are not followed: name a folder" in empty.stderr


def test_a_notebook_of_very_many_cells_is_refused(tmp_path):
    path = tmp_path / "many.zip"
    path.write_bytes(zipped(json.dumps(notebook([("1", [])] * 5_001)), "x.ipynb"))
    assert "it has more than 5,000 cells of code" in check_file(path, alone=False).problem
