"""What an attack has done: outcomes lost, tracebacks, orphans, leftovers, wrong answers; and their table."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MARKERS = ("<!-- faults -->\n\n", "\n\n<!-- /faults -->")
COLUMNS = (
    "attack", "tries", "hit a living run", "lost", "tracebacks", "orphans", "leaks", "wrong", "slowest end",
)  # fmt: skip
# of a claim's record: what a disturbed run must give again; times differ, and reasons may name them
_ANSWER = ("verdict", "documented", "measured", "numbers", "beside", "margin", "seeds")

Answer = Mapping[str, Any]


@dataclass
class Tally:
    """The figures of one attack; `hit` is None where no single run is aimed at, `notes` name the findings."""

    attack: str
    tries: int = 0
    hit: int | None = None
    lost: int = 0
    tracebacks: int = 0
    orphans: int = 0
    leaks: int = 0
    wrong: int = 0
    slowest: float | None = None
    skipped: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing is lost, left or wrong."""
        return not (self.lost or self.tracebacks or self.orphans or self.leaks or self.wrong)

    def tried(self, *, hit: bool | None = None) -> None:
        """Count a try, and whether it has hit a living run."""
        self.tries += 1
        if hit is not None:
            self.hit = (self.hit or 0) + hit

    def count(self, what: str, found: Iterable[object]) -> None:
        """Add what was found to the figure `what`, and note the first three."""
        items = [str(item) for item in found]
        setattr(self, what, getattr(self, what) + len(items))
        if items:
            more = f" and {len(items) - 3} more" if len(items) > 3 else ""
            self.notes.append(f"{what}: {'; '.join(items[:3])}{more}")

    def ended(self, seconds: float) -> None:
        """Note how long a run took to end after a signal."""
        self.slowest = max(self.slowest or 0.0, seconds)

    def row(self) -> tuple[str, ...]:
        """Return the cells of the table."""
        if self.skipped:
            return (self.attack, "skipped", *[""] * (len(COLUMNS) - 2))
        hit = "" if self.hit is None else str(self.hit)
        figures = (self.lost, self.tracebacks, self.orphans, self.leaks, self.wrong)
        slowest = "" if self.slowest is None else f"{self.slowest:.1f} s"
        return (self.attack, str(self.tries), hit, *map(str, figures), slowest)


def outcomes(store: Path) -> dict[str, str]:
    """Return the checksum of each entry of a store, by its name."""
    paths = (path for path in store.rglob("*.outcome") if path.is_file() and not path.is_symlink())
    return {path.name: checksum(path) for path in paths}


def lost(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Return the names of entries that are gone or changed."""
    return sorted(name for name, digest in before.items() if after.get(name) != digest)


def tracebacks(text: str) -> list[str]:
    """Return the exception of the first traceback of an output, and where it was raised; else nothing."""
    _, found, after = text.partition("Traceback (most recent call last)")
    if not found:
        return []
    lines = after.splitlines()[1:]
    end = next((i for i, line in enumerate(lines) if line and not line[0].isspace()), len(lines))
    places = [line.strip() for line in lines[:end] if line.lstrip().startswith("File ")]
    return ["; ".join([*lines[end : end + 1], *places[-1:]]) or "cut short"]


def damaged(text: str) -> list[str]:
    """Return the lines of an output which say that a file was found damaged."""
    return [line for line in text.splitlines() if line.startswith("workshop: ") and " damaged" in line]


def answer_of_results(path: Path) -> Answer:
    """Return what a results JSON says of each claim, but for times; {} without a file.

    Raises ValueError if it is half written.
    """
    if not path.exists():
        return {}
    claims = json.loads(path.read_text("utf-8"))["claims"]
    return {claim["id"]: [claim.get(key) for key in _ANSWER] for claim in claims}


def answer_of_reference(path: Path) -> Answer:
    """Return the recorded values by seed; {} without a file. Raises ValueError if it is half written."""
    if not path.exists():
        return {}
    runs = json.loads(path.read_text("utf-8"))["runs"]
    return {str(run["seed"]): [run["mishap"], run["values"]] for run in runs}


def differing(expected: Answer, found: Answer, *, finished: bool) -> list[str]:
    """Return the names of what differs from the undisturbed answer; unfinished runs may have less of it."""
    names = {*expected, *found} if finished else {*found}
    missing = object()
    return sorted(n for n in names if expected.get(n, missing) != found.get(n, missing))


def table(tallies: Iterable[Tally]) -> str:
    """Return the figures as a Markdown table, and beneath it why attacks were skipped."""
    tallies = list(tallies)
    rows = [COLUMNS, ("---", *["---:"] * (len(COLUMNS) - 1)), *(tally.row() for tally in tallies)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    skipped = [f"Skipped: {tally.attack}: {tally.skipped}." for tally in tallies if tally.skipped]
    return "\n".join([*lines, *(line for text in skipped for line in ("", text))])


def summary(tallies: Iterable[Tally]) -> str:
    """Return the sums of the figures in words."""
    tallies = [tally for tally in tallies if not tally.skipped]
    found = (f"{sum(getattr(tally, name) for tally in tallies)} {name}" for name in COLUMNS[3:8])
    slowest = max(tally.slowest or 0.0 for tally in tallies)
    tries = sum(tally.tries for tally in tallies)
    return f"{len(tallies)} attacks, {tries} tries, {', '.join(found)}; the slowest end took {slowest:.1f} s."


def put_between(page: str, markers: tuple[str, str], text: str) -> str:
    """Return a page with a text between its two markers."""
    before, rest = page.split(markers[0])
    return f"{before}{markers[0]}{text}{markers[1]}{rest.split(markers[1])[1]}"


def checksum(path: Path) -> str:
    """Return the checksum of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
