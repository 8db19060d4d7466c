"""What is drawn of outcomes: figures, their titles and alternative texts, and one line for each failure."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from html import unescape
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.figures.drawing import sheet
from workshop.execution.catalogue import catalogue
from workshop.figures.curves import training_curves
from workshop.figures.files import _harmless
from workshop.figures.panels import BLUE
from workshop.figures.registry import Figure, draw_figures, sketches
from workshop.figures.svg import inline, page_style
from workshop.ledger import ledger
from workshop.units import Part
from workshop.verification.outcomes import PartOutcome

HISTORY = SimpleNamespace(loss=[0.9, 0.5], accuracy=[0.6, 0.8])
NEAREST = [["cat", 0.91234], ["<dog>", 0.5]]


def part(
    seeds: tuple[int, ...] = (),
    *,
    first_steps: bool = False,
    substitutes: tuple[str, ...] = (),
    **fields: Any,
) -> PartOutcome:
    """Return a part's outcome of some fields."""
    return PartOutcome(SimpleNamespace(**fields), seeds, first_steps, substitutes)


def figures_of(unit: str, *parts: PartOutcome) -> tuple[Figure, ...]:
    """Return the figures that are drawn of a unit's parts."""
    return draw_figures({unit: parts})[unit]


# of units whose figures no other test draws: fields of an outcome, and a phrase of the alternative text
MADE_UP = {
    "ch02.text01": (
        {"sigmoid_curve": SimpleNamespace(z=np.array([-1.0, 0.0, 1.0]), values=np.array([0.3, 0.5, 0.7]))},
        "from 0.300 at z = -1 through 0.500 at z = 0 to 0.700 at z = 1",
    ),
    "ch02.ex02": ({"confusion": np.array([[3, 1], [0, 4]])}, "3 of 4 class 0 and 4 of 4 class 1"),
    "ch02.ex07": (
        {"image": np.zeros((2, 2)), "probabilities": np.array([[0.25, 0.75]]), "label": 0},
        "An image labelled 0. The network says 1 with the probability 0.750",
    ),
    "ch03.text04": (
        {"input_image": np.array([[0, 9]]), "map_full": np.array([[0, -8], [0, 0]])},
        "The response is strongest, 8, in column 2 from the left",
    ),
    "ch03.text09": (
        {"variants": {"original": np.zeros((2, 2, 3)), "flip": np.ones((2, 2, 3))}},
        "1 variant. Pixels differ least in the flip, by 1.00 grey levels",
    ),
    "ch06.act01": (
        {"histogram": {"shares": [0.25, 0.75]}},
        "The highest bin, from 64.0 to 126 words, has 75.0 %",
    ),
    "ch07.ex01": (
        {"real_data": np.array([[0.0, -1.0], [3.0, 1.0]])},
        "from x = 0.00 to 3.00. It crosses zero 1 time.",
    ),
    "ch07.ex02": ({"fake": np.array([[0.0, 2.0]])}, "They are 2.00 from the sine on average."),
    "ch07.text07": (
        {
            "early_log": SimpleNamespace(
                iterations=[0, 10], together=[0.5, 0.5], real=[0.75, 1.0], fake=[0.25, 0.0]
            )
        },
        "Over real ones alone it is 0.875, over fake ones 0.125.",
    ),
}


@pytest.fixture(scope="module")
def parts() -> Mapping[str, Sequence[Part]]:
    """Return the parts of all units that a figure is drawn of, or could be."""
    return catalogue(f"ch{number:02}" for number in range(1, 8)).parts


@pytest.mark.parametrize("unit", sketches())
def test_what_is_drawn_is_a_part_of_the_units_outcome(parts: Mapping[str, Sequence[Part]], unit: str) -> None:
    """All fields of a figure are returned by one part of its unit."""
    for sketch in sketches()[unit]:
        heads = {path.split(".")[0] for path in sketch.paths}
        assert any(heads <= set(one.outcome_fields()) for one in parts[unit]), sketch.title


def test_no_training_is_without_its_curves(parts: Mapping[str, Sequence[Part]]) -> None:
    """Units whose outcome has the history of a training show it; so do those with forecasts and matrices."""
    for field in ("history", "curves", "confusion"):
        having = {
            unit for unit, several in parts.items() if any(field in p.outcome_fields() for p in several)
        }
        drawn = {
            unit
            for unit, registered in sketches().items()
            if any(field in {path.split(".")[0] for path in sketch.paths} for sketch in registered)
        }
        assert having == drawn
        assert having


def test_figures_of_errata_name_errors_of_the_book() -> None:
    """They are claims that do not hold as printed, of the figure's chapter."""
    shown = {claim: unit for unit, several in sketches().items() for one in several for claim in one.claims}

    assert shown
    for name, unit in shown.items():
        claim = ledger().claims[name]
        assert claim.correct is not None or claim.finding is not None, name
        assert name[:4] == unit[:4]


@pytest.mark.usefixtures("matplotlib")
def test_a_figure_has_its_title_its_words_and_an_svg_that_says_them() -> None:
    """The title has the seed, the alternative text the numbers, and the SVG both."""
    (drawn,) = figures_of("ch02.ex05", part(seeds=(7,), history=HISTORY))

    assert drawn.title == "Training curves (seed 7)"
    assert drawn.alt == (
        "Over 2 epochs the training loss falls from 0.900 to 0.500, and the training accuracy rises from "
        "0.600 to 0.800. The authors' notebook has a training loss of 0.848 after epoch 1."
    )
    assert drawn.content.startswith("<svg ")
    (alternative,) = re.findall('<svg [^>]*aria-label="([^"]*)"', drawn.content)
    assert unescape(alternative) == f"{drawn.title}: {drawn.alt}"
    strings = json.loads(json.dumps(asdict(drawn)))
    assert Figure(**{**strings, "claims": tuple(strings["claims"])}) == drawn


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize("unit", MADE_UP)
def test_each_is_drawn_of_its_fields(unit: str) -> None:
    """An SVG, and what is to be seen in it."""
    fields, phrase = MADE_UP[unit]

    (drawn,) = figures_of(unit, part(**fields))

    assert drawn.content.startswith("<svg ")
    assert phrase in drawn.alt
    assert _harmless(drawn.content)  # so that a page can show it from a file


@pytest.mark.usefixtures("matplotlib")
def test_what_is_not_as_documented_is_in_the_title() -> None:
    """Next to each figure a reader sees first steps and substitutes, and a seed only if there is one."""
    other = part(first_steps=True, substitutes=("made of glass", "a smaller one"), history=HISTORY)

    (drawn,) = figures_of("ch02.ex05", other)

    assert drawn.title == (
        "Training curves (first steps, not the documented procedure; "
        "on a substitute: made of glass; on a substitute: a smaller one)"
    )


@pytest.mark.usefixtures("matplotlib")
def test_several_figures_share_no_ids() -> None:
    """Each has its own, so that none shows what another one defines."""
    errors = {"train_rmse": 0.02, "test_rmse": 0.03, "by_naive": {"train": 1.0, "test": 1.5}}
    losses = part(log=np.array([[0.5, 0.6], [0.4, 0.7]]), **errors)

    first, second = (drawn.content for drawn in figures_of("ch05.ex04", losses))

    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in (first, second)]
    assert ids[0]
    assert not ids[0] & ids[1]


@pytest.mark.usefixtures("matplotlib")
def test_a_figure_is_drawn_of_the_part_that_has_its_fields() -> None:
    """Parts are in any order; a figure whose fields no part has is left out, without a word."""
    drawn = figures_of("ch06.act01", part(other=1), part(seeds=(3,), confusion=[[3, 1], [0, 4]]))

    assert [one.title for one in drawn] == ["Confusion matrix of the test reviews (seed 3)"]


def test_units_without_figures_have_none() -> None:
    """Neither a unit without figures, nor one whose outcome has none of the fields, has an entry."""
    outcomes = {"ch01.ex02": [part(result=1)], "ch02.ex05": [part(other=1)]}

    assert draw_figures(outcomes) == {}


@pytest.mark.usefixtures("matplotlib")
def test_what_cant_be_drawn_is_one_line_and_the_rest_is_drawn() -> None:
    """Without forecasts in the zoom it costs a line; the figures before and after it are drawn."""
    prices = np.linspace(10.0, 12.0, 200)
    curves = {"prices": prices, "forecasts": np.where(np.arange(200) < 50, prices, np.nan)}
    broken = part(seeds=(7,), curves=curves, log=np.array([[0.5, 0.6], [0.4, 0.7]]))

    whole, zoomed, losses = figures_of("ch05.text07", broken)

    assert (whole.title, losses.title) == ("Forecasts against prices (seed 7)", "Losses (seed 7)")
    assert whole.content.startswith("<svg ")
    assert losses.content.startswith("<svg ")
    assert zoomed.title == "Forecasts against prices (seed 7)"
    assert zoomed.alt.startswith("not drawn: ")
    assert zoomed.content == ""


def test_without_matplotlib_the_remedy_is_named_and_tables_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a figure's place is the line that says what to install; a table needs nothing."""
    for name in ("matplotlib", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)

    (line,) = figures_of("ch02.ex05", part(history=HISTORY))
    (table,) = figures_of("ch04.text14", part(king30=NEAREST))

    assert line.alt.endswith("not drawn: Matplotlib is not installed: pip install 'workshop[figures]'")
    assert table.content.startswith("<table")


def test_a_table_of_neighbours_says_the_same_in_words() -> None:
    """The first words of the run, and of the book."""
    (drawn,) = figures_of("ch04.text16", part(seeds=(1,), sg=NEAREST))

    assert drawn.title == "Nearest words: oeuvre, skip-gram (seed 1)"
    assert drawn.alt == (
        "The nearest words are “cat” and “<dog>”. "
        "The book prints “masterful”, “orchestration” and “mussorgsky”."
    )


@pytest.mark.usefixtures("matplotlib")
def test_images_of_a_training_are_labelled_with_their_iterations() -> None:
    """One grid a time, with what was measured of it; not judged by a classifier in first steps."""
    pixels = {"i10": SimpleNamespace(near_white_share=0.25), "after": SimpleNamespace(near_white_share=0.8)}
    images = np.zeros((2, 25, 4, 4, 1))
    judged = {"i10": SimpleNamespace(sure=0.5), "after": SimpleNamespace(sure=0.75)}

    plain, sure = (
        figures_of("ch07.ex05", part(pixels=pixels, quality=quality, images=images))
        for quality in ({}, judged)
    )

    assert [one.title for one in plain] == [
        "Generated images, iteration 10",
        "Generated images, after training",
    ]
    assert plain[0].alt.endswith("In such images 25.0 % of the pixels are nearly white.")
    assert sure[1].alt.endswith(
        "of the pixels are nearly white. A classifier of real ones is more than 80 % sure of 75.0 %."
    )


@pytest.mark.usefixtures("matplotlib")
def test_the_books_scatter_plots_are_drawn_and_no_others() -> None:
    """Of ten prints the first and those that the book shows."""
    iterations = np.arange(0, 20000, 2000)
    scatter = np.zeros((10, 2, 3, 2))
    scatter[:, 1, :, 1] = 0.5  # fakes, above the sine

    log = SimpleNamespace(iterations=iterations, real=np.zeros(10), fake=np.zeros(10))
    *drawn, _ = figures_of("ch07.ex04", part(log=log, scatter=scatter))

    assert [one.title for one in drawn] == [
        f"Real and generated points, iteration {number}" for number in ("0", "2,000", "10,000", "18,000")
    ]
    assert {"3 generated points" in one.alt for one in drawn} == {True}
    assert {one.alt.count("0.500 from the sine") for one in drawn} == {1}


@pytest.mark.usefixtures("matplotlib")
def test_colours_are_the_pages_where_it_has_them() -> None:
    """A figure's own colours are variables with themselves to fall back on; text is the page's ink."""
    with page_style():
        svg = inline(sheet(training_curves(HISTORY)), "a", "b")

    assert f"var(--c0, {BLUE})" in svg
    assert "var(--ink)" in svg
    assert re.findall(r"(?<!, )#[0-9a-f]{6}", svg) == []


@pytest.mark.usefixtures("matplotlib")
def test_matplotlib_is_imported_to_draw_and_nothing_else_heavy_is() -> None:
    """The registry imports neither Matplotlib nor TensorFlow; figures are drawn without pyplot's state."""
    program = (
        "import sys\n"
        "from types import SimpleNamespace as S\n"
        "from workshop.figures.registry import draw_figures, sketches\n"
        "assert sketches() and not {'matplotlib', 'tensorflow'} & set(sys.modules)\n"
        "history = S(loss=[1.0], accuracy=[0.5])\n"
        "part = S(outcome=S(history=history), seeds=(), first_steps=False, substitutes=())\n"
        "assert draw_figures({'ch03.ex02': [part]})['ch03.ex02'][0].content.startswith('<svg')\n"
        "assert 'matplotlib' in sys.modules\n"
        "assert not {'matplotlib.pyplot', 'tensorflow'} & set(sys.modules)\n"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (result.returncode, result.stderr) == (0, "")
