"""The JSON of a comparison: what a CI job can gate on.

    {"schema": "workshop-comparison/1",
     "files": [{"label": …, "path": …, "environment": as in the results file,
                "verdicts": {verdict: how many claims have it, the book's and our own}}, …],
              the first one is what all others are compared with
     "environment": {name: [its value in each file, null where a file names none]}, only what differs,
     "verdict_changed": [ids of the claims whose verdict in some file is not the first file's],
     "newly_failed": [ids of the claims that failed in the last file, and not in the first],
     "lacking": [ids of the claims that some file lacks; they are no change of verdict],
     "unexplained": [ids of the claims that differ (see "standing") as no finding of the ledger says],
     "claims": [{"id": …, "ours": …,
                 "verdicts": [one a file, null where it lacks the claim],
                 "reasons": [one a file, likewise],
                 "seeds": [how many were drawn for each file, likewise],
                 "redefined": whether the files decide it by different rules or documented values,
                 "standing": over the files that decide it, where it is verified or failed: "differs" (there
                             are several verdicts), "fails" (it failed in all), else, with one verified
                             verdict, "moved" (see "moves"), "partly" (some file does not decide it) or
                             "same"; "nowhere" if no file decides it,
                 "finding": the ledger's finding, if it speaks of some versions only, else null:
                            {"when": {library: condition}, "reason": …,
                             "applies": [whether the condition is met, one a file]},
                 "moves": [{"number": path of a number in the measured value, "" for the whole,
                            "values": [one a file, null where it measured none],
                            "deviation": standard deviation of the recorded runs of the reference sample,
                                         null where there is none,
                            "slight": whether it is too little for the tables,
                            "differences": [one a file but the first, null if it does not differ:
                                            {"absolute", "relative", "deviations"}, each null where there is
                                            none, as of text; compared with the first file that measured
                                            it, …]}, …]}, …]
               every claim of any file: changed ones first, then moved ones, the farthest first, then those
               that some file lacks, then those that are the same,
     "timings": [one a file but the first:
                 {"median": ratio of its seconds to the first file's, over units, "largest": …, "unit": whose,
                  "units": {unit: ratio}, "reason": why there are none, "" if there are}, …]}

Numbers that JSON can't hold (NaN, ±∞) are null.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workshop.files import write_atomically
from workshop.reporting.compare.agreement import standing
from workshop.reporting.compare.causes import unexplained
from workshop.reporting.compare.differences import Move
from workshop.reporting.compare.model import Comparison, File, Row, Timing
from workshop.verification.results import for_json

SCHEMA = "workshop-comparison/1"


def write_json(comparison: Comparison, path: Path) -> None:
    """Write the JSON, whole or not at all."""
    text = json.dumps(for_json(content(comparison)), indent=1, allow_nan=False)
    write_atomically(path, (text + "\n").encode())


def content(comparison: Comparison) -> dict[str, Any]:
    """Return what the JSON holds."""
    ordered = [*comparison.changed, *comparison.moved, *comparison.lacking, *comparison.rows]
    return {
        "schema": SCHEMA,
        "files": [
            {
                "label": file.label,
                "path": str(file.path),
                "environment": dict(file.results.environment),
                "verdicts": dict(file.results.counts()),
            }
            for file in comparison.files
        ],
        "environment": comparison.environment,
        "verdict_changed": [row.id for row in comparison.changed],
        "newly_failed": [row.id for row in comparison.newly_failed],
        "lacking": [row.id for row in comparison.lacking],
        "unexplained": [row.id for row in unexplained(comparison)],
        "claims": [_claim(row, comparison.files) for row in {row.id: row for row in ordered}.values()],
        "timings": [_timing(timing) for timing in comparison.timings],
    }


def _claim(row: Row, files: Sequence[File]) -> dict[str, Any]:
    return {
        "id": row.id,
        "ours": row.ours,
        "verdicts": row.verdicts,
        "reasons": [None if record is None else record.reason for record in row.records],
        "seeds": [None if record is None else len(record.seeds) for record in row.records],
        "redefined": row.redefined,
        "standing": standing(row),
        "finding": _finding(row, files),
        "moves": [_move(move, len(row.records)) for move in row.moves],
    }


def _finding(row: Row, files: Sequence[File]) -> dict[str, Any] | None:
    if row.finding is None:
        return None
    return {
        "when": dict(row.finding.when),
        "reason": row.finding.reason,
        "applies": [row.finding.applies(file.environment) for file in files],
    }


def _move(move: Move, count: int) -> dict[str, Any]:
    differences = [move.differences.get(place) for place in range(1, count)]
    return {
        "number": move.path,
        "values": [move.values.get(place) for place in range(count)],
        "deviation": move.deviation,
        "slight": move.slight,
        "differences": [
            None if d is None else {name: getattr(d, name) for name in ("absolute", "relative", "deviations")}
            for d in differences
        ],
    }


def _timing(timing: Timing) -> dict[str, Any]:
    median, (unit, largest) = (None, (None, None)) if timing.reason else (timing.median, timing.largest)
    return {
        "median": median,
        "largest": largest,
        "unit": unit,
        "units": dict(timing.ratios),
        "reason": timing.reason,
    }
