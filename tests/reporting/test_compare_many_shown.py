"""Claims × environments on screen: terminal, page and JSON of more than two results files."""

import io
import re
from collections.abc import Sequence

import pytest
from rich.console import Console

from tests.reporting.comparison_files import (
    FROZEN,
    LOSS,
    NO_GATE,
    compared,
    record,
    run,
    three,
    write,
)
from tests.reporting.test_compare_many import over_keras
from tests.toy.pages import Page
from tests.toy.records import sums
from workshop.reporting.compare.terminal import MOST, print_comparison
from workshop.verification.results import Record

pytestmark = pytest.mark.usefixtures("made_up_ledger")

_R, _C = "reproduced", "changed"
X, ALIKE, TWO = "ch09.ex02.x", "ch09.ex01.alike", "ch09.ex01.both"


def test_a_comparison_reads_as_written(golden, tmp_path):
    late = [_R, _R, _R, _C, _C]
    both = ["failed", "failed", _R, _R, _R]
    five = over_keras(both=both, stem=late, frozen=late, error=[*late[:4], "unavailable"])
    text = io.StringIO()
    print_comparison(five, Console(file=text, width=60, color_system=None))
    rounded = "log[0][1] is 0.25, recorded 0.5 (seed 1, 1.2 times the tolerance of 9.8e-09)"
    moved = {"p": 1.5, "q": 1.1}
    spread = record(X, measured=sums(*[{"p": 2.0, "q": 1.0}] * 3), seeds=(1, 2, 3))
    cause = (ALIKE, LOSS, TWO)
    pairs: dict[str, tuple[Sequence[Record], Sequence[Record]]] = {
        "nothing differs": ([record()], [record()]),
        "no recorded runs": ([spread], [record(X, measured=moved, seeds=(4,))]),
        "an exact value": ([record(FROZEN, measured=179)], [record(FROZEN, measured=12_345)]),
        "other data": (
            [record(FROZEN, measured=179)], [record(FROZEN, measured=12_345, substitutes=("others",))]
        ),
        "rounding": (
            [*map(record, (LOSS, TWO, ALIKE))],
            [record(rounding=rounded), record(TWO, rounding=rounded), record(ALIKE)],
        ),
        "one cause": (
            [*map(record, cause)],
            [record(name, verdict="failed", moved_first=LOSS) for name in cause],
        ),
    }  # fmt: skip
    texts = {"five versions": text.getvalue()}
    for name, files in {"three runs": three(tmp_path), "two runs": three(tmp_path)[::2]}.items():
        result = run(*files, "--html", tmp_path / "page.html")
        assert (result.exit_code, result.stderr) == (0, NO_GATE)
        printed = result.stdout.replace(str(tmp_path.resolve()), "FOLDER")
        texts |= {name: printed, f"{name}: page": Page((tmp_path / "page.html").read_text("utf-8")).lines}
    for name, (first, last) in pairs.items():
        paths = [write(tmp_path / "a.json", *first), write(tmp_path / "b.json", *last, tensorflow="2.22.0")]
        texts[name] = run(*paths).stdout
    golden("comparisons.txt", texts)


def test_a_title_is_red_if_one_of_its_claims_failed():
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


def test_terminal_has_room_for_twelve_environments(tmp_path):
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


def test_a_page_asks_for_nothing_and_its_links_lead_somewhere(tmp_path):
    run(*three(tmp_path), "--html", tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    page = Page(text)
    links = {link.removeprefix("#") for link in page.attributes("href")}

    assert {*links} - {""} <= {*page.attributes("id")}
    assert LOSS in links
    assert str(tmp_path) not in text
    assert "[/]&lt;b&gt;" in text
    assert "5 &lt;against&gt; [0.25]" in text
    assert not {tag for tag, _ in page.elements} & {"link", "img", "iframe", "object"}
    assert [each for tag, each in page.elements if tag == "script"] == [{}]  # the bar's colours
    assert not re.search(r"https?:|@import|url\(|src=|href=\"[^#]", text)
