"""The JSON of a comparison, for gates in CI.

    {"schema": "workshop-comparison/1",
     "files": [{"label": …, "path": …, "environment": as in the results file,
                "verdicts": {verdict: how many claims have it, the book's and our own}}, …],
              all others are compared with the first one
     "environment": {name: [its value in each file, null where a file has none]}, only what differs,
     "verdict_changed": [ids of the claims whose verdict in some file is not the first file's],
     "newly_failed": [ids of the claims that failed in the last file, and not in the first],
     "lacking": [ids of the claims that some file does not have; this is not a change of verdict],
     "unexplained": [ids of the claims that differ (see "standing") without a finding, nor by other data],
     "other_data": [ids of the claims that differ only because data is missing or substituted in some file],
     "claims": [{"id": …, "ours": …,
                 "verdicts": [one per file, null where it does not have the claim],
                 "reasons": [one per file, likewise],
                 "seeds": [how many each file drew, likewise],
                 "redefined": whether the files decide it by different rules or documented values,
                 "standing": how far the files agree that decide it (verified or failed): "differs" (several
                             verdicts), "fails" (failed in all), or with one verified verdict "moved" (see
                             "moves"), "partly" (some file does not decide it) or "same"; "nowhere" if no
                             file decides it,
                 "finding": the ledger's finding, if it is about some versions only, else null:
                            {"when": {library: condition}, "reason": …,
                             "applies": [whether the condition is met, one per file]},
                 "moves": [{"number": path of a number in the measured value, "" for the whole,
                            "values": [one per file, null where it measured none],
                            "deviation": standard deviation of the recorded runs of the reference sample,
                                         null where there is none,
                            "slight": whether it is too small for the tables,
                            "differences": [from the first file that measured it, one per file after the
                                            first, null if it does not differ:
                                            {"absolute", "relative", "deviations"}, each null where there is
                                            none, as of text, …]}, …]}, …]
               every claim of any file: changed ones first, then moved ones, the farthest first, then those
               that some file does not have, then those that are the same,
     "timings": [one per file after the first:
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
from workshop.ledger.values import for_json
from workshop.reporting.compare.agreement import agreement, other_data, unexplained
from workshop.reporting.compare.differences import Move
from workshop.reporting.compare.model import ComparedRow, Comparison, RunFile, Timing

SCHEMA = "workshop-comparison/1"


def write_json(comparison: Comparison, path: Path) -> None:
    """Write the JSON, whole or not at all."""
    text = json.dumps(for_json(content(comparison)), indent=1, allow_nan=False)
    write_atomically(path, (text + "\n").encode())


def content(comparison: Comparison) -> dict[str, Any]:
    """Return the content of the JSON."""
    ordered = [*comparison.changed, *comparison.moved, *comparison.absent, *comparison.rows]
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
        "lacking": [row.id for row in comparison.absent],
        "unexplained": [row.id for row in unexplained(comparison)],
        "other_data": [row.id for row in other_data(comparison)],
        "claims": [_claim(row, comparison.files) for row in {row.id: row for row in ordered}.values()],
        "timings": [_timing(timing) for timing in comparison.timings],
    }


def _claim(row: ComparedRow, files: Sequence[RunFile]) -> dict[str, Any]:
    return {
        "id": row.id,
        "ours": row.ours,
        "verdicts": row.verdicts,
        "reasons": [None if record is None else record.reason for record in row.records],
        "seeds": [None if record is None else len(record.seeds) for record in row.records],
        "redefined": row.redefined,
        "standing": agreement(row),
        "finding": _finding(row, files),
        "moves": [_move(move, len(row.records)) for move in row.moves],
    }


def _finding(row: ComparedRow, files: Sequence[RunFile]) -> dict[str, Any] | None:
    if row.finding is None:
        return None
    return {
        "when": dict(row.finding.when),
        "reason": row.finding.reason,
        "applies": [row.finding.applies(file.environment) for file in files],
    }


def _move(move: Move, count: int) -> dict[str, Any]:
    differences = [move.differences.get(index) for index in range(1, count)]
    return {
        "number": move.path,
        "values": [move.values.get(index) for index in range(count)],
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
