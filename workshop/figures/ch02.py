"""Figures of chapter 2: points of classes, the sigmoid, and a digit next to what a network says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np

from workshop.figures.images import real_images
from workshop.figures.model import Chart, Images, Marks, book_marks, numbers, png
from workshop.figures.registry import Plot, figure
from workshop.wording.numbers import counted, three_digits


@figure("ch02.ex05", title="The points of both classes", data=("two_class_points",), later=True)
@figure("ch02.ex06", title="The points of both classes", data=("two_class_points",), later=True)
def points(table: Any) -> Plot:
    """Draw the points of both classes, x2 over x1.

    Source: chapter 2, exercises 2.02, 2.05 and 2.06, Figures 2.21 and 2.30.
    """
    return _classes(table.label, table.x1, table.x2, ("x1", "x2"), ("class 0", "class 1"))


@figure(
    "ch02.ex02",
    "weight",
    "bias",
    title="The points, and the line that was learned",
    data=("two_class_points",),
)
def learned(weight: np.ndarray, bias: np.ndarray, table: Any) -> Plot:
    """Draw the points of both classes, and the line on which a perceptron says one half.

    `weight` (2, 1) and `bias` (1,) are those of its only neuron.

    Source: chapter 2, exercise 2.02.
    """
    alt, parts, note = points(table)
    chart: Any = parts[0]
    first, second, shift = *np.ravel(weight), *np.ravel(bias)
    ys = np.clip([-(first * x + shift) / second for x in chart.x_ends], *chart.y_ends)
    line = Marks("run", numbers(-(second * ys + shift) / first), numbers(ys), "this run")
    says = first * table.x1 + second * table.x2 + shift > 0
    wrong = int(np.sum(says != (np.asarray(table.label) == 1)))
    alt += f" The line has {counted(wrong, 'point')} on the wrong side."
    return alt, (replace(chart, marks=(*chart.marks, line)),), note


@figure("ch02.ex03", title="The three species", data=("iris",))
def species(table: Any) -> Plot:
    """Draw the second feature over the first, a look for each species.

    Source: chapter 2, exercise 2.03, Figure 2.18.
    """
    names = ("setosa", "versicolor", "virginica")
    return _classes(table.species, table.iloc[:, 0], table.iloc[:, 1], ("length", "width"), names)


def _classes(labels: Any, x: Any, y: Any, axes: tuple[str, str], names: tuple[str, ...]) -> Plot:
    charts, said = [], []
    both, of = np.stack([x, y]), np.asarray(labels)
    ends = [(float(one.min()), float(one.max())) for one in both]
    kinds = sorted(set(labels))
    if kinds != [*range(len(names))]:  # a reader's own
        names = tuple(map(str, kinds))
    if len(kinds) == 2:  # one panel has room for two
        looks: tuple[Literal["real", "made"], ...] = ("real", "made")
        marks = tuple(
            Marks(look, *map(numbers, both[:, of == kind]), name)
            for look, kind, name in zip(looks, kinds, names, strict=True)
        )
        charts = [Chart(marks, f"{axes[1]} over {axes[0]}", axes[0], "panel", False, *ends)]
    for kind, name in zip(kinds, names, strict=True):
        mine, others = both[:, of == kind], both[:, of != kind]
        marks = (
            Marks("real", *map(numbers, others), "the others"),
            Marks("made", *map(numbers, mine), "the class named above"),
        )
        if len(kinds) > 2:
            charts.append(Chart(marks, f"{name}, {axes[1]} over {axes[0]}", axes[0], "panel", False, *ends))
        centre = ", ".join(map(three_digits, mine.mean(axis=1)))
        said.append(f"{counted(mine.shape[1], 'point')} of {name} around ({centre})")
    return f"{'; '.join(said)}.", tuple(charts), ""


@figure("ch02.text01", "sigmoid_curve", title="The sigmoid", printed="ch02.text01.sigmoid_curve.centre")
def sigmoid(curve: Any, printed: Any = None) -> Plot:
    """Draw the sigmoid over its net input, with a line at one half, above which a perceptron says 1.

    `curve` has `z`, net inputs from left to right, and `values`, the sigmoid of each, (n,) each. `printed`
    is the value at 0.

    Source: chapter 2, text on the structure of perceptrons, Figure 2.7.
    """
    z, values = curve.z, curve.values
    marks = (
        Marks("chance", numbers([z[0], z[-1]]), (0.5, 0.5), "one half"),
        Marks("run", numbers(z), numbers(values), "this run"),
        *book_marks([0.0], printed),
    )
    places = (0, int(np.abs(z).argmin()), -1)
    start, middle, end = (f"{three_digits(values[place])} at z = {z[place]:g}" for place in places)
    alt = f"The curve goes from {start} through {middle} to {end}."
    return alt, (Chart(marks, x_label="net input z"),), ""


@figure(
    "ch02.ex07",
    "image",
    "probabilities",
    "label",
    title="A test image",
    printed="ch02.ex07.probabilities",
    full=True,
)
def digit(image: np.ndarray, probabilities: np.ndarray, label: int, printed: Any = None) -> Plot:
    """Draw an image next to the probability that a network gives to each class.

    The image has pixels 0 to 255 (height, width); `probabilities` is (1, classes), `label` the true class.

    Source: chapter 2, exercise 2.07, Figure 2.35.
    """
    (row,) = probabilities
    classes = np.arange(len(row))
    book = book_marks(classes, printed)
    marks = (Marks("bars", numbers(classes), numbers(row), "this run"), *book)
    chart = Chart(
        marks,
        "Probability of each class",
        "class",
        y_ends=(0.0, 1.0),
        ticks=tuple("0123456789"[: len(row)]),
    )
    first, second = (int(place) for place in np.argsort(-row, kind="stable")[:2])
    alt = (
        f"An image labelled {label}. The network says {first} with the probability "
        f"{three_digits(row[first])}, then {second} with {three_digits(row[second])}."
    )
    for one in book:
        alt += f" The book prints {three_digits(max(one.y))} for {np.argmax(one.y)}."
    return alt, (Images(((f"Labelled {label}", png(image), ""),)), chart), ""


@figure(
    "ch02.text02",
    "rises",
    "share_updated_after_rise",
    title="Updates after a rise of the loss",
    claims=("ch02.text02.update_only_if_better",),
)
def updates(rises: int, share: float) -> Plot:
    """Draw how often the loss rose in a training with a large rate, and after how many rises weights changed.

    Source: chapter 2, text on the training of a perceptron.
    """
    marks = (
        Marks("bars", (0.0, 1.0), numbers([rises, rises * share]), "this run"),
        Marks("book", (1.0,), (0.0,), "as the book says"),
    )
    alt = (
        f"The loss rose in {counted(rises, 'step')}, and the weights changed after {100 * share:g} % of them."
    )
    chart = Chart(marks, ticks=("the loss rose", "weights changed"))
    return f"{alt} The book says: after none.", (chart,), ""


real_images("mnist", "ch02.text04", "ch02.ex04", "ch02.ex07")
