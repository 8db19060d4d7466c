"""Claims × environments on screen: terminal, page and JSON of more than two results files."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from tests.reporting.comparison_files import (
    COMMON,
    LOSS,
    NO_GATE,
    Page,
    compared,
    record,
    rows,
    run,
    three,
    write,
)
from tests.reporting.test_compare_many import over_keras
from workshop.reporting.compare.terminal import MOST, print_comparison

pytestmark = pytest.mark.usefixtures("made_up_ledger")

_R, _C = "reproduced", "changed"
EXPECTED = Path(__file__).with_name("comparisons.txt")


def test_all_that_the_terminal_says_is_as_written(tmp_path: Path) -> None:
    """Of three files, where equal claims are counted; of five, with what findings explain, narrow."""
    result = run(*three(tmp_path))
    late = [_R, _R, _R, _C, _C]
    both = ["failed", "failed", _R, _R, _R]
    five = over_keras(both=both, stem=late, frozen=late, error=[*late[:4], "unavailable"])
    text = io.StringIO()
    print_comparison(five, Console(file=text, width=60, color_system=None))

    assert (result.exit_code, result.stderr) == (0, NO_GATE)
    printed = f"{result.stdout}=====\n{text.getvalue()}"
    assert [line.rstrip() for line in printed.splitlines()] == EXPECTED.read_text("utf-8").splitlines()


def test_a_title_is_red_if_one_of_its_claims_failed() -> None:
    """Wherever it stands; else it is bold alone."""
    for bad, title in ((_R, "\x1b[1m"), ("failed", "\x1b[1;31m")):
        for pair in ((bad, _C), (_C, bad)):
            names = zip(("ch09.ex01.a", "ch09.ex01.b"), pair, strict=True)
            other = [record(name, verdict="refuted" if verdict == _R else verdict) for name, verdict in names]
            text = io.StringIO()
            console = Console(file=text, force_terminal=True, color_system="standard")
            print_comparison(
                compared(tuple(record(f"ch09.ex01.{name}") for name in "abc"), (*other,)), console
            )
            assert f"{title}Unexplained: 2 results" in text.getvalue()
            plain = re.sub(r"\x1b\[[\d;]*m", "", text.getvalue())
            assert re.search(r"^f0 +3$", plain, re.MULTILINE)  # the first run has three claims


def test_terminal_has_room_for_twelve_environments(tmp_path: Path) -> None:
    """A row has at most 100 columns, and only the farthest of forty moved values are listed."""
    values = {f"ch09.ex04.c{number:02}": 1.0 + number for number in range(1, 41)}
    paths = [
        write(
            tmp_path / f"py3{place:02}-tf2{place:02}-legacy.json",
            record(LOSS, verdict="failed" if place % 2 else "reproduced"),
            *(record(claim, measured=value if place == 5 else 1.0) for claim, value in values.items()),
            *(record(f"ch0{chapter}.ex01.x") for chapter in range(1, 9)),
        )
        for place in range(12)
    ]

    printed = run(*paths).stdout.splitlines()

    table = [line.split() for line in printed if line.startswith("py3")][12:]
    assert ["✘" in row for row in table[1:]] == [n % 2 == 1 for n in range(1, 12)]
    assert max(map(len, printed)) <= 100
    listed = [line.split()[0].rstrip(":") for line in printed if line.strip().startswith("ch09.ex04.c")]
    assert listed == [f"ch09.ex04.c{number:02}" for number in range(40, 40 - MOST, -1)]
    assert f"  and {40 - MOST} more: --html PAGE has all" in printed
    assert "Values that moved: 40 results" in printed


def test_moves_have_both_values(tmp_path: Path) -> None:
    """The environment farthest from the first one that measured a number is named."""
    paths = [
        write(tmp_path / f"f{n}.json", record("ch09.ex04.x", measured=m), COMMON)
        for n, m in enumerate((None, 4.0, 2.0, 5.0))
    ]

    assert ["ch09.ex04.x: 4 → 2 (-2, -50%) in f2"] in rows(run(*paths).stdout)


def test_page(tmp_path: Path) -> None:
    """It loads nothing; counts and the grid come first, then differences, then what is the same."""
    page_file = tmp_path / "page.html"

    run(*three(tmp_path), "--html", page_file)

    text = page_file.read_text("utf-8")
    page = Page(text)
    assert "<h1>Comparison of 3 runs</h1>" in text
    assert [f"{LOSS} made up", "✔ holds 2", "✔ holds 2", "✘ failed 5 +3.00 sd"] in page.rows
    assert ["ch09.ex02.old", "[red]", "[/]<b>", "· absent"] in page.rows
    assert ["ch09.ex01.same extra", *["✔ holds 4"] * 3] in page.rows
    assert ["tf215", "✘ 1", "·"] in page.rows
    parts = (
        "3 results and 1 extra. Each run is compared with <strong>tf221</strong>, and 1 extra have the same",
        "1 result newly failed",
        "<h2>What differs, by chapter</h2>",
        "Unexplained: 1 result</h2>",
        "Values that moved: 1 result</h2>",
        "<h2>Runs</h2>",
        "<h2>Computing times</h2>",
        "<summary>Not decided everywhere: 1 result</summary>",
        "<summary>The same everywhere: 1 extra</summary>",
    )
    places = [text.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert not {tag for tag, _ in page.elements} & {"link", "img", "iframe", "object"}
    assert [attributes for tag, attributes in page.elements if tag == "script"] == [{}]  # the bar's colours
    assert not re.search(r"https?:|@import|url\(|src=|href=\"[^#]", text)
    assert "[/]&lt;b&gt;" in text
