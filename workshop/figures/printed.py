"""The book's printed values that figures show next to this run's, as the ledger has them.

`figure(..., printed=Value(...))` passes them to the function that draws, as `printed`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.figures.panels import ORANGE
from workshop.ledger import Claim, ledger
from workshop.ledger.values import is_number, leaves
from workshop.paths import Step, follow, parse_steps

BOOK, NOTEBOOK = "printed in the book", "authors' notebook"
CROSS = {"color": ORANGE, "marker": "x", "markersize": 5.5, "markeredgewidth": 1.5, "linestyle": "none"}

# by label, curve and epoch, from 1
PrintedCurves = Mapping[str, Mapping[str, Mapping[int, float]]]


@dataclass(frozen=True)
class Value:
    """A printed value: the claim that documents it, and steps into what it documents."""

    path: str

    def __call__(self, *_: Any) -> Any:
        """Return the value; None if the ledger has none there."""
        try:
            return ledger().printed(self.path, home="")
        except LookupError:
            return None


@dataclass(frozen=True)
class PrintedLog:
    """The printed log of a training of a unit: what its claims document of its curves.

    `fit` : path to the training in the unit's outcome, "" for the outcome itself. `columns` : the curves of
    a line of the outcome's `log`.
    """

    unit: str
    fit: str = ""
    columns: tuple[str, str] = ("loss", "accuracy")

    def __call__(self, history: Any, *_: Any) -> PrintedCurves:
        """Return the printed points of a training with as many epochs as this one.

        The notebook's points are those of which the book prints none. Of two values of one point the first
        in the ledger counts.
        """
        epochs = len(getattr(history, "loss", history))
        found: dict[str, dict[str, dict[int, float]]] = {BOOK: {}, NOTEBOOK: {}}
        for claim in ledger().units[self.unit].claims:
            for curve, epoch, value in self._points(claim, epochs):
                label = BOOK if claim.source == "book" else NOTEBOOK
                found[label].setdefault(curve, {}).setdefault(epoch, value)
        for curve, points in found[NOTEBOOK].items():
            for epoch in found[BOOK].get(curve, ()):
                points.pop(epoch, None)
        return found

    def _points(self, claim: Claim, epochs: int) -> Iterator[tuple[str, int, float]]:
        """Yield what a claim documents of the curves: curve, epoch, value."""
        if claim.ours:
            return
        home = parse_steps(self.fit) if self.fit else ()
        for name, measure in claim.measures().items():
            steps = (measure.field, *measure.steps)
            if measure.unit == self.unit and steps[: len(home)] == home:
                try:
                    points = self._follow(steps[len(home) :], epochs)
                    value = follow(claim.documented, (name,) if name else ())
                except LookupError:  # something else than a curve, or not printed
                    continue
                yield from _paired(points, value)

    def _follow(self, steps: tuple[Step, ...], epochs: int) -> Any:
        """Follow a path to values of curves, and return in their place the pairs of curve and epoch."""
        lines = [[(curve, epoch) for curve in self.columns] for epoch in range(1, epochs + 1)]
        curves = ("loss", "accuracy", "val_loss", "val_accuracy")
        by_epoch = len(steps) > 1 and isinstance(steps[1], str)
        places = {
            "history": {curve: [(curve, epoch) for epoch in range(1, epochs + 1)] for curve in curves},
            "log": dict(enumerate(lines, 1)) if by_epoch else lines,
        }
        return follow(places, steps)


def _paired(points: Any, value: Any) -> Iterator[tuple[str, int, float]]:
    """Yield curve, epoch and value of nested points and values of the same form; nothing of any other."""
    if isinstance(points, tuple) and is_number(value):
        yield (*points, value)
    elif isinstance(points, list) and isinstance(value, list | tuple) and len(points) == len(value):
        for each in zip(points, value, strict=True):
            yield from _paired(*each)


def numbers(printed: Any, shape: tuple[int, ...]) -> np.ndarray | None:
    """Return printed numbers as an array; None where the ledger has another form, or nothing."""
    if not all(map(is_number, leaves(printed))):
        return None
    try:
        array = np.asarray(printed, dtype=np.float64)
    except (TypeError, ValueError):  # a mapping, or rows that are not equally long
        return None
    return array if array.shape == shape and np.isfinite(array).all() else None
