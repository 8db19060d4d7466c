"""The tables of benchmarks as text in rows, for the terminal and the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.report.history import (
    BETWEEN_RUNS,
    History,
    describe_changes,
    find_creeps,
    pair_ratios,
)
from benchmarks.report.results import Interval, Measurement, Run, State, group_by
from workshop.wording.numbers import duration, three_digits

READING = (
    "Ratio: a contender's time over the reference's in the same round, as median and interval. Above 1 the "
    "reference is faster. Of the limit: the least time that the machine's arithmetic or memory allows, "
    "over the median time."
)
_WORST_FIRST: tuple[State, ...] = ("missed", "open", "met")


@dataclass(frozen=True)
class Row:
    """The cells of a row; consecutive rows with the same `group` are under one heading."""

    group: str
    cells: tuple[str, ...]
    mark: str = ""  # fired, missed, open, met, moved, reference


@dataclass(frozen=True)
class Table:
    """A table under a title, with a note on how to read it."""

    title: str
    note: str
    group: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def interval(ratio: Interval) -> str:
    """Write a median ratio and its interval."""
    return f"{three_digits(ratio.median)} [{three_digits(ratio.low)}, {three_digits(ratio.high)}]"


def path_tables(run: Run) -> list[Table]:
    """Return a table for each path, in the order in which they were measured."""
    return [_path_table(path, measured) for path, measured in group_by("path", run.measurements).items()]


def _path_table(path: str, measured: Sequence[Measurement]) -> Table:
    rows = tuple(_measured_row(m) for group in group_by("title", measured).values() for m in group)
    rounds = " or ".join(str(n) for n in sorted({m.rounds for m in measured}))
    coverage = " or ".join(f"{c:.10g}" for c in sorted({m.coverage for m in measured}))
    note = f"Medians of {rounds} rounds. An interval contains the median ratio with probability {coverage}."
    columns = ("contender", "median time", "ratio", "of the limit")
    return Table(path[:1].upper() + path[1:], note, "case, size and unit of work", columns, rows)


def _measured_row(m: Measurement) -> Row:
    ratio = "reference" if m.ratio is None else interval(m.ratio)
    limit = "" if m.fraction is None or m.work is None else f"{m.fraction:.1%} ({m.work.bound})"
    cells = (m.contender, duration(m.seconds), ratio, limit)
    return Row(f"{m.title} (per {m.per})", cells, "reference" if m.ratio is None else "")


def goal_table(run: Run) -> Table | None:
    """Return the table of goals, fired gates first, then the worst; None if there are none."""
    goals = [(m, goal) for m in run.measurements for goal in m.goals]
    if not goals:
        return None
    goals.sort(key=lambda pair: (not pair[1].fired, _WORST_FIRST.index(pair[1].state)))
    rows = []
    for m, goal in goals:
        state = f"{goal.state}, gate fired" if goal.fired else goal.state
        gate = "" if goal.gate is None else f"{goal.gate:.3g}"
        cells = (goal.against, f"{goal.at_least:g}", gate, interval(goal.ratio), state)
        rows.append(Row(f"{m.path}: {m.title}", cells, "fired" if goal.fired else goal.state))
    counts = {state: sum(goal.state == state for _, goal in goals) for state in reversed(_WORST_FIRST)}
    fired = sum(goal.fired for _, goal in goals)
    note = (
        f"{', '.join(f'{n} {state}' for state, n in counts.items())}; gates fired: {fired}. "
        "Met: the median ratio reaches the goal. Missed: the whole interval is below it. "
        "Open: only the median is below it. A gate is 0.8 of what was recorded for such a machine, "
        "and fails the benchmark. The floor is the least time."
    )
    columns = ("against", "goal", "gate", "measured ratio", "state")
    return Table("Goals", note, "path, case and size", columns, tuple(rows))


def agreement_tables(history: History) -> tuple[Table | None, Table | None]:
    """Return the tables of all ratios that the previous run measured too, and of those that moved, if any."""
    if not history.earlier:
        return None, None
    newest, before = history.newest, history.earlier[-1]
    pairs = pair_ratios(newest, before)
    rows = []
    for pair in pairs:
        m, verdict = pair.measurement, "moved" if pair.moved else "agree"
        cells = (m.contender, interval(pair.before), interval(pair.now), verdict)
        rows.append(Row(f"{m.path}: {m.title}", cells, "moved" if pair.moved else ""))
    moved = tuple(row for row in rows if row.mark)
    alone = sum(m.ratio is not None for m in newest.measurements) - len(pairs)
    note = (
        f"{len(pairs) - len(moved)} of {len(pairs)} intervals are as near as in unchanged runs (within a "
        f"factor of {BETWEEN_RUNS}) to those of the previous run, {before.file.name} of {date(before)}"
        f"{f'; {alone} ratios were not measured there' if alone else ''}."
    )
    columns = ("contender", "before", "now", "intervals")
    changes = f"Other changes between the two runs: {describe_changes(newest, before)}."
    return (
        Table("Agreement", note, "path, case and size", columns, tuple(rows)),
        Table("Moved", changes, "path, case and size", columns, moved) if moved else None,
    )


def creep_table(history: History) -> Table | None:
    """Return the table of ratios that fall from run to run; None if there are none."""
    rows = []
    for creep in find_creeps(history):
        m, first, last = creep.measurement, creep.medians[0], creep.medians[-1]
        cells = (m.contender, three_digits(first), three_digits(last), f"{1 - creep.factor:.1%}")
        rows.append(Row(f"{m.path}: {m.title}", cells, "moved"))
    note = f"Our code becomes slower from run to run, over the {len(history.runs)} runs of this machine."
    columns = ("contender", "first ratio", "newest", "fall a run")
    return Table("Creep", note, "path, case and size", columns, tuple(rows)) if rows else None


def run_table(history: History) -> Table:
    """Return the table of this machine's runs, numbered as in the plots, the newest last."""
    rows = []
    for number, run in enumerate(history.runs, 1):
        changes = describe_changes(run, history.runs[number - 2]) if number > 1 else ""
        rows.append(Row("", (str(number), date(run), run.file.name, run.commit or "none", changes)))
    columns = ("run", "date", "file", "commit", "changed since the previous run")
    return Table("Runs", f"Of machine {history.newest.machine}.", "", columns, tuple(rows))


def date(run: Run) -> str:
    """Write the date of a run."""
    return f"{run.date:%Y-%m-%d %H:%M} UTC"


def environment_line(run: Run) -> str:
    """Write the environment of a run on one line."""
    return ", ".join(f"{name} {value}" for name, value in run.environment.items())


def limits_line(run: Run) -> str:
    """Write the limits of the machine on one line."""
    arithmetic, memory = three_digits(run.limits.flops / 1e9), three_digits(run.limits.bandwidth / 1e9)
    return f"limits: {arithmetic} GFLOP/s in float32, {memory} GB/s read plus written ({run.limits.note})"


def left_out_lines(history: History) -> list[str]:
    """Return a line on each contender, suite or file that the report leaves out, with the reason."""
    newest = history.newest
    lines = [f"left out {out.contender}: {out.reason}" for out in newest.left_out]
    if newest.others:
        lines.append(f"left out {len(newest.others)} of other suites: {', '.join(newest.others)}")
    lines += [
        f"left out {run.file}: of another machine ({run.machine}, {run.environment.get('device', '')}); "
        f"`nox -s bench -- --report {run.file}` shows it"
        for run in history.elsewhere
    ]
    return [*lines, *(f"left out {line}" for line in history.damaged)]
