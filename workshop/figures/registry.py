"""The registry of figures: what follows from a unit's claims, and what a function makes of an outcome.

What a claim measures has a figure of its kind without any code (`kinds`). Points, images and prices are given
by one function in the module `chNN` of this folder:

    @figure("ch07.ex01", "real_data", title="The real data")
    def sine(data: np.ndarray) -> Plot:
        chart = Chart((Marks("run", *map(numbers, data.T)),))
        return f"A curve through {len(data)} points.", (chart,), ""

With `printed="ch07.ex04.accuracy_log"` the function takes what the book prints as `printed`, too, which has a
default for runs that are not the book's. `data=` and `runs=` give it data sets and recorded runs.
"""

from __future__ import annotations

import importlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from workshop import datasets
from workshop.figures.files import from_json
from workshop.figures.kinds import DrawnRuns, by_kind
from workshop.figures.model import NOT_DRAWN, Figure, Part
from workshop.ledger import Ledger
from workshop.paths import follow, parse_steps

# alternative text, parts, and what it rests on
Plot = tuple[str, tuple[Part, ...], str]
Draw = Callable[..., Plot]


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
class Sketch:
    """A registered figure.

    `draw` takes what the `paths` lead to in an outcome, the recorded values of the quantity `runs`, and the
    data sets, which `data` names, and as `printed` what the ledger has at this path, or a list of what it has
    at several. Without these the book alone is drawn. `claims` : the errors of the book that it makes
    visible, on whose cards it stands, too. `of_own` : its title on a reader's own data, "" for the same.
    `later` : it stands below what follows from the claims. `full` : only a training that ran to its end gives
    it; otherwise a recorded picture is shown.
    """

    draw: Draw
    paths: tuple[str, ...]
    title: str
    of_own: str = ""
    printed: str | tuple[str, ...] = ""
    claims: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    runs: str = ""
    later: bool = False
    full: bool = False


# pictures of trainings that take too long for a default run: see scripts/record_pictures.py
PICTURES = Path(__file__).parent / "recorded"
_REGISTERED: dict[str, list[Sketch]] = defaultdict(list)


def figure(unit: str, *paths: str, title: str, **settings: Any) -> Callable[[Draw], Draw]:
    """Register a function that draws a unit's figure from the values at paths into its outcome.

    A unit's figures appear in the order in which they are registered. `settings` : the others of `Sketch`.
    """

    def register(draw: Draw) -> Draw:
        _REGISTERED[unit].append(Sketch(draw, paths, title, **settings))
        return draw

    return register


@cache
def sketches() -> Mapping[str, Sequence[Sketch]]:
    """Return the registered figures by unit. Imports the chapters' modules."""
    for path in sorted(Path(__file__).parent.glob("ch[0-9][0-9].py")):
        importlib.import_module(f"{__package__}.{path.stem}")
    return dict(_REGISTERED)


def draw_figures(
    ledger: Ledger,
    outcomes: Mapping[str, Sequence[DrawnOutcome]],
    *,
    book: bool = True,
    recorded: Mapping[str, DrawnRuns] | None = None,
    own: Mapping[str, datasets.Found] | None = None,
) -> dict[str, tuple[Figure, ...]]:
    """Return the figures of each unit that has some, from what its parts returned and the recorded runs.

    A unit of which nothing ran is given without parts. Where a figure can't be drawn, its alternative text is
    one line that says why. The book's values are drawn as well, except for first steps. `book=False` leaves
    them out, and the recorded runs, for data or settings that are not the book's; `own` has a reader's data.
    """
    return {
        unit: drawn
        for unit, parts in outcomes.items()
        if (drawn := tuple(_draw_unit(ledger, unit, parts, book, recorded or {}, own or {})))
    }


def _draw_unit(
    ledger: Ledger,
    unit: str,
    parts: Sequence[DrawnOutcome],
    book: bool,
    recorded: Mapping[str, DrawnRuns],
    own: Mapping[str, datasets.Found],
) -> Iterator[Figure]:
    sketched = [
        [
            figure
            for sketch in sketches().get(unit, ())
            if sketch.later is later
            for figure in _sketched(unit, sketch, parts, ledger if book else None, recorded.get(unit), own)
        ]
        for later in (False, True)
    ]
    yield from sketched[0]
    claims = ledger.units[unit].claims if unit in ledger.units else ()
    shown = [part.outcome for part in parts if not part.first_steps]
    seeds = sorted({seed for part in parts if not part.first_steps for seed in part.seeds})
    for drawn in by_kind(unit, claims if book else (), shown, recorded if book else {}):
        mine = any(marks.name == "this run" for p in drawn.parts if p.kind == "chart" for marks in p.marks)
        note = f"This run has the seed {', '.join(map(str, seeds))}." if mine and seeds else ""
        yield replace(drawn, note=" ".join(text for text in (drawn.note, note) if text))
    yield from sketched[1]


def _sketched(
    unit: str,
    sketch: Sketch,
    parts: Sequence[DrawnOutcome],
    book: Ledger | None,
    runs: DrawnRuns | None,
    own: Mapping[str, datasets.Found],
) -> Iterator[Figure]:
    """Yield what a function makes of outcomes, recorded runs and data sets, or recorded pictures."""
    given: list[Any] = []
    if sketch.data and own.keys() >= {*sketch.data}:
        given = [datasets.load(own[name]) for name in sketch.data]
        if not sketch.paths:
            yield _draw(replace(sketch, title=sketch.of_own or sketch.title), given, None, ())
            return
    elif sketch.data or not sketch.paths:  # they are the book's
        if book is None or (sketch.runs and not (runs and sketch.runs in runs.values)):
            return
        given = [runs.values[sketch.runs]] if runs and sketch.runs else []
        on = []
        for one in map(datasets.find, sketch.data):
            if isinstance(one, datasets.Missing):
                if not sketch.paths:
                    yield Figure(sketch.title, f"{NOT_DRAWN}{one.id} is not here: {one.remedy}.")
                return
            given.append(datasets.load(one))
            on += [f"On a substitute: {one.why}."] if one.substitute else []
        if not sketch.paths:
            yield _draw(sketch, given, book, on)
            return
    drawn = False
    for part in parts:
        try:
            values = [follow(part.outcome, parse_steps(path)) for path in sketch.paths]
        except LookupError:  # another part has these fields
            continue
        drawn = True
        notes = [f"Seed {', '.join(map(str, part.seeds))}."] if part.seeds else []
        notes += ["First steps, not the documented procedure."] if part.first_steps else []
        notes += [f"On a substitute: {line}." for line in part.substitutes]
        yield _draw(sketch, [*values, *given], None if part.first_steps else book, notes)
    if sketch.full and book and not drawn:
        yield from _recorded(unit, sketch.title)


def _recorded(unit: str, title: str) -> Iterator[Figure]:
    """Yield the recorded pictures of a full training, or the command that draws them."""
    again = f"workshop verify --full {unit} draws it"
    path = PICTURES / f"{unit}.json"
    content = json.loads(path.read_text("utf-8")) if path.exists() else {"figures": []}
    figures = [one for one in from_json({unit: content["figures"]})[unit] if one.title.startswith(title)]
    for one in figures:
        yield replace(
            one, note=f"{one.note} Recorded on {content['recorded']}. {again} of your own run.".strip()
        )
    if not figures:
        yield Figure(title, f"not recorded: {again}.")


def _draw(sketch: Sketch, values: Sequence[Any], book: Ledger | None, notes: Sequence[str]) -> Figure:
    try:
        printed = None if book is None else printed_values(book, sketch.printed)
        alt, parts, note = sketch.draw(*values, **({} if printed is None else {"printed": printed}))
    except Exception as error:  # a figure that can't be drawn costs a line, never the report
        why = " ".join(str(error).split()) or type(error).__name__
        return Figure(sketch.title, f"{NOT_DRAWN}{why}")
    return Figure(sketch.title, alt, parts, " ".join(filter(None, (note, *notes))), sketch.claims)


def printed_values(ledger: Ledger, paths: str | tuple[str, ...]) -> Any:
    """Return what the book prints at a path, a list of it at several; None where it prints nothing."""
    if isinstance(paths, tuple):
        return [printed_values(ledger, path) for path in paths]
    try:
        return ledger.printed(paths, home="") if paths else None
    except LookupError:
        return None
