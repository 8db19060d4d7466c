"""What is drawn of outcomes and data sets: figures, their titles and notes, and one line for each failure."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from workshop import datasets
from workshop.book import package_book
from workshop.execution.catalogue import catalogue
from workshop.figures import registry
from workshop.figures.model import Chart, Figure, Images, by_error
from workshop.figures.registry import draw_figures, printed_values, sketches
from workshop.ledger import ledger
from workshop.reporting.errata import errata
from workshop.samples.model import drawn_runs
from workshop.units import Part
from workshop.verification.engine import PartOutcome

FIRST = [one.claim.id for one in errata(ledger())[:11]]
RUNS = drawn_runs(package_book(), ["ch02.act01", "ch07.text07"], {"device": "cpu"})
HISTORY = SimpleNamespace(loss=[0.9, 0.5], accuracy=[0.6, 0.8])


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
    """Return the figures that are drawn of a unit's parts, without data sets."""
    return draw_figures(ledger(), {unit: parts})[unit]


@pytest.fixture(autouse=True)
def _no_data(monkeypatch) -> None:
    """Find no data set, so that figures are those of the outcomes."""
    monkeypatch.setattr(
        registry.datasets, "find", lambda name: datasets.Missing(name, "not here", ""), raising=False
    )


@pytest.fixture(scope="module")
def parts() -> Mapping[str, Sequence[Part]]:
    """Return the parts of all units that a figure is drawn of, or could be."""
    return catalogue(f"ch{number:02}" for number in range(1, 8)).parts


@pytest.mark.parametrize("unit", sketches())
def test_what_is_drawn_is_a_part_of_the_units_outcome(parts, unit):
    """All fields of a figure are returned by one part of its unit, or its data set is in the registry."""
    for sketch in sketches()[unit]:
        heads = {path.split(".")[0] for path in sketch.paths}
        assert {*sketch.data} <= {*datasets.registry()}
        assert not heads or any(heads <= set(one.outcome_fields()) for one in parts[unit]), sketch.title


def test_what_figures_ask_for_is_in_the_ledger():
    """No figure asks for a value that the ledger does not have; what is not there is nothing."""
    asked = [one.printed for several in sketches().values() for one in several if one.printed]
    several = [each for one in asked for each in ((one,) if isinstance(one, str) else one)]

    assert len(several) >= 4
    assert [each for each in several if printed_values(ledger(), each) is None] == []
    assert printed_values(ledger(), ("ch02.ex02.gone", "ch07.ex05.probability_log.gone")) == [None, None]


def test_figures_of_errata_name_errors_of_the_book():
    shown = {claim: unit for unit, several in sketches().items() for one in several for claim in one.claims}

    assert shown
    for name, unit in shown.items():
        claim = ledger().claims[name]
        assert claim.correct is not None or claim.finding is not None, name
        assert name[:4] == unit[:4]


def test_a_figure_says_what_it_rests_on():
    image = {"input_image": np.array([[0, 9]]), "map_full": np.array([[0, -8], [0, 0]])}
    plain, other = (
        figures_of("ch03.text04", each)[0]
        for each in (
            part(seeds=(7,), **image),
            part(first_steps=True, substitutes=("made of glass", "a smaller one"), **image),
        )
    )

    assert plain.note == "Seed 7."
    assert plain.claims == ("ch03.text04.low_value_reading",)
    assert other.note == (
        "First steps, not the documented procedure. On a substitute: made of glass. "
        "On a substitute: a smaller one."
    )


def test_the_seed_of_a_training_is_named():
    (drawn,) = draw_figures(ledger(), {"ch02.ex05": [part(seeds=(7,), history=HISTORY)]})["ch02.ex05"][:1]

    assert drawn.note == "This run has the seed 7."


def test_a_figure_is_drawn_of_the_part_that_has_its_fields():
    """Parts are in any order; a figure whose fields no part has is left out, without a word."""
    drawn = figures_of("ch07.ex01", part(other=1), part(seeds=(3,), real_data=np.zeros((3, 2))))

    assert [one.title for one in drawn] == ["The real data"]


def test_units_without_figures_have_none():
    """Neither a unit without figures, nor one whose outcome has none of the fields, has an entry."""
    assert draw_figures(ledger(), {"ch01.ex02": [part(result=1)], "ch05.text04": [part(other=1)]}) == {}


def test_data_that_are_not_here_are_one_line():
    (drawn,) = draw_figures(ledger(), {"ch02.ex04": []})["ch02.ex04"]

    assert drawn.alt == "not drawn: mnist is not here: ."
    assert not drawn.parts
    assert draw_figures(ledger(), {"ch06.text05": [part(indices={})]}) == {}


@pytest.mark.parametrize("claim", FIRST)
def test_each_of_the_first_errors_has_a_figure(claim):
    of = {name for several in sketches().values() for one in several for name in one.claims}
    logs = {
        name
        for one in draw_figures(ledger(), {"ch02.act01": []}, recorded=RUNS)["ch02.act01"]
        for name in one.claims
    }

    assert claim in of | logs


def test_what_cant_be_drawn_is_one_line_and_the_rest_is_drawn():
    """Without forecasts in the zoom it costs a line; the losses are drawn."""
    prices = np.linspace(10.0, 12.0, 200)
    curves = {"prices": prices, "forecasts": np.where(np.arange(200) < 50, prices, np.nan)}
    broken = part(curves=curves, log=np.array([[0.5, 0.6], [0.4, 0.7]]))

    forecasts, losses, *_ = figures_of("ch05.text07", broken)

    assert forecasts.title == "Forecasts against prices"
    assert forecasts.alt.startswith("not drawn: none of the 100 days has a forecast")
    assert forecasts.parts == ()
    assert losses.parts


@pytest.mark.parametrize(("first_steps", "book"), [(True, True), (False, False)])
def test_other_runs_than_the_books_have_no_printed_values(first_steps, book):
    """Neither first steps nor a reader's own data or settings is next to the book's values."""
    sigmoid = SimpleNamespace(z=np.array([-1.0, 0.0, 1.0]), values=np.array([0.3, 0.5, 0.7]))
    one = part(first_steps=first_steps, sigmoid_curve=sigmoid)
    drawn = draw_figures(ledger(), {"ch02.text01": [one]}, book=book)["ch02.text01"][0]

    assert "book" not in {marks.look for marks in drawn.parts[0].marks}


def test_a_data_set_is_drawn_if_it_is_here(monkeypatch):
    table = SimpleNamespace(label=[1, 0], x1=[1.0, 2.0], x2=[4.0, 5.0])
    found = SimpleNamespace(substitute=False)
    monkeypatch.setattr(registry.datasets, "Found", SimpleNamespace, raising=False)
    monkeypatch.setattr(registry.datasets, "find", lambda _: found, raising=False)
    monkeypatch.setattr(registry.datasets, "load", lambda _: table, raising=False)

    assert draw_figures(ledger(), {"ch02.ex05": []})["ch02.ex05"][-1].title == "The points of both classes"
    assert draw_figures(ledger(), {"ch02.ex05": []}, book=False) == {}


def test_nothing_heavy_is_imported_to_draw():
    program = (
        "import sys\n"
        "from types import SimpleNamespace as S\n"
        "from workshop.figures.drawing import html\n"
        "from workshop.figures.registry import draw_figures\n"
        "from workshop.ledger import ledger\n"
        "history = S(loss=[1.0], accuracy=[0.5])\n"
        "part = S(outcome=S(history=history), seeds=(), first_steps=False, substitutes=())\n"
        "assert '<svg' in html(draw_figures(ledger(), {'ch02.act01': [part]})['ch02.act01'][0])\n"
        "assert not {'matplotlib', 'tensorflow', 'pandas'} & set(sys.modules)\n"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (result.returncode, result.stderr) == (0, "")


def test_what_only_a_full_training_shows_is_recorded_or_names_its_command():
    """Each picture says when it was recorded; where none is, the line says how to draw it."""
    recorded = {path.stem for path in registry.PICTURES.glob("*.json")}
    full = {unit for unit, several in sketches().items() if any(sketch.full for sketch in several)}

    assert "ch07.ex04" in recorded <= full
    for unit in full:
        titles = [sketch.title for sketch in sketches()[unit] if sketch.full]
        shown = [one for one in draw_figures(ledger(), {unit: []})[unit] if one.title in titles]
        assert shown
        for one in shown:
            if unit in recorded:
                assert one.parts
                assert re.search(r"Recorded on 20\d\d-\d\d-\d\d with TensorFlow 2\.\d+", one.note)
            else:
                assert one.alt == f"not recorded: workshop verify --full {unit} draws it."
        assert not any(
            one.title in titles for one in draw_figures(ledger(), {unit: []}, book=False).get(unit, ())
        )


def test_recorded_pictures_are_small():
    sizes = [path.stat().st_size for path in registry.PICTURES.glob("*.json")]

    assert 0 < max(sizes) <= 30_000
    assert sum(sizes) <= 600_000


def test_recorded_runs_are_drawn_where_nothing_ran():
    of_runs = [
        figure
        for figure in draw_figures(ledger(), {"ch07.text07": []}, recorded=RUNS)["ch07.text07"]
        if "ch07.ex05.text_confused" in figure.claims
    ]
    (chart,) = of_runs[0].on_card.parts

    fake, real = (sum(marks.y[:4]) for marks in chart.marks)
    assert fake > 30 > real
    assert draw_figures(ledger(), {"ch07.text07": []}, recorded=RUNS, book=False) == {}


def test_a_card_has_the_last_chart_without_its_axis_title():
    charts = tuple(Chart((), title, "epoch") for title in ("loss", "accuracy"))
    images = Figure("b", "", (Images(()), Images(())), "note", ("c",))

    assert Figure("a", "", charts).on_card.parts == (Chart((), "accuracy"),)
    assert by_error([Figure("without parts", "", claims=("c",)), images]) == {"c": replace(images, note="")}
