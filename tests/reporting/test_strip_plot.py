"""Strip plots of reference samples: dots and marks are where their values are, and so are the words."""

import re
from typing import Any

import pytest

from tests.toy.records import measured_as, sums
from workshop.ledger import ledger
from workshop.reporting import samples
from workshop.reporting.strip_plot import strip
from workshop.verification.results import NumberSummary
from workshop.wording.pairs import Today, today

ENVIRONMENT = {"tensorflow": "2.21.0", "keras": "3.15.1", "device": "cpu", "profile": "default"}
SUMMARY = sums(0.26, 0.24, 0.29)
BOOK = {"book": (5.0, 7.0)}
# recorded, marks, today's runs, the ends of the axis, and parts of the wide drawing
STRIPS: list[
    tuple[list[float | None], dict[str, tuple[float, float]], Today | None, tuple[float, float], list[str]]
] = [
    ([0.0, 5.0, 10.0], {}, None, (0, 10), ["M12 134v-0.1M360 134v-0.1M708 134v-0.1", ">0<", ">4<", ">10<"]),
    ([0.0, 5.0, 5.0, 10.0], {}, None, (0, 10), ["M12 134v-0.1M360 134v-6.1M708 134v-0.1"]),
    ([0.0, None, 10.0], {}, None, (0, 10), ["M12 134v-0.1M708 134v-0.1", ">2 recorded runs, a dot each<"]),
    ([0.0, 5.0], {"book": (10.0, 10.0)}, None, (0, 10), ["M708 32V138", ">book 10<"]),
    ([0.0, 10.0], BOOK, None, (0, 10), ['band book" x="360" y="72" width="139.2"', "M429.6 32V138"]),
    ([0.0, 10.0], {}, Today(5.0, 1.0, 9.0), (0, 10), ['class="run" d="M81.6 168H638.4', ">this run 5<"]),
    ([0.0, 10.0], {}, Today(5.0, 0.0, 20.0), (0, 20), ['class="run" d="M12 168H708', ">this run 5<"]),
    ([8.5e-4, 2.8e-3], {}, None, (5e-4, 3e-3), [">0.0005<", ">0.001<", ">0.003<"]),
    ([0.03, 0.057], {}, None, (0.03, 0.06), [">0.03<", ">0.045<", ">0.06<"]),
    ([3.0, 3.0], {}, None, (2.85, 3.15), ["M360 134v-6.1", ">3<"]),
]  # fmt: skip


def number(runs: list[float | None], scale: str = "identity") -> NumberSummary:
    """Return a number of recorded runs."""
    return NumberSummary("", tuple(runs), scale)


@pytest.mark.parametrize(("recorded", "marks", "today", "ends", "parts"), STRIPS)
def test_strip(
    recorded,
    marks,
    today,
    ends,
    parts,
):
    """Dots, marks, ticks and today's range are where their values are, on an axis that contains them all."""
    wide, narrow = drawings(strip(number(recorded), marks, today).svg)

    for part in parts:
        assert part in wide
    assert tuple(float(each) for each in re.findall(r'data-(?:low|high)="(.*?)"', wide)) == ends
    for drawn in (wide, narrow):
        assert 'data-scale="linear"' in drawn


def drawings(svg: str) -> list[str]:
    """Return the wide and the narrow drawing of a strip."""
    return re.findall(r"<svg.*?</svg>", svg)


def test_strip_on_a_log_scale():
    """Runs of a quantity with a log scale are drawn on one: equal factors are equally far apart."""
    wide, _ = drawings(strip(number([0.01, 0.1, 1.0], "log"), {}, None).svg)

    dots = re.search(r'class="runs"[^>]* d="M(\d+) [^M]*M(\d+) [^M]*M(\d+) ', wide)
    assert dots is not None
    low, middle, high = map(int, dots.groups())
    assert abs((high - middle) - (middle - low)) <= 6
    assert 'data-scale="log"' in wide
    assert {">0.01<", ">0.1<", ">1<"} <= {*re.findall(">[0-9.]+<", wide)}


def test_labels_of_marks_do_not_overlap():
    """Labels that are close to each other are in rows of their own, and all stay inside the drawing."""
    marks = {"book": (5.0, 5.0), "correct": (5.1, 5.1), "naive": (5.2, 5.2), "notebook": (0.0, 0.0)}
    wide, _ = drawings(strip(number([0.0, 10.0]), marks, None).svg)

    rows = dict(re.findall(r'<text x="[\d.]+" y="(\d+)" text-anchor="middle" class="(\w+)"', wide))
    assert rows == {"28": "notebook", "42": "correct", "56": "naive"}
    assert wide.count('class="book">book 5<') == 1


def test_no_strip_without_a_number():
    drawn = strip(number([None, None]), {}, None)

    assert drawn.svg == ""
    assert drawn.words == "2 recorded runs; 2 crashed, not drawn"


# a stochastic claim, its measured value; today's numbers that are marked, and whether the book's are
MARKED: list[tuple[str, Any, dict[str, Today], bool]] = [
    ("ch05.text07.test_rmse", SUMMARY, {"": Today(0.26, 0.24, 0.29)}, True),
    ("ch05.text07.test_rmse", 0.25, {"": Today(0.25, 0.25, 0.25)}, True),
    ("ch05.text07.test_rmse", None, {}, True),
    ("ch05.text07.test_rmse", {"seeds": 5, "first": "a word"}, {}, True),
    (
        "ch05.text07.epoch1",
        sums({"loss": 0.2, "val_loss": 0.3}, [0.1, 0.2], [0.4, 0.5]),
        {"loss": Today(0.2, 0.1, 0.4), "val_loss": Today(0.3, 0.2, 0.5)},
        True,
    ),
    (
        "ch07.ex05.text_confused",
        {"real": 0.9, "fake": 0.1},
        {"real": Today(0.9, 0.9, 0.9), "fake": Today(0.1, 0.1, 0.1)},
        False,
    ),
]


@pytest.mark.parametrize(("name", "measured", "marked", "book"), MARKED)
def test_marks_of_a_strip(name, measured, marked, book):
    """Each number has its mark of today; a printed value has one only if its place is the statement."""
    claim = ledger().claims[name]

    assert today(measured_as(measured)) == marked
    assert bool(samples.placed(claim, claim.documented)) == book


def test_one_of_several_numbers_is_drawn_once():
    """A page has hundreds of them, each in half its width; its name is with the words."""
    several = NumberSummary("loss", (1.0, 2.0))

    drawn = strip(several, {}, None)

    (narrow,) = drawings(drawn.svg)
    assert 'class="strip"' in narrow
    assert (drawn.name, drawn.words) == ("loss", "2 recorded runs 1 to 2, median 1")
