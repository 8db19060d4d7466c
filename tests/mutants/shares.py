"""What share of drawn mistakes is noticed: the table of fates, which is committed, and how it is written."""

import json
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from tests.attacks.judging import put_between
from tests.mutants.drawing import Mistake
from tests.mutants.rows import ROOT

TABLE = Path(__file__).with_name("drawn.jsonl")
PAGE = ROOT / "docs" / "how_we_know.md"
README = ROOT / "README.md"
MARKS = "<!-- shares -->\n", "<!-- end of shares -->"  # what is between them is written here
FATES = ("claims", "tests", "nothing", "changes nothing", "not decided")
NOTICED = ("claims", "tests")
# the commits in whose code the mistakes of TABLE were drawn
DRAWN_AT = "168a7521, 540fa9a4, 92551ad1 or 085cc62d"
# the folders from which earlier draws outside of units were made: what judges, stores and compares
JUDGING = ("checking", "execution", "ledger", "reporting", "samples", "statistics", "verification")


@dataclass(frozen=True)
class Row:
    """A drawn mistake and what became of it: `by` are the claims or tests that failed.

    `draw` : from what it was drawn, and the seed. `number` : its place in the draw. `of` : whether it is in
    `units` or `elsewhere`, if the draw is of both.
    """

    draw: str
    number: int
    mistake: Mistake
    fate: str
    by: tuple[str, ...] = ()
    of: str = ""

    @property
    def in_units(self) -> bool:
        """Whether it is in lines that units reach."""
        return (self.of or self.draw).startswith("units")

    @property
    def group(self) -> str:
        """The folder of its file, for chapters the chapter's."""
        folders = Path(self.mistake.file).parts[1:-1]
        return (
            folders[1][:4]
            if folders[:1] in (("chapters",), ("measures",)) and folders[1:]
            else (*folders, "top modules")[0]
        )


def read_table(path: Path = TABLE) -> list[Row]:
    """Read the rows of a table, one a line."""
    rows = []
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        content = json.loads(line)
        mistake = Mistake(**{each.name: content.pop(each.name) for each in fields(Mistake)})
        rows.append(Row(mistake=mistake, **{**content, "by": tuple(content["by"])}))
    return rows


def write_table(rows: Iterable[Row], path: Path = TABLE) -> None:
    """Add rows to a table, which is sorted. Those that are there stay as they are: a draw is decided once."""
    new, kept = [*rows], read_table(path)
    refuse_others(new, kept)
    every = {(row.draw, row.number): row for row in (*new, *kept)}
    lines = []
    for _, row in sorted(every.items()):
        own = {"draw": row.draw, "number": row.number, **vars(row.mistake), "fate": row.fate, "by": row.by}
        own |= {"of": row.of} if row.of else {}
        lines.append(json.dumps(own, ensure_ascii=False))
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def refuse_others(rows: Iterable[Row], kept: Iterable[Row]) -> None:
    """Raise SystemExit if another mistake has the place of a kept one: a draw depends on the code."""
    there = {(row.draw, row.number): replace(row.mistake, file="") for row in kept}  # a file may have moved
    for row in rows:
        mistake = replace(row.mistake, file="")
        if there.get((row.draw, row.number), mistake) != mistake:
            raise SystemExit(
                f"mutants: {row.draw}, mistake {row.number} is another one in this code: draw in a checkout "
                f"of {DRAWN_AT}, then `--add` its drawn.jsonl here"
            )


def interval(hits: int, n: int) -> tuple[float, float]:
    """Return Clopper and Pearson's interval of a share at 95 %."""
    from scipy import stats

    low = float(stats.beta.ppf(0.025, hits, n - hits + 1)) if hits else 0.0
    high = float(stats.beta.ppf(0.975, hits + 1, n - hits)) if hits < n else 1.0
    return low, high


def share(hits: int, n: int) -> str:
    """Write a share with its interval."""
    low, high = interval(hits, n)
    return f"{hits} of {n}, {hits / n:.0%} ({low:.0%} to {high:.0%})" if n else "none decided"


def report(rows: Sequence[Row]) -> str:
    """Write how many rows have each fate, by draw and group, then the shares."""
    groups = sorted({(row.draw, row.group) for row in rows})
    lines = [["draw", "folder", "asked", *FATES, "noticed of the others"]]
    for draw in dict.fromkeys(draw for draw, _ in groups):
        own = [row for row in rows if row.draw == draw]
        lines += [
            [draw, group, *_counts([r for r in own if r.group == group])] for d, group in groups if d == draw
        ]
        lines.append([draw, "all", *_counts(own)])
    lines[1:1] = [["---"] * len(lines[0])]
    text = "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)
    noticed = "".join(f"| {where} | {share(*what)} |\n" for where, what in counts(rows).items())
    return f"| mistakes | noticed |\n| --- | --- |\n{noticed}\n{text}"


def counts(rows: Iterable[Row]) -> dict[str, tuple[int, int]]:
    """Return how many mistakes are noticed of how many that count: where and by what, in words."""
    every = [*rows]
    units = [row for row in every if row.in_units]
    judging = [row for row in every if not row.in_units and row.group in JUDGING]
    rest = [row for row in every if not row.in_units and row.group not in JUDGING]
    return {
        "in units, by claims": (_hits(units, "claims"), _counted(units)),
        "in units, by claims or tests": (_hits(units, "claims", "tests"), _counted(units)),
        "in what judges, stores and compares, by tests": (_hits(judging, "tests"), _counted(judging)),
        "in everything else, by tests": (_hits(rest, "tests"), _counted(rest)),
    }


def _hits(rows: Iterable[Row], *fates: str) -> int:
    return sum(row.fate in fates for row in rows)


def _counted(rows: Iterable[Row]) -> int:
    return sum(row.fate not in {"changes nothing", "not decided"} for row in rows)


def _counts(rows: Sequence[Row]) -> list[Any]:
    return [
        len(rows),
        *(_hits(rows, fate) for fate in FATES),
        share(_hits(rows, "claims", "tests"), _counted(rows)),
    ]


def write_page() -> None:
    """Write what the table shows to its places in the page and in README."""
    rows = read_table()
    PAGE.write_text(put_between(PAGE.read_text("utf-8"), MARKS, report(rows)), "utf-8")
    README.write_text(with_shares(README.read_text("utf-8"), rows), "utf-8")


def with_shares(readme: str, rows: Sequence[Row]) -> str:
    """Return README with the shares of mistakes that are noticed."""
    by_claims, in_units, *others = counts(rows).values()
    elsewhere = share(*(sum(each) for each in zip(*others, strict=True)))
    said = (
        f"Of mistakes drawn at random in lines that results run, claims notice {share(*by_claims)}, "
        f"claims and tests together {share(*in_units)}. In all other code tests notice {elsewhere}: "
        "[how we know](docs/how_we_know.md)."
    )
    lines = textwrap.fill(
        said.replace("%", " %"), 118, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False
    )
    sentence = r"- Of mistakes drawn .*?how_we_know\.md\)\."
    return re.sub(sentence, lambda _: lines, readme, flags=re.DOTALL)
