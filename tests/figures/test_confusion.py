"""What a confusion matrix shows: counts and shares in their cells, darker for more; no pixel is compared."""

from __future__ import annotations

import re

import pytest

from tests.figures.drawing import crosses, legend, sheet
from workshop.figures.confusion import DARKEST, confusion_matrix

pytestmark = pytest.mark.usefixtures("matplotlib")


def test_cells_have_count_and_share_of_their_row() -> None:
    """Rows are true, from top to bottom, columns predicted, from left to right; shares are of a row."""
    (panel,) = sheet(confusion_matrix([[3000, 1000], [2, 8]], ["bad", "good"])).axes

    assert {text.get_position(): text.get_text() for text in panel.texts} == {
        (0, 0): "3,000\n75.0 %",
        (1, 0): "1,000\n25.0 %",
        (0, 1): "2\n20.0 %",
        (1, 1): "8\n80.0 %",
    }
    low, high = panel.get_ylim()
    assert low > high  # the first row is on top
    assert [label.get_text() for label in panel.get_xticklabels()] == ["bad", "good"]
    assert [label.get_text() for label in panel.get_yticklabels()] == ["bad", "good"]
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("predicted", "true")


def test_cells_are_shaded_by_their_share() -> None:
    """The shade lies where its number stands, and a whole row in one cell is no darker than numbers allow."""
    (panel,) = sheet(confusion_matrix([[3, 1], [0, 2]], ["a", "b"])).axes

    shades = {
        (cell.get_x() + cell.get_width() / 2, cell.get_y() + cell.get_height() / 2): cell.get_alpha()
        for cell in panel.patches
    }
    assert shades == {
        (0, 0): pytest.approx(0.75 * DARKEST),
        (1, 0): pytest.approx(0.25 * DARKEST),
        (0, 1): 0,
        (1, 1): DARKEST,
    }


def test_printed_counts_are_next_to_crosses() -> None:
    """Each is in its cell, below the run's; a matrix of another size is left out."""
    (panel,) = sheet(confusion_matrix([[3, 1], [0, 2]], ["a", "b"], [[1000, 2], [3, 4]])).axes
    (without,) = sheet(confusion_matrix([[3, 1], [0, 2]], ["a", "b"], [[1]])).axes

    cells = {
        (round(x), round(y)): text.get_text()
        for text in panel.texts
        for x, y in [text.get_position()]
        if "%" not in text.get_text()
    }
    assert cells == {(0, 0): "1,000", (1, 0): "2", (0, 1): "3", (1, 1): "4"}
    assert sorted((round(x[0]), round(y[0])) for x, y in crosses(panel)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert legend(panel.figure) == ["printed in the book"]
    assert crosses(without) == []


def test_a_class_without_examples_has_no_shares() -> None:
    """A row of zeros is drawn as such."""
    (panel,) = sheet(confusion_matrix([[0, 0], [1, 1]], ["a", "b"])).axes

    assert [text.get_text() for text in panel.texts][:2] == ["0\n0.0 %", "0\n0.0 %"]


@pytest.mark.parametrize(("counts", "shape"), [([[1, 2, 3]], "(1, 3)"), ([[1]], "(1, 1)")])
def test_what_cant_be_drawn_is_one_clear_line(counts: list[list[int]], shape: str) -> None:
    """The error names the thing and the remedy."""
    message = f"a matrix of shape {shape} for 2 classes: give (2, 2)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        sheet(confusion_matrix(counts, ["a", "b"]))
