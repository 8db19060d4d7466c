"""Small mistakes in the package, and what notices them: `python -m tests.mutants --help`.

Without `--fresh` or `--again` they are the rows of chNN.yaml, which claims decide: `ch05 ch02.ex03 …` are
units. With them they are mistakes that nobody has chosen, in files of which a pattern is a part.
"""

import argparse
import importlib
import math
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import platformdirs

from tests.mutants import drawing, shares
from tests.mutants.drawing import Mistake, Planted
from tests.mutants.forking import in_child
from tests.mutants.rows import ROOT, changed, read_results, save
from tests.mutants.testing import Tests

_AT_A_TIME = 10  # mistakes of which all are decided before others begin
_ON_TENSORFLOW = tuple(f"workshop/{folder}/" for folder in ("chapters", "measures", "numerics", "training"))


def main(words: Sequence[str]) -> int:
    """Decide the chosen mistakes and print their fates; return 1 if a row survived without a reason."""
    chosen = parser().parse_args(words)
    chosen.end = time.monotonic() + chosen.budget
    chosen.folder.mkdir(parents=True, exist_ok=True)
    if chosen.again:
        ask_again(chosen)
        return 0
    if chosen.add:
        if not (there := shares.read_table(chosen.add)):
            raise SystemExit(f"mutants: {chosen.add} has no mistakes")
        shares.write_table(there)
        shares.write_page()
        return 0
    if chosen.fresh:
        draw, rows, mistakes = f"{chosen.of} {chosen.seed}", list[shares.Row](), _draw(chosen)
        if chosen.write:
            asked = [shares.Row(draw, number, mistake, "") for number, mistake in enumerate(mistakes)]
            shares.refuse_others(asked, shares.read_table())
        for number, mistake, fate, by in decide(mistakes, chosen):
            of = "" if chosen.of != "all" else "units" if _in_units(drawing.find(mistake)) else "elsewhere"
            rows.append(shares.Row(draw, number, mistake, fate, by, of))
            if chosen.write:
                shares.write_table(rows)
        print(shares.report(rows))
        print(f"{len(rows)} of {len(mistakes)} fresh mistakes are decided")
        if chosen.write:
            shares.write_page()
        if chosen.touched is None:
            return 0
        chosen.end = time.monotonic() + chosen.budget  # rows have as long again
    written = importlib.import_module("tests.mutants.written")  # imports the package, which tests do later
    return written.decide(chosen)


def ask_again(chosen: argparse.Namespace) -> None:
    """Ask for the committed mistakes in today's code, and print which of those noticed before still are."""
    rows = [row for row in shares.read_table() if _chosen(row.mistake.file, chosen)]
    found = [fate for _, _, fate, _ in decide([row.mistake for row in rows], chosen)]
    pairs = [(row, fate) for row, fate in zip(rows, found, strict=False) if row.fate in shares.NOTICED]
    there = [(row, fate) for row, fate in pairs if fate != "gone"]
    still = sum(fate in shares.NOTICED for _, fate in there)
    print(f"{len(found)} of {len(rows)} mistakes are decided, {len(pairs)} of them were noticed before.")
    print(f"Gone: {len(pairs) - len(there)}. Noticed of the others: {shares.share(still, len(there))}")
    for row, fate in there:
        if fate not in shares.NOTICED:
            print(f"  {fate}: {row.mistake.file} {row.mistake.words()}, before by {', '.join(row.by)}")


def _chosen(file: str, chosen: argparse.Namespace) -> bool:
    touched = chosen.touched is None or file in changed(chosen.touched)
    return touched and any(each in file for each in chosen.patterns or [""])


def _draw(chosen: argparse.Namespace) -> list[Mistake]:
    """Draw mistakes in units' lines, elsewhere, or in both."""
    paths = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "workshop").rglob("*.py"))]
    lines: dict[str, Collection[int] | None] = {file: None for file in paths if _chosen(file, chosen)}
    if chosen.of != "all":
        spans = _spans()
        for file in lines:
            own = {line for low, high, _ in spans.get(file, ()) for line in range(low, high + 1)}
            whole = range(1, len((ROOT / file).read_bytes().splitlines()) + 1)
            lines[file] = own if chosen.of == "units" else {*whole} - own
    return drawing.draw(chosen.fresh, chosen.seed, lines)


@cache
def _spans() -> dict[str, list[tuple[int, int, str]]]:
    """Return the lines that units reach, by file, from a process that imports the package."""
    return in_child(lambda: importlib.import_module("tests.mutants.units").reached())


def _in_units(mutant: Planted | None) -> bool:
    """Whether units reach a mistake's lines."""
    return mutant is not None and any(
        low <= mutant.lines[0] <= high for low, high, _ in _spans().get(mutant.file, ())
    )


Decided = tuple[int, Mistake, str, tuple[str, ...]]


def decide(mistakes: Sequence[Mistake], chosen: argparse.Namespace) -> Iterator[Decided]:
    """Yield mistakes with their numbers, fates and what noticed them, until the time is over.

    Those after the first that is not decided are left out, because what is noticed is decided sooner.
    """
    results, spans = read_results(chosen.folder / "results.jsonl"), _spans()
    for start in range(0, len(mistakes), _AT_A_TIME):
        some = dict(enumerate(mistakes[start : start + _AT_A_TIME], start))
        fates = _decide(some, spans, results, chosen)
        for number, mistake in some.items():
            if number not in fates:
                return
            fate, by = fates[number]
            yield number, mistake, fate, tuple(by)


def _decide(
    mistakes: Mapping[int, Mistake],
    spans: Mapping[str, Any],
    results: dict[str, Any],
    chosen: argparse.Namespace,
) -> dict[int, tuple[str, list[str]]]:
    """Return fates by number: of claims where units reach it, else of tests; `gone` if the code is.

    Tests decide what claims don't notice. What nothing notices in units may change nothing.
    """
    planted = {number: drawing.find(mistake) for number, mistake in mistakes.items()}
    fates: dict[int, tuple[str, list[str]]] = {n: ("gone", []) for n, mutant in planted.items() if not mutant}
    waiting = {number: mutant for number, mutant in planted.items() if mutant}
    own = {number: mutant for number, mutant in waiting.items() if _in_units(mutant)}
    half = (time.monotonic() + chosen.end) / 2
    noticed = _by_units("notice", own, spans, chosen, half)
    fates |= {number: found for number, found in noticed.items() if found[0] != "nothing"}
    asked = {n: m for n, m in waiting.items() if n not in own or noticed.get(n, [""])[0] == "nothing"}
    fates |= _by_tests(asked, results, chosen)
    missed = {n: m for n, m in own.items() if n in fates and fates[n][0] == "nothing"}
    alike = _by_units("alike", missed, spans, chosen, chosen.end)
    for number in missed:
        if number not in alike:
            del fates[number]
        elif alike[number]:
            fates[number] = "changes nothing", []
    return fates


def _by_tests(
    mutants: Mapping[int, Planted], results: dict[str, Any], chosen: argparse.Namespace
) -> dict[int, tuple[str, list[str]]]:
    """Return the fates that tests decide, until the time is over."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        tests = Tests(chosen.folder, Path(folder), chosen.end)
        for number, mutant in mutants.items():
            key = tests.key(mutant)
            if key not in results and time.monotonic() < chosen.end:
                tests.warm(tensorflow=mutant.file.startswith(_ON_TENSORFLOW))
                fate, by = tests.decide(mutant)
                say("tests", (fate, by), mutant)
                if fate == "tests" or time.monotonic() < chosen.end:  # else not all were asked
                    results[key] = {"key": key, "fate": fate, "by": by}
                    if fate != "not decided":
                        save(chosen.folder, results[key])
            if key in results:
                found[number] = results[key]["fate"], results[key]["by"]
    return found


def _by_units(
    what: str,
    mutants: Mapping[int, Planted],
    spans: Mapping[str, Any],
    chosen: argparse.Namespace,
    end: float,
) -> dict[int, Any]:
    """Return what units decide of mistakes, `notice` or `alike`, in a process that imports the package."""

    def decided() -> dict[int, Any]:
        units = importlib.import_module("tests.mutants.units")
        deciding = units.Units(mutants.values(), spans, chosen.folder, end)
        found = {}
        for number, mutant in mutants.items():
            answer = getattr(deciding, what)(mutant)
            if answer is not None:
                found[number] = answer
                say(what, answer, mutant)
        return found

    answers = in_child(decided) if mutants else None
    return {int(number): answer for number, answer in (answers or {}).items()}


def say(what: str, answer: Any, mutant: Planted) -> None:
    """Tell on standard error, which a child has, too."""
    text = f"{what}: {answer}  {mutant.file} {mutant.mistake.words()}"
    print(text[:300], file=sys.stderr, flush=True)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    made = argparse.ArgumentParser(prog="mutants", description=__doc__)
    add = made.add_argument
    add("patterns", nargs="*", metavar="PATTERN", help="units, or parts of files' paths: ch05, ledger/rules")
    add("--fresh", type=int, default=0, metavar="N", help="draw N mistakes at random instead of rows")
    add("--of", choices=("units", "elsewhere", "all"), default="all", help="draw of these lines")
    add("--seed", type=int, default=0, help="of the draw")
    add("--again", action="store_true", help="ask again for the mistakes of drawn.jsonl")
    add("--touched", metavar="REV", help="only files, or units, that changed since this revision")
    add(
        "--budget",
        type=float,
        default=math.inf,
        metavar="SECONDS",
        help="stop after so long; rows after fresh mistakes have as long again",
    )
    add("--write", action="store_true", help="add fresh mistakes to drawn.jsonl, and write the page")
    add("--add", type=Path, metavar="FILE", help="add another checkout's drawn.jsonl, and write the page")
    folder = Path(platformdirs.user_cache_dir("workshop", appauthor=False)) / "mutants"
    add("--folder", type=Path, default=folder, help="results and outcomes")
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
