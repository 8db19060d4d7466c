"""Several results files: the records of each claim in a row, all files compared with the first one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from workshop.errors import UsageError
from workshop.ledger import Claim, Finding, Ledger
from workshop.reporting.compare.differences import Move, moves_of
from workshop.untrusted import one_line
from workshop.verification.results import Record, Results, ResultsError, read_results
from workshop.verification.verdicts import VERIFIED, Verdict

# units that took less in all files are too short for a ratio
LEAST_SECONDS = 1.0


@dataclass(frozen=True)
class RunFile:
    """A results file, and a label that no other file has."""

    label: str
    path: Path
    results: Results

    @property
    def environment(self) -> dict[str, str]:
        """The facts of its environment as text; a file without a device comes from a CPU."""
        return {"device": "cpu"} | {name: str(fact) for name, fact in self.results.environment.items()}


@dataclass(frozen=True)
class ComparedRow:
    """A claim in all files: its records, None where a file does not have it, and the numbers that moved.

    `claim` is its ledger entry, None if there is none.
    """

    id: str
    records: tuple[Record | None, ...]
    moves: tuple[Move, ...]
    claim: Claim | None = None

    @property
    def ours(self) -> bool:
        """Whether it is a claim of our own."""
        return any(record.ours for record in self.records if record is not None)

    @property
    def finding(self) -> Finding | None:
        """The ledger's finding, if it is about some versions only."""
        finding = None if self.claim is None else self.claim.finding
        return finding if finding is not None and finding.when else None

    @property
    def verdicts(self) -> tuple[Verdict | None, ...]:
        """The verdict in each file."""
        return tuple(None if record is None else record.verdict for record in self.records)

    @property
    def decided(self) -> Mapping[int, Verdict]:
        """The verdicts in the files that decide it (verified or failed), by the files' indices."""
        return {index: v for index, v in enumerate(self.verdicts) if v == "failed" or v in VERIFIED}

    @property
    def changed(self) -> bool:
        """Whether another file has a different verdict than the first one."""
        return self.verdicts[0] is not None and not {*self.verdicts} <= {self.verdicts[0], None}

    @property
    def newly_failed(self) -> bool:
        """Whether it failed in the last file and not in the first."""
        return self.verdicts[-1] == "failed" != self.verdicts[0]

    @property
    def moved(self) -> tuple[Move, ...]:
        """Its numbers that moved more than slightly, the farthest first."""
        return tuple(sorted((m for m in self.moves if not m.slight), key=lambda m: -m.size))

    @property
    def rounding(self) -> str:
        """The numbers that the last file's versions moved by rounding, "" if they did not."""
        return "" if self.records[-1] is None else self.records[-1].rounding

    @property
    def moved_first(self) -> str:
        """The claim that the last file's versions moved first, if they moved this one as well."""
        return "" if self.records[-1] is None else self.records[-1].moved_first

    @property
    def redefined(self) -> bool:
        """Whether the files decided it by different rules or documented values."""
        first, *others = [(r.rule, r.documented) for r in self.records if r is not None]
        return any(other != first for other in others)


@dataclass(frozen=True)
class Timing:
    """The ratio of a file's seconds to the first one's, for each unit that took LEAST_SECONDS in either.

    A unit's seconds are those of its slowest claim with the same seeds in both files. `reason` says why
    there are no ratios.
    """

    ratios: Mapping[str, float]
    reason: str = ""

    @property
    def median(self) -> float:
        """The median ratio over the units."""
        return median(self.ratios.values())

    @property
    def largest(self) -> tuple[str, float]:
        """The unit with the largest ratio, and the ratio."""
        return max(self.ratios.items(), key=lambda item: item[1])


@dataclass(frozen=True)
class Comparison:
    """Results files, and all claims of any of them in the order of the files."""

    files: tuple[RunFile, ...]
    rows: tuple[ComparedRow, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The label of each file."""
        return tuple(file.label for file in self.files)

    @cached_property
    def changed(self) -> tuple[ComparedRow, ...]:
        """The claims whose verdict is not the first file's everywhere, those that newly failed first."""
        return tuple(sorted((r for r in self.rows if r.changed), key=lambda r: not r.newly_failed))

    @cached_property
    def newly_failed(self) -> tuple[ComparedRow, ...]:
        """The claims that failed in the last file and not in the first."""
        return tuple(row for row in self.rows if row.newly_failed)

    @cached_property
    def environment(self) -> Mapping[str, tuple[Any, ...]]:
        """The facts in which the environments differ: a value per file, None where it has none.

        The memory that a run took is not part of its environment.
        """
        environments = [file.results.environment for file in self.files]
        names = dict.fromkeys(name for environment in environments for name in environment)
        names.pop("memory", None)
        values = {name: tuple(e.get(name) for e in environments) for name in names}
        return {name: own for name, own in values.items() if any(v != own[0] for v in own)}

    @cached_property
    def timings(self) -> tuple[Timing, ...]:
        """The times of each file after the first."""
        return tuple(self._timing(index) for index in range(1, len(self.files)))

    def _timing(self, index: int) -> Timing:
        profiles = [self.files[i].results.environment.get("profile") for i in (0, index)]
        if profiles[0] != profiles[1]:
            return Timing({}, f"not compared: profiles {profiles[0]} and {profiles[1]}")
        units: dict[str, tuple[float, float]] = {}
        for row in self.rows:
            first, other = row.records[0], row.records[index]
            if first is None or other is None or first.seeds != other.seeds:
                continue
            if first.seconds and other.seconds:
                before, after = units.get(first.unit, (0.0, 0.0))
                units[first.unit] = max(before, first.seconds), max(after, other.seconds)
        ratios = {
            u: after / before for u, (before, after) in units.items() if max(before, after) >= LEAST_SECONDS
        }
        return Timing(ratios, "" if ratios else f"no unit took {LEAST_SECONDS:g} s in either")


class NotComparable(UsageError):
    """Files can't be compared. The message names them and the remedy."""


def read_files(paths: Sequence[Path]) -> tuple[RunFile, ...]:
    """Read results files, labelled by the parts in which their paths differ. Raises NotComparable."""
    if len(paths) < 2:
        raise NotComparable(f"{paths[0]} alone is not a comparison: name two results files or more")
    resolved = [path.resolve() for path in paths]
    twice = next((p for p, own in zip(paths, resolved, strict=True) if resolved.count(own) > 1), None)
    if twice is not None:
        raise NotComparable(f"{twice} is named twice: name different results files")
    # the shortest ends that are different for each path, without the suffix if possible
    ends = (
        ["/".join((path if whole else path.with_suffix("")).absolute().parts[-depth:]) for path in paths]
        for depth in count(1)
        for whole in (False, True)
    )
    unlike = next(labels for labels in ends if len(set(labels)) == len(labels))
    labels = [one_line(label) for label in unlike]
    try:
        return tuple(RunFile(label, p, read_results(p)) for label, p in zip(labels, paths, strict=True))
    except ResultsError as error:
        raise NotComparable(str(error)) from None


def compare_files(files: tuple[RunFile, ...], ledger: Ledger) -> Comparison:
    """Compare results files with the first one. Raises NotComparable.

    Standard deviations are those of the recorded runs in the files.
    """
    by_id = [{record.id: record for record in file.results.claims} for file in files]
    for file, records in zip(files[1:], by_id[1:], strict=True):
        if not records.keys() & by_id[0].keys():
            raise NotComparable(
                f"{file.path} has no claim in common with {files[0].path}: verify the same claims"
            )
    rows = []
    for name in dict.fromkeys(name for records in by_id for name in records):
        own, claim = tuple(records.get(name) for records in by_id), ledger.claims.get(name)
        rows.append(ComparedRow(name, own, moves_of(own, claim), claim))
    return Comparison(files, tuple(rows))
