"""Claims × environments on screen: terminal, page and JSON of more than two results files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.reporting.comparison_files import (
    COMMON,
    ERROR,
    LOSS,
    Page,
    compared,
    of,
    record,
    rows,
    run,
    three,
    write,
)
from workshop.reporting.compare import json_schema
from workshop.reporting.compare.agreement import AGREEMENTS
from workshop.reporting.compare.grid import MOST, SHORT, compact_tables
from workshop.verification.verdicts import VERDICTS

pytestmark = pytest.mark.usefixtures("made_up_ledger")

_R, _C = "reproduced", "changed"


def test_short_verdicts_are_different() -> None:
    """Each verdict has its own short form of at most five letters, so that twelve columns fit."""
    assert set(SHORT) == {*VERDICTS}
    assert len({*SHORT.values()}) == len(VERDICTS)
    assert max(map(len, SHORT.values())) <= 5


def test_terminal_of_three_files(tmp_path: Path) -> None:
    """Verdicts are short, each value is printed once, equal claims are not listed, and counts come last."""
    result = run(*three(tmp_path))

    printed = rows(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    for row in (
        ["environment", "tensorflow", "claims", "date"],
        ["tf215", "2.15.1", "3", "2026-01-01"],
        [LOSS, "repro", "repro", "FAIL"],
        ["ch09.ex02.old", "[red]", "[/]<b>", "tf220"],
        ["tf221, tf220", "1", "ch09.ex02.old"],
        ["tf215", "4.00", "4.00 (ch09.ex01)", "1"],
    ):
        assert row in printed
    assert (
        f"  {LOSS}: reproduced in all but tf215 (as printed); failed in tf215 (5 <against> [0.25])"
        in result.stdout.splitlines()
    )
    title = "Verdicts that differ, and failures: 1 claims FAIL: failed, repro: reproduced"
    assert title in map(str.strip, result.stdout.splitlines())
    assert "ch09.ex01.same" not in result.stdout
    assert result.stdout.splitlines()[-5:] == [
        (
            "2 + 1 of 3 + 1 claims hold: the same verified verdict in every environment that decides them, "
            "0 + 1 of them in all 3."
        ),
        "1 changed verdict between environments, 1 of them unexplained.",
        "1 moved in value only; 0 more only slightly.",
        "2 were not decided somewhere, 0 of them nowhere:",
        "2 absent (not in the results): 1 in tf215; 1 in all but tf215",
    ]


def test_terminal_has_room_for_twelve_environments(tmp_path: Path) -> None:
    """A row has at most 120 columns, and only the farthest of forty moved values are listed."""
    name = "ch09.ex01.a_claim_with_a_long_name_x"
    values = {f"ch09.ex04.c{number:02}": 1.0 + number for number in range(1, 41)}
    paths = [
        write(
            tmp_path / f"py3{place:02}-tf2{place:02}-legacy.json",
            record(name, verdict="failed" if place % 2 else "reproduced"),
            *(record(claim, measured=value if place == 5 else 1.0) for claim, value in values.items()),
        )
        for place in range(12)
    ]

    printed = run(*paths).stdout.splitlines()

    (row,) = (line for line in printed if line.startswith(name) and "FAIL" in line)
    assert row.split() == [name, *["repro", "FAIL"] * 6]
    assert len(row.rstrip()) <= 120
    header = printed[printed.index(row) - 3 : printed.index(row)]
    assert [line.split()[-12:] for line in header] == [
        [f"py3{place:02}" for place in range(12)],
        [f"tf2{place:02}" for place in range(12)],
        ["legacy"] * 12,
    ]
    listed = [line.split()[0] for line in printed if line.startswith("ch09.ex04.c")]
    assert listed == [f"ch09.ex04.c{number:02}" for number in range(40, 40 - MOST, -1)]
    assert any("Values that moved: 40 claims" in line for line in printed)


def test_compact_moves_have_both_values() -> None:
    """The environment farthest from the first one that measured a number is named."""
    comparison = compared(*((record("ch09.ex04.x", measured=m), COMMON) for m in (None, 4.0, 5.0, 2.0)))

    (table,) = compact_tables(comparison)

    assert [[cell.text for cell in row] for row in table.rows] == [["ch09.ex04.x", "4", "2 (-2, -50%)", "f3"]]


def test_two_files_keep_their_own_tables(tmp_path: Path) -> None:
    """Two files have a table of changed verdicts with reasons, and no counts or explanations."""
    first, _, last = three(tmp_path)

    result = run(first, last, "--html", tmp_path / "page.html")

    text = (tmp_path / "page.html").read_text("utf-8")
    assert "Changed verdicts" in text
    assert "Changed verdicts" in result.stdout
    assert not re.search("Unexplained|claims hold|Since when", result.stdout + text)


def test_page(tmp_path: Path) -> None:
    """It loads nothing; counts and causes come first, then environments, then differences."""
    page_file = tmp_path / "page.html"

    run(*three(tmp_path), "--html", page_file)

    text = page_file.read_text("utf-8")
    page = Page(text)
    assert "<h1>Comparison of 3 environments</h1>" in text
    assert [LOSS, "made up", _R, "2", _R, "2", "failed", "5 (+3.00 sd)"] in page.rows
    assert ["ch09.ex02.old", _R, "[red]", _R, "[/]<b>", "absent"] in page.rows
    assert ["ch09.ex01.same", *[_R, "4"] * 3] in page.rows
    parts = (
        "2 + 1 of 3 + 1 claims hold",
        "<li>2 absent",
        "Since when and why",
        "Unexplained: 1 claims",
        "<h2>Environments</h2>",
        "<h2>Verdicts that differ: 1 claims</h2>",
        "<h2>Values that moved: 1 claims</h2>",
        "<h2>Computing times</h2>",
        "<summary>Not decided everywhere: 1 claims</summary>",
        "<summary>The same everywhere: 0 + 1 claims</summary>",
    )
    places = [text.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert not {tag for tag, _ in page.elements} & {"link", "script", "img", "iframe", "object", "b"}
    assert not re.search(r"https?:|@import|url\(|src=|href=", text)
    assert ("details", {}) in page.elements


def test_json_has_findings_and_where_they_apply(tmp_path: Path) -> None:
    """Claims without a condition on versions have no finding, and unexplained claims are listed."""
    paths = [
        write(
            tmp_path / f"k{keras}.json",
            *of(ERROR, verdict), *of("ch09.ex03.wrong", verdict), *of("ch09.ex04.x", "undecided"),
            keras=keras,
        )
        for keras, verdict in (("2.15", _R), ("3.0", _C), ("3.1", _C))
    ]  # fmt: skip
    made = tmp_path / "made.json"

    run(*paths, "--json", made)

    content = json.loads(made.read_text("utf-8"))
    claims = {claim["id"]: claim for claim in content["claims"]}
    assert content["unexplained"] == ["ch09.ex03.wrong"]
    assert claims[ERROR]["finding"] == {
        "when": {"keras": ">=3.0"},
        "reason": "Keras 3 refuses arguments that it does not know",
        "applies": [False, True, True],
    }
    assert claims["ch09.ex03.wrong"]["finding"] is claims["ch09.ex04.x"]["finding"] is None
    assert [claim["standing"] for claim in claims.values()] == ["differs", "differs", "nowhere"]
    documented = {*claims[ERROR]["finding"], *AGREEMENTS, "standing", "finding", "unexplained"}
    assert [word for word in documented if f'"{word}"' not in str(json_schema.__doc__)] == []
