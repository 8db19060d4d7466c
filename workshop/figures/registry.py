"""The registry of figures: the unit, the fields of its outcome, the title, and the function that draws them.

A new figure is one function in the module `chNN` of this folder:

    @figure("ch07.ex01", "real_data", title="The real data")
    def sine(data: np.ndarray) -> Iterator[Plot]:
        sheet, ((panel,),) = panels(1, 1, width=5.0, height=3.6)
        panel.plot(*data.T)
        yield "", f"A curve through {len(data)} points.", sheet
"""

from __future__ import annotations

import importlib
import importlib.util
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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


class PartOutcome(Protocol):
    """One run of a unit's part: what it returned, its seeds, and why it is not the documented procedure."""

    @property
    def outcome(self) -> Any: ...
    @property
    def seeds(self) -> Sequence[int]: ...
    @property
    def short(self) -> bool: ...
    @property
    def substitutes(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Figure:
    """A unit's figure; `content` is an SVG element, an HTML table, or "" where `alt` says why not."""

    title: str
    alt: str
    content: str


@dataclass(frozen=True)
class Sketch:
    """A registered figure; `draw` takes what the paths lead to in an outcome."""

    title: str
    paths: tuple[str, ...]
    draw: Draw


_REGISTERED: dict[str, list[Sketch]] = defaultdict(list)


def figure(unit: str, *paths: str, title: str) -> Callable[[Draw], Draw]:
    """Register a function that draws a unit's figure, or several, from the values at paths into its outcome.

    The function yields a `Plot` a figure. A unit's figures appear in the order in which they are registered.
    """

    def register(draw: Draw) -> Draw:
        _REGISTERED[unit].append(Sketch(title, paths, draw))
        return draw

    return register


@cache
def sketches() -> Mapping[str, Sequence[Sketch]]:
    """Return the registered figures by unit. Imports the chapters' modules, but not Matplotlib."""
    for path in sorted(Path(__file__).parent.glob("ch[0-9][0-9].py")):
        importlib.import_module(f"{__package__}.{path.stem}")
    return dict(_REGISTERED)


def draw_figures(outcomes: Mapping[str, Sequence[PartOutcome]]) -> dict[str, tuple[Figure, ...]]:
    """Return the figures of each unit that has some, from the parts whose outcomes have their fields.

    Where a figure can't be drawn, its alternative text is one line that says why.
    """
    drawn = {unit: tuple(_draw_unit(unit, parts)) for unit, parts in outcomes.items()}
    return {unit: figures for unit, figures in drawn.items() if figures}


def draw_plots(unit: str, outcomes: Iterable[Any]) -> Iterator[Plot]:
    """Yield a unit's plots, drawn from the outcomes that have their fields. Raises what drawing raises."""
    for sketch, _, values in _drawable(unit, outcomes):
        yield from sketch.draw(*values)


def _drawable(unit: str, outcomes: Iterable[Any]) -> Iterator[tuple[Sketch, int, list[Any]]]:
    """Yield a unit's figures, each with the position of the outcome that has its fields, and their values."""
    outcomes = list(outcomes)
    for sketch in sketches().get(unit, ()):
        for place, outcome in enumerate(outcomes):
            try:
                values = [follow(outcome, parse_steps(path)) for path in sketch.paths]
            except LookupError:  # another part has these fields
                continue
            yield sketch, place, values


def _draw_unit(unit: str, parts: Sequence[PartOutcome]) -> list[Figure]:
    drawn: list[Figure] = []
    for sketch, place, values in _drawable(unit, (part.outcome for part in parts)):
        drawn += _draw(sketch, values, _note(parts[place]), f"{unit}-{len(drawn)}".replace(".", "-"))
    return drawn


def _draw(sketch: Sketch, values: Sequence[Any], note: str, name: str) -> Iterator[Figure]:
    with page_style() if importlib.util.find_spec("matplotlib") else nullcontext():
        try:
            for number, (label, alt, plot) in enumerate(sketch.draw(*values)):
                title = sketch.title + (f", {label}" if label else "") + note
                content = (
                    plot if isinstance(plot, str) else inline(plot, f"{name}-{number}", f"{title}: {alt}")
                )
                yield Figure(title, alt, content)
        except Exception as error:  # a figure that can't be drawn costs a line, never the report
            why = " ".join(str(error).split()) or type(error).__name__
            yield Figure(sketch.title + note, f"not drawn: {why}", "")


def _note(part: PartOutcome) -> str:
    """Return the end of a title: the seeds, and where the run is not the documented procedure."""
    notes = [f"seed {', '.join(map(str, part.seeds))}"] if part.seeds else []
    notes += ["short profile, not the documented procedure"] if part.short else []
    notes += [f"on a substitute: {line}" for line in part.substitutes]
    return f" ({'; '.join(notes)})" if notes else ""
