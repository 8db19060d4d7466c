"""What the curves of a training show: the history's numbers, by epoch, under their names."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from workshop.figures.curves import MARKERS, loss_curves, training_curves

HISTORY = {
    "loss": [0.9, 0.5, 0.4],
    "accuracy": np.array([0.6, 0.8, 0.85], np.float32),
    "val_loss": [0.7, 0.6, 0.65],
    "val_accuracy": [0.7, 0.75, 0.74],
}


@pytest.fixture(autouse=True)
def matplotlib():
    """Skip where nothing can be drawn."""
    pytest.importorskip("matplotlib", reason="needs Matplotlib: pip install 'workshop[figures]'")


def lines(panel):
    """Return the curves of a panel by their label: epochs and values."""
    return {line.get_label(): (line.get_xdata().tolist(), line.get_ydata().tolist()) for line in panel.lines}


def test_curves_are_the_history_from_epoch_1_on():
    """Loss is in one panel, accuracy in the other, each of training and validation."""
    figure = training_curves(HISTORY)

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


def test_panels_say_what_they_show():
    """Both axes have a label, each panel a title and a legend, and epochs are whole numbers."""
    figure = training_curves(HISTORY, title="Exercise 3.02")

    assert [text.get_text() for text in figure.texts] == ["Exercise 3.02"]
    for panel, title in zip(figure.axes, ("Loss", "Accuracy"), strict=True):
        assert panel.get_title() == title
        assert panel.get_ylabel().startswith(title.lower())
        assert panel.get_xlabel() == "epoch"
        assert [text.get_text() for text in panel.get_legend().get_texts()] == ["training", "validation"]
        ticks = panel.xaxis.get_major_locator().tick_values(1, 3)
        assert ticks.tolist() == np.rint(ticks).tolist()


def test_without_validation_there_is_one_curve_each():
    """What was not validated has no second curve, and none in the legend."""
    figure = training_curves({"loss": [0.5], "accuracy": [0.9]})

    assert [list(lines(panel)) for panel in figure.axes] == [["training"], ["training"]]


@pytest.mark.parametrize(("epochs", "marked"), [(3, 3), (MARKERS, MARKERS), (1000, MARKERS)])
def test_a_long_curve_is_marked_now_and_then(epochs, marked):
    """Each epoch has its value, and as many as can be told apart have a marker."""
    figure = training_curves({"loss": [0.5] * epochs, "accuracy": [0.9] * epochs})

    for panel in figure.axes:
        (line,) = panel.lines
        assert len(line.get_xdata()) == epochs
        assert len(range(0, epochs, line.get_markevery())) == marked


def test_losses_alone_are_one_panel():
    """Training and validation by epoch, from 1, under the loss's own name."""
    figure = loss_curves([0.9, 0.5], [0.8, 0.6], label="squared error", title="RNN")

    (panel,) = figure.axes
    assert lines(panel) == {"training": ([1, 2], [0.9, 0.5]), "validation": ([1, 2], [0.8, 0.6])}
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("epoch", "squared error")
    assert [text.get_text() for text in panel.get_legend().get_texts()] == ["training", "validation"]
    assert [text.get_text() for text in figure.texts] == ["RNN"]


def test_losses_of_unlike_length_are_one_clear_line():
    """The error names what does not fit."""
    with pytest.raises(ValueError, match=r"^curves of 2 and 1 epochs: give equally long ones$"):
        loss_curves([0.9, 0.5], [0.8], label="loss")


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ({"loss": [1.0]}, "the history lacks accuracy: give both loss and accuracy"),
        (HISTORY | {"val_loss": [1.0]}, "curves of 1 and 3 epochs: give equally long ones"),
    ],
)
def test_a_history_that_cant_be_drawn_is_one_clear_line(history, message):
    """The error names what is missing or does not fit."""
    with pytest.raises(ValueError, match=f"^{message}$"):
        training_curves(history)


def test_without_matplotlib_the_remedy_is_named(monkeypatch):
    """The error names the command that installs it."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    with pytest.raises(ModuleNotFoundError, match=r"not installed: pip install 'workshop\[figures\]'"):
        training_curves(HISTORY)
