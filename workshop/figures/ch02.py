"""Figures of chapter 2: points of classes, the sigmoid, and a digit next to what a network says of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from workshop.figures.images import real_images
from workshop.figures.model import Chart, Images, Marks, numbers, png
from workshop.figures.printed import Value
from workshop.figures.printed import numbers as printed_numbers
from workshop.figures.registry import Plot, figure
from workshop.wording.numbers import counted, three_digits


@figure("ch02.ex02", title="The points of both classes", data=("two_class_points",))
@figure("ch02.ex05", title="The points of both classes", data=("two_class_points",), later=True)
@figure("ch02.ex06", title="The points of both classes", data=("two_class_points",), later=True)
def points(table: Any) -> Iterator[Plot]:
    """Draw the points of both classes, x2 over x1.

    Source: chapter 2, exercises 2.02, 2.05 and 2.06, Figures 2.21 and 2.30.
    """
    yield from _classes(table.label, table.x1, table.x2, ("x1", "x2"), ("class 0", "class 1"))


@figure("ch02.ex03", title="The three species", data=("iris",))
def species(table: Any) -> Iterator[Plot]:
    """Draw the second feature over the first, a look for each species.

    Source: chapter 2, exercise 2.03, Figure 2.18.
    """
    names = ("setosa", "versicolor", "virginica")
    yield from _classes(table.species, table.iloc[:, 0], table.iloc[:, 1], ("length", "width"), names)


def _classes(labels: Any, x: Any, y: Any, axes: tuple[str, str], names: tuple[str, ...]) -> Iterator[Plot]:
    charts, said = [], []
    ends = (float(np.min(x)), float(np.max(x))), (float(np.min(y)), float(np.max(y)))
    kinds = sorted(set(labels))
    if kinds != [*range(len(names))]:  # a reader's own
        names = tuple(map(str, kinds))
    for kind, name in zip(kinds, names, strict=True):
        mine = np.asarray(labels) == kind
        others = Marks("real", numbers(np.asarray(x)[~mine]), numbers(np.asarray(y)[~mine]), "the others")
        shown = Marks(
            "made", numbers(np.asarray(x)[mine]), numbers(np.asarray(y)[mine]), "the class named above"
        )
        charts.append(
            Chart(
                (others, shown), f"{name}, {axes[1]} over {axes[0]}", axes[0], x_ends=ends[0], y_ends=ends[1]
            )
        )
        centre = f"{three_digits(np.asarray(x)[mine].mean())}, {three_digits(np.asarray(y)[mine].mean())}"
        said.append(f"{counted(int(mine.sum()), 'point')} of {name} around ({centre})")
    yield "", f"{'; '.join(said)}.", tuple(charts), ""


@figure("ch02.text01", "sigmoid_curve", title="The sigmoid", printed=Value("ch02.text01.sigmoid_curve"))
def sigmoid(curve: Any, printed: Any = None) -> Iterator[Plot]:
    """Draw the sigmoid over its net input, with a line at one half, above which a perceptron says 1.

    `curve` has `z`, net inputs from left to right, and `values`, the sigmoid of each, (n,) each. `printed`
    has the value at 0, `centre`. Raises ValueError if they are not equally long.

    Source: chapter 2, text on the structure of perceptrons, Figure 2.7.
    """
    z, values = curve.z, curve.values
    if np.ndim(z) != 1 or np.shape(z) != np.shape(values):
        raise ValueError(f"{np.shape(z)} and {np.shape(values)} are not a curve: give one value for each z")
    marks = [
        Marks("chance", numbers([z[0], z[-1]]), (0.5, 0.5), "one half"),
        Marks("run", numbers(z), numbers(values), "this run"),
    ]
    centre = printed_numbers(printed.get("centre") if isinstance(printed, dict) else None, ())
    marks += [] if centre is None else [Marks("book", (0.0,), (float(centre),), "printed in the book")]
    places = (0, int(np.abs(z).argmin()), -1)
    start, middle, end = (f"{three_digits(values[place])} at z = {z[place]:g}" for place in places)
    yield (
        "",
        f"The curve goes from {start} through {middle} to {end}.",
        (Chart(tuple(marks), x_label="net input z"),),
        "",
    )


@figure(
    "ch02.ex07",
    "image",
    "probabilities",
    "label",
    title="A test image",
    printed=Value("ch02.ex07.probabilities"),
    full=True,
)
def digit(image: np.ndarray, probabilities: np.ndarray, label: int, printed: Any = None) -> Iterator[Plot]:
    """Draw an image next to the probability that a network gives to each class.

    The image has pixels 0 to 255 (height, width); `probabilities` is (1, classes), `label` the true class.
    Raises ValueError if there is no probability for the label.

    Source: chapter 2, exercise 2.07, Figure 2.35.
    """
    (row,) = probabilities
    if np.ndim(row) != 1 or not 0 <= label < len(row):
        raise ValueError(
            f"label {label} has no probability in an array of shape {np.shape(row)}: give one for each class"
        )
    classes = tuple(map(float, range(len(row))))
    book = printed_numbers(printed, np.shape(probabilities))
    marks = [Marks("bars", classes, numbers(row), "this run")]
    marks += [] if book is None else [Marks("book", classes, numbers(book[0]), "printed in the book")]
    chart = Chart(
        tuple(marks),
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
    if book is not None:
        most = int(np.argmax(book[0]))
        alt += f" The book prints {three_digits(book[0, most])} for {most}."
    yield "", alt, (Images(((f"Labelled {label}", png(image), ""),)), chart), ""


@figure(
    "ch02.text02",
    "rises",
    "share_updated_after_rise",
    title="Updates after a rise of the loss",
    claims=("ch02.text02.update_only_if_better",),
)
def updates(rises: int, share: float) -> Iterator[Plot]:
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
    yield (
        "",
        f"{alt} The book says: after none.",
        (Chart(marks, ticks=("the loss rose", "weights changed")),),
        "",
    )


real_images("mnist", "ch02.text04", "ch02.ex04", "ch02.ex07")
