"""`workshop check`: files in, exit codes, JSON and pages out."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from tests.checking.written import NOTEBOOKS, REAL, error, notebook, stdout
from workshop.checking.checks import Report, check_numbers
from workshop.checking.page import class_page, report_page
from workshop.checking.views import print_report
from workshop.cli.app import app
from workshop.ledger import ledger
from workshop.ledger.names import canonical


def run(*arguments: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["check", *map(str, arguments)])


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """Return a copy of a real notebook."""
    return Path(shutil.copy(NOTEBOOKS / f"{REAL}.ipynb", tmp_path / "sound.ipynb"))


@pytest.fixture
def wrong(tmp_path: Path, sound: Path) -> Path:
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


def test_an_ordinary_notebook_exits_with_0(sound: Path) -> None:
    result = run(sound)

    assert result.exit_code == 0
    assert "results are fine." in result.stdout
    assert re.search(r"✔ 5\.04 \d fit", result.stdout)
    assert "Every cell with outputs was matched." in result.stdout


def test_an_unusual_one_exits_with_1(wrong: Path) -> None:
    result = run(wrong)

    assert result.exit_code == 1
    assert re.search(r"✘ 5\.04  Building a 1D .* 2 of \d differ", result.stdout)
    assert re.search(r"test_rmse +7.78 +book 0.05", result.stdout)
    assert "Taken together, these numbers are farther out than all " in " ".join(result.stdout.split())
    assert "TensorFlow 2.6" in result.stdout


def test_json_has_all_of_it(wrong: Path) -> None:
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


NUMBERS = {
    "mine.csv": "claim,value\n# mine\nch02.ex04.accuracy,0.93\n\n5.04.epoch5.loss, 0.002\n",
    "mine.json": '{"ch02.ex04.accuracy": 0.93, "5.04.epoch5": {"loss": 0.002}}',
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_checked_as_csv_and_json(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(NUMBERS[name], "utf-8")
    result = run(path, "--json")

    assert result.exit_code == 0
    assert [row["claim"] for row in json.loads(result.stdout)["results"]] == [
        "ch02.ex04.accuracy",
        "ch05.ex04.epoch5",
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("5.04.test_rmse,abc", "is not a number: give one such as 0.05"),
        ("5.04.epoch5.los,0.002", "it has loss, val_loss"),
    ],
)
def test_what_is_no_number_is_a_line_of_its_own(row: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(f"ch02.ex04.accuracy,0.93\n{row}\n5.04.train_rmse,0.04\n", "utf-8")
    content = json.loads(run(path, "--json").stdout)
    by_claim = {result["claim"]: result for result in content["results"]}
    wrong = by_claim[canonical(row.partition(",")[0]).removesuffix(".los")]
    shown = run(path)

    assert not content["ok"]
    assert (wrong["verdict"], wrong["ok"]) == ("no number", False)
    assert why in wrong["sentence"]
    assert by_claim["ch02.ex04.accuracy"]["ok"]
    assert by_claim["ch05.ex04.train_rmse"]["verdict"] == "equals the printed value"
    assert shown.exit_code == 1
    assert why in " ".join(shown.stdout.split())


@pytest.mark.parametrize("name", ["large.csv", "large.json"])
def test_a_large_file_of_numbers_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b" " * 20_000_000)
    result = run(path)

    assert result.exit_code == 2
    assert "it has 20 MB" in result.stderr


REFUSED = {
    "none.csv": ("", "no numbers"),
    "words.csv": ("ch02.ex04.accuracy\n", "line 1"),
    "unknown.csv": ("ch02.ex99.accuracy,1\n", "line 1: no claim is named"),
    "unknown.json": ('{"ch02.ex99.accuracy": 1}', "entry 1: no claim is named"),
    "list.json": ("[1]", "write an object"),
    "broken.json": ("{", "no JSON"),
    "mine.txt": ("ch02.ex04.accuracy,1\n", "rename it"),
    "broken.ipynb": ("{", "not a notebook"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cant_be_read_exits_with_2(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, why = REFUSED[name]
    path = tmp_path / name
    path.write_text(text, "utf-8")
    result = run(path)

    assert result.exit_code == 2
    assert why in result.stderr + capsys.readouterr().err


def test_a_class_is_a_table(sound: Path, wrong: Path, tmp_path: Path) -> None:
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


def test_the_page_of_a_list_names_each_exercises_file(sound: Path, tmp_path: Path) -> None:
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


def test_the_page_has_the_readers_numbers_on_the_strips(wrong: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    run(wrong, "--html", page)
    html = page.read_text("utf-8")

    assert html.count('<g class="me">') == html.count('class="mark book"') == 2
    assert html.count(">yours 7.78") == 2
    assert html.count('role="img" aria-label="yours 7.78;') == 1  # of both: one of them is shown
    assert "http://" not in html.replace("http://www.w3.org", "")


def test_pitfalls_are_what_to_look_at(capsys: pytest.CaptureFixture[str]) -> None:
    report = check_numbers("mine", [("5.04.test_rmse", 50), ("5.04.train_rmse", 40)])
    pitfall = "All five filters can die with a batch size of 1."

    assert pitfall in report_page(report)
    for cells in (0, 1):
        print_report(replace(report, cells=cells), Console(width=200))
        assert pitfall in capsys.readouterr().out
    ordinary = check_numbers("mine", [("5.04.test_rmse", 0.05)])
    assert ordinary.units[0].pitfalls == ()


def test_nothing_of_the_book_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "other.ipynb"
    path.write_text(json.dumps(notebook([("print(1)", [stdout("1\n")])])), "utf-8")
    result = run(path)

    assert result.exit_code == 2
    assert "Nothing of the book was found" in result.stdout


def units(names: Sequence[str]) -> Report:
    """Return a report of claims whose print was typed."""
    return check_numbers("one.csv", [(name, ledger().claims[name].documented) for name in names])


def test_columns_are_in_the_books_order() -> None:
    html = class_page([units(["ch05.ex04.test_rmse"]), units(["ch02.ex04.accuracy"])])

    assert html.index("2.04") < html.index("5.04")


def test_one_typo_costs_a_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("ch02.ex04.accuracy,0.93\n6.02.typo,3\n5.04\n5.04.train_rmse,0.04\n", "utf-8")
    shown = run(path)
    content = json.loads(run(path, "--json").stdout)

    assert shown.exit_code == 1
    assert "mine.csv: line 2: no claim is named '6.02.typo'" in shown.stderr
    assert "mine.csv: line 3: write a claim and a number" in shown.stderr
    assert "Both results are fine. 2 lines not read." in shown.stdout
    assert [line["where"] for line in content["unread"]] == ["line 2", "line 3"]
    assert [row["ok"] for row in content["results"]] == [True, True]


@pytest.mark.parametrize("head", ["Claim,Value", "result,mine", "exercise,my number,remark", "name;value"])
def test_a_first_line_of_column_names_is_left_out(head: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(f"{head}\nch02.ex04.accuracy,0.93\n", "utf-8")

    assert run(path).exit_code == 0

    path.write_text(f"ch02.ex04.accuracy,0.93\n{head}\n", "utf-8")

    assert "line 2" in run(path).stderr


CODES = [
    ("5.04.test_rmse,0.04\n", 0),  # ordinary
    ("2.act01.eval_loss,0.003758653\n", 0),  # equals a wrong print
    ("5.07.test_rmse,1\n5.04.test_rmse,0.04\n", 1),  # a line that can't be read
    ("6.02.test_acc,0.75\n", 0),  # beyond 64 runs
    ("6.02.test_acc,0.5\n", 1),  # wrong
    ("6.act01.test_acc,0.1\n", 2),  # not compared
    ("6.act01.test_acc,0.1\n5.04.test_rmse,0.04\n", 0),
]


@pytest.mark.parametrize(("text", "code"), CODES)
def test_the_exit_code_says_whether_something_is_wrong(text: str, code: int, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text, "utf-8")

    assert run(path).exit_code == code
