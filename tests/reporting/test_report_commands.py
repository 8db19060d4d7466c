"""`workshop report`, the page that `workshop verify` ends with, and `workshop show --mine`."""

import json
import sys
import webbrowser
from pathlib import Path

import pytest

import workshop
from tests.toy.commands import invoke
from tests.toy.pages import unpacked
from tests.toy.records import record
from workshop.verification.results import Results

ENVIRONMENT = {"tensorflow": "2.21.0", "keras": "3.15.1", "device": "cpu", "profile": "default"}


@pytest.fixture
def results_file(tmp_path, toy_book) -> Path:
    """Write the results of two claims of the toy book, whose numbers are made up."""
    claims = [toy_book.LEDGER.claims[f"ch09.ex01.{name}"] for name in ("reproduced", "order")]
    records = [record(c, "failed", 0) for c in claims]
    path = tmp_path / "verify.json"
    Results(ENVIRONMENT, tuple(records)).write(path)
    return path


def test_report_is_next_to_its_results(results_file):
    """The page is next to the results, its path is printed, and its failures do not fail the command."""
    result = invoke("report", str(results_file))

    assert result.exit_code == 0
    assert result.stdout == f"report: {results_file.with_name('verify.html')}\n"
    page = unpacked(results_file.with_name("verify.html").read_text("utf-8"))
    assert 'id="ch09.ex01.reproduced"' in page
    assert "2 results disagree, and nothing recorded explains it." in page


def test_a_unit_that_the_ledger_does_not_have_is_named(results_file):
    """Results of another version may have any unit; the page says that it leaves the claim out."""
    content = json.loads(results_file.read_text("utf-8"))
    content["claims"].append({**content["claims"][0], "id": "ch99.ex01.loss", "unit": "ch99.ex01"})
    results_file.write_text(json.dumps(content), "utf-8")

    result = invoke("report", str(results_file))

    assert result.exit_code == 0
    assert "ch99.ex01.loss" in results_file.with_name("verify.html").read_text("utf-8")


def test_report_is_opened_where_it_was_written(results_file, tmp_path, monkeypatch):
    """`--output` names the page, `--open` opens it, and nothing is opened otherwise."""
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    output = tmp_path / "pages" / "page.html"

    invoke("report", str(results_file))
    result = invoke("report", str(results_file), "--open", "--output", str(output))

    assert result.exit_code == 0
    assert output.is_file()
    assert opened == [output.as_uri()]


# results, output, a part of the message
WRONG_USAGE = [
    ("none.json", "page.html", "none.json: no results of `workshop verify --json` (no such file"),
    ("damaged.json", "page.html", "damaged.json: no results of `workshop verify --json`"),
    ("verify.json", "verify.json", "verify.json: this command reads it: name another file"),
    ("verify.json", "folder", "folder: it is a folder: name a file"),
]


@pytest.mark.parametrize(("results", "output", "message"), WRONG_USAGE)
def test_wrong_usage_of_report(results_file, results, output, message):
    """Files that can't be read or written are one line and exit code 2; the results stay as they are."""
    folder = results_file.parent
    before = results_file.read_bytes()
    (folder / "damaged.json").write_text("{")
    (folder / "folder").mkdir()

    result = invoke("report", str(folder / results), "--output", str(folder / output))

    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("workshop: ")
    assert f"{folder / message}" in line
    assert results_file.read_bytes() == before


@pytest.fixture
def _own_cache(tmp_path, monkeypatch) -> None:
    """Give the test a store of its own."""
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("WORKSHOP_STORE", raising=False)


@pytest.mark.usefixtures("_own_cache", "toy_book")
def test_verify_ends_with_the_report(tmp_path):
    """With `--json` a run writes its page next to the results, and prints its path before the last line."""
    path = tmp_path / "results" / "verify.json"

    result = invoke("verify", "ch09.ex01.losses", "--offline", "--json", str(path))

    assert result.exit_code == 0
    page, last = result.stdout.splitlines()[-2:]
    assert page == f"The page    {path.with_name('verify.html')}"
    assert last.startswith("✔ Nothing disagrees: 1 of 1 results decided")
    assert 'id="ch09.ex01.losses"' in unpacked(path.with_name("verify.html").read_text("utf-8"))


@pytest.mark.usefixtures("_own_cache")
def test_the_page_of_a_run_is_that_of_its_results(tmp_path):
    """Byte for byte, with figures, also where a measured value is an outcome of several fields."""
    path = tmp_path / "verify.json"
    invoke("verify", "ch02.text01", "--offline", "--json", str(path))

    again = invoke("report", str(path), "--output", str(tmp_path / "again.html"))

    assert (again.exit_code, again.stderr) == (0, "")
    page = (tmp_path / "again.html").read_text("utf-8")
    assert page == path.with_suffix(".html").read_text("utf-8")
    assert "SigmoidCurve(" not in page


@pytest.mark.usefixtures("_own_cache", "toy_book")
@pytest.mark.parametrize(
    ("name", "broken"),
    [("verify.json", "page"), ("verify.json", "import"), ("verify.html", "")],
)
def test_a_failing_report_never_loses_results(name, broken, tmp_path, monkeypatch):
    """An error of the page is one line, and results and exit code are those of the run."""
    path = tmp_path / name

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no\nink")

    if broken == "page":
        monkeypatch.setattr("workshop.reporting.report.page.timeless_page", fail)
    elif broken == "import":
        monkeypatch.setitem(sys.modules, "workshop.figures.registry", None)

    result = invoke("verify", "ch09.ex01.losses", "--offline", "--json", str(path))

    assert result.exit_code == 0
    assert json.loads(path.read_text("utf-8"))["claims"][0]["verdict"] == "reproduced"
    (line,) = result.stderr.splitlines()
    assert line.startswith("workshop: no page, but the results are complete (")
    assert line.endswith(f"): workshop report {path}")
    assert {file.name for file in tmp_path.glob("*.*")} == {name}


def test_the_numbers_of_an_exercise_are_found_where_it_is_trained():
    """Exercise 5.03 builds the network, and the text after it trains it: both names are answered."""
    alias, own = (invoke("show", f"{unit}.test_rmse", "--mine", "0.09") for unit in ("5.03", "ch05.text07"))
    shown = invoke("show", "5.03").stdout

    assert alias.stdout == f"5.03.test_rmse is ch05.text07.test_rmse.\n{own.stdout}"
    assert workshop.check("5.03.test_rmse", 0.09) == workshop.check("ch05.text07.test_rmse", 0.09)
    assert workshop.check("5.03.epoch1.loss", 0.0036).claim == "ch05.text07.epoch1"
    assert shown.rstrip().endswith("then its training: After 5.03   workshop show ch05.text07")
    assert "Did you mean" in invoke("show", "5.03.test_rmze", "--mine", "1").stderr
