"""`workshop compare` of two or three results files: terminal, page, JSON, gates and what it refuses."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.reporting.comparison_files import FROZEN, record, run, three, write
from workshop.reporting.compare.model import NotComparable, read_files
from workshop.verification.results import Record
from workshop.verification.verdicts import Verdict

pytestmark = pytest.mark.usefixtures("made_up_ledger")


def test_lines_are_100_columns_wide_where_stdout_is_no_terminal(tmp_path):
    first = write(tmp_path / "a.json", record())
    last = write(tmp_path / "b.json", record(verdict="refuted", reason="x" * 200))

    printed = run(first, last).stdout.splitlines()

    assert max(map(len, printed)) == 100


def test_signs_are_ascii_where_the_output_needs_it(tmp_path):
    """Nothing is lost and nothing raises under an encoding without the signs."""
    first, _, last = three(tmp_path)
    command = [sys.executable, "-m", "workshop", "compare", str(first), str(last)]

    shown = subprocess.run(
        command, env={**os.environ, "PYTHONIOENCODING": "latin-1"}, capture_output=True, check=False
    )

    assert shown.returncode == 0, shown.stderr
    assert b"X failed in tf215" in shown.stdout


def test_without_a_difference_no_gate_fires(tmp_path):
    first = write(tmp_path / "a.json", record())
    last = write(tmp_path / "b.json", record(), date="2026-01-02T00:00:00+00:00")
    result = run(first, last, "--fail-on", "changed", "--fail-on", "failed")

    assert (result.exit_code, result.stderr) == (0, "")


# Gates and wrong usage

# verdicts in both files, and gates
GATES: list[tuple[Verdict, Verdict, str]] = [
    ("reproduced", "failed", ""),
    ("failed", "failed", ""),
    ("reproduced", "refuted", ""),
    ("reproduced", "refuted", "changed"),
    ("reproduced", "refuted", "failed"),
    ("failed", "reproduced", "failed"),
    ("failed", "failed", "changed failed"),
    ("reproduced", "failed", "failed"),
    ("reproduced", "failed", "failed changed"),
    ("reproduced", "refuted", "moved"),
]
REFUSED = """
good.json
good.json folder/../good.json
good.json other.json
good.json empty.json
good.json damaged.json
good.json nowhere.json
good.json same.json --html folder
"""


def test_gates_and_refusals_read_as_written(golden, tmp_path, monkeypatch):
    """A gate that fires exits with 1 and names its claims; the page is written all the same.

    A claim that is new may have failed. Other data or rounding move no exact value.
    """
    monkeypatch.chdir(tmp_path)
    said = {}

    def keep(name: str, first: Sequence[Record], last: Sequence[Record], gates: str) -> None:
        paths = write(Path("a.json"), *first), write(Path("b.json"), *last)
        page = Path("made.html")
        result = run(*paths, "--html", page, *(w for gate in gates.split() for w in ("--fail-on", gate)))
        said[f"{name}; {gates}"] = (
            f"{without_click(result.stderr)}page {page.exists()}, exit code {result.exit_code}"
        )
        page.unlink(missing_ok=True)

    for before, after, gates in GATES:
        keep(f"{before}, then {after}", [record(verdict=before)], [record(verdict=after)], gates)
    new = [record(), *(record(f"ch09.ex01.new{n}", verdict="failed") for n in range(8))]
    for gate in ("changed", "failed"):
        keep("claims are new", [record()], new, gate)
    exact = {
        "an exact value moved": record(FROZEN, measured=12_345),
        "on other data": record(FROZEN, measured=12_345, substitutes=("others",)),
        "by rounding": record(FROZEN, measured=179, rounding="moved"),
    }
    for name, moved in exact.items():
        keep(name, [record(FROZEN, measured=179)], [moved], "changed")
    for name, records in {"good": [record()], "same": [record()], "other": [record("ch09.ex01.x")]}.items():
        write(Path(f"{name}.json"), *records)
    write(Path("empty.json"))
    Path("damaged.json").write_text("{", "utf-8")
    Path("folder").mkdir()
    for line in REFUSED.strip().splitlines():
        result = run(*line.split())
        said[line] = f"{result.stdout}{result.stderr}exit code {result.exit_code}"
    golden("gates.txt", said)


def without_click(text: str) -> str:
    """Return a text without the library's words on a wrong value."""
    return re.sub(r"(Invalid value for '[^']+'): .*:", r"\1: …:", text)


def test_labels_are_the_ends_of_paths(tmp_path):
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


def test_read_files_leaves_records_as_they_are(tmp_path):
    paths = [write(tmp_path / f"{name}.json", record(measured={"a": [1.0, None]})) for name in "ab"]

    first, _ = read_files(paths)

    assert asdict(first.results.claims[0]) == asdict(record(measured={"a": [1.0, None]}))
    with pytest.raises(NotComparable):
        read_files(paths[:1])
