"""Figures in a results file: there and back, and one line for a file that is not what a run wrote."""

import json
from pathlib import Path

import pytest

from tests.figures.test_drawing import PARTS
from workshop.figures.drawing import html
from workshop.figures.files import NoFigures, as_json, read_figures
from workshop.figures.model import Figure, Rank
from workshop.verification.results import Results, split_file, write_file

FIGURES = {
    "ch09.ex01": (
        Figure("A title", "What is shown", tuple(PARTS), "a note", ("ch09.ex01.wrong",), folded=True),
        Figure("None", "not drawn: no ink"),
        Figure("", "Runs, and no order in the book", (Rank((), (("cash", 64.0),), 64),)),
    )
}


@pytest.fixture
def results(tmp_path) -> Path:
    """Return a results file with figures."""
    path = tmp_path / "run.json"
    write_file({}, "", path, as_json(FIGURES))
    return path


def change(run: Path, **keys: object) -> None:
    """Change keys of the results file."""
    run.write_text(json.dumps({**json.loads(run.read_text()), **keys}))


def test_figures_read_back_as_they_were_written(results):
    """They are in the results file, after the claims, whose text is as without them."""
    assert read_figures(results) == FIGURES
    claims = split_file(results)
    Results({}, ()).write(results)
    assert split_file(results) == claims


@pytest.mark.parametrize("figures", [[3], {"ch09.ex01": [3]}, "none"], ids=repr)
def test_figures_that_are_not_a_runs_are_refused(results, figures):
    """One line names the file, what is wrong and the remedy."""
    change(results, figures=figures)

    with pytest.raises(NoFigures) as refused:
        read_figures(results)

    assert str(refused.value) == (
        f"no figures: {results}: they are unreadable: run `workshop verify --json` again"
    )


def test_results_without_figures_are_one_line(results):
    """As an earlier version wrote them, with the figures in a file of their own."""
    Results({}, ()).write(results)

    with pytest.raises(NoFigures, match=r"^no figures: .*run\.json: it has none: run `workshop verify"):
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
def test_what_we_never_draw_is_refused(results, part):
    """A file has numbers, words and names of looks; whatever can't be drawn is one line."""
    change(results, figures={"ch09.ex01": [{"title": "t", "alt": "a", "parts": [part]}]})

    with pytest.raises(NoFigures, match=r"they are unreadable|no JSON: expected value"):
        read_figures(results)


def test_words_of_a_file_are_no_markup(results):
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
