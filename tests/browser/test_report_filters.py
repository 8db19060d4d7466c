"""The report in a real browser: filters and search."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.page_helpers import barriers
from tests.browser.pages import ALL, BOOK, VERDICT, claims, run
from tests.browser.report_helpers import (
    box,
    card,
    choose,
    hits,
    in_sight,
    label,
    own,
    shown,
    unfold,
    wait_for_focus,
)
from workshop.ledger import Claim, ledger
from workshop.reporting.report.missing_data import missing
from workshop.wording.words import NOT_HOLDING, WORD_OF, WORDS

if TYPE_CHECKING:
    pass


BOOK_UNITS = list(dict.fromkeys(name.rpartition(".")[0] for name in BOOK))
KEY = {name: WORD_OF[verdict].key for name, verdict in VERDICT.items()}
KEYS = [word.key for word in WORDS if word.key in KEY.values()]


def said(n: int) -> str:
    """Return what the page says of the number of results that are left."""
    return f"{n} of {len(BOOK)} results, in "


def test_the_page_opens_at_a_glance(report):
    """All units are there, only failures are open, nothing is filtered."""
    assert report.locator("details.unit:visible").count() == len(BOOK_UNITS)
    assert hits(report) == f"{len(BOOK)} results"
    opened = report.locator("details.claim[open]").evaluate_all("all => all.map(one => one.id)")
    assert opened == [name for name in ALL if VERDICT[name] == "failed"]


# what is chosen, which claims are left
FILTERS: list[tuple[dict[str, str | list[str]], Callable[[Claim], bool]]] = [
    ({"verdict": ["wrong"]}, lambda c: VERDICT[c.id] in {"corrected", "refuted"}),
    ({"verdict": ["not-testable"]}, lambda c: VERDICT[c.id] == "not testable"),
    ({"verdict": ["failed", "changed"]}, lambda c: VERDICT[c.id] in {"failed", "changed"}),
    ({"chapter": ["ch04"]}, lambda c: c.id.startswith("ch04.")),
    ({"chapter": ["ch01", "ch06"]}, lambda c: c.id[:4] in {"ch01", "ch06"}),
    ({"kind": "stochastic"}, lambda c: c.kind == "stochastic"),
    ({"evidence": "printed"}, lambda c: c.evidence == "printed"),
    ({"needs": "text8"}, lambda c: "text8" in c.needs),
    ({"needs": "nothing"}, lambda c: not c.needs),
    (
        {"verdict": ["not-testable"], "chapter": ["ch05"]},
        lambda c: VERDICT[c.id] == "not testable" and c.unit.startswith("ch05"),
    ),
    ({"kind": "exact", "chapter": ["ch02"], "verdict": ["holds"]},
     lambda c: c.id == "ch02.text01.n_weights"),
    ({"search": "sigmoid", "kind": "close"}, lambda c: c.id == "ch02.text01.sigmoid_derivative"),
    ({"kind": "bound", "chapter": ["ch06"]}, lambda c: False),
]  # fmt: skip


def test_filters(report):
    """What matches every filter is shown, opened to its line; of several boxes of a filter one suffices."""
    for values, left in FILTERS:
        choose(report, **values)

        expected = [claim.id for claim in claims() if left(claim) and not claim.ours]
        assert (values, shown(report)) == (values, expected)
        assert hits(report).startswith(said(len(expected)))
        report.keyboard.press("Escape")


def test_units_without_a_match_are_gone(report):
    """Units and chapters without a match vanish; their squares of the map stay, faded."""
    choose(report, chapter=["ch04"])

    assert report.locator("details.unit:visible").count() == 2
    assert report.locator("section.chapter:visible").count() == 1
    faded = report.locator(".map .q.out").evaluate_all("all => all.map(one => one.hash.slice(1))")
    assert faded == [name for name in BOOK if not name.startswith("ch04")]
    assert report.locator(".map .q:visible").count() == len(BOOK)


def test_every_choice_leaves_as_many_as_it_says(report):
    """The number of a verdict, a kind or a data set is that of the claims that choosing it leaves."""
    for key in KEYS:
        label(report, key).click()
        assert label(report, key).inner_text().split()[-1] == str(len(shown(report)))
        label(report, key).click()
    unfold(report)
    for name in ("Kind", "Evidence", "Needs"):
        field = report.get_by_label(name)
        options = field.locator("option").evaluate_all("all => all.map(one => [one.value, one.text])")
        for value, text in options[1:]:
            field.select_option(value)
            assert text == f"{value} ({len(shown(report))})"
        field.select_option("")


# what is typed, and the claims that have all of its words in id, title, line or description
SEARCHES = [
    ("ch05.text07.test_rmse", ["ch05.text07.test_rmse"]),
    ("WEIGHTS_File", ["ch01.ex01.weights_file"]),
    ("  Averages   EVEN ", ["ch05.text07.simple_average"]),
    ("drove lemmatization", ["ch04.text05.sentence", "ch04.text05.lemma_pos", "ch04.text05.drove"]),
    ("gtts_service", ["ch01.ex01.audio_file"]),
    ("5.03", [name for name in BOOK if name.startswith("ch05.text07")]),
    ("Exercise 1.01", [name for name in BOOK if name.startswith("ch01.ex01")]),
    ("after 5.03", [name for name in BOOK if name.startswith("ch05.text07")]),
    ("activity 5.03", []),
    ("05.03", [name for name in BOOK if name.startswith("ch05.text07")]),
    ("p. 245", [name for name in BOOK if name.startswith("ch05.text07")]),
    ("page 246", [name for name in BOOK if name.startswith("ch05.text07")]),
    ("no_such_word", []),
    ("<b>&(", []),
]


def test_search(report):
    """A number is that of an exercise, "p." a page; else all words must be there, in any order."""
    for typed, expected in SEARCHES:
        choose(report, search=typed)

        assert (typed, shown(report)) == (typed, expected)
        assert hits(report).startswith(said(len(expected)))


def test_our_own_checks_are_found_if_they_are_shown(report):
    """The search leaves them out, as all totals do, until the switch is on."""
    choose(report, search="aapl_csv hardly")
    assert shown(report) == []

    own(report)
    assert shown(report) == ["ch05.text07.no_better_than_naive"]


def test_suggestions(report):
    search, suggestions = report.get_by_label("Search"), report.locator(".suggestions")
    search.fill("sigmoid")
    assert "Opening" in suggestions.locator("a").first.inner_text()
    search.press("ArrowDown")
    assert suggestions.locator("a").first.evaluate("link => link === document.activeElement")
    report.keyboard.press("Enter")
    wait_for_focus(report, "ch02.text01")
    assert not suggestions.is_visible()

    search.fill("exercise 1.01")
    search.press("Enter")
    wait_for_focus(report, "ch01.ex01")
    assert in_sight(report, "ch01.ex01")
    assert not suggestions.is_visible()

    search.fill("xyzzy")
    assert suggestions.inner_text().startswith("Nothing found.")
    search.press("Escape")
    assert not suggestions.is_visible()


def test_one_result_is_opened(report):
    search = report.get_by_label("Search")
    search.fill("averages even")
    search.press("Enter")

    wait_for_focus(report, "ch05.text07.simple_average")
    assert card(report, "ch05.text07.simple_average").evaluate("claim => claim.open")


# choices that no claim has, and their description
NOTHING: list[tuple[dict[str, str | list[str]], str]] = [
    ({"search": " No_such Word"}, "“No_such Word”"),
    ({"kind": "bound", "chapter": ["ch06"]}, "chapter ch06, kind bound"),
    ({"verdict": ["failed", "changed"], "needs": "gtts_service", "chapter": ["ch02", "ch04"]},
     "verdict failed or changed, chapter ch02 or ch04, needs gtts_service"),
]  # fmt: skip


def test_nothing_found(report, full):
    """Where no claim matches, the page says what was asked, and one button shows all claims again."""
    button = report.get_by_role("button", name="Clear search and filters")
    for number, (values, text) in enumerate(NOTHING):
        assert button.count() == 0

        choose(report, **values)
        assert report.locator(".none p").inner_text().startswith(f"No result matches {text}. Try")
        if full or number == 0:
            assert barriers(report, every=full) == []
        button.click()

        assert hits(report) == f"{len(BOOK)} results"
        assert report.get_by_label("Search").evaluate("field => field === document.activeElement")
    assert button.count() == 0


def test_counts_follow_the_other_filters(report):
    """With a chapter and a word chosen, each further choice leaves as many claims as it says."""
    choose(report, search="stem", chapter=["ch04"])
    verdicts = {key: int(label(report, key).locator("small").inner_text()) for key in KEYS}
    others = {
        chapter: int(label(report, chapter).locator("small").inner_text()) for chapter in ("ch01", "ch05")
    }
    found = len(shown(report))

    assert sum(verdicts.values()) == found
    assert 0 < found < len([claim for claim in BOOK if claim.startswith("ch04.")])
    for verdict, n in verdicts.items():
        label(report, verdict).click()
        assert len(shown(report)) == n
        label(report, verdict).click()
    for chapter, n in others.items():
        label(report, chapter).click()
        assert len(shown(report)) == found + n
        label(report, chapter).click()


def test_what_is_left_begins_below_the_filters(report):
    """Far down the page, where only the search is in sight, it leads back to the first that it leaves."""
    choose(report, chapter=["ch05"])
    report.evaluate("scrollTo(0, document.body.scrollHeight)")
    report.keyboard.press("/")
    report.keyboard.type("rmse")
    first = report.locator("details.unit:visible").first

    assert first.get_attribute("id") == "ch05.text07"
    assert in_sight(report, "ch05.text07")


def test_figures_make_room_for_what_is_left(report):
    """A unit's figures are seen with its claims, and closed where the filters leave a list of claims."""
    unit = card(report, "ch02.text01")
    unit.evaluate("unit => { unit.open = true; fill(unit); }")
    shown = unit.locator(".drawn .f-parts svg:visible")  # other units may be open, too
    assert shown.count() == 1

    choose(report, chapter=["ch02"])
    assert unit.locator(".drawn > summary:visible").count() == 1
    assert shown.count() == 0

    report.keyboard.press("Escape")
    assert shown.count() == 1


def test_above_the_claims_a_choice_moves_nothing(report):
    choose(report, chapter=["ch04"])
    report.evaluate("scrollTo(0, 0)")

    report.keyboard.press("Escape")

    assert hits(report) == f"{len(BOOK)} results"
    assert report.evaluate("scrollY") == 0


# a part of the page, the text of a link in it, and the claims it leads to
GLANCES: list[tuple[str, str, Callable[[Claim], bool]]] = [
    (".legend", "wrong in print", lambda c: KEY[c.id] == "wrong"),
    (".legend", "have no data", lambda c: KEY[c.id] == "no-data"),
    ("#ch05", "not hold", lambda c: c.id.startswith("ch05.") and WORD_OF[VERDICT[c.id]] in NOT_HOLDING),
    ("#ch06", "not hold", lambda c: c.id.startswith("ch06.") and WORD_OF[VERDICT[c.id]] in NOT_HOLDING),
]


@pytest.mark.parametrize(("place", "text", "expected"), GLANCES)
def test_one_click_shows_what_a_number_counts(place, text, expected, report):
    """Each number of the legend and of a chapter leads to its results, and Back undoes it."""
    link = report.locator(place).get_by_role("link", name=text).first
    ids = [claim.id for claim in claims() if expected(claim) and not claim.ours]
    assert link.inner_text().split()[0] == str(len(ids))

    link.click()

    assert shown(report) == ids
    assert hits(report).startswith(said(len(ids)))
    assert in_sight(report, ids[0].rpartition(".")[0])
    report.go_back()
    assert hits(report) == f"{len(BOOK)} results"


def test_missing_data_lead_to_their_claims(report):
    """Each missing data set has its command, and leads to the claims that need it."""
    section = report.locator("#missing")
    data = missing(run(), ledger())
    assert [one.name for one in data if one.name]
    for number, one in enumerate(data):
        row = section.locator("tbody tr").nth(number)
        row.locator("summary").click()
        assert one.remedy in row.inner_text()
        assert row.locator("details a").all_inner_texts() == [*one.unavailable, *one.supported]
        leads = [str(len(ids)) for ids in (one.unavailable, one.supported) if ids and one.name]
        assert row.locator("a[href^='?']").all_inner_texts() == leads
    assert "workshop data fetch --missing" in section.inner_text()
    section.locator("a[href^='?']").first.click()
    assert shown(report) == [*next(one.unavailable for one in data if one.name and one.unavailable)]


@pytest.mark.parametrize("way", ["button", "Escape"])
def test_filters_are_cleared(way, report):
    """The button and Escape bring all units back, empty the fields and leave a plain address."""
    choose(report, search="rmse", verdict=["failed"], kind="stochastic", needs="aapl_csv")
    assert hits(report) != f"{len(BOOK)} results"

    if way == "button":
        report.get_by_role("button", name="Clear", exact=True).click()
    else:
        report.keyboard.press("Escape")

    assert hits(report) == f"{len(BOOK)} results"
    assert report.locator("details.unit:visible").count() == len(BOOK_UNITS)
    assert report.locator("form.filters :checked:is(input)").count() == 0
    assert report.get_by_label("Search").input_value() == ""
    assert "?" not in report.url


def test_the_address_restores_filters(report, visit):
    """The address has the choices: opened again, it shows the same claims and the same choices."""
    verdicts = ["failed", "changed"]
    choose(report, search="Loss", verdict=verdicts, kind="stochastic", needs="aapl_csv")
    before = shown(report)

    again = visit(report.url)

    assert before
    assert shown(again) == before
    assert again.get_by_label("Search").input_value() == "Loss"
    assert box(again, "changed").is_checked()
    assert not box(again, "wrong").is_checked()
    assert again.get_by_label("Needs").input_value() == "aapl_csv"
