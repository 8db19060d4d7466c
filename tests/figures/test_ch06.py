"""What the figure of chapter 6 shows: shares of reviews in bins of one width; no pixel is compared."""

from __future__ import annotations

import re

import pytest

from workshop.figures import ch06


@pytest.fixture(autouse=True)
def matplotlib():
    """Skip where nothing can be drawn."""
    pytest.importorskip("matplotlib", reason="needs Matplotlib: pip install 'workshop[figures]'")


def test_each_bin_has_its_share_between_its_edges():
    """Bins follow each other from end to end, without gaps, and the edges are written."""
    figure = ch06.lengths_histogram([0.2, 0.5, 0.3], (2.0, 8.0), title="Lengths")

    (panel,) = figure.axes
    bars = [(bar.get_x(), bar.get_x() + bar.get_width(), bar.get_height()) for bar in panel.patches]
    assert bars == [(2, 4, 0.2), (4, 6, 0.5), (6, 8, 0.3)]
    assert panel.get_xticks().tolist() == [2, 4, 6, 8]
    assert panel.get_xlabel() == "words of a review's sequence"
    assert panel.get_ylabel() == "share of the reviews"
    assert [text.get_text() for text in figure.texts] == ["Lengths"]


@pytest.mark.parametrize(
    ("shares", "ends", "shape"),
    [([], (2, 8), "(0,)"), ([[0.5, 0.5]], (2, 8), "(1, 2)"), ([1.0], (8, 2), "(1,)")],
)
def test_what_cant_be_drawn_is_one_clear_line(shares, ends, shape):
    """The error names the thing and the remedy."""
    message = f"{shape} shares from {ends[0]} to {ends[1]}: give one a bin, from left to right"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        ch06.lengths_histogram(shares, ends)
