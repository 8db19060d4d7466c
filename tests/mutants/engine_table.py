"""What the engine's mutants showed: how many of each module are noticed, and why the others are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "engine-mutants.md"
REASONS = Path(__file__).with_name("engine.yaml")
# why no test notices a mutant: nothing can, only words of a message differ, or it is known and not noticed
KINDS = ("equivalent", "wording", "left")
FATES = ("killed", *KINDS, "open", "not decided")

Reasons = Mapping[tuple[str, str, str], tuple[str, str]]

TEXT = """# The engine's own mutants

The mutants of the [units](mutants.md) ask what the claims notice. These ask what the tests notice of the code
that judges: rules, statistics, recorded runs, verdicts, the store and its keys, and the plan of a run.
[cosmic-ray](https://cosmic-ray.readthedocs.io) changes one operator, comparison, number, condition, loop,
exception or decorator at a time. Of its eleven replacements of an operator one is taken, of a comparison the
edge and the opposite. Each mutant is imported in place of its module. The fast tests that run the changed
function run until one fails, or until a time limit for mutants that never end.

`nox -s engine-mutants` decides all of them, `nox -s engine-mutants -- judging` those of one module. It goes
on where an earlier run stopped, and `-- --write` writes this page.

Nothing is changed in f-strings, which write messages, in annotations and signatures, and in decorators that
only cache. A mutant that no test notices is one of these:

- equivalent: nothing can notice it, for the reason that is given;
- wording: only the words of a message differ, never a verdict, a number or a key;
- left: a slower test, or a better one, could notice it.

The last column is the share of killed mutants among those that are killed, left or open.

{table}
## Mutants that survive

{survivors}"""


@dataclass(frozen=True)
class Shown:
    """A mutant of a file, the changed lines before and after; `killed` is None if it is not decided."""

    file: str
    old: str
    new: str
    killed: bool | None

    def fate(self, reasons: Reasons) -> str:
        """Return what became of it: one of FATES."""
        if self.killed is not False:
            return "not decided" if self.killed is None else "killed"
        return reasons.get((self.file, self.old, self.new), ("open", ""))[0]


def read_reasons(path: Path = REASONS) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Return why mutants survive, by file and changed lines: a kind, and the reason."""
    found = {}
    for file, rows in (yaml.safe_load(path.read_text("utf-8")) or {}).items():
        for row in rows:
            ((kind, why),) = ((key, row[key]) for key in row if key in KINDS)
            for new in [row["new"]] if isinstance(row["new"], str) else row["new"]:
                found[file, row["old"], new] = (kind, why)
    return found


def report(shown: Sequence[Shown], reasons: Reasons) -> str:
    """Write the table, the mutants that survive without a reason, and the reasons that are not needed."""
    lines = ["  ".join(f"{cell!s:>11}" for cell in row[1:]) + f"  {row[0]}" for row in _rows(shown, reasons)]
    alive = {(one.file, one.old, one.new) for one in shown if not one.killed}
    for one in shown:
        key = one.file, one.old, one.new
        if one.fate(reasons) == "open":
            lines += [f"survives: {one.file}", f"    {one.old}", f"    {one.new}"]
        elif one.killed and key in reasons and key not in alive:  # lines may be there twice
            lines.append(f"noticed after all: {one.file}: {one.new}: drop its reason")
    return "\n".join(lines)


def page(shown: Sequence[Shown], reasons: Reasons) -> str:
    """Write docs/engine-mutants.md. Imports the package, so nothing can be mutated afterwards."""
    from tests.mutants.table import _grid

    head, *rows = _rows(shown, reasons)
    ordered = sorted(shown, key=lambda one: FATES.index(one.fate(reasons)))
    alive = [
        (one, *reasons.get((one.file, one.old, one.new), ("open", "-")))
        for one in ordered
        if one.killed is False
    ]
    survivors = [
        [f"`{_short(one.file)}`", f"`{one.old}` → `{one.new or 'nothing'}`", *why] for one, *why in alive
    ]
    return TEXT.format(
        table=_grid(head, [[f"`{row[0]}`" if "/" in row[0] else row[0], *row[1:]] for row in rows]),
        survivors=_grid(("module", "mutant", "kind", "why"), survivors) if survivors else "None.\n",
    )


def _rows(shown: Sequence[Shown], reasons: Reasons) -> list[list[Any]]:
    """Return the head of the table, a row for each module, and one for all."""
    rows: list[list[Any]] = [["module", "mutants", *FATES, "share killed"]]
    for file in [*dict.fromkeys(one.file for one in shown), ""]:
        fates = [one.fate(reasons) for one in shown if one.file.startswith(file)]
        counts = {fate: fates.count(fate) for fate in FATES}
        real = counts["killed"] + counts["left"] + counts["open"]
        share = f"{100 * counts['killed'] // real}%" if real else "-"
        rows.append([_short(file) or "all", len(fates), *counts.values(), share])
    return rows


def _short(file: str) -> str:
    return file.removeprefix("workshop/")
