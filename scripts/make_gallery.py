"""Write the figures of docs/gallery from a run: `python scripts/make_gallery.py results/verify.json`.

The run needs `.[figures]` and the data sets. Say in docs/gallery.md which run it was.
"""

from __future__ import annotations

import sys
from pathlib import Path

from workshop.figures.files import read_figures

FOLDER = Path(__file__).parents[1] / "docs" / "gallery"
# name of the file: the unit, and how the figure's title begins
CHOSEN = {
    "sigmoid": ("ch02.text01", "The sigmoid"),
    "sonar": ("ch02.act01", "Training curves of the first fit"),
    "edge": ("ch03.text04", "An image of two halves"),
    "augmented": ("ch03.text09", "An image and its variants"),
    "forecasts": ("ch05.text07", "Forecasts against prices, zoomed"),
    "losses": ("ch05.text07", "Losses"),
    "convolution": ("ch05.ex04", "Forecasts against prices, zoomed"),
    "sine": ("ch07.ex01", "The real data"),
    "untrained_generator": ("ch07.ex02", "Points of the untrained generator"),
}


def write_gallery(results: Path, folder: Path) -> None:
    """Write the chosen figures of a results file. Raises NoFigures, or KeyError if one is missing."""
    figures = read_figures(results)
    folder.mkdir(parents=True, exist_ok=True)
    for name, (unit, start) in CHOSEN.items():
        found = [figure for figure in figures[unit] if figure.title.startswith(start)]
        if not found:
            raise KeyError(f"{unit} has no figure {start!r}")
        (folder / f"{name}.svg").write_text(found[0].content.strip() + "\n", "utf-8")


if __name__ == "__main__":
    write_gallery(Path(sys.argv[1]), FOLDER)
