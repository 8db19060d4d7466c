"""The report's page: it stands alone, names all claims and shows each in full."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.golden import Golden
from tests.reporting.made_up_page import CLAIMS, ENVIRONMENT, made_up
from tests.reporting.package_samples import with_samples
from tests.toy.pages import Page, packed, unpacked
from tests.toy.records import record
from workshop.figures.model import Figure, Matrix
from workshop.ledger import ledger
from workshop.reporting.report import view
from workshop.reporting.report.overview import stamped
from workshop.reporting.report.page import page, timeless_page
from workshop.samples import recorded
from workshop.samples.model import ReferenceSample, Run
from workshop.verification.results import Notices, Record, Results
from workshop.verification.verdicts import MEANINGS, VERDICTS
from workshop.wording.words import WORD_OF

MATRIX = Matrix(((1.0, 2.0), (3.0, 4.0)))
FIGURES = {
    "ch09.ex02": [
        Figure("Curves & co", "two numbers", (MATRIX,)),
        Figure("Curves", "not drawn: no curves"),
        Figure("More", "numbers", (MATRIX,), folded=True),
    ]
}
UNKNOWN = {"documented": 0.25, "measured": 0.25}


@pytest.fixture(autouse=True)
def _recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the loss have ten recorded runs on a CPU, of which one crashed."""
    values = [0.21 + 0.01 * i for i in range(9)]
    runs = [Run(2 * i + 1, 0, "2026-01-01", 0.1, "", (value,)) for i, value in enumerate(values)]
    runs.append(Run(99, 0, "2026-01-01", 0.1, "died", ()))
    made = {"tensorflow": "2.21.0", "keras": "3.15.1", "device": "cpu"}
    sample = ReferenceSample("ch09.ex01", (made,), ("iris from elsewhere",), ("loss",), tuple(runs))
    real = recorded.reference_sample

    def find(unit: str, environment: Mapping[str, str], folder: Path) -> Any:
        own = (unit, environment["device"]) == ("ch09.ex01", "cpu")
        return sample if own else real(unit, environment, folder)

    monkeypatch.setattr(recorded, "reference_sample", find)


def changed(fields: Mapping[str, Mapping[str, Any]], *more: Record) -> Results:
    """Return the made-up run with fields of some claims exchanged, and more claims."""
    claims = (replace(each, **fields.get(each.id.removeprefix("ch09."), {})) for each in made_up()[0].claims)
    return Results(ENVIRONMENT, (*claims, *more))


def runs() -> dict[str, Results]:
    """Return runs by what is special about them."""
    results, _ = made_up()
    wrong = {"verdict": "failed", "margin": -0.5, "reason": "made up"}
    first, *others = results.claims
    here = (replace(other, basis="run here") for other in others)
    recorded_runs = replace(first, basis="recorded", notices=Notices(2e-5, None))
    return {
        "two claims failed": changed({"ex01.tags": wrong, "ex02.moved": wrong}),
        "one rests on recorded runs": Results(ENVIRONMENT, (recorded_runs, *here)),
        "no recorded runs on a GPU": made_up({"device": "gpu"})[0],
        "a claim of another version": changed({}, record("ch09.ex03.gone", **UNKNOWN)),
        "an error of another version": changed({"ex01.loss": {"verdict": "refuted"}}),
        "a part of the book": Results(ENVIRONMENT, results.claims[:3]),
        "an older schema": changed(
            {each.id.removeprefix("ch09."): {"sample": None} for each in results.claims}
        ),
        "another day": replace(
            results, environment={**ENVIRONMENT, "date": "2027-03-04T05:06:07+00:00", "memory": 2100}
        ),
    }


def test_a_page_reads_as_written(golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    results, book = made_up()
    first = Page(page(results, book)).lines
    others = {name: Page(page(run, book)).lines for name, run in runs().items()}
    monkeypatch.setattr(
        view, "book_calls", lambda: {"ch09.ex01": SimpleNamespace(text="result = fit(0 <b> 1)\n")}
    )
    others["figures and the book's own calls"] = Page(page(results, book, figures=FIGURES)).lines
    known = {*first.split("\n")}
    news = {
        name: "\n".join(line for line in text.split("\n") if line not in known)
        for name, text in others.items()
    }
    golden("page.txt", {"a run": first, **news})


def test_page_asks_for_nothing_else() -> None:
    text = page(*made_up())
    content = Page(text)
    links = {link for link in content.attributes("href") if not link.startswith("data:image/png;base64,")}

    assert {link.split("#")[0].split("=")[0] for link in links} == {"", "?chapter", "?verdict"}
    assert not {name for _, each in content.elements for name in each} & {"src", "srcset", "action"}
    assert not re.search(r"https?:|@import|url\(|fetch\(", text)


def test_every_link_leads_somewhere_and_every_claim_is_an_anchor() -> None:
    content = Page(page(*made_up()))
    ids = content.attributes("id")
    links = {
        link.removeprefix("#print-").removeprefix("#") for link in content.attributes("href") if "#" in link
    }

    assert len(ids) == len(set(ids))
    assert {f"{unit}.{claim['id']}" for unit in CLAIMS for claim, _ in CLAIMS[unit]} | set(CLAIMS) <= set(ids)
    assert {link for link in links if "?" not in link} <= set(ids)
    for word in {WORD_OF[each.verdict] for each in made_up()[0].claims if not each.ours}:
        assert f"?verdict={word.key}#chapters" in content.attributes("href")


def test_runs_that_differ_in_time_and_memory_share_a_page() -> None:
    results, made = made_up()
    later = {**ENVIRONMENT, "date": "2027-03-04T05:06:07+00:00", "memory": 2100}
    shared = timeless_page(results, made)

    assert shared == timeless_page(replace(results, environment=later), made)
    text = page(replace(results, environment=later), made)
    assert text == stamped(shared, later)
    assert "\0" in shared
    assert "\0" not in text


def test_failures_come_first_and_are_open() -> None:
    _, book = made_up()
    content = Page(page(runs()["two claims failed"], book))
    sections = [a.get("id") for tag, a in content.elements if tag == "section"]
    opened = [a["id"] for tag, a in content.elements if tag == "details" and "open" in a and a.get("id")]

    assert sections[:2] == ["failed", "overview"]
    assert opened == ["ch09.ex01", "ch09.ex01.tags", "ch09.ex02", "ch09.ex02.moved"]
    rows = [
        a
        for tag, a in Page(page(*made_up())).elements
        if {*(a.get("class") or "").split()} & {"unit", "claim"}
    ]
    assert not any("open" in attributes for attributes in rows)


def test_text_of_the_ledger_is_text() -> None:
    content = Page(page(*made_up()))

    assert "</script><b>" in content.text
    assert [tag for tag, _ in content.elements].count("script") == 2


def test_each_printed_result_is_a_square() -> None:
    squares = [a for _, a in Page(page(*made_up())).elements if (a.get("class") or "").startswith("q ")]

    assert [square["href"] for square in squares] == [
        f"#{unit}.{claim['id']}" for unit in CLAIMS for claim, _ in CLAIMS[unit] if not claim.get("ours")
    ]
    assert squares[1]["class"] == "q k-wrong"


def test_what_the_page_unpacks() -> None:
    """The runs with which a typed number is compared."""
    runs_ = runs()
    for name in (
        "no recorded runs on a GPU",
        "an older schema",
        "one rests on recorded runs",
    ):  # on a substitute
        own = packed(page(runs_[name], made_up()[1]))["own"]
        number = own["numbers"]["ch09.ex01.loss"][""]
        assert own["runs"][number["runs"]] == []
    assert number["naive"] == 0.3


def test_page_of_the_whole_ledger() -> None:
    whole = ledger()
    records = tuple(record(claim, "deferred") for claim in whole.claims.values())
    text = page(with_samples(Results(ENVIRONMENT, records), whole), whole)
    own = packed(text)["own"]
    with_runs = {
        name
        for name, its in own["numbers"].items()
        if any(own["runs"][each["runs"]] is not None for each in its.values())
    }

    assert set(whole.claims) <= set(re.findall(r' id="([^"]+)"', unpacked(text)))
    assert set(whole.units) <= set(re.findall(r' id="([^"]+)"', text))
    assert len(text.encode()) < 1.6e6  # of 2.2 MB; figures take the rest
    assert all(runs == sorted(runs) for runs in own["runs"] if runs and None not in runs)
    assert with_runs == {c.id for c in whole.claims.values() if c.rule.name == "reference"}


def test_every_verdict_has_a_meaning() -> None:
    assert list(MEANINGS) == list(VERDICTS)
