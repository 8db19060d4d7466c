"""Figures next to the results: there and back, and one line for a file that is not what a run wrote."""

# ruff: noqa: E501  a case is a line

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from workshop.figures.files import NoFigures, figures_path, read_figures, write_figures
from workshop.figures.registry import Figure, draw_figures
from workshop.verification.outcomes import PartOutcome

TABLE = "<table><tbody><tr><td>1 &lt; 2</td></tr></tbody></table>"
FIGURES = {
    "ch09.ex01": (
        Figure("A title", "What is shown", TABLE, ("ch09.ex01.wrong",)),
        Figure("None", "not drawn: no ink", ""),
    )
}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Return a results file with figures next to it."""
    path = tmp_path / "run.json"
    path.write_text("{}")
    write_figures(FIGURES, path)
    return path


def change(run: Path, **keys: object) -> None:
    """Change keys of the figures' file."""
    path = figures_path(run)
    path.write_text(json.dumps({**json.loads(path.read_text()), **keys}))


def test_figures_read_back_as_they_were_written(results: Path) -> None:
    """They are in a file that is named after the results and that no `*.json` matches."""
    assert figures_path(results).name == "run.figures"
    assert read_figures(results) == FIGURES


@pytest.mark.usefixtures("matplotlib")
def test_all_that_we_draw_is_harmless(results: Path) -> None:
    """SVG of Matplotlib with text, lines and images, and tables, pass the check of elements."""
    from types import SimpleNamespace

    import numpy as np

    found = SimpleNamespace(
        sigmoid_curve=SimpleNamespace(z=np.linspace(-6, 6, 9), values=np.linspace(0, 1, 9)),
        image=np.zeros((28, 28)), probabilities=np.full((1, 10), 0.1), label=3,
        king=[["queen", 0.7]], uncle=[["aunt", 0.8]], confusion=np.eye(2),
    )  # fmt: skip
    units = ("ch02.text01", "ch02.ex07", "ch04.text13", "ch02.ex02")
    drawn = draw_figures({unit: [PartOutcome(found, (1,), False, ())] for unit in units})
    assert all(figure.content for unit in units for figure in drawn[unit])

    write_figures(drawn, results)

    assert read_figures(results) == drawn


def test_figures_of_earlier_versions_are_read(results: Path) -> None:
    """They do not say which errors of the book they make visible."""
    change(results, figures={"ch09.ex01": [{"title": "t", "alt": "a", "content": TABLE}]})

    assert read_figures(results) == {"ch09.ex01": (Figure("t", "a", TABLE),)}


BROKEN = {
    "other results": ({"results": "0"}, "it belongs to other results"),
    "another schema": ({"schema": "workshop-figures/9"}, "its schema is not workshop-figures/1"),
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


HOSTILE = [
    "<script>alert(1)</script>",
    '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    '<svg onload="alert(1)"/>',
    '<svg><image href="https://elsewhere.example/a.png"/></svg>',
    '<svg><use xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="javascript:alert(1)"/></svg>',
    '<svg><image href="data:image/svg+xml;base64,PHN2Zy8+"/></svg>',
    '<svg><rect style="fill: url(https://elsewhere.example/)"/></svg>',
    "<svg><style>@import 'https://elsewhere.example/a.css'</style></svg>",
    '<svg><image xmlns:xlink="http://www.w3.org/1999/xlink" href="https://elsewhere.example/" xlink:href="#a"/></svg>',
    '<svg><image xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="#a" href="https://elsewhere.example/"/></svg>',
    '<svg><rect style="fill: u\\72l(https://elsewhere.example/)"/></svg>',
    """<svg><rect style='background: image-set("https://elsewhere.example/a.png" 1x)'/></svg>""",
    '<svg><rect fill="url(https://elsewhere.example/)"/></svg>',
    "<svg><foreignObject/></svg>",
    '<svg xmlns="http://www.w3.org/1999/xhtml"><a href="#"/></svg>',
    "<table><tr><td><iframe/></td></tr></table>",
    "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>",
    "<svg><![CDATA[<script>]]></svg>",
    "<svg>",
    "words",
    # issue 46: a sheet goes on after a child, which the reader of `element.text` did not see
    "<svg><style><g/>a{} body{background:url(http://127.0.0.1:9/x)}</style></svg>",
    "<table><style><td/>body{background:url(http://127.0.0.1:9/x)}</style></table>",
    "<svg><style>body{background:url(http://127.0.0.1:9/x)}</style></svg>",
    "<svg><style>*{stroke: red} body{display: none}</style></svg>",
    "<svg><style>body{display: none}</style></svg>",
    "<svg><style type='text/css' media='print'>*{stroke-width: 1}</style></svg>",
    "<svg><style>*{cursor: url(x)}</style></svg>",
    '<svg><rect style="fill: url(x.svg#a)"/></svg>',
    '<svg><rect style="fill: none; mask: url(#ch09-ex01-a)"/></svg>',
    '<svg><rect style="position: fixed; width: 100vw"/></svg>',
    '<svg style="position: fixed"/>',
    '<svg class="alarm top"/>',
    '<svg><rect style="fill: rgb(1,2,3) !important"/></svg>',
    '<svg><rect style="fill: expression(alert(1))"/></svg>',
    '<svg><rect style="-moz-binding: none"/></svg>',
    '<svg><rect style="fill: src(1)"/></svg>',
    """<svg><text style="font-family: url('x')"/></svg>""",
    '<svg><rect clip-path="url(http://127.0.0.1:9/x#a)"/></svg>',
    '<svg><rect clip-path="#a"/></svg>',
    '<svg><g id="samples"/></svg>',
    '<svg><use href="x.svg#ch09-ex01-a"/></svg>',
    '<svg><use href=" #ch09-ex01-a"/></svg>',
    '<svg><image href="data:image/png,x"/></svg>',
    '<svg><image href="data:image/png;base64,AAAA&quot; onload=&quot;x"/></svg>',
    '<svg><image src="x.png"/></svg>',
    '<svg><pattern href="#ch09-ex01-a"/></svg>',
    '<svg><path href="#ch09-ex01-a" d="M 0 0"/></svg>',
    '<svg><path d="M 0 0 url(x)"/></svg>',
    '<svg><rect width="calc(1px + env(x))"/></svg>',
    '<svg><animate attributeName="href" to="javascript:alert(1)"/></svg>',
    '<svg><set attributeName="href" to="http://127.0.0.1:9/x"/></svg>',
    "<svg><filter><feImage href='http://127.0.0.1:9/x'/></filter></svg>",
    "<svg><a><text>go</text></a></svg>",
    "<svg><title>a title</title></svg>",
    "<table background='http://127.0.0.1:9/x'/>",
    "<table><tr><td><img src='x.png'/></td></tr></table>",
    "<table><tr><td style='background: #fff'/></tr></table>",
    "<table><tr><td><form/></td></tr></table>",
    "<td/>",
    "<g/>",
]


@pytest.mark.parametrize("content", HOSTILE)
def test_what_could_run_or_fetch_something_is_refused(results: Path, content: str) -> None:
    """No script, handler, link or declaration of another's file comes into a page."""
    change(results, figures=_figure(content))

    with pytest.raises(NoFigures, match="has something that we never draw"):
        read_figures(results)


def test_long_attributes_are_read_in_linear_time(results: Path) -> None:
    """A million blanks, numbers or letters where they could be read in several ways."""
    long = 1_000_000
    for style in (f"font: {' ' * long}\\", f"fill: none{' ' * long}x", f"font: {'a' * long} \\", ";" * long):
        change(results, figures=_figure(f'<svg><rect style="{style}"/></svg>'))
        begin = time.process_time()
        with pytest.raises(NoFigures):
            read_figures(results)
        assert time.process_time() - begin < 5


def _figure(content: str) -> dict[str, object]:
    return {"ch09.ex01": [{"title": "t", "alt": "a", "content": content}]}
