"""The page of ratios of the newest benchmarks in a folder: `python -m benchmarks.report FOLDER`.

A run is pytest-benchmark's JSON with one more part, "workshop": {"machine": its class, "environment": facts
as text, "limits": {"flops": FLOP/s, "bandwidth": bytes/s, "note"}, "left_out": [{"contender", "reason"}]}.
The "stats" of a benchmark are seconds per unit of work, and its "extra_info" says what was measured
(`benchmarks.harness.session.Session.entry`).
"""

from __future__ import annotations

import json
import math
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

from workshop.files import write_atomically
from workshop.reporting.html import render
from workshop.wording.numbers import duration, three_digits

WIDTH = 240  # of a plot, in pixels


def write_page(content: dict[str, Any], page: Path) -> None:
    """Write the page of a run: of each contest its contenders' times, ratios with a plot, and goals."""
    entries = [
        {**each["extra_info"], "seconds": each["stats"]["median"]}
        for each in content["benchmarks"]
        if "path" in each["extra_info"]
    ]
    sides = [each["ratio"][side] for each in entries if each["ratio"] for side in ("low", "high")]
    low, high = (math.log(end([1.0, *sides])) for end in (min, max))

    def place(ratio: float) -> str:
        """Return where a ratio is in a plot, on a logarithmic axis."""
        return f"{WIDTH * (math.log(ratio) - low) / ((high - low) or 1):.1f}"

    goals = {(_contest(each), goal["against"]): goal for each in entries for goal in each["goals"]}
    filled = {
        "title": f"Benchmarks of {content['datetime'][:16]}",
        "run": content["workshop"],
        "contests": [(name, list(some)) for name, some in groupby(entries, _contest)],
        "goals": goals,
        "width": WIDTH,
    }
    text = render(
        "report.html.j2", filled, folder=Path(__file__).parent, place=place, time=duration, short=three_digits
    )
    write_atomically(page, text.encode())


def _contest(entry: dict[str, Any]) -> str:
    """Return what contenders have computed, in one line."""
    size = (f"{axis} {value:,.10g}" for axis, value in entry["size"].items())
    return f"{entry['path']}: {', '.join([entry['case'], *size])}, per {entry['per']}"


def main(folder: Path) -> None:
    """Write the page of the newest run in a folder and below, beside the folder, if there is one."""
    files = sorted(folder.rglob("*.json"), key=lambda path: path.stat().st_mtime)
    if files:
        page = folder.with_suffix(".html")
        write_page(json.loads(files[-1].read_text("utf-8")), page)
        sys.stdout.write(f"page: {page.resolve()}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
