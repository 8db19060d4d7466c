"""The report in a real browser: filters, search, links, keyboard, a number of the reader's own, print."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.pages import UNITS, claims, run
from workshop.ledger import Claim, ledger
from workshop.reporting.report.normal import assess
from workshop.reporting.report.samples import recorded
from workshop.verification.verdicts import VERDICTS

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

RMSE = "ch05.text07.test_rmse"
LOSSES = "ch05.text07.epoch1"
ALL = [claim.id for claim in claims()]
VERDICT = {record.id: record.verdict for record in run().claims}


# Looking and choosing


def shown(page: Page) -> list[str]:
    """Return the ids of the claims that a reader sees, in the order of the page."""
    return page.evaluate(
        """() => [...document.querySelectorAll("details.claim")]
        .filter((claim) => claim.checkVisibility()).map((claim) => claim.id)"""
    )


def hits(page: Page) -> str:
    """Return what the page says of how many claims match."""
    return page.get_by_role("status").first.inner_text()


def box(page: Page, value: str) -> Locator:
    """Return the checkbox of a verdict or a chapter."""
    return page.locator(f'form.filters input[type=checkbox][value="{value}"]')


def label(page: Page, value: str) -> Locator:
    """Return its label, which is what a reader sees of it."""
    return page.locator(f'form.filters label:has(input[value="{value}"])')


def choose(page: Page, **values: str | list[str]) -> None:
    """Choose in the filters as a reader does: by a click on a label, from a list, by typing."""
    for name, value in values.items():
        if isinstance(value, list):
            for one in value:
                label(page, one).click()
        elif name == "search":
            page.get_by_label("Search").fill(value)
        else:
            page.get_by_label(name.capitalize()).select_option(value)


def card(page: Page, name: str) -> Locator:
    """Return the card of a unit or a claim."""
    return page.locator(f'details[id="{name}"]')


def is_open(card: Locator) -> bool:
    """Whether a card is open."""
    return card.evaluate("card => card.open")


def focused(page: Page) -> str:
    """Return the id of the element in focus, or of the nearest around it."""
    return page.evaluate("() => document.activeElement.closest('[id]')?.id ?? ''")


# Filters and search


def test_the_page_opens_at_a_glance(report: Page) -> None:
    """All units are there, all cards are closed, nothing is filtered."""
    assert report.locator("details.unit:visible").count() == len(UNITS)
    assert shown(report) == []
    assert hits(report) == f"{len(ALL)} claims"
    assert report.locator("details[open]").count() == 0


# what is chosen, which claims are left
FILTERS: list[tuple[dict[str, str | list[str]], Callable[[Claim], bool]]] = [
    ({"verdict": ["refuted"]}, lambda c: VERDICT[c.id] == "refuted"),
    ({"verdict": ["not testable"]}, lambda c: VERDICT[c.id] == "not testable"),
    ({"verdict": ["failed", "changed"]}, lambda c: VERDICT[c.id] in {"failed", "changed"}),
    ({"chapter": ["ch04"]}, lambda c: c.id.startswith("ch04.")),
    ({"chapter": ["ch01", "ch06"]}, lambda c: c.id[:4] in {"ch01", "ch06"}),
    ({"kind": "stochastic"}, lambda c: c.kind == "stochastic"),
    ({"needs": "text8"}, lambda c: "text8" in c.needs),
    ({"needs": "nothing"}, lambda c: not c.needs),
    ({"verdict": ["pending"], "chapter": ["ch05"]}, lambda c: c.unit == UNITS[4] and VERDICT[c.id] == "pending"),
    ({"kind": "exact", "chapter": ["ch02"], "verdict": ["reproduced"]}, lambda c: c.id == "ch02.text01.weight_dim"),
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
    """The number beside a verdict, a kind or a data set is that of the claims that choosing it leaves."""
    for verdict in VERDICTS:
        label(report, verdict).click()
        assert label(report, verdict).inner_text() == f"{verdict} {len(shown(report))}"
        label(report, verdict).click()
    for name in ("Kind", "Needs"):
        field = report.get_by_label(name)
        options = field.locator("option").evaluate_all("all => all.map(one => [one.value, one.text])")
        for value, text in options[1:]:
            field.select_option(value)
            assert text == f"{value} ({len(shown(report))})"
        field.select_option("")


# what is typed, and the claims that have all of its words in id, title, line or description
SEARCHES = [
    (RMSE, [RMSE]),
    ("WEIGHTS_File", ["ch01.ex01.weights_file"]),
    ("  Averages   EVEN ", ["ch05.text07.simple_average"]),
    ("drove lemmatization", ["ch04.text05.sentence", "ch04.text05.drove"]),
    ("gtts_service", ["ch01.ex01.audio_file"]),
    ("aapl_csv wall", ["ch05.text07.epoch_seconds"]),
    ("no_such_word", []),
    ("<b>&(", []),
]


@pytest.mark.parametrize(("typed", "expected"), SEARCHES)
def test_search(typed: str, expected: list[str], report: Page) -> None:
    """All words must be there, in any order, in small letters or capitals."""
    choose(report, search=typed)

    assert shown(report) == expected
    assert hits(report) == f"{len(expected)} of {len(ALL)} claims"


@pytest.mark.parametrize("way", ["button", "Escape"])
def test_filters_are_cleared(way: str, report: Page) -> None:
    """The button and Escape bring all units back, empty the fields and leave a plain address."""
    choose(report, search="rmse", verdict=["failed"], kind="stochastic", needs="aapl_csv")
    assert hits(report) != f"{len(ALL)} claims"

    if way == "button":
        report.get_by_role("button", name="Clear").click()
    else:
        report.keyboard.press("Escape")

    assert hits(report) == f"{len(ALL)} claims"
    assert report.locator("details.unit:visible").count() == len(UNITS)
    assert report.locator("form.filters :checked:is(input)").count() == 0
    assert report.get_by_label("Search").input_value() == ""
    assert "?" not in report.url


def test_the_address_restores_filters(report: Page, visit: Callable[..., Page]) -> None:
    """What is chosen stands in the address: opened anew, it shows the same claims and the same choices."""
    choose(report, search="RMSE", verdict=["unavailable", "not testable"], kind="stochastic", needs="aapl_csv")
    before = shown(report)

    again = visit(report.url)

    assert before == ["ch05.text07.train_rmse"]
    assert shown(again) == before
    assert again.get_by_label("Search").input_value() == "RMSE"
    assert box(again, "not testable").is_checked()
    assert not box(again, "failed").is_checked()
    assert again.get_by_label("Needs").input_value() == "aapl_csv"


# Links


def in_sight(page: Page, name: str) -> bool:
    """Whether a reader sees the line of a card: it is in the window, and nothing lies over it."""
    return card(page, name).locator("summary").first.evaluate(
        """(line) => {
          const {left, top, right, bottom} = line.getBoundingClientRect();
          const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
          return line === over || line.contains(over);
        }"""
    )


@pytest.mark.parametrize("width", [400, 1200])
@pytest.mark.parametrize("name", [RMSE, "ch06.text12.sequence_unit", "ch04.text12", "ch01.ex01"])
def test_a_link_opens_its_card(name: str, width: int, visit: Callable[..., Page], written: dict[str, str]) -> None:
    """The address of a claim or a unit shows its card open, in sight and in focus, and only that one."""
    page = visit(f"{written['report']}#{name}", width=width)

    unit = ".".join(name.split(".")[:2])
    assert page.locator("details[open]").evaluate_all("all => all.map(one => one.id)") == [
        *([unit] if unit != name else []),
        name,
    ]
    assert in_sight(page, name)
    assert focused(page) == name


def test_a_link_overrides_filters(visit: Callable[..., Page], written: dict[str, str]) -> None:
    """Filters that hide what the address names are cleared; those that show it stay."""
    hidden = visit(f"{written['report']}?chapter=ch01#{RMSE}")
    kept = visit(f"{written['report']}?chapter=ch05#{RMSE}")

    assert in_sight(hidden, RMSE)
    assert hits(hidden) == f"{len(ALL)} claims"
    assert in_sight(kept, RMSE)
    assert hits(kept) == f"{len(ledger().units[UNITS[4]].claims)} of {len(ALL)} claims"


@pytest.mark.parametrize("rest", ["#ch05.text07.gone", "#%", "#", "?verdict=gone&colour=red", "?kind=gone"])
def test_an_address_that_names_nothing_opens_the_page(
    rest: str, visit: Callable[..., Page], written: dict[str, str]
) -> None:
    """A claim of another version, or a broken address, opens the page as it is."""
    page = visit(written["report"] + rest)

    assert hits(page) == f"{len(ALL)} claims"
    assert page.locator("details[open]").count() == 0


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
    runs = recorded(ledger().claims[RMSE], "cpu")

    form.locator("input").fill(typed)
    told = form.locator("output p").all_inner_texts()
    form.locator("input").fill("")

    try:
        expected = list(assess(typed, runs.numbers[""].tolist(), naive=0.5, made=runs.made).lines)
    except ValueError as error:
        expected = [str(error)]
    assert told == expected
    assert form.locator("output").inner_text() == ""


def test_one_of_several_numbers(report: Page) -> None:
    """Where a claim has several numbers, the list says which one is meant, and the answer changes with it."""
    form = asked(report, LOSSES)
    runs = recorded(ledger().claims[LOSSES], "cpu")
    form.locator("input").fill("0.002")

    told = {}
    for name in runs.numbers:
        form.get_by_label("of").select_option(name)
        told[name] = form.locator("output p").all_inner_texts()

    assert list(told) == ["loss", "val_loss"]
    for name, values in runs.numbers.items():
        assert told[name] == list(assess("0.002", values.tolist(), made=runs.made).lines)


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


def test_print(report: Page) -> None:
    """On paper, findings are open and every claim has its line, without controls; the screen stays as it was."""
    report.evaluate(
        """() => addEventListener("beforeprint", () => {
          window.printed = [...document.querySelectorAll("details.claim")].filter((one) => one.checkVisibility()).length;
          window.findings = [...document.querySelectorAll("details.findings")].every((one) => one.open);
        })"""
    )

    paper = report.pdf()

    assert paper.startswith(b"%PDF")
    assert report.evaluate("() => [window.printed, window.findings]") == [len(ALL), True]
    assert report.locator("details[open]").count() == 0
    report.emulate_media(media="print")
    assert not report.locator("form.filters").is_visible()
    assert not report.locator("form.mine").first.is_visible()
