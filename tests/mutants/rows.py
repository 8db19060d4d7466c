"""The rows of chNN.yaml: small mistakes to put into a copy of a file of the package."""

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times as fast

# these go on every unit where they apply; other mistakes are written by hand
OPERATORS = (
    "rate doubled", "rate halved", "activation dropped", "size up", "size down", "seed reused",
    "training rows for test rows", "transposed", "off by one", "unshuffled", "initialiser", "labels spoilt",
    "epoch fewer", "dropout off", "other axis", "other constant", "other operation", "other order",
    "left out", "sign",
)  # fmt: skip
BY_HAND = "by hand"


class RowError(ValueError):
    """A row can't be applied; the message says which, and why."""


@dataclass(frozen=True)
class Edit:
    """A text of a file, relative to the root, and what stands there in the mutant; the `nth` place of it."""

    file: str
    old: str
    new: str
    nth: int | None = None

    def apply(self, text: str) -> str:
        """Return the text with the mistake in it. Raises RowError."""
        count = text.count(self.old)
        if count == 0:
            raise RowError(f"{self.file} has no {self.old!r}: write the row as the file is now")
        if self.nth is None and count > 1:
            raise RowError(f"{self.file} has {self.old!r} {count} times: lengthen it, or give `nth`")
        if self.nth is not None and self.nth > count:
            raise RowError(f"{self.file} has {self.old!r} only {count} times")
        parts = text.split(self.old)
        place = self.nth or 1
        return self.old.join(parts[:place]) + self.new + self.old.join(parts[place:])


@dataclass(frozen=True)
class Mutant:
    """One mistake, and the unit whose claims ought to notice it.

    `imitates` says in words what somebody would have done. `survives` says why it changes no result, so that
    nothing can notice it; `missed` why no claim notices it though one could.
    """

    unit: str
    kind: str
    edits: tuple[Edit, ...]
    imitates: str = ""
    survives: str = ""
    missed: str = ""

    @property
    def name(self) -> str:
        """What it imitates, else its kind and its first edit."""
        if self.imitates:
            return self.imitates
        old, new = (" ".join(text.split()) for text in (self.edits[0].old, self.edits[0].new))
        return f"{self.kind}: `{old}` → `{new or 'nothing'}`"

    def texts(self, root: Path = ROOT) -> dict[str, str]:
        """Return the mutated text of each file that it changes. Raises RowError."""
        found: dict[str, str] = {}
        for edit in self.edits:
            text = found.get(edit.file) or (root / edit.file).read_text("utf-8")
            found[edit.file] = edit.apply(text)
        return found


@dataclass(frozen=True)
class Rows:
    """All mutants, and the units that compute nothing, with the reason."""

    mutants: tuple[Mutant, ...]
    nothing: Mapping[str, str]

    def of(self, units: Iterable[str]) -> list[Mutant]:
        """Return the mutants of some units, unit by unit."""
        chosen = dict.fromkeys(units)
        return [mutant for unit in chosen for mutant in self.mutants if mutant.unit == unit]


def read_rows(folder: Path = FOLDER) -> Rows:
    """Read all rows. Raises RowError for one that is not of the form."""
    mutants: list[Mutant] = []
    nothing: dict[str, str] = {}
    for path in sorted(folder.glob("ch??.yaml")):
        content = yaml.load(path.read_bytes(), LOADER)
        package = content["package"]
        nothing.update(content.get("nothing", {}))
        for group in content["mutants"]:
            mutants += _of_group(group, package, path.name)
    return Rows(tuple(mutants), nothing)


def _of_group(group: Mapping[str, Any], package: str, where: str) -> Iterator[Mutant]:
    units = group["unit"] if isinstance(group["unit"], list) else [group["unit"]]
    for row in group["rows"]:
        unknown = set(row) - {"kind", "old", "new", "nth", "imitates", "survives", "missed", "file", "also"}
        if unknown or row.get("kind") not in (*OPERATORS, BY_HAND):
            raise RowError(f"{where}: {row}: unknown {', '.join(unknown) or 'kind'}")
        if row["kind"] == BY_HAND and "imitates" not in row:
            raise RowError(f"{where}: {row}: a row by hand says what it `imitates`")
        edits = []
        for edit in (row, *row.get("also", ())):
            file = edit.get("file", group.get("file"))
            shared = file.startswith(("chapters/", "measures/", "numerics/", "training/"))
            path = f"workshop/{file}" if shared else f"{package}/{file}"
            edits.append(Edit(path, edit["old"], edit["new"], edit.get("nth")))
        for unit in units:
            reasons = (row.get(name, "") for name in ("imitates", "survives", "missed"))
            yield Mutant(unit, row["kind"], tuple(edits), *reasons)


def read_results(file: Path) -> dict[str, Any]:
    """Return the last result of each key; a line that a killed run left half is none."""
    found = {}
    for line in file.read_text("utf-8").splitlines() if file.exists() else []:
        try:
            result = json.loads(line)
        except ValueError:
            continue
        found[result["key"]] = result
    return found


def save(folder: Path, result: Mapping[str, Any]) -> None:
    """Append a result to those of a folder as soon as it is there."""
    with (folder / "results.jsonl").open("a", encoding="utf-8") as lines:
        lines.write("\n" + json.dumps(result))  # a killed run may have left half a line


@cache
def changed(revision: str) -> frozenset[str]:
    """Return the files of the package that changed since a revision."""
    command = ["git", "diff", "--name-only", revision, "--", "workshop"]
    answer = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if answer.returncode:
        raise SystemExit(f"mutants: git has no revision {revision!r}: give a commit or a branch")
    return frozenset(answer.stdout.split())
