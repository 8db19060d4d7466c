"""The plots of benchmarks: ratios, growth over a size, rooflines, and the history of one machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from benchmarks.report.growth import FEWEST_SIZES, Growth, find_growths, fit_slope
from benchmarks.report.history import History
from benchmarks.report.results import Limits, Measurement, Run, Work, group_by
from benchmarks.report.sheets import CONTENDERS, FAINT, INK, inline, page_style, panels
from benchmarks.report.tables import date
from workshop.wording.numbers import in_unit, three_digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 4.8  # inches, so that a wide window shows two plots in a row
_MARKERS = "osD^vPX"  # seven, so that more contenders than colours still differ
_ERROR_BARS = {"capsize": 2, "elinewidth": 1.2, "markersize": 5}

Styles = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Plot:
    """A plot under a section's title: its caption and its SVG element."""

    section: str
    caption: str
    svg: str


def draw(history: History) -> list[Plot]:
    """Draw all plots that the runs have numbers for.

    Raises
    ------
    ModuleNotFoundError
        If Matplotlib is not installed; the message names the command that installs it.
    """
    panels(1, 1, width=1, height=1)  # raises before anything is drawn
    styles = contender_styles(history.newest)
    with page_style():
        return [
            Plot(section, caption, inline(figure, f"plot{number}", f"{section}: {caption}"))
            for number, (section, caption, figure) in enumerate(_figures(history, styles))
        ]


def _figures(history: History, styles: Styles) -> Iterator[tuple[str, str, Figure]]:
    newest = history.newest
    measured = group_by("path", newest.measurements)
    for path, ms in measured.items():
        if any(m.ratio for m in ms):
            yield "Ratios", *ratio_plot(path, ms, styles)
    for growth in find_growths(newest):
        yield "Growth", *growth_plot(growth, styles)
    for path, ms in measured.items():
        worked = [(m, m.work) for m in ms if m.work is not None and m.work.flops and m.work.bytes]
        if worked:
            yield "Roofline", *roofline_plot(path, worked, newest.limits, styles)
    if history.earlier:
        for path, ms in measured.items():
            yield "History", *history_plot(path, ms, history.runs, styles)


def contender_styles(run: Run) -> Styles:
    """Return colour and marker of each contender, the same in all plots; references come first."""
    measured = run.measurements
    names = dict.fromkeys([*(m.reference for m in measured), *(m.contender for m in measured)])
    looks = zip(names, cycle(CONTENDERS), cycle(_MARKERS), strict=False)
    return {name: {"color": color, "marker": marker} for name, color, marker in looks}


def ratio_plot(path: str, measured: Sequence[Measurement], styles: Styles) -> tuple[str, Figure]:
    """Return caption and figure of a path's ratios: dots with their intervals, and the goals."""
    goals = {(*m.key[:3], goal.against): goal.at_least for m in measured for goal in m.goals}
    rows: list[Measurement | str] = []
    for title, group in group_by("title", measured).items():
        rows += [title, *(m for m in group if m.ratio is not None)]
    figure, ((panel,),) = panels(1, 1, width=WIDTH, height=0.7 + 0.21 * len(rows))
    panel.axvline(1, color=INK, linewidth=0.8)
    names = []
    for y, row in enumerate(rows):
        if isinstance(row, str):
            panel.text(0.01, y, row, transform=panel.get_yaxis_transform(), va="center", weight="bold")
            names.append("")
            continue
        assert row.ratio is not None
        sides = np.array([row.ratio.sides]).T
        panel.errorbar(row.ratio.median, y, xerr=sides, **_ERROR_BARS, **styles[row.contender])
        names.append(row.contender)
        if row.key in goals:
            panel.plot(goals[row.key], y, color=INK, marker="|", markersize=11, markeredgewidth=1.6)
    panel.set_yticks(range(len(rows)), names)
    panel.tick_params(axis="y", length=0)
    panel.set(ylim=(len(rows) - 0.4, -0.6), xlabel="ratio: time over the reference's")
    _logarithmic(panel, "x")
    ratios = [m.ratio.median for m in measured if m.ratio is not None]
    caption = (
        f"{path}: median ratios with their intervals, from {three_digits(min(ratios))} to "
        f"{three_digits(max(ratios))}. {sum(r > 1 for r in ratios)} of {len(ratios)} are above 1, where "
        f"{' or '.join(sorted({m.reference for m in measured}))} is faster."
    )
    return f"{caption} Upright strokes are the goals." if goals else caption, figure


def growth_plot(growth: Growth, styles: Styles) -> tuple[str, Figure]:
    """Return caption and figure of the time over a size, with the slope of each contender's logarithms."""
    figure, ((panel,),) = panels(1, 1, width=WIDTH, height=3.2)
    slopes = []
    for name, (sizes, seconds) in growth.curves.items():
        enough = len(sizes) >= FEWEST_SIZES
        fitted = f"slope {fit_slope(sizes, seconds):.2f}" if enough else "too few sizes"
        slopes.append(f"{name}: {fitted}")
        panel.plot(sizes, seconds, label=slopes[-1], markersize=5, **styles[name])
    panel.set(xlabel=growth.axis, ylabel=f"median time per {growth.per}")
    _logarithmic(panel, "x", "y")
    panel.yaxis.set_major_formatter(_tick_of_time)
    figure.legend(loc="outside lower left", ncols=2)
    caption = f"{growth.path}: {growth.case}, time over {growth.axis}. {'; '.join(slopes)}."
    return caption, figure


def roofline_plot(
    path: str, worked: Sequence[tuple[Measurement, Work]], limits: Limits, styles: Styles
) -> tuple[str, Figure]:
    """Return caption and figure of the rate over the intensity, below the machine's two limits."""
    figure, ((panel,),) = panels(1, 1, width=WIDTH, height=3.4)
    ridge = limits.flops / limits.bandwidth
    intensities = [work.flops / work.bytes for _, work in worked]
    ends = (min(*intensities, ridge) / 3, max(*intensities, ridge) * 3)
    roof = np.array([ends[0], ridge, ends[1]])
    heights = np.minimum(limits.flops, limits.bandwidth * roof) / 1e9
    panel.plot(roof, heights, color=INK, linewidth=1.4)
    for name in dict.fromkeys(m.contender for m, _ in worked):
        marks = [
            (work.flops / work.bytes, work.flops / m.seconds / 1e9)
            for m, work in worked
            if m.contender == name
        ]
        panel.plot(*zip(*marks, strict=True), linestyle="none", label=name, markersize=5, **styles[name])
    columns = _sort_cases(worked)
    for x, numbers in _merge_near(columns, apart=(ends[1] / ends[0]) ** 0.06):
        panel.axvline(x, color=FAINT, linewidth=0.6, linestyle=":", zorder=0)
        panel.text(
            x, 1.01, numbers, transform=panel.get_xaxis_transform(), ha="center", va="bottom", fontsize=8
        )
    panel.set(xlabel="arithmetic intensity (FLOP/byte)", ylabel="GFLOP/s", xlim=ends)
    _logarithmic(panel, "x", "y")
    figure.legend(loc="outside lower left", ncols=2)
    numbered = "; ".join(f"{n} {label}" for n, (label, _) in enumerate(columns, 1))
    caption = (
        f"{path}: rate over arithmetic intensity, below the limits of {three_digits(limits.flops / 1e9)} "
        f"GFLOP/s and {three_digits(limits.bandwidth / 1e9)} GB/s, which meet at {three_digits(ridge)} "
        f"FLOP/byte. Dotted lines: {numbered}."
    )
    return caption, figure


def _sort_cases(worked: Sequence[tuple[Measurement, Work]]) -> list[tuple[str, float]]:
    """Return the cases, sorted by the intensity of their first contender."""
    first: dict[str, float] = {}
    for m, work in worked:
        first.setdefault(m.title, work.flops / work.bytes)
    return sorted(first.items(), key=lambda column: column[1])


def _merge_near(columns: Sequence[tuple[str, float]], apart: float) -> list[tuple[float, str]]:
    """Return positions and numbers of the columns; those closer than a factor share a position."""
    merged: list[tuple[float, list[int]]] = []
    for number, (_, x) in enumerate(columns, 1):
        if merged and x < merged[-1][0] * apart:
            merged[-1][1].append(number)
        else:
            merged.append((x, [number]))
    return [(x, str(n[0]) if len(n) == 1 else f"{n[0]}–{n[-1]}") for x, n in merged]


def history_plot(
    path: str, measured: Sequence[Measurement], runs: Sequence[Run], styles: Styles
) -> tuple[str, Figure]:
    """Return caption and figure of ratios (left) and absolute times (right) over the runs of one machine."""
    groups = group_by("title", measured)
    known = [{m.key: m for m in run.measurements} for run in runs]
    figure, axes = panels(len(groups), 2, width=WIDTH / 2, height=1.7)
    for (left, right), (name, group) in zip(axes, groups.items(), strict=True):
        left.axhline(1, color=INK, linewidth=0.8)
        for m in group:
            times = {n: run[m.key] for n, run in enumerate(known, 1) if m.key in run}
            seconds = [time.seconds for time in times.values()]
            right.plot([*times], seconds, markersize=4, **styles[m.contender])
            ratios = {n: t.ratio for n, t in times.items() if t.ratio and t.reference == m.reference}
            if ratios:
                medians = [ratio.median for ratio in ratios.values()]
                sides = np.array([ratio.sides for ratio in ratios.values()]).T
                left.errorbar([*ratios], medians, yerr=sides, **_ERROR_BARS, **styles[m.contender])
        left.set_title(name, loc="left", fontsize=8, weight="bold")
        left.set(ylabel="ratio")
        right.set(ylabel=f"time per {group[0].per}")
        for panel in (left, right):
            _logarithmic(panel, "y")
            panel.set_xlim(0.5, len(runs) + 0.5)
            panel.xaxis.get_major_locator().set_params(integer=True)
        right.yaxis.set_major_formatter(_tick_of_time)
    axes[-1, 0].set_xlabel("run")
    axes[-1, 1].set_xlabel("run (times are for information)")
    handles = [
        axes[0, 0].plot([], [], label=name, markersize=4, **styles[name])[0]
        for name in dict.fromkeys(m.contender for m in measured)
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=3)
    caption = (
        f"{path}: ratios to the reference over {len(runs)} runs of this machine, {date(runs[0])} to "
        f"{date(runs[-1])}. Absolute times are shown for information only."
    )
    return caption, figure


def _logarithmic(panel: Axes, *axes: Literal["x", "y"]) -> None:
    """Make axes logarithmic, with ticks at plain numbers, dense enough for a narrow range."""
    from matplotlib.ticker import AutoLocator, FuncFormatter, LogLocator, NullFormatter

    for axis in axes:
        getattr(panel, f"set_{axis}scale")("log")
        low, high = getattr(panel, f"get_{axis}lim")()
        scale = getattr(panel, f"{axis}axis")
        if high < 8 * low:
            scale.set_major_locator(AutoLocator())
        else:
            scale.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 2000 * low else (1,)))
        scale.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.4g}"))
        scale.set_minor_formatter(NullFormatter())
        panel.grid(visible=True, axis=axis)


def _tick_of_time(seconds: float, _: int) -> str:
    number, unit = in_unit(seconds)
    return f"{number:.4g} {unit}"
