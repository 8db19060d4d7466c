"""A notebook's page and that of a class of thirty in a real browser: order, keys, phone, labels, budgets."""

from collections.abc import Callable
from itertools import product
from typing import TYPE_CHECKING

import pytest

from tests.browser.page_helpers import OPEN_ALL, screenshot, size_of
from tests.browser.pages import STUDENT
from tests.checking.a_class import EXERCISES, STUDENTS

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]
MOST = {"notebook": 400_000, "class": 300_000}  # bytes
# rectangles of the texts of each drawing that is seen, and what is wrong with them
LABELS = """() => {
  const wrong = [];
  for (const svg of document.querySelectorAll("svg.strip")) {
    const frame = svg.getBoundingClientRect();
    if (!frame.width) continue;
    const place = (text) => [text.textContent, text.getBoundingClientRect()];
    const texts = [...svg.querySelectorAll("text")].map(place);
    const size = 12 * frame.width / svg.viewBox.baseVal.width;
    if (size < 9.5) wrong.push(`${size} px`);
    let under = svg;
    while (getComputedStyle(under).backgroundColor === "rgba(0, 0, 0, 0)") under = under.parentNode;
    const ground = getComputedStyle(under).backgroundColor;
    if ([...svg.querySelectorAll("text")].some((text) => getComputedStyle(text).stroke !== ground)) {
      wrong.push("labels have a halo of another colour than what is under them");
    }
    texts.forEach(([name, a], index) => {
      if (a.left < frame.left - 1 || a.right > frame.right + 1) wrong.push(`${name} leaves its figure`);
      for (const [other, b] of texts.slice(index + 1)) {
        const sideways = a.right <= b.left || b.right <= a.left;
        if (!sideways && a.bottom > b.top + 3 && b.bottom > a.top + 3) wrong.push(`${name} meets ${other}`);
      }
    });
  }
  return wrong;
}"""


@pytest.mark.parametrize("name", MOST)
def test_a_page_is_small(name, written):
    assert 20_000 < size_of(written[name]) < MOST[name]


@pytest.mark.parametrize(("name", "width"), list(product(MOST, (390, 1280))))
def test_labels_neither_meet_nor_leave_their_figure(name, width, visit, written):
    page = visit(written[name], width=width)
    page.evaluate(OPEN_ALL)

    assert page.locator("svg.strip:visible").count() > 0
    assert page.evaluate(LABELS) == []
    page.evaluate("""() => {
      const all = [...document.querySelectorAll("svg.strip")];
      const seen = all.find((svg) => svg.getBoundingClientRect().width);
      const [one, other] = seen.querySelectorAll("text");
      for (const name of ["x", "y", "text-anchor"]) other.setAttribute(name, one.getAttribute(name) ?? "0");
      other.parentNode.removeAttribute("transform");
      one.parentNode.removeAttribute("transform");
    }""")
    assert page.evaluate(LABELS) != []


def test_the_worst_is_first_and_only_the_first_is_open(visit, written):
    """✘, ?, ≠, ✔; an opened card has its strip, what to look at and its results, which are folded."""
    page = visit(written["notebook"])
    cards = page.locator("details.card")
    signs = [sign.strip() for sign in cards.locator("> summary > .sign").all_inner_texts()]

    assert signs == sorted(signs, key="✘?≠✔–".index)
    assert set(signs) == set("✘?≠✔")
    assert [card.get_attribute("open") is not None for card in cards.all()] == [True] + [False] * (
        len(signs) - 1
    )
    assert page.locator("h1").inner_text().endswith("results are fine")
    first = cards.first
    assert "Other code: epochs is 20, in the book 30." in first.locator("> summary").inner_text()
    assert first.locator("svg.strip .me").count() == 2  # wide and narrow
    assert 0 < first.locator(".look li").count() <= 3
    assert not first.locator("table").is_visible()
    wrong = cards.nth(signs.index("≠"))
    wrong.locator("> summary").click()
    assert "error of the book" in wrong.locator(".print").inner_text()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_opened_cards_are_pictured(width, visit, written):
    page = visit(written["notebook"], width=width)
    page.evaluate(
        """() => { for (const one of document.querySelectorAll("details.card.off")) one.open = true; }"""
    )
    screenshot(page, f"notebook-opened-{width}", whole=True)

    assert page.evaluate("() => document.documentElement.scrollWidth") == width


# The class


def test_a_class_is_one_screen(visit, written):
    """The grid, the opened cell below it and the list at the side; rows have 30 px and scroll in the grid."""
    page = visit(written["class"], width=1440, height=900)
    rows = page.locator(".class tbody tr")

    assert rows.count() == STUDENTS
    assert page.locator(".class thead th").count() == len(EXERCISES) + 2
    boxes = [row.bounding_box() for row in rows.all()]
    assert {round(box["height"]) for box in boxes if box} == {30}
    opened, side = page.locator(".cell").bounding_box(), page.locator("#often").bounding_box()
    assert opened is not None
    assert side is not None
    assert opened["y"] + opened["height"] <= 900
    assert side["y"] < 300
    assert page.locator(".class tbody tr").last.inner_text().split("\t")[1] == "can’t be read"


def test_heads_and_names_stay(visit, written):
    page = visit(written["class"], width=700, height=700)
    places = [".class thead th >> nth=0", ".class tbody th >> nth=-1", ".class tfoot th >> nth=0"]
    page.locator(".grid-box").evaluate("(box) => box.scrollTo(9999, 9999)")
    box = page.locator(".grid-box").bounding_box()
    assert box is not None

    for place in places:
        head = page.locator(place).bounding_box()
        assert head is not None
        assert abs(head["x"] - box["x"]) < 2
    top = page.locator(".class thead th >> nth=3").bounding_box()
    assert top is not None
    assert abs(top["y"] - box["y"]) < 2


def test_cells_have_a_sign_and_a_count_that_the_sums_add_up(visit, written):
    page = visit(written["class"])
    columns = page.evaluate("""() => {
      const table = document.querySelector(".class table"), all = [...table.tBodies[0].rows].slice(0, -1);
      const column = (rows, index) => [...rows].map((row) => row.cells[index + 1].textContent);
      return [...table.tHead.rows[0].cells].slice(1, -1).map(
        (_, index) => [column(all, index), column(table.tFoot.rows, index)]);
    }""")

    for cells, (differ, missing) in columns:
        assert sum("✘" in cell for cell in cells) == int(differ or 0)
        assert cells.count("·") == int(missing or 0)
    texts = [cell for cells, _ in columns for cell in cells]
    assert sum(cell.startswith("✔ ") for cell in texts) > 200
    assert {cell.split(" ")[0] for cell in texts} == set("✔✘?≠·")


def test_arrow_keys_move_and_open(visit, written):
    """There is one tab stop; keys go over what was not found, and stop at the edges."""
    page = visit(written["class"])
    focus = """() => {
      const cell = document.activeElement.closest("td");
      return [cell.parentNode.rowIndex, cell.cellIndex];
    }"""
    assert page.locator(".class td button[tabindex='0']").count() == 1
    page.locator(".class tbody tr").first.locator("button").first.click()

    seen = []
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowUp", "ArrowLeft", "End", "Home"):
        page.keyboard.press(key)
        seen.append(tuple(page.evaluate(focus)))
    assert seen == [(1, 2), (2, 2), (2, 1), (1, 1), (1, 1), (1, 1), (1, len(EXERCISES)), (1, 1)]
    assert page.locator(".class td button[tabindex='0']").count() == 1
    assert page.locator(".class td[aria-selected]").count() == 1
    page.locator(".class tbody tr").nth(STUDENT - 1).locator("button").nth(
        EXERCISES.index("ch02.act01")
    ).click()
    said = page.locator(".cell").inner_text()
    assert f"student-{STUDENT}.ipynb · Activity 2.01" in said
    assert "Other code: epochs is 20, in the book 30." in said
    assert page.locator(".cell svg.strip .me text").text_content() != ""
    name = page.locator(".class td[aria-selected] button").get_attribute("aria-label")
    assert name is not None
    assert name.endswith("Other code: epochs is 20, in the book 30.")


def test_what_is_most_often_wrong_is_ranked(visit, written):
    """The most frequent first, each with its share; a notebook that stopped and a broken one are named."""
    page = visit(written["class"])
    files = [int(text.split(" ")[0]) for text in page.locator("#often ~ ol .share span").all_inner_texts()]

    assert files == sorted(files, reverse=True)
    assert "5.04: Other code: batch_size is 32, in the book 1." in page.locator("#often ~ ol").inner_text()
    assert "stops in cell" in page.locator(".side").inner_text()
    assert "not a notebook" in page.locator(".side").inner_text()


def test_a_phone_scrolls_the_grid_alone(visit, written):
    page = visit(written["class"], width=390, height=844)
    box = page.locator(".grid-box")

    assert page.evaluate("() => document.documentElement.scrollWidth") == 390
    assert box.evaluate("(box) => box.scrollWidth > box.clientWidth + 100")
    box.evaluate("(box) => { box.scrollLeft = 300; }")
    name = page.locator(".class tbody th").first.bounding_box()
    assert name is not None
    assert name["x"] >= 0
    screenshot(page, "class-390-scrolled")
