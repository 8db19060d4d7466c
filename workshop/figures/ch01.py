"""Figures of chapter 1: the photograph that is recognised, a line, and the roots of another equation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from workshop.figures.model import Chart, Images, Marks, book_marks, jpeg, numbers
from workshop.figures.registry import Plot, figure
from workshop.wording.numbers import four_digits

_WIDTH = 160  # pixels
_OTHER = (1, -5, 6)  # coefficients of the equation that is no perfect square


@figure("ch01.ex01", title="The photograph", data=("pizza_image",))
def photograph(path: Path) -> Plot:
    """Draw a photograph in a small copy.

    Source: chapter 1, exercise 1.01, Figure 1.5.
    """
    from PIL import Image

    with Image.open(path) as file:
        width, height = file.size
        small = np.asarray(file.convert("RGB").resize((_WIDTH, round(_WIDTH * height / width))))
    alt = f"The photograph that the network recognises, {width} × {height} pixels, in a small copy."
    return alt, (Images((("Figure 1.5", jpeg(small), ""),)),), ""


@figure(
    "ch01.ex06",
    "w",
    "b",
    "predictions",
    title="The line that was learned",
    printed="ch01.ex06.predictions",
)
def line(w: float, b: float, predictions: np.ndarray, printed: Any = None) -> Plot:
    """Draw the outputs at x = 1, 2, 3, 4, and the labels, which lie on y = 1 − x.

    Source: chapter 1, exercise 1.06.
    """
    x = np.arange(1.0, len(predictions) + 1)
    marks = (
        Marks(
            "run", numbers(x), numbers(predictions, 6), "this run", f"this run {four_digits(predictions[-1])}"
        ),
        Marks("real", numbers(x), numbers(1 - x), "labels"),
        *book_marks(x, printed),
    )
    alt = f"The line has w = {four_digits(w)} and b = {four_digits(b)}. The labels lie on y = 1 − x."
    return alt, (Chart(marks, "Output by x", "x"),), ""


@figure(
    "ch01.act01",
    "other_x",
    "other_x_without_abs",
    title="The method on x² − 5x + 6",
    claims=("ch01.act01.only_perfect_squares",),
)
def other_equation(end: float, without: float) -> Plot:
    """Draw the absolute value of an equation that is not a perfect square, and where two descents on it end.

    `end` : x with the absolute value in the loss, `without` : x without it.

    Source: chapter 1, activity 1.01.
    """
    x = np.linspace(0, 4, 81)
    whole, lowest = np.polyval(_OTHER, x), np.polyval(_OTHER, [without])
    alt = (
        f"|x² − 5x + 6| has roots at 2 and 3. The descent on it ends at {four_digits(end)}; on x² − 5x + 6 "
        f"itself it ends at {four_digits(without)}, where the curve is lowest."
    )
    marks = (
        Marks("naive", numbers(x), numbers(whole), "without the absolute value"),
        Marks("actual", numbers(x), numbers(abs(whole)), "the activity’s loss"),
        Marks("real", numbers([without]), numbers(lowest)),
        Marks(
            "made",
            numbers([end]),
            numbers(abs(np.polyval(_OTHER, [end]))),
            f"end of the descent: {four_digits(end)}",
        ),
    )
    return alt, (Chart(marks, "Loss by x", "x", y_ends=(-1.0, 3.0)),), ""
