"""What the pages of a check are made of, from made-up judgements; strips are drawn of the right numbers."""

import math
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.checking.test_views import (
    BAD,
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
def content(monkeypatch) -> Any:
    """Return a function that gives what a page is made of, with what strips are drawn of."""
    monkeypatch.setattr(page, "render", lambda template, content: {**content, "template": template})

    def strip(*given: Any, narrow: bool) -> Any:
        return SimpleNamespace(words=(*given, narrow), svg="svg")

    monkeypatch.setattr(page, "_strip", strip)
    return lambda make, what: make(what)


def told(found: Mapping[str, Any]) -> str:
    """Return what a page is made of: texts and numbers as they are, the rest by name or in short."""
    short = {
        "groups": lambda its: [(text, [card.number for card in cards]) for text, cards in its],
        "figures": lambda its: {unit: one and one.strip.words for unit, one in its.items()},
        "rows": lambda its: [(one.name, [cell and cell.unit for cell in cells]) for one, cells in its],
        "often": lambda its: [one.number for one in its],
        "left_out": lambda its: [one.name for one in its],
        "states": dict,
    }
    plain = {n: short.get(n, lambda it: it)(v) for n, v in found.items() if n in short or n in TOLD}
    return "\n".join(f"{name}: {value}" for name, value in sorted(plain.items()))


# the rest is objects, whose words are in views.txt
TOLD = (
    *("template", "title", "compared", "unusual", "differ", "as_a_whole", "headline", "second", "unmatched"),
    *("files", "found", "cells", "columns", "counts", "missing", "stops", "data"),
)


def test_pages_are_made_as_written(content, golden):
    pages = {
        "a notebook": content(page.report_page, NOTEBOOK),
        "a class": content(page.class_page, CLASS),
        "one file": content(page.class_page, CLASS[3:]),
    }
    golden("pages.txt", {name: told(found) for name, found in pages.items()})


@pytest.mark.parametrize(
    ("judgements", "drawn"),
    [
        ((TRAIN, TEST), ("test_rmse", 7.78)), ((TEST, TRAIN), ("test_rmse", 7.78)),
        ((TRAIN, replace(TRAIN, claim=FAR.claim)), ("test_rmse", 0.04)),
        ((TRAIN, replace(TEST, numbers={"": math.inf})), ("train_rmse", 0.04)),
        ((replace(TEST, placed={}), TRAIN), ("train_rmse", 0.04)),
    ],
)  # fmt: skip
def test_the_strip_is_of_the_number_that_is_farthest_off(content, judgements, drawn):
    found = content(page.report_page, Report("a", (replace(BAD, judgements=judgements),)))
    (figure,) = found["figures"].values()
    assert figure.strip.words == (f"ch05.ex04.{drawn[0]}", "", [drawn[1]], False)
    assert figure.caption == {"test_rmse": "RMSE on test", "train_rmse": "RMSE on train"}[drawn[0]]


def test_a_caption_names_the_number_of_several():
    what = "Loss and validation loss of the last epoch"
    captions = [page._caption("ch05.ex04.epoch5", name) for name in ("", "loss", "[1]")]
    assert captions == [what, f"{what}, loss", what]


def test_the_strip_of_a_class_is_of_the_number_that_most_have_off():
    strips: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "_strip", lambda claim, name, its, narrow: strips.append((claim[10:], its)))
        for several in ([[TRAIN, TEST]] * 2, [[TEST, TRAIN]] * 2, [[TEST, TRAIN], [TRAIN]], [[TRAIN]]):
            page._class_strip([UnitCheck("ch05.ex04", tuple(its)) for its in several])
        assert page._class_strip([GOOD, SLIP]) is None
    assert strips == [("test_rmse", [7.78, 7.78])] * 2 + [("train_rmse", [0.04, 0.04])] * 2


@pytest.mark.parametrize(("yours", "marks"), [(0.5, True), (0.49, False), (0.51, False), (0.84, False)])
def test_guessing_is_marked_where_it_gives_the_readers_number(yours, marks):
    drawn = page._strip("ch06.ex02.test_acc", "", [yours], narrow=False)
    assert ("guessing" in drawn.words, "book" in drawn.words) == (marks, True)
    assert drawn.words.startswith(f"yours {yours}; ")
    assert page._strip("ch05.ex04.epoch5", "loss", [yours], narrow=True).name == "loss"


def test_what_can_not_be_drawn_has_no_strip():
    odd = judged(FITS.claim, "✔", "an ordinary run", numbers={"a": math.nan, "b": 1.0, "c": math.inf})
    assert page._drawable(odd) == ["b"]
    assert page._drawable(ERRATUM) == []
