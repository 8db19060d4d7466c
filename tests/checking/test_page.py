"""What the pages of a check are made of, from made-up judgements; strips are drawn of the right numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.checking.test_views import (
    BAD,
    BROKEN,
    CLASS,
    ERRATUM,
    FAR,
    FITS,
    GOOD,
    NOTEBOOK,
    PRINT,
    SLIP,
    judged,
)
from workshop.checking import page
from workshop.checking.checks import Report, UnitCheck
from workshop.statistics.own_number import Placed

TRAIN = replace(PRINT, numbers={"": 0.04}, placed={"": Placed("equals the printed value")})
TEST = replace(FAR, placed={"": Placed("beyond all runs")})


@pytest.fixture
def content(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that gives what a page is made of, with what strips are drawn of."""
    monkeypatch.setattr(page, "render", lambda template, content: {**content, "template": template})

    def strip(*given: Any, narrow: bool) -> Any:
        return SimpleNamespace(words=(*given, narrow), svg="svg")

    monkeypatch.setattr(page, "_strip", strip)
    return lambda make, what: make(what)


def test_the_page_of_a_notebook(content: Any) -> None:
    found: Mapping[str, Any] = content(page.report_page, NOTEBOOK)
    assert found["template"] == "check.html.j2"
    assert found["title"] == "mine.ipynb, checked"
    assert [found[name] for name in ("compared", "unusual", "differ", "as_a_whole")] == [6, 1, 1, 0]
    groups = [(text, [card.number for card in its]) for text, its in found["groups"]]
    assert groups == [
        ("", ["5.04", "Activity 2.01"]), ("As it should be", ["2.04"]), ("Not compared", ["Activity 6.01"]),
    ]  # fmt: skip
    assert found["headline"] == "3 of 6 results are fine"
    assert found["second"].endswith("Look at 5.04.")
    assert found["unmatched"].startswith("1 of 9 cells")
    figures = {unit: one and one.strip.words for unit, one in found["figures"].items()}
    far = ("ch05.ex04.test_rmse", "", [7.78], False)
    assert figures == {"ch05.ex04": far, "ch02.act01": None, "ch02.ex04": None, "ch06.act01": None}


@pytest.mark.parametrize(
    ("judgements", "drawn"),
    [
        ((TRAIN, TEST), ("test_rmse", 7.78)), ((TEST, TRAIN), ("test_rmse", 7.78)),
        ((TRAIN, replace(TRAIN, claim=FAR.claim)), ("test_rmse", 0.04)),
        ((TRAIN, replace(TEST, numbers={"": math.inf})), ("train_rmse", 0.04)),
        ((replace(TEST, placed={}), TRAIN), ("train_rmse", 0.04)),
    ],
)  # fmt: skip
def test_the_strip_is_of_the_number_that_is_farthest_off(
    content: Any, judgements: Any, drawn: tuple[str, float]
) -> None:
    found = content(page.report_page, Report("a", (replace(BAD, judgements=judgements),)))
    (figure,) = found["figures"].values()
    assert figure.strip.words == (f"ch05.ex04.{drawn[0]}", "", [drawn[1]], False)
    assert figure.caption == {"test_rmse": "RMSE on test", "train_rmse": "RMSE on train"}[drawn[0]]


def test_a_caption_names_the_number_of_several() -> None:
    what = "Loss and validation loss of the last epoch"
    captions = [page._caption("ch05.ex04.epoch5", name) for name in ("", "loss", "[1]")]
    assert captions == [what, f"{what}, loss", what]


def test_the_page_of_a_class(content: Any) -> None:
    found: Mapping[str, Any] = content(page.class_page, CLASS)
    assert found["template"] == "class.html.j2"
    assert (found["files"], found["found"], found["cells"]) == (4, 6, 12)
    assert dict(found["states"]) == {"✔": 2, "≠": 1, "✘": 2, "–": 1}
    assert [column[:2] for column in found["columns"]] == [
        ("", "2.04"), ("Activity", "2.01"), ("", "5.04"), ("Activity", "6.01"),
    ]  # fmt: skip
    assert [(one.name, [its and its.unit for its in cells]) for one, cells in found["rows"]] == [
        ("mine.ipynb", ["ch02.ex04", "ch02.act01", "ch05.ex04", "ch06.act01"]),
        ("second.ipynb", [None, None, "ch05.ex04", None]),
        ("short", ["ch02.ex04", None, None, None]),
    ]
    assert found["left_out"] == [BROKEN]
    assert found["counts"] == [(0, 1), (0, 2), (2, 1), (0, 2)]
    assert found["missing"] == [("Activity 2.01", 2), ("Activity 6.01", 2), ("2.04", 1), ("5.04", 1)]
    assert found["stops"] == ["mine.ipynb stops in cell 3. It is gone."]
    assert content(page.class_page, CLASS[3:])["missing"] == []
    assert [one.number for one in found["often"]] == ["5.04"]
    data = found["data"]
    assert data["figures"][2] == ["RMSE on test", ("ch05.ex04.test_rmse", "", [7.78, 7.78], True), "svg"]
    assert [data["figures"][at] for at in (0, 1, 3)] == [None] * 3
    assert data["cells"][2] == [[[3, 4, 5], "7.78"], [[3, 4, 5], "7.78"], None]
    assert data["cells"][0] == [[[0], ""], None, [[0], ""]]
    assert data["texts"][:4] == [
        "2 ordinary.", "Equals a wrong print.", "Evaluated loss: More of it.",
        "Other code: epochs is 9, in the book 5.",
    ]  # fmt: skip


def test_the_strip_of_a_class_is_of_the_number_that_most_have_off() -> None:
    strips: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "_strip", lambda claim, name, its, narrow: strips.append((claim[10:], its)))
        for several in ([[TRAIN, TEST]] * 2, [[TEST, TRAIN]] * 2, [[TEST, TRAIN], [TRAIN]], [[TRAIN]]):
            page._class_strip([UnitCheck("ch05.ex04", tuple(its)) for its in several])
        assert page._class_strip([GOOD, SLIP]) is None
    assert strips == [("test_rmse", [7.78, 7.78])] * 2 + [("train_rmse", [0.04, 0.04])] * 2


@pytest.mark.parametrize(("yours", "marks"), [(0.5, True), (0.49, False), (0.51, False), (0.84, False)])
def test_guessing_is_marked_where_it_gives_the_readers_number(yours: float, marks: bool) -> None:
    drawn = page._strip("ch06.ex02.test_acc", "", [yours], narrow=False)
    assert ("guessing" in drawn.words, "book" in drawn.words) == (marks, True)
    assert drawn.words.startswith(f"yours {yours}; ")
    assert page._strip("ch05.ex04.epoch5", "loss", [yours], narrow=True).name == "loss"


def test_what_can_not_be_drawn_has_no_strip() -> None:
    odd = judged(FITS.claim, "✔", "an ordinary run", numbers={"a": math.nan, "b": 1.0, "c": math.inf})
    assert page._drawable(odd) == ["b"]
    assert page._drawable(ERRATUM) == []
