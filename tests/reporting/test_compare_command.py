"""`workshop compare` of two or three results files: terminal, page, JSON, gates and what it refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.reporting.comparison_files import FROZEN, LOSS, NO_GATE, record, run, three, write
from workshop.reporting.compare.model import NotComparable, read_files

pytestmark = pytest.mark.usefixtures("made_up_ledger")


def test_lines_are_100_columns_wide_where_stdout_is_no_terminal(tmp_path: Path) -> None:
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


def test_without_a_difference_no_gate_fires(tmp_path: Path) -> None:
    first = write(tmp_path / "a.json", record())
    last = write(tmp_path / "b.json", record(), date="2026-01-02T00:00:00+00:00")
    result = run(first, last, "--fail-on", "changed", "--fail-on", "failed")

    assert (result.exit_code, result.stderr) == (0, "")


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
    paths = [write(tmp_path / f"{name}.json", record()) for name in "ab"]
    (tmp_path / "folder").mkdir()

    result = run(*paths, "--html", tmp_path / "folder")

    (line,) = result.stderr.splitlines()
    assert result.exit_code == 2
    assert line == f"workshop: --html {tmp_path / 'folder'}: it is a folder: name a file"


def test_unknown_gate_is_wrong_usage(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{name}.json", record()) for name in "ab"]

    result = run(*paths, "--fail-on", "moved")

    (line,) = result.stderr.splitlines()
    assert result.exit_code == 2
    assert "'--fail-on'" in line


def test_read_files_leaves_records_as_they_are(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{name}.json", record(measured={"a": [1.0, None]})) for name in "ab"]

    first, _ = read_files(paths)

    assert asdict(first.results.claims[0]) == asdict(record(measured={"a": [1.0, None]}))
    with pytest.raises(NotComparable):
        read_files(paths[:1])


def test_an_exact_value_that_moved_fires_the_gate_of_changes(tmp_path: Path) -> None:
    """On other data it does not, nor where an unmeasured version moved it by rounding."""
    first = write(tmp_path / "a.json", record(FROZEN, measured=179))
    last = write(tmp_path / "b.json", record(FROZEN, measured=12_345))
    other_data = write(tmp_path / "c.json", record(FROZEN, measured=12_345, substitutes=("others",)))
    rounding = write(tmp_path / "d.json", record(FROZEN, measured=179, rounding="moved"))
    result, *others = (run(first, path, "--fail-on", "changed") for path in (last, other_data, rounding))

    assert (result.exit_code, *(other.exit_code for other in others)) == (1, 0, 0)
    assert result.stderr == f"workshop: --fail-on changed: 1 claim changed verdict or exact value: {FROZEN}\n"
