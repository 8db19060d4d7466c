"""The figures of the whole book in a real browser: labels have room, and the page keeps to its budgets."""

# ruff: noqa: E501  a line of JavaScript is a line

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.page_helpers import OPEN_ALL, barriers, screenshot, size_of
from workshop.ledger import ledger

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]
# errors whose figures need no data set
FIGURES = (
    *("ch02.act01.log", "ch07.ex05.text_confused", "ch04.act02.mad_hatter_together"),
    *("ch02.text02.update_only_if_better", "ch05.ex05.length_reduces_params"),
    *("ch03.text04.low_value_reading", "ch01.act01.only_perfect_squares", "ch04.ex04.below_one_reason"),
    "ch03.ex03.val_accuracy",
)
# what is wrong with the labels of the drawings that are shown
LABELS = """() => {
  const found = [];
  for (const svg of document.querySelectorAll(".f-part svg, .strips svg")) {
    if (!svg.checkVisibility()) continue;
    const frame = svg.getBoundingClientRect(), scale = frame.width / svg.viewBox.baseVal.width;
    const texts = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect(), text]);
    const where = svg.closest("details.unit")?.id;
    texts.forEach(([words, a, text], place) => {
      if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.top < frame.top - 1 || a.bottom > frame.bottom + 2) {
        found.push(`${where}: "${words}" leaves its drawing`);
      }
      const size = parseFloat(getComputedStyle(text).fontSize) * scale;
      if (size < 9.5 || (innerWidth >= 1280 && (size < 11.9 || size > 13.1))) found.push(`${where}: "${words}" has ${size.toFixed(1)} px`);
      for (const [others, b] of texts.slice(place + 1)) {
        const apart = a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 4 || b.bottom <= a.top + 4;
        if (!apart) found.push(`${where}: "${words}" meets "${others}"`);
      }
    });
  }
  return found;
}"""


@pytest.mark.parametrize("width", [1280, 390])
def test_no_label_is_cut_small_or_meets_another(width, visit, written, full):
    """In all drawings of the book, with everything open, where each region has a name of its own."""
    page = visit(written["whole"], width=width)
    page.evaluate(OPEN_ALL)
    regions = page.locator("[role=region]").evaluate_all("all => all.map((one) => one.ariaLabel)")
    assert len(regions) == len({*regions}) > 40
    if full:  # it takes as long as all the rest
        screenshot(page, f"figures-{width}")

    assert page.locator(".f-part svg").count() > 300
    assert page.evaluate(LABELS) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") == width


def test_a_label_that_is_cut_is_found(visit, written):
    page = visit(f"{written['whole']}#ch06.ex02", width=1280)
    assert page.evaluate(LABELS) == []
    for change, wrong in (
        ("text.setAttribute('x', '-20')", "leaves its drawing"),
        (
            "{ text.setAttribute('x', other.getAttribute('x')); text.setAttribute('y', other.getAttribute('y')); }",
            "meets",
        ),
        ("text.style.fontSize = '6px'", "px"),
    ):
        page.evaluate(
            f"() => {{ const [text, other] = document.querySelectorAll('.unit .f-part svg text'); {change} }}"
        )
        assert any(wrong in line for line in page.evaluate(LABELS))
        page.reload()
        page.wait_for_function("() => document.querySelector('.unit .f-part svg text')")


def test_the_page_keeps_to_its_budgets(visit, written):
    """2.5 MB, 40,000 elements as it opens, no exercise before somebody opens it, and 15 pages on paper."""
    page = visit(written["whole"], width=1280)

    assert size_of(written["whole"]) <= 2_500_000
    assert page.locator("*").count() <= 40_000
    assert page.locator("details.claim").count() == 0
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf())) <= 15


def test_cards_of_errors_have_small_figures(visit, written, full):
    """At most 23 rem wide, without a barrier; those that need data that are not here are left out."""
    page = visit(written["whole"], width=1280)
    cards = page.locator(".wall:not(.three) .erratum:has(figure)")
    wide = cards.locator("figure").evaluate_all("all => all.map((one) => one.offsetWidth)")

    assert {*FIGURES} <= {*cards.evaluate_all("all => all.map((one) => one.dataset.claim)")}
    assert 0 < min(wide) <= max(wide) <= 368
    assert barriers(page, every=full) == []


def test_a_link_prints_one_exercise_alone(visit, written):
    page = visit(written["whole"], width=1280)
    page.evaluate("() => { window.print = () => { window.printed = (window.printed ?? 0) + 1; }; }")
    for name in ("6.02", "ch06.ex02"):
        page.evaluate("(name) => { location.hash = `#print-${name}`; }", name)
        page.wait_for_function("() => document.body.classList.contains('print-one')")
        page.emulate_media(media="print")

        shown = page.locator("details.unit").evaluate_all(
            "all => all.filter((u) => u.checkVisibility()).map((u) => u.id)"
        )
        assert shown == ["ch06.ex02"]
        assert page.locator(".f-part svg:visible").count() >= 3
        assert not page.locator("#errata").is_visible()
        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf())) <= 5
        page.evaluate("() => { location.hash = '#overview'; }")
        page.wait_for_function("() => !document.body.classList.contains('print-one')")
    assert page.evaluate("() => window.printed") == 2
    assert page.locator("#errata").is_visible()


def test_an_exercise_opens_with_its_answer_its_sentences_and_its_figure(visit, written):
    """A click shows it above the results, in less than a tenth of a second of the page's own work."""
    page = visit(written["whole"], width=1280)
    unit = page.locator('[id="ch06.ex02"]')
    took = unit.evaluate(
        "(unit) => { const start = performance.now(); fill(unit); return performance.now() - start; }"
    )
    unit.locator("summary").first.click()

    answer, sentences, figure = unit.locator(".content > *").all()[:3]
    assert answer.get_attribute("class") == "answer"
    assert answer.inner_text().startswith("Test accuracy is ")
    assert sentences.inner_text() == " ".join(ledger().units["ch06.ex02"].procedure.split())
    assert figure.get_attribute("class") == "drawn"
    assert figure.locator("svg:visible").count() >= 3
    assert unit.locator("details.claim").count() == len(ledger().units["ch06.ex02"].claims)
    assert took < 100
