"""The registry of figures: the unit, the fields of its outcome, the title, and the function that draws them.

A new figure is one function in the module `chNN` of this folder:

    @figure("ch07.ex01", "real_data", title="The real data")
    def sine(data: np.ndarray) -> Iterator[Plot]:
        sheet, ((panel,),) = panels(1, 1, width=5.0, height=3.6)
        panel.plot(*data.T)
        yield "", f"A curve through {len(data)} points.", sheet

With `printed=Value("ch07.ex04.accuracy_log")` the function takes what the book prints as `printed`, too. Its
default is None, for runs that are not the book's.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from workshop.figures.svg import inline, page_style
from workshop.paths import follow, parse_steps

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

# what distinguishes the plot from the function's others, or ""; alternative text; the plot, or an HTML table
Plot = tuple[str, str, "MatplotlibFigure | str"]
Draw = Callable[..., Iterator[Plot]]
Printed = Callable[..., Any]


class DrawnOutcome(Protocol):
    """One run of a unit's part: what it returned, its seeds, and why it is not the documented procedure."""

    @property
    def outcome(self) -> Any: ...
    @property
    def seeds(self) -> Sequence[int]: ...
    @property
    def first_steps(self) -> bool: ...
    @property
    def substitutes(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Figure:
    """A unit's figure; `content` is an SVG element, an HTML table, or "" where `alt` says why not.

    `claims` : the errors of the book that it makes visible.
    """

    title: str
    alt: str
    content: str
    claims: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sketch:
    """A registered figure.

    `draw` takes what the paths lead to in an outcome, and as `printed` what this function makes of them, the
    book's values of it.
    """

    title: str
    paths: tuple[str, ...]
    draw: Draw
    printed: Printed | None
    claims: tuple[str, ...]

    def plots(self, values: Sequence[Any], *, book: bool) -> Iterator[Plot]:
        """Draw values of an outcome, next to the book's if `book`."""
        if not book or self.printed is None:
            return self.draw(*values)
        return self.draw(*values, printed=self.printed(*values))


_REGISTERED: dict[str, list[Sketch]] = defaultdict(list)


def figure(
    unit: str, *paths: str, title: str, printed: Printed | None = None, claims: tuple[str, ...] = ()
) -> Callable[[Draw], Draw]:
    """Register a function that draws a unit's figure, or several, from the values at paths into its outcome.

    The function yields a `Plot` a figure. A unit's figures appear in the order in which they are registered.
    `printed` returns the book's values that the figure shows, see `workshop.figures.printed`. `claims` : the
    errors of the book that it makes visible.
    """

    def register(draw: Draw) -> Draw:
        _REGISTERED[unit].append(Sketch(title, paths, draw, printed, claims))
        return draw

    return register


@cache
def sketches() -> Mapping[str, Sequence[Sketch]]:
    """Return the registered figures by unit. Imports the chapters' modules, but not Matplotlib."""
    for path in sorted(Path(__file__).parent.glob("ch[0-9][0-9].py")):
        importlib.import_module(f"{__package__}.{path.stem}")
    return dict(_REGISTERED)


def draw_figures(
    outcomes: Mapping[str, Sequence[DrawnOutcome]], *, book: bool = True
) -> dict[str, tuple[Figure, ...]]:
    """Return the figures of each unit that has some, from the parts whose outcomes have their fields.

    Where a figure can't be drawn, its alternative text is one line that says why. The book's values are drawn
    as well, except for first steps. `book=False` leaves them out, for data or settings that are not the
    book's.
    """
    drawn = {unit: tuple(_draw_unit(unit, parts, book)) for unit, parts in outcomes.items()}
    return {unit: figures for unit, figures in drawn.items() if figures}


def draw_plots(unit: str, parts: Sequence[DrawnOutcome], *, book: bool = True) -> Iterator[Plot]:
    """Yield a unit's plots, drawn as `draw_figures` does. Raises what drawing raises."""
    for sketch, part, values in _drawable(unit, parts):
        yield from sketch.plots(values, book=book and not part.first_steps)


def _drawable(unit: str, parts: Sequence[DrawnOutcome]) -> Iterator[tuple[Sketch, DrawnOutcome, list[Any]]]:
    """Yield a unit's figures, each with the part whose outcome has its fields, and their values."""
    for sketch in sketches().get(unit, ()):
        for part in parts:
            try:
                values = [follow(part.outcome, parse_steps(path)) for path in sketch.paths]
            except LookupError:  # another part has these fields
                continue
            yield sketch, part, values


def _draw_unit(unit: str, parts: Sequence[DrawnOutcome], book: bool) -> list[Figure]:
    drawn: list[Figure] = []
    for sketch, part, values in _drawable(unit, parts):
        name = f"{unit}-{len(drawn)}".replace(".", "-")
        drawn += _draw(sketch, values, book and not part.first_steps, _note(part), name)
    return drawn


def _draw(sketch: Sketch, values: Sequence[Any], book: bool, note: str, name: str) -> Iterator[Figure]:
    with page_style() if importlib.util.find_spec("matplotlib") else nullcontext():
        try:
            for number, (label, alt, plot) in enumerate(sketch.plots(values, book=book)):
                title = sketch.title + (f", {label}" if label else "") + note
                content = (
                    plot if isinstance(plot, str) else inline(plot, f"{name}-{number}", f"{title}: {alt}")
                )
                yield Figure(title, alt, content, sketch.claims)
        except Exception as error:  # a figure that can't be drawn costs a line, never the report
            why = " ".join(str(error).split()) or type(error).__name__
            yield Figure(sketch.title + note, f"not drawn: {why}", "")


def _note(part: DrawnOutcome) -> str:
    """Return the end of a title: the seeds, and where the run is not the documented procedure."""
    notes = [f"seed {', '.join(map(str, part.seeds))}"] if part.seeds else []
    notes += ["first steps, not the documented procedure"] if part.first_steps else []
    notes += [f"on a substitute: {line}" for line in part.substitutes]
    return f" ({'; '.join(notes)})" if notes else ""
