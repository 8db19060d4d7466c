"""The totals of a run in sentences: failures, and apart from them what does not hold as printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from workshop.ledger import Claim, Ledger
from workshop.reporting.describe import EVIDENCE
from workshop.reporting.formatting import bases_text, verdicts_text
from workshop.verification.results import Record, Results
from workshop.verification.verdicts import VERDICTS, VERIFIED, Verdict

# the run does not give what is printed, whether or not the reason is recorded
NOT_HOLDING: tuple[Verdict, ...] = ("failed", "corrected", "changed", "refuted")


def totals(results: Results, ledger: Ledger) -> tuple[str, ...]:
    """Return a run's counts in sentences: of the book, of failures, of undecided claims, of our own.

    All claims of the results must be in the ledger.
    """
    book = Counter(record.verdict for record in results.claims if not record.ours)
    ours = Counter(record.verdict for record in results.claims if record.ours)
    lines = [
        decided_text(results.claims, "the book's ") + _verified(book),
        _failed(book + ours),
    ]
    rest = verdicts_text(book, [v for v in VERDICTS if v not in VERIFIED and v != "failed"])
    bases = bases_text(results.claims)
    lines += [bases[0].upper() + bases[1:]] if bases else []
    lines += [f"Not decided: {rest}"] if rest else []
    evidence = evidence_text(results.claims)
    lines += [f"Evidence of the decided claims: {evidence}"] if evidence else []
    repeated = repeated_text(ledger.claims[record.id] for record in results.claims)
    lines += [repeated[0].upper() + repeated[1:]] if repeated else []
    lines += [f"Our own claims, also counted below: {verdicts_text(ours)}"] if ours else []
    return tuple(lines)


def decided_text(records: Iterable[Record], whose: str = "") -> str:
    """Say how many of the book's claims were decided, and how many of these by measuring."""
    book = [record for record in records if not record.ours]
    decided = _decided(book)
    measured = sum(record.evidence == "measured" for record in decided)
    text = f"{len(decided)} of {whose}{len(book)} claims decided"
    return text + (f", {measured} of them measured" if any(record.evidence for record in book) else "")


def repeated_text(claims: Iterable[Claim]) -> str:
    """Say how many claims repeat another one, and how many only the authors' notebook shows; "" if none."""
    book = [claim for claim in claims if not claim.ours]
    repeated = sum(claim.same_as is not None for claim in book)
    notebook = sum(claim.source == "notebook" for claim in book)
    parts = [f"printed a second time: {repeated}"] if repeated else []
    parts += [f"printed in the authors' notebook only: {notebook}"] if notebook else []
    return "; ".join(parts)


def evidence_text(records: Iterable[Record]) -> str:
    """Write how many of the book's decided claims have each evidence; "" if no record says that."""
    counts = Counter(record.evidence for record in _decided(records))
    return ", ".join(f"{counts[word]} {word}" for word in EVIDENCE if counts[word])


def _decided(records: Iterable[Record]) -> list[Record]:
    found = (record for record in records if not record.ours)
    return [record for record in found if record.verdict in VERIFIED or record.verdict == "failed"]


def _verified(book: Counter[Verdict]) -> str:
    wrong = book["corrected"] + book["refuted"]
    verdicts = verdicts_text(book, ("corrected", "refuted"))
    parts = (
        (book["reproduced"], "reproduced"),
        (wrong, f"{'does' if wrong == 1 else 'do'} not hold as printed ({verdicts})"),
        (book["changed"], "changed by later versions of libraries"),
        (book["supported"], "supported by substitute data"),
    )
    text = ", ".join(f"{n} {name}" for n, name in parts if n)
    return f": {text}" if text else ""


def _failed(counts: Counter[Verdict]) -> str:
    n = counts["failed"]
    if n:
        disagree = "it disagrees" if n == 1 else "they disagree"
        return f"{n} failed: {disagree}, and nothing recorded explains it"
    if any(counts[v] for v in VERIFIED):
        return "0 failed: nothing disagrees without a recorded reason"
    return "0 failed, but nothing was verified, so the run is red"
