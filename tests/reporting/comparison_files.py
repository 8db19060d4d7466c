"""Results files with made-up claims, for the tests of comparisons."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from typer.testing import Result

from tests.toy import records
from tests.toy.claims import book
from tests.toy.commands import invoke
from tests.toy.records import sums
from workshop.reporting.compare.model import Comparison, RunFile, compare_files
from workshop.verification.results import NumberSummary, Record, Results, SampleSummary, UnitRuns

ENVIRONMENT = {
    "python": "3.12.1",
    "tensorflow": "2.21.0",
    "device": "cpu",
    "profile": "default",
    "date": "2026-01-01T00:00:00+00:00",
}
LOSS = "ch09.ex01.loss"
# said where claims newly failed and no gate was asked for
NO_GATE = "workshop: the exit code is 0: to fail here, add --fail-on failed\n"
RANKING = ["queen", "prince", "crown"]


def claim(name: str, documented: Any, **fields: Any) -> dict[str, Any]:
    """Return a claim of the made-up ledger that rests on its unit's reference sample."""
    return {
        "id": f"ch09.ex01.{name}",
        "what": "made up",
        "documented": documented,
        "rule": "reference",
        **fields,
    }


def changed(name: str, reason: str, **when: str) -> dict[str, Any]:
    """Return a claim with a finding: that versions changed it or, without any, that it is refuted."""
    verdict = {"verdict": "changed", "when": when} if when else {"verdict": "refuted"}
    finding = {**verdict, "reason": reason, "instead": "another"}
    return {"id": f"ch09.ex03.{name}", "what": "made up", "documented": "none", "finding": finding}


LEDGER = book(
    claim("loss", 0.25),
    claim("both", {"a": 0.1, "b": 0.2}, measure={"a": "loss", "b": "error"}),
    claim("alike", 1.0),
    claim("crashed", 1.0),
    claim("nearest", RANKING, rule={"reference": {"first": 3}}),
    changed("error", "Keras 3 refuses arguments that it does not know", keras=">=3.0"),
    changed("frozen", "Keras 3 asks later what is trainable", keras=">=3.0"),
    changed("both", "Keras 3 on NumPy 2 rounds otherwise", keras=">=3.0", numpy=">=2"),
    changed("stem", "since 3.6 NLTK lowers letters", nltk=">=3.6, <3.9"),
    changed(
        "sorted",
        "NumPy sorts equal values otherwise",
        numpy=">=1.25 with avx512 or >=2.0 with avx2",
        keras=">=2",
    ),
    changed("wrong", "never true, with any version"),
    units={f"ch09.ex0{number}": {"title": f"Exercise 9.0{number}"} for number in (1, 3)},
)


# of the stochastic claims: the numbers of three recorded runs, None where one crashed
RUNS: dict[str, dict[str, tuple[float | None, ...]]] = {
    "loss": {"": (1.0, 2.0, 3.0)},
    "both": {"a": (1.0, 2.0, 3.0), "b": (10.0, 30.0, 50.0)},
    "alike": {"": (7.0, 7.0, 7.0)},
    "crashed": {"": (1.0, None, 2.0)},
    "nearest": {"common": (2.0, 2.0, 1.0), "best": (0.5, 0.7, 0.9)},
}


def sample(numbers: Mapping[str, Sequence[float | None]]) -> SampleSummary:
    """Return the summary of recorded runs of these numbers."""
    environment = {"device": "cpu", "tensorflow": "2.21.0"}
    return SampleSummary(
        dates="2026-01-01",
        units=(UnitRuns("ch09.ex01", 3, "2026-01-01", 1.0, environment, {}, ()),),
        numbers=tuple(NumberSummary(name, tuple(runs)) for name, runs in numbers.items()),
    )


SAMPLES = {f"ch09.ex01.{name}": sample(numbers) for name, numbers in RUNS.items()}


def record(name: str = LOSS, **changes: Any) -> Record:
    """Return a reproduced claim with fields exchanged."""
    blank = {"documented": 0.25, "measured": 0.25, "reason": "as printed", "sample": SAMPLES.get(name)}
    return records.record(name, **{**blank, **changes})


def file(label: str, *records: Record, **environment: Any) -> RunFile:
    """Return a results file that was read."""
    return RunFile(label, Path(f"{label}.json"), Results({**ENVIRONMENT, **environment}, records))


def compared(*files: tuple[Record, ...]) -> Comparison:
    """Compare the records of some files with the first ones."""
    return compare_files(tuple(file(f"f{n}", *records) for n, records in enumerate(files)), LEDGER)


def write(path: Path, *records: Record, **environment: Any) -> Path:
    """Write a results file and return its path."""
    Results({**ENVIRONMENT, **environment}, records).write(path)
    return path


def run(*arguments: str | Path) -> Result:
    """Run `workshop compare`."""
    return invoke("compare", *arguments)


def three(folder: Path) -> list[Path]:
    """Write three results files that differ, with a claim that is the same everywhere."""
    same = record("ch09.ex01.same", measured=4.0, ours=True)
    return [
        write(
            folder / "tf221.json",
            record(measured=2.0, seconds=2.0),
            same,
            record("ch09.ex02.old", measured="[red]"),
        ),
        write(
            folder / "tf220.json",
            record(measured=2.0, seconds=2.0),
            same,
            record("ch09.ex02.old", measured="[/]<b>", reason="not [bold]"),
            tensorflow="2.20.0",
        ),
        write(
            folder / "tf215.json",
            record(measured=5.0, verdict="failed", seconds=8.0, seeds=(), reason="5 <against> [0.25]"),
            same,
            record("ch09.ex01.new", measured=None),
            tensorflow="2.15.1",
        ),
    ]


def rows(text: str) -> list[list[str]]:
    """Return the lines of a printout, split at two spaces or more."""
    return [re.split(r" {2,}", line.strip()) for line in text.splitlines()]


def sampled(*values: float) -> dict[str, Any]:
    """Return what a results file has for a sample of numbers."""
    named = dict(zip("ab", values, strict=False))
    return sums(named, named, named)


COMMON = record("ch09.ex04.common")  # files must have a claim in common
ERROR, FROZEN, BOTH, STEM, SORTED = (
    f"ch09.ex03.{name}" for name in ("error", "frozen", "both", "stem", "sorted")
)


def of(name: str, verdict: str | None, **changes: Any) -> list[Record]:
    """Return a file's record of a claim with a verdict, none for None."""
    return [] if verdict is None else [record(name, verdict=verdict, **changes)]
