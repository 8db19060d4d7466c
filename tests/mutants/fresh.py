"""Fresh mutants: what share of mistakes that nobody has chosen is noticed, with its interval."""

from __future__ import annotations

import argparse
import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mutants.fresh_making import Fresh
from tests.mutants.rows import ROOT, Edit, Mutant

FOLDERS = ("chapters", "training", "numerics")
MOST_UNITS = 5  # that reach a mutant's function, and may notice it


@dataclass(frozen=True)
class Subject:
    """What is mutated, where its page is, and how a mutant is decided."""

    page: Path
    name: str
    command: str
    how: str
    equal: str


UNITS = Subject(
    ROOT / "docs" / "fresh-mutants.md",
    "the book's code",
    "nox -s mutants",
    f"Up to {MOST_UNITS} units that reach the changed function decide their claims as in a default run,\n"
    "on a processor on which nothing was recorded. A mistake counts as noticed if a claim fails.",
    "A mistake changes nothing if those units run the changed line and each gives the same, bit for bit, as\n"
    "without it: on three recorded seeds, and on made-up data in the form of the data sets. Code that\n"
    "refuses wrong data runs on neither, so a mistake there counts as missed.",
)
ENGINE = Subject(
    ROOT / "docs" / "fresh-engine-mutants.md",
    "the engine",
    "nox -s engine-mutants",
    "The tests of the engine's folders, of commands, reports and hostile files that take up to 10 s and run\n"
    "the changed lines run until one fails, the quickest first, up to 30 s in all. Where none runs them in\n"
    "its own process, and outside of functions, those that run anything of the file do. Processes that they\n"
    "start have the mistake, but not those of another interpreter.",
    "A mistake changes nothing if it adds `and bool(name)` to a condition, and a program shows that the\n"
    "name is never false there: mypy, that its type has neither `__bool__` nor `__len__` (a `self`, a\n"
    "dataclass), or the condition, if each false value of a built-in type makes it false (`name in {'a'}`).",
)

TEXT = """# Fresh mistakes: {subject}

Nobody has chosen these mistakes. They are drawn at random from operators that were fixed before. Those of the
field change optimizer, loss, activation, initialiser, layer, padding, reduction, axis, order, test part or a
constant. Those of calls leave a call out, drop, swap or replace an argument, add or remove a condition,
swallow an exception, stop a loop one early, change a default, or return the other branch. A line of the code
is drawn, then a kind of mistake that its file allows, then one of that kind.

{how}

{equal}
All others that are not noticed count as missed. Seed {seed}: {undecided}
`{command}` draws and decides them, and writes this page.

{table}
Each interval contains the true share with a probability of at least 95 % (Clopper and Pearson).

## Mistakes that nothing noticed

{missed}"""


@dataclass(frozen=True)
class Decided:
    """A fresh mutant, and what noticed it, "" if nothing did; `alike` if it changes no outcome."""

    mutant: Fresh
    by: str
    alike: bool = False

    @property
    def group(self) -> str:
        """The row of the page: its folder, for chapters the chapter's."""
        folders = Path(self.mutant.file).parts[1:-1]
        return "/".join(folders[-1:] if folders[0] == "chapters" else folders)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of fresh mutants to a parser."""
    parser.add_argument("--fresh", type=int, default=0, metavar="N", help="draw N mutants at random instead")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")


def finish(decided: Sequence[Decided], chosen: argparse.Namespace, subject: Subject) -> None:
    """Print the share of mutants that are noticed, and those that are not; write the page if it is asked."""
    text = page(decided, chosen.fresh, chosen.seed, subject)
    print(text)
    if chosen.write:
        subject.page.write_text(text, "utf-8")
        print(f"written: {subject.page}")


def page(decided: Sequence[Decided], count: int, seed: int, subject: Subject) -> str:
    """Write the page of what was decided of `count` mutants."""
    left, missed = count - len(decided), [one for one in decided if not one.by]
    rows = [
        (_short(one.mutant.file), one.mutant.lines[0], one.mutant.kind, _code(one.mutant), "yes" * one.alike)
        for one in missed
    ]
    return TEXT.format(
        subject=subject.name,
        how=subject.how,
        equal=subject.equal,
        seed=seed,
        undecided=f"{left} of {count} are not decided yet." if left else f"all {count} are decided.",
        command=f"{subject.command} -- --fresh {count} --seed {seed} --write",
        table=_table(decided),
        missed=_grid(("file", "line", "kind", "mistake", "changes nothing"), rows) if rows else "None.\n",
    )


def _table(decided: Sequence[Decided]) -> str:
    groups = [*sorted({one.group for one in decided}), ""]
    rows = []
    for group in groups:
        own = [one for one in decided if one.group == group or not group]
        noticed, alike = sum(bool(one.by) for one in own), sum(one.alike for one in own)
        others = len(own) - alike
        low, high = interval(noticed, others)
        share = f"{noticed / max(others, 1):.0%}"
        rows.append((group or "all", len(own), alike, noticed, share, f"{low:.0%} to {high:.0%}"))
    return _grid(("where", "mistakes", "change nothing", "noticed", "share of the others", "interval"), rows)


def interval(hits: int, n: int) -> tuple[float, float]:
    """Return Clopper and Pearson's interval of a share at 95 %."""
    from scipy import stats

    low = float(stats.beta.ppf(0.025, hits, n - hits + 1)) if hits else 0.0
    high = float(stats.beta.ppf(0.975, hits + 1, n - hits)) if hits < n else 1.0
    return low, high


def _code(mutant: Fresh) -> str:
    return f"`{mutant.old}` → `{mutant.new or 'nothing'}`"


def _short(file: str) -> str:
    return f"`{file.removeprefix('workshop/')}`"


def _grid(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    cells = (" | ".join(str(cell).replace("|", "\\|") for cell in line) for line in lines)
    return "".join(f"| {line} |\n" for line in cells)


Reached = Mapping[str, Mapping[tuple[int, int], Sequence[str]]]


def reached_by_units(nodes: Mapping[str, Iterable[tuple[str, str]]]) -> Reached:
    """Return the lines of definitions of the book's folders that units reach, with the units, by file.

    `nodes` : the modules and names that each unit reaches.
    """
    found: dict[str, dict[tuple[int, int], list[str]]] = {}
    spans: dict[str, dict[str, tuple[int, int]]] = {}
    for unit, own in nodes.items():
        for module, name in own:
            file = f"{module.replace('.', '/')}.py"
            if not file.startswith(tuple(f"workshop/{each}/" for each in FOLDERS)):
                continue
            if file not in spans:
                spans[file] = _spans(ROOT / file)
            if name in spans[file]:
                found.setdefault(file, {}).setdefault(spans[file][name], []).append(unit)
    return found


def _spans(path: Path) -> dict[str, tuple[int, int]]:
    found = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        span = (node.lineno, node.end_lineno or node.lineno)
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = span
        for target in getattr(node, "targets", [getattr(node, "target", None)]):
            if isinstance(target, ast.Name):
                found[target.id] = span
    return found


def units_of(mutant: Fresh, reached: Reached, seconds: Callable[[str], float]) -> list[str]:
    """Return the units that may notice a mutant, those of least seconds first."""
    own = reached[mutant.file].items()
    units = {unit for (low, high), some in own if low <= mutant.lines[0] <= high for unit in some}
    return sorted(units, key=seconds)[:MOST_UNITS]


def default_of(mutant: Fresh) -> tuple[str, str, str] | None:
    """Return the function, the argument and the default of a mutant that changes one, None of others."""
    before, after = (_defaults(text) for text in ((ROOT / mutant.file).read_text("utf-8"), mutant.text))
    return next(iter(after - before), None)


def _defaults(text: str) -> set[tuple[str, str, str]]:
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            named = [*node.args.posonlyargs, *node.args.args]
            last = named[len(named) - len(node.args.defaults) :]
            values = [*node.args.defaults, *node.args.kw_defaults]
            pairs = zip([*last, *node.args.kwonlyargs], values, strict=True)
            found |= {(node.name, each.arg, ast.unparse(value)) for each, value in pairs if value}
    return found


def as_row(mutant: Fresh, unit: str) -> Mutant:
    """Return a mutant as a row of a unit."""
    before = (ROOT / mutant.file).read_text("utf-8")
    name = f"{mutant.kind}: {_code(mutant)}"
    return Mutant(unit, mutant.kind, (Edit(mutant.file, before, mutant.text),), name)
