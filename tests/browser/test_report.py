"""The report in a real browser: links, keyboard, a number of the reader's own, print."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.page_helpers import screenshot
from tests.browser.pages import ALL, UNITS, VERDICT, sample_of
from tests.browser.report_helpers import box, card, choose, focused, hits, in_sight, is_open
from workshop.ledger import ledger
from workshop.reporting.report.reader_number import assess
from workshop.reporting.report.samples import made_with
from workshop.verification.verdicts import VERDICTS

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Visit = Callable[..., "Page"]

RMSE = "ch05.text07.test_rmse"
LOSSES = "ch05.text07.epoch1"


# Links


@pytest.mark.parametrize("width", [400, 1200])
@pytest.mark.parametrize("name", [RMSE, "ch06.text12.sequence_unit", "ch04.text12", "ch01.ex01"])
def test_a_link_opens_its_card(name: str, width: int, visit: Visit, written: dict[str, str]) -> None:
    """The address of a claim or a unit shows its card open, in sight and in focus, and only that one."""
    page = visit(f"{written['report']}#{name}", width=width)
    screenshot(page, f"report-{width}-{name}")

    unit = ".".join(name.split(".")[:2])
    assert page.locator("details[open]:not(.drawn)").evaluate_all("all => all.map(one => one.id)") == [
        *([unit] if unit != name else []),
        name,
    ]
    assert in_sight(page, name)
    assert focused(page) == name


@pytest.mark.parametrize("width", [400, 1200])
def test_the_contents_lead_to_each_part(width: int, visit: Visit, written: dict[str, str]) -> None:
    """Each part comes into sight, those that are closed open, and a list that is chosen stays chosen."""
    page = visit(f"{written['report']}?chapter=ch05", width=width)
    chosen = hits(page)
    links = page.get_by_role("navigation", name="On this page").get_by_role("link")
    names = [link.get_attribute("href").removeprefix("#") for link in links.all()]

    assert names == ["missing", "contradicted", "changes", "claims"]
    for name, link in zip(names, links.all(), strict=True):
        link.click()
        assert in_sight(page, name)
        if name in ("contradicted", "changes"):
            assert is_open(card(page, name))
        assert hits(page) == chosen


def test_a_link_overrides_filters(visit: Visit, written: dict[str, str]) -> None:
    """Filters that hide what the address names are cleared; those that show it stay."""
    hidden = visit(f"{written['report']}?chapter=ch01#{RMSE}")
    kept = visit(f"{written['report']}?chapter=ch05#{RMSE}")

    assert in_sight(hidden, RMSE)
    assert hits(hidden) == f"{len(ALL)} claims"
    assert in_sight(kept, RMSE)
    assert hits(kept) == f"{len(ledger().units[UNITS[4]].claims)} of {len(ALL)} claims"


@pytest.mark.parametrize("rest", ["#ch05.text07.gone", "#%", "#", "?verdict=gone&colour=red", "?kind=gone"])
def test_an_address_that_names_nothing_opens_the_page(
    rest: str, visit: Visit, written: dict[str, str]
) -> None:
    """A claim of another version, or a broken address, opens the page as it is."""
    page = visit(written["report"] + rest)

    assert hits(page) == f"{len(ALL)} claims"
    assert page.locator("details[open]:not(.drawn)").count() == 0


def test_links_inside_the_page(report: Page) -> None:
    """A tile leads to its unit, a finding to its claim, and Back to where one was."""
    report.locator(f'a.tile[data-unit="{UNITS[1]}"]').click()
    assert is_open(card(report, UNITS[1]))
    assert in_sight(report, UNITS[1])

    report.locator("details.findings > summary").first.click()
    link = report.locator("details.findings li a").first
    claim = link.inner_text()
    link.click()
    assert is_open(card(report, claim))
    assert in_sight(report, claim)

    report.go_back()
    assert report.url.endswith(f"#{UNITS[1]}")
    assert focused(report) == UNITS[1]


# Keyboard


def test_the_page_is_used_without_a_mouse(report: Page) -> None:
    """From the link that skips to the claims on, filters and cards are reached and used by keys alone."""
    press = report.keyboard.press
    press("Tab")
    assert report.locator(":focus").inner_text() == "Skip to the claims"
    assert report.locator(":focus").evaluate("link => link.getBoundingClientRect().left >= 0")
    press("Enter")
    press("Tab")
    assert report.locator(":focus").get_attribute("name") == "q"

    press("Tab")
    press("Space")
    assert hits(report) == f"{len([v for v in VERDICT.values() if v == VERDICTS[0]])} of {len(ALL)} claims"
    press("Space")
    assert hits(report) == f"{len(ALL)} claims"

    card(report, UNITS[0]).locator("summary").first.focus()
    press("Enter")
    if not is_open(card(report, UNITS[0])):
        press("Enter")
    press("Tab")  # procedure
    press("Tab")
    press("Space")
    assert is_open(card(report, ALL[0]))


def test_what_is_in_focus_is_seen(report: Page) -> None:
    """Everything that Tab reaches is outlined, the small boxes of the filters on their labels."""
    card(report, UNITS[4]).evaluate("card => card.open = true")
    card(report, RMSE).evaluate("card => card.open = true")
    reached = set()
    for _ in range(80):
        report.keyboard.press("Tab")
        kind, outline = report.evaluate(
            """() => {
              const at = document.activeElement;
              const seen = at.matches(".toggle input") ? at.nextElementSibling : at;
              const style = getComputedStyle(seen);
              return [at.tagName, style.outlineStyle + " " + style.outlineWidth];
            }"""
        )
        reached.add(kind)
        assert kind == "BODY" or outline == "solid 2px"
    assert reached >= {"A", "SUMMARY", "INPUT", "SELECT", "BUTTON"}


def test_slash_leads_to_the_search(report: Page) -> None:
    """`/` goes to the search from anywhere, and is a letter like any other where one types."""
    card(report, UNITS[-1]).locator("summary").first.focus()
    report.keyboard.press("/")
    report.keyboard.type("and/or")

    assert report.get_by_label("Search").input_value() == "and/or"
    assert report.get_by_label("Search").evaluate("field => field === document.activeElement")


# Is my number normal?


def asked(page: Page, claim: str) -> Locator:
    """Open a claim and return its form for the reader's own number."""
    page.evaluate("(name) => { location.hash = name; }", claim)
    return card(page, claim).locator("form.mine")


@pytest.mark.parametrize("typed", ["0.02", "0.9", "-1", "nonsense"])
def test_a_number_of_ones_own(typed: str, report: Page) -> None:
    """The page says of a typed number what `workshop show --mine` says, and nothing of an empty field."""
    form = asked(report, RMSE)
    sample = sample_of(RMSE)

    form.locator("input").fill(typed)
    lines = form.locator("output p").all_inner_texts()
    form.locator("input").fill("")

    try:
        expected = list(assess(typed, sample.numbers[0].runs, naive=0.5, made=made_with(sample)).lines)
    except ValueError as error:
        expected = [str(error)]
    assert lines == expected
    assert form.locator("output").inner_text() == ""


def test_one_of_several_numbers(report: Page) -> None:
    """Where a claim has several numbers, the list says which one is meant, and the answer changes with it."""
    form = asked(report, LOSSES)
    sample = sample_of(LOSSES)
    form.locator("input").fill("0.002")

    lines = {}
    for number in sample.numbers:
        form.get_by_label("of").select_option(number.name)
        lines[number.name] = form.locator("output p").all_inner_texts()

    assert list(lines) == ["loss", "val_loss"]
    for number in sample.numbers:
        assert lines[number.name] == list(assess("0.002", number.runs, made=made_with(sample)).lines)


def test_keys_inside_the_form_stay_there(report: Page) -> None:
    """Escape in the field of one's own number leaves the filters alone, Enter loads nothing."""
    choose(report, chapter=["ch05"])
    form = asked(report, RMSE)
    form.locator("input").fill("0.02")
    form.locator("input").press("Enter")
    form.locator("input").press("Escape")

    assert form.locator("input").input_value() == "0.02"
    assert box(report, "ch05").is_checked()
    assert hits(report) == f"{len(ledger().units[UNITS[4]].claims)} of {len(ALL)} claims"


# Print


# what is to be seen when the page goes to the printer
NOTE = """() => addEventListener("beforeprint", () => {
  const claims = [...document.querySelectorAll("details.claim")];
  window.lines = claims.filter((claim) => claim.checkVisibility()).length;
  const findings = [...document.querySelectorAll("details.findings, details.versions")];
  window.findings = findings.every((one) => one.open);
})"""


def test_print(report: Page) -> None:
    """On paper, findings are open and each claim has its line, without controls; then all is as before."""
    report.evaluate(NOTE)

    report.pdf()

    assert report.evaluate("() => [window.lines, window.findings]") == [len(ALL), True]
    assert report.locator("details[open]:not(.drawn)").count() == 0
    report.emulate_media(media="print")
    assert not report.locator("form.filters").is_visible()
    assert not report.locator("form.mine").first.is_visible()
