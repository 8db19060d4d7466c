"""Is my number normal? The form and the strip of the report in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.pages import run
from tests.browser.report_helpers import card
from workshop.ledger import ledger
from workshop.reporting.own_number import OwnNumber, lines, own_numbers
from workshop.statistics.own_number import place_number

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

RMSE = "ch05.text07.test_rmse"
LOSSES = "ch05.text07.epoch1"
SPLIT = "ch04.text05.sentence"


def asked(page: Page, claim: str) -> Locator:
    """Open a claim and return its form for the reader's own number."""
    page.evaluate("(name) => { location.hash = name; }", claim)
    return card(page, claim).locator("form.mine")


def known(name: str) -> dict[str, OwnNumber]:
    """Return what the numbers of a claim of the made-up run are compared with."""
    record = next(record for record in run().claims if record.id == name)
    claim = ledger().claims[name]
    return own_numbers(claim, ledger(), record.sample, record)


def expected(typed: str, number: OwnNumber) -> list[str]:
    """Return the lines that Python gives, with the sign that the page puts first."""
    placed = place_number(typed, number)
    first, *others = lines(typed, placed, number)
    signed = placed.answer != "no number" and not placed.answer.startswith("diverged")
    return [f"{placed.state} {first}" if signed else first, *others]


def answered(form: Locator) -> list[str]:
    """Return the lines of the answer."""
    return form.locator("output p").all_inner_texts()


def labels(page: Page, claim: str) -> list[str]:
    """Return the labels of the typed number that are seen on the strips of a claim."""
    texts = card(page, claim).locator("svg.strip .me text").all()
    return [text.text_content() or "" for text in texts if text.is_visible()]


def test_a_number_of_ones_own(report):
    """The page says of a typed number what `workshop show --mine` says, and nothing of an empty field."""
    form = asked(report, RMSE)

    for typed in ("0.02", "0,02", "2.7%", "0.9", "-1", "1,121", "nonsense"):
        form.locator("input").fill(typed)
        said = answered(form)
        form.locator("input").fill("")

        assert said == expected(typed, known(RMSE)[""])
        assert form.locator("output").inner_text() == ""
        assert labels(report, RMSE) == []


PLACES = [
    ("0.04", "yours 0.04"),
    ("0,04", "yours 0,04"),
    ("-3", "← yours -3"),
    ("9", "yours 9 →"),
    ("no", None),
]


@pytest.mark.parametrize("width", [320, 400, 1280])
def test_the_typed_number_is_drawn(width, visit, written):
    """A line with its label is on the strip that is shown, where the number is, or an arrow at its edge."""
    page = visit(f"{written['report']}#{RMSE}", width=width)
    for typed, label in PLACES:
        asked(page, RMSE).locator("input").fill(typed)
        _is_drawn(page, typed, label, width)


def _is_drawn(page: Page, typed: str, label: str | None, width: int) -> None:
    strips = [strip for strip in card(page, RMSE).locator("svg.strip").all() if strip.is_visible()]
    (strip,) = strips
    assert labels(page, RMSE) == ([label] if label else [])
    if label is None:
        return
    left, right, at = strip.evaluate(
        """(strip) => {
          const box = (part) => strip.querySelector(part).getBoundingClientRect();
          return [box(".axis").left, box(".axis").right, box(".me path").left];
        }"""
    )
    low, high = (float(strip.get_attribute(f"data-{end}") or "") for end in ("low", "high"))
    assert strip.get_attribute("data-scale") == "log"
    value = min(max(float(typed.replace(",", ".")), low), high)
    share = strip.evaluate("(_, [v, l, h]) => Math.log(v / l) / Math.log(h / l)", [value, low, high])
    assert abs(at - (left + share * (right - left))) < 3
    text = strip.locator(".me text").bounding_box()
    assert text is not None
    assert text["x"] >= 0
    assert text["x"] + text["width"] <= width


def test_one_of_several_numbers(report):
    """The list says which number is meant; the answer and the strip change with it."""
    form = asked(report, LOSSES)
    form.locator("input").fill("0.002")

    said, drawn = {}, []
    for name in known(LOSSES):
        form.get_by_label("of").select_option(name)
        said[name] = answered(form)
        figures = card(report, LOSSES).locator(".strips > figure").all()
        drawn.append([figure.locator(".me").count() > 0 for figure in figures])

    assert list(said) == ["loss", "val_loss"]
    assert said == {name: expected("0.002", number) for name, number in known(LOSSES).items()}
    assert drawn == [[True, False], [False, True]]


def test_a_claim_without_recorded_runs(report):
    name = next(
        record.id
        for record in run().claims
        if len(known(record.id)) == 1 and next(iter(known(record.id).values())).runs is None
    )
    form = asked(report, name)
    (number,) = known(name).values()
    assert number.printed is not None
    for typed in (repr(number.printed[0]), "123456.789"):
        form.locator("input").fill(typed)
        assert answered(form) == expected(typed, number)
    assert not known(SPLIT)
    assert asked(report, SPLIT).count() == 0
