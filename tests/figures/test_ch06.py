"""What the figure of chapter 6 shows: shares of reviews in bins of one width; no pixel is compared."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from tests.figures.drawing import crosses, legend, sheet
from workshop.figures import ch06
from workshop.figures.printed import NOTEBOOK
from workshop.figures.registry import sketches

pytestmark = pytest.mark.usefixtures("matplotlib")


def test_each_bin_has_its_share_between_its_edges() -> None:
    """Bins follow each other from end to end, without gaps, and the edges are written."""
    (panel,) = sheet(ch06.lengths([0.2, 0.5, 0.3], (2.0, 8.0))).axes

    bars = [(bar.get_x(), bar.get_x() + bar.get_width(), bar.get_height()) for bar in panel.patches]
    assert bars == [(2, 4, 0.2), (4, 6, 0.5), (6, 8, 0.3)]
    assert panel.get_xticks().tolist() == [2, 4, 6, 8]
    assert panel.get_xlabel() == "words of a review's sequence"
    assert panel.get_ylabel() == "share of the reviews"


def test_the_notebooks_shares_are_crosses_in_the_middle_of_their_bins() -> None:
    """They are read off its figure."""
    (panel,) = sheet(ch06.lengths([0.2, 0.5, 0.3], (2.0, 8.0), printed=[0.1, 0.6, 0.3])).axes

    assert crosses(panel, NOTEBOOK) == [([3, 5, 7], [0.1, 0.6, 0.3])]
    assert legend(panel.figure) == ["this run", NOTEBOOK]


@pytest.mark.parametrize("unit", ["ch06.ex01", "ch06.ex05", "ch06.act01"])
def test_trainings_of_the_chapter_share_their_limits(unit: str) -> None:
    """Networks, and RMSprop now and earlier, are compared; a loss outside widens them."""
    for top, high in ((0.6, 0.8), (1.5, 1.5)):
        history = SimpleNamespace(loss=[top, 0.3], accuracy=[0.7, 0.8])
        found = [each for each in sketches()[unit] if each.paths[0].endswith("history")]
        assert found
        for sketch in found:
            loss, accuracy = sheet(sketch.plots([history], book=False)).axes
            assert (loss.get_ylim(), accuracy.get_ylim()) == ((0, high), (0.5, 1))


@pytest.mark.parametrize(
    ("shares", "ends", "shape"),
    [([], (2, 8), "(0,)"), ([[0.5, 0.5]], (2, 8), "(1, 2)"), ([1.0], (8, 2), "(1,)")],
)
def test_what_cant_be_drawn_is_one_clear_line(shares: Any, ends: tuple[float, float], shape: str) -> None:
    """The error names the thing and the remedy."""
    message = f"{shape} shares from {ends[0]} to {ends[1]}: give one a bin, from left to right"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        sheet(ch06.lengths(shares, ends))
