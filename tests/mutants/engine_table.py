"""What the engine's mutants showed: how many of each module are noticed, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "engine-mutants.md"
REASONS = Path(__file__).with_name("engine.yaml")
KINDS = ("equivalent", "wording", "left")

Reasons = Mapping[tuple[str, str, str], tuple[str, str]]


@dataclass(frozen=True)
class Shown:
    """A mutant of a file, the changed lines before and after; `killed` is None if it is not decided."""

    file: str
    old: str
    new: str
    killed: bool | None

    def reason(self, reasons: Reasons) -> tuple[str, str] | None:
        """Return of which kind the reason is that no test notices it, and the reason."""
        return reasons.get((self.file, self.old, self.new))

    def fate(self, reasons: Reasons) -> str:
        """Return what became of it: killed, a kind of reason, open, or not decided."""
        if self.killed is not False:
            return "not decided" if self.killed is None else "killed"
        reason = self.reason(reasons)
        return "open" if reason is None else reason[0]


def read_reasons(path: Path = REASONS) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Return why mutants survive, by file and changed lines."""
    found = {}
    for file, rows in (yaml.safe_load(path.read_text("utf-8")) or {}).items():
        for row in rows:
            ((kind, why),) = ((key, row[key]) for key in row if key in KINDS)
            for new in [row["new"]] if isinstance(row["new"], str) else row["new"]:
                found[file, row["old"], new] = (kind, why)
    return found


def report(shown: Sequence[Shown], reasons: Reasons) -> str:
    """Write the table for the terminal, and the mutants that survive without a reason."""
    lines = ["  ".join(f"{cell!s:>11}" for cell in row[1:]) + f"  {row[0]}" for row in _rows(shown, reasons)]
    lines += [f"{one.file}\n    {one.old}\n    {one.new}" for one in shown if one.fate(reasons) == "open"]
    killed = {(one.file, one.old, one.new) for one in shown if one.killed}
    lines += [f"noticed after all: {' | '.join(key)}: drop its reason" for key in reasons if key in killed]
    return "\n".join(lines)


FATES = ("killed", *KINDS, "open", "not decided")


def _rows(shown: Sequence[Shown], reasons: Reasons) -> list[list[Any]]:
    rows: list[list[Any]] = [["module", "mutants", *FATES, "of judging"]]
    for file in [*dict.fromkeys(one.file for one in shown), ""]:
        fates = [one.fate(reasons) for one in shown if one.file.startswith(file)]
        counts = [fates.count(fate) for fate in FATES]
        real = len(fates) - counts[1] - counts[2] - counts[-1]
        share = f"{int(1000 * counts[0] / real) / 10:g}%" if real else "-"
        rows.append([f"`{file.removeprefix('workshop/')}`" if file else "all", len(fates), *counts, share])
    return rows


TEXT = """# The engine's own mutants
"""


def page(shown: Sequence[Shown], reasons: Reasons) -> str:
    """Write docs/engine-mutants.md."""
    return TEXT
