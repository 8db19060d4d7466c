"""Figures that follow from what a claim measures: a training's log, a ranking of words, a matrix, a network.

A unit needs no code of its own for them. Nothing has to have run: the printed values and the recorded runs
are in the package, and a run adds its line, or its column.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np

from workshop.figures.model import Chart, Figure, Layers, Look, Marks, Matrix, Numbers, Rank, numbers
from workshop.ledger import Claim
from workshop.paths import Step, follow, parse_steps
from workshop.values import is_number, plain
from workshop.wording.numbers import capital, counted, four_digits, listed, percent, three_digits

BOOK, NOTEBOOK = "printed in the book", "authors’ notebook"
CURVES = {
    "loss": "Training loss",
    "accuracy": "Training accuracy",
    "real": "Accuracy on real points",
    "fake": "Accuracy on generated points",
    "together": "Mean output on real and generated images",
    "val_loss": "Validation loss",
    "val_accuracy": "Validation accuracy",
}
_ERAS = {"earlier": "the RMSprop of Keras up to 2.10"}
_COLUMNS = {"ch05": ("loss", "val_loss")}  # of the lines of a log
_NAMES = {"ch02.ex02.confusion": ("class 0", "class 1"), "ch06.act01.confusion": ("negative", "positive")}
_NO_MATRIX = ("shape", "head", "formula", "impossible", "size")  # rows of numbers that show nothing
_LIST = 10  # words of a ranking

Cell = tuple[str, float]  # a curve and its epoch
Points = dict[float, float]


@dataclass(frozen=True)
class DrawnRuns:
    """A unit's recorded runs: each quantity's value in each run, by path; None where a run crashed.

    `repeated` : the run whose first steps this run has repeated, None for no run. `substitutes` : why they
    rest on substitutes.
    """

    values: Mapping[str, Sequence[Any]]
    repeated: int | None = None
    substitutes: tuple[str, ...] = ()


@dataclass
class _Curve:
    """A training's curve by epoch: what is printed, the recorded runs by their places, and this run's line.

    `recorded_line` : which recorded run the line is, as one beside the median of all; "" for this run's own.
    """

    printed: dict[str, Points] = field(default_factory=lambda: {BOOK: {}, NOTEBOOK: {}})
    runs: dict[float, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    line: Points = field(default_factory=dict)
    recorded_line: str = ""

    @property
    def n_runs(self) -> int:
        """How many recorded runs have it."""
        return max(map(len, self.runs.values()), default=0)

    def spread(self) -> tuple[Numbers, np.ndarray]:
        """Return the epochs, and the least, quarter, median, three quarters and greatest run at each."""
        finite = {epoch: values for epoch in sorted(self.runs) if (values := self.finite(epoch))}
        ends = [np.quantile(values, [0, 0.25, 0.5, 0.75, 1]) for values in finite.values()]
        return numbers([*finite], 6), np.array(ends)

    def prints(self, source: str, epoch: float, number: float) -> None:
        """Add a printed value, the first of an epoch; the notebook's counts where the book has none."""
        if source == "book":
            self.printed[BOOK].setdefault(epoch, number)
            self.printed[NOTEBOOK].pop(epoch, None)
        elif epoch not in self.printed[BOOK]:
            self.printed[NOTEBOOK].setdefault(epoch, number)

    def finite(self, epoch: float) -> list[float]:
        """Return what the runs that did not diverge have at an epoch."""
        return [value for value in self.runs.get(epoch, {}).values() if math.isfinite(value)]

    def within(self, other: _Curve) -> list[bool]:
        """Return whether each printed value lies within another's runs, where there are any."""
        printed = [point for points in self.printed.values() for point in points.items()]
        placed = [(value, other.finite(epoch)) for epoch, value in printed]
        return [min(runs) <= value <= max(runs) for value, runs in placed if runs]


_Log = dict[str, _Curve]


def by_kind(
    unit: str,
    claims: Sequence[Claim],
    outcomes: Sequence[Any],
    recorded: Mapping[str, DrawnRuns],
) -> Iterator[Figure]:
    """Yield the figures of a unit's claims: logs, rankings, matrices, then networks.

    `outcomes` : what its parts returned. `recorded` : the recorded runs of units. Without claims and these,
    the figures are those of data or settings that are not the book's.
    """
    yield from _logs(unit, claims, outcomes, recorded)
    own = [(claim, _value(claim, outcomes)) for claim in claims if not claim.ours]
    kinds = [_rank(claim, value, recorded) for claim, value in own]
    kinds += [make(claim, value) for make in (_matrix, _layers) for claim, value in own]
    yield from (figure for figure in kinds if figure is not None)


def _value(claim: Claim, outcomes: Sequence[Any]) -> Any:
    """Return what a run measured of what a claim prints first; None if nothing ran."""
    for measure in list(claim.measures().values())[:1]:
        for outcome in outcomes:
            try:
                value = follow(outcome, (measure.field, *measure.steps))
                return plain(value.tolist() if isinstance(value, np.ndarray) else value)
            except LookupError:
                continue
    return None


# A training's log


def _logs(
    unit: str, claims: Sequence[Claim], outcomes: Sequence[Any], recorded: Mapping[str, DrawnRuns]
) -> Iterator[Figure]:
    logs = _read_logs(unit, claims, outcomes, recorded)
    homes = [home for home in logs if home not in _ERAS]
    if not homes:
        return
    first, *others = sorted(homes, key=lambda home: -sum(len(curve.runs) for curve in logs[home].values()))
    log, more = logs[first], {home: logs[home] for home in others}
    eras = {name: logs[home] for home, name in _ERAS.items() if home in logs}
    drawn = [name for name in CURVES if name in log and (log[name].runs or log[name].line)]
    substitutes = sorted(recorded[unit].substitutes) if unit in recorded else []
    for folded in (False, True):  # the validation is apart where there are several curves of each
        names = [name for name in drawn if (len(drawn) > 2 and name.startswith("val_")) == folded]
        if not names:
            continue
        panels = [_panel(name, log, eras, more) for name in names]
        unit_of_x = panels[0].x_label
        title = "The validation" if folded else f"The training, {unit_of_x} by {unit_of_x}"
        alt = [text for name in names for text in _described(CURVES[name], log[name])]
        said = []
        if inside := [each for name in names for each in log[name].within(log[name])]:
            count = f"{sum(inside)} of {len(inside)} printed values "
            who = "" if any(log[name].printed[BOOK] for name in names) else "of the authors’ notebook "
            alt.append(f"{count}lie within the recorded runs.")
            said.append(f"{count}{who}lie within the recorded runs.")
        for era, other in eras.items():
            if inside := [each for n in names if n in other for each in log[n].within(other[n])]:
                said.append(f"{sum(inside)} of {len(inside)} lie within the runs with {era}.")
        if log[names[0]].recorded_line:
            number = unit.removeprefix("ch0").replace(".ex", ".") if ".ex" in unit else unit
            said.append(
                "The blue line is a recorded run; this machine repeated its first steps. "
                f"To train it fully: workshop verify --full {number}."
            )
        if substitutes:
            said.append(f"The recorded runs are on a substitute: {substitutes[0].partition(': ')[2]}.")
        wrong = tuple(
            claim.id
            for claim in claims
            if claim.is_error and any(_split((m.field, *m.steps)) for m in claim.measures().values())
        )
        yield Figure(title, " ".join(alt), tuple(panels), " ".join(said), () if folded else wrong, folded)


def _described(name: str, curve: _Curve) -> Iterator[str]:
    """Say in words what a curve's panel shows."""
    if curve.runs:
        medians = curve.spread()[1][:, 2]
        yield f"{name}: median of {curve.n_runs} recorded runs {_ends(medians)}."
    for who, points in (
        (f"{name} of this run:", curve.line),
        ("The book prints", curve.printed[BOOK]),
        ("The authors’ notebook has", curve.printed[NOTEBOOK]),
    ):
        if points:
            yield f"{who} {_ends([points[epoch] for epoch in sorted(points)])}."


def _ends(values: Sequence[float] | np.ndarray) -> str:
    return " to ".join(dict.fromkeys(three_digits(values[at]) for at in (0, -1)))


def _read_logs(
    unit: str, claims: Sequence[Claim], outcomes: Sequence[Any], recorded: Mapping[str, DrawnRuns]
) -> dict[str, _Log]:
    """Return what is known of the unit's trainings, by the path to each in its outcome."""
    stated = [
        (measure.unit, (measure.field, *measure.steps), name, claim)
        for claim in claims
        for name, measure in claim.measures().items()
    ]
    owners = {owner for owner, steps, *_ in stated if _split(steps) is not None}
    owner = unit if unit in owners or len(owners) != 1 else owners.pop()
    of_owner = [(steps, name, claim) for other, steps, name, claim in stated if other == owner]
    runs = recorded.get(owner)
    ran = [(parse_steps(quantity), values) for quantity, values in (runs.values if runs else {}).items()]
    if owner != unit:  # what this unit prints of it, and no more
        ran = [(steps, values) for steps, values in ran if steps in [each for each, *_ in of_owner]]
    times = next((c.documented for steps, _, c in of_owner if steps[-2:] == ("log", "iterations")), None)
    times = times if isinstance(times, list) and all(map(is_number, times)) else None
    logs: dict[str, _Log] = defaultdict(lambda: defaultdict(_Curve))
    columns = _COLUMNS.get(unit[:4], ("loss", "accuracy"))
    for outcome in outcomes:
        for home, name, line in _lines(outcome, columns):
            logs[home][name].line = line
    lengths = [len(curve.line) for log in logs.values() for curve in log.values()]
    lengths += [_length(steps, ()) for steps, *_ in of_owner] + [_length(*each) for each in ran]
    at = _cells(columns, max(lengths, default=0), times)
    for steps, name, claim in of_owner:
        home, cells = at(steps)
        with suppress(LookupError):  # not printed
            printed = None if claim.ours else follow(claim.documented, (name,) if name else ())
            for (curve, epoch), number in _paired(cells, printed):
                logs[home][curve].prints(claim.source, epoch, number)
    for steps, values in ran:
        home, cells = at(steps)
        for place, run in enumerate(values):
            for (curve, epoch), number in _paired(cells, run):
                logs[home][curve].runs[epoch][place] = number
    known = {home: log for home, log in logs.items() if any(its.runs or its.line for its in log.values())}
    if runs is None or runs.repeated is None:
        return known
    for log in known.values():
        if not any(its.line for its in log.values()):
            for its in log.values():
                its.recorded_line = f"run {runs.repeated + 1} of {max(map(len, runs.values.values()))}"
                its.line = {e: by[runs.repeated] for e, by in its.runs.items() if runs.repeated in by}
    return known


def _split(steps: Sequence[Step]) -> tuple[str, str, tuple[Step, ...]] | None:
    """Return the path to a training, the head of its curves and the steps into them; None for others."""
    for place, step in enumerate(steps):
        if step in ("history", "log", "early"):
            return ".".join(map(str, steps[:place])), str(step), tuple(steps[place + 1 :])
    return None


def _lines(outcome: Any, columns: Sequence[str]) -> Iterator[tuple[str, str, Points]]:
    """Yield the curves of an outcome's trainings: the path to the training, the curve and its values."""
    homes = [("", outcome), *vars(outcome).items()] if hasattr(outcome, "__dict__") else []
    for home, value in homes:
        for head in ("history", "log"):
            try:
                log = follow(value, (head,))
            except LookupError:
                continue
            if isinstance(log, np.ndarray) and log.ndim == 2:
                curves = dict(zip(columns, log.T, strict=False))
            else:
                curves = {name: getattr(log, name) for name in CURVES if hasattr(log, name)}
            for name, values in curves.items():
                times = [int(time) for time in getattr(log, "iterations", ())] or range(1, len(values) + 1)
                yield home, name, dict(zip(times, map(float, values), strict=True))
            if curves:
                break


def _length(steps: Sequence[Step], values: Sequence[Any]) -> int:
    """Return up to which epoch a path into a log leads, as far as it and its recorded values tell."""
    _, _, inside = _split(steps) or ("", "", ())
    lengths = [0]
    for step in inside:
        if isinstance(step, str) and step.isdigit():
            lengths.append(int(step))
        elif isinstance(step, int) and len(inside) > 1:
            lengths.append(step + 1)
        elif isinstance(step, slice) and step.stop:
            lengths.append(step.stop)
    if values and isinstance(values[0], list) and inside:
        last = inside[-1]
        if isinstance(last, slice) and last.stop is None and (last.start or 0) > 0:
            lengths.append(last.start + len(values[0]))  # `history.loss[5:]` begins after what it leaves out
        elif len(inside) == 1:
            lengths.append(len(values[0]))
    return max(lengths)


def _cells(
    columns: Sequence[str], length: int, times: Sequence[int] | None
) -> Callable[[Sequence[Step]], tuple[str, Any]]:
    """Return what gives, in place of a training's values, the pairs of curve and epoch, or iteration."""
    epochs = range(1, length + 1)
    lines = [[(curve, epoch) for curve in columns] for epoch in epochs]
    named: Any = {curve: [(curve, time) for time in (times or epochs)] for curve in CURVES}
    named |= {str(epoch): line for epoch, line in enumerate(lines, 1)}
    # of a GAN: what it prints at every tenth iteration
    early: Any = {"printed": _Open(("together", 10 * place) for place in range(200))}

    def at(steps: Sequence[Step]) -> tuple[str, Any]:
        """Return the path to a training, and the cells of what steps lead to; None if that is not a curve."""
        home, head, inside = _split(steps) or ("", "", ())
        if not inside and head != "early":
            return home, None
        try:
            return home, follow(
                early if head == "early" else named if isinstance(inside[0], str) else lines, inside
            )
        except LookupError:
            return home, None

    return at


class _Open(list[Cell]):
    """Cells of which a log may have fewer."""


def _paired(points: Any, value: Any) -> Iterator[tuple[Cell, float]]:
    """Yield the cells and values of nested points and values of the same form; nothing of any other."""
    if isinstance(points, tuple) and is_number(value):
        yield points, float(value)
    elif isinstance(points, dict) and isinstance(value, Mapping):
        for name in points.keys() & value.keys():
            yield from _paired(points[name], value[name])
    elif (
        isinstance(points, list)
        and isinstance(value, list | tuple)
        and (len(points) == len(value) or isinstance(points, _Open))
    ):
        for each in zip(points, value, strict=False):
            yield from _paired(*each)


def _panel(name: str, log: _Log, eras: Mapping[str, _Log], more: Mapping[str, _Log]) -> Chart:
    curve, marks = log[name], list[Marks]()
    if curve.runs:
        xs, ends = curve.spread()
        low, quarter, median, third, high = (numbers(column) for column in ends.T)
        wide = xs if len(xs) > 1 else (xs[0] - 0.2, xs[0] + 0.2)
        twice = len(wide) // len(xs)
        runs = counted(curve.n_runs, "recorded run")
        marks += [
            Marks("range", wide, high * twice, f"{runs}: range", low=low * twice),
            Marks("half", wide, third * twice, "middle half, median", low=quarter * twice),
            Marks("median", wide, median * twice),
        ]
    for era, other in eras.items():
        if name in other and other[name].runs:
            xs, ends = other[name].spread()
            label = f"{other[name].n_runs} runs with {era}"
            marks.append(Marks("era", xs, numbers(ends[:, 4]), label, low=numbers(ends[:, 0])))
    for home, other in more.items():
        if name in other and other[name].line:
            marks.append(_line("other", other[name].line, f"this run, {home}"))
    if curve.line:
        label = "a recorded run, repeated here" if curve.recorded_line else "this run"
        marks.append(_line("run", curve.line, label, curve.recorded_line or "this run"))
    for label, points in curve.printed.items():
        if points:
            look: Look = "book" if label == BOOK else "notebook"
            marks.append(_line(look, points, label, look))
    of_gan = name == "together" or (name in ("real", "fake") and max(x for m in marks for x in m.x) > 1000)
    values = [v for m in marks for v in (*m.y, *m.low) if math.isfinite(v)]
    log_scale = min(values) > 0 and max(values) > 20 * min(values) and "accuracy" not in name
    log_scale = log_scale and name != "together"  # a share, too
    return Chart(tuple(marks), CURVES[name], "iteration" if of_gan else "epoch", log=log_scale)


def _line(look: Any, points: Mapping[float, float], name: str, end: str = "") -> Marks:
    xs = sorted(x for x, y in points.items() if math.isfinite(y))
    shown = xs if len(xs) <= 200 or look in ("book", "notebook") else [*xs[:: len(xs) // 150], xs[-1]]
    values = [points[x] for x in shown]
    end = f"{end} {four_digits(values[-1])}" if end else ""
    return Marks(look, numbers(shown, 6), numbers(values, 5), name, end)


# Words, matrices, networks


def _rank(claim: Claim, value: Any, recorded: Mapping[str, DrawnRuns]) -> Figure | None:
    """Return the words next to a word: the book's order, and in how many runs each is among the first."""
    if not _is_ranking(claim.documented):
        return None
    book = tuple(str(word) for word, _ in claim.documented[:_LIST])
    (measure,) = list(claim.measures().values())[:1]
    runs = recorded[measure.unit].values.get(measure.field, ()) if measure.unit in recorded else ()
    lists = [run for run in runs if _is_ranking(run)]
    if lists:
        counts = Counter(str(word) for run in lists for word, _ in run[:_LIST])
        shown = [
            entry for place, entry in enumerate(counts.most_common()) if place < _LIST or entry[0] in book
        ]
        often = sum(counts[word] > len(lists) / 2 for word in book)
        most = listed([f"{count} have “{word}”" for word, count in counts.most_common(3)])
        alt = f"Of {len(lists)} recorded runs {most}. "
        alt += f"{often} of the book’s {len(book)} words are in the lists of most runs."
        rank = Rank(book, tuple((word, float(count)) for word, count in shown), len(lists))
    elif _is_ranking(value):
        same = sum(word in book for word, _ in value[:_LIST])
        alt = f"The nearest words are {listed([f'“{word}”' for word, _ in value[:3]])}."
        alt += f" {same} of the book’s {len(book)} words are among them."
        rank = Rank(book, tuple((str(word), float(cosine)) for word, cosine in value[:_LIST]), 0)
    else:
        return None
    lines = any(word in book for word, _ in rank.counts)
    note = "Solid lines: in most runs. Dashed: in fewer than half." if lists and lines else ""
    return Figure(capital(claim.what), alt, (rank,), note)


def _is_ranking(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) > 2
        and all(isinstance(row, list | tuple) and len(row) == 2 for row in value)
        and all(isinstance(word, str) and isinstance(cosine, float) for word, cosine in value)
    )


def _matrix(claim: Claim, value: Any) -> Figure | None:
    book, run = _rows(claim.documented), _rows(value)
    measures = [(m.field, *m.steps) for m in claim.measures().values()]
    if book is None or any(word in claim.name or word in claim.what for word in _NO_MATRIX):
        return None
    if any(_split(steps) for steps in measures):
        return None
    names = _NAMES.get(claim.id, ())
    if run is not None and np.shape(run) == np.shape(book) and np.allclose(run, book, rtol=1e-5, atol=1e-6):
        run = book
    if names:
        said = [_right("The book prints", book)] + ([_right("This run has", run)] if run else [])
    else:
        rows, columns = np.shape(book)
        said = [
            f"{rows} rows of {columns} numbers, {three_digits(np.min(book))} to {three_digits(np.max(book))}."
        ]
    if run is not None:
        same = int(np.sum(np.equal(book, run))) if np.shape(run) == np.shape(book) else 0
        said.append("This run has the same numbers." if run == book else f"{same} fields are the same.")
    return Figure(capital(claim.what), " ".join(said), (Matrix(book, run, names),))


def _rows(value: Any) -> tuple[Numbers, ...] | None:
    if not isinstance(value, list | tuple) or len(value) < 2:
        return None
    if not all(isinstance(row, list | tuple) and len(row) == len(value[0]) > 1 for row in value):
        return None
    return tuple(tuple(map(float, row)) for row in value) if all(map(is_number, chain(*value))) else None


def _right(who: str, table: Sequence[Sequence[float]]) -> str:
    right = sum(table[place][place] for place in range(len(table)))
    whole = sum(map(sum, table))
    return f"{who} {right:,.0f} of {whole:,.0f} predictions right, {percent(right / whole)}."


def _layers(claim: Claim, value: Any) -> Figure | None:
    book, run = _network(claim.documented), _network(value)
    if book is None:
        return None
    rows = []
    for place, (name, shape, parameters) in enumerate(book):
        mine = run[place] if run is not None and place < len(run) else None
        other = ""
        if mine is not None and mine != (name, shape, parameters):
            other = ", ".join(str(b) for a, b in zip((name, shape, parameters), mine, strict=True) if a != b)
        rows.append((name, shape, parameters, mine[2] if mine else None, other))
    total = sum(parameters or 0 for *_, parameters in book)
    largest = max(book, key=lambda row: row[2] or 0)
    alt = f"{counted(len(rows), 'layer')}, {total:,} parameters"
    alt += f", {percent((largest[2] or 0) / total)} of them in {largest[0]}." if total else "."
    if run is not None:
        differ = sum(bool(row[4]) for row in rows) + abs(len(run) - len(rows))
        alt += f" This run differs in {counted(differ, 'layer')}." if differ else " This run has the same."
    return Figure(capital(claim.what), alt, (Layers(tuple(rows), run is not None),))


def _network(value: Any) -> list[tuple[str, str, int | None]] | None:
    """Return the layers of a printed summary: name, output, parameters; None of any other value."""
    if isinstance(value, dict) and all(isinstance(row, list | tuple) for row in value.values()):
        value = [[name, *row] for name, row in value.items()]
    if not isinstance(value, list | tuple) or not value:
        return None
    kinds = (str, list | tuple, int)
    if not all(
        isinstance(row, list | tuple) and len(row) == 3 and all(map(isinstance, row, kinds)) for row in value
    ):
        return None
    return [
        (name, " × ".join("any" if n is None else f"{n:,}" for n in shape[1:]), n) for name, shape, n in value
    ]
