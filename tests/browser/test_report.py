"""The report in a real browser: links, keyboard, map, a number of the reader's own, colours, print."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.page_helpers import screenshot
from tests.browser.pages import ALL, BOOK, OWN, UNITS, VERDICT
from tests.browser.report_helpers import (
    OPEN,
    box,
    card,
    choose,
    hits,
    in_sight,
    is_open,
    own,
    shown,
    wait_for_focus,
)
from workshop.ledger import ledger
from workshop.wording.words import WORD_OF

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]

RMSE = "ch05.text07.test_rmse"
OF_RMSE = [claim.id for claim in ledger().units["ch05.text07"].claims if not claim.ours]
FAILED = [name for name in ALL if VERDICT[name] == "failed"]  # they are open from the beginning


def opened(page: Page) -> set[str]:
    """Return what is open apart from failures."""
    ids = page.locator(OPEN).evaluate_all("all => all.map(one => one.id)")
    return {*ids} - {*FAILED} - {name.rpartition(".")[0] for name in FAILED}


# Links


@pytest.mark.parametrize("width", [400, 1200])
@pytest.mark.parametrize("name", [RMSE, "ch06.text12.sequence_unit", "ch04.text12", "ch01.ex01"])
def test_a_link_opens_its_card(name, width, visit, written):
    """The address of a claim or a unit shows its card open, in sight and in focus, and only that one."""
    page = visit(f"{written['report']}#{name}", width=width)
    screenshot(page, f"report-{width}-{name}")

    assert is_open(card(page, name))
    assert opened(page) <= {name, ".".join(name.split(".")[:2])}
    assert in_sight(page, name)
    wait_for_focus(page, name)


def test_the_contents_lead_to_each_part(visit, written):
    """Each part comes into sight, what is chosen stays chosen, and the contents mark where one is."""
    page = visit(f"{written['report']}?chapter=ch05")
    chosen = hits(page)
    links = page.get_by_role("navigation", name="On this page").get_by_role("link")
    names = [link.get_attribute("href").removeprefix("#") for link in links.all()]

    chapters = sorted({unit[:4] for unit in UNITS})
    assert names == [
        *("failed", "overview", "errata", "chapters"), *chapters, *("versions", "missing", "reading")
    ]  # fmt: skip
    for name, link in zip(names, links.all(), strict=True):
        if name in chapters and name != "ch05":
            continue  # the filter hides it
        link.click()
        heading = page.locator(f'[id="{name}"]').get_by_role("heading").first
        assert heading.evaluate("title => title.getBoundingClientRect().top < innerHeight")
        assert hits(page) == chosen
    page.wait_for_function("() => document.querySelector('.contents [aria-current]')?.hash === '#reading'")


def test_a_link_overrides_filters(visit, written):
    hidden = visit(f"{written['report']}?chapter=ch01#{RMSE}")
    kept = visit(f"{written['report']}?chapter=ch05#{RMSE}")

    assert in_sight(hidden, RMSE)
    assert hits(hidden) == f"{len(BOOK)} results"
    assert in_sight(kept, RMSE)
    assert hits(kept).startswith(f"{len(OF_RMSE)} of {len(BOOK)} results")


def test_a_link_to_a_check_of_our_own_shows_it(visit, written):
    """The switch goes on, so that the row is there; without the link it is not."""
    page = visit(f"{written['report']}#{OWN[0]}")

    assert in_sight(page, OWN[0])
    assert page.get_by_label("Show the suite's own").is_checked()
    assert hits(page) == f"{len(ALL)} results"
    assert not card(visit(written["report"]), OWN[0]).is_visible()


@pytest.mark.parametrize("rest", ["#ch05.text07.gone", "#%", "#", "?verdict=gone&colour=red", "?kind=gone"])
def test_an_address_that_names_nothing_opens_the_page(rest, visit, written):
    """A claim of another version, or a broken address, opens the page as it is."""
    page = visit(written["report"] + rest)

    assert hits(page) == f"{len(BOOK)} results"
    assert opened(page) == set()


def test_a_link_chooses_a_verdict(visit, written):
    page = visit(f"{written['report']}?verdict=wrong")

    assert box(page, "wrong").is_checked()
    assert shown(page) == [name for name in BOOK if WORD_OF[VERDICT[name]].key == "wrong"]
    choose(page, chapter=["ch04"])
    assert "verdict=wrong&chapter=ch04" in page.url


def test_links_inside_the_page(report):
    """A square leads to its claim, a card to its own, and Back to where one was."""
    square = report.locator(".map .q").nth(BOOK.index(RMSE))
    square.click()
    assert is_open(card(report, RMSE))
    assert in_sight(report, RMSE)

    erratum = report.locator(".erratum[data-claim]").first
    claim = erratum.get_attribute("data-claim")
    erratum.locator("summary").click()
    erratum.get_by_role("link").click()
    assert is_open(card(report, claim))
    assert in_sight(report, claim)

    report.go_back()
    assert report.url.endswith(f"#{RMSE}")
    wait_for_focus(report, RMSE)


# Map, colours, copying


def test_the_map_is_one_stop_for_keys(report):
    """Tab reaches one square, arrows the others, the line below says which, and Enter opens it."""
    squares = report.locator(".map .q")
    assert squares.count() == len(BOOK)
    assert squares.evaluate_all("all => all.filter(one => one.tabIndex === 0).length") == 1

    squares.first.focus()
    for key, place in (
        ("ArrowDown", 1),
        ("ArrowRight", 13),
        ("ArrowLeft", 1),
        ("End", len(BOOK) - 1),
        ("Home", 0),
    ):
        report.keyboard.press(key)
        assert report.locator(":focus").get_attribute("href") == f"#{BOOK[place]}"
        said = report.locator(".readout").inner_text()
        assert said.startswith(WORD_OF[VERDICT[BOOK[place]]].name)
    assert squares.evaluate_all("all => all.filter(one => one.tabIndex === 0).length") == 1
    report.keyboard.press("Enter")
    assert is_open(card(report, BOOK[0]))


def test_the_pointer_reads_the_map(report):
    first = report.locator(".readout").inner_text()
    report.locator(".map .q").nth(3).hover()
    assert ledger().claims[BOOK[3]].what in report.locator(".readout").inner_text()
    report.locator("h1").hover()
    assert report.locator(".readout").inner_text() == first


def test_the_button_changes_the_colours(report):
    button = report.locator("button.theme")
    papers = []
    for name in ("Light", "Dark", "Auto"):
        button.click()
        assert button.inner_text() == name
        papers.append(report.locator("body").evaluate("body => getComputedStyle(body).backgroundColor"))
    assert papers[0] == papers[2] != papers[1]


def test_our_own_checks_are_behind_one_switch(report):
    """They are in no total, and shown with the others if the reader asks for them."""
    legend = report.locator(".legend b").all_inner_texts()
    assert sum(map(int, legend)) == len(BOOK)

    own(report)

    assert hits(report) == f"{len(ALL)} results"
    assert report.locator(".legend b").all_inner_texts() == legend
    assert report.locator(".map .q").count() == len(BOOK)
    assert "own=1" in report.url


# Keyboard


def test_the_page_is_used_without_a_mouse(report):
    """From the link that skips to the results on, filters and rows are reached and used by keys alone."""
    press = report.keyboard.press
    press("Tab")
    assert report.locator(":focus").inner_text() == "Skip to the results"
    assert report.locator(":focus").evaluate("link => link.getBoundingClientRect().left >= 0")
    press("Enter")
    press("Tab")
    assert report.locator(":focus").get_attribute("name") == "verdict"

    press("Space")
    failed = [name for name in FAILED if name in BOOK]
    assert hits(report).startswith(f"{len(failed)} of {len(BOOK)} results")
    press("Space")
    assert hits(report) == f"{len(BOOK)} results"

    card(report, UNITS[2]).locator("summary").first.focus()
    press("Enter")
    if not is_open(card(report, UNITS[2])):
        press("Enter")
    first = next(name for name in BOOK if name.startswith(UNITS[2]) and name not in FAILED)
    card(report, first).locator("summary").first.focus()
    press("Space")
    assert is_open(card(report, first))


def test_what_is_in_focus_is_seen(report):
    """Everything that Tab reaches is outlined, the small boxes of the filters on their labels."""
    card(report, UNITS[4]).evaluate("card => card.open = true")
    card(report, RMSE).evaluate("card => card.open = true")
    reached = set()
    for _ in range(90):
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
    assert reached >= {"A", "SUMMARY", "INPUT", "BUTTON"}


def test_slash_leads_to_the_search(report):
    """`/` goes to the search from anywhere, and is a letter like any other where one types."""
    card(report, UNITS[-1]).locator("summary").first.focus()
    report.keyboard.press("/")
    report.keyboard.type("and/or")

    assert report.get_by_label("Search").input_value() == "and/or"
    assert report.get_by_label("Search").evaluate("field => field === document.activeElement")


def test_escape_gives_the_focus_back(report):
    """After a search the reader is where they were, and the next `/` is not a letter."""
    card(report, UNITS[-1]).locator("summary").first.focus()
    report.keyboard.press("/")
    report.keyboard.type("rmse")
    report.keyboard.press("Escape")

    assert report.get_by_label("Search").input_value() == ""
    wait_for_focus(report, UNITS[-1])
    report.keyboard.press("/")
    report.keyboard.type("a")
    assert report.get_by_label("Search").input_value() == "a"


def test_keys_inside_the_form_stay_there(report):
    """Escape in the field of one's own number leaves the filters alone, Enter loads nothing."""
    choose(report, chapter=["ch05"])
    report.evaluate("(name) => { location.hash = name; }", RMSE)
    form = card(report, RMSE).locator("form.mine")
    form.locator("input").fill("0.02")
    form.locator("input").press("Enter")
    form.locator("input").press("Escape")

    assert form.locator("input").input_value() == "0.02"
    assert box(report, "ch05").is_checked()
    assert hits(report).startswith(f"{len(OF_RMSE)} of {len(BOOK)} results")


# Print


# what is to be seen when the page goes to the printer
NOTE = """() => addEventListener("beforeprint", () => {
  window.lines = document.querySelectorAll("details.unit > summary").length;
  window.opened = document.querySelectorAll("details.unit[open]").length;
  const errata = [...document.querySelectorAll("details.errata-rest")];
  window.errata = errata.every((one) => one.open);
})"""


def test_print(report):
    """On paper, errors are open and each exercise has its line, without controls; then all is as before."""
    before = report.locator("details[open]").count()
    exercises = report.locator("details.unit[open]").count()
    report.evaluate(NOTE)

    report.pdf()

    assert report.evaluate("() => [window.lines, window.opened, window.errata]") == [
        len(UNITS),
        exercises,
        True,
    ]
    assert report.locator("details[open]").count() == before
    report.emulate_media(media="print")
    assert not report.locator("form.filters").is_visible()
    assert not report.locator("form.mine").first.is_visible()
