"""`workshop check`: files in, exit codes, JSON and pages out."""

import errno
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from tests.checking.written import NOTEBOOKS, REAL, error, notebook, stdout
from tests.toy.commands import invoke
from workshop.checking.checks import Report, check_numbers
from workshop.checking.page import class_page, report_page
from workshop.checking.views import print_report
from workshop.ledger import ledger

run = partial(invoke, "check")


@pytest.fixture
def sound(tmp_path) -> Path:
    """Return a copy of a real notebook."""
    return Path(shutil.copy(NOTEBOOKS / f"{REAL}.ipynb", tmp_path / "sound.ipynb"))


@pytest.fixture
def wrong(tmp_path, sound) -> Path:
    """Return a notebook whose prices were not scaled, with an error."""
    path = tmp_path / "wrong.ipynb"
    content = json.loads(sound.read_text("utf-8"))
    text = "Train RMSE: 4.86 RMSE\nTest RMSE: 7.78 RMSE\n"
    content["cells"][-1]["outputs"] = [stdout(text)]
    failing = notebook(
        [("model.predict_classes(x)", [error("AttributeError", "no attribute 'predict_classes'")])]
    )
    content["cells"] += failing["cells"]
    path.write_text(json.dumps(content), "utf-8")
    return path


def test_an_ordinary_notebook_exits_with_0(sound):
    result = run(sound)

    assert result.exit_code == 0
    assert "results are fine." in result.stdout
    assert re.search(r"✔ 5\.04 \d fit", result.stdout)
    assert "Every cell with outputs was matched." in result.stdout


def test_an_unusual_one_exits_with_1(wrong):
    result = run(wrong)

    assert result.exit_code == 1
    assert re.search(r"✘ 5\.04  Building a 1D .* 2 of \d differ", result.stdout)
    assert re.search(r"test_rmse +7.78 +book 0.05", result.stdout)
    assert "Taken together, these numbers are farther out than all " in " ".join(result.stdout.split())
    assert "TensorFlow 2.6" in result.stdout


def test_json_has_all_of_it(wrong):
    content = json.loads(run(wrong, "--json").stdout)
    by_claim = {row["claim"]: row for row in content["results"]}

    assert (content["ok"], content["schema"]) == (False, "workshop-check/2")
    assert by_claim["ch05.ex04.test_rmse"]["verdict"] == "far beyond the runs"
    assert by_claim["ch05.ex04.test_rmse"]["state"] == "✘"
    assert by_claim["ch05.ex04.test_rmse"]["placed"][""]["side"] == "above"
    assert by_claim["ch05.ex04.test_rmse"]["yours"] == "7.78"
    assert by_claim["ch05.ex04.total_params"]["p"] is None
    assert content["units"][0]["together"] == "?"  # the network and its settings are the book's
    assert content["errors"][0]["known"]


@pytest.mark.parametrize("name", ["large.csv", "large.json"])
def test_a_large_file_of_numbers_is_refused(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(b" " * 20_000_000)
    result = run(path)

    assert result.exit_code == 2
    assert "it has 20 MB" in result.stderr


def test_files_of_which_none_can_be_read_are_an_error(tmp_path):
    names = [tmp_path / "a.ipynb", tmp_path / "b.ipynb"]
    for name in names:
        name.write_text("{", "utf-8")
    result = run(*names)

    assert result.exit_code == 2
    assert "none of the files can be read" in result.stderr


def test_a_class_is_a_table(sound, wrong, tmp_path):
    broken, page = tmp_path / "broken.ipynb", tmp_path / "class.html"
    broken.write_text("{", "utf-8")
    result = run(sound, wrong, broken, "--html", page)
    html = page.read_text("utf-8")

    assert result.exit_code == 1
    assert re.search(r"sound +✔", result.stdout)
    assert re.search(r"wrong +✘2", result.stdout)
    assert "1 of 3      5.04: RMSE on test: beyond the recorded runs." in result.stdout
    assert "broken.ipynb: not a notebook" in " ".join(result.stdout.split())
    assert html.count('<th scope="row" title=') == 3
    assert html.count('<td class="v-failed">') == 1
    assert html.count('<td class="v-holds">') == 1
    assert html.count("can’t be read") == 1
    assert str(tmp_path) not in html.replace(str(broken), "")


def test_the_page_of_a_list_names_each_exercises_file(sound, tmp_path):
    """In no grid, because no exercise occurs twice; a file that can't be read is named with the reason."""
    broken, page = tmp_path / "broken.ipynb", tmp_path / "list.html"
    broken.write_text("{", "utf-8")
    run(sound, broken, "--html", page)
    text = " ".join(re.sub("<[^>]+>", " ", page.read_text("utf-8").partition("<main")[2]).split())

    assert "2 files · read, not run" in text
    assert re.search(r"All \d results are fine 1 file left out\.", text)
    assert re.search(r"5\.04 sound\.ipynb \w", text)
    assert "Files that were left out broken.ipynb Not a notebook" in text
    assert '<table class="grid' not in page.read_text("utf-8")


@pytest.mark.parametrize("files", [1, 2])
def test_an_earlier_page_stays_whole_on_a_full_disk(files, sound, wrong, tmp_path, monkeypatch):
    """`files` : of a notebook and of a class, whose pages are two."""
    page, some = tmp_path / "page.html", [sound, wrong][:files]
    run(*some, "--html", page)
    before = page.read_bytes()

    def half(path: Path, content: bytes) -> None:
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
        if b"<!doctype html>" in content:
            raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)

    assert run(*some, "--html", page).exit_code == 2
    assert page.read_bytes() == before


def test_the_page_has_the_readers_numbers_on_the_strips(wrong, tmp_path):
    page = tmp_path / "page.html"
    run(wrong, "--html", page)
    html = page.read_text("utf-8")

    assert html.count('<g class="me">') == html.count('class="mark book"') == 2
    assert html.count(">yours 7.78") == 2
    assert html.count('role="img" aria-label="yours 7.78;') == 1  # of both: one of them is shown
    assert "http://" not in html.replace("http://www.w3.org", "")


def test_pitfalls_are_what_to_look_at(capsys):
    report = check_numbers("mine", [("5.04.test_rmse", 50), ("5.04.train_rmse", 40)])
    pitfall = "All five filters can die with a batch size of 1."

    assert pitfall in report_page(report)
    for cells in (0, 1):
        print_report(replace(report, cells=cells), Console(width=200))
        assert pitfall in capsys.readouterr().out
    ordinary = check_numbers("mine", [("5.04.test_rmse", 0.05)])
    assert ordinary.units[0].pitfalls == ()


def test_nothing_of_the_book_is_said_so(tmp_path):
    path = tmp_path / "other.ipynb"
    path.write_text(json.dumps(notebook([("print(1)", [stdout("1\n")])])), "utf-8")
    result = run(path)

    assert result.exit_code == 2
    assert "Nothing of the book was found" in result.stdout


def units(names: Sequence[str]) -> Report:
    """Return a report of claims whose print was typed."""
    return check_numbers("one.csv", [(name, ledger().claims[name].documented) for name in names])


def test_columns_are_in_the_books_order():
    html = class_page([units(["ch05.ex04.test_rmse"]), units(["ch02.ex04.accuracy"])])

    assert html.index("2.04") < html.index("5.04")


GOOD = "ch02.ex04.accuracy,0.93\n"
HEADS = ("Claim,Value", "result,mine", "exercise,my number,remark", "name;value")
# a file of numbers or its suffix, with what is in it
FILES = {
    "two.csv": "claim,value\n# mine\nch02.ex04.accuracy,0.93\n\n5.04.epoch5.loss, 0.002\n",
    "two.json": '{"ch02.ex04.accuracy": 0.93, "5.04.epoch5": {"loss": 0.002}}',
    "a word.csv": f"{GOOD}5.04.test_rmse,abc\n5.04.train_rmse,0.04\n",
    "no part.csv": f"{GOOD}5.04.epoch5.los,0.002\n5.04.train_rmse,0.04\n",
    "typos.csv": f"{GOOD}6.02.typo,3\n5.04\n5.04.train_rmse,0.04\n",
    "a wrong print.csv": "2.act01.eval_loss,0.003758653\n",
    "a line that can't be read.csv": "5.07.test_rmse,1\n5.04.test_rmse,0.04\n",
    "beyond 64 runs.csv": "6.02.test_acc,0.75\n",
    "guessing.csv": "6.02.test_acc,0.5\n",
    "other data.csv": "6.act01.test_acc,0.1\n",
    "other data and one.csv": "6.act01.test_acc,0.1\n5.04.test_rmse,0.04\n",
    "none.csv": "",
    "words.csv": "ch02.ex04.accuracy\n",
    "unknown.csv": "ch02.ex99.accuracy,1\n",
    "unknown.json": '{"ch02.ex99.accuracy": 1}',
    "list.json": "[1]",
    "broken.json": "{",
    "mine.txt": GOOD,
    "broken.ipynb": "{",
    **{f"head {number}.csv": f"{head}\n{GOOD}" for number, head in enumerate(HEADS)},
    **{f"head {number}, late.csv": f"{GOOD}{head}\n" for number, head in enumerate(HEADS)},
}


def test_files_of_numbers_are_checked_as_written(golden, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    said = {}
    for name, text in FILES.items():
        Path(name).write_text(text, "utf-8")
        result = invoke("check", name, COLUMNS="100")
        said[name] = f"{result.output}{capsys.readouterr().err}exit code {result.exit_code}"
    golden("numbers.txt", said)
    content = json.loads(invoke("check", "typos.csv", "--json").stdout)
    assert [line["where"] for line in content["unread"]] == ["line 2", "line 3"]
