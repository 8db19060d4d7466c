"""What differs, for terminal and page: a grid of runs × chapters, then the claims group by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import shorten

from packaging.version import InvalidVersion, Version

from workshop.reporting.compare.agreement import (
    TITLES,
    Cause,
    Group,
    by_group,
    causes,
    count_text,
    environments,
)
from workshop.reporting.compare.differences import Move
from workshop.reporting.compare.model import ComparedRow, Comparison, RunFile
from workshop.verification.results import Record
from workshop.wording.numbers import counted, six_digits
from workshop.wording.pairs import side_by_side
from workshop.wording.words import LIBRARIES, WORD_OF, WORDS, Word, condition_text

WIDTH = 28  # characters of a value in a cell
ABSENT = "absent"
EXTRA = "extra"  # the grid's column of our own claims
NOTES: Mapping[Group, str] = {
    "unexplained": "Their verdicts differ, and neither a finding nor other data says why.",
    "failed": "They fail in every run that decides them.",
    "explained": "The verdicts differ as a finding of the ledger says.",
    "data": "Their verdicts differ only because data or another need is missing in some run, or substituted.",
    "rounding": "The verdict is the same. Nobody has measured how these versions round, and they moved no "
    "number of a repeated seed farther than rounding can.",
    "moved": "The verdict is the same, and a value moved. Of each claim the number that moved farthest is "
    "shown, in standard deviations (sd) of the recorded runs where there are any.",
    "partly": "Not every run decides or has them. The runs that do agree.",
    "nowhere": "No run decides them.",
    "same": "The same verdict in every run.",
}


@dataclass(frozen=True)
class Chip:
    """How many claims of a chapter have another verdict than in the first run, or a value that moved.

    `word` is the verdict's, None for values. `first` is the id of the claim that comes first on the page.
    """

    word: Word | None
    count: int
    first: str


@dataclass(frozen=True)
class ComparedCell:
    """A claim in one run: the verdict's word, its value and by how much that moved, each "" if there is none.

    `verdict` is the engine's name of it where one word stands for several of them.
    """

    word: Word | None
    verdict: str
    value: str
    change: str

    @property
    def text(self) -> str:
        """The verdict's word."""
        return ABSENT if self.word is None else self.word.name


@dataclass(frozen=True)
class Line:
    """Where a claim has which verdict; value, change and reason are those of the first of these runs."""

    where: str
    cell: ComparedCell
    reason: str


@dataclass(frozen=True)
class Section:
    """Claims of one group, of an explained one those of one cause. `key` names its place on the page."""

    group: Group
    key: str
    title: str
    notes: tuple[str, ...]
    rows: tuple[ComparedRow, ...]


def sections(comparison: Comparison) -> list[Section]:
    """Return the claims by group, the unexplained ones first, without groups that have none."""
    shown_sections: list[Section] = []
    for name, rows in by_group(comparison).items():
        if name == "explained":
            shown_sections += [_explained(cause, n, comparison) for n, cause in enumerate(causes(rows), 1)]
        elif rows:
            notes = [NOTES[name]]
            if name == "moved":
                slight = [row for row in comparison.rows if row.moves and not row.moved]
                notes += [f"{count_text(slight)} more moved only slightly."] if slight else []
            elif name == "rounding":
                notes += rounding_lines(rows)
            elif name in {"data", "partly", "nowhere"}:
                notes += patterns(rows, comparison.labels)
            title = f"{TITLES[name]}: {count_text(rows)}"
            shown_sections.append(Section(name, name, title, tuple(notes), tuple(rows)))
    return shown_sections


def _explained(cause: Cause, number: int, comparison: Comparison) -> Section:
    when = cause.finding.when
    met, others = (
        [file for file in comparison.files if cause.finding.applies(file.environment) is side]
        for side in (True, False)
    )
    facts = [*when, *(["instructions"] if any(" with " in condition for condition in when.values()) else [])]
    sides = (f"Met by {_by_versions(met, facts)}", f"Not met by {_by_versions(others, facts)}")
    title = f"Explained by {condition_text(when)}: {count_text(cause.rows)}"
    return Section("explained", f"explained-{number}", title, sides, cause.rows)


def patterns(rows: Iterable[ComparedRow], labels: Sequence[str]) -> list[str]:
    """Count claims by which runs do not decide them, or do so on substitute data, with the reason of one.

    The most frequent pattern comes first.
    """
    groups: dict[str, list[ComparedRow]] = {}
    for row in rows:
        by_word: dict[str, list[int]] = {}
        for index in _undecided(row):
            verdict = row.verdicts[index]
            word = ABSENT if verdict is None else WORD_OF[verdict].name
            by_word.setdefault(word, []).append(index)
        text = "; ".join(f"{name} in {environments(indices, labels)}" for name, indices in by_word.items())
        groups.setdefault(text, []).append(row)
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    return [f"{count_text(own)}: {text}{_example(own[0])}" for text, own in ordered]


def _undecided(row: ComparedRow) -> list[int]:
    return [i for i, verdict in enumerate(row.verdicts) if i not in row.decided or verdict == "supported"]


def _example(row: ComparedRow) -> str:
    """Return why a claim is not decided in the last run where it is not, or what it is supported on."""
    records = [row.records[index] for index in _undecided(row)]
    last = next((record.reason for record in records[::-1] if record is not None and record.reason), "")
    return f", e.g. {row.id}: {shorten(last, 160, placeholder=' …')}" if last else "."


def grid(comparison: Comparison) -> tuple[dict[str, int], list[list[list[Chip]]]]:
    """Return how many claims the first run has by chapter, and what differs from it by run and chapter."""
    rows = [row for section in sections(comparison) for row in section.rows]
    claims = Counter(map(_column, comparison.files[0].results.claims))
    columns = sorted({_column(row) for row in rows}, key=lambda name: (name == EXTRA, name))
    by_run = []
    for index in range(1, len(comparison.files)):
        ids: dict[tuple[str, Word | None], list[str]] = {}
        for row in rows:
            first, verdict = row.verdicts[0], row.verdicts[index]
            if first is None or verdict is None:
                continue
            if verdict != first:
                ids.setdefault((_column(row), WORD_OF[verdict]), []).append(row.id)
            elif any(index in move.differences for move in row.moved):
                ids.setdefault((_column(row), None), []).append(row.id)
        chips = {key: Chip(key[1], len(names), names[0]) for key, names in ids.items()}
        words = (*WORDS, None)
        by_run.append([[chips[c, word] for word in words if (c, word) in chips] for c in columns])
    return {column: claims[column] for column in columns}, by_run


def _column(one: ComparedRow | Record) -> str:
    return EXTRA if one.ours else one.id.partition(".")[0]


def environment_rows(comparison: Comparison) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the facts in which the environments differ, and a row per run: label, facts, claims, date."""
    facts = {name: values for name, values in comparison.environment.items() if name != "date"}
    rows = [
        (
            file.label,
            *("none" if values[index] is None else str(values[index]) for values in facts.values()),
            str(len(file.results.claims)),
            str(file.results.environment.get("date", "none"))[:10],
        )
        for index, file in enumerate(comparison.files)
    ]
    return ("run", *(LIBRARIES.get(name, name) for name in facts), "claims", "date"), rows


def verdict_rows(comparison: Comparison) -> list[tuple[Word, list[tuple[int, int]]]]:
    """Return how many claims have each word in each run: the book's results, and the extras."""
    numbers = [
        Counter((WORD_OF[r.verdict], r.ours) for r in file.results.claims) for file in comparison.files
    ]
    rows = [(word, [(number[word, False], number[word, True]) for number in numbers]) for word in WORDS]
    return [(word, own) for word, own in rows if any(map(any, own))]


def timing_lines(comparison: Comparison) -> list[str]:
    """Return how computing times compare with those of the first run, a line for each other run."""
    lines = []
    for file, timing in zip(comparison.files[1:], comparison.timings, strict=True):
        text = timing.reason
        if not text:
            unit, ratio = timing.largest
            over = counted(len(timing.ratios), "unit")
            text = f"median {timing.median:.2f} × over {over}, at most {ratio:.2f} × ({unit})"
        lines.append(f"{file.label}: {text}")
    return lines


# One claim


def cells(row: ComparedRow) -> list[ComparedCell]:
    """Return a cell per run: the verdict, and the number that differs and how far it moved."""
    shared = Counter[Word | None](WORD_OF[verdict] for verdict in {*row.verdicts} if verdict is not None)
    run_cells = []
    for index, verdict in enumerate(row.verdicts):
        word = None if verdict is None else WORD_OF[verdict]
        value = ("", "") if word is None else _value(row, index)
        run_cells.append(ComparedCell(word, verdict or "" if shared[word] > 1 else "", *value))
    return run_cells


def rounding_lines(rows: Sequence[ComparedRow]) -> list[str]:
    """Return the numbers that were moved by rounding, each once after all claims that measure it."""
    ids: dict[str, list[str]] = {}
    for row in rows:
        ids.setdefault(row.rounding, []).append(row.id)
    return [f"{', '.join(own)}: {text}" for text, own in ids.items()]


def lines(row: ComparedRow, labels: Sequence[str]) -> list[Line]:
    """Return where a claim has which verdict, in the order of the runs."""
    shown_lines = []
    row_cells = cells(row)
    for verdict in dict.fromkeys(verdict for verdict in row.verdicts if verdict is not None):
        indices = [index for index, own in enumerate(row.verdicts) if own == verdict]
        record = row.records[indices[0]]
        reason = "" if record is None else record.reason
        shown_lines.append(Line(environments(indices, labels), row_cells[indices[0]], reason))
    return shown_lines


def about(row: ComparedRow) -> str:
    """Describe a claim: its title, the number that is shown, other rules, unequal seeds, other bases."""
    move = shown(row)
    texts = []
    if row.claim is not None:
        texts.append(row.claim.what + ("" if row.claim.page is None else f" (p. {row.claim.page})"))
    if move is not None and move.path:
        others = len(row.moves) - 1
        texts.append(f"shown: {move.path}" + (f", and {others} more differ" if others else ""))
    if row.redefined:
        texts.append("the runs decide it by other rules or printed values")
    records = [record for record in row.records if record is not None]
    seeds = [len(record.seeds) for record in records if record.measured is not None]
    if len({*seeds}) > 1:
        texts.append(f"{', '.join(map(str, seeds))} seeds")
    bases = [record.basis for record in records]
    if len({*bases} - {""}) > 1:
        texts.append(f"{', '.join(basis or 'no basis' for basis in bases)}")
    if row.finding is not None:
        texts.append(f"its finding is about {condition_text(row.finding.when)}")
    return "; ".join(texts)


def bisect_command(row: ComparedRow, comparison: Comparison) -> str:
    """Return the command that finds since when a claim differs, "" where no library can be the reason."""
    if row.claim is None or not row.claim.rule.needs_run or row.moved_first not in {"", row.id}:
        return ""
    named = () if row.finding is None else row.finding.when
    differing = (name for name in (*named, *LIBRARIES) if name in comparison.environment and name != "python")
    library = next(differing, "")
    return f"workshop bisect {row.id} --library {library}" if library else ""


def shown(row: ComparedRow) -> Move | None:
    """Return the number that moved farthest, if any differs at all."""
    return max(row.moves, key=lambda move: move.size, default=None)


def _value(row: ComparedRow, index: int) -> tuple[str, str]:
    """Write the number that differs and how far it moved, or else the value if it is short."""
    values = {i: r.measured for i, r in enumerate(row.records) if r is not None and r.measured is not None}
    if index not in values:
        return "", ""
    move = shown(row)
    if move is None:
        text = six_digits(values[index], 2 * WIDTH)
        return (text if len(text) <= WIDTH else ""), ""
    number = move.values.get(index, [])
    if isinstance(number, list | dict):  # the runs measured values of different structures
        other = next((value for value in values.values() if value != values[index]), values[index])
        return side_by_side(other, values[index], WIDTH)[1], ""
    moved = move.differences.get(index)
    return six_digits(number, WIDTH), "" if moved is None or moved.slight else moved.text


# Versions


def _by_versions(files: Iterable[RunFile], libraries: Iterable[str]) -> str:
    """Name environments by their versions of libraries, the oldest first."""
    libraries = list(libraries)

    def versions_of(file: RunFile) -> str:
        own = file.environment
        return ", ".join(f"{LIBRARIES.get(name, name)} {own.get(name, 'none')}" for name in libraries)

    ordered = sorted(files, key=lambda file: [_age(file, library) for library in libraries])
    return "; ".join(
        f"{versions} ({', '.join(file.label for file in same)})"
        for versions, same in groupby(ordered, key=versions_of)
    )


def _age(file: RunFile, library: str) -> Version:
    try:
        return Version(file.environment.get(library, "0"))
    except InvalidVersion:
        return Version("0")
