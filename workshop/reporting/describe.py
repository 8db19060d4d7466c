"""A claim as rows of a label and a text, for the terminal, pytest, `workshop show` and the report's page."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workshop.figures.alt_text import four_digits
from workshop.ledger import Claim, Unit
from workshop.ledger.model import Evidence
from workshop.ledger.values import brief
from workshop.reporting.errata import CONSEQUENCES
from workshop.reporting.formatting import COMPUTING, book_and_run, condition_text
from workshop.untrusted import printable
from workshop.verification.results import Record
from workshop.verification.verdicts import BASES, Basis

Row = tuple[str, str]

# what a verdict is worth, the strongest first
EVIDENCE: Mapping[Evidence, str] = {
    "measured": "computed from data or a training, so that a plausible mistake would miss it",
    "data": "a fact of the data set",
    "built": "a network or another object as the book describes it, read back from it",
    "statement": "the book's words, made testable by us",
    "setting": "a setting of the procedure, read back from what ran",
    "printed": "printed values compared with each other, so nothing ran",
}
_ENVIRONMENT = ("python", *(name for name in COMPUTING if name != "python"), "device", "threads")
_ROOM = 400  # characters of a value in `workshop show`
_CELL = 36  # those of a value in its table


def ledger_rows(claim: Claim, room: int = 100) -> dict[str, str]:
    """Return what the ledger says of a claim by label, each value in so many characters."""
    finding = claim.finding
    texts = {
        "what": claim.what,
        "documented": brief(claim.documented, room) + _place(claim),
        "statement": claim.statement,
        "correct": None if claim.correct is None else brief(claim.correct, room),
        "notebook": None if claim.notebook is None else f"{brief(claim.notebook, room)} (authors' notebook)",
        "repeats": claim.same_as,
        "evidence": None if claim.evidence is None else f"{claim.evidence}: {EVIDENCE[claim.evidence]}",
        "kind": claim.kind + (f", in {claim.measured_in}" if claim.measured_in else ""),
        "needs": ", ".join(claim.needs) or "nothing",
        "rule": claim.rule.text(),
        "measures": "; ".join(f"{name + ': ' if name else ''}{m}" for name, m in claim.measures().items()),
        "finding": None if finding is None else f"{finding.verdict}{_with(finding.when)}: {finding.reason}",
        "note": claim.note,
    }
    return {label: text for label, text in texts.items() if text}


def reader_rows(claim: Claim) -> list[Row]:
    """Return the text for readers of a claim that does not hold as printed, nothing for other claims."""
    reader = claim.reader
    if reader is None or claim.consequence is None:
        return []
    return [
        ("in short", f"{reader.title}. {reader.sentence}"),
        ("printed", reader.printed),
        ("right", reader.right),
        ("proof", reader.proof),
        ("consequence", CONSEQUENCES[claim.consequence]),
    ]


def measured_rows(text: str | None, context: Mapping[str, Any], write: Callable[[Any], str]) -> list[Row]:
    """Return the measured value, if there is one, and below it the quantities that are shown with it."""
    rows = [] if text is None else [("measured", text)]
    return rows + [(f"  {label}", write(value)) for label, value in context.items()]


def basis_rows(basis: Basis) -> list[Row]:
    """Return what decided a claim, nothing if that is not known."""
    return [("basis", BASES[basis])] if basis else []


def margin_text(margin: float) -> str:
    """Write by how much a rule is met or missed."""
    return f"{'room' if margin >= 0 else 'missed by'} {four_digits(abs(margin))}"


def command(claim: Claim, environment: Mapping[str, Any]) -> str:
    """Return the command that decides a claim again."""
    full = environment.get("profile") == "full" or claim.full_only
    return f"workshop verify {claim.id}{' --full' if full else ''} --no-store"


def environment_line(environment: Mapping[str, Any]) -> str:
    """Write the main facts of an environment on one line."""
    return ", ".join(f"{key} {environment[key]}" for key in _ENVIRONMENT if key in environment)


def explain(record: Record, claim: Claim, environment: Mapping[str, Any]) -> str:
    """Explain a verdict: the documented and the measured value, the rule, and how to reproduce it."""
    ledger = ledger_rows(claim)
    measured = None if record.measured is None else brief(record.measured) + _seeds(record)
    rows = [
        *((label, ledger[label]) for label in ("documented", "statement", "correct") if label in ledger),
        *measured_rows(measured, record.beside, brief),
        ("rule", record.rule + ("" if record.margin is None else f"; {margin_text(record.margin)}")),
        (record.verdict, record.reason),
        ("in", environment_line(environment)),
        ("reproduce", command(claim, environment)),
    ]
    lines = [f"{_title(claim)}: {claim.what}", *(f"  {label:<11} {text}" for label, text in rows)]
    return printable("\n".join(lines))


def describe_claim(claim: Claim, last: Mapping[str, Any] | None, sample: Sequence[Row] = ()) -> str:
    """Describe a claim in full, with rows on its reference sample and its last verdict on this machine."""
    rows = [*reader_rows(claim), *ledger_rows(claim, _ROOM).items(), *sample]
    if last is None:
        rows.append(("verdict", f"not verified on this machine yet: workshop verify {claim.id}"))
    else:
        environment = last["environment"]
        measured = None if last["measured"] is None else brief(last["measured"], _ROOM)
        rows += [
            ("verdict", f"{last['verdict']}: {last['reason']}"),
            *basis_rows(last.get("basis", "")),
            *measured_rows(measured, last.get("beside", {}), lambda value: brief(value, _ROOM)),
            ("in", f"{environment_line(environment)}, {environment.get('date', '')}"),
        ]
    return "\n".join([_title(claim), *(_wrapped(label, text) for label, text in rows)])


def unit_rows(unit: Unit, code: Mapping[str, Sequence[str]]) -> list[Row]:
    """Return where a unit is: its pages in the book if known, and its functions, given by file."""
    pages = [] if unit.page is None else [str(unit.page)]
    pages += [] if unit.solution_page is None else [f"solution {unit.solution_page}"]
    rows = [("page", ", ".join(pages))] if pages else []
    return rows + [("code", f"{file}: {', '.join(names)}") for file, names in code.items()]


def describe_unit(unit: Unit, latest: Mapping[str, Mapping[str, Any]], rows: Sequence[Row] = ()) -> str:
    """Describe a unit: rows on code and data, procedure, pitfalls, claims with their last verdicts here."""
    lines = [f"{unit.id}  {unit.title}", *(_wrapped(label, text) for label, text in rows)]
    lines += ["", "Procedure", textwrap.indent(unit.procedure.strip(), "  ")]
    lines += ["", "Pitfalls", textwrap.indent(unit.pitfalls.strip(), "  ")]
    lines += ["", f"{'Claims':<26} {'verdict':<16} {'book':<{_CELL}} last run"]
    for claim in unit.claims:
        last = latest.get(claim.id, {"verdict": "not verified yet", "measured": None})
        book, measured = book_and_run(claim, last["measured"], _CELL)
        lines.append(f"  {claim.name:<24} {last['verdict']:<16} {book:<{_CELL}} {measured}".rstrip())
    return "\n".join(lines)


def _title(claim: Claim) -> str:
    return claim.id + (" (a claim of our own)" if claim.ours else "")


def _place(claim: Claim) -> str:
    places = [f"page {claim.page}"] if claim.page else []
    places += ["only in the authors' notebook"] if claim.source == "notebook" else []
    return f" ({', '.join(places)})" if places else ""


def _seeds(record: Record) -> str:
    if not record.seeds:
        return ""
    return f" (seed {record.seeds[0]})" if len(record.seeds) == 1 else f" ({len(record.seeds)} seeds)"


def _with(when: Mapping[Any, str]) -> str:
    return f" with {condition_text(when)}" if when else ""


def _wrapped(label: str, text: str) -> str:
    return textwrap.fill(
        text, 118, initial_indent=f"  {label:<11} ", subsequent_indent=" " * 14, break_long_words=False
    )
