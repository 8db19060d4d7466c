"""Write the figures of docs/gallery from a run: `python scripts/make_gallery.py results/verify.json`.

Those of its folder `errata` are on the cards of the first errors of docs/errata.md. The run needs the data
sets. Say in docs/gallery.md which run it was.
"""

from __future__ import annotations

import sys
from pathlib import Path

from workshop.figures.drawing import html
from workshop.figures.files import read_figures
from workshop.figures.model import Figure, by_error
from workshop.ledger import ledger
from workshop.reporting.errata import errata

FOLDER = Path(__file__).parents[1] / "docs" / "gallery"
# name of the file: the unit, and how the figure's title begins
CHOSEN = {
    "generated": ("ch07.ex05", "Generated images"),
    "gan": ("ch07.ex04", "The training"),
    "forecasts": ("ch05.text07", "Forecasts against prices"),
    "lstm": ("ch06.ex02", "The training"),
    "points": ("ch02.ex02", "The points of both classes"),
    "confusion": ("ch02.ex02", "Confusion matrix"),
    "species": ("ch02.ex03", "The three species"),
    "sigmoid": ("ch02.text01", "The sigmoid"),
    "thousand": ("ch02.ex05", "The training"),
    "sonar": ("ch02.act01", "The training"),
    "convolution_layers": ("ch03.ex02", "Model summary"),
    "digits": ("ch03.ex02", "Handwritten digits"),
    "mnist": ("ch03.ex02", "The training"),
    "edge": ("ch03.text04", "An image of two halves"),
    "augmented": ("ch03.text09", "An image and its variants"),
    "clothes": ("ch03.act01", "Articles of clothing"),
    "fashion": ("ch03.act01", "The training"),
    "fruit": ("ch03.act02", "The training"),
    "money": ("ch04.ex06", "Five nearest to money, Brown"),
    "film": ("ch04.ex06", "Five nearest to money, movie"),
    "prices": ("ch05.ex01", "Closing prices"),
    "convolution": ("ch05.ex04", "Forecasts against prices"),
    "losses": ("ch05.ex04", "The training"),
    "rnn": ("ch06.ex01", "The training"),
    "gru": ("ch06.ex03", "The training"),
    "sine": ("ch07.ex01", "The real data"),
    "untrained_generator": ("ch07.ex02", "Points of the untrained generator"),
    "confused": ("ch07.ex05", "The training"),
}
ERRORS = 11  # that have a figure, the worst and most surprising


def write_gallery(results: Path, folder: Path) -> None:
    """Write the chosen figures of a results file. Raises NoFigures, or KeyError if one is missing."""
    figures = read_figures(results)
    (folder / "errata").mkdir(parents=True, exist_ok=True)
    for name, (unit, start) in CHOSEN.items():
        found = [figure for figure in figures[unit] if figure.title.startswith(start) and figure.parts]
        if not found:
            raise KeyError(f"{unit} has no figure {start!r}")
        _write(found[0], folder / f"{name}.html")
    of_errors = by_error(one for drawn in figures.values() for one in drawn)
    for error in errata(ledger())[:ERRORS]:
        _write(of_errors[error.claim.id], folder / "errata" / f"{error.claim.id}.html")


def _write(figure: Figure, path: Path) -> None:
    path.write_text(html(figure).strip() + "\n", "utf-8")


if __name__ == "__main__":
    write_gallery(Path(sys.argv[1]), FOLDER)
