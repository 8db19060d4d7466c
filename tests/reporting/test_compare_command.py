"""`workshop compare` of two or three results files: terminal, page, JSON, gates and what it refuses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.records import sums
from tests.reporting.comparison_files import LOSS, NO_GATE, Page, record, rows, run, three, write
from workshop.reporting.compare.model import NotComparable, read_files

pytestmark = pytest.mark.usefixtures("made_up_ledger")


def test_lines_are_100_columns_wide_where_stdout_is_no_terminal(tmp_path: Path) -> None:
    """A longer reason is wrapped between words."""
    first = write(tmp_path / "a.json", record())
    last = write(
        tmp_path / "b.json", record(verdict="refuted", reason="seven words that are of no length " * 5)
    )

    printed = run(first, last).stdout.splitlines()

    assert 92 <= max(map(len, printed)) <= 100


def test_signs_are_ascii_where_the_output_needs_it(tmp_path: Path) -> None:
    """Nothing is lost and nothing raises under an encoding without the signs."""
    first, _, last = three(tmp_path)
    command = [sys.executable, "-m", "workshop", "compare", str(first), str(last)]

    shown = subprocess.run(
        command, env={**os.environ, "PYTHONIOENCODING": "latin-1"}, capture_output=True, check=False
    )

    assert shown.returncode == 0, shown.stderr
    assert b"X failed in tf215" in shown.stdout


def test_without_a_sample_absolute_and_relative(tmp_path: Path) -> None:
    """Both are shown, and the page has the number of others that moved, and unequal numbers of seeds."""
    first = write(
        tmp_path / "a.json",
        record("ch09.ex02.x", measured=sums(*[{"p": 2.0, "q": 1.0}] * 3), seeds=(1, 2, 3)),
    )
    last = write(tmp_path / "b.json", record("ch09.ex02.x", measured={"p": 1.5, "q": 1.1}, seeds=(4,)))
    page = tmp_path / "page.html"

    printed = rows(run(first, last, "--html", page).stdout)

    assert ["ch09.ex02.x p: 2 → 1.5 (-0.5, -25%) in b"] in printed
    assert "shown: p, and 1 more differ; 3, 1 seeds" in page.read_text("utf-8")


def test_nothing_differs(tmp_path: Path) -> None:
    """Two runs that differ by their dates alone have no groups of differences, and a green end."""
    first = write(tmp_path / "a.json", record())
    last = write(tmp_path / "b.json", record(), date="2026-01-02T00:00:00+00:00")

    result = run(first, last, "--fail-on", "changed", "--fail-on", "failed")

    titles = ("Unexplained", "Explained", "Values that", "Other data", "Not decided")
    assert (result.exit_code, result.stderr) == (0, "")
    assert not [title for title in titles if title in result.stdout]
    assert result.stdout.splitlines()[-2:] == [
        "1 result with the same verdict and value in all runs.",
        "✔ Nothing differs without a known reason.",
    ]


def test_page_of_two_files(tmp_path: Path) -> None:
    """It loads nothing, follows the colour scheme, and has all claims with reasons and links to them."""
    page_file = tmp_path / "page.html"
    first, _, last = three(tmp_path)

    result = run(first, last, "--html", page_file)

    text = page_file.read_text("utf-8")
    page = Page(text)
    assert result.stdout.splitlines()[-1] == f"html: {page_file.resolve()}"
    assert [f"{LOSS} made up", "✔ holds 2", "✘ failed 5 +3.00 sd"] in page.rows
    assert ["ch09.ex02.old", "✔ holds [red]", "· absent"] in page.rows
    assert ["ch09.ex01.new", "· absent", "✔ holds"] in page.rows
    assert "5 &lt;against&gt; [0.25]" in text
    links = [own["href"] for tag, own in page.elements if tag == "a"]
    ids = {own["id"] for _, own in page.elements if own.get("id")}
    assert {link.removeprefix("#") for link in links if link} <= ids
    assert f"#{LOSS}" in links
    assert str(tmp_path) not in text
    assert not {tag for tag, _ in page.elements} & {"link", "script", "img", "iframe", "object"}
    assert not re.search(r"https?:|@import|url\(|src=|href=\"[^#]", text)
    assert "@media (prefers-color-scheme: dark)" in text
    assert 'content="width=device-width, initial-scale=1"' in text


# Gates and wrong usage

# verdicts in both files, options, what the lines say
GATES: list[tuple[str, str, list[str], list[str]]] = [
    ("reproduced", "failed", [], []),
    ("failed", "failed", [], []),
    ("reproduced", "refuted", [], []),
    ("reproduced", "refuted", ["changed"], [f"changed: 1 claim changed verdict: {LOSS}"]),
    ("reproduced", "refuted", ["failed"], []),
    ("failed", "reproduced", ["failed"], []),
    ("failed", "failed", ["changed", "failed"], []),
    ("reproduced", "failed", ["failed"], [f"failed: 1 claim newly failed: {LOSS}"]),
    (
        "reproduced",
        "failed",
        ["failed", "changed"],
        [f"failed: 1 claim newly failed: {LOSS}", f"changed: 1 claim changed verdict: {LOSS}"],
    ),
]


@pytest.mark.parametrize(("first", "last", "gates", "lines"), GATES)
def test_gates(tmp_path: Path, first: str, last: str, gates: list[str], lines: list[str]) -> None:
    """A gate that fires exits with 1 and names its claims; the page is written all the same.

    Where a claim newly failed and no gate is asked for, a line names the gate.
    """
    paths = [write(tmp_path / f"{n}.json", record(verdict=v)) for n, v in enumerate((first, last))]
    options = [word for gate in gates for word in ("--fail-on", gate)]

    result = run(*paths, "--html", tmp_path / "made.html", *options)

    assert result.exit_code == (1 if lines else 0)
    said = "".join(f"workshop: --fail-on {line}\n" for line in lines)
    assert result.stderr == (NO_GATE if (first, last, gates) == ("reproduced", "failed", []) else said)
    assert (tmp_path / "made.html").is_file()


def test_a_new_claim_that_failed_fires_the_gate_of_failures(tmp_path: Path) -> None:
    """It was not there to change its verdict, but it failed, and not in the first file; six are named."""
    first = write(tmp_path / "a.json", record())
    new = [record(f"ch09.ex01.new{n}", verdict="failed") for n in range(8)]
    last = write(tmp_path / "b.json", record(), *new)

    codes = [run(first, last, "--fail-on", gate).exit_code for gate in ("changed", "failed")]
    message = run(first, last, "--fail-on", "failed").stderr

    assert codes == [0, 1]
    assert message.startswith("workshop: --fail-on failed: 8 claims newly failed: ch09.ex01.new0, ")
    assert message.endswith("ch09.ex01.new5 and 2 more\n")


def test_labels_are_the_ends_of_paths(tmp_path: Path) -> None:
    """The name of a file is enough if no other has it, else folders or the suffix are added."""
    cases = [
        (["a.json", "b.json"], ["a", "b"]),
        (["py3.11-tf2.15.json", "py3.11-tf2.21.json"], ["py3.11-tf2.15", "py3.11-tf2.21"]),
        (["x/v.json", "y/v.json"], ["x/v", "y/v"]),
        (["a.json", "a.txt"], ["a.json", "a.txt"]),
    ]
    for names, labels in cases:
        for name in names:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            write(tmp_path / name, record())

        assert [f.label for f in read_files([tmp_path / name for name in names])] == labels


def test_files_that_can_not_be_compared_are_one_line(tmp_path: Path) -> None:
    """The exit code is 2, and one line names the file and the remedy."""
    good = write(tmp_path / "good.json", record())
    other = write(tmp_path / "other.json", record("ch09.ex01.other"))
    empty = write(tmp_path / "empty.json")
    damaged = tmp_path / "damaged.json"
    damaged.write_text("{", "utf-8")
    (tmp_path / "folder").mkdir()
    cases = [
        ([good], f"{good} alone is not a comparison: name two results files or more"),
        (
            [good, tmp_path / "folder" / ".." / "good.json"],
            "good.json is named twice: name different results files",
        ),
        ([good, other], f"{other} has no claim in common with {good}: verify the same claims"),
        ([good, empty], f"{empty} has no claim in common with {good}: verify the same claims"),
        (
            [good, damaged],
            f"{damaged}: no results of `workshop verify --json` (no JSON: EOF while parsing an object",
        ),
        (
            [good, tmp_path / "nowhere.json"],
            "nowhere.json: no results of `workshop verify --json` (no such file or directory)",
        ),
    ]
    for paths, message in cases:
        result = run(*paths)

        (line,) = result.stderr.splitlines()
        assert (result.exit_code, result.stdout) == (2, "")
        assert line.startswith("workshop: ")
        assert message in line


def test_what_can_not_be_written_is_one_line(tmp_path: Path) -> None:
    """A folder in a file's place is wrong usage."""
    paths = [write(tmp_path / f"{name}.json", record()) for name in "ab"]
    (tmp_path / "folder").mkdir()

    result = run(*paths, "--html", tmp_path / "folder")

    (line,) = result.stderr.splitlines()
    assert result.exit_code == 2
    assert line == f"workshop: --html {tmp_path / 'folder'}: it is a folder: name a file"


def test_unknown_gate_is_wrong_usage(tmp_path: Path) -> None:
    """It is one line and exit code 2."""
    paths = [write(tmp_path / f"{name}.json", record()) for name in "ab"]

    result = run(*paths, "--fail-on", "moved")

    (line,) = result.stderr.splitlines()
    assert result.exit_code == 2
    assert "'--fail-on'" in line


def test_read_files_leaves_records_as_they_are(tmp_path: Path) -> None:
    """What is compared is what was written."""
    paths = [write(tmp_path / f"{name}.json", record(measured={"a": [1.0, None]})) for name in "ab"]

    first, _ = read_files(paths)

    assert asdict(first.results.claims[0]) == asdict(record(measured={"a": [1.0, None]}))
    with pytest.raises(NotComparable):
        read_files(paths[:1])


def test_an_exact_value_that_moved_is_unexplained(tmp_path: Path) -> None:
    """Also with the same verdict: a count that must be equal is another one, and nothing says why."""
    name = "ch09.ex03.frozen"
    first = write(tmp_path / "a.json", record(name, measured=179))
    last = write(tmp_path / "b.json", record(name, measured=12_345))
    other_data = write(tmp_path / "c.json", record(name, measured=12_345, substitutes=("others",)))

    result, data = run(first, last, "--fail-on", "changed"), run(first, other_data, "--fail-on", "changed")

    assert (result.exit_code, data.exit_code) == (1, 0)
    assert result.stderr == f"workshop: --fail-on changed: 1 claim changed verdict or exact value: {name}\n"
    assert "Nothing differs" not in result.stdout
    assert "1 result differs, and nothing recorded says why." in result.stdout


def test_what_an_unmeasured_version_moved_by_rounding_is_listed(tmp_path: Path) -> None:
    """With its values, on the terminal and on the page, and nothing is red."""
    moved = "log[0][1] is 0.25, recorded 0.5 (seed 1, 1.2 times the tolerance of 9.8e-09)"
    first = write(tmp_path / "a.json", *map(record, (LOSS, "ch09.ex01.both", "ch09.ex01.alike")))
    both = [record(rounding=moved), record("ch09.ex01.both", rounding=moved)]
    last = write(tmp_path / "b.json", *both, record("ch09.ex01.alike"))
    page = tmp_path / "page.html"

    result = run(first, last, "--html", page, "--fail-on", "changed")

    assert result.exit_code == 0
    assert "Moved by rounding (an unmeasured version): 2 results\n" in result.stdout
    assert f"{LOSS}, ch09.ex01.both: {moved}" in " ".join(result.stdout.split())
    assert "1 result with the same verdict and value in all runs." in result.stdout
    assert "Nothing differs without a known reason." in result.stdout
    assert f"{LOSS}, ch09.ex01.both: {moved}" in page.read_text("utf-8")


def test_one_cause_is_told_once(tmp_path: Path) -> None:
    """In full for the claim that moved first, with the command; the others are named."""
    names = ("ch09.ex01.alike", LOSS, "ch09.ex01.both")
    first = write(tmp_path / "a.json", *map(record, names))
    made = [record(name, verdict="failed", moved_first=LOSS) for name in names]
    last = write(tmp_path / "b.json", *made, tensorflow="2.22.0")

    shown = run(first, last).stdout

    assert "Unexplained: 3 results" in shown
    assert shown.count("workshop bisect ") == 1
    assert f"workshop bisect {LOSS} --library tensorflow" in shown
    assert "The same cause: ch09.ex01.alike, ch09.ex01.both" in shown
    alone = run(first, write(tmp_path / "c.json", made[0], tensorflow="2.22.0")).stdout
    assert "ch09.ex01.alike" in alone
