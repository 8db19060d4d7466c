"""What the report draws of outcomes: which figures, what is said of them, and what of those that fail."""

from __future__ import annotations

import re
import sys
from html import unescape
from types import SimpleNamespace

import numpy as np
import pytest

from workshop.execution.catalogue import catalogue
from workshop.figures.curves import training_curves
from workshop.reporting.report.unit_figures import SKETCHES, Drawn, figures, figures_of, ranked_table
from workshop.reporting.svg import inline, page_style
from workshop.verification.outcomes import PartOutcome

HISTORY = SimpleNamespace(loss=[0.9, 0.5], accuracy=[0.6, 0.8])
NEAREST = [["cat", 0.91234], ["<dog>", 0.5]]


def part(seeds=(), *, short=False, substitutes=(), **fields):
    """Return a part's outcome of some fields."""
    return PartOutcome(SimpleNamespace(**fields), seeds, short, substitutes)


# of units whose figures no other test draws: fields of an outcome, and a phrase of what is told
MADE_UP = {
    "ch02.text01": (
        {"sigmoid_curve": SimpleNamespace(z=np.array([-1.0, 0.0, 1.0]), values=np.array([0.3, 0.5, 0.7]))},
        "from 0.3 at z = -1 through 0.5 at z = 0 to 0.7 at z = 1",
    ),
    "ch02.ex02": ({"confusion": np.array([[3, 1], [0, 4]])}, "of 4 class 1, 0 predicted class 0"),
    "ch02.ex07": (
        {"image": np.zeros((2, 2)), "probabilities": np.array([[0.25, 0.75]]), "label": 0},
        "An image labelled 0; the network says 1 with the probability 0.75",
    ),
    "ch03.text04": (
        {"input_image": np.array([[0, 9]]), "map_full": np.array([[0, -8], [0, 0]])},
        "the response is strongest, 8, in column 2 from the left",
    ),
    "ch03.text09": (
        {"variants": {"original": np.zeros((2, 2, 3)), "flip": np.ones((2, 2, 3))}},
        "1 variant; mean difference of a pixel from it in grey levels: flip 1.",
    ),
    "ch06.act01": ({"histogram": {"shares": [0.25, 0.75]}}, "the highest bin is from 64 to 126 words"),
    "ch07.ex01": ({"real_data": np.array([[0.0, -1.0], [3.0, 1.0]])}, "from x = 0 to 3; y is from -1 to 1"),
    "ch07.ex02": ({"fake": np.array([[0.0, 2.0]])}, "on average 2 from the sine."),
    "ch07.text07": (
        {
            "early_log": SimpleNamespace(
                iterations=[0, 10], together=[0.5, 0.5], real=[0.75, 1.0], fake=[0.25, 0.0]
            )
        },
        "over real ones alone 0.875, over fake ones alone 0.125",
    ),
}


@pytest.fixture
def matplotlib():
    """Skip where nothing can be drawn."""
    pytest.importorskip("matplotlib", reason="needs Matplotlib: pip install 'workshop[figures]'")


@pytest.fixture(scope="module")
def parts():
    """Return the parts of all units that a figure is drawn of, or could be."""
    return catalogue(f"ch{number:02}" for number in range(1, 8)).parts


@pytest.mark.parametrize("unit", SKETCHES)
def test_what_is_drawn_is_a_part_of_the_units_outcome(parts, unit):
    """All fields of a figure are returned by one part of its unit."""
    for sketch in SKETCHES[unit]:
        heads = {path.split(".")[0] for path in sketch.fields}
        assert any(heads <= set(one.outcome_fields()) for one in parts[unit]), sketch.title


def test_no_training_is_without_its_curves(parts):
    """Units whose outcome has the history of a training show it; so do those with forecasts and matrices."""
    for field in ("history", "curves", "confusion"):
        having = {
            unit for unit, several in parts.items() if any(field in p.outcome_fields() for p in several)
        }
        drawn = {
            unit
            for unit, sketches in SKETCHES.items()
            if any(field in {path.split(".")[0] for path in sketch.fields} for sketch in sketches)
        }
        assert having == drawn
        assert having


@pytest.mark.usefixtures("matplotlib")
def test_a_figure_has_its_title_its_words_and_an_svg_that_says_them():
    """The title tells the seed; the words what is to be seen, and the SVG carries both."""
    (drawn,) = figures_of("ch02.ex05", [part(seeds=(7,), history=HISTORY)])

    assert drawn.title == "Training curves (seed 7)"
    assert drawn.told == (
        "Over 2 epochs training loss falls from 0.9 to 0.5; training accuracy rises from 0.6 to 0.8."
    )
    assert drawn.markup.startswith("<svg ")
    (alternative,) = re.findall('<svg [^>]*aria-label="([^"]*)"', drawn.markup)
    assert unescape(alternative) == f"{drawn.title}: {drawn.told}"
    assert drawn == (drawn.title, drawn.told, drawn.markup)  # as the page takes it


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize("unit", MADE_UP)
def test_each_is_drawn_of_its_fields(unit):
    """An SVG, and what is to be seen in it."""
    fields, phrase = MADE_UP[unit]

    (drawn,) = figures_of(unit, [part(**fields)])

    assert drawn.markup.startswith("<svg ")
    assert phrase in drawn.told


@pytest.mark.usefixtures("matplotlib")
def test_what_is_not_as_documented_is_in_the_title():
    """A short profile and substitutes are told wherever the figure stands; without a seed none is."""
    told = part(short=True, substitutes=("made of glass", "a smaller one"), history=HISTORY)

    (drawn,) = figures_of("ch02.ex05", [told])

    assert drawn.title == (
        "Training curves (short profile, not the documented procedure; "
        "on a substitute: made of glass; on a substitute: a smaller one)"
    )


@pytest.mark.usefixtures("matplotlib")
def test_several_figures_share_no_ids():
    """Each has its own, so that none shows what another one defines."""
    parts = [part(fresh=SimpleNamespace(history=HISTORY), continued=SimpleNamespace(history=HISTORY))]

    first, second = (drawn.markup for drawn in figures_of("ch02.act01", parts))

    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in (first, second)]
    assert ids[0]
    assert not ids[0] & ids[1]


@pytest.mark.usefixtures("matplotlib")
def test_a_figure_is_drawn_of_the_part_that_has_its_fields():
    """Parts stand in any order; what no part has is left out, without a word."""
    drawn = figures_of("ch06.act01", [part(other=1), part(seeds=(3,), confusion=[[3, 1], [0, 4]])])

    assert [one.title for one in drawn] == ["Confusion matrix of the test reviews (seed 3)"]


def test_units_without_figures_have_none():
    """Neither a unit of which nothing is drawn, nor one whose outcome lacks all, has an entry."""
    outcomes = {"ch01.ex02": [part(result=1)], "ch02.ex05": [part(other=1)]}

    assert figures(outcomes) == {}


@pytest.mark.usefixtures("matplotlib")
def test_what_cant_be_drawn_is_one_line_and_the_rest_is_drawn():
    """Forecasts of too few days for the zoom cost their line; the figures before and after them stand."""
    curves = {"prices": np.array([10.0, 12.0, 11.0]), "forecasts": np.array([np.nan, 12.5, 11.5])}
    broken = part(seeds=(7,), curves=curves, log=np.array([[0.5, 0.6], [0.4, 0.7]]))

    whole, zoomed, losses = figures_of("ch05.text07", [broken])

    assert (whole.title, losses.title) == ("Forecasts against prices (seed 7)", "Losses (seed 7)")
    assert whole.markup.startswith("<svg ")
    assert losses.markup.startswith("<svg ")
    assert zoomed.title == "Forecasts against prices (seed 7)"
    assert zoomed.told.startswith("not drawn: ")
    assert zoomed.markup == ""


def test_without_matplotlib_the_remedy_is_named_and_tables_stand(monkeypatch):
    """A figure is the line that says what to install; a table needs nothing."""
    for name in ("matplotlib", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)

    (line,) = figures_of("ch02.ex05", [part(history=HISTORY)])
    (table,) = figures_of("ch04.text14", [part(king30=NEAREST)])

    assert line.told.endswith("not drawn: Matplotlib is not installed: pip install 'workshop[figures]'")
    assert table.markup.startswith("<table")


def test_neighbours_are_ranked_side_by_side():
    """A row a rank, each list under its name, an empty cell where one is shorter, and words as they are."""
    table = ranked_table({"a": NEAREST, "b & c": NEAREST[:1]})

    rows = [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in re.findall("<tr>(.*?)</tr>", table)]
    assert rows == [
        ["rank", "a", "b &amp; c"],
        ["word", "cosine", "word", "cosine"],
        ["1", "cat", "0.912", "cat", "0.912"],
        ["2", "&lt;dog&gt;", "0.500", "", ""],
    ]


def test_a_table_of_neighbours_says_the_same_in_words():
    """All words with their cosines."""
    (drawn,) = figures_of("ch04.text16", [part(seeds=(1,), sg=NEAREST)])

    assert isinstance(drawn, Drawn)
    assert drawn.title == "Nearest words by skip-gram (seed 1)"
    assert drawn.told == "Nearest to oeuvre: cat 0.912, <dog> 0.500."


@pytest.mark.usefixtures("matplotlib")
def test_images_of_a_training_stand_under_their_iterations():
    """One grid a time, with what was measured of it; not judged by a classifier in the short profile."""
    pixels = {"i10": SimpleNamespace(near_white_share=0.25), "after": SimpleNamespace(near_white_share=0.8)}
    images = np.zeros((2, 25, 4, 4, 1))
    judged = {"i10": SimpleNamespace(sure=0.5), "after": SimpleNamespace(sure=0.75)}

    plain, sure = (
        figures_of("ch07.ex05", [part(pixels=pixels, quality=quality, images=images)])
        for quality in ({}, judged)
    )

    assert [one.title for one in plain] == [
        "Generated images, iteration 10",
        "Generated images, after training",
    ]
    assert plain[0].told.endswith("of such images 25.0 % of the pixels are nearly white.")
    assert sure[1].told.endswith(
        "of the pixels are nearly white, and a classifier of real ones is more than 80 % sure of 75.0 %."
    )


@pytest.mark.usefixtures("matplotlib")
def test_the_books_scatter_plots_are_drawn_and_no_others():
    """Of ten prints the first and those that the book shows."""
    iterations = np.arange(0, 20000, 2000)
    scatter = np.zeros((10, 2, 3, 2))
    scatter[:, 1, :, 1] = 0.5  # fakes, above the sine

    drawn = figures_of("ch07.ex04", [part(log=SimpleNamespace(iterations=iterations), scatter=scatter)])

    assert [one.title for one in drawn] == [
        f"Real and generated points, iteration {number}" for number in ("0", "2,000", "10,000", "18,000")
    ]
    assert {"3 generated points" in one.told for one in drawn} == {True}
    assert {one.told.count("0.5 from the sine; 3 real points") for one in drawn} == {1}


@pytest.mark.usefixtures("matplotlib")
def test_colours_are_the_pages_where_it_has_them():
    """A figure's own colours are variables with themselves to fall back on; text is the page's ink."""
    with page_style():
        svg = inline(training_curves(vars(HISTORY)), "a", "b")

    assert "var(--c0, #1f5fa8)" in svg
    assert "var(--ink)" in svg
    assert re.findall(r"(?<!, )#[0-9a-f]{6}", svg) == []
