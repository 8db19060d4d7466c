"""The report in a real browser: filters and search."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.page_helpers import barriers
from tests.browser.pages import ALL, UNITS, VERDICT, claims, run
from tests.browser.report_helpers import box, card, choose, hits, in_sight, label, shown
from workshop.ledger import Claim, ledger
from workshop.reporting.report.missing_data import missing
from workshop.reporting.report.summary import NOT_HOLDING
from workshop.verification.verdicts import VERDICTS

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_the_page_opens_at_a_glance(report: Page) -> None:
    """All units are there, all cards are closed, nothing is filtered."""
    assert report.locator("details.unit:visible").count() == len(UNITS)
    assert shown(report) == []
    assert hits(report) == f"{len(ALL)} claims"
    assert report.locator("details[open]:not(.drawn)").count() == 0


# what is chosen, which claims are left
FILTERS: list[tuple[dict[str, str | list[str]], Callable[[Claim], bool]]] = [
    ({"verdict": ["refuted"]}, lambda c: VERDICT[c.id] == "refuted"),
    ({"verdict": ["not testable"]}, lambda c: VERDICT[c.id] == "not testable"),
    ({"verdict": ["failed", "changed"]}, lambda c: VERDICT[c.id] in {"failed", "changed"}),
    ({"chapter": ["ch04"]}, lambda c: c.id.startswith("ch04.")),
    ({"chapter": ["ch01", "ch06"]}, lambda c: c.id[:4] in {"ch01", "ch06"}),
    ({"kind": "stochastic"}, lambda c: c.kind == "stochastic"),
    ({"evidence": "printed"}, lambda c: c.evidence == "printed"),
    ({"needs": "text8"}, lambda c: "text8" in c.needs),
    ({"needs": "nothing"}, lambda c: not c.needs),
    (
        {"verdict": ["not testable"], "chapter": ["ch05"]},
        lambda c: VERDICT[c.id] == "not testable" and c.unit.startswith("ch05"),
    ),
    ({"kind": "exact", "chapter": ["ch02"], "verdict": ["reproduced"]},
     lambda c: c.id == "ch02.text01.n_weights"),
    ({"search": "sigmoid", "kind": "close"}, lambda c: c.id == "ch02.text01.sigmoid_derivative"),
    ({"kind": "ordering", "chapter": ["ch01"]}, lambda c: False),
]  # fmt: skip


@pytest.mark.parametrize(("values", "left"), FILTERS, ids=[str(values) for values, _ in FILTERS])
def test_filters(values: dict[str, str | list[str]], left: Callable[[Claim], bool], report: Page) -> None:
    """What matches every filter is shown, opened to its line; of several boxes of a filter one suffices."""
    expected = [claim.id for claim in claims() if left(claim)]

    choose(report, **values)

    assert shown(report) == expected
    assert hits(report) == f"{len(expected)} of {len(ALL)} claims"


def test_units_without_a_match_are_gone(report: Page) -> None:
    """Units and chapters without a match vanish; their tiles stay, faded."""
    choose(report, chapter=["ch04"])

    assert report.locator("details.unit:visible").count() == 2
    assert report.locator("section.chapter:visible").count() == 1
    tiles = report.locator("a.tile:visible")
    faded = report.locator("a.tile.out:visible")
    assert (tiles.count(), faded.count()) == (len(UNITS), len(UNITS) - 2)
    assert set(faded.evaluate_all("tiles => tiles.map(tile => tile.dataset.unit)")) == {
        unit for unit in UNITS if not unit.startswith("ch04")
    }


def test_every_choice_leaves_as_many_as_it_says(report: Page) -> None:
    """The number of a verdict, a kind or a data set is that of the claims that choosing it leaves."""
    for verdict in VERDICTS:
        label(report, verdict).click()
        assert label(report, verdict).inner_text() == f"{verdict} {len(shown(report))}"
        label(report, verdict).click()
    for name in ("Kind", "Evidence", "Needs"):
        field = report.get_by_label(name)
        options = field.locator("option").evaluate_all("all => all.map(one => [one.value, one.text])")
        for value, text in options[1:]:
            field.select_option(value)
            assert text == f"{value} ({len(shown(report))})"
        field.select_option("")


# what is typed, and the claims that have all of its words in id, title, line or description
SEARCHES = [
    ("ch05.text07.test_rmse", ["ch05.text07.test_rmse", "ch05.text07.test_rmse_bound"]),
    ("WEIGHTS_File", ["ch01.ex01.weights_file"]),
    ("  Averages   EVEN ", ["ch05.text07.simple_average"]),
    ("drove lemmatization", ["ch04.text05.sentence", "ch04.text05.drove"]),
    ("gtts_service", ["ch01.ex01.audio_file"]),
    ("aapl_csv hardly", ["ch05.text07.no_better_than_naive"]),
    ("no_such_word", []),
    ("<b>&(", []),
]


@pytest.mark.parametrize(("typed", "expected"), SEARCHES)
def test_search(typed: str, expected: list[str], report: Page) -> None:
    """All words must be there, in any order, in small letters or capitals."""
    choose(report, search=typed)

    assert shown(report) == expected
    assert hits(report) == f"{len(expected)} of {len(ALL)} claims"


# choices that no claim has, and their description
NOTHING: list[tuple[dict[str, str | list[str]], str]] = [
    ({"search": " No_such Word"}, "“No_such Word”"),
    ({"kind": "ordering", "chapter": ["ch01"]}, "chapter ch01, kind ordering"),
    ({"verdict": ["failed", "changed"], "needs": "gtts_service", "chapter": ["ch02", "ch04"]},
     "verdict failed or changed, chapter ch02 or ch04, needs gtts_service"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "text"), NOTHING, ids=[text for _, text in NOTHING])
def test_nothing_found(values: dict[str, str | list[str]], text: str, report: Page) -> None:
    """Where no claim matches, the page says what was asked, and one button shows all claims again."""
    button = report.get_by_role("button", name="Clear search and filters")
    assert button.count() == 0

    choose(report, **values)
    assert report.locator(".none p").inner_text() == f"No claim matches {text}."
    assert barriers(report) == []
    button.click()

    assert hits(report) == f"{len(ALL)} claims"
    assert button.count() == 0
    assert report.get_by_label("Search").evaluate("field => field === document.activeElement")


# the claims of the findings that a reader sees, list by list, when all is open
FINDINGS = """() => [...document.querySelectorAll("details.findings")].map((list) => {
  for (const one of [list, ...list.querySelectorAll("details")]) one.open = true;
  const links = [...list.querySelectorAll("li > a, li > p > a")];
  return links.filter((link) => link.checkVisibility()).map((link) => link.innerText);
})"""


# choices, their description, and which claims they leave
FOLLOWED: list[tuple[dict[str, str | list[str]], str, Callable[[str], bool]]] = [
    ({"chapter": ["ch04"]}, "chapter ch04", lambda c: c.startswith("ch04.")),
    ({"chapter": ["ch01", "ch05"]}, "chapter ch01 or ch05", lambda c: c[:4] in {"ch01", "ch05"}),
    ({"chapter": ["ch06"]}, "chapter ch06", lambda c: c.startswith("ch06.")),
    ({"verdict": ["refuted"]}, "verdict refuted", lambda c: VERDICT[c] == "refuted"),
    ({"search": "ch04.text12", "verdict": ["corrected"]}, "“ch04.text12”, verdict corrected",
     lambda c: c.startswith("ch04.text12.") and VERDICT[c] == "corrected"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "text", "left"), FOLLOWED, ids=[text for _, text, _ in FOLLOWED])
def test_findings_follow_the_filters(
    values: dict[str, str | list[str]], text: str, left: Callable[[str], bool], report: Page
) -> None:
    """Both lists of findings show those that the filters leave, say how many, and leave no empty heading."""
    every = report.evaluate(FINDINGS)
    titles = report.locator("details.findings > summary").all_inner_texts()

    choose(report, **values)

    shown = [[claim for claim in claims if left(claim)] for claims in every]
    assert any(shown)
    assert report.evaluate(FINDINGS) == shown
    assert report.locator("details.findings > summary").all_inner_texts() == [
        f"{title}; {len(claims)} shown: {text}" for title, claims in zip(titles, shown, strict=True)
    ]
    for group in report.locator(".findings .group:visible").all():
        assert group.locator("li:visible").count() > 0
    report.get_by_role("button", name="Clear", exact=True).click()
    assert report.evaluate(FINDINGS) == every
    assert report.locator("details.findings > summary").all_inner_texts() == titles


def test_counts_follow_the_other_filters(report: Page) -> None:
    """With a chapter and a word chosen, each further choice leaves as many claims as it says."""
    choose(report, search="stem", chapter=["ch04"])
    verdicts = {verdict: int(label(report, verdict).locator("small").inner_text()) for verdict in VERDICTS}
    others = {
        chapter: int(label(report, chapter).locator("small").inner_text()) for chapter in ("ch01", "ch05")
    }
    found = len(shown(report))

    assert sum(verdicts.values()) == found
    assert 0 < found < len([claim for claim in ALL if claim.startswith("ch04.")])
    for verdict, n in verdicts.items():
        label(report, verdict).click()
        assert len(shown(report)) == n
        label(report, verdict).click()
    for chapter, n in others.items():
        label(report, chapter).click()
        assert len(shown(report)) == found + n
        label(report, chapter).click()


def test_what_is_left_begins_below_the_filters(report: Page) -> None:
    """Far down the page, where the filters stay in sight, a choice leads back to the first that it leaves."""
    label(report, "ch06").click()
    report.evaluate("scrollTo(0, document.body.scrollHeight)")

    label(report, "ch05").click()
    first = report.locator("details.unit:visible").first

    assert first.get_attribute("id") == "ch05.text07"
    assert in_sight(report, "ch05.text07")


def test_figures_make_room_for_what_is_left(report: Page) -> None:
    """A unit's figures are seen with its claims, and closed where the filters leave a list of claims."""
    card(report, "ch02.text01").locator("summary").first.click()
    assert report.locator(".drawn svg:visible").count() == 1

    choose(report, chapter=["ch02"])
    assert report.locator(".drawn > summary:visible").count() == 1
    assert report.locator(".drawn svg:visible").count() == 0

    report.keyboard.press("Escape")
    assert report.locator(".drawn svg:visible").count() == 1


def test_above_the_claims_a_choice_moves_nothing(report: Page) -> None:
    """Escape among the findings clears the filters and leaves the reader there."""
    choose(report, chapter=["ch04"])
    report.evaluate("scrollTo(0, 0)")

    report.keyboard.press("Escape")

    assert hits(report) == f"{len(ALL)} claims"
    assert report.evaluate("scrollY") == 0


# the position of a link, and the claims it leads to
GLANCES: list[tuple[str, Callable[[Claim], bool]]] = [
    ("legend", lambda c: VERDICT[c.id] in NOT_HOLDING),
    ("ch05", lambda c: c.id.startswith("ch05.") and VERDICT[c.id] in NOT_HOLDING),
    ("ch06", lambda c: c.id.startswith("ch06.") and VERDICT[c.id] in NOT_HOLDING),
]


@pytest.mark.parametrize(("place", "expected"), GLANCES, ids=[place for place, _ in GLANCES])
def test_one_click_shows_what_does_not_hold(
    place: str, expected: Callable[[Claim], bool], report: Page
) -> None:
    """One link lists what failed, is corrected, changed or refuted: in the book, or in a chapter of it."""
    links = report.get_by_role("link", name=re.compile("not hold in this run"))
    link = links.first if place == "legend" else report.locator(f"h3:has-text('{place}') + p").locator(links)
    n = link.inner_text().split()[0]

    with report.expect_navigation():
        link.click()

    assert shown(report) == [claim.id for claim in claims() if expected(claim)]
    assert hits(report) == f"{n} of {len(ALL)} claims"
    assert in_sight(report, ".".join(shown(report)[0].split(".")[:2]))


def test_missing_data_lead_to_their_claims(report: Page) -> None:
    """Each missing data set has its command, and leads to the claims that need it."""
    section = report.locator("section[aria-labelledby=missing]")
    data = missing(run(), ledger())
    assert [one.name for one in data if one.name]
    for number, one in enumerate(data):
        item = section.locator("ul > li").nth(number)
        assert one.remedy in item.inner_text()
        for line in item.locator("summary").all():
            line.click()
        assert item.locator("details a").all_inner_texts() == [*one.unavailable, *one.supported]
        counts = [f"{len(one.unavailable)} unavailable", f"{len(one.supported)} supported by a substitute"]
        leads = [text for text in counts if one.name and text[0] != "0"]
        assert item.locator("a[href^='?']").all_inner_texts() == leads
    link = section.get_by_role("link", name="2 unavailable")
    with report.expect_navigation():
        link.click()
    assert shown(report) == [*data[0].unavailable]


@pytest.mark.parametrize("way", ["button", "Escape"])
def test_filters_are_cleared(way: str, report: Page) -> None:
    """The button and Escape bring all units back, empty the fields and leave a plain address."""
    choose(report, search="rmse", verdict=["failed"], kind="stochastic", needs="aapl_csv")
    assert hits(report) != f"{len(ALL)} claims"

    if way == "button":
        report.get_by_role("button", name="Clear", exact=True).click()
    else:
        report.keyboard.press("Escape")

    assert hits(report) == f"{len(ALL)} claims"
    assert report.locator("details.unit:visible").count() == len(UNITS)
    assert report.locator("form.filters :checked:is(input)").count() == 0
    assert report.get_by_label("Search").input_value() == ""
    assert "?" not in report.url


def test_the_address_restores_filters(report: Page, visit: Callable[..., Page]) -> None:
    """The address has the choices: opened again, it shows the same claims and the same choices."""
    verdicts = ["failed", "not testable"]
    choose(report, search="RMSE", verdict=verdicts, kind="stochastic", needs="aapl_csv")
    before = shown(report)

    again = visit(report.url)

    assert before == ["ch05.text07.train_rmse", "ch05.text07.test_rmse"]
    assert shown(again) == before
    assert again.get_by_label("Search").input_value() == "RMSE"
    assert box(again, "not testable").is_checked()
    assert not box(again, "reproduced").is_checked()
    assert again.get_by_label("Needs").input_value() == "aapl_csv"
