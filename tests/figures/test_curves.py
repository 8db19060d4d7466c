"""What the curves of a training show: the history's numbers, by epoch, under their names."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.figures.drawing import crosses, legend, sheet
from workshop.figures.curves import MARKERS, training_curves
from workshop.figures.printed import BOOK, NOTEBOOK

pytestmark = pytest.mark.usefixtures("matplotlib")

HISTORY = {
    "loss": [0.9, 0.5, 0.4],
    "accuracy": np.array([0.6, 0.8, 0.85], np.float32),
    "val_loss": [0.7, 0.6, 0.65],
    "val_accuracy": [0.7, 0.75, 0.74],
}


def draw(history: Mapping[str, Any]) -> Any:
    """Draw the curves of a history."""
    return sheet(training_curves(SimpleNamespace(**history)))


def lines(panel: Any) -> dict[str, tuple[list[int], list[float]]]:
    """Return the curves of a panel by their label: epochs and values."""
    return {line.get_label(): (line.get_xdata().tolist(), line.get_ydata().tolist()) for line in panel.lines}


def test_curves_are_the_history_from_epoch_1_on() -> None:
    """Loss is in one panel, accuracy in the other, each of training and validation."""
    figure = draw(HISTORY)

    loss, accuracy = figure.axes
    values = {name: np.asarray(curve, dtype=np.float64).tolist() for name, curve in HISTORY.items()}
    assert lines(loss) == {
        "training": ([1, 2, 3], values["loss"]),
        "validation": ([1, 2, 3], values["val_loss"]),
    }
    assert lines(accuracy) == {
        "training": ([1, 2, 3], values["accuracy"]),
        "validation": ([1, 2, 3], values["val_accuracy"]),
    }


def test_panels_say_what_they_show() -> None:
    """Panels share their epochs, which are whole numbers, and their legend; each has its label."""
    figure = draw(HISTORY)

    for panel, title in zip(figure.axes, ("loss", "accuracy"), strict=True):
        assert panel.get_ylabel() == title
        ticks = panel.xaxis.get_major_locator().tick_values(1, 3)
        assert ticks.tolist() == np.rint(ticks).tolist()
    assert [panel.get_xlabel() for panel in figure.axes] == ["", "epoch"]
    assert len({panel.get_xlim() for panel in figure.axes}) == 1
    assert legend(figure) == ["training", "validation"]


def test_printed_points_have_marks_of_their_own() -> None:
    """Those of training and validation differ, as those of book and notebook do."""
    printed = {
        BOOK: {"loss": {1: 0.8, 3: 0.3}, "val_loss": {2: 0.5}},
        NOTEBOOK: {"loss": {2: 0.6}, "accuracy": {1: 0.5}},
    }

    loss, accuracy = sheet(training_curves(SimpleNamespace(**HISTORY), printed)).axes

    assert crosses(loss) == [([1, 3], [0.8, 0.3]), ([2], [0.5])]
    assert crosses(loss, NOTEBOOK) == [([2], [0.6])]
    assert crosses(accuracy) == []
    assert crosses(accuracy, NOTEBOOK) == [([1], [0.5])]
    assert len({(line.get_marker(), line.get_color()) for line in loss.lines}) == 5
    assert legend(loss.figure) == ["training", "validation", BOOK, NOTEBOOK]


def test_without_validation_there_is_one_curve_each() -> None:
    """What was not validated has no second curve, and none in the legend."""
    figure = draw({"loss": [0.5], "accuracy": [0.9]})

    assert [list(lines(panel)) for panel in figure.axes] == [["training"], ["training"]]


@pytest.mark.parametrize(("epochs", "marked"), [(3, 3), (MARKERS, MARKERS), (1000, MARKERS)])
def test_a_long_curve_is_marked_now_and_then(epochs: int, marked: int) -> None:
    """Each epoch has its value, and at most MARKERS of them have a marker."""
    figure = draw({"loss": [0.5] * epochs, "accuracy": [0.9] * epochs})

    for panel in figure.axes:
        (line,) = panel.lines
        assert len(line.get_xdata()) == epochs
        assert len(range(0, epochs, line.get_markevery())) == marked


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ({"loss": [1.0]}, "the history has no accuracy: give both loss and accuracy"),
        (HISTORY | {"val_loss": [1.0]}, "curves of 1 and 3 epochs: give equally long ones"),
    ],
)
def test_a_history_that_cant_be_drawn_is_one_clear_line(history: Mapping[str, Any], message: str) -> None:
    """The error names what is missing or does not fit."""
    with pytest.raises(ValueError, match=f"^{message}$"):
        draw(history)


def test_without_matplotlib_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the command that installs it."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    with pytest.raises(ModuleNotFoundError, match=r"not installed: pip install 'workshop\[figures\]'"):
        draw(HISTORY)
