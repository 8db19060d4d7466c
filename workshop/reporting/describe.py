"""A claim as rows of a label and a text, for the terminal, pytest, `workshop show` and the report's page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from workshop.ledger import Claim, Ledger, Unit
from workshop.ledger.model import Evidence
from workshop.ledger.rules import SampledRule
from workshop.reporting.errata import CONSEQUENCES
from workshop.reporting.samples import placed
from workshop.untrusted import printable
from workshop.values import brief
from workshop.verification.results import EarlierRuns, LastRecord, Record, SampleSummary
from workshop.verification.verdicts import Basis, Verdict
from workshop.wording.numbers import counted, four_digits, names_text
from workshop.wording.pairs import measured_text, stated_rows
from workshop.wording.words import DECIDED, WORD_OF

if TYPE_CHECKING:
    from workshop.reporting.compare.model import ComparedRow

Row = tuple[str, str]
Told = TypeVar("Told", Record, "ComparedRow")

# what a verdict is worth, the strongest first
EVIDENCE: Mapping[Evidence, str] = {
    "measured": "computed from data or a training; a plausible mistake would change it",
    "data": "a fact of the data set",
    "built": "a network or another object as the book describes it, read back from it",
    "statement": "the book's words, made testable by us",
    "setting": "a setting of the procedure, read back from what ran",
    "printed": "printed values compared with each other, so nothing ran",
}
_RUNS = re.compile(r"it would take ([\d,]+) runs|([\d,]+) runs could decide")
_DECIDES = {
    "equal": "it has to be equal",
    "within": "equal, up to rounding",
    "rounds": "it has to round to the printed digits",
    "repeats": "recorded seeds have to give the same numbers again",
    "consistency": "other numbers that the book prints",
    "ordering": "the order has to be the printed one",
    "curve": "the course of the curve has to be as described",
    "at_least": "it has to reach a bound",
    "at_most": "it has to stay below a bound",
    "between": "it has to be between two bounds",
}
_FACTS = ("python", "tensorflow", "keras", "numpy", "device")
_ROOM = 400  # characters of a value in `workshop show`
_CELL = 36  # those of a value in its table


def reader_rows(claim: Claim, ledger: Ledger) -> list[Row]:
    """Return the text for readers of a claim that does not hold as printed, nothing for other claims."""
    first = ledger.first_of(claim)
    reader = first.reader
    if reader is None or first.consequence is None:
        return []
    short = ("in short", f"{reader.title}. {reader.sentence}")
    if first is not claim:
        return [short, ("same error as", first.id)]
    return [
        short,
        ("printed", reader.printed),
        ("right", reader.right),
        ("proof", reader.proof),
        ("consequence", CONSEQUENCES[first.consequence]),
    ]


def why(claim: Claim, verdict: Verdict, reason: str, sample: SampleSummary | None = None) -> str:
    """Say for readers why a verdict is not "holds"; "" where the claim's own texts say it.

    The engine's reason is left where it names what is missing, and where a claim failed. Of an open claim,
    `sample` has the runs of earlier versions.
    """
    if verdict in {"reproduced", "corrected"}:
        return ""
    if verdict in {"changed", "refuted"} and claim.finding is not None:
        return claim.finding.reason
    if verdict == "supported":
        return WORD_OF[verdict].meaning
    if verdict == "unavailable" and "substitute gives" in reason:
        return "A substitute gives something else, and only the book's own data decide it."
    wanted = [[int(number.replace(",", "") or 0) for number in numbers] for numbers in _RUNS.findall(reason)]
    if verdict == "undecided" and wanted:
        unplanned, planned = map(max, zip(*wanted, strict=True))
        more = (
            f"It would take {unplanned:,} runs to decide."
            if unplanned
            else f"{planned:,} runs could decide it."
        )
        return " ".join([more, *_agreeing_before(claim, sample)])
    return reason


def _agreeing_before(claim: Claim, sample: SampleSummary | None) -> list[str]:
    """Name the runs of earlier versions among which all printed numbers lie, a sentence each."""
    printed = placed(claim, claim.documented)
    before: dict[str, dict[str, EarlierRuns]] = {}
    for number in sample.numbers if sample is not None else ():
        for runs in number.earlier:
            before.setdefault(runs.made, {})[number.name] = runs
    return [
        f"The print lies among the {next(iter(runs.values())).runs} runs with {made}."
        for made, runs in before.items()
        if printed
        and all(
            name in runs and runs[name].least <= high and low <= runs[name].most
            for name, (low, high) in printed.items()
        )
    ]


def decided_by(claim: Claim) -> str:
    """Say for readers what decides a claim."""
    rule = claim.rule
    if isinstance(rule, SampledRule):
        return "its place among the recorded runs" if rule.compares else "what the recorded runs show"
    if rule.name == "parts":
        return "several checks, all of which must hold"
    return _DECIDES.get(rule.name, rule.text())


def margin_text(margin: float) -> str:
    """Write by how much a rule is met or missed."""
    return f"{'room' if margin >= 0 else 'missed by'} {four_digits(abs(margin))}"


def command(claim: Claim, environment: Mapping[str, Any]) -> str:
    """Return the command that decides a claim again."""
    full = environment.get("profile") == "full" or claim.full_only
    return f"workshop verify {claim.id}{' --full' if full else ''} --no-store"


def environment_line(environment: Mapping[str, Any], facts: Sequence[str]) -> str:
    """Write the main facts of an environment on one line."""
    return ", ".join(f"{key} {environment[key]}" for key in facts if key in environment)


def explain(record: Record, claim: Claim, environment: Mapping[str, Any]) -> str:
    """Explain a verdict in plain text: both values, the rule, what it misses, and what to run next."""
    rows = failure_rows(record, claim, environment)
    lines = [
        f"{claim.id}{' (a claim of our own)' if claim.ours else ''}: {claim.what}",
        *(f"  {label:<11} {text}" for label, text in rows),
    ]
    return printable("\n".join(lines))


def failure_rows(
    record: Record, claim: Claim, environment: Mapping[str, Any], last: LastRecord | None = None
) -> list[Row]:
    """Return what explains a verdict; `last` is the claim's record of an earlier run, if there is one."""
    (who, stated), *others = stated_rows(claim, _ROOM)
    rows = [(who, stated + place_text(claim)), *others]
    rows += [] if claim.correct is None else [("right", brief(claim.correct, _ROOM))]
    if record.measured is not None:
        seed = f" (seed {record.seeds[0]})" if len(record.seeds) == 1 else ""
        rows.append(("this run", measured_text(record, _ROOM) + seed))
        rows += [("", f"on a substitute for {line}") for line in record.substitutes]
    rows += [(label, measured_text(value, 100)) for label, value in record.beside.items()]
    missed = "" if record.margin is None else f"; {margin_text(record.margin)}"
    rows += [("rule", record.rule + missed), (record.verdict, record.reason)]
    if last is not None and last.verdict != "failed" and last.measured is not None:
        made = environment_line(last.environment, ("tensorflow", "keras"))
        day = last.environment.get("date", "")[:10]
        rows.append(("last run", f"{measured_text(last, _CELL)} ({made}, {day})"))
    rows.append(("run on", environment_line(environment, _FACTS)))
    if claim.rule.needs_run and record.moved_first in {"", claim.id}:
        rows.append(("since when?", f"workshop bisect {claim.id}"))
    return [*rows, ("once more", command(claim, environment))]


def unit_rows(unit: Unit, code: Mapping[str, Sequence[str]]) -> list[Row]:
    """Return where a unit is: its pages in the book if known, and its functions, given by file."""
    pages = [] if unit.page is None else [str(unit.page)]
    pages += [] if unit.solution_page is None else [f"solution {unit.solution_page}"]
    rows = [("page", ", ".join(pages))] if pages else []
    return rows + [("code", f"{file}: {', '.join(names)}") for file, names in code.items()]


def place_text(claim: Claim) -> str:
    """Say in parentheses where a claim is printed, "" if that is not known."""
    places = [f"page {claim.page}"] if claim.page else []
    places += ["only in the authors' notebook"] if claim.source == "notebook" else []
    return f" ({', '.join(places)})" if places else ""


def memory_text(environment: Mapping[str, Any]) -> str:
    """Write the most memory that a process of a run took, "" if it is not known."""
    memory = environment.get("memory")
    return f"at most {memory / 1000:.1f} GB a process (without stored outcomes)" if memory else ""


def by_cause(rows: Sequence[Told]) -> list[tuple[Told, str]]:
    """Return the rows to tell in full, and which others have the same cause, "" if none have."""
    ids = {row.id for row in rows}
    told = [row for row in rows if row.moved_first not in ids - {row.id}]
    others = {row.id: [r.id for r in rows if r.moved_first == row.id != r.id] for row in told}
    return [(row, f"The same cause: {names_text(others[row.id])}" if others[row.id] else "") for row in told]


def bases_text(records: Iterable[Record]) -> str:
    """Say how many results ran here, and how many rest on recorded runs; "" if no record says that."""
    bases = Counter(record.basis for record in records if WORD_OF[record.verdict] in DECIDED)
    rest = "rests" if bases["recorded"] == 1 else "rest"
    texts: dict[Basis, str] = {
        "run here": "ran here",
        "recorded": f"{rest} on recorded runs whose first steps were repeated here",
    }
    return ", ".join(f"{bases[basis]} {text}" for basis, text in texts.items() if bases[basis])


def waiting_text(records: Iterable[Record]) -> str:
    """Count the units that changed and the book's results that wait for them; "" if none do."""
    waiting = [record.waits_for for record in records if record.waits_for and not record.ours]
    if not waiting:
        return ""
    results = counted(len(waiting), "result")
    return (
        f"{counted(len(set(waiting)), 'unit')} changed: {results} {'waits' if len(waiting) == 1 else 'wait'}"
    )


def lost_line(records: Iterable[Record]) -> str:
    """Name the book's results that the last run on this machine decided and this one did not; "" if none."""
    lost = [record.id for record in records if record.lost and not record.ours]
    if not lost:
        return ""
    was, now = ("was", "is") if len(lost) == 1 else ("were", "are")
    results = counted(len(lost), "result")
    return f"{results} {was} decided in the last run here and {now} not now: {names_text(lost, 5)}."
