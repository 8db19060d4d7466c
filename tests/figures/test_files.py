"""Figures next to the results: there and back, and one line for a file that is not what a run wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.figures.test_drawing import PARTS
from workshop.figures.drawing import html
from workshop.figures.files import NoFigures, as_json, figures_path, read_figures, write_figures
from workshop.figures.model import Figure

FIGURES = {
    "ch09.ex01": (
        Figure("A title", "What is shown", tuple(PARTS), "a note", ("ch09.ex01.wrong",), folded=True),
        Figure("None", "not drawn: no ink"),
    )
}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Return a results file with figures next to it."""
    path = tmp_path / "run.json"
    path.write_text("{}")
    write_figures(as_json(FIGURES), path)
    return path


def change(run: Path, **keys: object) -> None:
    """Change keys of the figures' file."""
    path = figures_path(run)
    path.write_text(json.dumps({**json.loads(path.read_text()), **keys}))


def test_figures_read_back_as_they_were_written(results: Path) -> None:
    """They are in a file that is named after the results and that no `*.json` matches."""
    assert figures_path(results).name == "run.figures"
    assert read_figures(results) == FIGURES


BROKEN = {
    "other results": ({"results": "0"}, "it belongs to other results"),
    "another schema": ({"schema": "workshop-figures/9"}, "its schema is not workshop-figures/2"),
    "no figures": ({"figures": [3]}, "its figures are unreadable"),
}


@pytest.mark.parametrize(("keys", "message"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_not_the_runs_is_refused(results: Path, keys: dict[str, object], message: str) -> None:
    """One line names the file, what is wrong and the remedy."""
    change(results, **keys)

    with pytest.raises(NoFigures) as refused:
        read_figures(results)

    assert str(refused.value) == (
        f"no figures: {figures_path(results)}: {message}: run `workshop verify --json` again"
    )


def test_a_missing_file_is_one_line(results: Path) -> None:
    """It says where the figures would be."""
    figures_path(results).unlink()

    with pytest.raises(NoFigures, match=r"^no figures: .*run\.figures is not there: run `workshop verify"):
        read_figures(results)


CHART = {"kind": "chart", "marks": [{"look": "run", "x": [1, 2], "y": [1, 2]}]}
HOSTILE = [
    {"kind": "script"},
    {"kind": "chart", "marks": [{"look": 'run" onload="alert(1)', "x": [1], "y": [1]}]},
    {"kind": "chart", "marks": [{"look": "run", "x": [1], "y": [1e999]}]},
    {"kind": "chart", "marks": [{"look": "run", "x": ["<script>"], "y": [1]}]},
    {"kind": "chart", "marks": [{"look": "run", "x": [1, 2], "y": [1]}]},
    {"kind": "chart", "marks": []},
    {"kind": "chart", "marks": [{"look": "run", "x": [1], "y": [1]}], "size": '"><script>'},
    {"kind": "strip", "runs": [1], "marks": [['book" onload="x', [1, 2]]]},
    {"kind": "images", "images": [["t", "data:x", ""]]},
    {"kind": "images", "images": [["t", 'AAAA" onload="x', ""]]},
    {"kind": "rank", "book": [], "counts": []},
    {"kind": "matrix", "book": [["<b>"]]},
]


@pytest.mark.parametrize("part", HOSTILE, ids=repr)
def test_what_we_never_draw_is_refused(results: Path, part: dict[str, object]) -> None:
    """A file has numbers, words and names of looks; whatever can't be drawn is one line."""
    change(results, figures={"ch09.ex01": [{"title": "t", "alt": "a", "parts": [part]}]})

    with pytest.raises(NoFigures, match=r"its figures are unreadable|no JSON: expected value"):
        read_figures(results)


def test_words_of_a_file_are_no_markup(results: Path) -> None:
    """They are escaped wherever they are drawn."""
    words = "<script>alert(1)</script>"
    chart = {**CHART, "title": words, "x_label": words, "note": words, "ticks": ["a", words, words]}
    chart["marks"] = [{**CHART["marks"][0], "name": words, "end": words}]  # type: ignore[index]
    rank = {"kind": "rank", "book": [words], "counts": [[words, 1]]}
    layers = {"kind": "layers", "rows": [[words, words, 1, 2, words]]}
    images = {"kind": "images", "images": [[words, "AAAA", words]]}
    change(
        results,
        figures={
            "ch09.ex01": [
                {"title": words, "alt": words, "note": words, "parts": [chart, rank, layers, images]}
            ]
        },
    )

    ((figure,),) = read_figures(results).values()

    assert "<script" not in html(figure)
    assert html(figure).count("&lt;script&gt;") >= 10
